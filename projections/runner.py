"""The runner: it owns transactions, batches and positions, once, for all projections.

It asks for what comes after its position, takes what is there up to a limit (one fact when it has caught up,
thousands when it is behind), stops on a gap, and writes rows and position in one transaction: killed between the
two, it has written neither (invariant 2). A view row depends on one aggregate: the rows of each aggregate that was
touched are replaced by difference. What takes keys away folds the aggregate again from its stream (invariant 6).
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct

from domain.act import Fact
from domain.ports import Log
from domain.vocabulary import Ref
from projections.collecting import uncollected
from projections.errors import Gap, LogBehind
from projections.store import Living, Views, ViewSet, delete_rows, insert_rows
from projections.view import Flat, Folded, Row, Rows

StreamReader = Callable[[Ref], Sequence[Fact]]
"""The facts of one stream, in order, with what the present keys open."""

FIRST_VERSION: Final = 1
LARGEST_BATCH = 5_000
KEPT_STREAMS = 4_000


class Kept(Struct):
    """What is remembered of one aggregate: the state of each projection that folds it, and the rows that stand."""

    states: dict[int, Any]
    rows: dict[str, set[Row]]


class Runner:
    """Brings one set of views up to date with one log. Of several runners on one set, each batch is written by one."""

    def __init__(
        self,
        views: Views,
        view_set: ViewSet,
        log: Log,
        stream: StreamReader,
        *,
        largest_batch: int = LARGEST_BATCH,
        kept_streams: int = KEPT_STREAMS,
    ) -> None:
        self._views = views
        self._set = view_set
        self._log = log
        self._stream = stream
        self._largest_batch = largest_batch
        self._kept_streams = kept_streams
        self._kept: OrderedDict[Ref, Kept] = OrderedDict()
        self._behind = True  # whether much waits, as far as is known: at first, and after a batch as large as may be
        self._kept_at = (0, 0)  # generation and position that `_kept` is true of
        view_set.prepare(views)

    def position(self) -> int:
        """The last position that the views hold."""
        with self._views.reading() as connection:
            return self._set.living(connection).position

    def catch_up(self, progress: Callable[[int], None] | None = None) -> int:
        """Take batch after batch until nothing waits; the number of facts taken."""
        taken = 0
        while batch := self.step():
            taken += batch
            if progress is not None:
                progress(taken)
        return taken

    def step(self, stands: int | None = None) -> int:
        """One batch in one transaction; the number of facts taken, 0 when nothing waits. Whoever knows where the views
        stand (`stands`) spares the question; if they stand elsewhere by now, the batch is begun anew."""
        with uncollected() if self._behind else nullcontext():
            taken = self._step(stands)
        self._behind = taken == self._largest_batch
        return taken

    def _step(self, stands: int | None) -> int:
        while True:
            before = self.position() if stands is None else stands
            facts = self._log.read(before, self._largest_batch)
            if facts:
                contiguous(before, facts)
                if self._take(before, facts):
                    return len(facts)
            elif stands is None:
                if self._log.last() < before:
                    raise LogBehind(before, self._log.last())
                return 0
            stands = None

    def _take(self, before: int, facts: Sequence[Fact]) -> bool:
        """Write a batch with its position; False if another runner has taken it."""
        try:
            with self._views.writing() as connection:
                living = self._set.living(connection)
                if not self._set.advance(connection, before, facts[-1].position):
                    return False
                self._write(living, facts)
            self._kept_at = (living.generation, facts[-1].position)
        except BaseException:
            self._kept.clear()
            raise
        return True

    def refold(self, streams: Iterable[Ref]) -> None:
        """Fold those aggregates again from their streams, by the code that folds them always."""
        try:
            with self._views.writing() as connection:
                living = self._set.living(connection)
                for stream in streams:
                    self._renew(living, stream, living.position)
        except BaseException:
            self._kept.clear()
            raise

    def bring_forward(self, generation: int, after: int, upto: int) -> None:
        """Let a generation that stands beside the living one go on from a position to a later one."""
        tables = self._set.tables(generation)
        while after < upto:
            facts = self._log.read(after, min(self._largest_batch, upto - after))
            if not facts:
                raise LogBehind(upto, after)
            contiguous(after, facts)
            with self._views.writing() as connection:
                self._write(Living(connection, tables, generation, after), facts)
            after = facts[-1].position
            self._kept_at = (generation, after)

    def _write(self, living: Living, facts: Sequence[Fact]) -> None:
        if self._kept_at != (living.generation, living.position):
            self._kept.clear()
        changes = Changes()
        renewed = {fact.stream for fact in facts if takes_keys(fact)}
        for stream in renewed:
            self._renew(living, stream, facts[-1].position)
        going_on = [fact for fact in facts if fact.stream not in renewed] if renewed else facts
        for name, rows in flat_rows(self._set, going_on).items():
            changes.come(name, rows)
        for stream, new in by_stream(going_on).items():
            if self._set.folding[new[0].kind]:
                self._extend(living, stream, new, changes)
        changes.write(living)
        while len(self._kept) > self._kept_streams:
            self._kept.popitem(last=False)

    def _extend(self, living: Living, stream: Ref, new: Sequence[Fact], changes: "Changes") -> None:
        """Fold new facts onto what is remembered, or onto the stream as it was before them."""
        kept = self._kept.pop(stream, None)
        if kept is None:
            kept = self._recall(living, stream, new[0])
        fold(self._set, kept.states, new)
        rows = folded_rows(self._set, stream, kept.states)
        for name, after in rows.items():
            changes.add(name, kept.rows.get(name, set()), after)
        self._kept[stream] = Kept(kept.states, rows)

    def _recall(self, living: Living, stream: Ref, following: Fact) -> Kept:
        """What was remembered of an aggregate before `following`: folded from its stream, with the rows that stand."""
        if following.version == FIRST_VERSION:
            return Kept({}, {})
        states = folded_states(self._set, _until(self._stream(stream), following.position - 1))
        flat = {view.name for each in self._set.projections if isinstance(each, Flat) for view in each.views}
        rows = {name: rows_standing(living, name, stream) for name in living.tables if name not in flat}
        return Kept(states, rows)

    def _renew(self, living: Living, stream: Ref, position: int) -> None:
        """Replace all rows of an aggregate by those that its stream gives now, up to a position."""
        self._kept.pop(stream, None)
        changes = Changes()
        present = rows_of(self._set, stream, _until(self._stream(stream), position))
        for name in living.tables:
            changes.add(name, rows_standing(living, name, stream), present.get(name, set()))
        changes.write(living)


class Changes:
    """Rows to take away and rows to put in, by view."""

    def __init__(self) -> None:
        self._gone: dict[str, list[Row]] = {}
        self._come: dict[str, list[Row]] = {}

    def add(self, name: str, before: set[Row], after: set[Row]) -> None:
        """Rows of one aggregate that stood before, and those that are to stand."""
        if not before:
            self.come(name, after)
        elif before != after:
            self._gone.setdefault(name, []).extend(before - after)
            self.come(name, after - before)

    def come(self, name: str, rows: Iterable[Row]) -> None:
        """Rows of which none stood before."""
        self._come.setdefault(name, []).extend(rows)

    def write(self, living: Living) -> None:
        for name, rows in self._gone.items():
            delete_rows(living.connection, living.tables[name], rows)
        for name, rows in self._come.items():
            insert_rows(living.connection, living.tables[name], rows)


def takes_keys(fact: Fact) -> bool:
    """Whether the fact names keys that are gone: what they opened must be folded again without it."""
    return "keys" in fact.event.__struct_fields__


def rows_standing(living: Living, name: str, stream: Ref) -> set[Row]:
    """The rows of one aggregate as they stand in a view."""
    target = living.tables[name]
    found = living.connection.execute(sa.select(target).where(target.c.stream == stream.hex))
    return {tuple(row) for row in found}


def contiguous(before: int, facts: Sequence[Fact]) -> None:
    """The facts go on from `before` without a hole, or `Gap`."""
    for expected, fact in enumerate(facts, before + 1):
        if fact.position != expected:
            raise Gap(expected, fact.position)


def by_stream(facts: Iterable[Fact]) -> dict[Ref, list[Fact]]:
    found: dict[Ref, list[Fact]] = {}
    for fact in facts:
        found.setdefault(fact.stream, []).append(fact)
    return found


def fold(view_set: ViewSet, states: dict[int, Any], facts: Sequence[Fact]) -> None:
    """Fold facts of one aggregate onto its states, one for each projection that is about its kind."""
    if not facts:
        return
    for at, projection in view_set.folding[facts[0].kind].items():
        if at not in states:
            states[at] = projection.start()
        state, fold_one = states[at], projection.fold
        for fact in facts:
            fold_one(state, fact)


def folded_states(view_set: ViewSet, facts: Sequence[Fact]) -> dict[int, Any]:
    states: dict[int, Any] = {}
    fold(view_set, states, facts)
    return states


def folded_rows(view_set: ViewSet, stream: Ref, states: Mapping[int, Any]) -> dict[str, set[Row]]:
    found: dict[str, set[Row]] = {}
    for at, state in states.items():
        projection = view_set.projections[at]
        if isinstance(projection, Folded):
            found.update(projection.rows(stream, state))
    return found


def flat_rows(view_set: ViewSet, facts: Iterable[Fact]) -> dict[str, list[Row]]:
    """The rows that are made of single facts, in the facts' order."""
    found: dict[str, list[Row]] = {}
    for fact in facts:
        for projection in view_set.flat[fact.kind]:
            for name, row in projection.rows(fact):
                if name not in found:
                    found[name] = []
                found[name].append(row)
    return found


def rows_of(view_set: ViewSet, stream: Ref, facts: Sequence[Fact]) -> Rows:
    """All rows of one aggregate, from its facts: what a rebuild and a renewal both write."""
    flat = {name: set(rows) for name, rows in flat_rows(view_set, facts).items()}
    return {**flat, **folded_rows(view_set, stream, folded_states(view_set, facts))}


def _until(facts: Sequence[Fact], position: int) -> Sequence[Fact]:
    return [fact for fact in facts if fact.position <= position]
