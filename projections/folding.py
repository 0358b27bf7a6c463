"""From facts to rows: the states of one aggregate, its rows, and what is set aside of it (`set_aside.py`).

What a batch adds is folded onto what is remembered. Where a fold or a row fails, the half-folded states are thrown away
and the aggregate is folded anew, projection by projection, without the acts that fail. So the rows follow from the
facts alone, whichever of them came together.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct, field

from domain.act import Fact
from domain.errors import UnusableValue, is_of_value
from domain.vocabulary import Kind, Ref
from projections.set_aside import SetAside, storable, unusual
from projections.store import ViewSet
from projections.view import Flat, Folded, Row, Rows

StreamReader = Callable[[Ref], Sequence[Fact]]
"""The facts of one stream, in order, with what the present keys open."""
Proof = Callable[[Fact], object]
"""Raises what is wrong with the record of a fact, if it is not what was written."""

FIRST_VERSION: Final = 1
_NO_ROWS: Final[Mapping[str, set[Row]]] = {}


class FoldedAggregate(Struct):
    """What is remembered of one aggregate: the state of each projection that folds it, and the rows that stand, those
    of what is set aside among them. With `unusual` acts in it, what comes is taken one by one."""

    states: dict[int, Any] = field(default_factory=dict)
    rows: dict[str, set[Row]] = field(default_factory=dict)
    unusual: bool = False


class Shut(Struct, frozen=True):
    """Stands for the state of a projection that needed an act which it cannot fold: nothing more is folded, and the
    rows are for the aggregate's owner alone."""

    rows: Rows


class Folding:
    """The folds of one set of views. `proven` is asked of each act before it is set aside: what was tampered with is no
    matter of values."""

    def __init__(self, view_set: ViewSet, proven: Proof = lambda _: None) -> None:
        self._set = view_set
        self._proven = proven
        self._aside = view_set.set_aside.name
        self.folded_views: Final = frozenset(
            view.name for each in view_set.projections if isinstance(each, Folded) for view in each.views
        )

    def flat_rows(self, facts: Iterable[Fact]) -> dict[str, list[Row]]:
        """The rows that are made of single facts, in the facts' order; of one that fails, that it is set aside."""
        found: dict[str, list[Row]] = {}
        for fact in facts:
            for projection in self._set.flat[fact.kind]:
                try:
                    rows = _flat(projection, fact)
                except UnusableValue as failed:
                    rows = [(self._aside, self._set_aside(fact, failed))]
                for name, row in rows:
                    if name not in found:
                        found[name] = []
                    found[name].append(row)
        return found

    def extend(
        self, stream: Ref, kept: FoldedAggregate, new: Sequence[Fact], before: Callable[[], Sequence[Fact]]
    ) -> FoldedAggregate:
        """What is remembered after new facts of an aggregate. `before` reads those before them, if one of these fails:
        what was remembered is good for nothing then."""
        folding = self._set.folding[new[0].kind]
        rows = kept.rows
        try:
            for facts in _steps(new, one_by_one=kept.unusual):
                for at, projection in folding.items():
                    kept.states[at] = _folded(projection, kept.states.get(at), facts)
                rows = {**rows, **self._rows(stream, kept.states, rows)}
        except UnusableValue:
            return self._anew(stream, [*before(), *new])
        return FoldedAggregate(kept.states, rows, kept.unusual or any(map(unusual, new)))

    def folded(self, states: dict[int, Any], facts: Sequence[Fact]) -> dict[int, Any]:
        """The states after facts, without rows; `UnusableValue` if one fails, and then they are good for nothing."""
        folding = self._set.folding[facts[0].kind] if facts else {}
        return states | {at: _folded(projection, states.get(at), facts) for at, projection in folding.items()}

    def states_of(self, stream: Ref, facts: Sequence[Fact], *, set_aside: bool) -> FoldedAggregate:
        """The states that those facts give, without rows; `set_aside` says whether something of them is."""
        odd = any(map(unusual, facts))
        if facts and (odd or set_aside):
            return self.kept_of(stream, facts)
        try:
            return FoldedAggregate(self.folded({}, facts), {}, odd)
        except UnusableValue:
            return self.kept_of(stream, facts)

    def is_restored(self, kind: Kind) -> bool:
        """Whether all that is folded of such an aggregate can be restored from its rows."""
        return all(projection.restore is not None for projection in self._set.folding[kind].values())

    def restored(self, kind: Kind, rows: Rows) -> dict[int, Any]:
        """The states of such an aggregate, from its rows."""
        folding = self._set.folding[kind]
        return {at: each.restore(rows) for at, each in folding.items() if each.restore is not None}

    def kept_of(self, stream: Ref, facts: Sequence[Fact]) -> FoldedAggregate:
        """States and rows of an aggregate from all its facts."""
        return self.extend(stream, FoldedAggregate(), facts, lambda: ()) if facts else FoldedAggregate()

    def rows_of(self, stream: Ref, facts: Sequence[Fact]) -> Rows:
        """All rows of one aggregate, from its facts: what a rebuild and a renewal both write."""
        rows = dict(self.kept_of(stream, facts).rows)
        for name, flat in self.flat_rows(facts).items():
            rows[name] = {*rows.get(name, ()), *flat}
        return rows

    def folded_rows(self, stream: Ref, states: Mapping[int, Any]) -> Rows:
        """The rows of folded states; `UnusableValue` if they fail."""
        return self._rows(stream, states, _NO_ROWS)

    def _rows(self, stream: Ref, states: Mapping[int, Any], before: Mapping[str, set[Row]]) -> Rows:
        found: dict[str, set[Row]] = {}
        for at, state in states.items():
            projection = self._set.projections[at]
            if isinstance(projection, Folded):
                found.update(_rows(projection, stream, state, before))
        return found

    def _anew(self, stream: Ref, facts: Sequence[Fact]) -> FoldedAggregate:
        """The aggregate from all its facts, without those that fail."""
        kept = FoldedAggregate(unusual=any(map(unusual, facts)))
        kept.rows[self._aside] = set()
        for at, projection in self._set.folding[facts[0].kind].items():
            walk = _Walk(projection, stream)
            kept.states[at], rows = walk.through(facts)
            kept.rows.update(rows)
            kept.rows[self._aside] |= {self._set_aside(fact, failed) for fact, failed in walk.failed}
        return kept

    def _set_aside(self, fact: Fact, failed: UnusableValue) -> Row:
        self._proven(fact)
        return SetAside(failed.view, fact.position, failed.error).row(fact.stream.hex)


