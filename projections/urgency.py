"""What waits for a unit, the most urgent first, read no further than a page needs.

What is overdue comes first, then what has waited longest. Whether something is overdue follows from the limits of the
agreements of that day (D8), which stand in no view. So the waits are read in runs within which the views' order is the
order of urgency, and the runs are merged: those of one kind on one unit, the overdue ones and the others. What has
ended since the instant that is asked for is read whole; at the present there is none of it.
"""

from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from msgspec import Struct

from domain.vocabulary import FOREVER, Instant, Kind, Ref, Role, UnitId
from domain.waiting import HOUR
from projections.readers import rows_of
from projections.store import Living, Views, ViewSet
from projections.view import LEAST
from projections.waits import BATCH, WaitRow

Hours = Callable[[UnitId, str], int | None]
"""Within how many hours a unit is to answer what waits on it, by agreement; None where no limit is agreed."""
_COLUMNS: Final = ("stream", "kind", "position", "what", "on_unit", "since", "due")


class UrgencyRank(Struct, frozen=True, order=True):
    """Where an aggregate stands among all that waits."""

    in_time: bool
    since: Instant
    position: int


FIRST: Final = UrgencyRank(False, LEAST, 0)
"""Before everything."""


class Urgent(NamedTuple):
    """An aggregate in which something waits, at the place of what is most urgent in it."""

    place: UrgencyRank
    stream: Ref
    kind: Kind


class _Run(Struct, frozen=True):
    """Waits of which (`since`, `position`) is the order of urgency."""

    where: tuple[sa.ColumnElement[bool], ...]
    dated: bool
    in_time: bool
    after: tuple[Instant, int]


class Urgency:
    """Reads waits in their order, in batches; each batch in a transaction of its own."""

    def __init__(self, views: Views, view_set: ViewSet) -> None:
        self._views = views
        self._set = view_set

    def at(
        self, unit: UnitId, role: Role, then: Instant, hours: Hours, *, after: UrgencyRank = FIRST, batch: int = BATCH
    ) -> Iterator[Urgent]:
        """Each aggregate in which something waited then by what that role in the unit knows, from `after` on."""
        return Reading(self._views, self._set, unit, role, then, hours).urgent(after, batch)


