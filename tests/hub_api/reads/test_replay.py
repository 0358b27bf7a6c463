"""C4, R10: a replay as a unit tells neither that an act has whereabouts, or their kin, nor that it has none; and which
other parts it has by a mandate for that case alone."""

import pytest

from domain.act import Principal
from domain.case import commands as case
from domain.case import risk
from domain.case.mandates import EndMandate
from domain.report.commands import Consider
from domain.vocabulary import Because, Compartment, Consideration, Instrument, Kind, Outcome, Ref, ReportKind
from hub_api.reads.replay import NARROW, SEALED
from hub_api.runtime.hub import Hub
from tests.hub_api.stand import ANNA, ASKS, BO, DAY, LARS, RUT, SARA, TOMORROW, Girl, disclosed, does, later, mandate

RECORD = Compartment.RECORD


def record(hub: Hub, girl: Girl, **texts: str) -> Ref:
    return does(hub, SARA, case.RecordInformation(person=girl.person, **texts), girl.case).created


def replayed(hub: Hub, girl: Girl, unit: Principal, *acts: Ref) -> list[tuple[frozenset[str], frozenset[str]]]:
    """What the unit could open of these acts, and what it opened."""
    if not any(fact.event.name == "case.mandate_given" for fact in hub.log.snapshot().stream(girl.case)):
        mandate(hub, girl, RUT)
    seen = hub.gateway.replay_now(RUT, girl.case, as_unit=unit.unit)
    assert {NARROW} == frozenset.intersection(*seen.could.values(), *seen.opened.values()) - {RECORD}
    found = {fact.act.id: (seen.could[fact.id], seen.opened[fact.version]) for fact in seen.facts}
    return [found[act] for act in acts]


def words(hub: Hub, auditor: Principal, stream: Ref, as_unit: Principal) -> set[str]:
    """All that a replay names of what that unit could open and opened."""
    seen = hub.gateway.replay_now(auditor, stream, as_unit=as_unit.unit)
    return {word for parts in (*seen.could.values(), *seen.opened.values()) for word in parts}


def look(hub: Hub, girl: Girl, who: Principal) -> None:
    hub.gateway.look_now(who, Kind.CASE, girl.case, what="case")


def test_c4_where_a_unit_was_told_whereabouts_its_replay_says_the_same_of_each_act(hub: Hub, girl: Girl) -> None:
    acts = (
        record(hub, girl, social="Afraid."),
        record(hub, girl, social="Afraid.", whereabouts="There."),
        record(hub, girl, whereabouts="There."),
    )
    singly = frozenset({Compartment.WHEREABOUTS})
    consent = case.GiveConsent(
        person=girl.person, receiver=BO.unit, compartments=singly, purpose=BO.purpose, last=TOMORROW
    )
    disclose = case.Disclose(
        person=girl.person,
        receiver=BO.unit,
        compartments=singly,
        purpose=BO.purpose,
        last=TOMORROW,
        consent=does(hub, SARA, consent, girl.case).created,
    )
    does(hub, SARA, disclose, girl.case, ground="consent")
    look(hub, girl, BO)
    assert replayed(hub, girl, BO, *acts) == [(frozenset({NARROW}), frozenset({NARROW}))] * 3


@pytest.mark.parametrize("kin", ["whereabouts", "risk_assessment"])
def test_c3_c4_of_a_units_own_acts_the_record_was_opened_whatever_they_hold(hub: Hub, girl: Girl, kin: str) -> None:
    narrow, social = record(hub, girl, **{kin: "There."}), record(hub, girl, social="Afraid.")
    look(hub, girl, SARA)
    assert replayed(hub, girl, SARA, narrow, social) == [
        (frozenset({NARROW, RECORD}),) * 2,
        (frozenset({NARROW, RECORD, Compartment.SOCIAL}),) * 2,
    ]


def test_c2_what_was_opened_before_the_disclosure_ended_stands_in_the_replay(hub: Hub, girl: Girl) -> None:
    act = record(hub, girl, social="Afraid.", whereabouts="There.")
    grant = disclosed(hub, girl, BO)
    look(hub, girl, BO)
    does(hub, SARA, case.EndDisclosure(grant=grant), girl.case)
    look(hub, girl, BO)
    assert replayed(hub, girl, BO, act) == [
        (frozenset({NARROW}), frozenset({NARROW, RECORD, Compartment.SOCIAL})),
    ]


