"""How large, long and far away the values of a command may be: one bound for each type, in one place for every way in.

What is recorded stays readable whatever the bounds are, so they belong to what is asked for, never to an event. A type
may say narrower ones (`Meta`); one that says nothing has those below. Whether a code, an identifier or a day is right
for what is asked is for the rules.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Final, TypeAlias

import msgspec.inspect as types
from msgspec import UNSET, Meta, Struct

from domain.command import Command
from domain.errors import OutOfBounds
from domain.text import holds_half_a_character, holds_nul, matches
from domain.time import EARLIEST, FIRST_DAY, LAST_DAY, LATEST, TEN_YEARS, day_of
from domain.vocabulary import Instant

LONGEST_IDENTIFIER: Final = 200
"""Characters in a text whose type says nothing: the identifier of a unit, a member of staff, a ground."""
MOST_ITEMS: Final = 500
"""Entries in a list or a set: a county has some hundred authorities, a meeting some ten units."""
MOST: Final = 1_000_000
"""A count or a number of hours."""


class Far(StrEnum):
    """How far away a time or a day may be."""

    ANY = "any"
    """Between 1900 and 2200."""
    PLANNED = "planned"
    """And at most ten years ahead."""
    BOUNDARY = "boundary"
    """An end that was reckoned before, or none: what the scheduler reads from the log was accepted then."""


def _instant(far: Far, description: str) -> Meta:
    limits = {"minimum": EARLIEST, "maximum": LATEST}
    return Meta(description=description, extra_json_schema=limits, extra={"far": far})


def _day(far: Far, description: str) -> Meta:
    limits = {"formatMinimum": FIRST_DAY.isoformat(), "formatMaximum": LAST_DAY.isoformat()}
    return Meta(description=description, extra_json_schema=limits, extra={"far": far})


Moment: TypeAlias = Annotated[Instant, _instant(Far.ANY, "A time between 1900 and 2200.")]
"""A time of a command."""
PlannedMoment: TypeAlias = Annotated[Instant, _instant(Far.PLANNED, "A time that is planned, within ten years.")]
"""A time that is to come."""
Boundary: TypeAlias = Annotated[Instant, Meta(extra={"far": Far.BOUNDARY})]
"""The end of a period, as the scheduler has it from the log; `FOREVER` is none."""
Day: TypeAlias = Annotated[date, _day(Far.ANY, "A day between 1900 and 2200.")]
"""A day of a command."""
PlannedDay: TypeAlias = Annotated[date, _day(Far.PLANNED, "A day that is planned, within ten years.")]
"""A day that is to come."""


class Value(Struct, frozen=True):
    """A value of a command, where it stands, and when it is judged."""

    value: Any
    field: str
    now: Instant


Check: TypeAlias = Callable[[Value], None]


def refuse_out_of_bounds(asked: Struct, now: Instant, within: str = "") -> None:
    """Raise `OutOfBounds` for the first value of a command, or of what is said beside it, that is too large, too long
    or too far away. It depends on nothing but what was sent, so it is asked before anything is looked at (F)."""
    made_by_the_hub = asked.hub_fills if isinstance(asked, Command) else frozenset()
    for name, check in _checks(type(asked)):
        if name not in made_by_the_hub:
            check(Value(getattr(asked, name), within + name, now))


def is_time(hint: Any) -> bool:
    """Whether what is declared so is a time, in microseconds."""
    return _is_time(types.type_info(hint), marked=False)


def _is_time(kind: types.Type, *, marked: bool) -> bool:
    match kind:
        case types.Metadata(type=inner, extra=extra):
            return _is_time(inner, marked=marked or "far" in (extra or {}))
        case types.UnionType(types=options):
            return any(_is_time(option, marked=marked) for option in options)
    return marked and isinstance(kind, types.IntType)


@cache
def _checks(kind: type[Struct]) -> tuple[tuple[str, Check], ...]:
    """The fields of a struct that have bounds, with what holds each to them."""
    described = types.type_info(kind)
    assert isinstance(described, types.StructType)  # noqa: S101 - for the type checker: a struct is described as one
    found = ((field.name, _check(field.type)) for field in described.fields)
    return tuple((name, check) for name, check in found if check is not None)


def _check(kind: types.Type, far: Far | None = None) -> Check | None:
    """What holds a value of that type to its bounds; None where every value of the type is within them."""
    match kind:
        case types.Metadata(type=inner, extra=extra):
            return _check(inner, (extra or {}).get("far", far))
        case types.UnionType(types=options):
            return _one_of(_check(option, far) for option in options)
        case types.IntType():
            return _numbers(kind) if far is None else _instants(far)
        case types.DateType():
            return _days(far)
        case types.StrType():
            return _texts(kind)
        case types.VarTupleType() | types.FrozenSetType() | types.ListType() | types.SetType():
            return _collections(kind)
        case types.StructType(cls=cls):
            return _nested(cls)
        case types.BoolType() | types.EnumType() | types.LiteralType() | types.NoneType() | types.CustomType():
            return None
    raise TypeError(f"{kind} has no bounds here: say in domain/bounds.py how large its values may be")


def _one_of(checks: Iterable[Check | None]) -> Check | None:
    """Nothing to hold where nothing is said; a command's unions are of one type and of nothing."""
    held = [check for check in checks if check is not None]
    if not held:
        return None

    def check(given: Value) -> None:
        if given.value is not None and given.value is not UNSET:
            held[0](given)

    return check


