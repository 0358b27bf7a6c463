"""The stores that a log may stand on, for tests that try every one of them or reach behind it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from msgspec import Struct

from adapters.postgresql.migrate import migrate
from adapters.postgresql.migrations.sql import SCHEMAS
from adapters.postgresql.recorder import PostgresRecorder
from adapters.postgresql.roles import APPEND, OWNER
from adapters.store.application import CoordinationLog
from adapters.store.recorder import SqliteRecorder
from adapters.store.rows import Rows
from domain.ports import Clock
from hub_cluster.postgres_access import SUPERUSER, PostgresAccess
from tests.adapters.support import Hub

_TABLES = [(schema, table) for schema in SCHEMAS for table in ("records", "log_end")]
every_store = pytest.mark.parametrize(
    "hub", ["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)], indirect=True
)
"""A test of a log, on each store that it may stand on."""


class Store(Struct, frozen=True):
    """A database for the two logs of one hub."""

    server: PostgresAccess
    database: str

    def url(self, role: str = APPEND) -> str:
        return self.server.url_of(role, self.database)

    def recorder(self, clock: Clock, schema: str = "acts", *, alone: bool = False) -> PostgresRecorder:
        return PostgresRecorder(self.url(), schema, clock, alone=alone)

    def connect(self, role: str = APPEND) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(self.url(role), autocommit=True)

    def behind_the_back(self, *statements: str) -> None:
        """What someone does who rules the server: the triggers are the first to go."""
        with self.connect(SUPERUSER) as connection:
            for schema, table in _TABLES:
                connection.execute(f"ALTER TABLE {schema}.{table} DISABLE TRIGGER ALL".encode())
            for statement in statements:
                connection.execute(statement.encode())
            for schema, table in _TABLES:
                connection.execute(f"ALTER TABLE {schema}.{table} ENABLE TRIGGER ALL".encode())

    def empty(self) -> None:
        """As it was when it was made."""
        self.behind_the_back(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
            *(f"DELETE FROM {schema}.records" for schema in SCHEMAS),
            *(
                f"UPDATE {schema}.log_end "
                "SET position = 0, chain = decode(repeat('00', 32), 'hex'), committed = 0, turn = ''"
                for schema in SCHEMAS
            ),
        )

    def sessions(self) -> list[int]:
        """The server's processes for who appends to this database."""
        with self.connect(SUPERUSER) as connection:
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s AND application_name LIKE 'samrad appends%%'",
                (self.database,),
            ).fetchall()
        return [int(str(pid)) for (pid,) in found]


@contextmanager
def new_store(server: PostgresAccess) -> Iterator[Store]:
    """A database that was migrated; it is gone afterwards."""
    name = server.database(f"t_{uuid4().hex}", OWNER)
    try:
        migrate(server.url_of(OWNER, name))
        yield Store(server, name)
    finally:
        server.drop(name)


def sqlite(log: CoordinationLog) -> SqliteRecorder:
    """The recorder of a log that is kept in a file."""
    assert isinstance(log.rows, SqliteRecorder)
    return log.rows


def postgresql(log: CoordinationLog) -> PostgresRecorder:
    """The recorder of a log that is kept in a database."""
    assert isinstance(log.rows, PostgresRecorder)
    return log.rows


@contextmanager
def unwritable(log: CoordinationLog) -> Iterator[None]:
    """The store refuses to be written, as a full disk does, or a server that has become a standby."""
    if isinstance(log.rows, SqliteRecorder):
        log.rows._writer.set_authorizer(lambda *_: 1)
        yield
        log.rows._writer.set_authorizer(None)
    else:
        session = postgresql(log)._session
        session.open()
        session.ask("SET default_transaction_read_only = on")
        yield
        session.ask("SET default_transaction_read_only = off")


def beside(hub: Hub) -> Rows | Path:
    """Where the looks are kept, on the store of the hub's log."""
    rows = hub.log.rows
    if isinstance(rows, PostgresRecorder):
        return PostgresRecorder(rows._dsn, "looks", hub.clock)
    return hub.data / "looks.db"
