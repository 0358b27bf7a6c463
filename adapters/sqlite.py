"""One way to open an SQLite file of the hub: write-ahead log, full durability, nothing readable by others."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from domain.errors import NotRecorded, SamradError, Tampered

BUSY_SECONDS = 30.0
BROKEN = (sqlite3.Error, UnicodeDecodeError)
"""How the driver tells of a damaged file: its own error, or that it could not even read out what is wrong."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode; transactions are begun by name. The file is its owner's alone."""
    make_private(path)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        with readable(path):
            for pragma in (
                "journal_mode = WAL",
                "synchronous = FULL",
                "secure_delete = ON",
                "recursive_triggers = ON",
                "trusted_schema = OFF",
                "temp_store = MEMORY",
            ):
                connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def make_private(path: Path) -> None:
    """Make the file, readable by its owner alone, if it is not there. One that is there is not opened by us: closing it
    again would let go of the locks that SQLite holds on it for this process, and another process that closes it last
    would then take the write-ahead log away from under us."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """One clear error that names the file, where it cannot be read."""
    try:
        yield
    except BROKEN as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> SamradError:
    """What is told of an error of reading: a machine that cannot, or bytes that are not what was written."""
    if isinstance(error, sqlite3.OperationalError):
        return NotRecorded(f"{path.name} could not be read: {error}")
    return Tampered(f"{path.name} is damaged: {error}")


class ReadingConnection:
    """One thread's connection for reading; the lock is there for who closes the log while it reads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._path = path
        self._connection: sqlite3.Connection | None = connect(path)
        self._connection.execute("PRAGMA query_only = ON")

    def ask(self, question: str, values: tuple[object, ...]) -> list[Any]:
        with self._lock:
            if self._connection is None:
                raise NotRecorded(f"{self._path.name} is closed")
            try:
                return self._connection.execute(question, values).fetchall()
            except BROKEN as error:
                raise unreadable(self._path, error) from error

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
