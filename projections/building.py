"""Filling one generation of a set of views from the log: aggregates are folded in memory and written once.

What is kept grows with the acts, up to a limit where streams can be read again: aggregates that nothing has come to
for the longest are written then, and folded again from their stream if something comes to them after all. What can be
restored from its rows is small however long its stream is, and kept to the end. With PostgreSQL, what is ready is
written while the next facts are read and folded.
"""

from collections.abc import Callable, Iterator, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from operator import itemgetter
from typing import Any, Final

from domain.act import Fact
from domain.errors import UnusableValue
from domain.ports import Log
from domain.vocabulary import Ref
from projections import postgresql
from projections.folding import FIRST_VERSION, Folding, Proof, StreamReader
from projections.prefetch import Ahead
from projections.remembered import Remembered
from projections.runner import LARGEST_BATCH, Changes, by_stream, contiguous, rows_standing, takes_keys
from projections.set_aside import unusual
from projections.store import Living, Views, ViewSet, insert_rows
from projections.view import Folded, Row

MOST_KEPT: Final = 15_000
"""Acts in the aggregates that are kept in memory, some 4 KiB each, if their streams can be read again. Less would be
slow where more of them are in cases that all go on at once: for each act its case would be read again."""

Progress = Callable[[int, int], None]
"""Facts read, and the log's last position."""


class Building:
    """One generation being filled. `stream` reads an aggregate again: without it all of them are kept, and what was
    disposed of while the log was being read is not noticed."""

    def __init__(
        self,
        views: Views,
        view_set: ViewSet,
        generation: int,
        log: Log,
        stream: StreamReader | None,
        progress: Progress | None,
        proven: Proof = lambda _: None,
    ) -> None:
        self._views = views
        self._set = view_set
        self._generation = generation
        self._log = log
        self._stream = stream
        self._progress = progress
        self._folding = Folding(view_set, proven)
        self._states = Remembered[dict[int, Any]]()
        self._restorable: dict[Ref, dict[int, Any]] = {}
        self._written_before: set[Ref] = set()
        self._lost_keys: set[Ref] = set()
        self._one_by_one: set[Ref] = set()
        """Aggregates with acts in them of whose value a fold may fail, or has failed: they are folded at the end."""
        self._key = {
            view.name: itemgetter(*(at for at, column in enumerate(view.columns) if column.key))
            for view in view_set.views
        }

    def fill(self) -> int:
        """Take the whole log; the position that the generation is true of."""
        with _lane(self._views, self._log) as (log, put):
            position = 0
            while facts := log.read(position, LARGEST_BATCH):
                contiguous(position, facts)
                self._fold(facts)
                put(self._write, self._folding.flat_rows(facts), *self._leave_out(MOST_KEPT))
                position = facts[-1].position
                if self._progress is not None:
                    self._progress(position, log.last())
            put(self._write, {}, *self._leave_out(0))
        self._fold_again(position)
        return position

    def _fold(self, facts: Sequence[Fact]) -> None:
        for stream, new in by_stream(facts).items():
            if self._stream is not None and any(takes_keys(fact) for fact in new):
                self._lost_keys.add(stream)
            if not self._set.folding[new[0].kind] or stream in self._one_by_one:
                continue
            restorable = self._folding.is_restored(new[0].kind)
            state = self._restorable.pop(stream, None) if restorable else self._states.pop(stream)
            if any(map(unusual, new)):
                self._one_by_one.add(stream)
                continue
            try:
                if state is None:
                    state = self._recall(stream, new[0])
                state = self._folding.folded(state, new)
            except UnusableValue:
                self._one_by_one.add(stream)
                continue
            if restorable:
                self._restorable[stream] = state
            else:
                self._states.put(stream, state, new[-1].version)

    def _recall(self, stream: Ref, following: Fact) -> dict[int, Any]:
        """The state of an aggregate before a fact: nothing, unless it was written already."""
        if following.version == FIRST_VERSION or self._stream is None:
            return {}
        self._written_before.add(stream)
        earlier = [fact for fact in self._stream(stream) if fact.position < following.position]
        return self._folding.folded({}, earlier)

    def _leave_out(self, most: int) -> tuple[dict[str, list[Row]], list[Ref]]:
        """The rows of the aggregates that are kept no more, and which of them have stood before."""
        rows: dict[str, list[Row]] = {}
        again: list[Ref] = []
        if most and (self._stream is None or self._states.acts <= most):
            return rows, again
        for stream, states in chain(self._states.beyond(most * 3 // 4), () if most else self._restorable.items()):
            try:
                made = self._folding.folded_rows(stream, states)
            except UnusableValue:
                self._one_by_one.add(stream)
                continue
            for name, folded in made.items():
                rows.setdefault(name, []).extend(folded)
            if stream in self._written_before:
                self._written_before.discard(stream)
                again.append(stream)
        return rows, again

    def _write(self, flat: dict[str, list[Row]], folded: dict[str, list[Row]], again: Sequence[Ref]) -> None:
        with self._views.writing() as connection:
            tables = self._set.tables(self._generation)
            if again:
                for name in {
                    view.name for each in self._set.projections if isinstance(each, Folded) for view in each.views
                }:
                    target = tables[name]
                    connection.execute(target.delete().where(target.c.stream.in_([stream.hex for stream in again])))
            for rows in (flat, folded):
                for name, made in rows.items():
                    insert_rows(connection, tables[name], sorted(made, key=self._key[name]))

    def _fold_again(self, position: int) -> None:
        """Fold those again that were read before their keys were taken, while the log was being read; and one by one
        those of whose acts some may have to be set aside."""
        again = self._lost_keys | self._one_by_one
        if not again:
            return
        stream_of = self._stream or self._along_the_log(again, position)
        with self._views.writing() as connection:
            beside = Living(connection, self._set.tables(self._generation), self._generation, position)
            for stream in again:
                changes = Changes()
                facts = [fact for fact in stream_of(stream) if fact.position <= position]
                present = self._folding.rows_of(stream, facts)
                for name in beside.tables:
                    changes.add(name, rows_standing(beside, name, stream), set(present.get(name, ())))
                changes.write(beside)

    def _along_the_log(self, streams: Set[Ref], position: int) -> StreamReader:
        """These streams, found on the log where they cannot be read by themselves."""
        found: dict[Ref, list[Fact]] = {stream: [] for stream in streams}
        after = 0
        while after < position:
            for fact in self._log.read(after, min(LARGEST_BATCH, position - after)):
                after = fact.position
                if fact.stream in found:
                    found[fact.stream].append(fact)
        return lambda stream: found[stream]


@contextmanager
def _lane(views: Views, log: Log) -> Iterator[tuple[Log, Callable[..., None]]]:
    """How to read and how to write: with PostgreSQL each in a thread beside the one that folds, one page ahead and one
    behind; with SQLite one after the other."""
    if views.backend != postgresql.BACKEND:
        yield log, lambda work, *given: work(*given)
        return
    ahead, writer = Ahead(log), ThreadPoolExecutor(1, thread_name_prefix="behind")
    under_way: list[Future[None]] = []

    def put(work: Callable[..., None], *given: object) -> None:
        while under_way:
            under_way.pop().result()
        under_way.append(writer.submit(work, *given))

    try:
        yield ahead, put
        while under_way:
            under_way.pop().result()
    finally:
        writer.shutdown()
        ahead.end()
