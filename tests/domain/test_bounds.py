"""Bounds: how large, long and far away each value of a command may be, read from its type."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import msgspec
import msgspec.inspect as types
import pytest
from hypothesis import find, settings
from msgspec import Struct

from domain.aggregates import COMMANDS
from domain.agreement.commands import Conclude
from domain.bounds import LONGEST_IDENTIFIER, MOST_ITEMS, is_time, refuse_out_of_bounds
from domain.case import commands as case
from domain.command import Command
from domain.consultation import commands as consult
from domain.errors import OutOfBounds
from domain.meeting import commands as meet
from domain.referral.commands import Redirect
from domain.report.commands import Make
from domain.time import DAY, EARLIEST, LATEST, TEN_YEARS, day_of, parse_instant
from domain.vocabulary import (
    FOREVER,
    About,
    CallerCategory,
    InformedOf,
    Instant,
    MeetingKind,
    Mode,
    Purpose,
    Ref,
    Role,
    UnitId,
)
from tests.domain.stories import CARE, CENTRE, CONCLUDED, NOW, POLICE, SOCIAL, by, given, ref
from tests.properties.asking import ASKED

HOUR: Final = 3_600_000_000
ASKS: Final = consult.Request(
    asked_of=CENTRE,
    reference="",
    caller=CallerCategory.SCHOOL,
    about=About.ONE,
    persons=1,
    told=InformedOf.TOLD,
)


def beyond(command: Struct) -> str:
    """The field of a command that is out of bounds; "" if none is."""
    try:
        refuse_out_of_bounds(command, NOW)
    except OutOfBounds as found:
        return found.field
    return ""


def due(at: Instant) -> meet.DivideWork:
    return meet.DivideWork(unit=POLICE, due=at, what="Bedöm risken.")


@pytest.mark.parametrize("at", [EARLIEST, LATEST, 0, NOW])
def test_d1_a_time_lies_between_1900_and_2200(at: Instant) -> None:
    held = meet.Hold(mode=Mode.VIDEO, start=at, attended=(), confidentiality=True)
    assert beyond(msgspec.structs.replace(held, attended=(meet.Present(unit=CARE, role=Role.HANDLER),))) == ""


@pytest.mark.parametrize(
    "at", [EARLIEST - 1, LATEST + 1, -62_135_596_800_000_001, 2 * 10**18, 2**63, -(2**63), 10**40, FOREVER, 1.5, "1"]
)
def test_d1_no_time_lies_elsewhere_and_no_end_is_no_time(at: Any) -> None:
    assert beyond(due(at)) == "due"
    assert beyond(meet.Hold(mode=Mode.VIDEO, start=at, attended=(), confidentiality=True)) == "start"


def test_d1_what_is_planned_lies_within_ten_years() -> None:
    assert beyond(due(NOW + TEN_YEARS)) == ""
    assert beyond(due(NOW + TEN_YEARS + 1)) == "due"
    assert beyond(meet.Schedule(mode=Mode.VIDEO, start=NOW, end=NOW + TEN_YEARS + 1)) == "end"
    last = day_of(NOW + TEN_YEARS)
    assert beyond(case.WriteNote(purge_on=last, text="x")) == ""
    assert beyond(case.WriteNote(purge_on=date(last.year + 1, 1, 1), text="x")) == "purge_on"


@pytest.mark.parametrize("day", [date.min, date.max, date(1899, 12, 31), date(2200, 1, 1)])
def test_d1_a_day_lies_between_1900_and_2200(day: date) -> None:
    agreed = case.Assign(person=ref(1), unit=CARE, role=Role.HANDLER, purpose=Purpose.CARE, last=day)
    assert beyond(agreed) == "last"
    assert beyond(msgspec.structs.replace(agreed, first=date(1900, 1, 1), last=date(2199, 12, 31))) == ""


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [(1, 2, ""), (1, 25, ""), (2, 2, "end"), (2, 1, "end"), (1, 26, "end")],
)
def test_d4_a_meeting_ends_after_it_begins_and_within_a_day(start: int, end: int, field: str) -> None:
    story = given(
        (meet.Request(meeting=MeetingKind.COORDINATION_MEETING, coordinator=CENTRE), by(SOCIAL)),
        (meet.Invite(unit=POLICE), by(CENTRE)),
    )
    planned = meet.Schedule(mode=Mode.VIDEO, start=NOW + start * HOUR, end=NOW + end * HOUR)
    attended = tuple(meet.Present(unit=unit, role=Role.HANDLER) for unit in (SOCIAL, POLICE))
    held = meet.Hold(
        mode=Mode.VIDEO,
        start=NOW + (start - 30) * HOUR,
        end=NOW + (end - 30) * HOUR,
        attended=attended,
        confidentiality=True,
    )
    for command in (planned, held):
        if field:
            with pytest.raises(OutOfBounds, match="D4") as told:
                story.when(command, by(CENTRE))
            assert told.value.field == field
        else:
            assert story.when(command, by(CENTRE))


def test_b7_an_identifier_has_something_in_it_and_an_end() -> None:
    assert beyond(Redirect(to=UnitId("x" * LONGEST_IDENTIFIER))) == ""
    for unit in ("", "x" * (LONGEST_IDENTIFIER + 1), "x\0", "x\ud800", 7, None):
        assert beyond(Redirect(to=UnitId(unit))) == "to"  # type: ignore[arg-type]


def test_b7_a_text_is_whole_and_of_bounded_length() -> None:
    for text in ("", "x" * 20_001, "\0", "x\udfff"):
        assert beyond(Make(receiver=SOCIAL, social=text)) == "social"
    assert beyond(Make(receiver=SOCIAL, social="x" * 20_000)) == ""
    assert beyond(Make(receiver=SOCIAL)) == ""


def test_b7_a_form_is_held_to_its_last_sign() -> None:
    assert beyond(msgspec.structs.replace(ASKS, county="05")) == ""
    for county in ("05\n", "5", "", "0580", "٠٥"):
        assert beyond(msgspec.structs.replace(ASKS, county=county)) == "county"


def test_b7_a_count_lies_within_its_type() -> None:
    for persons in (-1, 1001, 2**63, True, 1.0):
        assert beyond(msgspec.structs.replace(ASKS, persons=persons)) == "persons"


def test_b7_no_more_is_named_at_once_than_a_county_has() -> None:
    units = frozenset(UnitId(f"unit-{number}") for number in range(MOST_ITEMS + 1))
    assert beyond(meet.CallNow(mode=Mode.CHAT, units=units)) == "units"
    assert beyond(meet.CallNow(mode=Mode.CHAT, units=frozenset(list(units)[1:]))) == ""
    assert beyond(meet.WriteMinutes(to=frozenset(), summary="x")) == "to"
    assert beyond(meet.WriteMinutes(to=frozenset({UnitId("")}), summary="x")) == "to[…]"


def test_b7_what_stands_within_another_value_is_named_with_its_place() -> None:
    party = msgspec.structs.replace(CONCLUDED.parties[1], name="x" * 121)
    concluded = Conclude(
        title="Samverkan",
        county="05",
        catchment=frozenset({"0580"}),
        parties=(CONCLUDED.parties[0], party),
        responsible_body=CONCLUDED.responsible_body,
        first=CONCLUDED.first,
    )
    assert beyond(concluded) == "parties[1].name"
    present = meet.Present(unit=CARE, role=Role.HANDLER, mandate="No mandate")
    assert (
        beyond(meet.Hold(mode=Mode.CHAT, start=NOW, attended=(present,), confidentiality=True)) == "attended[0].mandate"
    )


def test_the_scheduler_may_send_whatever_end_the_log_holds() -> None:
    for boundary in (FOREVER, -62_135_596_800_000_001):
        assert beyond(case.Expire(grant=ref(1), boundary=boundary)) == ""
    assert beyond(case.Expire(grant=ref(1), boundary=2**63)) == "boundary"


def test_what_the_hub_fills_in_is_not_held_to_what_a_sender_may_send() -> None:
    keys = tuple(Ref(f"{number:032x}") for number in range(MOST_ITEMS + 1))
    assert beyond(consult.Dispose(keys=keys)) == ""
    assert beyond(ASKS) == ""


def leaves(kind: types.Type) -> Iterator[types.Type]:
    """What a type is made of in the end."""
    match kind:
        case types.Metadata(type=inner):
            yield from leaves(inner)
        case types.UnionType(types=options):
            for option in options:
                yield from leaves(option)
        case types.VarTupleType(item_type=inner) | types.FrozenSetType(item_type=inner):
            yield kind
            yield from leaves(inner)
        case types.StructType(fields=fields):
            for field in fields:
                yield from leaves(field.type)
        case _:
            yield kind


SENT: Final = tuple(
    pytest.param(command, field, id=f"{command.name}.{field.name}")
    for command in COMMANDS.values()
    for field in msgspec.structs.fields(command)
    if field.name not in command.hub_fills
)


@pytest.mark.parametrize(("command", "field"), SENT)
def test_every_value_of_every_command_has_bounds(command: type[Command], field: msgspec.structs.FieldInfo) -> None:
    """A new field has them by its type, and one whose type has none here cannot be declared."""
    found = types.type_info(field.type)
    extreme: dict[type[types.Type], object] = {
        types.IntType: 2**63,
        types.StrType: "x" * 1_000_000,
        types.DateType: date.max,
        types.VarTupleType: (None,) * (MOST_ITEMS + 1),
        types.FrozenSetType: frozenset(range(MOST_ITEMS + 1)),
    }
    outermost = next(leaves(found))
    if type(outermost) in extreme:
        changed = msgspec.structs.replace(_any(command), **{field.name: extreme[type(outermost)]})
        assert beyond(changed) == field.name


def _any(command: type[Command]) -> Command:
    """Some command of that kind whose other values are within bounds."""
    return find(ASKED[command], lambda made: not beyond(made), settings=settings(database=None, derandomize=True))


def test_every_time_of_every_command_is_declared_as_one() -> None:
    named = {
        f"{command.name}.{field.name}"
        for command in COMMANDS.values()
        for field in msgspec.structs.fields(command)
        if is_time(field.type)
    }
    assert named == {
        "case.expire.boundary",
        "meeting.schedule.start",
        "meeting.schedule.end",
        "meeting.hold.start",
        "meeting.hold.end",
        "meeting.divide_work.due",
    }


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-14:00",
        "1899-12-31T23:59:59Z",
        "2200-01-01T00:00:01Z",
        "20260302T090000Z",
        "2026-03-02T09:00:00",
        "2026-W10-1T09:00:00Z",
        "",
        "x" * 100_000,
    ],
)
def test_a_written_time_is_rfc_3339_and_lies_between_1900_and_2200(text: str) -> None:
    with pytest.raises(ValueError, match="a time"):
        parse_instant(text)


def test_a_written_time_reaches_to_both_ends() -> None:
    assert parse_instant("1900-01-01T00:00:00Z") == EARLIEST
    assert parse_instant("2200-01-01T00:00:00Z") == LATEST
    assert parse_instant("2026-03-02 09:00:00+01:00") == NOW
    assert DAY == 24 * HOUR
