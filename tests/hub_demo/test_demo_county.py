"""The demo's county: authorities and codes that exist, people that do not (B1)."""

import pytest

from domain.agreement.events import Concluded
from domain.agreement.state import Agreement, Directory
from domain.time import parse_instant
from domain.vocabulary import AgencyKind, Ref
from domain.waiting import WaitsFor, waits
from hub_demo.county import MUNICIPALITIES, PERSONAS, agreement, parties


def test_b1_each_of_the_thirteen_municipalities_is_two_authorities() -> None:
    of = {
        kind: {party.municipality for party in parties() if party.kind is kind}
        for kind in (AgencyKind.SOCIAL_SERVICES, AgencyKind.SCHOOL)
    }
    assert len(MUNICIPALITIES) == 13
    assert of == {kind: set(MUNICIPALITIES) for kind in of}


def test_b1_the_minimum_parties_are_there() -> None:
    assert {party.kind for party in parties()} >= {
        AgencyKind.SOCIAL_SERVICES,
        AgencyKind.SCHOOL,
        AgencyKind.POLICE,
        AgencyKind.PROSECUTION,
        AgencyKind.HEALTH_CARE,
    }


def test_b3_the_agreement_covers_the_whole_county_and_names_who_answers_for_the_centres_records() -> None:
    agreed = agreement()
    assert agreed.catchment == set(MUNICIPALITIES)
    assert agreed.responsible_body in {party.id for party in agreed.parties}


@pytest.mark.parametrize(
    "what",
    [
        "consultation_answered",
        "referral_received",
        "referral_answered",
        "report_received",
        "minutes",
        "invitation",
        "risk_assessment",
        "transfer",
        "safe_contact_confirmed",
    ],
)
def test_d2_no_answer_raises_an_alarm_by_a_limit_of_the_agreement(what: WaitsFor) -> None:
    agreed = agreement()
    concluded = Concluded(**{name: getattr(agreed, name) for name in agreed.__struct_fields__})
    directory = Directory({Ref("a" * 32): Agreement(concluded=concluded, last=agreed.last)})
    unit, since = PERSONAS["socialsekreterare-sara-exempel"].unit, parse_instant("2026-11-09T08:00:00+01:00")
    wait = waits(unit, what, since, since, directory)
    assert wait.due is not None
    assert not wait.alarmed
    assert waits(unit, what, since, wait.due, directory).alarmed


def test_every_persona_works_in_a_unit_of_the_agreement_in_a_role_and_for_a_purpose_it_has() -> None:
    units = {unit.id: (party, unit) for party in parties() for unit in party.units}
    for name, persona in PERSONAS.items():
        party, unit = units[persona.unit]
        assert (persona.agency, persona.person) == (party.id, name)
        assert persona.role in unit.roles
        assert persona.purpose in unit.purposes


def test_everyone_at_work_in_the_demo_says_by_name_that_they_do_not_exist() -> None:
    assert all(name.endswith("-exempel") for name in PERSONAS)
