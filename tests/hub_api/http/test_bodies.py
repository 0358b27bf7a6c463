"""Bodies: what was opened and nothing else; no place, version, count or hash of anything leaves."""

import pytest

from domain.case.events import Disposed, InformationRecorded, PersonAdded, ProtectionMarked
from domain.consultation.events import AdviceGiven, Closed, KeyIssued, PassedOn, Requested
from domain.event import Event
from domain.registry import EVENTS
from domain.vocabulary import (
    About,
    CallerCategory,
    Compartment,
    Existence,
    Gender,
    InformedOf,
    Kind,
    Outcome,
    Protection,
    Role,
    StaffId,
    UnitId,
)
from hub_api.http.api import bodies
from hub_api.reads.gateway import SeenPage
from hub_api.wording.language import Language
from hub_api.wording.sentences import sentence
from tests.hub_api.http.stage import NOW, POLICE, SOCIAL, Stage, fact_of, ref, seen_of

RECORDED = InformationRecorded(person=ref(9), social="Rädd.", health="Sover inte.")
REQUESTED = Requested(
    asked_of=UnitId("centre"),
    reference="K7PM-2RXD",
    caller=CallerCategory.SCHOOL,
    about=About.ONE,
    persons=1,
    told=InformedOf.TOLD,
)
PATH = f"/v1/cases/{'a' * 52}"


def test_f_a_part_that_was_not_opened_is_not_there_even_if_it_came_along() -> None:
    stage = Stage()
    stage.hub.answer = seen_of(Kind.CASE, fact_of(RECORDED, shown={Compartment.SOCIAL}))
    response = stage.get(PATH)
    assert response.json()["acts"][0]["parts"] == {"social": {"social": "Rädd."}}
    assert "health" not in response.text


def test_f_no_place_version_or_hash_of_the_log_leaves() -> None:
    stage = Stage()
    stage.hub.answer = seen_of(Kind.CASE, fact_of(RECORDED, shown={Compartment.SOCIAL}))
    text = stage.get(PATH).text
    for inner in ("777", "888", "f" * 64, ref(1).hex, ref(9).hex, ref(1001).hex, ref(2001).hex):
        assert inner not in text


def test_the_hubs_own_means_are_never_shown() -> None:
    stage = Stage()
    stage.hub.answer = seen_of(
        Kind.CASE,
        fact_of(Disposed(keys=(ref(3), ref(4)), whole=True)),
        fact_of(KeyIssued(to=UnitId("centre"), tag="e" * 64), 2),
    )
    acts = stage.get(PATH).json()["acts"]
    assert [act.get("fields") for act in acts] == [{"whole": True}, {"to": "centre"}]


def test_b5_a_member_of_staff_is_named_within_their_own_unit_only() -> None:
    fact = fact_of(RECORDED, written_by=StaffId("sekreterare"))
    for reader, named in ((SOCIAL, True), (POLICE, False)):
        body = bodies.body(seen_of(Kind.CASE, fact), reader, Language.EN)
        assert isinstance(body, bodies.CaseBody)
        by = body.acts[0].by
        assert (by.person == SOCIAL.person) is named
        assert (by.written_by == "sekreterare") is named
        assert by.unit == SOCIAL.unit


def test_d1_an_act_tells_when_it_happened_was_known_and_was_recorded() -> None:
    stage = Stage()
    stage.hub.answer = seen_of(Kind.CASE, fact_of(RECORDED))
    act = stage.get(PATH).json()["acts"][0]
    assert (act["happened"], act["known"], act["recorded"]) == (NOW - 5, NOW - 4, NOW + 1)


def test_f_whoever_only_takes_part_sees_that_things_are_there_and_no_more() -> None:
    stage = Stage()
    stage.hub.answer = seen_of(Kind.CASE, existence=frozenset({Existence.SAFE_CONTACT, Existence.CASE}))
    case = stage.get(PATH).json()
    assert case["exists"] == ["case", "safe_contact"]
    assert case.keys() == {"kind", "id", "exists"}


def test_a_person_shows_the_latest_of_what_is_known_of_them() -> None:
    seen = seen_of(
        Kind.CASE,
        fact_of(PersonAdded(person=ref(9), gender=Gender.BOY_OR_MAN, identity="Namn"), shown={Compartment.IDENTITY}),
        fact_of(ProtectionMarked(person=ref(9), level=Protection.CONFIDENTIALITY_MARKED), 2),
        fact_of(InformationRecorded(person=ref(8)), 3),
    )
    body = bodies.body(seen, SOCIAL, Language.EN)
    assert isinstance(body, bodies.CaseBody)
    assert [person.id for person in body.persons] == [ref(9), ref(8)]
    assert body.persons[0].fields["identity"] == "Namn"
    assert body.persons[0].fields["level"] is Protection.CONFIDENTIALITY_MARKED
    assert body.persons[1].fields == {}


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (REQUESTED, "requested"),
        (PassedOn(to=UnitId("police"), asker=SOCIAL.unit), "passed_on"),
        (AdviceGiven(to=SOCIAL.unit, adviser_role=Role.ADVISER), "advised"),
        (Closed(to=SOCIAL.unit, outcome=Outcome.ADVICE_GIVEN), "closed"),
    ],
)
def test_d1_a_consultation_stands_where_its_last_visible_step_left_it(event: Event, status: str) -> None:
    seen = seen_of(Kind.CONSULTATION, fact_of(REQUESTED), fact_of(event, 2))
    (line,) = bodies.page(SeenPage(items=(seen,), next=None), Language.SV).items
    assert isinstance(line, bodies.ConsultationSummary)
    assert (line.status, line.reference, line.asked_by) == (status, "K7PM-2RXD", SOCIAL.unit)


def test_every_event_has_its_sentence_in_both_languages() -> None:
    for event in EVENTS.values():
        swedish, english = sentence(event, Language.SV), sentence(event, Language.EN)
        assert swedish.endswith(".")
        assert english.endswith(".")
        assert swedish != english
