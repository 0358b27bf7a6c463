"""Four places, the responsible municipality, and what came of it (C4, C11, D10, D11, D13)."""

import pytest
from msgspec.structs import replace

from domain.agreement.events import Party, Unit
from domain.agreement.state import Agreement, Directory
from domain.case import commands as ask
from domain.case import places
from domain.case.places import unanswered
from domain.case.risk import CircumstancesChanged
from domain.case.state import Case
from domain.case.waiting import needs_now
from domain.errors import Caution, NotThere, Refusal
from domain.event import compartments
from domain.needtoknow.compile import load
from domain.needtoknow.visible import visible
from domain.vocabulary import (
    AgencyId,
    AgencyKind,
    Because,
    Compartment,
    Kind,
    Outcome,
    Place,
    PlacementEnd,
    Protected,
    Protection,
    Purpose,
    Ref,
    Role,
    UnitId,
)
from tests.domain.stories import CARE, CENTRE, CONCLUDED, NOW, OUTSIDE, POLICE, SOCIAL, Story, by, ref

NORRKOPING = UnitId("norrkoping.social.barn")
_ENTRY = Unit(id=NORRKOPING, name="Barn", roles=frozenset({Role.HANDLER}), purposes=frozenset({Purpose.PROTECTION}))
_PARTY = Party(id=AgencyId("norrkoping.social"), name="Norrköping", kind=AgencyKind.SOCIAL_SERVICES, units=(_ENTRY,))
_AGREED = replace(CONCLUDED, parties=(*CONCLUDED.parties, _PARTY))
DIRECTORY = Directory({Ref("a" * 32): Agreement(concluded=_AGREED, last=_AGREED.last)})
SISTER = ref(2)
BEGUN = (
    Story(directory=DIRECTORY)
    .then(ask.Open(coordinator=CENTRE), by(SOCIAL))
    .then(ask.AddPerson(minor=True), by(SOCIAL))
    .then(ask.Assign(person=SISTER, unit=POLICE, role=Role.HANDLER, purpose=Purpose.PROTECTION), by(CENTRE))
)
RECORD = places.RecordPlace(person=SISTER, place=Place.PLACEMENT, municipality="0486", where="Jourhemmet.")
LEAVE = places.LeavePlace(person=SISTER, place=Place.PLACEMENT, how=PlacementEnd.PLACED_AGAIN)
TAKE = places.TakeResponsibility(person=SISTER)
TAKEN = BEGUN.then(TAKE, by(SOCIAL))
OFFER = places.OfferTransfer(person=SISTER, to=NORRKOPING, reason="Hon bor där nu.")
OFFERED = TAKEN.then(OFFER, by(SOCIAL))
TRANSFER = ref(OFFERED.acts)
ACCEPT = places.AcceptTransfer(transfer=TRANSFER)
DECLINE = places.DeclineTransfer(transfer=TRANSFER, reason="Hon är folkbokförd hos er.")


def case(story: Story) -> Case:
    state = story.state(Kind.CASE)
    assert isinstance(state, Case)
    return state


@pytest.mark.parametrize("place", list(Place))
def test_d10_four_places_are_recorded_each_for_itself(place: Place) -> None:
    (event,) = BEGUN.when(replace(RECORD, place=place), by(SOCIAL))
    assert isinstance(event, places.PlaceRecorded)
    assert event.place is place


def test_d10_a_place_is_named_and_somewhere() -> None:
    for wrong in (replace(RECORD, place=None), replace(RECORD, municipality=None, where=None)):
        with pytest.raises(Refusal, match="D10"):
            BEGUN.when(wrong, by(SOCIAL))
    with pytest.raises(Refusal, match="D10"):
        BEGUN.when(replace(LEAVE, place=None, how=None), by(SOCIAL))