class _Walk:
    """One projection over all facts of an aggregate: those that fail are left out, the others folded without them."""

    def __init__(self, projection: Folded[Any], stream: Ref) -> None:
        self._projection = projection
        self._stream = stream
        self._state = projection.start()
        self._rows: Rows = {}
        self._good: list[Fact] = []
        self.failed: list[tuple[Fact, UnusableValue]] = []

    def through(self, facts: Sequence[Fact]) -> tuple[Any, Rows]:
        """The state and the rows in the end."""
        for step in _steps(facts):
            if self._take(step) is None:
                continue
            for fact in step:
                failed = self._take((fact,))
                if failed is not None:
                    self.failed.append((fact, failed))
                    if self._projection.needs(fact):
                        rows = self._projection.shut(self._stream, facts)
                        return Shut(rows), rows
        return self._state, self._rows

    def _take(self, facts: Sequence[Fact]) -> UnusableValue | None:
        """Go on by those facts, or tell how that fails and stand where it stood."""
        try:
            self._state = _folded(self._projection, self._state, facts)
            self._rows = _rows(self._projection, self._stream, self._state, self._rows)
        except UnusableValue as failed:
            self._state = _folded(self._projection, None, self._good)
            return failed
        self._good.extend(facts)
        return None


def _steps(facts: Sequence[Fact], *, one_by_one: bool = False) -> Iterator[Sequence[Fact]]:
    """Facts that may be folded together: all of them, or those up to the first unusual one, and then one by one."""
    first = next((place for place, fact in enumerate(facts) if one_by_one or unusual(fact)), len(facts))
    if first:
        yield facts[:first]
    for place in range(first, len(facts)):
        yield facts[place : place + 1]


def _folded(projection: Folded[Any], state: Any, facts: Sequence[Fact]) -> Any:
    if state is None:
        state = projection.start()
    if not isinstance(state, Shut):
        fold = projection.fold
        try:
            for fact in facts:
                fold(state, fact)
        except Exception as error:
            raise _by_value(error, projection.views[0].name) from error
    return state


def _rows(projection: Folded[Any], stream: Ref, state: Any, before: Mapping[str, set[Row]]) -> Rows:
    """The rows of a state; only those that did not stand before are looked at again."""
    if isinstance(state, Shut):
        return state.rows
    view = projection.views[0].name
    try:
        rows = projection.rows(stream, state)
        for view, after in rows.items():
            for row in after.difference(before.get(view, ())):
                storable(row)
    except Exception as error:
        raise _by_value(error, view) from error
    return rows


def _flat(projection: Flat, fact: Fact) -> list[tuple[str, Row]]:
    view = projection.views[0].name
    rows: list[tuple[str, Row]] = []
    try:
        for view, row in projection.rows(fact):
            rows.append((view, storable(row)))
    except Exception as error:
        raise _by_value(error, view) from error
    return rows


def _by_value(error: Exception, view: str) -> Exception:
    """What is to be raised: that an act's value fails in that view, or the error as it is where it is none of value."""
    return UnusableValue(view, type(error).__name__) if is_of_value(error) else error
