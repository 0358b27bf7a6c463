"""What waits, by unit: as periods, so that what waited at any time is asked for by that time, without a clock.

The knowledge of everyone in a unit is folded from the facts that all of them read, and that of its coordinators apart
(`readers.py`); each is asked after each fact what waits by it, so that a row follows from nothing that those whom it
is shown to may not read.

A row begins with the fact that made something wait, or when its time comes, and ends with the fact after which it
waits no more. Limits are the agreements' of the day of the look, and in no row; what a wait itself is due by is.
"""

from collections.abc import Iterator
from heapq import merge
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct, field

import domain.consultation.events as consultation
import domain.meeting.events as meeting
from domain.act import Fact
from domain.aggregates import AGGREGATES
from domain.agreement.state import Directory
from domain.needtoknow.endings import is_end_for, told_at
from domain.needtoknow.standing import Standing
from domain.open_items import waits_known_to
from domain.vocabulary import FOREVER, Instant, Kind, Ref, Role, UnitId
from domain.waiting import Waiting
from projections.readers import UnitReaders, audiences, rows_of
from projections.store import Views, ViewSet
from projections.view import LEAST, Rows, View, code, in_range, instant, is_text, number, ref

WAITS = View(
    "waits",
    (
        code("unit", key=True),
        ref("stream", key=True),
        number("position", key=True),
        code("what", key=True),
        code("on_unit", key=True),
        instant("since", key=True),
        code("readers", key=True),
        code("kind"),
        instant("start"),
        instant("until"),
        instant("due", optional=True),
    ),
    indexes=(("unit", "until", "what", "on_unit", "due", "since", "position"),),
)
TASKS = View(
    "tasks",
    (
        code("unit", key=True),
        ref("stream", key=True),
        ref("task", key=True),
        number("position"),
        instant("start"),
        instant("until"),
        instant("due"),
    ),
    indexes=(("unit", "until", "due", "position"),),
)
BATCH: Final = 50
_NO_LIMITS: Final = Directory()
_CHANGES_THE_PARTIES: Final = (
    consultation.PassedOn,
    meeting.InvitationAccepted,
    meeting.InvitationDeclined,
    meeting.Held,
)
"""Who takes part now learns what was said among the parties before, and who left reads it no more."""


class WaitRow(Struct, frozen=True):
    """One thing that waits in an aggregate that a unit knows of. `due` is its own, where it has one."""

    stream: Ref
    kind: Kind
    position: int
    what: str
    on: UnitId
    since: Instant
    due: Instant | None


class TaskRow(Struct, frozen=True):
    """One task of a unit that is still to be done; due at the end of time where nothing else was said."""

    stream: Ref
    task: Ref
    position: int
    due: Instant


class KnownWait(Struct, frozen=True, gc=False):
    """A wait as it is known in one unit, from the fact that told of it."""

    reader: UnitReaders
    wait: Waiting
    position: int
    start: Instant
    until: Instant = FOREVER


class _Task(Struct, frozen=True, gc=False):
    unit: UnitId
    position: int
    start: Instant
    due: Instant
    until: Instant = FOREVER


class AggregateWaits(Struct):
    """What waits in one aggregate: what is known of it in each unit, the waits that go on, and those that are over."""

    kind: Kind = Kind.CASE
    known: dict[UnitReaders, Any] = field(default_factory=dict)
    going_on: dict[tuple[UnitReaders, str, UnitId, Instant], KnownWait] = field(default_factory=dict)
    over: list[KnownWait] = field(default_factory=list)
    tasks: dict[Ref, _Task] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    """Of consultations and meetings alone: there, what is read changes with who takes part."""


def fold(state: AggregateWaits, fact: Fact, reading: set[UnitReaders], standing: Standing) -> None:
    """Let one fact change what those know who may read it. `standing` is how everyone stands after it."""
    state.kind = fact.kind
    evolve, initial = AGGREGATES[fact.kind].evolve, AGGREGATES[fact.kind].initial
    changed = set(reading)
    if fact.kind in (Kind.CONSULTATION, Kind.MEETING):
        state.facts.append(fact)
        _task(state, fact)
    if isinstance(fact.event, _CHANGES_THE_PARTIES):
        changed |= state.known.keys()
        state.known.update(dict.fromkeys(changed, initial))
        for each in state.facts:
            for reader in changed & audiences(each, standing).reading:
                state.known[reader] = evolve(state.known[reader], each)
    else:
        for reader in reading:
            state.known[reader] = evolve(state.known.get(reader, initial), fact)
    for reader in sorted(changed):
        _compare(state, reader, fact)