def test_c4_which_place_it_is_and_how_it_ended_are_whereabouts() -> None:
    for event in (places.PlaceRecorded, places.PlaceLeft):
        open_to_the_record = set(event.__struct_fields__) - compartments(event).keys()
        assert open_to_the_record == {"person"}
        assert set(compartments(event).values()) == {Compartment.WHEREABOUTS}
    told = BEGUN.then(RECORD, by(SOCIAL)).then(LEAVE, by(SOCIAL))
    for unit, known in ((SOCIAL, {Compartment.WHEREABOUTS}), (CENTRE, set()), (POLICE, set())):
        sights = visible(load("2026-12"), by(unit).by, told.facts[-2:], NOW).facts
        assert {part for sight in sights for part in sight.allowed} == known


def test_c11_an_address_of_protected_identity_is_not_stored_without_need() -> None:
    story = BEGUN.then(ask.MarkProtection(person=SISTER, level=Protection.PROTECTED_REGISTRATION), by(SOCIAL))
    with pytest.raises(Caution, match="C11"):
        story.when(RECORD, by(SOCIAL))
    assert story.when(RECORD, by(SOCIAL, because=Because.DANGER))
    assert story.when(replace(RECORD, where=None), by(SOCIAL))


def test_d11_a_placement_ends_in_one_of_four_ways_and_only_a_placement_does() -> None:
    for how in PlacementEnd:
        assert isinstance(BEGUN.when(replace(LEAVE, how=how), by(SOCIAL))[0], places.PlaceLeft)
    for wrong in (replace(LEAVE, how=None), replace(LEAVE, place=Place.RESIDENCE)):
        with pytest.raises(Refusal, match="D11"):
            BEGUN.when(wrong, by(SOCIAL))
    assert len(BEGUN.when(replace(LEAVE, place=Place.RESIDENCE, how=None), by(SOCIAL))) == 1


def test_d11_compromised_asks_for_a_new_assessment_and_tells_no_more() -> None:
    _, asked = BEGUN.when(replace(LEAVE, how=PlacementEnd.COMPROMISED), by(SOCIAL))
    assert asked == CircumstancesChanged(person=SISTER, at_once=True)


def test_d10_one_municipality_is_responsible_by_its_social_services() -> None:
    assert case(TAKEN).responsible == {SISTER: SOCIAL}
    with pytest.raises(Refusal, match="D10: this unit is responsible already"):
        TAKEN.when(TAKE, by(SOCIAL))
    with pytest.raises(Refusal, match="D10"):
        BEGUN.when(TAKE, by(POLICE))
    other = TAKEN.then(
        ask.Assign(person=SISTER, unit=NORRKOPING, role=Role.HANDLER, purpose=Purpose.PROTECTION), by(CENTRE)
    )
    with pytest.raises(Refusal, match="D10"):
        other.when(TAKE, by(NORRKOPING))


def test_d10_the_old_municipality_is_responsible_until_the_new_one_accepts() -> None:
    assert case(OFFERED).responsible == {SISTER: SOCIAL}
    assert [(wait.what, wait.on) for wait in needs_now(case(OFFERED), NOW, DIRECTORY)] == [("transfer", NORRKOPING)]
    accepted = OFFERED.then(ACCEPT, by(NORRKOPING))
    assert case(accepted).responsible == {SISTER: NORRKOPING}
    assert needs_now(case(accepted), NOW, DIRECTORY) == ()
    declined = OFFERED.then(DECLINE, by(NORRKOPING))
    assert case(declined).responsible == {SISTER: SOCIAL}
    assert declined.when(OFFER, by(SOCIAL)), "it may be offered again"


def test_d10_a_transfer_is_offered_by_who_is_responsible_to_another_municipality() -> None:
    for story, offer, unit in (
        (BEGUN, OFFER, SOCIAL),
        (TAKEN, replace(OFFER, to=SOCIAL), SOCIAL),
        (TAKEN, replace(OFFER, to=CARE), SOCIAL),
        (OFFERED, OFFER, SOCIAL),
    ):
        with pytest.raises(Refusal, match="D10"):
            story.when(offer, by(unit))
    with pytest.raises(Refusal, match="B1"):
        TAKEN.when(replace(OFFER, to=OUTSIDE), by(SOCIAL))


