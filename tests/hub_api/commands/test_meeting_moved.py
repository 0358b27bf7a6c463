"""A moved meeting in a hub: the inbox and the board of who comes say that an answer is waited for."""

from adapters.system import SeededClock
from domain.act import Principal
from domain.meeting import commands as meet
from domain.vocabulary import Because, Kind, MeetingKind, Mode, Ref, Role
from hub_api.http.api.matter_bodies import more_of_meeting
from hub_api.runtime.hub import Hub
from hub_api.wording.language import Language
from tests.hub_api.stand import ANNA, HOUR, KIM, PIA, Girl, does

ACCEPT = meet.AcceptInvitation(role=Role.HANDLER)


def at(hub: Hub, hours: int) -> meet.Schedule:
    assert isinstance(hub.clock, SeededClock)
    start = hub.clock.now() + hours * HOUR
    return meet.Schedule(mode=Mode.VIDEO, start=start, end=start + HOUR)


def called(hub: Hub) -> Ref:
    """A meeting to which the Police come, and to which health care has not answered."""
    stream = does(hub, ANNA, meet.Request(meeting=MeetingKind.COORDINATION_MEETING)).stream
    does(hub, ANNA, at(hub, 48), stream)
    does(hub, ANNA, meet.Invite(units=frozenset({PIA.unit, KIM.unit})), stream)
    does(hub, PIA, ACCEPT, stream)
    return stream


def waiting(hub: Hub, who: Principal) -> list[str]:
    """What waits in the inbox of who."""
    page = hub.gateway.page_now(who, "inbox", what="inbox")
    return [item.what for seen in page.items for item in seen.inbox]


def asked(hub: Hub, who: Principal) -> set[str]:
    """Of whom an answer to an invitation is waited for, on the board of who."""
    board = hub.gateway.board_now(who)
    return {wait.on for seen in board.items for wait in seen.waits if wait.what == "invitation"}


def test_d4_who_comes_finds_a_moved_meeting_in_the_inbox_and_on_the_board_until_they_answer(hub: Hub) -> None:
    stream = called(hub)
    assert (waiting(hub, PIA), waiting(hub, KIM)) == ([], ["invitation"])
    does(hub, ANNA, at(hub, 72), stream)
    assert (waiting(hub, PIA), waiting(hub, KIM)) == (["meeting_moved"], ["invitation"])
    assert asked(hub, PIA) == {PIA.unit}
    assert asked(hub, KIM) == {KIM.unit}
    assert asked(hub, ANNA) == {PIA.unit, KIM.unit}
    does(hub, ANNA, at(hub, 96), stream)
    assert waiting(hub, PIA) == ["meeting_moved"], "one thing to do, however often it was moved"
    does(hub, PIA, ACCEPT, stream)
    assert (waiting(hub, PIA), asked(hub, PIA)) == ([], set())
    assert asked(hub, ANNA) == {KIM.unit}


def test_d4_a_meeting_that_is_called_off_or_held_asks_nobody_any_more(hub: Hub, girl: Girl) -> None:
    one, other = called(hub), called(hub)
    for stream in (one, other):
        does(hub, ANNA, at(hub, 72), stream)
    assert waiting(hub, PIA) == ["meeting_moved", "meeting_moved"]
    does(hub, ANNA, meet.Cancel(), one)
    present = (meet.Present(unit=ANNA.unit, role=Role.COORDINATOR),)
    held = meet.Hold(mode=Mode.VIDEO, start=hub.clock.now(), attended=present, confidentiality=True)
    does(hub, ANNA, held, other, because=Because.URGENT)
    assert (waiting(hub, PIA), asked(hub, PIA), asked(hub, ANNA)) == ([], set(), set())


def test_r2_the_meeting_tells_each_what_it_answered_before(hub: Hub) -> None:
    stream = called(hub)
    does(hub, ANNA, at(hub, 72), stream)
    told = {who.person: _invited(hub, who, stream) for who in (ANNA, PIA, KIM)}
    assert told == {
        ANNA.person: {PIA.unit: (None, "accepted"), KIM.unit: (None, None)},
        PIA.person: {PIA.unit: (None, "accepted")},
        KIM.person: {KIM.unit: (None, None)},
    }
    does(hub, PIA, ACCEPT, stream)
    assert _invited(hub, PIA, stream) == {PIA.unit: ("accepted", None)}


def _invited(hub: Hub, who: Principal, stream: Ref) -> dict[str, tuple[str | None, str | None]]:
    seen = hub.gateway.look_now(who, Kind.MEETING, stream, what="meeting")
    found = more_of_meeting(seen, Language.EN)["invited"]
    return {each.unit: (each.reply or None, each.before or None) for each in found}
