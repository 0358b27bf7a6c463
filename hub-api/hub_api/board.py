"""The board: what waits in all that a unit did, was sent or coordinates, as of a time: what is overdue first, then what
has waited longest. What it knows by a disclosure alone puts nothing there.

Whether something is overdue follows from the limits of the agreements of that day (D8), which stand in no view, so the
order is made here. Pages of one board are of one instant, that of the first, or things would move between them.
"""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from domain.agreement.state import Directory
from domain.meeting.waiting import OwnTask
from domain.vocabulary import Instant, Kind, Ref, UnitId
from domain.waiting import HOUR
from hub_api.seen import Seen
from projections.waits import WaitRow

_BITS: Final = 64
_HALF: Final = 1 << (_BITS - 1)
_FAR: Final = 1 << 54
"""Instants may lie before 1970, and a cursor holds no sign."""


class Place(Struct, frozen=True, order=True):
    """Where an aggregate stands on the board."""

    in_time: bool
    since: Instant
    position: int


FIRST: Final = Place(False, -_HALF, 0)
"""Before everything."""


class Waiting(Struct, frozen=True):
    """An aggregate in which something waits, and its place."""

    place: Place
    kind: Kind
    stream: Ref


class Board(Struct, frozen=True, kw_only=True):
    """One page: each aggregate with all that waits in it (`Seen.waits`), at `at`; `next` is an opaque cursor."""

    items: tuple[Seen, ...]
    at: Instant
    next: str | None


class SeenTask(Struct, frozen=True):
    """A task of the unit, in the meeting that gave it."""

    seen: Seen
    task: OwnTask


class TaskPage(Struct, frozen=True, kw_only=True):
    """One page of a unit's tasks, by when they are due; `next` is an opaque cursor."""

    items: tuple[SeenTask, ...]
    at: Instant
    next: str | None


def ordered(rows: Iterable[WaitRow], directory: Directory, at: Instant) -> list[Waiting]:
    """Each aggregate once, at the place of what waits in it most urgently."""
    today = directory.at(at)
    limits: dict[tuple[UnitId, str], int | None] = {}

    def overdue(row: WaitRow) -> bool:
        if row.due is not None:
            return row.due <= at
        asked = (row.on, row.what)
        if asked not in limits:
            entry = today.unit(row.on)
            limits[asked] = None if entry is None else today.limit(row.what, entry.agency)
        hours = limits[asked]
        return hours is not None and row.since + hours * HOUR <= at

    found: dict[Ref, Waiting] = {}
    for row in rows:
        place = Place(not overdue(row), row.since, row.position)
        before = found.get(row.stream)
        if before is None or place < before.place:
            found[row.stream] = Waiting(place, row.kind, row.stream)
    return sorted(found.values(), key=lambda waiting: waiting.place)


def number_of(at: Instant, place: Place) -> int:
    """The instant of a board and a place on it as one number, for a cursor."""
    return ((((at + _FAR) << 1 | place.in_time) << _BITS) | place.since + _HALF) << _BITS | place.position


def place_of(number: int) -> tuple[Instant, Place]:
    """The instant and the place again."""
    rest, position = divmod(number, 1 << _BITS)
    rest, since = divmod(rest, 1 << _BITS)
    return (rest >> 1) - _FAR, Place(bool(rest & 1), since - _HALF, position)
