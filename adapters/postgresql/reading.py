"""One log read from PostgreSQL, by any role that may read it. What is at or before a position never changes, so that a
question whose connection was lost is asked again, and no reading needs a transaction."""

import threading
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import psycopg
from eventsourcing.persistence import Notification, StoredEvent
from psycopg.rows import TupleRow
from psycopg.types.numeric import Int8

from adapters.postgresql.connect import connect, place_of
from adapters.postgresql.migrations.sql import NEWEST
from adapters.store.outcomes import PlacedFrame, Stored, Tip
from adapters.store.record import PLACE_SIZE, RECORD_KEY
from adapters.store.rows import stream_of
from domain.errors import NotRecorded, SamradError

_READING: Final = {"default_transaction_read_only": "on", "statement_timeout": "60s", "jit": "off"}
_EVERYTHING: Final = 2**62
_OTHER_FORM: Final = "has no logs of the form that this program knows: run `samrad migrate`"
_NOT_PREPARED: Final = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.InvalidSchemaName,
    psycopg.errors.UndefinedFunction,
)


class PostgresReading:
    """The log in one schema. Any thread may ask; there are as many connections as there were askers at once."""

    def __init__(self, dsn: str, schema: str) -> None:
        self._dsn = dsn
        self._schema = schema
        self._idle: list[psycopg.Connection[TupleRow]] = []
        self._opening = threading.Lock()
        self._closed = False
        row = "position, stream, version, frame"
        records = f'"{schema}".records'
        self._last_of = f'SELECT position FROM "{schema}".log_end'
        self._frames = f"SELECT position, frame FROM {records} WHERE position > %b ORDER BY position LIMIT %b"
        self._record_keys = (
            f"SELECT position, substring(frame FROM {RECORD_KEY.start + 1} FOR 16) FROM {records} "
            "WHERE position > %b ORDER BY position LIMIT %b"
        )
        self._end_of = f'SELECT position, chain, committed FROM "{schema}".log_end'
        self._rows = f"SELECT {row} FROM {records} WHERE position > %b ORDER BY position LIMIT %b"
        self._rows_of = (
            f"SELECT {row} FROM {records} WHERE stream = %b AND position <= %b AND version >= %b ORDER BY version"
        )
        self._rows_tagged = f"SELECT {row} FROM {records} WHERE tag = %b ORDER BY position"
        self._disposals = f"SELECT {row} FROM {records} WHERE disposal AND position > %b ORDER BY position"
        self._columns = (
            f"SELECT topic, tag, disposal, chain FROM {records} WHERE position > %b ORDER BY position LIMIT %b"
        )
        self._chain_at = f"SELECT chain FROM {records} WHERE position = %b"
        self._events = (
            f"SELECT version, topic, frame FROM {records} "
            "WHERE stream = %b AND version > %b AND version <= %b ORDER BY version {order} LIMIT %b"
        )
        self._notifications = (
            f"SELECT position, stream, version, topic, frame FROM {records} "
            "WHERE position >= %b AND position <= %b {among}ORDER BY position LIMIT %b"
        )
        try:
            self._check_form()
        except BaseException:
            self.close()
            raise

    @property
    def name(self) -> str:
        """What the log is called in messages."""
        return self._schema

    def end(self) -> Tip:
        """The last position, its chain hash and its committed time; 0, the genesis and 0 of an empty log."""
        ((position, chain, committed),) = self._ask(self._end_of)
        return position, chain, committed

    def last(self) -> int:
        """The last position: for every role, also for those that may not read more of where the log ends."""
        ((position,),) = self._ask(self._last_of)
        return int(position)

    def frames(self, after: int, limit: int) -> list[PlacedFrame]:
        """The frames after a position, in order, and nothing beside them."""
        return [PlacedFrame(*row) for row in self._ask(self._frames, Int8(after), Int8(limit))]

    def record_keys(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        """After a position, each position and the id of the key of the record there."""
        return self._ask(self._record_keys, Int8(after), Int8(limit))

    def rows(self, after: int, limit: int) -> list[Stored]:
        """The rows after a position, in order."""
        return [Stored(*row) for row in self._ask(self._rows, Int8(after), Int8(limit))]

    def rows_of(self, stream: bytes, upto: int, first: int = 1) -> list[Stored]:
        """The rows of a stream as of a position, from that version on."""
        return [Stored(*row) for row in self._ask(self._rows_of, stream, Int8(upto), Int8(first))]

    def rows_tagged(self, tag: bytes) -> list[Stored]:
        """The rows of the request with that tag, in order."""
        return [Stored(*row) for row in self._ask(self._rows_tagged, tag)]

    def disposals(self, after: int) -> list[Stored]:
        """The rows after a position that name keys."""
        return [Stored(*row) for row in self._ask(self._disposals, Int8(after))]

    def columns(self, after: int, limit: int) -> list[tuple[str, bytes | None, int, bytes]]:
        """What stands beside the frames: topic, request tag, mark of a disposal, chain hash."""
        return self._ask(self._columns, Int8(after), Int8(limit))

    def chain_at(self, position: int) -> bytes | None:
        """The chain hash at a position."""
        found = self._ask(self._chain_at, Int8(position))
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
        found = self._ask(
            self._events.format(order="DESC" if desc else "ASC"),
            stream,
            Int8(-1 if gt is None else gt),
            Int8(_EVERYTHING if lte is None else lte),
            Int8(_EVERYTHING if limit is None else limit),
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
        first = Int8(0 if start is None else start + (not inclusive_of_start))
        last = Int8(_EVERYTHING if stop is None else stop)
        question = self._notifications.format(among="AND topic = ANY(%b) " if topics else "")
        among = (list(topics),) if topics else ()
        return [
            Notification(UUID(bytes=stream), version, topic, stored[PLACE_SIZE:], position)
            for position, stream, version, topic, stored in self._ask(question, first, last, *among, Int8(limit))
        ]

    def max_notification_id(self) -> int | None:
        """The library's name for the last position."""
        return self.end()[0] or None

    def close(self) -> None:
        """Close every connection; done again, it does nothing."""
        with self._opening:
            self._closed = True
            while self._idle:
                self._idle.pop().close()

    def _check_form(self) -> None:
        """Tell when the log is opened if it is not there, or not of the form that this program knows."""
        found = self._ask("SELECT version_num FROM samrad.store_version")
        if [number for (number,) in found] != [NEWEST]:
            raise SamradError(f"{place_of(self._dsn)} {_OTHER_FORM}")

    def _ask(self, question: str, *values: object) -> list[Any]:
        """The rows of an answer; asked once more on a new connection if the one at hand turns out to be lost."""
        connection = self._idle_one()
        if connection is not None:
            try:
                return self._asked(connection, question, values)
            except psycopg.OperationalError as error:
                if not connection.closed:
                    raise self._unreadable(error) from error
                self._forget_idle()  # the server was gone: so are they
        connection = self._new()
        try:
            return self._asked(connection, question, values)
        except psycopg.OperationalError as error:
            raise self._unreadable(error) from error

    def _asked(self, connection: psycopg.Connection[TupleRow], question: str, values: Sequence[object]) -> list[Any]:
        try:
            with connection.cursor(binary=True) as cursor:
                return cursor.execute(question, values, prepare=True).fetchall()
        except _NOT_PREPARED as error:
            raise SamradError(f"{place_of(self._dsn)} {_OTHER_FORM}") from error
        except psycopg.OperationalError:
            raise
        except psycopg.Error as error:
            raise self._unreadable(error) from error
        finally:
            self._give_back(connection)

    def _idle_one(self) -> psycopg.Connection[TupleRow] | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _new(self) -> psycopg.Connection[TupleRow]:
        if self._closed:
            raise NotRecorded(f"{self._schema} is closed")
        connection = connect(self._dsn, f"samrad reads {self._schema}", _READING)
        connection.prepared_max = None
        return connection

    def _give_back(self, connection: psycopg.Connection[TupleRow]) -> None:
        with self._opening:
            if self._closed or connection.closed:
                connection.close()
            else:
                self._idle.append(connection)

    def _forget_idle(self) -> None:
        with self._opening:
            while self._idle:
                self._idle.pop().close()

    def _unreadable(self, error: psycopg.Error) -> NotRecorded:
        return NotRecorded(f"{self._schema} could not be read: {error}")
