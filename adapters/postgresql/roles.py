"""The roles of a hub on PostgreSQL. What each may do stands with the tables, in `migrations/rights.sql`."""

from collections.abc import Mapping
from typing import Final

import psycopg
from psycopg import sql

from adapters.postgresql.connect import connect
from domain.errors import SamradError

OWNER: Final = "samrad_owner"
"""Migrates and restores; nothing that runs all day uses it."""
APPEND: Final = "samrad_append"
"""Serves: may call the function that appends, and read."""
RELAY: Final = "samrad_relay"
"""Carries the records to Kafka: may read."""
PROJECT: Final = "samrad_project"
"""Folds an aggregate again for the views: may read."""
RUNNING: Final = (APPEND, RELAY, PROJECT)
_LIMITS: Final = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"


def create_roles(dsn: str, passwords: Mapping[str, str]) -> None:
    """The roles with these passwords, by a role that may create roles; one that is there gets its password anew. What
    is sent is the password's verifier, so that no log of the server holds a password."""
    with connect(dsn, "samrad roles") as connection, connection.transaction():
        for role, password in passwords.items():
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
            verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
            connection.execute(
                sql.SQL("{} ROLE {} {} PASSWORD {}").format(
                    sql.SQL("ALTER" if known else "CREATE"),
                    sql.Identifier(role),
                    sql.SQL(_LIMITS),
                    sql.Literal(verifier.decode()),
                )
            )


def require_roles(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """`SamradError` that names those of the running roles that are not there."""
    found = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
    if missing := [role for role in RUNNING if role not in found]:
        raise SamradError(f"PostgreSQL lacks the roles {', '.join(missing)}: create them first")
