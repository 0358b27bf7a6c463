"""The key vault in PostgreSQL, for several processes. What it keeps and why: `adapters.vault.key_vault`.

Keys lie in drawers (`adapters.vault.key_partitions`): the serving process opens all of them, a projection those of
one. A deleted key is gone from the table; dead rows, the write-ahead log and backups of the database still hold it,
wrapped under its master epoch. What it sealed is *disposed of* then, and *erased* when a rotation has ended and
`forget_older_epochs` has deleted that epoch from every file of master keys and of drawers' keys.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg

from adapters.vault.key_partitions import Drawer, drawer_of
from adapters.vault.key_vault import KeyReader, KeyVault, StoredKey, StoredReceipt
from adapters.vault.master_keys import EpochKeys, MasterKeys
from domain.errors import NotRecorded
from domain.ports import Entropy
from domain.vocabulary import Compartment, Ref

SCHEMA: Final = Path(__file__).with_name("vault.sql").read_text(encoding="utf-8")
"""What the owner's role runs once; it may be run again."""
_NAME: Final = "the vault"
_FETCHED_AT_ONCE: Final = 5_000
_COLUMNS: Final = "id, epoch, scope, stream, wrapped, drawer"
_INSERT: Final = """
WITH allowed AS (SELECT 1 FROM vault.hub WHERE id = 1 AND least <= %b FOR SHARE)
INSERT INTO vault.keys (id, epoch, scope, stream, wrapped, drawer)
SELECT given.* FROM allowed,
    unnest(%b::bytea[], %b::int[], %b::bytea[], %b::bytea[], %b::bytea[], %b::smallint[]) AS given
"""
_INSERT_RECEIPTS: Final = """
INSERT INTO vault.receipts (tag, month, key, sealed)
SELECT * FROM unnest(%b::bytea[], %b::int[], %b::bytea[], %b::bytea[]) ON CONFLICT (tag) DO NOTHING
"""
_REPLACE: Final = """
UPDATE vault.keys SET epoch = given.epoch, wrapped = given.wrapped
FROM unnest(%b::bytea[], %b::int[], %b::bytea[]) AS given (id, epoch, wrapped) WHERE keys.id = given.id
"""

Connect = Callable[[], "psycopg.Connection[Any]"]
"""A new connection to the vault's database, as the role of this process."""


