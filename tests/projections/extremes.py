"""Any event, filled with the extremes of its types: what an older version of this program may have let in."""

import types
from collections.abc import Iterator, Sequence
from datetime import date
from enum import Enum
from typing import Annotated, Any, Final, NewType, Union, get_args, get_origin

import msgspec
from hypothesis import strategies as st
from msgspec import Struct, UnsetType

from domain.event import Event, compartments
from domain.registry import EVENTS
from domain.vocabulary import FOREVER, Instant, Kind, Ref
from tests.projections.history import CENTRE, POLICE, SECOND, SOCIAL, START, named

NUMBERS: Final = (
    0,
    1,
    -1,
    START,
    START + 5 * SECOND,
    FOREVER,
    FOREVER + 1,
    -(2**53),
    -62135596800000001,
    2 * 10**18,
    2**63 - 1,
    -(2**63),
    2**63,
    2**64 - 1,
    -(2**70),
    10**30,
)
TEXTS: Final = (CENTRE, SOCIAL, POLICE, "", "\0", "half \ud800", "å" * 3, "x" * 20_000)
DAYS: Final = (date.min, date(2026, 6, 1), date(2254, 12, 31), date.max)
REFS: Final = tuple(named(word) for word in ("act 1", "act 2", "act 3", "her"))
numbers: Final[st.SearchStrategy[Instant]] = st.sampled_from(NUMBERS)


def filled(event: type[Event]) -> st.SearchStrategy[Event]:
    """That event with extremes in all its fields but the sealed ones, which no fold reads."""
    return _struct(event, compartments(event))


def _struct(struct: type[Any], left_out: Sequence[str] | dict[str, Any] = ()) -> st.SearchStrategy[Any]:
    fields = msgspec.structs.fields(struct)
    return st.builds(struct, **{field.name: _of(field.type) for field in fields if field.name not in left_out})


def _of(hint: Any) -> st.SearchStrategy[Any]:
    if isinstance(hint, NewType):
        return _of(hint.__supertype__)
    origin, given = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _of(given[0])
    if origin in (Union, types.UnionType):
        return st.one_of(*(_of(each) for each in given if each is not UnsetType))
    if origin is frozenset:
        return st.frozensets(_of(given[0]), max_size=2)
    if origin is tuple and given[-1] is Ellipsis:
        return st.lists(_of(given[0]), max_size=2).map(tuple)
    return next(_plain(hint))


def _plain(hint: type[Any]) -> Iterator[st.SearchStrategy[Any]]:
    plain = {
        bool: st.booleans(),
        int: numbers,
        str: st.sampled_from(TEXTS),
        date: st.sampled_from(DAYS),
        Ref: st.sampled_from(REFS),
        type(None): st.none(),
    }
    if hint in plain:
        yield plain[hint]
    elif issubclass(hint, Enum):
        yield st.sampled_from(list(hint))
    elif issubclass(hint, Struct):
        yield _struct(hint)
    raise NotImplementedError(hint)


OF_ACTS: Final = tuple(event for event in EVENTS.values() if not event.name.startswith("access."))


def kind_of(event: type[Event]) -> Kind:
    return Kind(event.name.partition(".")[0])
