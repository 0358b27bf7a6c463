"""The log: the library's application over our mapper and a recorder, and the core's `Log`."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    NotSupportedError,
    ProcessRecorder,
    TrackingRecorder,
)
from eventsourcing.persistence import Mapper as LibraryMapper
from eventsourcing.utils import Environment, EnvType

from adapters.store.chained import prove_place
from adapters.store.high_water import HighWater
from adapters.store.in_place import InPlace
from adapters.store.library_ports import StreamRecorder
from adapters.store.mapper import Mapper, named_keys
from adapters.store.outcomes import Earlier, Placed, Stored
from adapters.store.record import Prepared, kind_of
from adapters.store.recorder import SqliteRecorder
from adapters.store.rows import Rows
from adapters.store.tracking import SqliteTracking
from adapters.telemetry import UNWATCHED, appending
from adapters.vault.key_vault import KeyVault
from domain.act import Fact
from domain.errors import FilesGone, NotRecorded, Tampered, Unreadable
from domain.event import Gone
from domain.ports import Append, Clock, Conflict, Entropy, Recorded, Repeated, Verdict, Watch
from domain.vocabulary import Compartment, Instant, Kind, Ref


class LogFactory(InfrastructureFactory[TrackingRecorder]):
    """The library's factory over rows that are open already. Closes them, and what it made."""

    def __init__(self, env: Environment, rows: Rows) -> None:
        super().__init__(env)
        self._rows = rows

    def application_recorder(self) -> Rows:
        return self._rows

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        if purpose != "events":
            raise NotSupportedError(f"a log of facts keeps no {purpose}")
        return StreamRecorder(self._rows)

    def tracking_recorder(self, tracking_recorder_class: type[TrackingRecorder] | None = None) -> TrackingRecorder:
        raise NotSupportedError("views keep their tracking beside themselves")

    def process_recorder(self) -> ProcessRecorder:
        raise NotSupportedError("events and views are kept apart")

    def close(self) -> None:
        self._rows.close()


class EmbeddedFactory(LogFactory):
    """The same for the embedded default: one file for the log, the views in another beside it."""

    def __init__(self, env: Environment, rows: SqliteRecorder) -> None:
        super().__init__(env, rows)
        self._beside = rows.path.with_name("views.db")
        self._views: list[SqliteTracking] = []

    def tracking_recorder(self, tracking_recorder_class: type[TrackingRecorder] | None = None) -> SqliteTracking:
        if tracking_recorder_class not in (None, SqliteTracking):
            raise NotSupportedError("views are tracked in SQLite here")
        views = SqliteTracking(self._beside)
        self._views.append(views)
        return views

    def close(self) -> None:
        super().close()
        for views in self._views:
            views.close()


CasesOf: TypeAlias = Callable[[Ref, int], frozenset[Ref]]
"""To which cases a consultation was linked by that position."""


def _linked_to_nothing(_: Ref, __: int) -> frozenset[Ref]:
    return frozenset()