def _compare(state: AggregateWaits, reader: UnitReaders, fact: Fact) -> None:
    """What waits by what is known now, against what waited by what was known before."""
    waits = waits_known_to(reader.unit, state.known[reader], state.kind, FOREVER, _NO_LIMITS)
    now = {(reader, wait.what, wait.on, wait.since): wait for wait in waits}
    for key in [key for key in state.going_on if key[0] == reader and key not in now]:
        state.over.append(_ended(state.going_on.pop(key), fact))
    for key, wait in now.items():
        if key not in state.going_on:
            state.going_on[key] = KnownWait(reader, wait, fact.position, max(fact.committed, wait.since))


def _ended(period: KnownWait, by: Fact) -> KnownWait:
    """The period, over when it is told to be: of an end, whom it tells that it reads no more is told the day (R4)."""
    told = told_at(by, period.start) if is_end_for(by, period.reader.unit) else by.committed
    return KnownWait(period.reader, period.wait, period.position, period.start, told)


def _task(state: AggregateWaits, fact: Fact) -> None:
    match fact.event:
        case meeting.WorkDivided(to=unit, due=due):
            state.tasks[fact.act.id] = _Task(unit, fact.position, fact.committed, FOREVER if due is None else due)
        case meeting.TaskDone(task=task) | meeting.TaskNoLongerPossible(task=task) if task in state.tasks:
            before = state.tasks[task]
            state.tasks[task] = _Task(before.unit, before.position, before.start, before.due, fact.committed)
        case _:
            pass


def rows(stream: Ref, state: AggregateWaits, standing: Standing) -> Rows:
    """The rows of one aggregate."""
    return {
        "waits": {
            (
                period.reader.unit,
                stream.hex,
                period.position,
                period.wait.what,
                period.wait.on,
                in_range(period.wait.since),
                period.reader.rows_for(standing).value,
                state.kind.value,
                in_range(period.start),
                in_range(period.until),
                in_range(period.wait.due),
            )
            for period in (*state.over, *state.going_on.values())
            if is_text(period.reader.unit) and is_text(period.wait.on)
        },
        "tasks": {
            (task.unit, stream.hex, ref.hex, task.position, task.start, task.until, task.due)
            for ref, task in state.tasks.items()
        },
    }


class Waited:
    """The tasks that were to be done at a time, as the views select them. Each is decided by need-to-know before
    anything of it is shown."""

    def __init__(self, views: Views, view_set: ViewSet) -> None:
        self._views = views
        self._set = view_set

    def tasks(
        self, unit: UnitId, role: Role, then: Instant, *, after: tuple[Instant, int] = (LEAST, 0), batch: int = BATCH
    ) -> Iterator[TaskRow]:
        """The unit's tasks that were to be done then, by when they are due, from `after` a `due` and `position` on:
        addressed to the unit and answered by itself, so that everyone there reads all of it."""
        if not rows_of(role):
            return iter(())
        ended = self._tasks(unit, then, after, None)
        return merge(self._undone(unit, then, after, batch), ended, key=_by_due)

    def _undone(self, unit: UnitId, then: Instant, after: tuple[Instant, int], batch: int) -> Iterator[TaskRow]:
        """Those that are not done yet, batch by batch."""
        while True:
            rows = self._tasks(unit, then, after, batch)
            yield from rows
            if len(rows) < batch:
                return
            after = _by_due(rows[-1])

    def _tasks(self, unit: UnitId, then: Instant, after: tuple[Instant, int], batch: int | None) -> list[TaskRow]:
        """A batch of those that are not done yet; without `batch`, all that have been done since."""
        with self._views.living(self._set) as living:
            row = living.tables["tasks"].c
            of_unit = (row.unit == unit, row.start <= then)
            ended = sa.and_(row.until > then, row.until < FOREVER) if batch is None else row.until == FOREVER
            found = living.connection.execute(
                sa.select(row.stream, row.task, row.position, row.due)
                .where(*of_unit, ended, sa.tuple_(row.due, row.position) > sa.tuple_(*map(sa.literal, after)))
                .order_by(row.due, row.position)
                .limit(batch)
            )
            return [TaskRow(Ref(stream), Ref(task), position, due) for stream, task, position, due in found]


def _by_due(task: TaskRow) -> tuple[Instant, int]:
    return task.due, task.position
