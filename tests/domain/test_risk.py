"""Risk: assessed where it is made, anew when circumstances change, with instruments whose limits are said (D7)."""

from datetime import date

import pytest
from msgspec.structs import replace

from domain.aggregates import fold
from domain.case import commands as ask
from domain.case import risk
from domain.case.places import LeavePlace
from domain.case.risk import limits_of, memos_to_share, risk_expires
from domain.case.state import Case
from domain.case.waiting import needs_now, waiting
from domain.errors import Caution, NotThere, Refusal
from domain.event import compartments
from domain.needtoknow.compile import load
from domain.needtoknow.visible import visible
from domain.time import day_end
from domain.vocabulary import (
    Because,
    Compartment,
    Instrument,
    Kind,
    Motive,
    Outcome,
    Place,
    PlacementEnd,
    Purpose,
    Role,
    UnitId,
)
from tests.domain.stories import CARE, CENTRE, DAY, DIRECTORY, NOW, OUTSIDE, POLICE, SOCIAL, Story, by, given, ref

SISTER = ref(2)
BEGUN = given(
    (ask.Open(coordinator=CENTRE), by(SOCIAL)),
    (ask.AddPerson(minor=False), by(SOCIAL)),
    (ask.Assign(person=SISTER, unit=POLICE, role=Role.HANDLER, purpose=Purpose.PROTECTION), by(CENTRE)),
)
ASSESS = risk.AssessRisk(
    person=SISTER,
    instrument=Instrument.PATRIARK,
    authority=True,
    trained=True,
    assessed=date(2026, 3, 2),
    valid_until=date(2026, 3, 31),
    assessment="Hög risk.",
)
CHANGE = risk.ChangeCircumstances(person=SISTER, what="Brodern är tillbaka.")
MOTIVE = risk.AssessMotive(person=SISTER, motive=Motive.SUSPECTED, why="Hon bevakas.")


def case(story: Story) -> Case:
    state = story.state(Kind.CASE)
    assert isinstance(state, Case)
    return state


def waits(story: Story, now: int) -> list[tuple[str, UnitId, bool]]:
    return [(wait.what, wait.on, wait.alarmed) for wait in needs_now(case(story), now, DIRECTORY)]


def test_d7_an_assessment_has_instrument_assessor_day_and_validity() -> None:
    (event,) = BEGUN.when(ASSESS, by(POLICE))
    assert isinstance(event, risk.RiskAssessed)
    assert (event.instrument, event.authority, event.trained) == (Instrument.PATRIARK, True, True)
    assert (event.assessed, event.valid_until) == (date(2026, 3, 2), date(2026, 3, 31))


def test_d7_an_assessment_lies_in_the_past_and_holds_for_a_time() -> None:
    with pytest.raises(Refusal, match="D1"):
        BEGUN.when(replace(ASSESS, assessed=date(2026, 3, 3)), by(POLICE))
    with pytest.raises(Refusal, match="D7"):
        BEGUN.when(replace(ASSESS, valid_until=date(2026, 3, 1)), by(POLICE))


@pytest.mark.parametrize("lacking", [replace(ASSESS, authority=False), replace(ASSESS, trained=False)])
def test_d7_the_assessor_should_be_one_who_may(lacking: risk.AssessRisk) -> None:
    with pytest.raises(Caution, match="D7"):
        BEGUN.when(lacking, by(POLICE))
    assert BEGUN.when(lacking, by(POLICE, because=Because.URGENT))


def test_d7_freda_is_neither_for_honour_contexts_nor_for_children() -> None:
    freda = replace(ASSESS, instrument=Instrument.FREDA)
    assert BEGUN.when(freda, by(POLICE))
    honour = BEGUN.then(MOTIVE, by(SOCIAL))
    child = given(
        (ask.Open(coordinator=CENTRE), by(SOCIAL)),
        (ask.AddPerson(minor=True), by(SOCIAL)),
    )
    for story in (honour, child):
        with pytest.raises(Caution, match="D7"):
            story.when(freda, by(SOCIAL))
        assert story.when(ASSESS, by(SOCIAL))
    refuted = honour.then(replace(MOTIVE, motive=Motive.REFUTED), by(SOCIAL))
    assert refuted.when(freda, by(SOCIAL))


@pytest.mark.parametrize("instrument", list(Instrument))
def test_d7_the_limits_of_every_instrument_are_said_in_both_languages(instrument: Instrument) -> None:
    swedish, english = limits_of(instrument)
    assert swedish.endswith(".")
    assert english.endswith(".")
    assert swedish != english


