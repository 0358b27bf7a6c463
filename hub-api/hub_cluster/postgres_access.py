"""How one reaches a PostgreSQL server that the cluster started, from whichever process."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from adapters.postgresql.databases import create_database
from adapters.postgresql.roles import OWNER, RUNNING, create_roles
from hub_cluster.ports import LOOPBACK
from hub_cluster.postgres_programs import programs
from hub_cluster.programs import run
from hub_cluster.secrets import Passwords

SUPERUSER: Final = "postgres"
ROLES: Final = (OWNER, *RUNNING)
NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")
PLAIN: Final = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
"""Nothing else of our own environment reaches the server or psql, which would take settings from it."""


class PostgresAccess:
    """The server in a folder, at a port: addresses, passwords, roles and databases. It neither starts nor stops it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder.resolve()
        self.port = port
        self._programs = programs()
        self._passwords = Passwords(self.folder)

    def password(self, role: str) -> str:
        """A role's password."""
        return self._passwords.of(role)

    def password_file(self, role: str) -> Path:
        """A file that holds this role's password and no other."""
        return self._passwords.file_of(role)

    def url_of(self, role: str = SUPERUSER, database: str = "postgres", driver: str = "postgresql") -> str:
        """The address for a role, its password in it; `driver` for SQLAlchemy, as `postgresql+psycopg`."""
        return f"{driver}://{quote(role)}:{quote(self.password(role))}@{LOOPBACK}:{self.port}/{quote(database)}"

    def roles(self, names: Iterable[str]) -> None:
        """Roles that may log in and nothing else, each with its password; one that is there gets its password."""
        create_roles(self.url_of(SUPERUSER), {name: self.password(name) for name in names})

    def database(self, name: str, owner: str = OWNER) -> str:
        """A database of its own, empty unless it is there, closed to everybody but its owner; its name."""
        create_database(self.url_of(SUPERUSER, _plain(name)), owner)
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.ask(f"DROP DATABASE IF EXISTS {_plain(name)} WITH (FORCE)")

    def ask(self, statement: str, database: str = "postgres") -> str:
        """Run statements as the superuser, by psql; the rows as text."""
        arguments = ("-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", database)
        return run(self._programs / "psql", *arguments, given=statement, environment=self._environment()).strip()

    def _environment(self) -> Mapping[str, str]:
        return PLAIN | {
            "PGHOST": LOOPBACK,
            "PGPORT": str(self.port),
            "PGUSER": SUPERUSER,
            "PGPASSWORD": self.password(SUPERUSER),
            "PGCONNECT_TIMEOUT": "10",
        }


def _plain(name: str) -> str:
    """A name that needs no quoting; no other is used."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no plain name")
    return name