class Reading:
    """One unit's waits as of one instant."""

    def __init__(self, views: Views, view_set: ViewSet, unit: UnitId, role: Role, then: Instant, hours: Hours) -> None:
        self._views, self._set = views, view_set
        self._unit, self._readers, self._then, self._hours = unit, rows_of(role), then, hours

    def urgent(self, after: UrgencyRank, batch: int) -> Iterator[Urgent]:
        if not self._readers:
            return
        with self._views.living(self._set) as living:
            runs = list(self._runs(living, after))
            ended = sorted(self._placed(self._select(living, self._ended(living))), key=_by_place)
        places = merge(
            *(self._run(run, batch) for run in runs), (row for row in ended if row[0] > after), key=_by_place
        )
        met: set[Ref] = set()
        for chunk in _chunks(places, batch):
            fresh = [each for each in chunk if each[1].stream not in met]
            first = self._first({row.stream for _, row in fresh})
            for place, row in fresh:
                if row.stream not in met and first[row.stream] == place:
                    met.add(row.stream)
                    yield Urgent(place, row.stream, row.kind)

    def _first(self, streams: set[Ref]) -> dict[Ref, UrgencyRank]:
        """The place of each aggregate: of what is most urgent in it, on an earlier page too."""
        if not streams:
            return {}
        with self._views.living(self._set) as living:
            column = living.tables["waits"].c
            rows = self._select(
                living, (column.stream.in_([stream.hex for stream in streams]), column.until > self._then)
            )
            found: dict[Ref, UrgencyRank] = {}
            for place, row in self._placed(rows):
                found[row.stream] = min(place, found.get(row.stream, place))
            return found

    def _runs(self, living: Living, after: UrgencyRank) -> Iterator[_Run]:
        """The runs of what goes on, each from where the page before left off."""
        column = living.tables["waits"].c
        for what, on in self._kinds(living):
            of_kind = (column.until == FOREVER, column.what == what, column.on_unit == on)
            limit = self._hours(on, what)
            cut = LEAST if limit is None else self._then - limit * HOUR
            undated, dated = (*of_kind, column.due.is_(None)), (*of_kind, column.due.is_not(None))
            if not after.in_time:
                yield _Run((*undated, column.since <= cut), False, False, (after.since, after.position))
                yield _Run((*dated, column.due <= self._then), True, False, (after.since, after.position))
            left_off = (after.since, after.position) if after.in_time else (LEAST, 0)
            yield _Run((*undated, column.since > cut), False, True, left_off)
            yield _Run((*dated, column.due > self._then), True, True, left_off)

    def _kinds(self, living: Living) -> Iterator[tuple[str, UnitId]]:
        """What waits on whom, each once: a look at the index for each, however many of it wait."""
        column = living.tables["waits"].c
        kind: tuple[str, str] | None = ("", "")
        while kind is not None:
            found = living.connection.execute(
                sa.select(column.what, column.on_unit)
                .where(column.unit == self._unit, column.until == FOREVER)
                .where(sa.tuple_(column.what, column.on_unit) > sa.tuple_(*map(sa.literal, kind)))
                .order_by(column.what, column.on_unit)
                .limit(1)
            ).first()
            kind = None if found is None else (found[0], found[1])
            if kind is not None:
                yield kind[0], UnitId(kind[1])

    def _run(self, run: _Run, batch: int) -> Iterator[tuple[UrgencyRank, WaitRow]]:
        after = run.after
        while True:
            with self._views.living(self._set) as living:
                column = living.tables["waits"].c
                on = sa.tuple_(column.since, column.position) > sa.tuple_(*map(sa.literal, after))
                # Undated waits are alike in `due`: named, it lets the index give them in their order.
                order = () if run.dated else (column.due,)
                rows = list(self._select(living, (*run.where, on), batch, order))
            for row in rows:
                yield UrgencyRank(run.in_time, row.since, row.position), row
            if len(rows) < batch:
                return
            after = (rows[-1].since, rows[-1].position)

    def _ended(self, living: Living) -> tuple[sa.ColumnElement[bool], ...]:
        until = living.tables["waits"].c.until
        return until > self._then, until < FOREVER

    def _select(
        self,
        living: Living,
        where: Iterable[sa.ColumnElement[bool]],
        limit: int | None = None,
        order: Iterable[sa.ColumnElement[Any]] = (),
    ) -> Iterator[WaitRow]:
        column = living.tables["waits"].c
        asked = sa.select(*(column[name] for name in _COLUMNS)).where(
            column.unit == self._unit, column.readers.in_(self._readers), column.start <= self._then, *where
        )
        if limit is not None:
            asked = asked.order_by(*order, column.since, column.position).limit(limit)
        for stream, kind, position, what, on, since, due in living.connection.execute(asked):
            yield WaitRow(Ref(stream), Kind(kind), position, what, UnitId(on), since, due)

    def _placed(self, rows: Iterable[WaitRow]) -> Iterator[tuple[UrgencyRank, WaitRow]]:
        return ((UrgencyRank(not self._overdue(row), row.since, row.position), row) for row in rows)

    def _overdue(self, row: WaitRow) -> bool:
        if row.due is not None:
            return row.due <= self._then
        limit = self._hours(row.on, row.what)
        return limit is not None and row.since <= self._then - limit * HOUR


def _by_place(placed: tuple[UrgencyRank, WaitRow]) -> UrgencyRank:
    return placed[0]


def _chunks(places: Iterator[tuple[UrgencyRank, WaitRow]], size: int) -> Iterator[list[tuple[UrgencyRank, WaitRow]]]:
    for first in places:
        chunk = [first]
        for each in places:
            chunk.append(each)
            if len(chunk) == size:
                break
        yield chunk