def _instants(far: Far) -> Check:
    least, most = (-(2**63), 2**63 - 1) if far is Far.BOUNDARY else (EARLIEST, LATEST)

    def check(given: Value) -> None:
        if type(given.value) is not int or not least <= given.value <= most:
            raise OutOfBounds("D1", "a time lies between 1900 and 2200", remedy="give another time", field=given.field)
        if far is Far.PLANNED and given.value > given.now + TEN_YEARS:
            raise _beyond_ten_years(given)

    return check


def _days(far: Far | None) -> Check:
    def check(given: Value) -> None:
        if type(given.value) is not date or not FIRST_DAY <= given.value <= LAST_DAY:
            raise OutOfBounds("D1", "a day lies between 1900 and 2200", remedy="give another day", field=given.field)
        if far is Far.PLANNED and given.value > day_of(given.now + TEN_YEARS):
            raise _beyond_ten_years(given)

    return check


def _beyond_ten_years(given: Value) -> OutOfBounds:
    return OutOfBounds("D1", "what is planned lies within ten years", remedy="give an earlier time", field=given.field)


def _numbers(kind: types.IntType) -> Check:
    above = 0 if kind.gt is None else int(kind.gt) + 1
    least = above if kind.ge is None else int(kind.ge)
    below = MOST if kind.lt is None else int(kind.lt) - 1
    most = below if kind.le is None else int(kind.le)

    def check(given: Value) -> None:
        if type(given.value) is not int or not least <= given.value <= most:
            raise OutOfBounds(
                "B7", f"a number lies from {least} to {most}", remedy="give another number", field=given.field
            )

    return check


def _texts(kind: types.StrType) -> Check:
    pattern = kind.pattern
    says_nothing = pattern is None and kind.max_length is None
    least = (1 if says_nothing else 0) if kind.min_length is None else kind.min_length
    most = LONGEST_IDENTIFIER if kind.max_length is None else kind.max_length

    def check(given: Value) -> None:
        text = given.value
        if not isinstance(text, str) or not least <= len(text) <= most:
            raise OutOfBounds(
                "B7",
                f"a text has from {least} to {most} characters",
                remedy="shorten it, or write it",
                field=given.field,
            )
        if holds_nul(text):
            raise OutOfBounds(
                "B7",
                "a text holds a character that stands for nothing, with the number 0",
                remedy="take that character out",
                field=given.field,
            )
        if holds_half_a_character(text):
            raise OutOfBounds(
                "B7", "a text holds one half of a character", remedy="take that character out", field=given.field
            )
        if pattern is not None and not matches(pattern, text):
            raise OutOfBounds(
                "B7",
                "it is of no form that is known here",
                remedy="look its form up in the reference",
                field=given.field,
            )

    return check


def _collections(kind: types.VarTupleType | types.FrozenSetType | types.ListType | types.SetType) -> Check:
    least = kind.min_length or 0
    most = MOST_ITEMS if kind.max_length is None else kind.max_length
    each = _check(kind.item_type)

    def check(given: Value) -> None:
        if not least <= len(given.value) <= most:
            raise OutOfBounds(
                "B7", f"from {least} to {most} are named at once", remedy="name fewer, or more", field=given.field
            )
        if each is not None:
            for number, value in _numbered(given.value):
                each(Value(value, f"{given.field}[{number}]", given.now))

    return check


def _numbered(values: Iterable[Any]) -> Iterator[tuple[int | str, Any]]:
    """The entries of a list with their places; of a set, which has none, without."""
    if isinstance(values, (frozenset, set)):
        return (("…", value) for value in values)
    return iter(enumerate(values))


def _nested(kind: type[Struct]) -> Check:
    def check(given: Value) -> None:
        for name, held in _checks(kind):
            held(Value(getattr(given.value, name), f"{given.field}.{name}", given.now))

    return check