def test_d10_the_new_municipality_answers_once_on_what_it_sees() -> None:
    own = replace(OFFERED, facts=OFFERED.facts[-1:])
    (event,) = own.when(ACCEPT, by(NORRKOPING))
    assert event == places.TransferAccepted(transfer=TRANSFER, person=SISTER, to=SOCIAL)
    with pytest.raises(Refusal, match="D10"):
        OFFERED.when(ACCEPT, by(POLICE))
    with pytest.raises(Refusal, match="D10"):
        OFFERED.then(ACCEPT, by(NORRKOPING)).when(DECLINE, by(NORRKOPING))
    with pytest.raises(Refusal, match="D10"):
        OFFERED.when(replace(DECLINE, reason=None), by(NORRKOPING))
    with pytest.raises(NotThere):
        TAKEN.when(ACCEPT, by(NORRKOPING))


def test_d10_who_offered_may_withdraw_and_ask_another() -> None:
    withdraw = places.WithdrawTransfer(transfer=TRANSFER)
    withdrawn = OFFERED.then(withdraw, by(SOCIAL))
    assert withdrawn.when(OFFER, by(SOCIAL))
    with pytest.raises(Refusal, match="D10"):
        withdrawn.when(ACCEPT, by(NORRKOPING))
    with pytest.raises(Refusal, match="D10"):
        OFFERED.when(withdraw, by(NORRKOPING))


def test_d9_nothing_is_transferred_in_a_closed_case() -> None:
    closed = OFFERED.then(ask.Close(outcome=Outcome.MOVED), by(CENTRE, because=Because.NOT_AVAILABLE))
    with pytest.raises(Refusal, match="D9"):
        closed.when(ACCEPT, by(NORRKOPING))


def test_f_who_is_responsible_is_told_as_who_takes_part_is() -> None:
    seen = {
        unit: [sight.fact.event.name for sight in visible(load("2026-12"), by(unit).by, OFFERED.facts, NOW).facts]
        for unit in (CENTRE, NORRKOPING, POLICE)
    }
    assert seen[NORRKOPING] == ["case.transfer_offered"]
    assert "case.transfer_offered" in seen[CENTRE]
    assert "case.responsibility_taken" not in seen[POLICE]


@pytest.mark.parametrize("answer", list(Protected))
def test_d13_whether_the_person_got_protection_has_an_answer(answer: Protected) -> None:
    assert unanswered(case(BEGUN)) == (SISTER,)
    closed = BEGUN.then(ask.Close(outcome=Outcome.PROTECTED), by(CENTRE, because=Because.NOT_AVAILABLE))
    told = closed.then(places.RecordOutcome(person=SISTER, protected=answer, how="Eget boende."), by(SOCIAL))
    assert case(told).persons[SISTER].protected is answer
    assert unanswered(case(told)) == ()


def test_d13_who_closes_a_case_says_whether_each_got_protection_or_why_that_is_not_known() -> None:
    close = ask.Close(outcome=Outcome.PROTECTED)
    with pytest.raises(Caution, match="D13"):
        BEGUN.when(close, by(CENTRE))
    assert BEGUN.when(close, by(CENTRE, because=Because.NOT_AVAILABLE))
    answered = BEGUN.then(places.RecordOutcome(person=SISTER, protected=Protected.YES), by(SOCIAL))
    assert answered.when(close, by(CENTRE))


def test_c1_who_does_not_take_part_records_no_place_and_no_outcome() -> None:
    outcome = places.RecordOutcome(person=SISTER, protected=Protected.YES)
    for command in (RECORD, LEAVE, TAKE, outcome):
        with pytest.raises(Refusal, match="C1"):
            BEGUN.when(command, by(CARE))
    with pytest.raises(NotThere):
        BEGUN.when(replace(outcome, person=ref(77)), by(SOCIAL))
