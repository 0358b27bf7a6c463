"""Collections that are never changed and grow by one without being copied whole, so that a history of n acts is folded
in some n steps and not in n².

A small collection is a plain dict, tuple or frozenset. A larger one is held in runs, each at least as long as the next;
one that grows shares all runs but the last with what it grew from, and two of like length are joined to one. So an
entry is copied some log₂ n times in all, and a state that somebody holds stays as it is.
"""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence, Set
from itertools import chain
from typing import Any, Final, TypeVar, overload

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Item = TypeVar("Item")
Run = TypeVar("Run", bound=Collection[Any])

SMALL: Final = 16
"""Up to so many entries a collection is copied when it grows: that is quicker than to look in several runs."""


def with_entry(entries: Mapping[Key, Value], key: Key, value: Value) -> Mapping[Key, Value]:
    """The mapping, in which that key has that value; a new key comes last."""
    if isinstance(entries, Entries):
        return entries.having(key, value)
    if len(entries) < SMALL or key in entries:
        return {**entries, key: value}
    return Entries((dict(entries), {key: value}), len(entries) + 1)


def with_item(items: Sequence[Item], item: Item) -> Sequence[Item]:
    """The sequence, and that item after it."""
    if isinstance(items, Items):
        return items.followed_by(item)
    return (*items, item) if len(items) < SMALL else Items((tuple(items), (item,)), len(items) + 1)


def with_member(members: Set[Key], member: Key) -> Set[Key]:
    """The set, with that member in it."""
    if member in members:
        return members
    if isinstance(members, Members):
        return members.joined_by(member)
    return frozenset((*members, member)) if len(members) < SMALL else Members((frozenset(members), frozenset({member})))


def plain(value: object) -> object:
    """The same as a dict, a tuple or a frozenset, to be written out; any other value as it is."""
    match value:
        case Entries():
            return dict(value.items())
        case Items():
            return tuple(value)
        case Members():
            return frozenset(value)
    return value


class Entries(Mapping[Key, Value]):
    """A mapping in runs. What a later run says of a key counts; the key stays where it first stood."""

    __slots__ = ("_size", "runs")

    def __init__(self, runs: tuple[dict[Key, Value], ...], size: int) -> None:
        self.runs = runs
        self._size = size

    def having(self, key: Key, value: Value) -> "Entries[Key, Value]":
        """The mapping, in which that key has that value."""
        size = self._size + (key not in self)
        return Entries(_grown(self.runs, {key: value}, lambda one, other: {**one, **other}), size)

    def __getitem__(self, key: Key) -> Value:
        for run in reversed(self.runs):
            if key in run:
                return run[key]
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return any(key in run for run in self.runs)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._whole())

    def __len__(self) -> int:
        return self._size

    # Those of `Mapping` look each key up in every run.

    def values(self) -> Any:
        return self._whole().values()

    def items(self) -> Any:
        return self._whole().items()

    def __repr__(self) -> str:
        return repr(self._whole())

    def _whole(self) -> dict[Key, Value]:
        whole: dict[Key, Value] = {}
        for run in self.runs:
            whole.update(run)
        return whole


class Items(Sequence[Item]):
    """A sequence in runs. It is equal to a tuple of the same items."""

    __slots__ = ("_size", "runs")

    def __init__(self, runs: tuple[tuple[Item, ...], ...], size: int) -> None:
        self.runs = runs
        self._size = size

    def followed_by(self, item: Item) -> "Items[Item]":
        """The sequence, and that item after it."""
        return Items(_grown(self.runs, (item,), lambda one, other: one + other), self._size + 1)

    @overload
    def __getitem__(self, place: int) -> Item: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Item]: ...

    def __getitem__(self, place: int | slice) -> Item | Sequence[Item]:
        return self.runs[-1][-1] if place == -1 else tuple(self)[place]

    def __iter__(self) -> Iterator[Item]:
        return chain.from_iterable(self.runs)

    def __len__(self) -> int:
        return self._size

    def __eq__(self, other: object) -> bool:
        return isinstance(other, tuple | Items) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


class Members(Set[Key]):
    """A set in runs, which have no member in common. It is equal to a frozenset of the same members."""

    __slots__ = ("runs",)

    def __init__(self, runs: tuple[frozenset[Key], ...]) -> None:
        self.runs = runs

    def joined_by(self, member: Key) -> "Members[Key]":
        """The set, with a member that it has not."""
        return Members(_grown(self.runs, frozenset({member}), lambda one, other: one | other))

    @classmethod
    def _from_iterable(cls, it: Any) -> Any:
        return frozenset(it)  # what is made of it by `|`, `&` and `-`

    def __contains__(self, member: object) -> bool:
        return any(member in run for run in self.runs)

    def __iter__(self) -> Iterator[Key]:
        return chain.from_iterable(self.runs)

    def __len__(self) -> int:
        return sum(map(len, self.runs))

    def __hash__(self) -> int:
        return self._hash()

    def __repr__(self) -> str:
        return repr(frozenset(self))


def _grown(runs: tuple[Run, ...], one: Run, joined: Callable[[Run, Run], Run]) -> tuple[Run, ...]:
    """The runs with one entry more: in the last while that is small, else in a new one; then like ones are joined."""
    if len(runs[-1]) < SMALL:
        *before, last = runs
        before.append(joined(last, one))
    else:
        before = [*runs, one]
    while len(before) > 1 and len(before[-1]) >= max(SMALL, len(before[-2])):
        last = before.pop()
        before[-1] = joined(before[-1], last)
    return tuple(before)
