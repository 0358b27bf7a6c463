"""Statistics: what has been counted, and what waits to be.

Counting is apart from the cases: a tick takes all of a period at once and appends facts that name no case, no day and
no unit, so that no position ties them to one (E4). When a tick is made depends on the clock alone, never on what waits
for it. Which consultations a tick took follows from the log alone: those of its quarters that were recorded at or
before its `upto`. So nothing is counted twice or left out, through a kill at any instant and after a rebuild; two
ticks at once meet in the version of their stream.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Final

import sqlalchemy as sa
from msgspec import Struct

from domain.act import Fact
from domain.consultation.events import Requested
from domain.event import Event
from domain.hub import ConsultationCounted, PeriodCounted, Ticked
from domain.time import day_of, day_start, quarter_of
from domain.vocabulary import FOREVER, CallerCategory, Instant, Kind, Ref
from projections.store import Views, ViewSet
from projections.view import Flat, Folded, Row, Rows, Value, View, code, number, ref

GRACE_DAYS: Final = 14
"""Days between the end of a quarter and its tick, for what is written down late; days of Stockholm."""
_BEFORE_ALL: Final = -FOREVER

COUNTED = View(
    "counted",
    (
        ref("stream", key=True),
        code("quarter", key=True),
        code("county", key=True),
        code("caller", key=True),
        code("source", key=True),
        number("consultations"),
        number("persons"),
    ),
)
"""`county` and `source` are "" where they are unknown: a key has no NULL."""

TICKED = View(
    "ticked",
    (
        ref("stream"),
        number("position", key=True),
        number("version"),
        number("upto"),
        number("from_end"),
        number("to_end"),
        code("series"),
    ),
)
"""What each tick took: of which series, of the quarters whose ends lie from `from_end` to `to_end`."""

REQUESTED = View(
    "requested",
    (
        ref("stream"),
        number("position", key=True),
        number("quarter_ends"),
        code("quarter"),
        code("county", optional=True),
        code("caller"),
        number("persons"),
        code("source", optional=True),
    ),
)
"""What may be counted: one row for each consultation. Whether it has been is asked of `ticked`."""


class Counted(Struct, frozen=True):
    """So many consultations about so many persons: one cell of the counts. None is "unknown", which is a value (E2)."""

    quarter: str
    county: str | None
    caller: CallerCategory
    source: str | None
    consultations: int
    persons: int

    @property
    def year(self) -> int:
        return int(self.quarter[:4])


class Series(StrEnum):
    """Whose consultations a tick takes."""

    OWN = "own"
    LOADED = "loaded"
    BOTH = "both"
    """As ticks of earlier versions did."""


class Uncounted(Struct, frozen=True):
    """So many consultations, alike in all that is counted, that no tick has taken yet."""

    quarter: str
    county: str | None
    caller: CallerCategory
    persons: int
    source: str | None
    consultations: int = 1


class PendingTick(Struct, frozen=True):
    """What the next tick is made of. `version` is the last of the statistics' stream: the tick appends after it, so
    that a tick made from views that lag meets a conflict and not a double count. `counted_to` is the end of the last
    quarter of which the hub's own consultations were counted."""

    waiting: tuple[Uncounted, ...]
    upto: int
    version: int
    counted_to: Instant | None


class QuartersToCount(Struct, frozen=True):
    """The quarters that a tick takes, `first` and `last` included; without a `first`, all before that wait too."""

    first: str | None
    last: str

    def holds(self, quarter: str) -> bool:
        return (self.first or "") <= quarter <= self.last


