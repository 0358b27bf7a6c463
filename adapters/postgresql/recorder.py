"""The event store's recorder over PostgreSQL: one group is one call of the function that appends, and one commit.

Whether a group was recorded is never guessed. When the connection breaks, the session that was lost is ended, and then
each command is looked for by its streams' versions with all its bytes, its event's random id among them: found, it was
recorded and is answered so; not found, it never will be by that session, and is appended anew.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final, Protocol

import psycopg
from eventsourcing.persistence import IntegrityError, StoredEvent
from msgspec import Struct
from psycopg.types.numeric import Int8

from adapters.postgresql.binary import bigint, bigints, booleans, byteas, number, numbers, texts
from adapters.postgresql.connect import Away
from adapters.postgresql.migrations.sql import append_lock
from adapters.postgresql.reading import PostgresReading
from adapters.postgresql.session import Session
from adapters.store.library_ports import Polling
from adapters.store.outcomes import Earlier, Outcome, Placed, Stored, Taken, Tip
from adapters.store.record import PLACE_SIZE, Prepared
from adapters.store.rows import Rows, SealedEvent, row_of, tell_nobody
from domain.errors import NotRecorded, StoreBehind
from domain.ports import Clock

PATIENCE: Final = 15.0
"""How many seconds a server that went away is waited for, before what is in doubt is told as not recorded."""
NOBODYS: Final = b""
"""The turn of a log of which nobody has ever taken it: anybody may append."""
_NO_TIP: Final[Tip] = (0, b"", 0)


class Holder(Protocol):
    """Who holds the lease of those who append, and can be asked on the connection that holds it."""

    def ask(self, question: str) -> bytes: ...


def take_turn(lease: Holder, schema: str) -> bytes:
    """The turn to append to that log, for as long as nobody else takes it. Whoever had it records nothing from now on,
    even if it does not know yet that its lease is lost."""
    return lease.ask(f'SELECT "{schema}".samrad_take_turn()')


class _Answer(Struct, frozen=True):
    """What the function answered: a verdict for each command, and where the log ends now."""

    verdicts: Sequence[int]
    tip: Tip


class PostgresRecorder(PostgresReading, Rows):
    """One log in one schema. Any thread and any process may append: under the function's lock they make one order.

    `alone` says that no other process appends, as a lease grants: the end of the log is then known from the last commit
    and not asked for again. `turn` is what `take_turn` gave: from when another takes it, nothing is appended. `dsn` is
    of a role that may append; of one that may only read, appending fails.
    """

    def __init__(
        self,
        dsn: str,
        schema: str,
        clock: Clock,
        *,
        alone: bool = False,
        turn: bytes = NOBODYS,
        patience: float = PATIENCE,
    ) -> None:
        self._clock = clock
        self._alone = alone
        self._turn = turn
        self._patience = patience
        self._lock = threading.RLock()
        self._session = Session(dsn, f"samrad appends to {schema}")
        self._tell: Callable[[int, bytes], None] = tell_nobody
        self._known: Tip | None = None
        self._exclusive = False
        self._spoiled = False
        self._inside: list[Prepared] = []
        self._tip = _NO_TIP
        self._take_lock = f"SELECT pg_advisory_xact_lock({append_lock(schema)})"
        self._append = (
            "SELECT verdicts, last_position, last_chain, last_committed "
            f'FROM "{schema}".samrad_append($1, $2, $3, $4, $5, $6, $7, $8, $9)'
        )
        self._found = (
            f'SELECT r.stream, r.version, r.position, r.frame FROM "{schema}".records r '
            "JOIN unnest(%b::bytea[], %b::bigint[]) AS given (stream, version) USING (stream, version)"
        )
        super().__init__(dsn, schema)
        self._reached = super().end()

    def when_committed(self, tell: Callable[[int, bytes], None]) -> None:
        self._tell = tell

    # Appending.

    def append(self, group: Sequence[Prepared]) -> list[Outcome]:
        if not group:
            return []
        with self._lock:
            answer = self._within(group) if self._exclusive else self._alone_standing(group)
            return [self._outcome(prepared, verdict) for prepared, verdict in zip(group, answer.verdicts, strict=True)]

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        with self._lock:
            self._open_transaction()
            self._exclusive, self._spoiled, self._inside, self._tip = True, False, [], _NO_TIP
            try:
                yield
            except BaseException:
                self._undo()
                raise
            finally:
                self._exclusive = False
            if self._spoiled:
                self._undo()
                raise NotRecorded(f"{self._schema}: one of several appends failed, so that none of them stands")
            self._commit()

    def may_append(self) -> bool:
        """Whether this role may append at all; of one that may only read, appending fails for no fault of the store."""
        asked = "SELECT has_function_privilege(%b::regproc, 'EXECUTE')"
        try:
            return bool(self._session.ask(asked, f'"{self._schema}".samrad_append')[0][0])
        except psycopg.Error:
            return True  # it went away: that is a fault

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """The library's way in: all or none, `IntegrityError` if a version of a stream is taken."""
        if kwargs.get("tracking") is not None:
            raise NotImplementedError("views keep their tracking beside themselves")
        if not stored_events:
            return []
        tags = {event.tag if isinstance(event, SealedEvent) else b"" for event in stored_events}
        if len(tags) > 1:
            raise ValueError("events that are inserted together belong to one request")
        (outcome,) = self.append([Prepared(tuple(row_of(event) for event in stored_events), tags.pop())])
        if not isinstance(outcome, Placed):
            self._spoiled = True
            raise IntegrityError("a version is not the next one of its stream, or the request was recorded before")
        return list(outcome.positions)

    def end(self) -> Tip:
        return self._known or super().end()

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Polling:
        return Polling(self, gt, topics)

    def close(self) -> None:
        with self._lock:
            self._session.close()
            super().close()

    def _alone_standing(self, group: Sequence[Prepared]) -> _Answer:
        """One group in a transaction of its own, until it is certain what became of it."""
        self._known = None
        until = time.monotonic() + self._patience
        answer = None
        self._ready(until)
        while answer is None:
            try:
                answer = self._called(group)
            except psycopg.Error as error:
                if not self._session.lost:
                    raise self._refused(error) from error
                answer = self._settled(group, until)
        self._stands(answer.tip)
        return answer

    def _within(self, group: Sequence[Prepared]) -> _Answer:
        """One group of several that stand or fall together."""
        try:
            answer = self._called(group)
        except psycopg.Error as error:
            self._spoiled = True
            raise self._refused(error) from error
        self._inside += [prepared for prepared, verdict in zip(group, answer.verdicts, strict=True) if verdict > 0]
        self._tip = answer.tip
        return answer

    def _called(self, group: Sequence[Prepared]) -> _Answer:
        rows = [row for prepared in group for row in prepared.rows]
        verdicts, position, chain, committed = self._session.call(
            self._append,
            (
                bigint(self._clock.now()),
                self._turn,
                byteas([prepared.tag for prepared in group]),
                bigints([len(prepared.rows) for prepared in group]),
                byteas([row.stream for row in rows]),
                bigints([row.version for row in rows]),
                texts([row.topic for row in rows]),
                booleans([row.disposal for row in rows]),
                byteas([row.body for row in rows]),
            ),
        )
        return _Answer(numbers(verdicts), (number(position), chain, number(committed)))

    def _outcome(self, prepared: Prepared, verdict: int) -> Outcome:
        if verdict > 0:
            return Placed(tuple(range(verdict, verdict + len(prepared.rows))))
        if verdict == 0:
            return Taken()
        if self._exclusive:  # it may be among what is not committed yet
            return Earlier(tuple(Stored(*row) for row in self._session.ask(self._rows_tagged, prepared.tag)))
        return Earlier(tuple(self.rows_tagged(prepared.tag)))

    def _stands(self, tip: Tip) -> None:
        self._known = tip if self._alone else None
        self._reached = tip
        if tip[0]:
            self._tell(*tip[:2])

    # When the connection is lost.

    def _ready(self, until: float) -> None:
        """A connection before anything is sent, so that nothing is in doubt."""
        if self._closed:
            raise NotRecorded(f"{self._schema} is closed")
        try:
            if self._session.lost:
                self._again(until)
            elif not self._session.connected:
                self._session.open()
                self._same_history()
        except psycopg.Error as error:
            raise Away(f"{self._schema} went away again: {error}") from error

    def _again(self, until: float) -> None:
        self._session.again(until)
        self._same_history()

    def _same_history(self) -> None:
        """Whether what answers now holds what was recorded: an older copy may have been put back."""
        position, chain, _ = self._reached
        if position and self._session.ask(self._chain_at, Int8(position)) != [(chain,)]:
            self._session.close()
            raise StoreBehind(
                f"{self._schema} lacks position {position} as it was recorded: an older copy was put back"
            )

    def _settled(self, group: Sequence[Prepared], until: float) -> _Answer | None:
        """What became of a group whose answer was lost; None if nothing of it stands nor ever will by itself."""
        while True:
            try:
                self._again(until)
                found = self._standing(group)
                if not any(found):
                    return None
                verdicts = [place or self._not_placed(prepared) for prepared, place in zip(group, found, strict=True)]
                ((position, chain, committed),) = self._session.ask(self._end_of)
                return _Answer(verdicts, (position, chain, committed))
            except Away as error:
                raise NotRecorded(
                    f"{self._schema} went away before it had answered, and whether the command was recorded is not "
                    f"known; sent again with the same key it is recorded once: {error}"
                ) from error
            except psycopg.Error as error:
                if not self._session.lost:
                    raise self._refused(error) from error

    def _standing(self, group: Sequence[Prepared]) -> list[int]:
        """For each command the position of its first event, if it is recorded with these very bytes; else 0."""
        rows = [row for prepared in group for row in prepared.rows]
        found = {
            (stream, version): (position, frame)
            for stream, version, position, frame in self._session.ask(
                self._found, [row.stream for row in rows], [Int8(row.version) for row in rows]
            )
        }
        places = []
        for prepared in group:
            stored = [found.get((row.stream, row.version), (0, b"")) for row in prepared.rows]
            same = all(
                frame[PLACE_SIZE:] == row.body and position
                for (position, frame), row in zip(stored, prepared.rows, strict=True)
            )
            places.append(stored[0][0] if same else 0)
        return places

    def _not_placed(self, prepared: Prepared) -> int:
        """The verdict of a command that its group was recorded without."""
        found = self._session.ask(self._rows_tagged, prepared.tag) if prepared.tag else []
        return -found[0][0] if found else 0

    # Several appends that stand or fall together.

    def _open_transaction(self) -> None:
        until = time.monotonic() + self._patience
        self._ready(until)
        try:
            self._begin()
        except psycopg.Error as error:
            if not self._session.lost:
                self._undo()
                raise self._refused(error) from error
            try:
                self._again(until)  # nothing was sent that could stand
                self._begin()
            except psycopg.Error as again:
                self._undo()
                raise self._refused(again) from again

    def _begin(self) -> None:
        self._session.ask("BEGIN")
        self._session.ask(self._take_lock)

    def _commit(self) -> None:
        if not self._inside:
            self._undo()
            return
        self._known = None
        try:
            self._session.ask("COMMIT")
        except psycopg.Error as error:
            answer = None
            if self._session.lost:
                answer = self._settled(self._inside, time.monotonic() + self._patience)
            if answer is None:
                raise self._refused(error) from error
            self._tip = answer.tip
        self._stands(self._tip)

    def _undo(self) -> None:
        with suppress(psycopg.Error):  # a lost connection has undone it
            self._session.ask("ROLLBACK")

    def _refused(self, error: psycopg.Error) -> Exception:
        if isinstance(error, psycopg.errors.UniqueViolation):
            return IntegrityError(str(error))
        if isinstance(error, psycopg.errors.ObjectNotInPrerequisiteState):
            return NotRecorded(f"another process has the turn to write {self._schema}: nothing was recorded")
        return NotRecorded(f"{self._schema} could not be written, nothing was recorded: {error}")
