"""The event store's recorder over SQLite, behind the library's seams: what is appended stays as it is.

Positions are contiguous, committed time never goes back, each row is chained to the one before. The connection that
appends may do nothing else: an authorizer refuses every other statement, and triggers refuse it to any connection.
Reading takes a connection per thread and needs no transaction: what is at or before a position never changes.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.persistence import IntegrityError, Notification, StoredEvent

from adapters.sqlite import ReadingConnection, connect, readable
from adapters.store.in_place import InPlace
from adapters.store.library_ports import Polling
from adapters.store.outcomes import Earlier, Outcome, Placed, Stored, Taken, Tip
from adapters.store.record import GENESIS, PLACE_SIZE, TOPIC, Prepared, Row, chain, frame, place
from adapters.store.rows import Rows, SealedEvent, row_of, stream_of, tell_nobody
from domain.errors import FilesGone, NotRecorded
from domain.ports import Clock
from domain.vocabulary import Instant

_TABLES = """
CREATE TABLE IF NOT EXISTS records (
    position INTEGER PRIMARY KEY, stream BLOB NOT NULL, version INTEGER NOT NULL, topic TEXT NOT NULL,
    tag BLOB, disposal INTEGER NOT NULL, frame BLOB NOT NULL, chain BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS records_by_stream ON records (stream, version);
CREATE INDEX IF NOT EXISTS records_by_tag ON records (tag) WHERE tag IS NOT NULL;
CREATE INDEX IF NOT EXISTS records_of_disposal ON records (position) WHERE disposal = 1;
CREATE TRIGGER IF NOT EXISTS records_are_appended BEFORE INSERT ON records
    WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM records)
    BEGIN SELECT RAISE(ABORT, 'a record is appended at the next position only'); END;
CREATE TRIGGER IF NOT EXISTS records_are_not_changed BEFORE UPDATE ON records
    BEGIN SELECT RAISE(ABORT, 'a record is never changed'); END;
CREATE TRIGGER IF NOT EXISTS records_are_not_deleted BEFORE DELETE ON records
    BEGIN SELECT RAISE(ABORT, 'a record is never deleted'); END;
