"""The board: what waits in all that a unit did, was sent or coordinates, as of a time: what is overdue first, then what
has waited longest. What it knows by a disclosure alone puts nothing there.

Pages of one board are of one instant, that of the first, or things would move between them.
"""

from functools import cache
from typing import Final

from msgspec import Struct

from domain.agreement.state import Directory
from domain.meeting.waiting import OwnTask
from domain.vocabulary import Instant, UnitId
from domain.waiting import Waiting
from hub_api.access.seen import Seen
from projections.urgency import FIRST, Hours, UrgencyRank

__all__ = [
    "FIRST",
    "Board",
    "Closing",
    "LeftOpen",
    "SeenTask",
    "TaskPage",
    "UrgencyRank",
    "limits_at",
    "number_of",
    "place_of",
]

_BITS: Final = 64
_HALF: Final = 1 << (_BITS - 1)
_FAR: Final = 1 << 54
"""Instants may lie before 1970, and a cursor holds no sign."""


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


def limits_at(directory: Directory, at: Instant) -> Hours:
    """The limits of the agreements of that day (D8), each asked for once."""
    today = directory.at(at)

    @cache
    def hours(on: UnitId, what: str) -> int | None:
        entry = today.unit(on)
        return None if entry is None else today.limit(what, entry.agency)

    return hours


def number_of(at: Instant, place: UrgencyRank) -> int:
    """The instant of a board and a place on it as one number, for a cursor."""
    return ((((at + _FAR) << 1 | place.in_time) << _BITS) | place.since + _HALF) << _BITS | place.position


def place_of(number: int) -> tuple[Instant, UrgencyRank]:
    """The instant and the place again."""
    rest, position = divmod(number, 1 << _BITS)
    rest, since = divmod(rest, 1 << _BITS)
    return (rest >> 1) - _FAR, UrgencyRank(bool(rest & 1), since - _HALF, position)


class LeftOpen(Struct, frozen=True):
    """Something that is open in a matter of a case, and the matter as the look met it."""

    seen: Seen
    wait: Waiting


class Closing(Struct, frozen=True, kw_only=True):
    """What would be left open if a case were closed now, matter by matter in the order in which they came to it."""

    case: Seen
    items: tuple[LeftOpen, ...]
