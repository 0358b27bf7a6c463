"""What is set aside: an act of whose value a fold or a row fails, by view, position and kind of error.

It stands as rows of a view of its own, so that it is written in the transaction and the generation in which the other
rows are, compared with them, and made anew with them: another version of this program takes the act up again. Nothing
of it is content, and only whoever looks after the hub is told.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Final

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from domain.act import Fact
from domain.event import Event
from projections.store import Views, ViewSet
from projections.view import GREATEST, LEAST, Row, is_text

_USUAL: Final = 2**53
"""Numbers up to here are as good as a count or an instant of the years 1685 to 2255: nothing that folds them fails."""
_USUAL_YEARS: Final = range(1686, 2255)
_NUMBER_OR_DAY: Final = re.compile(r"\bint\b|\bdate\b")


class NumberOutOfRange(ValueError):
    """A number that no column holds."""


class NotText(ValueError):
    """A text that not every database holds: with a NUL in it, or with half of a character."""


class SetAside(Struct, frozen=True):
    """An act that a view was made without: its position on the log, and the kind of error that its value gave."""

    view: str
    position: int
    error: str

    def says(self, log: str) -> str:
        """For whoever looks after the hub."""
        return f"of {log}, position {self.position} is set aside in {self.view}: its value gives {self.error}"

    def row(self, stream: str) -> Row:
        return (self.view, self.position, stream, self.error)


def storable(row: Row) -> Row:
    """The row, if every database holds it as it stands; found before any driver sees it."""
    for value in row:
        if type(value) is int:
            if not LEAST <= value <= GREATEST:
                raise NumberOutOfRange
        elif type(value) is str and ("\0" in value or not (value.isascii() or is_text(value))):
            raise NotText
    return row


def unusual(fact: Fact) -> bool:
    """Whether it says a number or a day of which a fold or a row may fail: such acts are taken one by one, so that the
    same are set aside whichever come together."""
    act = fact.act
    for number in (act.happened, act.known, act.now, fact.committed):
        if not -_USUAL < number < _USUAL:
            return True
    return any(_is_unusual(getattr(fact.event, name)) for name in _numbers(type(fact.event)))


@cache
def _numbers(event: type[Event]) -> tuple[str, ...]:
    """The fields that may hold a number or a day."""
    fields = msgspec.structs.fields(event)
    return tuple(field.name for field in fields if _NUMBER_OR_DAY.search(repr(field.type)))


def _is_unusual(value: object) -> bool:
    if isinstance(value, int):
        return not -_USUAL < value < _USUAL
    return isinstance(value, date) and value.year not in _USUAL_YEARS


def set_aside(views: Views, sets: Sequence[ViewSet]) -> dict[str, tuple[SetAside, ...]]:
    """What is set aside now, by set, in the order of the log; nothing of views that this program has not made yet."""
    found = {}
    for view_set in sets:
        if view_set.made(views):
            with views.living(view_set) as living:
                found[view_set.name] = tuple(standing(living.connection, living.tables[view_set.set_aside.name]))
    return found


def standing(connection: sa.Connection, table: sa.Table) -> Iterable[SetAside]:
    """What is set aside, by that table."""
    asked = sa.select(table.c.view, table.c.position, table.c.error).order_by(table.c.position, table.c.view)
    return [SetAside(view, position, error) for view, position, error in connection.execute(asked)]
