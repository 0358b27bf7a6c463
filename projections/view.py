"""A view: a table and the function that makes its rows, each row out of one aggregate (invariant 6).

Rows are tuples in the order of the columns and hold ids, codes and instants only: no names and no content
(invariant 5). Numbers stand for flags, so that a row read back equals the row that was written.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Generic, TypeAlias, TypeVar

import sqlalchemy as sa
from msgspec import Struct

from domain.act import Fact
from domain.vocabulary import Instant, Kind, Ref

Value: TypeAlias = int | str | None
Row: TypeAlias = tuple[Value, ...]
Rows: TypeAlias = Mapping[str, set[Row]]
"""The rows of one aggregate by the name of their view."""

LEAST: Final = -(2**63)
GREATEST: Final = 2**63 - 1
"""What a column of numbers holds; drivers fail on more, each in its own way and some only at the end of a batch."""

_TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_NUMBER = sa.BigInteger()


class Column(Struct, frozen=True):
    """A column. `opaque` marks an id that another run would draw anew, `timed` an instant that the hub's clock set."""

    name: str
    number: bool = False
    key: bool = False
    optional: bool = False
    opaque: bool = False
    timed: bool = False


def code(name: str, *, key: bool = False, optional: bool = False) -> Column:
    """A word from a closed list, or the id of a unit, an agency, a member of staff."""
    return Column(name, key=key, optional=optional)


def ref(name: str, *, key: bool = False, optional: bool = False) -> Column:
    """An opaque id, in hexadecimal."""
    return Column(name, key=key, optional=optional, opaque=True)


def number(name: str, *, key: bool = False, optional: bool = False) -> Column:
    """A count, a position or a flag."""
    return Column(name, number=True, key=key, optional=optional)


def instant(name: str, *, key: bool = False, optional: bool = False) -> Column:
    """Microseconds since 1970."""
    return Column(name, number=True, key=key, optional=optional, timed=True)


class View(Struct, frozen=True):
    """A table by name. `stream` must be among its columns: by it the rows of one aggregate are found and replaced."""

    name: str
    columns: tuple[Column, ...]
    indexes: tuple[tuple[str, ...], ...] = ()

    def at(self, column: str) -> int:
        """Where a column stands in a row."""
        return [each.name for each in self.columns].index(column)


S = TypeVar("S")


def in_range(moment: Instant | None) -> Instant | None:
    """The nearest instant that a column holds. What begins or ends later than that does so for ever, for a row."""
    if moment is None or LEAST <= moment <= GREATEST:
        return moment
    return LEAST if moment < 0 else GREATEST


@lru_cache(maxsize=4096)
def is_text(text: str) -> bool:
    """Whether every database holds that text, as it has no NUL and no half of a character in it. No unit that an
    agreement can name has."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def no_rows(_stream: Ref, _facts: Sequence[Fact]) -> Rows:
    return {}


class Folded(Struct, Generic[S], frozen=True):
    """A projection whose rows come from the folded state of one aggregate. `fold` changes the state in place;
    the runner alone holds it, and forgets it when a transaction fails.

    An act of whose value it fails is left out, unless the projection `needs` it, because the act decides who may know
    of the aggregate: then all that is made of the aggregate is `shut`, for its owner alone.

    Where the rows hold all of the state, `restore` makes it from them: so a stream that grows for ever, as that of the
    counts does, is never read again to go on with it.
    """

    kinds: frozenset[Kind]
    views: tuple[View, ...]
    start: Callable[[], S]
    fold: Callable[[S, Fact], None]
    rows: Callable[[Ref, S], Rows]
    needs: Callable[[Fact], bool] = lambda _: False
    shut: Callable[[Ref, Sequence[Fact]], Rows] = no_rows
    restore: Callable[[Rows], S] | None = None


class Flat(Struct, frozen=True):
    """A projection whose rows come from one fact each."""

    kinds: frozenset[Kind]
    views: tuple[View, ...]
    rows: Callable[[Fact], Iterator[tuple[str, Row]]]


Projection: TypeAlias = Folded[Any] | Flat


def set_aside_by(view_set: str) -> View:
    """What a set of views is made without: by view and position, which error the act's value gave."""
    return View(
        f"{view_set}_set_aside",
        (code("view", key=True), number("position", key=True), ref("stream"), code("error")),
    )


@lru_cache(maxsize=256)
def table(view: View, generation: int) -> sa.Table:
    """The view's table of one generation, each with names of its own, so that two stand side by side."""
    name = f"{view.name}_{generation}"
    columns: list[sa.Column[Any]] = [
        sa.Column(
            each.name,
            _NUMBER if each.number else _TEXT,
            primary_key=each.key,
            nullable=each.optional,
            autoincrement=False,
        )
        for each in view.columns
    ]
    made = sa.Table(name, sa.MetaData(), *columns, sqlite_with_rowid=False)
    for index in (*view.indexes, ("stream",)):
        sa.Index(f"{name}_by_{'_'.join(index)}", *(made.c[each] for each in index))
    return made


def views_of(projections: Sequence[Projection]) -> tuple[View, ...]:
    return tuple(view for projection in projections for view in projection.views)