def test_c3_that_a_risk_was_assessed_is_a_record_and_the_assessment_is_among_the_narrow(hub: Hub, girl: Girl) -> None:
    assess = risk.AssessRisk(
        person=girl.person,
        instrument=Instrument.PATRIARK,
        authority=True,
        trained=True,
        assessed=TOMORROW.replace(day=1),
        valid_until=TOMORROW,
    )
    without = does(hub, SARA, assess, girl.case).created
    look(hub, girl, SARA)
    assert replayed(hub, girl, SARA, without) == [(frozenset({NARROW, RECORD}),) * 2]


def test_r10_without_a_mandate_every_act_is_told_of_alike_whatever_it_holds(hub: Hub, girl: Girl) -> None:
    acts = (record(hub, girl, social="Afraid."), record(hub, girl, police="Known."), record(hub, girl, whereabouts="X"))
    disclosed(hub, girl, BO)
    for who in (SARA, BO):
        look(hub, girl, who)
    for who, known in ((SARA, frozenset({SEALED, RECORD})), (BO, frozenset({SEALED}))):
        seen = hub.gateway.replay_now(RUT, girl.case, as_unit=who.unit)
        told = [(seen.could[fact.id], seen.opened[fact.version]) for fact in seen.facts if fact.act.id in acts]
        assert told == [(known, known)] * 3


def test_r10_a_mandate_names_parts_for_its_time_to_its_auditor_and_nobody_else(hub: Hub, girl: Girl) -> None:
    look(hub, girl, SARA)
    given = mandate(hub, girl, LARS, first=TOMORROW)
    for auditor in (LARS, RUT):
        assert words(hub, auditor, girl.case, SARA) == {SEALED, RECORD}
    later(hub, DAY)
    assert words(hub, LARS, girl.case, SARA) == {NARROW, RECORD, Compartment.SOCIAL, Compartment.IDENTITY}
    assert words(hub, RUT, girl.case, SARA) == {SEALED, RECORD}
    does(hub, ANNA, EndMandate(mandate=given), girl.case)
    assert words(hub, LARS, girl.case, SARA) == {SEALED, RECORD}
    mandate(hub, girl, LARS, first=TOMORROW)
    assert NARROW in words(hub, LARS, girl.case, SARA)
    later(hub, DAY)
    assert words(hub, LARS, girl.case, SARA) == {SEALED, RECORD}, "its last day is over"


def test_r10_a_mandate_for_one_case_is_none_for_another_and_none_for_a_consultation(hub: Hub, girl: Girl) -> None:
    other = Girl(hub)
    asked = does(hub, SARA, ASKS).stream
    does(hub, SARA, case.LinkConsultation(consultation=asked), girl.case)
    mandate(hub, girl, RUT)
    assert words(hub, RUT, girl.case, SARA) > {NARROW}
    for stream in (other.case, asked):
        assert words(hub, RUT, stream, SARA) == {SEALED, RECORD}


def test_r10_it_counts_for_what_the_auditor_sees_to_belong_to_the_case(hub: Hub, girl: Girl) -> None:
    concern = Consider(
        reference="",
        about=ReportKind.CONCERN_CHILD,
        outcome=Consideration.NO_REPORT,
        case=girl.case,
        person=girl.person,
        reasons="It is known already.",
    )
    report = does(hub, SARA, concern).stream
    assert words(hub, RUT, report, SARA) == {SEALED, RECORD}
    mandate(hub, girl, RUT)
    assert words(hub, RUT, report, SARA) == {NARROW, RECORD, Compartment.SOCIAL}


def test_r10_it_opens_no_content_and_is_seen_by_who_gave_it_and_by_regional_auditors(hub: Hub, girl: Girl) -> None:
    mandate(hub, girl, LARS)
    assert not any(fact.shown for fact in hub.gateway.replay_now(LARS, girl.case, as_unit=SARA.unit).facts)
    sees = {
        who.unit
        for who in (ANNA, SARA, RUT, LARS)
        if "case.mandate_given"
        in {
            fact.event.name
            for fact in (
                hub.gateway.replay_now(who, girl.case)
                if who in (RUT, LARS)
                else hub.gateway.look_now(who, Kind.CASE, girl.case, what="case")
            ).facts
        }
    }
    assert sees == {ANNA.unit, RUT.unit}


def test_r10_what_the_coordinator_disposed_of_is_no_mandate_any_more(hub: Hub, girl: Girl) -> None:
    mandate(hub, girl, LARS)
    does(hub, ANNA, case.Close(outcome=Outcome.MOVED), girl.case, because=Because.NOT_AVAILABLE)
    assert NARROW in words(hub, LARS, girl.case, SARA)
    does(hub, ANNA, case.Dispose(whole=True), girl.case)
    assert words(hub, LARS, girl.case, SARA) == {SEALED, RECORD}
