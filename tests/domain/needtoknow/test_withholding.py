"""What stands in a record follows from nothing that is sealed more narrowly, to whoever may not know that."""

import msgspec
import pytest
from msgspec import UNSET

from domain.act import Principal
from domain.case import events as case
from domain.case.places import PlaceLeft
from domain.case.risk import CircumstancesChanged
from domain.event import Event
from domain.needtoknow.compile import compile_policy
from domain.needtoknow.visible import Sight, visible
from domain.referral import events as referral
from domain.report import events as report
from domain.vocabulary import Because, Compartment, Duty, Kind, PlacementEnd, Purpose, ReportKind, Role
from tests.domain.needtoknow.histories import (
    CENTRE,
    HEALTH,
    NOW,
    POLICE,
    POLICY,
    SISTER,
    SOCIAL,
    History,
    disclosed,
    opened_case,
    works_at,
)

COLLEAGUE = works_at(SOCIAL.unit, person="another")
AUDITOR = works_at("social.review", Role.AUDITOR, Purpose.AUDIT)
REGION = works_at("region.review", Role.REGIONAL_AUDITOR, Purpose.AUDIT)


def last(history: History, who: Principal) -> Sight | None:
    found = [sight for sight in history.seen_by(who).facts if sight.fact.id == history.facts[-1].id]
    return found[0] if found else None


def because(history: History, reason: Because) -> None:
    act = msgspec.structs.replace(history.facts[-1].act, because=reason)
    history.facts[-1] = msgspec.structs.replace(history.facts[-1], act=act)


def test_c11_c4_why_whereabouts_were_needed_is_the_acting_units_own_to_read() -> None:
    history = opened_case()
    history.by(SOCIAL, disclosed(POLICE, Compartment.SOCIAL))
    history.by(SOCIAL, case.InformationRecorded(person=SISTER, social="Afraid", whereabouts="There"))
    because(history, Because.URGENT)
    for who in (SOCIAL, COLLEAGUE):
        sight = last(history, who)
        assert sight is not None
        assert sight.fact.act.because is Because.URGENT
    for who in (POLICE, CENTRE, AUDITOR, REGION):
        sight = last(history, who)
        assert sight is not None, who
        assert sight.fact.act.because is None, who


SENT = referral.Sent(
    receiver=HEALTH.unit,
    reference="AAAA-AAAA",
    purpose=Purpose.CARE,
    used_for="care",
    person=SISTER,
    has_safe_contact=True,
    contact="At ten",
)
MADE = report.Made(
    receiver=HEALTH.unit,
    reference="AAAA-AAAA",
    about=ReportKind.CONCERN_CHILD,
    duty=Duty.BY_LAW,
    ongoing=False,
    person=SISTER,
    concern_known=1,
    identity_known=2,
    decided=3,
    used_for="concern_child",
    has_safe_contact=True,
    identity="Nora",
)


@pytest.mark.parametrize(("kind", "event"), [(Kind.REFERRAL, SENT), (Kind.REPORT, MADE)])
def test_f_what_follows_from_contact_or_identity_is_told_to_those_alone_who_may_know_of_it(
    kind: Kind, event: Event
) -> None:
    history = History()
    history.by(SOCIAL, event)
    fact = msgspec.structs.replace(history.facts[0], kind=kind)
    for who in (SOCIAL, HEALTH):
        (sight,) = visible(POLICY, who, [fact], NOW).facts
        assert (sight.fact.event, sight.withheld) == (history.facts[0].event, ())
    for who in (AUDITOR, REGION):
        (sight,) = visible(POLICY, who, [fact], NOW).facts
        told = msgspec.structs.asdict(sight.fact.event)
        assert set(sight.withheld) == event.follows.keys()
        assert {told[field] for field in event.follows} == {UNSET}


def test_c4_d11_a_compromised_placement_is_seen_by_one_act_as_any_other() -> None:
    history = opened_case()
    history.by(SOCIAL, PlaceLeft(person=SISTER, how=PlacementEnd.COMPROMISED))
    left = history.facts[-1]
    history.by(SOCIAL, CircumstancesChanged(person=SISTER, at_once=True))
    history.facts[-1] = msgspec.structs.replace(history.facts[-1], act=left.act)
    for who in (SOCIAL, COLLEAGUE):
        assert last(history, who) is not None
    for who in (CENTRE, AUDITOR, REGION):
        assert left.id in {sight.fact.id for sight in history.seen_by(who).facts}
        assert last(history, who) is None
    history.by(SOCIAL, disclosed(POLICE, Compartment.WHEREABOUTS))
    told = {type(sight.fact.event) for sight in history.seen_by(POLICE).facts}
    assert told >= {PlaceLeft, CircumstancesChanged}


def test_d7_a_change_of_circumstances_of_its_own_is_told_as_before() -> None:
    history = opened_case()
    history.by(SOCIAL, PlaceLeft(person=SISTER))
    history.by(SOCIAL, CircumstancesChanged(person=SISTER, at_once=True))
    assert last(history, CENTRE) is not None


@pytest.mark.parametrize(("known", "told"), [("existence", True), ("coordination", False)])
def test_c12_that_safe_contact_came_is_told_to_whoever_knows_that_there_is_one_and_not_by_a_stub_of_something_else(
    known: str, told: bool
) -> None:
    policy = compile_policy(
        '@id("A") @ground("a")\npermit (principal, action, resource) when { resource.row == "record" };\n'
        f'@id("C12") @ground("b") @outcome("stub")\npermit (principal, action == Action::"read", resource) '
        f'when {{ resource.row == "{known}" || resource.row == "contact" }};',
        "test",
    )
    history = History()
    history.by(SOCIAL, SENT)
    fact = msgspec.structs.replace(history.facts[0], kind=Kind.REFERRAL)
    (sight,) = visible(policy, POLICE, [fact], NOW).facts
    assert ("has_safe_contact" not in sight.withheld) is told