class CoordinationLog(Application[UUID]):
    """One log: of acts, or of looks. Sealed on the way in; on the way out `record` is open and all else shut.

    Opening it checks the high-water mark and finishes the disposals that the log names (a restored vault, a crash
    between the event and the deletion). Any thread may call it; `Writer` makes groups of what many ask for at once.
    `rows` is the recorder, closed with the log, or the file of the embedded default's. For that, `alone` is for who
    holds the lock of the folder: nobody else appends, so the log's end need not be read; `in_place` watches its files.
    Without `finish` it opens whatever stands in it, for who proves it.
    """

    rows: Rows

    log_section_size = 1000

    def __init__(
        self,
        rows: Rows | Path,
        vault: KeyVault,
        clock: Clock,
        entropy: Entropy,
        high_water: HighWater | None = None,
        *,
        alone: bool = False,
        in_place: InPlace | None = None,
        finish: bool = True,
        watch: Watch = UNWATCHED,
    ) -> None:
        if isinstance(rows, Path):
            rows = SqliteRecorder(rows, clock, alone=alone, in_place=in_place)
        self.rows = rows
        self._vault = vault
        self._high_water = high_water
        self._name = self.rows.name.partition(".")[0]
        self.has_failed = False
        """Whether the last that was to be recorded could not be; set back by who has found that it can be again."""
        self._disposed: set[bytes] = set()
        self._disposals_read = 0
        self._disposal_lock = threading.Lock()
        self.cases_of: CasesOf = _linked_to_nothing
        """The cases to which a consultation was linked; whoever has views knows of links (A2)."""
        self._facts = Mapper(vault, entropy, self.is_disposed, self.rows.name)
        self._disposal_facts = Mapper(vault, entropy, lambda _: False, self.rows.name)
        super().__init__()
        self._append = appending(watch, self._name, self.rows.append)
        try:
            if high_water is not None:
                high_water.check(self._name, self.rows)
                self.rows.when_committed(partial(high_water.note, self._name))
            if finish:
                self.finish_disposals()
        except BaseException:
            self.close()
            raise

    # The library's seams.

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """From what is passed alone: nothing in the process's environment changes how facts are stored."""
        return Environment(name, env)

    def construct_factory(self, env: Environment) -> LogFactory:
        if isinstance(self.rows, SqliteRecorder):
            return EmbeddedFactory(env, self.rows)
        return LogFactory(env, self.rows)

    def construct_mapper(self) -> LibraryMapper[UUID]:
        return self._facts

    def construct_recorder(self) -> ApplicationRecorder:
        return self.rows

    # Appending.

    def prepare(self, append: Append) -> Prepared:
        """Seal a command's events, in whatever thread decided them."""
        return self._facts.prepare(append)

    def append(self, group: Sequence[Append]) -> list[Verdict]:
        """Append commands in one transaction, with a verdict for each."""
        return self.append_prepared([self.prepare(append) for append in group])

    def append_prepared(self, group: Sequence[Prepared]) -> list[Verdict]:
        """Append sealed commands: their keys become durable first, so no event outlives its key."""
        with self._noting_failure():
            self._vault.make_durable()
            outcomes = self._append(group)
        verdicts: list[Verdict] = []
        for prepared, outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, Placed):
                verdicts.append(Recorded(tuple(row.id for row in prepared.rows), outcome.positions[-1]))
            elif isinstance(outcome, Earlier):
                verdicts.append(self._repeated(outcome))
            else:
                verdicts.append(Conflict())
        return verdicts

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the append lock over reading and appending; what is appended inside stands or falls together."""
        with self._noting_failure(), self.rows.exclusive():
            yield

    @contextmanager
    def _noting_failure(self) -> Iterator[None]:
        try:
            yield
        except FilesGone:  # readiness asks for the files themselves
            raise
        except NotRecorded:
            self.has_failed = True
            raise
        self.has_failed = False

    def _repeated(self, earlier: Earlier) -> Repeated:
        facts = [self.fact(row) for row in earlier.rows]
        request = "" if isinstance(facts[0].event, Gone) else facts[0].act.request
        return Repeated(tuple(fact.id for fact in facts), facts[-1].position, request)

    # Reading.

    def read(self, after: int, limit: int, kinds: frozenset[Kind] | None = None) -> Sequence[Fact]:
        """The facts after a position; a gap is an error. With `kinds`, those alone are opened and given: of the others
        it is seen only that they are there."""
        facts = []
        for expected, row in enumerate(self.rows.rows(after, limit), after + 1):
            if row.position != expected:
                raise Tampered(f"position {expected} is missing from {self.rows.name}")
            if kinds is None or kind_of(row.frame) in kinds:
                facts.append(self.fact(row))
        return facts

    def opened(self, after: int, limit: int) -> Sequence[tuple[Ref, Fact | None]]:
        """The records after a position up to a gap, for who goes on past what cannot be read: of each its stream, and
        its fact if it can be."""
        found: list[tuple[Ref, Fact | None]] = []
        for expected, row in enumerate(self.rows.rows(after, limit), after + 1):
            if row.position != expected:
                break
            try:
                fact: Fact | None = self._facts.to_fact_again(row.position, row.stream, row.version, row.frame)
            except (Tampered, Unreadable):
                fact = None
            found.append((Ref(row.stream.hex()), fact))
        return found

    def fact(self, row: Stored) -> Fact:
        """The fact of one row."""
        return self._facts.to_fact(row.position, row.stream, row.version, row.frame)

    def prove(self, fact: Fact) -> None:
        """`Tampered` if the record of that fact does not continue the chain."""
        prove_place(self.rows, fact)

    def last(self) -> int:
        return self.rows.end()[0]

    def last_committed(self) -> Instant:
        """The last committed time: now is never before it."""
        return self.rows.end()[2]

    def open(self, fact: Fact, compartments: frozenset[Compartment]) -> Fact:
        """The fact with those of its sealed compartments opened."""
        return self._facts.open(fact, compartments)

    def earlier(self, tag: bytes) -> Sequence[Fact]:
        """The events of the request with that tag, if it was recorded before."""
        return [
            self._facts.to_fact(row.position, row.stream, row.version, row.frame) for row in self.rows.rows_tagged(tag)
        ]

    def snapshot(self, position: int | None = None) -> "LogSnapshot":
        """The log as of now, or as of an earlier position."""
        last = self.last()
        at = last if position is None else min(position, last)
        return LogSnapshot(self.rows, self._facts, at, self.cases_of)

    def forget(self) -> None:
        """Keep no record open, as after a start."""
        self._facts.forget()

    # Disposals.

    def is_disposed(self, key_id: bytes) -> bool:
        """Whether the log names the disposal of that key."""
        if key_id not in self._disposed:
            self._read_disposals()
        return key_id in self._disposed

    def finish_disposals(self) -> int:
        """Delete every key whose disposal the log names and that is still in the vault; how many there were."""
        self._read_disposals()
        left = self._vault.present(self._disposed)
        return self._vault.delete([Ref(key.hex()) for key in left]) if left else 0

    def _read_disposals(self) -> None:
        with self._disposal_lock:
            for row in self.rows.disposals(self._disposals_read):
                fact = self._disposal_facts.to_fact(row.position, row.stream, row.version, row.frame)
                self._disposed.update(named_keys(fact.event))
                self._disposals_read = row.position

    def close(self) -> None:
        super().close()
        if self._high_water is not None:
            self._high_water.close()


class LogSnapshot:
    """The log as of one position. It needs no transaction: what stands at or before a position never changes."""

    def __init__(self, rows: Rows, mapper: Mapper, position: int, cases_of: CasesOf) -> None:
        self._rows = rows
        self._mapper = mapper
        self._position = position
        self._cases_of = cases_of

    @property
    def position(self) -> int:
        return self._position

    def stream(self, stream: Ref) -> Sequence[Fact]:
        """The facts of a stream, in order."""
        return self.read_whole(stream)[0]

    def read_whole(self, stream: Ref) -> tuple[Sequence[Fact], bytes]:
        """The facts of a stream, in order, and the mark of its last record, by which `read_on` goes on."""
        return self._read(self._rows.rows_of(bytes.fromhex(stream.hex), self._position))

    def read_on(self, stream: Ref, version: int, mark: bytes) -> tuple[Sequence[Fact], bytes] | None:
        """The facts after a version and the mark of the last of them; None if the record of that version is not the one
        with that mark, or one after it is missing: then the stream is to be read as a whole."""
        rows = self._rows.rows_of(bytes.fromhex(stream.hex), self._position, version)
        if not rows or _mark_of(rows[0]) != mark:
            return None
        if any(row.version != expected for expected, row in enumerate(rows, version)):
            return None
        facts, last = self._read(rows[1:])
        return facts, last or mark

    def _read(self, rows: Sequence[Stored]) -> tuple[Sequence[Fact], bytes]:
        to_fact = self._mapper.to_fact_again
        facts = [to_fact(row.position, row.stream, row.version, row.frame) for row in rows]
        return facts, _mark_of(rows[-1]) if rows else b""

    def cases_of(self, consultation: Ref) -> frozenset[Ref]:
        """The cases to which the consultation was linked (A2)."""
        return self._cases_of(consultation, self._position)

    def open(self, fact: Fact, compartments: frozenset[Compartment]) -> Fact:
        """The fact with those of its sealed compartments opened."""
        return self._mapper.open(fact, compartments)


def _mark_of(row: Stored) -> bytes:
    """By what a record is known again, to the bit."""
    return hashlib.sha256(row.frame).digest()
