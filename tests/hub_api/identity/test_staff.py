"""Whom the hub knows to work where: one's own agency is asked about its own alone, and nobody learns of another's."""

import asyncio
from typing import Any, Final

import httpx
import msgspec
import pytest

from domain.case import commands as case
from domain.errors import Caution, Refusal
from domain.meeting import commands as meet
from domain.vocabulary import Because, Compartment, MeetingKind, Phase, Purpose, Role, StaffId, UnitId
from hub_api.commands.handler import Circumstances
from hub_api.http.app import create_app
from hub_api.identity.personas import Personas
from hub_api.identity.staff import Staff
from hub_api.runtime.hub import Hub
from hub_demo.county import PERSONAS
from tests.hub_api.stand import ANNA, PIA, RELATED, SARA, TOMORROW, Girl, does, finds, names, refusals, sent, texts

UNKNOWN: Final = StaffId("finns-inte-exempel")
OTHERS: Final = (PIA.person, ANNA.person, UNKNOWN, StaffId("tolk.3"))


@pytest.fixture
def signing_in(hub: Hub) -> Hub:
    """The hub with its sign-in: the personas, until there is another."""
    create_app(hub, Personas(PERSONAS))
    return hub


@pytest.mark.parametrize("name", OTHERS)
def test_c9_in_ones_own_agency_a_name_that_nobody_there_has_is_refused_whoever_has_it_elsewhere(
    signing_in: Hub, girl: Girl, name: StaffId
) -> None:
    with pytest.raises(Refusal, match="C9: nobody in this agency has that name"):
        does(signing_in, SARA, case.BlockStaff(staff=name), girl.case)
    assert "case.staff_blocked" not in names(signing_in, girl.case)
    assert len(refusals(signing_in)) == 1


@pytest.mark.parametrize("name", [RELATED.person, " Socialsekreterare\u2010Slak\u2010Exempel"])
def test_c9_a_colleague_is_blocked_however_the_name_is_written(signing_in: Hub, girl: Girl, name: str) -> None:
    does(signing_in, SARA, case.BlockStaff(staff=StaffId(name)), girl.case)
    assert not finds(signing_in, RELATED, girl.case)


def test_c9_of_who_works_elsewhere_known_and_unknown_get_the_same_confirmation(signing_in: Hub, girl: Girl) -> None:
    blocks = [case.BlockStaff(staff=name, elsewhere=True) for name in (*OTHERS, RELATED.person)]
    receipts = [sent(signing_in, SARA, block, girl.case) for block in blocks]
    assert {(receipt.stream, receipt.repeated, str(receipt.said)) for receipt in receipts} == {(girl.case, False, "{}")}
    assert not finds(signing_in, RELATED, girl.case)


def test_c9_a_meeting_asks_the_same(signing_in: Hub) -> None:
    asked = meet.Request(meeting=MeetingKind.COORDINATION_MEETING, coordinator=ANNA.unit)
    meeting = does(signing_in, SARA, asked).stream
    with pytest.raises(Refusal, match="nobody in this agency"):
        does(signing_in, SARA, meet.BlockStaff(staff=UNKNOWN), meeting)
    does(signing_in, SARA, meet.BlockStaff(staff=UNKNOWN, elsewhere=True), meeting)
    does(signing_in, SARA, meet.BlockStaff(staff=RELATED.person), meeting)


@pytest.mark.parametrize("name", [UNKNOWN, PIA.person, StaffId("x" * 100)])
def test_d1_who_acted_is_somebody_of_ones_own_agency(signing_in: Hub, girl: Girl, name: StaffId) -> None:
    written = case.RecordInformation(person=girl.person, social="By telephone.")
    before = len(names(signing_in, girl.case))
    with pytest.raises(Refusal, match="D1: nobody in this agency has that name"):
        signing_in.commander.handle_now(SARA, written, girl.case, Circumstances(acted_by=name))
    assert len(names(signing_in, girl.case)) == before


def test_d1_a_colleague_acted_and_it_is_written_down_in_their_normal_form(signing_in: Hub, girl: Girl) -> None:
    written = case.RecordInformation(person=girl.person, social="By telephone.")
    colleague = Circumstances(acted_by=StaffId(RELATED.person.upper()))
    signing_in.commander.handle_now(SARA, written, girl.case, colleague)
    act = signing_in.log.snapshot().stream(girl.case)[-1].act
    assert (act.by.person, act.written_by) == (RELATED.person, SARA.person)


@pytest.mark.parametrize("ground", ["nonsense", "osl-10-15-a", "Fatima"])
def test_c2_a_ground_that_is_not_in_force_is_refused_on_every_act(hub: Hub, girl: Girl, ground: str) -> None:
    for command in (case.RecordInformation(person=girl.person, social="s"), case.EnterPhase(phase=Phase.ACUTE)):
        with pytest.raises(Refusal, match="C2: that ground is not in force today or is not switched on"):
            does(hub, SARA, command, girl.case, ground=ground)
    with pytest.raises(Refusal, match="C2: that ground is not in force today or is not switched on"):
        does(hub, SARA, case.Open(coordinator=ANNA.unit), ground=ground)


def test_a_hub_without_sign_in_refuses_nobody_for_being_unknown_since_it_knows_nobody(hub: Hub, girl: Girl) -> None:
    assert not Staff().lacks(SARA.agency, UNKNOWN)
    does(hub, SARA, case.BlockStaff(staff=UNKNOWN), girl.case)


