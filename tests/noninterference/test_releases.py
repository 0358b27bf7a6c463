"""The releases that exist so far, each the only difference that it makes to whom it is made (R1, R2, R4, R5)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.case import commands as case
from domain.errors import Refusal
from domain.meeting import commands as meeting
from domain.referral import commands as referral
from domain.vocabulary import MeetingKind, Mode, ToDo
from tests.noninterference.edits_of_sharing import disclose_to_clinic
from tests.noninterference.matters import schedule
from tests.noninterference.people import CLINIC, OBSERVERS
from tests.noninterference.story import STORY, UNTIL, disclose_on_consent
from tests.noninterference.world import HOUR, START, World

pytestmark = pytest.mark.timeout(600)
"""A history is played twice, by everybody, through every route."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The story up to what the units did together."""
    with World(tmp_path, "released") as world:
        _play(world, "changed")
        world.clock(40)
        yield world


def _play(world: World, until: str, begin: str = STORY[0][0]) -> None:
    labels = [label for label, _, _ in STORY]
    for _, hours, step in STORY[labels.index(begin) : labels.index(until)]:
        world.clock(hours)
        step(world)


def _case(world: World, who: str) -> dict[str, Any]:
    return _seen(world, who, "cases", "case")


def _seen(world: World, who: str, plural: str, name: str) -> dict[str, Any]:
    answer = world.send("GET", f"/v1/{plural}/{world.alias(who, name)}", who)
    found: dict[str, Any] = json.loads(answer.body)
    return found


def _everywhere(world: World) -> dict[str, tuple[Any, ...]]:
    """What each observer sees of the referral and of the meeting, and on the board."""
    return {
        who: (
            *(
                world.send("GET", f"/v1/{plural}/{world.alias(who, name)}", who).body
                for plural, name in (("referrals", "referral"), ("meetings", "meeting"))
                if name in world.refs
            ),
            *(world.send("GET", f"/v1/{which}", who).body for which in ("inbox", "board", "tasks", "cases")),
        )
        for who in OBSERVERS
    }


def test_r1_a_late_disclosure_shows_what_it_opens_at_its_original_time_and_nothing_else(world: World) -> None:
    before = _case(world, "siblings_participant")
    disclose_to_clinic(world)
    after = _case(world, "siblings_participant")
    told = [act for act in after["acts"] if act not in before["acts"]]
    assert [act["event"] for act in told] == ["case.information_recorded.v1", "case.disclosed.v1"]
    assert [act["recorded"] for act in told] == [START + 21 * HOUR, START + 40 * HOUR]
    assert [act.get("parts", {}) for act in told] == [{"social": {"social": world.text("social")}}, {}]
    assert [act for act in after["acts"] if act in before["acts"]] == before["acts"]
    assert [grant for grant in after["grants"] if grant in before["grants"]] == before["grants"]
    # The other person, whom it is about, is there now; whether there is safe contact with them may be known by it.
    assert len(after["persons"]) == len(before["persons"]) + 1
    # C12: what waits is its own to do, since it was disclosed.
    (wait,) = after["waits"]
    assert (wait["what"], wait["on"], wait["since"]) == ("safe_contact_confirmed", CLINIC, START + 40 * HOUR)
    shown = {"acts", "grants", "persons", "exists", "waits"}
    assert after.keys() - shown == before.keys() - shown
    assert "waits" not in before


def test_r4_an_end_tells_the_receiver_what_to_do_and_neither_why_nor_by_whom(world: World) -> None:
    how: dict[str, Any] = {
        "because": "danger",
        "ground": "consent",
        "channel": "telephone",
        "happened": START + 30 * HOUR,
    }
    world.do("coordinator", case.WithdrawConsent(consent=world.refs["consent"]), "case", **how)
    ends = [act for act in _case(world, "receiver")["acts"] if act["event"] == "case.disclosure_ended.v1"]
    for end in ends:
        assert end["by"] == {"agency": "social", "unit": "social.children"}
        # The day it was, from its first instant: three in the morning of 4 March.
        assert (end["happened"], end["known"], end["recorded"]) == (START + 37 * HOUR,) * 3
        assert (end["channel"], end["fields"]["to_do"]) == ("hub", ToDo.READ_NO_MORE)
        assert not end.keys() & {"because", "ground"}
    assert len({end["act"] for end in ends}) == len(ends) == 2


def test_r4_the_coordinator_and_the_owner_are_told_more(world: World) -> None:
    world.do("coordinator", case.WithdrawConsent(consent=world.refs["consent"]), "case", channel="telephone")
    ends = [act for act in _case(world, "coordinator")["acts"] if act["event"] == "case.disclosure_ended.v1"]
    assert {(end["by"]["unit"], end["channel"]) for end in ends} == {("centre.coordination", "telephone")}
    events = [act["event"] for act in _case(world, "owner")["acts"]]
    assert "case.consent_withdrawn.v1" in events