def test_d7_freda_and_patriark_say_what_they_are_for() -> None:
    assert "neither for honour contexts nor for children" in limits_of(Instrument.FREDA)[1]
    assert "honour" in limits_of(Instrument.PATRIARK)[1]


@pytest.mark.parametrize("step", [Instrument.POLICE_INITIAL, Instrument.POLICE_STRUCTURED, Instrument.POLICE_IN_DEPTH])
def test_d7_the_polices_three_steps_are_the_polices_own(step: Instrument) -> None:
    with pytest.raises(Caution, match="D7: an initial, structured or in-depth"):
        BEGUN.when(replace(ASSESS, instrument=step), by(SOCIAL))
    assert BEGUN.when(replace(ASSESS, instrument=step), by(SOCIAL, because=Because.DONE_ELSEWHERE))
    assert BEGUN.when(replace(ASSESS, instrument=step), by(POLICE))


def to_share(story: Story, unit: UnitId, now: int = NOW) -> list[tuple[UnitId, UnitId]]:
    """What a unit is reminded of, by what it may see of the case."""
    sights = visible(load("2026-12"), by(unit).by, story.facts, now).facts
    state = fold(Kind.CASE, [sight.fact for sight in sights])
    return [(each.by, each.other) for each in memos_to_share(state, now, DIRECTORY)]


def test_c3_social_services_and_the_police_are_reminded_to_share_a_memo_of_what_they_assessed() -> None:
    by_social, by_police = BEGUN.then(ASSESS, by(SOCIAL)), BEGUN.then(ASSESS, by(POLICE))
    assert to_share(BEGUN, CENTRE) == []
    assert to_share(by_social, CENTRE) == [(SOCIAL, POLICE)]
    assert to_share(by_police, CENTRE) == [(POLICE, SOCIAL)]
    assert to_share(by_social, CENTRE, day_end(ASSESS.valid_until)) == [], "the assessment is over"
    assert to_share(by_social.then(ask.EndAssignment(grant=ref(3)), by(CENTRE)), CENTRE) == []
    closed = by_social.then(ask.Close(outcome=Outcome.MOVED), by(CENTRE, because=Because.NOT_AVAILABLE))
    assert to_share(closed, CENTRE) == []
    memo = ask.Disclose(
        person=SISTER,
        receiver=POLICE,
        compartments=frozenset({Compartment.RISK_MEMO}),
        purpose=Purpose.PROTECTION,
        last=date(2026, 3, 31),
    )
    act = by(SOCIAL, ground="osl-10-2", because=Because.DANGER)
    assert to_share(by_social.then(memo, act), CENTRE) == []
    short = replace(memo, last=date(2026, 3, 10))
    assert to_share(by_social.then(short, act), CENTRE, NOW + 20 * DAY) == [(SOCIAL, POLICE)]
    assert to_share(by_social.then(replace(short, spoken=True), act), CENTRE, NOW + 20 * DAY) == [], "it was said"
    other = replace(memo, compartments=frozenset({Compartment.SOCIAL}))
    assert to_share(by_social.then(other, act), CENTRE) == [(SOCIAL, POLICE)]


def test_c3_the_reminder_tells_nobody_of_an_assessment_or_of_a_unit_that_they_may_not_know_of() -> None:
    """The Police do not know that social services assessed, nor these who else takes part."""
    by_social, by_police = BEGUN.then(ASSESS, by(SOCIAL)), BEGUN.then(ASSESS, by(POLICE))
    assert to_share(by_social, POLICE) == []
    assert to_share(by_social, SOCIAL) == []
    assert to_share(by_police, SOCIAL) == []
    let_in = ask.Assign(person=SISTER, unit=POLICE, role=Role.HANDLER, purpose=Purpose.PROTECTION)
    assert to_share(by_social.then(let_in, by(SOCIAL, because=Because.URGENT)), SOCIAL) == [(SOCIAL, POLICE)]


def test_c3_the_assessment_stays_with_the_unit_that_made_it() -> None:
    story = BEGUN.then(ASSESS, by(POLICE))
    assert compartments(risk.RiskAssessed) == {"assessment": Compartment.RISK_ASSESSMENT}
    share = ask.Disclose(
        person=SISTER,
        receiver=SOCIAL,
        compartments=frozenset({Compartment.RISK_ASSESSMENT}),
        purpose=Purpose.PROTECTION,
        last=date(2026, 3, 31),
    )
    with pytest.raises(Refusal, match="C3"):
        story.when(share, by(POLICE, ground="osl-35-1"))
    seen = {
        unit: [sight.allowed for sight in visible(load("2026-12"), by(unit).by, story.facts, NOW).facts][-1:]
        for unit in (POLICE, CENTRE, CARE)
    }
    assert seen == {POLICE: [frozenset({Compartment.RISK_ASSESSMENT})], CENTRE: [frozenset()], CARE: []}