def test_f_what_somebody_did_in_another_unit_makes_them_known_to_nobody(signing_in: Hub) -> None:
    somebody = StaffId("vikarie-exempel")
    stand_in = msgspec.structs.replace(PERSONAS["socialsekreterare-vera-exempel"], person=somebody)
    does(signing_in, stand_in, case.Open(coordinator=ANNA.unit))
    assert signing_in.staff.lacks(SARA.agency, somebody)


# What a unit answers for.


@pytest.mark.parametrize(("purpose", "opens"), [(Purpose.PROTECTION, False), (Purpose.INVESTIGATION, True)])
def test_c1_who_discloses_for_a_purpose_that_nobody_there_works_for_is_told_at_once(
    signing_in: Hub, girl: Girl, purpose: Purpose, opens: bool
) -> None:
    disclose = case.Disclose(
        person=girl.person,
        receiver=PIA.unit,
        compartments=frozenset({Compartment.SOCIAL}),
        purpose=purpose,
        last=TOMORROW,
    )
    if not opens:
        with pytest.raises(Caution, match="C1: nobody in that unit works for that purpose today"):
            does(signing_in, SARA, disclose, girl.case, ground="osl-10-2")
        told = msgspec.structs.replace(disclose, spoken=True)
        does(signing_in, SARA, told, girl.case, ground="osl-10-2")  # what was said opens nothing anyhow
    does(signing_in, SARA, disclose, girl.case, ground="osl-10-2", because=None if opens else Because.NOT_AVAILABLE)
    assert bool(texts(signing_in, PIA, girl.case)) is opens


def test_c1_a_unit_is_let_in_for_what_somebody_there_works_for(signing_in: Hub, girl: Girl) -> None:
    let_in = case.Assign(person=girl.person, unit=PIA.unit, role=PIA.role, purpose=Purpose.PROTECTION)
    with pytest.raises(Caution, match="C1"):
        does(signing_in, ANNA, let_in, girl.case)
    does(signing_in, ANNA, msgspec.structs.replace(let_in, purpose=PIA.purpose), girl.case)
    assert finds(signing_in, PIA, girl.case)


def test_b1_a_guest_whom_sign_in_does_not_know_is_no_unit_but_whatever_somebody_wrote(
    signing_in: Hub, girl: Girl
) -> None:
    guest = case.Assign(
        person=girl.person,
        unit=UnitId("fatima-exempelsson.storgatan-1"),
        role=Role.HANDLER,
        purpose=Purpose.PROTECTION,
        last=TOMORROW,
        guest=True,
    )
    for because in (None, Because.URGENT):
        with pytest.raises(Refusal, match="B1: sign-in knows nobody in that unit") as refused:
            does(signing_in, ANNA, guest, girl.case, because=because)
        assert not isinstance(refused.value, Caution)


def test_the_directory_says_what_each_unit_answers_for_today(signing_in: Hub) -> None:
    units = {unit["id"]: unit for unit in asyncio.run(_directory(signing_in))}
    assert units[PIA.unit]["answers_for"] == [Purpose.INVESTIGATION]
    assert set(units[PIA.unit]["purposes"]) == {Purpose.INVESTIGATION, Purpose.PROTECTION}
    assert set(units[ANNA.unit]["answers_for"]) == {Purpose.COORDINATION, Purpose.ADVICE}
    assert units["norrkoping.social.vuxen"]["answers_for"] == []
    assert Staff().answers_for(PIA.unit) is None


async def _directory(hub: Hub) -> list[dict[str, Any]]:
    transport = httpx.ASGITransport(create_app(hub, Personas(PERSONAS)), client=("127.0.0.1", 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:
        answer = await browser.get("/v1/directory", headers={"authorization": f"Persona {SARA.person}"})
        return list(answer.json()["units"])


CONSULTATION: Final = {
    "asked_of": ANNA.unit,
    "caller": "social_services",
    "about": "nobody",
    "persons": 0,
    "told": "no_contact",
    "question": "Vad gäller?",
}


@pytest.mark.parametrize(
    ("act", "status", "field"),
    [
        ({"acted_by": ""}, 422, "act.acted_by"),
        ({"acted_by": "\u200b"}, 422, "act.acted_by"),
        ({"acted_by": "två ord"}, 422, "act.acted_by"),
        ({"acted_by": "x" * 100_000}, 422, "act.acted_by"),
        ({"ground": "Två ord"}, 422, "act.ground"),
        ({"acted_by": "x"}, 409, ""),
        ({"ground": "nonsense"}, 409, ""),
        ({"acted_by": " Socialsekreterare\u2010Slak-Exempel ", "ground": "OSL-10-2"}, 201, ""),
    ],
)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_over_http_a_text_that_is_no_name_is_told_by_its_field_and_never_repeated(
    hub: Hub, act: dict[str, str], status: int, field: str, language: str
) -> None:
    answer = asyncio.run(_consult(hub, act, language))
    assert answer.status_code == status
    if status != 201:
        assert answer.json().get("field", "") == field
        assert answer.json()["detail"]
        assert answer.json()["remedy"]
        assert all(len(text) < 3 or text not in answer.text for text in act.values())


async def _consult(hub: Hub, act: dict[str, str], language: str) -> httpx.Response:
    transport = httpx.ASGITransport(create_app(hub, Personas(PERSONAS)), client=("127.0.0.1", 5000))
    headers = {"authorization": f"Persona {SARA.person}", "accept-language": language}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:
        return await browser.post("/v1/consultations", json={**CONSULTATION, "act": act}, headers=headers)
