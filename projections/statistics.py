"""Statistics: what has been counted, and what waits to be.

Counting is apart from the cases: a tick takes all that waits at once and appends facts that name no case, no day and
no unit, so that no position ties them to one (E4). Which consultations a tick took follows from the log alone: those
that were recorded at or before its `upto` and whose quarter was over when it was made. So nothing is counted twice
or left out, through a kill at any instant and after a rebuild; two ticks at once meet in the version of their stream.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Final

import sqlalchemy as sa
from msgspec import Struct

from domain.act import Fact
from domain.consultation.events import Requested
from domain.event import Event
from domain.hub import ConsultationCounted, Ticked
from domain.time import day_start, quarter_of
from domain.vocabulary import CallerCategory, Instant, Kind, Ref
from projections.store import Views, ViewSet
from projections.view import Flat, Folded, Row, Rows, View, code, instant, number, ref

TOGETHER: Final = 20
"""A tick within a quarter waits for so many, so that what it adds points at nobody."""

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
        number("counted"),
        instant("at"),
    ),
)

REQUESTED = View(
    "requested",
    (
        ref("stream"),
        number("position", key=True),
        instant("recorded"),
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


class Waiting(Struct, frozen=True):
    """A consultation that no tick has taken yet."""

    stream: Ref
    position: int
    recorded: Instant
    quarter_ends: Instant
    quarter: str
    county: str | None
    caller: CallerCategory
    persons: int
    source: str | None


class Pending(Struct, frozen=True):
    """What the next tick is made of. `version` is the last of the statistics' stream: the tick appends after it, so
    that a tick made from views that lag meets a conflict and not a double count."""

    waiting: tuple[Waiting, ...]
    upto: int
    version: int
    last_tick: Instant | None


@cache
def quarter_end(quarter: str) -> Instant:
    """The instant at which a quarter is over: 00:00 of the first day after it."""
    year, last_month = int(quarter[:4]), 3 * int(quarter[5])
    return day_start(date(year + last_month // 12, last_month % 12 + 1, 1))


def due_tick(waiting: Sequence[Waiting], now: Instant, last_tick: Instant | None) -> list[ConsultationCounted]:
    """The facts of a tick made at `now`, or none: the quarter is over, and there are enough of them to hide among, or
    a quarter has ended since the last tick (before the first: since the earliest was recorded).

    They come in the order of their content, so that nothing of the order of recording is left; the caller shuffles.
    """
    due = [each for each in waiting if each.quarter_ends <= now]
    if not due:
        return []
    since = min(each.recorded for each in due) if last_tick is None else last_tick
    if len(due) < TOGETHER and quarter_of(since) == quarter_of(now):
        return []
    due.sort(key=lambda each: (each.quarter, each.county or "", each.caller, each.persons, each.source or ""))
    return [
        ConsultationCounted(
            quarter=each.quarter, county=each.county, caller=each.caller, persons=each.persons, source=each.source
        )
        for each in due
    ]


def tick(counted: Sequence[ConsultationCounted], upto: int) -> tuple[Event, ...]:
    """The events of a tick, to be appended in one: what it counts, then that it counted up to there."""
    return (*counted, Ticked(upto=upto, counted=len(counted)))


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


def _ticked_rows(fact: Fact) -> Iterator[tuple[str, Row]]:
    if isinstance(fact.event, Ticked):
        event = fact.event
        yield (
            "ticked",
            (fact.stream.hex, fact.position, fact.version, event.upto, event.counted, fact.act.now),
        )


def _requested_rows(fact: Fact) -> Iterator[tuple[str, Row]]:
    if isinstance(fact.event, Requested):
        event, quarter = fact.event, quarter_of(fact.act.happened)
        yield (
            "requested",
            (
                fact.stream.hex,
                fact.position,
                fact.committed,
                quarter_end(quarter),
                quarter,
                event.county,
                event.caller.value,
                event.persons,
                event.source,
            ),
        )


COUNTING = Folded(frozenset({Kind.STATISTICS}), (COUNTED,), lambda: _Counts({}), _fold, _counted_rows)
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

    def pending(self) -> Pending:
        """What waits, in one snapshot of the views with the position that it is true of."""
        with self._views.living(self._set) as living:
            ticked, requested = living.tables["ticked"].c, living.tables["requested"].c
            version, last = living.connection.execute(
                sa.select(sa.func.max(ticked.version), sa.func.max(ticked.at))
            ).one()
            taken = sa.exists().where(ticked.upto >= requested.position, ticked.at >= requested.quarter_ends)
            found = living.connection.execute(
                sa.select(
                    requested.stream,
                    requested.position,
                    requested.recorded,
                    requested.quarter_ends,
                    requested.quarter,
                    requested.county,
                    requested.caller,
                    requested.persons,
                    requested.source,
                )
                .where(~taken)
                .order_by(requested.position)
            )
            waiting = tuple(
                Waiting(Ref(stream), position, recorded, ends, quarter, county, CallerCategory(caller), persons, source)
                for stream, position, recorded, ends, quarter, county, caller, persons, source in found
            )
            return Pending(waiting, living.position, version or 0, last)