def test_c2_after_a_withdrawal_at_the_coordinators_the_owner_discloses_no_more_on_it(world: World) -> None:
    world.do("coordinator", case.WithdrawConsent(consent=world.refs["consent"]), "case")
    with pytest.raises(Refusal, match="C2"):
        disclose_on_consent("once_more", UNTIL)(world)


def test_r2_whoever_is_invited_learns_time_mode_and_status_and_never_the_cause(world: World) -> None:
    _play(world, "interpreter", "changed")
    world.clock(60)
    before, others = _seen(world, "passed_on_to", "meetings", "meeting"), _everywhere(world)
    schedule(63)(world)
    after, then = _seen(world, "passed_on_to", "meetings", "meeting"), _everywhere(world)
    told = [act for act in after["acts"] if act not in before["acts"]]
    assert [act["event"] for act in told] == ["meeting.told.v1"]
    assert told[0]["fields"].keys() == {"to", "status", "mode", "start", "end"}
    assert {name for name in after if after[name] != before[name]} == {"start", "end", "acts"}
    assert not after.keys() & {"meeting", "case", "persons", "requester", "coordinator"}
    assert {who for who in OBSERVERS if then[who] != others[who]} == {
        "coordinator",
        "adviser",
        "owner",
        "other_unit",
        "receiver",
        "passed_on_to",
        "regional_auditor",
    }


def test_r2_that_it_is_cancelled_is_told_and_not_why(world: World) -> None:
    _play(world, "interpreter", "changed")
    world.clock(60)
    before = _seen(world, "passed_on_to", "meetings", "meeting")
    world.do("coordinator", meeting.Cancel(reason="There is danger"), "meeting", because="danger", channel="telephone")
    after = _seen(world, "passed_on_to", "meetings", "meeting")
    (told,) = [act for act in after["acts"] if act not in before["acts"]]
    assert told["event"] == "meeting.told.v1"
    assert told["fields"].keys() == {"to", "status", "mode", "start", "end"}
    assert not told.keys() & {"because", "parts", "ground"}
    assert after["status"] == "cancelled"


def test_r5_what_the_receiver_answers_is_told_to_its_sender_and_to_nobody_else(world: World) -> None:
    _play(world, "referral_answered", "changed")
    world.clock(71)
    before, others = _seen(world, "owner", "referrals", "referral"), _everywhere(world)
    world.do("siblings_participant", referral.Accept(), "referral")
    after, then = _seen(world, "owner", "referrals", "referral"), _everywhere(world)
    told = [act["event"] for act in after["acts"] if act not in before["acts"]]
    assert told == ["referral.receipt_confirmed.v1", "referral.accepted.v1"]
    assert {name for name in after.keys() | before.keys() if after.get(name) != before.get(name)} <= {
        "acts",
        "status",
        "since",
        "waits",
    }
    assert {who for who in OBSERVERS if then[who] != others[who]} == {
        "owner",
        "siblings_participant",
        "regional_auditor",
    }


def test_r2_that_it_was_called_at_once_is_told_and_not_for_what_danger(world: World) -> None:
    _play(world, "meeting_asked", "changed")
    world.clock(54)
    world.do("owner", meeting.Request(meeting=MeetingKind.COORDINATION_MEETING), None, "called")
    now = meeting.CallNow(mode=Mode.TELEPHONE, units=frozenset({OBSERVERS["receiver"].unit}), place="There")
    world.do("owner", now, "called", because="danger", channel="telephone", known=START + 50 * HOUR)
    (told,) = _seen(world, "receiver", "meetings", "called")["acts"]
    assert told.keys() == {
        "act",
        "event",
        "sentence",
        "by",
        "happened",
        "known",
        "recorded",
        "channel",
        "fields",
        "disposed",
    }
    assert (told["happened"], told["known"], told["channel"]) == (told["recorded"],) * 2 + ("hub",)
    assert told["fields"].keys() == {"to", "status", "mode", "start"}


def test_r4_that_a_referral_is_withdrawn_is_told_and_not_why(world: World) -> None:
    _play(world, "proposed_more", "changed")
    world.clock(50)
    world.do(
        "owner",
        referral.Withdraw(),
        "referral",
        because="person_declined",
        ground="consent",
        channel="telephone",
        known=START + 41 * HOUR,
    )
    told = _seen(world, "siblings_participant", "referrals", "referral")["acts"][-1]
    assert told["event"] == "referral.withdrawn.v1"
    assert (told["happened"], told["known"], told["channel"]) == (told["recorded"],) * 2 + ("hub",)
    assert not told.keys() & {"because", "ground"}
    own = _seen(world, "owner", "referrals", "referral")["acts"][-1]
    assert (own["because"], own["channel"]) == ("person_declined", "telephone")
