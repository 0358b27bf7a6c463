"""Collections grow without being copied, and no aggregate is folded by copying what it holds at each act."""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date, timedelta
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Final, NewType, Union, get_args, get_origin

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct, UnsetType

from domain.act import Fact
from domain.aggregates import AGGREGATES
from domain.event import Event
from domain.growing import Entries, Items, Members, plain, with_entry, with_item, with_member
from domain.vocabulary import Kind, Ref, UnitId
from tests.domain.stories import by, events_of, fact_of, ref

keys: Final = st.integers(0, 60)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(keys, st.integers()), max_size=150))
def test_what_grew_holds_what_a_plain_collection_would_and_stays_as_it_was(steps: list[tuple[int, int]]) -> None:
    entries: Mapping[int, int] = {}
    items: Sequence[int] = ()
    members: Set[int] = frozenset()
    held = []
    for number, (key, value) in enumerate(steps):
        entries, items, members = with_entry(entries, key, value), with_item(items, value), with_member(members, key)
        held.append((entries, items, members))
        if number % 7 and number < len(steps) - 1:
            continue
        for count, (was, sequence, of) in enumerate(held, start=1):
            known = dict(steps[:count])
            assert list(was.items()) == list(known.items())
            assert (list(was), list(was.values()), len(was)) == (list(known), list(known.values()), len(known))
            assert all(was[each] == known[each] and each in was for each in known)
            assert was.get(99) is None
            assert sequence == tuple(value for _, value in steps[:count])
            assert (sequence[-1], sequence[0], len(sequence)) == (steps[count - 1][1], steps[0][1], count)
            assert of == frozenset(known)
            assert (len(of), all(each in of for each in known), 99 in of) == (len(known), True, False)


def test_a_large_collection_is_equal_to_a_plain_one_and_is_written_out_as_one() -> None:
    entries: Mapping[int, int] = {}
    items: Sequence[int] = ()
    members: Set[int] = frozenset()
    for number in range(100):
        entries = with_entry(entries, number, -number)
        items = with_item(items, number)
        members = with_member(members, number)
    assert isinstance(entries, Entries)
    assert isinstance(items, Items)
    assert isinstance(members, Members)
    alike: tuple[object, ...] = ({n: -n for n in range(100)}, tuple(range(100)), frozenset(range(100)))
    assert (entries, items, members) == alike
    assert hash(items) == hash(tuple(items))
    assert members | {100} == frozenset(range(101))
    assert members - {0} == frozenset(range(1, 100))
    assert [type(plain(each)) for each in (entries, items, members, "else")] == [dict, tuple, frozenset, str]
    assert len(entries.runs) < 8


# No fold copies what it holds.

ACTS: Final = 400


def like(hint: Any, number: int) -> Any:
    """A value of that type; of identifiers, numbers and texts another one for each number."""
    if isinstance(hint, NewType):
        return like(hint.__supertype__, number)
    origin, given = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return like(given[0], number)
    if origin in (Union, UnionType):
        return like(next(each for each in given if each not in (UnsetType, type(None))), number)
    if origin in (tuple, frozenset):
        return origin((like(given[0], number),))
    return next(_plain(hint, number))


def _plain(hint: type[Any], number: int) -> Iterator[Any]:
    made = {bool: True, int: number, str: f"unit {number}", date: date(2026, 1, 1) + timedelta(days=number)}
    made[Ref] = ref(10_000 + number)
    if hint in made:
        yield made[hint]
    elif issubclass(hint, Enum):
        yield next(iter(hint))
    elif issubclass(hint, Struct):
        yield _filled(hint, number)


def _filled(struct: type[Any], number: int) -> Any:
    return struct(**{field.name: like(field.type, number) for field in msgspec.structs.fields(struct)})


def history(event: type[Event], same_person: bool) -> list[Fact]:
    """The same event over and over, each by another unit; about one person, or each about another."""
    facts = []
    for number in range(ACTS):
        made = _filled(event, number)
        if same_person and "person" in made.__struct_fields__:
            made = msgspec.structs.replace(made, person=ref(1))
        facts.append(fact_of(by(UnitId(f"unit {number}"), id=ref(10_000 + number)), made, number + 1))
    return facts


def put_anew(value: Any, met: dict[int, Any]) -> int:
    """How many entries lie in collections that are met for the first time; what is met is kept, so that its identity is
    no other's later."""
    if isinstance(value, Struct):
        return sum(put_anew(getattr(value, name), met) for name in value.__struct_fields__)
    if isinstance(value, Entries | Items | Members):
        return sum(put_anew(run, met) for run in value.runs)
    if not isinstance(value, dict | tuple | frozenset) or id(value) in met:
        return 0
    met[id(value)] = value
    inner = [each for each in (value.values() if isinstance(value, dict) else value) if id(each) not in met]
    met.update((id(each), each) for each in inner)
    return len(value) + sum(put_anew(each, met) for each in inner)


def copied(kind: Kind, facts: list[Fact]) -> int:
    """How many entries were put into new collections over the whole history."""
    state, met = AGGREGATES[kind].initial, dict[int, Any]()
    count = 0
    for fact in facts:
        state = AGGREGATES[kind].evolve(state, fact)
        count += put_anew(state, met)
    return count


@pytest.mark.parametrize("same_person", [True, False])
@pytest.mark.parametrize(
    ("kind", "event"), [(kind, event) for kind in AGGREGATES for event in events_of([kind])], ids=str
)
def test_a_fold_copies_few_entries_however_many_there_are(kind: Kind, event: type[Event], same_person: bool) -> None:
    count = copied(kind, history(event, same_person))
    assert count < ACTS * 64, "copied whole at each act it would be some ACTS² / 2"
