"""Ways on for values that are beyond the bounds of their type (B7, D1, D4): a value within them is accepted."""

from datetime import date
from typing import Final

import msgspec

from domain.bounds import MOST_ITEMS
from domain.case import commands as case
from domain.command import Command
from domain.meeting import commands as meet
from domain.time import EARLIEST, TEN_YEARS
from domain.vocabulary import MeetingKind, Mode, Ref, UnitId
from hub_api.commands.handler import Circumstances
from hub_api.http.times import from_body
from hub_api.runtime.hub import Hub
from tests.hub_api.stand import ANNA, ASKS, DAY, HOUR, KIM, SARA, Girl, does
from tests.remedies.ways import Way


def _asks(remedy: str, hub: Hub, refused: Command, again: Command = ASKS) -> Way:
    return Way(remedy=remedy, refused=lambda: does(hub, KIM, refused), followed=lambda: does(hub, KIM, again))


def _about_girl(remedy: str, hub: Hub, girl: Girl, refused: Command, again: Command) -> Way:
    return Way(
        remedy=remedy,
        refused=lambda: does(hub, SARA, refused, girl.case),
        followed=lambda: does(hub, SARA, again, girl.case),
    )


def _in_meeting(remedy: str, hub: Hub, girl: Girl, refused: Command, again: Command) -> Way:
    stream: Ref = does(hub, SARA, meet.Request(meeting=MeetingKind.COORDINATION_MEETING, coordinator=ANNA.unit)).stream
    return Way(
        remedy=remedy, refused=lambda: does(hub, ANNA, refused, stream), followed=lambda: does(hub, ANNA, again, stream)
    )


def number(hub: Hub, _: Girl) -> Way:
    return _asks("give another number", hub, msgspec.structs.replace(ASKS, persons=1001))


def text(hub: Hub, _: Girl) -> Way:
    return _asks("shorten it, or write it", hub, msgspec.structs.replace(ASKS, question="x" * 20_001))


def half_a_character(hub: Hub, _: Girl) -> Way:
    return _asks("take that character out", hub, msgspec.structs.replace(ASKS, question="\ud800"))


def form(hub: Hub, _: Girl) -> Way:
    return _asks("look its form up in the reference", hub, msgspec.structs.replace(ASKS, county="5"))


def named_at_once(hub: Hub, girl: Girl) -> Way:
    many = frozenset(UnitId(f"unit-{number}") for number in range(MOST_ITEMS + 1))
    called = meet.CallNow(mode=Mode.TELEPHONE, units=frozenset({SARA.unit}))
    return _in_meeting("name fewer, or more", hub, girl, msgspec.structs.replace(called, units=many), called)


def time(hub: Hub, girl: Girl) -> Way:
    def happened(at: int) -> object:
        return hub.commander.handle_now(KIM, ASKS, None, Circumstances(happened=at))

    return Way(remedy="give another time", refused=lambda: happened(EARLIEST - 1), followed=lambda: happened(EARLIEST))


def written_time(_: Hub, __: Girl) -> Way:
    remedy = "write it as 2026-03-02T09:30:00+01:00"
    return Way(
        remedy=remedy,
        refused=lambda: from_body("2026-03-02", "act.happened"),
        followed=lambda: from_body(remedy.removeprefix("write it as "), "act.happened"),
    )


def day(hub: Hub, girl: Girl) -> Way:
    assessed = case.WriteNote(person=girl.person, purge_on=date(2026, 12, 1), text="Ring.")
    beyond = msgspec.structs.replace(assessed, purge_on=date(2200, 1, 1))
    return _about_girl("give another day", hub, girl, beyond, assessed)


def planned(hub: Hub, girl: Girl) -> Way:
    soon = hub.clock.now() + DAY
    schedule = meet.Schedule(mode=Mode.VIDEO, start=soon, end=soon + HOUR)
    late = msgspec.structs.replace(schedule, start=soon + TEN_YEARS, end=soon + TEN_YEARS + HOUR)
    return _in_meeting("give an earlier time", hub, girl, late, schedule)


def within_a_day(hub: Hub, girl: Girl) -> Way:
    soon = hub.clock.now() + DAY
    schedule = meet.Schedule(mode=Mode.VIDEO, start=soon, end=soon + HOUR)
    long = msgspec.structs.replace(schedule, end=soon + DAY + 1)
    return _in_meeting("give an earlier end", hub, girl, long, schedule)


WAYS: Final = (
    number,
    text,
    half_a_character,
    form,
    named_at_once,
    time,
    written_time,
    day,
    planned,
    within_a_day,
)
