"""What PostgreSQL does otherwise than SQLite for the views: many rows at once, and locks where SQLite has one writer.

Nothing here imports the driver: it comes with the connection, and the embedded default has none.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from projections.errors import ViewsUnusable
from projections.view import Row

BACKEND: Final = "postgresql"
MANY: Final = 30
"""From so many rows on, one COPY costs less than the statements of a pipeline."""
_NO_SUCH_TABLE: Final = "42P01"
_MAKING: Final = 0x53414D52  # "SAMR": who makes tables of views waits for the others who do
_SETTINGS: Final = "SET synchronous_commit = off"  # what a crash takes, the log gives again, with its position


_ABANDONED: Final = "SET idle_in_transaction_session_timeout = '15s'"
"""Of a process that is paused in the middle of a transaction no lock stays for long."""


def is_postgresql(connection: sa.Connection) -> bool:
    return connection.dialect.name == BACKEND


def prepare(driver_connection: Any, _record: object) -> None:
    """Called for each new connection."""
    driver_connection.autocommit = True
    encoding = driver_connection.execute("SHOW server_encoding").fetchone()[0]
    if encoding != "UTF8":
        raise ViewsUnusable(f"their database has the encoding {encoding}: its order is not the embedded one's")
    driver_connection.execute(_SETTINGS)
    driver_connection.execute(_ABANDONED)
    driver_connection.autocommit = False


def alone_making(connection: sa.Connection) -> None:
    """Until this transaction ends nobody else makes tables of views."""
    if is_postgresql(connection):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MAKING})")


def held(connection: sa.Connection, tables: Mapping[str, sa.Table]) -> bool:
    """Whether those tables are here, and stay until this transaction ends: whoever drops them waits for it."""
    if not is_postgresql(connection):
        return True
    names = ", ".join(table.name for table in tables.values())
    try:
        connection.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS SHARE MODE")
    except sa.exc.ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) == _NO_SUCH_TABLE:
            return False
        raise
    return True


def take_its_time(connection: sa.Connection) -> None:
    """This transaction may stand still while something else is read or made."""
    if is_postgresql(connection):
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")


def copy(connection: sa.Connection, target: sa.Table, rows: Iterable[Row]) -> None:
    """Insert many rows by one COPY."""
    statement, types = _copy_text(target)
    driver_connection: Any = connection.connection.driver_connection
    with driver_connection.cursor() as cursor, cursor.copy(statement) as written:
        written.set_types(types)
        write = written.write_row
        for row in rows:
            write(row)


def delete(connection: sa.Connection, target: sa.Table, keys: Sequence[Row]) -> None:
    """Delete many rows by their keys, in one statement."""
    connection.exec_driver_sql(_delete_text(target), tuple(map(list, zip(*keys, strict=True))))


@lru_cache(maxsize=512)
def _copy_text(target: sa.Table) -> tuple[str, tuple[str, ...]]:
    names = ", ".join(f'"{column.name}"' for column in target.columns)
    types = tuple(_type_of(column) for column in target.columns)
    return f'COPY "{target.name}" ({names}) FROM STDIN (FORMAT BINARY)', types


@lru_cache(maxsize=512)
def _delete_text(target: sa.Table) -> str:
    keys = [column for column in target.columns if column.primary_key]
    arrays = ", ".join(f"%s::{_type_of(column)}[]" for column in keys)
    names = ", ".join(f'"{column.name}"' for column in keys)
    same = " AND ".join(f'standing."{column.name}" = given."{column.name}"' for column in keys)
    return f'DELETE FROM "{target.name}" AS standing USING unnest({arrays}) AS given ({names}) WHERE {same}'


def _type_of(column: sa.Column[Any]) -> str:
    return "int8" if isinstance(column.type, sa.BigInteger) else "text"
