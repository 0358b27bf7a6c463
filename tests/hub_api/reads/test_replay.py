"""C4, R10: a replay as a unit tells neither that an act has whereabouts, or their kin, nor that it has none."""

import pytest

from domain.act import Principal
from domain.case import commands as case
from domain.case import risk
from domain.vocabulary import Compartment, Instrument, Kind, Ref
from hub_api.reads.replay import NARROW
from hub_api.runtime.hub import Hub
from tests.hub_api.stand import BO, RUT, SARA, TOMORROW, Girl, disclosed, does

RECORD = Compartment.RECORD


def record(hub: Hub, girl: Girl, **texts: str) -> Ref:
    return does(hub, SARA, case.RecordInformation(person=girl.person, **texts), girl.case).created


def replayed(hub: Hub, girl: Girl, unit: Principal, *acts: Ref) -> list[tuple[frozenset[str], frozenset[str]]]:
    """What the unit could open of these acts, and what it opened."""
    seen = hub.gateway.replay_now(RUT, girl.case, as_unit=unit.unit)
    assert {NARROW} == frozenset.intersection(*seen.could.values(), *seen.opened.values()) - {RECORD}
    found = {fact.act.id: (seen.could[fact.id], seen.opened[fact.version]) for fact in seen.facts}
    return [found[act] for act in acts]


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
