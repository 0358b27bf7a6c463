"""Who may do what in the databases of vault and views; for the store it stands with its tables, in the migrations.

Each process has a role of its own: the serving one opens the vault and reads the views, a projection reads the vault's
rows (its keys open one drawer of them) and owns the views' tables, the relay has no business in either. What tells of
deleted keys, and the hub's own secret, nobody deletes; a right given earlier and not meant now is taken back.
"""

from collections.abc import Iterable
from typing import Final

import psycopg
from psycopg import sql

from adapters.postgresql.connect import connect, place_of
from adapters.postgresql.roles import APPEND, PROJECT, require_roles
from adapters.postgresql.vault import SCHEMA
from domain.errors import NotRecorded, SamradError

_VAULT: Final = f"""
REVOKE ALL ON SCHEMA vault FROM PUBLIC;
GRANT USAGE ON SCHEMA vault TO {APPEND}, {PROJECT};
REVOKE ALL ON ALL TABLES IN SCHEMA vault FROM {APPEND}, {PROJECT};
GRANT SELECT, INSERT, UPDATE ON vault.hub, vault.gone TO {APPEND};
GRANT SELECT, INSERT, UPDATE, DELETE ON vault.keys TO {APPEND};
GRANT SELECT, INSERT, DELETE ON vault.receipts TO {APPEND};
GRANT SELECT ON vault.keys, vault.gone TO {PROJECT};
"""
_PUBLIC: Final = "public"


def prepare_vault(dsn: str) -> None:
    """The vault's tables and rights, by the role that owns its database; done again, it does nothing."""
    _run(dsn, SCHEMA, _VAULT)


def prepare_views(dsn: str) -> None:
    """Who makes tables of views and who reads them, by the role that owns their database."""
    _run(dsn, f"GRANT USAGE, CREATE ON SCHEMA {_PUBLIC} TO {PROJECT}; GRANT USAGE ON SCHEMA {_PUBLIC} TO {APPEND};")


def let_serve_read(dsn: str) -> None:
    """Whatever tables of views this role makes, the serving process may read."""
    _run(dsn, f"ALTER DEFAULT PRIVILEGES IN SCHEMA {_PUBLIC} GRANT SELECT ON TABLES TO {APPEND};")


def let_in(dsn: str, roles: Iterable[str]) -> None:
    """Let these roles connect to the database."""
    with _told(dsn, "samrad migrate") as connection:
        ((name,),) = connection.execute("SELECT current_database()").fetchall()
        for role in roles:
            grant = sql.SQL("GRANT CONNECT ON DATABASE {} TO {}")
            connection.execute(grant.format(sql.Identifier(str(name)), sql.Identifier(role)))


def _run(dsn: str, *statements: str) -> None:
    with _told(dsn, "samrad migrate") as connection, connection.transaction():
        require_roles(connection)
        for each in statements:
            connection.execute(each.encode())


class _told:  # noqa: N801 - read as a word: `with _told(dsn, purpose) as connection:`
    """A connection, closed again, and one clear error for what the server refuses."""

    def __init__(self, dsn: str, purpose: str) -> None:
        self._dsn = dsn
        self._connection = connect(dsn, purpose)

    def __enter__(self) -> "psycopg.Connection[tuple[object, ...]]":
        return self._connection

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        self._connection.close()
        if isinstance(error, psycopg.errors.InsufficientPrivilege):
            raise SamradError(f"{place_of(self._dsn)}: this role may not do that: {error}") from error
        if isinstance(error, psycopg.Error):
            raise NotRecorded(f"{place_of(self._dsn)} did not do it: {error}") from error
