"""The runner: it owns transactions, batches and positions, once, for all projections.

It asks for what comes after its position, takes what is there up to a limit (one fact when it has caught up,
thousands when it is behind), stops on a gap, and writes rows and position in one transaction: killed between the
two, it has written neither (invariant 2). A view row depends on one aggregate: the rows of each aggregate that was
touched are replaced by difference. What takes keys away folds the aggregate again from its stream (invariant 6).
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from typing import Final

import sqlalchemy as sa

from domain.act import Fact
from domain.errors import UnusableValue
from domain.ports import Log
from domain.vocabulary import Ref
from projections.errors import Gap, LogBehind
from projections.folding import FIRST_VERSION, FoldedAggregate, Folding, Proof, StreamReader
from projections.garbage_collection import uncollected
from projections.remembered import Remembered
from projections.set_aside import SetAside, standing
from projections.store import Living, Views, ViewSet, delete_rows, insert_rows
from projections.view import Row

_log: Final = logging.getLogger("samrad.views")
LARGEST_BATCH = 5_000
KEPT_ACTS = 8_000
"""In the aggregates that are remembered, some 5 KiB each; others are read again when something comes to them."""
MOST_TOLD: Final = 20
"""Log lines about acts that are set aside, at a time; `samrad status` tells of all."""
SAYS: Final = "%s: in %s the act at position %d of %s is left out, its value gives %s"


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
        kept_acts: int = KEPT_ACTS,
        proven: Proof = lambda _: None,
        tell: Callable[[int], object] = lambda _: None,
    ) -> None:
        self._views = views
        self._set = view_set
        self._log = log
        self._stream = stream
        self._folding = Folding(view_set, proven)
        self._tell = tell
        self._told: frozenset[SetAside] | None = None
        self._largest_batch = largest_batch
        self._kept_acts = kept_acts
        self._kept = Remembered[FoldedAggregate]()
        self._behind = True  # whether much waits, as far as is known: at first, and after a batch as large as may be
        self._kept_at = (0, 0)  # generation and position that `_kept` is true of
        view_set.prepare(views)

    @property
    def behind(self) -> bool:
        """Whether much waits still, as far as is known: the last batch was as large as may be."""
        return self._behind

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
        if self._told is None:
            self._tell_of_set_aside()
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
                sets_aside = self._write(living, facts)
            self._kept_at = (living.generation, facts[-1].position)
        except BaseException:
            self._kept.clear()
            raise
        if sets_aside:
            self._tell_of_set_aside()
        return True

    def _tell_of_set_aside(self) -> None:
        """Tell whoever looks after the hub how much is set aside, and of each act once (C7: nothing of its content)."""
        with self._views.living(self._set) as living:
            found = list(standing(living.connection, living.tables[self._set.set_aside.name]))
        new = [each for each in found if each not in (self._told or ())]
        for each in new[-MOST_TOLD:]:
            _log.error(SAYS, UnusableValue.__name__, each.view, each.position, self._set.name, each.error)
        self._told = frozenset(found)
        self._tell(len(found))

    def refold(self, streams: Iterable[Ref]) -> None:
        """Fold those aggregates again from their streams, by the code that folds them always."""
        try:
            with self._views.writing() as connection:
                living = self._set.living(connection)
                for stream in streams:
                    self._renewal(living, stream, living.position).write(living)
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

    def _write(self, living: Living, facts: Sequence[Fact]) -> bool:
        """Write the rows of a batch; whether what is set aside is no more what it was."""
        if self._kept_at != (living.generation, living.position):
            self._kept.clear()
        changes = Changes()
        renewed = {fact.stream for fact in facts if takes_keys(fact)}
        for stream in renewed:
            changes.of(self._renewal(living, stream, facts[-1].position))
        going_on = [fact for fact in facts if fact.stream not in renewed] if renewed else facts
        for name, rows in self._folding.flat_rows(going_on).items():
            changes.come(name, rows)
        for stream, new in by_stream(going_on).items():
            if self._set.folding[new[0].kind]:
                self._extend(living, stream, new, changes)
        changes.write(living)
        for _ in self._kept.beyond(self._kept_acts):
            pass
        return changes.touch(self._set.set_aside.name)

    def _extend(self, living: Living, stream: Ref, new: Sequence[Fact], changes: "Changes") -> None:
        """Fold new facts onto what is remembered, or onto the stream as it was before them."""
        kept = self._kept.pop(stream)
        if kept is None:
            kept = self._recall(living, stream, new[0])
        before = kept.rows
        kept = self._folding.extend(stream, kept, new, lambda: self._until(stream, new[0].position - 1))
        for name in before.keys() | kept.rows.keys():
            changes.add(name, before.get(name, set()), kept.rows.get(name, set()))
        self._kept.put(stream, kept, 1 if self._folding.is_restored(new[0].kind) else new[-1].version)

    def _recall(self, living: Living, stream: Ref, following: Fact) -> FoldedAggregate:
        """What was remembered of an aggregate before `following`, with the rows that stand: folded from its stream, or
        restored from the rows."""
        if following.version == FIRST_VERSION:
            return FoldedAggregate()
        folded, aside = self._folding.folded_views, self._set.set_aside.name
        rows = {name: rows_standing(living, name, stream) for name in living.tables if name in folded}
        rows[aside] = {row for row in rows_standing(living, aside, stream) if row[0] in folded}
        if not rows[aside] and self._folding.is_restored(following.kind):
            return FoldedAggregate(self._folding.restored(following.kind, rows), rows)
        earlier = self._until(stream, following.position - 1)
        kept = self._folding.states_of(stream, earlier, set_aside=bool(rows[aside]))
        return FoldedAggregate(kept.states, rows, kept.unusual)

    def _renewal(self, living: Living, stream: Ref, position: int) -> "Changes":
        """All rows of an aggregate replaced by those that its stream gives now, up to a position."""
        self._kept.pop(stream)
        changes = Changes()
        present = self._folding.rows_of(stream, self._until(stream, position))
        for name in living.tables:
            changes.add(name, rows_standing(living, name, stream), present.get(name, set()))
        return changes

    def _until(self, stream: Ref, position: int) -> Sequence[Fact]:
        return [fact for fact in self._stream(stream) if fact.position <= position]


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

    def of(self, others: "Changes") -> None:
        """These changes too."""
        for mine, more in ((self._gone, others._gone), (self._come, others._come)):
            for name, rows in more.items():
                mine.setdefault(name, []).extend(rows)

    def touch(self, name: str) -> bool:
        """Whether a row of that view goes or comes."""
        return bool(self._gone.get(name) or self._come.get(name))

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
