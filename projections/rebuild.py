"""Rebuild: the views made again from the log, beside the living ones, then put in their place in one transaction.

Aggregates are folded in memory and written once; the code that makes rows is the runner's own. `compare` finds the
first row that differs: between what lives and what the log gives, or between two runs, where ids were drawn anew and
the clock stood elsewhere (invariant 6). What lives goes on meanwhile: it is compared as of one snapshot, and what was
rebuilt is brought forward to that.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import zip_longest
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct

from domain.errors import SamradError
from domain.ports import Log
from projections import postgresql
from projections.building import Building, Progress
from projections.errors import LogBehind, Overtaken
from projections.folding import Proof, StreamReader
from projections.garbage_collection import uncollected
from projections.positions import positions
from projections.runner import LARGEST_BATCH, Runner, takes_keys
from projections.store import GENERATION, TRACKING, Living, Views, ViewSet
from projections.view import Row, View

ROWS_AT_ONCE: Final = 1_000
"""Compared; without a number the driver of PostgreSQL fetches all of a view."""


class Rebuilt(Struct, frozen=True):
    """A generation that stands beside the living one, true of the log up to `position`."""

    generation: int
    position: int


class Behind(SamradError):
    """What lives has not come as far as what was rebuilt, and nothing goes back to be compared with it."""

    def __init__(self, living: int, rebuilt: int) -> None:
        super().__init__(
            f"the living views are at position {living} and the log gives them up to {rebuilt}: `samrad status` says "
            "what keeps them"
        )


class DisposedMeanwhile(SamradError):
    """Rows of an aggregate differ whose keys were taken while it was compared: one side was made with them."""

    def __init__(self, view: str) -> None:
        super().__init__(f"{view}: keys were deleted while the views were compared: try again")


class RowDifference(Struct, frozen=True):
    """The first row in which two generations differ; None where the row is missing."""

    view: str
    living: Row | None
    rebuilt: Row | None
    row: str = ""
    """The keys of the row, by which it can be found: ids and codes, no content."""


class Rebuild:
    """Builds one generation of a set of views. With `stream`, which reads an aggregate again, what it keeps is limited,
    what is disposed of meanwhile is left out, and it can be compared with what has gone on since."""

    def __init__(
        self,
        views: Views,
        view_set: ViewSet,
        log: Log,
        progress: Progress | None = None,
        stream: StreamReader | None = None,
        proven: Proof = lambda _: None,
    ) -> None:
        self._views = views
        self._set = view_set
        self._log = log
        self._progress = progress
        self._stream = stream
        self._proven = proven

    def beside(self) -> Rebuilt:
        """Build the next generation, up to the end of the log, and leave the living one as it is."""
        self._set.prepare(self._views)
        generation = self._begin()
        building = Building(self._views, self._set, generation, self._log, self._stream, self._progress, self._proven)
        with uncollected():
            return Rebuilt(generation, building.fill())

    def swap(self, rebuilt: Rebuilt) -> None:
        """Let the rebuilt generation live from now on, and drop the others. The runner goes on from its position; what
        was appended since is taken then."""
        with self._views.writing() as connection:
            before = self._set.begun(connection)
            if before and before.generation > rebuilt.generation:
                raise Overtaken(self._set.name)
            connection.execute(
                GENERATION.update().where(GENERATION.c.name == self._set.name).values(living=rebuilt.generation)
            )
            connection.execute(
                TRACKING.update()
                .where(TRACKING.c.application_name == self._set.name)
                .values(notification_id=rebuilt.position)
            )
            self._set.mark(connection)
            others = before.names if before else None
            if not postgresql.is_postgresql(connection):
                for generation in range(before.generation if before else 1, rebuilt.generation):
                    self._set.drop(connection, generation, others)
        if self._views.backend != postgresql.BACKEND:
            self._views.compact()
            return
        with self._views.writing() as connection:  # readers of what lived are waited for, and nobody waits for that
            for generation in self._set.standing(connection):
                if generation < rebuilt.generation:
                    self._set.drop(connection, generation, others)

    def discard(self, rebuilt: Rebuilt) -> None:
        """Drop a generation that was built to be compared."""
        with self._views.writing() as connection:
            self._set.drop(connection, rebuilt.generation)
        self._views.compact()

    def compare(self, rebuilt: Rebuilt) -> RowDifference | None:
        """The first difference between what lives now and what was rebuilt, which is brought forward to there first. It
        is good for no second time."""
        with self._views.living(self._set) as living:
            postgresql.take_its_time(living.connection)
            self._bring_forward(rebuilt, living.position)
            with self._views.reading() as connection:
                postgresql.take_its_time(connection)
                beside = Living(connection, self._set.tables(rebuilt.generation), rebuilt.generation, living.position)
                found = compare(self._set, living, beside)
        if found is not None and self._disposed_since(living.position, found):
            raise DisposedMeanwhile(found.view)
        return found

    def _bring_forward(self, rebuilt: Rebuilt, position: int) -> None:
        if position == rebuilt.position:
            return
        if position < rebuilt.position or self._stream is None:
            raise Behind(position, rebuilt.position)
        runner = Runner(self._views, self._set, self._log, self._stream, proven=self._proven)
        runner.bring_forward(rebuilt.generation, rebuilt.position, position)

    def _disposed_since(self, position: int, found: RowDifference) -> bool:
        at = next(view for view in self._set.views if view.name == found.view).at("stream")
        streams = {row[at] for row in (found.living, found.rebuilt) if row is not None}
        while facts := self._log.read(position, LARGEST_BATCH):
            if any(takes_keys(fact) and fact.stream.hex in streams for fact in facts):
                return True
            position = facts[-1].position
        return False

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


def renewed(
    views: Views,
    view_set: ViewSet,
    log: Log,
    stream: StreamReader,
    progress: Progress | None = None,
    proven: Proof = lambda _: None,
) -> bool:
    """Make the views anew, if another version of this program made those that live; whether that was so. Those that
    have come further than the log stay, as the witness of what it has lost."""
    if not view_set.outdated(views):
        return False
    refuse_shortened(views, view_set, log.last())
    building = Rebuild(views, view_set, log, progress, stream, proven)
    building.swap(building.beside())
    return True


def refuse_shortened(views: Views, view_set: ViewSet, last: int) -> None:
    """`LogBehind` if views have come further than their log, which ends at `last`."""
    (reached,) = positions(views, (view_set,))
    if reached > last:
        raise LogBehind(reached, last)


def compare(view_set: ViewSet, left: Living, right: Living) -> RowDifference | None:
    """Row by row, the first difference between two generations of one log."""
    for view in view_set.views:
        with closing(_ordered(view, left)) as ours, closing(_ordered(view, right)) as theirs:
            for mine, other in zip_longest(ours, theirs):
                if mine != other:
                    return RowDifference(view.name, mine, other, _named_by_keys(view, mine, other))
    return None


def compare_runs(view_set: ViewSet, left: Living, right: Living) -> RowDifference | None:
    """The first difference between two runs: ids may differ, as long as each stands for one other everywhere, and so
    may the times that the hub's clock set."""
    mine, other = _Canonical(), _Canonical()
    for view in view_set.views:
        for one, two in zip_longest(mine.rows(view, left), other.rows(view, right)):
            if one != two:
                return RowDifference(view.name, one, two)
    return None


def _ordered(view: View, living: Living) -> Generator[Row, None, None]:
    """The rows by their keys, a few at a time; whoever reads no further closes it, and the server's cursor with it."""
    target = living.tables[view.name].c
    keys = [target[column.name] for column in view.columns if column.key]
    asked = sa.select(*target).order_by(*keys).execution_options(yield_per=ROWS_AT_ONCE)
    with living.connection.execute(asked) as rows:
        yield from map(tuple, rows)


def _named_by_keys(view: View, *rows: Row | None) -> str:
    """The keys of the first of these rows: of two in order, it is the one that the other side lacks."""
    at = {column.name: view.at(column.name) for column in view.columns if column.key}
    first = min(tuple(row[place] for place in at.values()) for row in rows if row is not None)
    return ", ".join(f"{name}={value}" for name, value in zip(at, first, strict=True))


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
