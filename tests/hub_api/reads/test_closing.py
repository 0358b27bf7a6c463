"""Before a case is closed the hub lists what is open in what belongs to it, as far as the sender may know, and asks."""

import pytest

from domain.act import Principal
from domain.case import commands as case
from domain.case.places import RecordOutcome
from domain.errors import Caution, NotThere
from domain.meeting import commands as meet
from domain.referral import commands as refer
from domain.vocabulary import Because, Kind, MeetingKind, Mode, Outcome, Protected, Ref
from domain.waiting import WaitsFor
from hub_api.runtime.hub import Hub
from tests.hub_api.stand import (
    ANNA,
    DAY,
    HOUR,
    PIA,
    RELATED,
    SARA,
    TOMORROW,
    Girl,
    disclosed,
    does,
    last_look,
    later,
    let_in,
)

CLOSE = case.Close(outcome=Outcome.PROTECTED)


@pytest.fixture
def ready(hub: Hub, girl: Girl) -> Girl:
    """A case that could be closed, but for what belongs to it."""
    does(hub, SARA, RecordOutcome(person=girl.person, protected=Protected.YES), girl.case)
    return girl


def meeting(hub: Hub, girl: Girl) -> Ref:
    request = meet.Request(meeting=MeetingKind.COORDINATION_MEETING, case=girl.case, coordinator=ANNA.unit)
    return does(hub, SARA, request).stream


def scheduled(hub: Hub, girl: Girl) -> Ref:
    stream = meeting(hub, girl)
    start = hub.core.now() + DAY
    does(hub, ANNA, meet.Schedule(mode=Mode.VIDEO, start=start, end=start + HOUR), stream)
    return stream


def referral(hub: Hub, girl: Girl) -> Ref:
    stream = does(
        hub,
        SARA,
        refer.Propose(
            receiver=PIA.unit, purpose=PIA.purpose, case=girl.case, person=girl.person, reference="", coordinator=None
        ),
    ).stream
    does(hub, SARA, refer.Send(identity="Exempla", contact="By text."), stream, ground="osl-10-2")
    return stream


def lists(hub: Hub, who: Principal, girl: Girl) -> list[tuple[Kind, Ref, WaitsFor]]:
    return [
        (each.seen.kind, each.seen.stream, each.wait.what) for each in hub.gateway.closing_now(who, girl.case).items
    ]


def test_d4_a_meeting_that_is_scheduled_is_listed_and_asked_about_before_its_time_and_after(
    hub: Hub, ready: Girl
) -> None:
    stream = scheduled(hub, ready)
    for wait in (0, 2 * DAY):
        later(hub, wait)
        assert lists(hub, ANNA, ready) == [(Kind.MEETING, stream, "meeting_held")]
        with pytest.raises(Caution, match="D2: what belongs to the case is still open: meeting_held"):
            does(hub, ANNA, CLOSE, ready.case)
    does(hub, ANNA, CLOSE, ready.case, because=Because.DONE_ELSEWHERE)


def test_d4_invitations_and_tasks_and_a_meeting_without_a_time_are_listed(hub: Hub, ready: Girl) -> None:
    stream = meeting(hub, ready)
    does(hub, ANNA, meet.Invite(unit=PIA.unit), stream)
    assert lists(hub, ANNA, ready) == [(Kind.MEETING, stream, "meeting_time"), (Kind.MEETING, stream, "invitation")]
    begun = hub.core.now()
    later(hub, HOUR)
    present = tuple(meet.Present(unit=who.unit, role=who.role) for who in (ANNA, SARA, PIA))
    does(hub, ANNA, meet.Hold(mode=Mode.VIDEO, start=begun, attended=present, confidentiality=True), stream)
    assert lists(hub, ANNA, ready) == []
    does(hub, ANNA, meet.DivideWork(unit=SARA.unit, what="Call."), stream)
    assert lists(hub, ANNA, ready) == [(Kind.MEETING, stream, "task")]


def test_d2_a_referral_that_was_sent_is_listed_until_it_is_done(hub: Hub, ready: Girl) -> None:
    stream = referral(hub, ready)
    assert lists(hub, SARA, ready) == [(Kind.REFERRAL, stream, "referral_received")]
    does(hub, SARA, refer.Withdraw(), stream)
    assert lists(hub, SARA, ready) == []
    does(hub, SARA, CLOSE, ready.case)


def test_f_what_the_sender_may_not_know_of_is_neither_listed_nor_asked_about(hub: Hub, ready: Girl) -> None:
    """C9: who is kept from the meeting closes the case as if there were none."""
    stream = scheduled(hub, ready)
    assert lists(hub, SARA, ready) == [(Kind.MEETING, stream, "meeting_held")]
    does(hub, ANNA, meet.BlockStaff(staff=RELATED.person), stream)
    assert lists(hub, RELATED, ready) == []
    does(hub, RELATED, CLOSE, ready.case)


def test_r2_who_is_only_invited_is_not_told_that_the_meeting_is_of_this_case(hub: Hub, ready: Girl) -> None:
    let_in(hub, ready, PIA)
    stream = scheduled(hub, ready)
    does(hub, ANNA, meet.Invite(unit=PIA.unit), stream)
    hub.gateway.look_now(PIA, Kind.MEETING, stream, what="meeting")
    assert lists(hub, PIA, ready) == []


def test_another_cases_matters_are_not_listed(hub: Hub, ready: Girl) -> None:
    other = Girl(hub)
    scheduled(hub, other)
    assert lists(hub, ANNA, ready) == []


def test_the_view_before_closing_is_on_the_trail_about_the_case_with_what_it_showed(hub: Hub, ready: Girl) -> None:
    stream = scheduled(hub, ready)
    hub.gateway.closing_now(ANNA, ready.case)
    look = last_look(hub)
    assert [seen.stream for seen in look.seen] == [ready.case, stream]
    assert (look.what, look.about()) == ("closing preview", ready.case)


def test_f_the_view_before_closing_of_a_hidden_case_is_that_of_none(hub: Hub, ready: Girl) -> None:
    does(hub, SARA, case.BlockStaff(staff=RELATED.person), ready.case)
    for who, matter in ((RELATED, ready.case), (PIA, ready.case), (SARA, Ref("ab" * 16))):
        with pytest.raises(NotThere):
            hub.gateway.closing_now(who, matter)
        assert last_look(hub).denied == (matter,)


def test_c12_the_wait_for_a_safe_way_of_contact_stays_in_view_after_closing(hub: Hub, ready: Girl) -> None:
    disclosed(hub, ready, PIA, TOMORROW)
    does(hub, ANNA, CLOSE, ready.case)
    for who in (SARA, PIA):
        seen = hub.gateway.look_now(who, Kind.CASE, ready.case, what="case")
        assert [(wait.what, wait.on) for wait in seen.waits] == [("safe_contact_confirmed", PIA.unit)]
    on_board = [wait.what for each in hub.gateway.board_now(SARA).items for wait in each.waits]
    assert on_board == ["safe_contact_confirmed"]