@cache
def quarter_end(quarter: str) -> Instant:
    """The instant at which a quarter is over: 00:00 of the first day after it."""
    year, last_month = int(quarter[:4]), 3 * int(quarter[5])
    return day_start(date(year + last_month // 12, last_month % 12 + 1, 1))


def due_period(now: Instant, counted_to: Instant | None) -> QuartersToCount | None:
    """The period of which the hub's own consultations are to be counted at `now`: once a quarter, `GRACE_DAYS` after
    its end, by the clock alone (E4). None if that has been done.

    What was recorded too late for the tick of its quarter waits for the revision of the year: the tick of a first
    quarter takes all that waits.
    """
    last = _last_ripe(now)
    if counted_to is not None and quarter_end(last) <= counted_to:
        return None
    if counted_to is None:
        return QuartersToCount(None, last)
    first = quarter_of(counted_to)
    revised = any(quarter.endswith("Q1") for quarter in _quarters(first, last))
    return QuartersToCount(None if revised else first, last)


def counted_facts(waiting: Iterable[Uncounted], period: QuartersToCount, series: Series) -> list[ConsultationCounted]:
    """The facts of a tick. They are in the order of their content, so that nothing of the order of recording is left;
    the caller shuffles."""
    taken = [
        each
        for each in waiting
        if period.holds(each.quarter) and (each.source is not None) is (series is Series.LOADED)
    ]
    taken.sort(key=lambda each: (each.quarter, each.county or "", each.caller, each.persons, each.source or ""))
    counted: list[ConsultationCounted] = []
    for each in taken:
        one = ConsultationCounted(
            quarter=each.quarter, county=each.county, caller=each.caller, persons=each.persons, source=each.source
        )
        counted += [one] * each.consultations
    return counted


def tick(
    counted: Sequence[ConsultationCounted], upto: int, period: QuartersToCount, series: Series
) -> tuple[Event, ...]:
    """The events of a tick, to be appended in one: what it counts, then that it counted that period up to there. One
    that counts nothing is recorded as well, so that its being there says nothing."""
    done = PeriodCounted(
        upto=upto, counted=len(counted), first=period.first, last=period.last, loaded=series is Series.LOADED
    )
    return (*counted, done)


def _last_ripe(now: Instant) -> str:
    """The last quarter that ended at least `GRACE_DAYS` ago."""
    running = quarter_of(day_start(day_of(now) - timedelta(GRACE_DAYS)))
    year, number = int(running[:4]), int(running[5])
    return f"{year:04}Q{number - 1}" if number > 1 else f"{year - 1:04}Q4"


def _quarters(first: str, last: str) -> Iterator[str]:
    quarter = first
    while quarter <= last:
        yield quarter
        quarter = quarter_of(quarter_end(quarter))


_Cell = tuple[str, str, str, str]


class _Counts(Struct):
    cells: dict[_Cell, tuple[int, int]]


def _fold(state: _Counts, fact: Fact) -> None:
    if isinstance(fact.event, ConsultationCounted):
        event = fact.event
        cell = (event.quarter, event.county or "", event.caller.value, event.source or "")
        consultations, persons = state.cells.get(cell, (0, 0))
        state.cells[cell] = (consultations + 1, persons + event.persons)


def _counted_rows(stream: Ref, state: _Counts) -> Rows:
    return {"counted": {(stream.hex, *cell, *numbers) for cell, numbers in state.cells.items()}}


def _restored(rows: Rows) -> _Counts:
    """The counts as their rows say."""
    cells: dict[_Cell, tuple[int, int]] = {}
    for _, quarter, county, caller, source, consultations, persons in rows["counted"]:
        cells[str(quarter), str(county), str(caller), str(source)] = (int(consultations or 0), int(persons or 0))
    return _Counts(cells)


def _ticked_rows(fact: Fact) -> Iterator[tuple[str, Row]]:
    match fact.event:
        case Ticked(upto=upto):
            took: tuple[Value, ...] = (upto, _BEFORE_ALL, fact.act.now, Series.BOTH)
        case PeriodCounted(upto=upto, first=first, last=last, loaded=loaded):
            since = _BEFORE_ALL if first is None else quarter_end(first)
            took = (upto, since, quarter_end(last), Series.LOADED if loaded else Series.OWN)
        case _:
            return
    yield "ticked", (fact.stream.hex, fact.position, fact.version, *took)


def _requested_rows(fact: Fact) -> Iterator[tuple[str, Row]]:
    if isinstance(fact.event, Requested):
        event, quarter = fact.event, quarter_of(fact.act.happened)
        yield (
            "requested",
            (
                fact.stream.hex,
                fact.position,
                quarter_end(quarter),
                quarter,
                event.county,
                event.caller.value,
                event.persons,
                event.source,
            ),
        )


COUNTING = Folded(
    frozenset({Kind.STATISTICS}), (COUNTED,), lambda: _Counts({}), _fold, _counted_rows, restore=_restored
)
TICKING = Flat(frozenset({Kind.STATISTICS}), (TICKED,), _ticked_rows)
REQUESTING = Flat(frozenset({Kind.CONSULTATION}), (REQUESTED,), _requested_rows)


class Statistics:
    """What the counts say, and what waits to be counted."""

    def __init__(self, views: Views, view_set: ViewSet) -> None:
        self._views = views
        self._set = view_set

    def counts(self) -> tuple[Counted, ...]:
        """Every cell, ordered."""
        with self._views.living(self._set) as living:
            counted = living.tables["counted"].c
            found = living.connection.execute(
                sa.select(
                    counted.quarter,
                    counted.county,
                    counted.caller,
                    counted.source,
                    counted.consultations,
                    counted.persons,
                ).order_by(counted.quarter, counted.county, counted.caller, counted.source)
            )
            return tuple(
                Counted(quarter, county or None, CallerCategory(caller), source or None, consultations, persons)
                for quarter, county, caller, source, consultations, persons in found
            )

    def pending(self) -> PendingTick:
        """What waits, in one snapshot of the views with the position that it is true of."""
        with self._views.living(self._set) as living:
            ticked, requested = living.tables["ticked"].c, living.tables["requested"].c
            version = living.connection.execute(sa.select(sa.func.max(ticked.version))).scalar_one()
            own = ticked.series.in_((Series.OWN, Series.BOTH))
            counted_to = living.connection.execute(sa.select(sa.func.max(ticked.to_end)).where(own)).scalar_one()
            series = sa.case((requested.source.is_(None), Series.OWN), else_=Series.LOADED)
            taken = sa.exists().where(
                ticked.upto >= requested.position,
                requested.quarter_ends.between(ticked.from_end, ticked.to_end),
                ticked.series.in_((Series.BOTH, series)),
            )
            alike = (requested.quarter, requested.county, requested.caller, requested.persons, requested.source)
            found = living.connection.execute(
                sa.select(*alike, sa.func.count()).where(~taken).group_by(*alike).order_by(*alike)
            )
            waiting = tuple(
                Uncounted(quarter, county, CallerCategory(caller), persons, source, consultations)
                for quarter, county, caller, persons, source, consultations in found
            )
            return PendingTick(waiting, living.position, version or 0, counted_to)

    def published_years(self) -> frozenset[int]:
        """The years of which a loaded series has been counted: their tables are published and closed (E4)."""
        return frozenset(each.year for each in self.counts() if each.source is not None)