class _Line:
    """One connection, made when it is needed and made again after it was lost. Whoever uses it holds the lock."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._connection: psycopg.Connection[Any] | None = None
        self.lock = threading.RLock()

    @contextmanager
    def use(self) -> Iterator["psycopg.Connection[Any]"]:
        """The connection, for one statement; `NotRecorded` where the database does not answer."""
        with self.lock:
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = self._connect()
                    self._connection.autocommit = True
                yield self._connection
            except psycopg.Error as error:
                said = error.diag.message_primary or type(error).__name__
                raise NotRecorded(f"{_NAME} could not be reached or written: {said}") from error

    @contextmanager
    def transaction(self) -> Iterator["psycopg.Connection[Any]"]:
        """The connection, for several statements: all or nothing."""
        with self.use() as connection, connection.transaction():
            yield connection

    def close(self) -> None:
        with self.lock:
            if self._connection is not None:
                self._connection.close()


class PostgresKeys(KeyReader):
    """The stored keys of those drawers that `epochs` opens, for a process that seals nothing.

    A key that another process deletes may be here still: `refresh` before each batch of reading lets go of it.
    """

    def __init__(self, connect: Connect, epochs: EpochKeys) -> None:
        super().__init__(_NAME, epochs)
        self._begin(connect)

    def _begin(self, connect: Connect) -> None:
        self._line = _Line(connect)
        self._gone_read = 0
        with self._line.use() as connection:
            row = connection.execute("SELECT coalesce(max(number), 0) FROM vault.gone").fetchone()
            self._gone_read = row[0] if row else 0

    def refresh(self) -> int:
        """Let go of every key that any process has deleted since this was last asked; how many."""
        with self._lock, self._line.use() as connection:
            rows = connection.execute(
                "SELECT number, id FROM vault.gone WHERE number > %b ORDER BY number", (self._gone_read,), binary=True
            ).fetchall()
            self.retire(key_id for _, key_id in rows)
            if rows:
                self._gone_read = rows[-1][0]
            return len(rows)

    def prefetch(self, key_ids: Iterable[bytes]) -> None:
        """Open many keys at once, in as few questions, for a batch of records that is about to be read."""
        with self._lock:
            wanted = list({key for key in key_ids if key not in self._by_id and key not in self._retired})
            for start in range(0, len(wanted), _FETCHED_AT_ONCE):
                for row in self._rows("WHERE id = ANY(?)", wanted[start : start + _FETCHED_AT_ONCE]):
                    self._remember(self._unwrap(row))

    def is_of(self, key_id: bytes, scope: tuple[Ref, Compartment]) -> bool:
        """Whether a key that is at hand seals that compartment of that stream."""
        key = self._by_id.get(key_id)
        return key is not None and (key.scope.stream, key.scope.compartment) == scope

    def close(self) -> None:
        self._line.close()

    def _rows(self, where: str, *values: object) -> list[StoredKey]:
        asked = f"SELECT {_COLUMNS} FROM vault.keys {where.replace('?', '%b')}"
        with self._line.use() as connection:
            found = connection.execute(asked.encode(), values, binary=True).fetchall()
        rows = [_stored(*row) for row in found]
        if any(row.epoch > self._epochs.newest for row in rows):
            self._epochs.reload()
        return rows


class PostgresVault(PostgresKeys, KeyVault):
    """The vault of the serving process, in which every drawer opens."""

    _hub_drawer = Drawer.HUB

    def __init__(self, connect: Connect, masters: MasterKeys, entropy: Entropy) -> None:
        KeyVault.__init__(self, _NAME, masters, entropy)
        self._begin(connect)
        self._unsure = False
        try:
            with self._line.transaction() as connection:
                connection.execute("LOCK TABLE vault.hub IN SHARE ROW EXCLUSIVE MODE")
                self._open_hub()
        except BaseException:
            self.close()
            raise

    keys = KeyVault.keys

    def present(self, key_ids: Iterable[bytes]) -> list[bytes]:
        """Those of the keys that are stored here still."""
        with self._line.use() as connection:
            asked = "SELECT id FROM vault.keys WHERE id = ANY(%b)"
            return [key_id for (key_id,) in connection.execute(asked, (list(key_ids),), binary=True)]

    def _insert(self, rows: Sequence[StoredKey]) -> None:
        if self._unsure:
            stored = set(self.present(row.id for row in rows))
            rows = [row for row in rows if row.id not in stored]
        try:
            if not self._inserted(rows):
                self._masters.reload()
                if not self._inserted([self._wrap_anew(row) for row in rows]):
                    raise NotRecorded(f"{_NAME} has begun a master epoch that {self._masters.path} lacks")
        except NotRecorded:
            self._unsure = True  # it may be stored all the same, if the answer was lost
            raise
        self._unsure = False

    def _inserted(self, rows: Sequence[StoredKey]) -> bool:
        """Whether the keys could be stored; not if a rotation has begun that they were wrapped before."""
        if not rows:
            return True
        columns = [list(column) for column in zip(*map(_columns, rows), strict=True)]
        with self._line.use() as connection:
            least = min(row.epoch for row in rows)
            return connection.execute(_INSERT, (least, *columns)).rowcount == len(rows)

    def _insert_receipts(self, rows: Sequence[StoredReceipt]) -> None:
        columns = tuple(zip(*((row.tag, row.month, row.key, row.sealed) for row in rows), strict=True))
        with self._line.use() as connection:
            connection.execute(_INSERT_RECEIPTS, [list(column) for column in columns])

    def receipt(self, tag: bytes) -> StoredReceipt | None:
        """The stored receipt of the request with that tag."""
        with self._line.use() as connection:
            asked = "SELECT tag, month, key, sealed FROM vault.receipts WHERE tag = %b"
            row = connection.execute(asked, (tag,), binary=True).fetchone()
        return None if row is None else StoredReceipt(*row)

    def erase_receipts(self, before: int) -> int:
        """Delete the receipts of the months before that one; how many there were."""
        with self._line.use() as connection:
            return connection.execute("DELETE FROM vault.receipts WHERE month < %b", (before,)).rowcount

    def _erase(self, key_ids: Sequence[bytes]) -> list[bytes]:
        with self._line.transaction() as connection:
            connection.execute("LOCK TABLE vault.gone IN EXCLUSIVE MODE")  # numbers become visible in their order
            asked = "DELETE FROM vault.keys WHERE id = ANY(%b) RETURNING id"
            deleted = [key_id for (key_id,) in connection.execute(asked, (list(key_ids),), binary=True)]
            connection.execute("INSERT INTO vault.gone (id) SELECT unnest(%b::bytea[])", (deleted,))
            return deleted

    def _replace(self, rows: Sequence[StoredKey]) -> None:
        columns = ([row.id for row in rows], [row.epoch for row in rows], [row.wrapped for row in rows])
        with self._line.use() as connection:
            connection.execute(_REPLACE, columns)

    def _begin_rotation(self) -> None:
        """Another process that stores a key under an older epoch has done so by now, or is refused from now on."""
        with self._line.use() as connection:
            connection.execute("UPDATE vault.hub SET least = %b", (self._masters.newest,))

    def _hub_row(self) -> tuple[int, bytes] | None:
        with self._line.use() as connection:
            row: tuple[int, bytes] | None = connection.execute(
                "SELECT epoch, wrapped FROM vault.hub", binary=True
            ).fetchone()
        if row is not None and row[0] > self._masters.newest:
            self._masters.reload()
        return row

    def _write_hub_row(self, epoch: int, wrapped: bytes) -> None:
        with self._line.use() as connection:
            connection.execute(
                "INSERT INTO vault.hub (id, epoch, least, wrapped) VALUES (1, %b, %b, %b) "
                "ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, wrapped = excluded.wrapped",
                (epoch, epoch, wrapped),
            )

    def _count_older(self, epoch: int) -> int:
        with self._line.use() as connection:
            row = connection.execute("SELECT count(*) FROM vault.keys WHERE epoch < %b", (epoch,)).fetchone()
        return int(row[0]) if row else 0

    def _drawer_of(self, compartment: Compartment) -> Drawer:
        return drawer_of(compartment)


def _columns(row: StoredKey) -> tuple[object, ...]:
    return (row.id, row.epoch, row.scope, row.stream, row.wrapped, int(row.drawer))


def _stored(key_id: bytes, epoch: int, scope: bytes, stream: bytes, wrapped: bytes, drawer: int) -> StoredKey:
    return StoredKey(key_id, epoch, scope, stream, wrapped, Drawer(drawer))
