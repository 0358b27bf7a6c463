"""Rebuild: the views made again from the log, beside the living ones, then put in their place in one transaction.

Aggregates are folded in memory and written once; the code that makes rows is the runner's own. `compare` finds the
first row that differs: between what lives and what the log gives, or between two runs, where ids were drawn anew and
the clock stood elsewhere (invariant 6).
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import zip_longest
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from domain.errors import SamradError
from domain.ports import Log
from domain.vocabulary import Ref
from projections import postgresql
from projections.runner import LARGEST_BATCH, by_stream, contiguous, flat_rows, fold, folded_rows
from projections.store import GENERATION, TRACKING, Living, Views, ViewSet, insert_rows
from projections.view import Row, View

Progress = Callable[[int, int], None]
"""Facts read, and the log's last position."""


class Rebuilt(Struct, frozen=True):
    """A generation that stands beside the living one, true of the log up to `position`."""

    generation: int
    position: int


class Moved(SamradError):
    """Two generations that are true of different positions have nothing to be compared by."""

    def __init__(self, living: int, rebuilt: int) -> None:
        super().__init__(f"the living views are at position {living} and the rebuilt ones at {rebuilt}: try again")


class Difference(Struct, frozen=True):
    """The first row in which two generations differ; None where the row is missing."""

    view: str
    living: Row | None
    rebuilt: Row | None


class Rebuild:
    """Builds one generation of a set of views. What it keeps grows with the aggregates, not with the facts."""

    def __init__(self, views: Views, view_set: ViewSet, log: Log, progress: Progress | None = None) -> None:
        self._views = views
        self._set = view_set
        self._log = log
        self._progress = progress
        self._key = {
            view.name: itemgetter(*(at for at, column in enumerate(view.columns) if column.key))
            for view in view_set.views
        }

    def beside(self) -> Rebuilt:
        """Build the next generation, up to the end of the log, and leave the living one as it is."""
        with _uncollected():
            return self._build()

    def _build(self) -> Rebuilt:
        self._set.prepare(self._views)
        generation = self._begin()
        tables = self._set.tables(generation)
        states: dict[Ref, dict[int, Any]] = {}
        position = 0
        while facts := self._log.read(position, LARGEST_BATCH):
            contiguous(position, facts)
            for stream, new in by_stream(facts).items():
                fold(self._set, states.setdefault(stream, {}), new)
            with self._views.writing() as connection:
                for name, made in flat_rows(self._set, facts).items():
                    insert_rows(connection, tables[name], sorted(made, key=self._key[name]))
            position = facts[-1].position
            if self._progress is not None:
                self._progress(position, self._log.last())
        rows: dict[str, list[Row]] = {}
        for stream, state in states.items():
            for name, folded in folded_rows(self._set, stream, state).items():
                rows.setdefault(name, []).extend(folded)
        with self._views.writing() as connection:
            for name, made_of_all in rows.items():
                insert_rows(connection, tables[name], sorted(made_of_all, key=self._key[name]))
        return Rebuilt(generation, position)

    def swap(self, rebuilt: Rebuilt) -> None:
        """Let the rebuilt generation live from now on, and drop the others. The runner goes on from its position; what
        was appended since is taken then."""
        with self._views.writing() as connection:
            living = self._set.living(connection)
            connection.execute(
                GENERATION.update().where(GENERATION.c.name == self._set.name).values(living=rebuilt.generation)
            )
            connection.execute(
                TRACKING.update()
                .where(TRACKING.c.application_name == self._set.name)
                .values(notification_id=rebuilt.position)
            )
            if not postgresql.is_postgresql(connection):
                for generation in range(living.generation, rebuilt.generation):
                    self._set.drop(connection, generation)
                return
        with self._views.writing() as connection:  # readers of what lived are waited for, and nobody waits for that
            for generation in self._set.standing(connection):
                if generation < rebuilt.generation:
                    self._set.drop(connection, generation)

    def discard(self, rebuilt: Rebuilt) -> None:
        """Drop a generation that was built to be compared."""
        with self._views.writing() as connection:
            self._set.drop(connection, rebuilt.generation)

    def compare(self, rebuilt: Rebuilt) -> Difference | None:
        """The first difference between what lives and what was rebuilt; both must be true of the same position."""
        with self._views.reading() as connection:
            living = self._set.living(connection)
            if living.position != rebuilt.position:
                raise Moved(living.position, rebuilt.position)
            beside = Living(connection, self._set.tables(rebuilt.generation), rebuilt.generation, rebuilt.position)
            return compare(self._set, living, beside)

    def _begin(self) -> int:
        with self._views.writing() as connection:
            generation: int = connection.execute(
                GENERATION.update()
                .where(GENERATION.c.name == self._set.name)
                .values(newest=GENERATION.c.newest + 1)
                .returning(GENERATION.c.newest)
            ).scalar_one()
            self._set.create(connection, generation)
        return generation


@contextmanager
def _uncollected() -> Iterator[None]:
    """States and rows form no cycles, and there are many: looking for cycles among them would take a third of the
    time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def compare(view_set: ViewSet, left: Living, right: Living) -> Difference | None:
    """Row by row, the first difference between two generations of one log."""
    for view in view_set.views:
        for mine, other in zip_longest(_ordered(view, left), _ordered(view, right)):
            if mine != other:
                return Difference(view.name, mine, other)
    return None


def compare_runs(view_set: ViewSet, left: Living, right: Living) -> Difference | None:
    """The first difference between two runs: ids may differ, as long as each stands for one other everywhere, and so
    may the times that the hub's clock set."""
    mine, other = _Canonical(), _Canonical()
    for view in view_set.views:
        for one, two in zip_longest(mine.rows(view, left), other.rows(view, right)):
            if one != two:
                return Difference(view.name, one, two)
    return None


def _ordered(view: View, living: Living) -> Iterator[Row]:
    target = living.tables[view.name].c
    keys = [target[column.name] for column in view.columns if column.key]
    return (tuple(row) for row in living.connection.execute(sa.select(*target).order_by(*keys)))


class _Canonical:
    """Rows with each id replaced by its number in order of appearance, and times by whether there is one."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def rows(self, view: View, living: Living) -> list[Row]:
        rows = [tuple(row) for row in living.connection.execute(sa.select(*living.tables[view.name].c))]
        rows.sort(key=lambda row: [(value is not None, value) for value in self._common(view, row)])
        return [tuple(self._named(view, row)) for row in rows]

    def _common(self, view: View, row: Row) -> Iterator[Any]:
        """What two runs have in common of a row: an id counts only where it has appeared before."""
        for column, value in zip(view.columns, row, strict=True):
            if column.opaque:
                yield self._numbers.get(str(value))
            elif not column.timed:
                yield value

    def _named(self, view: View, row: Row) -> Iterator[int | str | None]:
        for column, value in zip(view.columns, row, strict=True):
            if column.opaque and value is not None:
                yield self._numbers.setdefault(str(value), len(self._numbers))
            else:
                yield (None if value is None else 0) if column.timed else value
