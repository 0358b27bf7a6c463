"""Which meetings are still to come, by unit: as everyone there, or its coordinators, know their time (R2)."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct

from domain.meeting.events import MeetingStatus
from domain.meeting.state import Meeting
from domain.needtoknow.standing import Standing
from domain.vocabulary import FOREVER, Instant, Ref, Role, UnitId
from projections.readers import UnitReaders, rows_of
from projections.store import Views, ViewSet
from projections.view import Row, View, code, in_range, instant, is_text, number, ref

UPCOMING = View(
    "upcoming",
    (
        code("unit", key=True),
        ref("stream", key=True),
        code("readers", key=True),
        number("since"),
        instant("start"),
        instant("until"),
    ),
    indexes=(("unit", "start", "since"),),
)
TO_COME: Final = frozenset({MeetingStatus.SCHEDULED, MeetingStatus.CALLED})
"""A meeting that has a time and was neither held nor called off."""
BATCH: Final = 50


class UpcomingRow(Struct, frozen=True):
    """A meeting, when it begins, and since which fact the unit knows of it: an order in which nothing else counts."""

    stream: Ref
    start: Instant
    since: int


def rows(stream: Ref, known: Iterable[tuple[UnitReaders, int, Any]], standing: Standing) -> Iterator[Row]:
    """The rows of one meeting, from what each reader knows of it, and since when."""
    for reader, since, state in known:
        if isinstance(state, Meeting) and state.status in TO_COME and state.start is not None and is_text(reader.unit):
            until = state.start if state.end is None else state.end
            place = (reader.unit, stream.hex, reader.rows_for(standing).value)
            yield (*place, since, in_range(state.start), in_range(until))


class Upcoming:
    """The meetings to come, as the views select them. Each is decided by need-to-know before anything is shown."""

    def __init__(self, views: Views, view_set: ViewSet) -> None:
        self._views = views
        self._set = view_set

    def after(
        self,
        unit: UnitId,
        role: Role,
        *,
        start: Instant,
        end: Instant = FOREVER,
        not_over: Instant,
        place: tuple[Instant, int],
        batch: int = BATCH,
    ) -> Iterator[UpcomingRow]:
        """Those that begin from `start` on and before `end`, and end after `not_over`, by when they begin, behind a
        place: a beginning and a `since`."""
        while True:
            found = self._batch(unit, role, start, end, not_over, place, batch)
            yield from found
            if len(found) < batch:
                return
            place = found[-1].start, found[-1].since

    def _batch(
        self,
        unit: UnitId,
        role: Role,
        start: Instant,
        end: Instant,
        not_over: Instant,
        place: tuple[Instant, int],
        batch: int,
    ) -> list[UpcomingRow]:
        with self._views.living(self._set) as living:
            row = living.tables["upcoming"].c
            asked = (
                sa.select(row.stream, row.start, row.since)
                .where(row.unit == unit, row.readers.in_(rows_of(role)), row.start >= start, row.start < end)
                .where(row.until > not_over, sa.tuple_(row.start, row.since) > sa.tuple_(*map(sa.literal, place)))
                .order_by(row.start, row.since)
                .limit(batch)
            )
            return [UpcomingRow(Ref(stream), *rest) for stream, *rest in living.connection.execute(asked)]
