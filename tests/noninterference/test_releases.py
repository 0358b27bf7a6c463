"""The releases that exist so far, each the only difference that it makes to whom it is made (R1, R4)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.case import commands as case
from domain.errors import Refusal
from domain.vocabulary import ToDo
from tests.noninterference.edits_of_sharing import disclose_to_clinic
from tests.noninterference.story import STORY, UNTIL, disclose_on_consent
from tests.noninterference.world import HOUR, START, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The story up to the days that pass."""
    with World(tmp_path, "released") as world:
        for label, hours, step in STORY:
            if label == "days":
                break
            world.clock(hours)
            step(world)
        world.clock(40)
        yield world


def _case(world: World, who: str) -> dict[str, Any]:
    answer = world.send("GET", f"/v1/cases/{world.alias(who, 'case')}", who)
    found: dict[str, Any] = json.loads(answer.body)
    return found


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
    assert after.keys() - {"acts", "grants", "persons", "exists"} == before.keys() - {
        "acts",
        "grants",
        "persons",
        "exists",
    }


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
        assert (end["happened"], end["known"], end["recorded"]) == (START + 40 * HOUR,) * 3
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