def test_d7_a_changed_circumstance_asks_for_a_new_assessment_until_it_is_made() -> None:
    story = BEGUN.then(ASSESS, by(POLICE)).then(CHANGE, by(SOCIAL, now=NOW + DAY))
    assert case(story).persons[SISTER].risk_due == NOW + DAY
    assert waits(story, NOW + DAY) == [("risk_assessment", SOCIAL, False)]
    old = story.then(replace(ASSESS, assessed=date(2026, 3, 2)), by(POLICE, now=NOW + 2 * DAY))
    assert case(old).persons[SISTER].risk_due, "one made before the change does not answer it"
    new = story.then(replace(ASSESS, assessed=date(2026, 3, 4)), by(POLICE, now=NOW + 2 * DAY))
    assert case(new).persons[SISTER].risk_due is None
    assert waits(new, NOW + 2 * DAY) == []


def test_d7_a_unit_is_asked_for_the_new_assessment() -> None:
    story = BEGUN.then(replace(CHANGE, asked=POLICE), by(SOCIAL))
    assert waits(story, NOW) == [("risk_assessment", POLICE, False)]
    (event,) = BEGUN.when(replace(CHANGE, asked=POLICE), by(SOCIAL))
    assert event.addressees() == {POLICE}
    with pytest.raises(Refusal, match="B1"):
        BEGUN.when(replace(CHANGE, asked=OUTSIDE), by(SOCIAL))


def test_d7_an_assessment_that_is_over_is_made_again() -> None:
    story = BEGUN.then(ASSESS, by(POLICE))
    over = day_end(date(2026, 3, 31))
    assert risk_expires(case(story), SISTER) == over
    assert waits(story, over - 1) == []
    assert waits(story, over) == [("risk_assessment", POLICE, False)]
    found = waiting(case(story), over, DIRECTORY)
    assert found is not None
    assert found.since == over


def test_d11_a_compromised_placement_asks_for_a_new_assessment_at_once() -> None:
    leave = LeavePlace(person=SISTER, place=Place.PLACEMENT, how=PlacementEnd.COMPROMISED)
    story = BEGUN.then(leave, by(SOCIAL))
    assert waits(story, NOW) == [("risk_assessment", SOCIAL, True)]
    returned = BEGUN.then(replace(leave, how=PlacementEnd.RETURNED), by(SOCIAL))
    assert waits(returned, NOW) == []
    assessed = story.then(ASSESS, by(SOCIAL))
    assert not case(assessed).persons[SISTER].risk_at_once


def test_d9_nothing_waits_in_a_closed_case() -> None:
    closed = BEGUN.then(CHANGE, by(SOCIAL)).then(
        ask.Close(outcome=Outcome.MOVED), by(CENTRE, because=Because.NOT_AVAILABLE)
    )
    assert waits(closed, NOW) == []


def test_a10_views_of_the_motive_stand_side_by_side_with_who_and_when() -> None:
    story = BEGUN.then(MOTIVE, by(SOCIAL)).then(replace(MOTIVE, motive=Motive.REFUTED), by(POLICE, now=NOW + DAY))
    views = case(story).persons[SISTER].motives
    assert {view.by: (view.motive, view.at) for view in views.values()} == {
        SOCIAL: (Motive.SUSPECTED, NOW),
        POLICE: (Motive.REFUTED, NOW + DAY),
    }
    with pytest.raises(Refusal, match="A10"):
        BEGUN.when(replace(MOTIVE, why=None), by(SOCIAL))


@pytest.mark.parametrize("command", [ASSESS, CHANGE, MOTIVE])
def test_c1_who_does_not_take_part_assesses_nothing(
    command: risk.AssessRisk | risk.ChangeCircumstances | risk.AssessMotive,
) -> None:
    with pytest.raises(Refusal, match="C1"):
        BEGUN.when(command, by(CARE))
    with pytest.raises(NotThere):
        BEGUN.when(replace(command, person=ref(77)), by(SOCIAL))


def test_d7_the_coordinator_asks_a_unit_that_works_for_other_purposes() -> None:
    """Nothing is disclosed by asking: the unit answers for the purposes that it works for."""
    asked = replace(CHANGE, asked=POLICE)
    (event,) = BEGUN.when(asked, by(CENTRE, purpose=Purpose.CARE))
    assert isinstance(event, risk.CircumstancesChanged)
    assert event.asked == POLICE
