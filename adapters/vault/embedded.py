"""The key vault of the embedded default, in an SQLite file of its own. What it keeps and why: `key_vault.py`."""

import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from adapters.sqlite import connect, readable
from adapters.vault.key_vault import KeyVault, StoredKey, StoredReceipt
from adapters.vault.master_keys import MasterKeys
from domain.errors import NotRecorded, SamradError
from domain.ports import Entropy

_TABLES = """
CREATE TABLE IF NOT EXISTS hub (
    id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL, wrapped BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS keys (
    number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, epoch INTEGER NOT NULL,
    scope BLOB NOT NULL, stream BLOB NOT NULL, wrapped BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS receipts (
    tag BLOB PRIMARY KEY, month INTEGER NOT NULL, key BLOB NOT NULL, sealed BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS keys_by_scope ON keys (scope);
CREATE INDEX IF NOT EXISTS keys_by_stream ON keys (stream);
CREATE INDEX IF NOT EXISTS keys_by_epoch ON keys (epoch);
"""
_PATIENCE = 30.0


class SqliteVault(KeyVault):
    """The vault over one SQLite file. Any thread may call it."""

    def __init__(self, path: Path, masters: MasterKeys, entropy: Entropy) -> None:
        super().__init__(str(path), masters, entropy)
        self._path = path
        self._connection = connect(path)
        try:
            with readable(path):
                self._connection.executescript(_TABLES)
                with _transaction(self._connection):
                    self._open_hub()
                self._finish_clearing()
        except BaseException:
            self._connection.close()
            raise

    def present(self, key_ids: Iterable[bytes]) -> list[bytes]:
        """Those of the keys that are stored here still."""
        with self._lock:
            ask = "SELECT 1 FROM keys WHERE id = ?"
            return [key_id for key_id in key_ids if self._connection.execute(ask, (key_id,)).fetchone()]

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _rows(self, where: str, *values: object) -> list[StoredKey]:
        with readable(self._path):
            found = self._connection.execute(
                f"SELECT id, epoch, scope, stream, wrapped FROM keys {where}", values
            ).fetchall()
        return [StoredKey(*row) for row in found]

    def _insert(self, rows: Sequence[StoredKey]) -> None:
        self._insert_all(
            "INSERT INTO keys (id, epoch, scope, stream, wrapped) VALUES (?, ?, ?, ?, ?)",
            [(row.id, row.epoch, row.scope, row.stream, row.wrapped) for row in rows],
        )

    def _insert_receipts(self, rows: Sequence[StoredReceipt]) -> None:
        self._insert_all(
            "INSERT OR IGNORE INTO receipts (tag, month, key, sealed) VALUES (?, ?, ?, ?)",
            [(row.tag, row.month, row.key, row.sealed) for row in rows],
        )

    def _insert_all(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        try:
            with _transaction(self._connection):
                self._connection.executemany(statement, rows)
        except sqlite3.Error as error:
            raise NotRecorded(f"{self._path.name} could not be written, nothing was recorded: {error}") from error

    def receipt(self, tag: bytes) -> StoredReceipt | None:
        """The stored receipt of the request with that tag."""
        with self._lock, readable(self._path):
            row = self._connection.execute(
                "SELECT tag, month, key, sealed FROM receipts WHERE tag = ?", (tag,)
            ).fetchone()
        return None if row is None else StoredReceipt(*row)

    def erase_receipts(self, before: int) -> int:
        """Delete the receipts of the months before that one; how many there were. Copies of them go with their keys."""
        with self._lock:
            return self._connection.execute("DELETE FROM receipts WHERE month < ?", (before,)).rowcount

    def _erase(self, key_ids: Sequence[bytes]) -> list[bytes]:
        with _transaction(self._connection):
            self._to_clear(True)
            ask = "DELETE FROM keys WHERE id = ?"
            return [key_id for key_id in key_ids if self._connection.execute(ask, (key_id,)).rowcount]

    def _replace(self, rows: Sequence[StoredKey]) -> None:
        with _transaction(self._connection):
            self._to_clear(True)
            self._connection.executemany(
                "UPDATE keys SET epoch = ?, wrapped = ? WHERE id = ?",
                [(row.epoch, row.wrapped, row.id) for row in rows],
            )

    def _hub_row(self) -> tuple[int, bytes] | None:
        row: tuple[int, bytes] | None = self._connection.execute("SELECT epoch, wrapped FROM hub").fetchone()
        return row

    def _write_hub_row(self, epoch: int, wrapped: bytes) -> None:
        self._connection.execute("INSERT OR REPLACE INTO hub (id, epoch, wrapped) VALUES (1, ?, ?)", (epoch, wrapped))

    def _count_older(self, epoch: int) -> int:
        found: int = self._connection.execute("SELECT count(*) FROM keys WHERE epoch < ?", (epoch,)).fetchone()[0]
        return found

    # No copy is left.

    def _leave_nothing_behind(self) -> None:
        """`secure_delete` overwrites a row where it lies, but not the copies of it that SQLite left in a page when it
        moved rows from page to page; making the file anew takes those, and the write-ahead log keeps them until it is
        truncated."""
        with readable(self._path):
            self._connection.execute("VACUUM")
            self._truncate()
            self._to_clear(False)
            self._truncate()

    def _finish_clearing(self) -> None:
        """A process that was killed between deleting and making the file anew left copies behind."""
        if self._connection.execute("PRAGMA user_version").fetchone()[0]:
            self._leave_nothing_behind()

    def _to_clear(self, whether: bool) -> None:
        """Noted in the file itself, in the transaction that deletes: there is something to clear away."""
        self._connection.execute(f"PRAGMA user_version = {int(whether)}")

    def _truncate(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() > deadline:
                raise SamradError(f"{self._path} is in use elsewhere: deleted keys are still in its write-ahead log")
            time.sleep(0.02)


class _transaction:  # noqa: N801 - read as a word: `with _transaction(connection):`
    """All or nothing, begun for writing."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
