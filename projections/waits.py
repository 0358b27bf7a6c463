"""What waits, by unit: as periods, so that what waited at any time is asked for by that time, without a clock.

Each unit's own knowledge is folded, from the facts that the unit may read, and asked after each of them what waits by
it. A row begins with the fact that made something wait, or when its time comes, and ends with the fact after which it
waits no more. Limits are the agreements' of the day of the look, and in no row; what a wait itself is due by is.
"""

from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct, field

import domain.meeting.events as meeting
from domain.act import Fact
from domain.aggregates import AGGREGATES
from domain.agreement.state import Directory
from domain.needing import needs_now
from domain.needtoknow.standing import Standing
from domain.vocabulary import FOREVER, Instant, Kind, Ref, Row, UnitId
from domain.waiting import Waiting
from projections.store import Views, ViewSet
from projections.view import Rows, View, code, instant, number, ref

WAITS = View(
    "waits",
    (
        code("unit", key=True),
        ref("stream", key=True),
        number("position", key=True),
        code("what", key=True),
        code("on_unit", key=True),
        instant("since", key=True),
        code("kind"),
        instant("start"),
        instant("until"),
        instant("due", optional=True),
    ),
    indexes=(("unit", "until", "start"),),
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
    indexes=(("unit", "until", "due"),),
)
WAITING_KINDS: Final = frozenset({Kind.CASE, Kind.REFERRAL, Kind.REPORT, Kind.MEETING})
_NO_LIMITS: Final = Directory()
_CHANGES_THE_PARTIES: Final = (meeting.InvitationAccepted, meeting.InvitationDeclined, meeting.Held)
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


class Period(Struct, frozen=True, gc=False):
    """A wait as one unit knows it, from the fact that told of it."""

    unit: UnitId
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


class Waits(Struct):
    """What waits in one aggregate: what each unit knows of it, the waits that go on, and those that are over."""

    kind: Kind = Kind.CASE
    known: dict[UnitId, Any] = field(default_factory=dict)
    going_on: dict[tuple[UnitId, str, UnitId, Instant], Period] = field(default_factory=dict)
    over: list[Period] = field(default_factory=list)
    tasks: dict[Ref, _Task] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    """Of a meeting alone: there, what is read changes with who takes part."""


def fold(state: Waits, fact: Fact, reading: set[UnitId], standing: Standing) -> None:
    """Let one fact change what those know who may read it. `standing` is how everyone stands after it."""
    state.kind = fact.kind
    if fact.kind not in WAITING_KINDS:
        return
    evolve, initial = AGGREGATES[fact.kind].evolve, AGGREGATES[fact.kind].initial
    changed = set(reading)
    if fact.kind is Kind.MEETING:
        state.facts.append(fact)
        _task(state, fact)
    if isinstance(fact.event, _CHANGES_THE_PARTIES):
        changed |= state.known.keys()
        for unit in changed:
            state.known[unit] = initial
            for each in state.facts:
                if unit in _readers(each, standing):
                    state.known[unit] = evolve(state.known[unit], each)
    else:
        for unit in reading:
            state.known[unit] = evolve(state.known.get(unit, initial), fact)
    for unit in sorted(changed):
        _compare(state, unit, fact)


def _compare(state: Waits, unit: UnitId, fact: Fact) -> None:
    """What waits by what the unit knows now, against what waited by what it knew before."""
    waits = needs_now(state.known[unit], state.kind, FOREVER, _NO_LIMITS)
    now = {(unit, wait.what, wait.on, wait.since): wait for wait in waits}
    for key in [key for key in state.going_on if key[0] == unit and key not in now]:
        state.over.append(_until(state.going_on.pop(key), fact.committed))
    for key, wait in now.items():
        if key not in state.going_on:
            state.going_on[key] = Period(unit, wait, fact.position, max(fact.committed, wait.since))


def _until(period: Period, end: Instant) -> Period:
    return Period(period.unit, period.wait, period.position, period.start, end)


def _task(state: Waits, fact: Fact) -> None:
    match fact.event:
        case meeting.WorkDivided(to=unit, due=due):
            state.tasks[fact.act.id] = _Task(unit, fact.position, fact.committed, FOREVER if due is None else due)
        case meeting.TaskDone(task=task) | meeting.TaskNoLongerPossible(task=task) if task in state.tasks:
            before = state.tasks[task]
            state.tasks[task] = _Task(before.unit, before.position, before.start, before.due, fact.committed)
        case _:
            pass


def _readers(fact: Fact, standing: Standing) -> frozenset[UnitId]:
    """Who reads an act of a meeting, as everyone stands (F)."""
    own, event = frozenset({fact.act.by.unit}), fact.event
    if event.row is Row.STAFF_BLOCK:
        return own
    return own | event.addressees() | standing.audience(event.audience()) | {standing.coordinator}


def rows(stream: Ref, state: Waits) -> Rows:
    """The rows of one aggregate."""
    return {
        "waits": {
            (
                period.unit,
                stream.hex,
                period.position,
                period.wait.what,
                period.wait.on,
                period.wait.since,
                state.kind.value,
                period.start,
                period.until,
                period.wait.due,
            )
            for period in (*state.over, *state.going_on.values())
        },
        "tasks": {
            (task.unit, stream.hex, ref.hex, task.position, task.start, task.until, task.due)
            for ref, task in state.tasks.items()
        },
    }


class Waited:
    """What waited at a time, as the views select it. Each is decided by need-to-know before anything of it is shown."""

    def __init__(self, views: Views, view_set: ViewSet) -> None:
        self._views = views
        self._set = view_set

    def at(self, unit: UnitId, then: Instant) -> tuple[WaitRow, ...]:
        """All that waited then in what the unit knows of, the longest wait first."""
        with self._views.living(self._set) as living:
            row = living.tables["waits"].c
            found = living.connection.execute(
                sa.select(row.stream, row.kind, row.position, row.what, row.on_unit, row.since, row.due)
                .where(row.unit == unit, row.until > then, row.start <= then)
                .order_by(row.since, row.position, row.what, row.on_unit)
            )
            return tuple(
                WaitRow(Ref(stream), Kind(kind), position, what, on, since, due)
                for stream, kind, position, what, on, since, due in found
            )

    def tasks(self, unit: UnitId, then: Instant, *, after: tuple[Instant, int] = (-1, 0)) -> tuple[TaskRow, ...]:
        """The unit's tasks that were to be done then, by when they are due, from `after` a `due` and `position` on."""
        with self._views.living(self._set) as living:
            row = living.tables["tasks"].c
            found = living.connection.execute(
                sa.select(row.stream, row.task, row.position, row.due)
                .where(row.unit == unit, row.until > then, row.start <= then)
                .where(sa.tuple_(row.due, row.position) > sa.tuple_(*map(sa.literal, after)))
                .order_by(row.due, row.position)
            )
            return tuple(TaskRow(Ref(stream), Ref(task), position, due) for stream, task, position, due in found)