"""
_LAST = "SELECT position, chain, substr(frame, 1, 16) FROM records ORDER BY position DESC LIMIT 1"
_INSERT = "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_LAST_VERSION = "SELECT version FROM records WHERE stream = ? ORDER BY version DESC LIMIT 1"
_BY_TAG = "SELECT position, stream, version, frame FROM records WHERE tag = ? ORDER BY position"

_APPENDING = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_FUNCTION}
)


class SqliteRecorder(Rows):
    """One log in one SQLite file. Any thread and any process may append; each append is one transaction.

    `alone` says that no other process appends, as the lock of the data folder grants: the end of the log is then known
    from the last commit and not read again. `in_place` is asked before each append and after its commit.
    """

    def __init__(self, path: Path, clock: Clock, *, alone: bool = False, in_place: InPlace | None = None) -> None:
        self._path = path
        self._in_place = in_place or InPlace()
        self._clock = clock
        self._lock = threading.RLock()
        self._exclusive = False
        self._spoiled = False
        self._tell: Callable[[int, bytes], None] = tell_nobody
        self._alone = alone
        self._tip: Tip | None = None
        self._known: Tip | None = None
        self._closed = False
        self._local = threading.local()
        self._readers: list[ReadingConnection] = []
        self._writer = connect(path)
        with readable(path):
            self._writer.executescript(_TABLES)
        self._writer.set_authorizer(_only_append)

    @property
    def path(self) -> Path:
        return self._path

    @property
    def name(self) -> str:
        return self._path.name

    def when_committed(self, tell: Callable[[int, bytes], None]) -> None:
        """After each commit, tell the last position and its chain hash."""
        self._tell = tell

    # Appending.

    def append(self, group: Sequence[Prepared]) -> list[Outcome]:
        """Append a group of commands in one transaction, each whole or not at all, with an outcome for each.

        If the transaction fails, nothing of the group is recorded and the store goes on.
        """
        with _Transaction(self):
            position, last_chain, before = self._before()
            committed = max(before, self._clock.now())
            start = position
            outcomes: list[Outcome] = []
            for prepared in group:
                refused = self._earlier(prepared.tag) or self._taken(prepared.rows)
                if refused is not None:
                    outcomes.append(refused)
                    continue
                first = position + 1
                for row in prepared.rows:
                    position += 1
                    last_chain = self._insert(position, committed, row, prepared.tag, last_chain)
                outcomes.append(Placed(tuple(range(first, position + 1))))
            if position > start:
                self._tip = (position, last_chain, committed)
            return outcomes

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the append lock: nobody, in no process, appends in between; all that is appended inside stands or
        falls together."""
        with _Transaction(self):
            self._exclusive, self._spoiled = True, False
            try:
                yield
            finally:
                self._exclusive = False
            if self._spoiled:
                raise NotRecorded(f"{self._path.name}: one of several appends failed, so that none of them stands")

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """The library's way in: all or none, `IntegrityError` if a version of a stream is taken."""
        if kwargs.get("tracking") is not None:
            raise NotImplementedError("views keep their tracking in their own file")
        rows = [row_of(event) for event in stored_events]
        with _Transaction(self):
            position, last_chain, before = self._before()
            committed = max(before, self._clock.now())
            start = position
            for event, row in zip(stored_events, rows, strict=True):
                tag = event.tag if isinstance(event, SealedEvent) else b""
                if row.topic == TOPIC and self._taken((row,)):
                    raise IntegrityError(f"version {row.version} is not the next one of its stream")
                try:
                    last_chain = self._insert(position + 1, committed, row, tag, last_chain)
                except sqlite3.IntegrityError as error:
                    raise IntegrityError(str(error)) from error
                position += 1
            if position > start:
                self._tip = (position, last_chain, committed)
            return list(range(position - len(rows) + 1, position + 1))

    def _before(self) -> Tip:
        """Where the log ends within this transaction."""
        if self._tip is None:
            self._tip = _tip_of(self._writer.execute(_LAST).fetchall())
        return self._tip

    def _insert(self, position: int, committed: Instant, row: Row, tag: bytes, last_chain: bytes) -> bytes:
        stored = frame(position, committed, row.body)
        next_chain = chain(last_chain, stored)
        self._writer.execute(
            _INSERT,
            (position, row.stream, row.version, row.topic, tag or None, int(row.disposal), stored, next_chain),
        )
        return next_chain

    def _earlier(self, tag: bytes) -> Earlier | None:
        if not tag:
            return None
        rows = self._writer.execute(_BY_TAG, (tag,)).fetchall()
        return Earlier(tuple(Stored(*row) for row in rows)) if rows else None

    def _taken(self, rows: Sequence[Row]) -> Taken | None:
        versions: dict[bytes, int] = {}
        for row in rows:
            last = versions.get(row.stream)
            if last is None:
                found = self._writer.execute(_LAST_VERSION, (row.stream,)).fetchone()
                last = found[0] if found else 0
            if row.version != last + 1:
                return Taken()
            versions[row.stream] = row.version
        return None

    def _begin(self) -> None:
        self._lock.acquire()
        try:
            if not self._exclusive:
                self._in_place.require()
                self._writer.execute("BEGIN IMMEDIATE")
                self._tip = self._known
        except sqlite3.Error as error:
            self._lock.release()
            raise self._not_recorded(error) from error
        except FilesGone:
            self._lock.release()
            raise

    def _end(self, error: BaseException | None) -> None:
        """Commit, or undo what was begun; inside `exclusive`, leave both to who holds it."""
        if self._exclusive:
            self._spoiled = self._spoiled or error is not None
        try:
            if not self._exclusive and error is None:
                self._known = None  # until it is certain what stands
                self._writer.execute("COMMIT")
                self._in_place.require()  # into a file that is gone, it would be answered and lost (invariant 2)
                self._known = self._tip if self._alone else None
                if self._tip is not None:
                    self._tell(*self._tip[:2])
        except sqlite3.Error as failed:
            raise self._not_recorded(failed) from failed
        finally:
            if not self._exclusive and self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            self._lock.release()
        if isinstance(error, sqlite3.Error):
            raise self._not_recorded(error) from error

    def _not_recorded(self, error: sqlite3.Error) -> NotRecorded:
        return NotRecorded(f"{self._path.name} could not be written, nothing was recorded: {error}")

    # Reading.

    def end(self) -> Tip:
        """The last position, its chain hash and its committed time; 0, the genesis and 0 of an empty log."""
        return self._known or _tip_of(self._ask(_LAST))

    def rows(self, after: int, limit: int) -> list[Stored]:
        """The rows after a position, in order."""
        found = self._ask(
            "SELECT position, stream, version, frame FROM records WHERE position > ? ORDER BY position LIMIT ?",
            (after, limit),
        )
        return [Stored(*row) for row in found]

    def rows_of(self, stream: bytes, upto: int, first: int = 1) -> list[Stored]:
        """The rows of a stream as of a position, from that version on."""
        found = self._ask(
            "SELECT position, stream, version, frame FROM records "
            "WHERE stream = ? AND version >= ? AND position <= ? ORDER BY version",
            (stream, first, upto),
        )
        return [Stored(*row) for row in found]

    def rows_tagged(self, tag: bytes) -> list[Stored]:
        """The rows of the request with that tag, in order."""
        return [Stored(*row) for row in self._ask(_BY_TAG, (tag,))]

    def disposals(self, after: int) -> list[Stored]:
        """The rows after a position that name keys."""
        found = self._ask(
            "SELECT position, stream, version, frame FROM records WHERE disposal = 1 AND position > ? "
            "ORDER BY position",
            (after,),
        )
        return [Stored(*row) for row in found]

    def columns(self, after: int, limit: int) -> list[tuple[str, bytes | None, int, bytes]]:
        """What stands beside the frames: topic, request tag, mark of a disposal, chain hash."""
        return self._ask(
            "SELECT topic, tag, disposal, chain FROM records WHERE position > ? ORDER BY position LIMIT ?",
            (after, limit),
        )

    def chain_at(self, position: int) -> bytes | None:
        """The chain hash at a position."""
        found = self._ask("SELECT chain FROM records WHERE position = ?", (position,))
        return found[0][0] if found else None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The library's way to one stream."""
        stream = stream_of(originator_id)
        order = "DESC" if desc else "ASC"
        found = self._ask(
            "SELECT version, topic, frame FROM records WHERE stream = ? AND version > ? AND version <= ? "
            f"ORDER BY version {order} LIMIT ?",
            (stream, -1 if gt is None else gt, 2**62 if lte is None else lte, -1 if limit is None else limit),
        )
        uuid = UUID(bytes=stream)
        return [StoredEvent(uuid, version, topic, stored[PLACE_SIZE:]) for version, topic, stored in found]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """The library's way along the log."""
        first = 0 if start is None else start + (not inclusive_of_start)
        among = f"AND topic IN ({','.join('?' * len(topics))}) " if topics else ""
        found = self._ask(
            "SELECT position, stream, version, topic, frame FROM records WHERE position >= ? AND position <= ? "
            f"{among}ORDER BY position LIMIT ?",
            (first, 2**62 if stop is None else stop, *topics, limit),
        )
        return [
            Notification(UUID(bytes=stream), version, topic, stored[PLACE_SIZE:], position)
            for position, stream, version, topic, stored in found
        ]

    def max_notification_id(self) -> int | None:
        return self.end()[0] or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Polling:
        return Polling(self, gt, topics)

    def close(self) -> None:
        """Close every connection; done again, it does nothing."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            for reader in self._readers:
                reader.close()
            self._writer.close()

    def _ask(self, question: str, values: tuple[object, ...] = ()) -> list[Any]:
        reader: ReadingConnection | None = getattr(self._local, "reader", None)
        if reader is None:
            with self._lock:
                if self._closed:
                    raise NotRecorded(f"{self._path.name} is closed")
                self._in_place.require()  # another file would be read, or an empty one made
                reader = ReadingConnection(self._path)
                self._readers.append(reader)
            self._local.reader = reader
        return reader.ask(question, values)


class _Transaction:
    """One append: a class and no generator, since it is on the way of every command."""

    def __init__(self, recorder: SqliteRecorder) -> None:
        self._recorder = recorder

    def __enter__(self) -> None:
        self._recorder._begin()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        self._recorder._end(error)


def _tip_of(last: list[Any]) -> Tip:
    if not last:
        return 0, GENESIS, 0
    ((position, last_chain, stored),) = last
    return position, last_chain, place(stored)[1]


def _only_append(action: int, table: str | None, *_: str | None) -> int:
    if action in _APPENDING or (action == sqlite3.SQLITE_INSERT and table == "records"):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY
