"""Levels of assurance, the coordinator, auditors, what is public, and what a sight of an act tells (F)."""

from datetime import date

import msgspec
import pytest

from domain.access import Looked
from domain.act import Principal
from domain.agreement import events as agreement
from domain.case import events as case
from domain.consultation import events as consultation
from domain.hub import PolicyAdopted
from domain.needtoknow.compile import Policy, compile_policy
from domain.needtoknow.model import NO_GRANT, Action, Grant, GrantKind, Verdict
from domain.vocabulary import (
    Compartment,
    Kind,
    Purpose,
    Role,
    StaffId,
    UnitId,
)
from tests.domain.needtoknow.histories import (
    CENTRE,
    HEALTH,
    NOW,
    POLICE,
    POLICIES,
    SISTER,
    SOCIAL,
    History,
    asked_of,
    assigned,
    disclosed,
    everything_known,
    grant_of,
    opened_case,
    part,
    works_at,
)

AUDITOR = works_at("police.review", Role.AUDITOR, Purpose.AUDIT)
REGIONAL_AUDITOR = works_at("region.review", Role.REGIONAL_AUDITOR, Purpose.AUDIT)
RECORD = Compartment.RECORD


@pytest.fixture(params=POLICIES, ids=lambda policy: policy.title)
def policy(request: pytest.FixtureRequest) -> Policy:
    found: Policy = request.param
    return found


# F: levels of assurance, coordinator, auditors, what is public.


def test_f_records_need_level_2_and_content_level_3(policy: Policy) -> None:
    history = opened_case()
    act = history.by(POLICE, case.InformationRecorded(person=SISTER, police="police"))
    levels = [msgspec.structs.replace(POLICE, assurance=level) for level in (1, 2, 3)]
    opened = [history.opens(act, who, policy=policy) for who in levels]
    assert opened == [frozenset(), {RECORD}, {RECORD, Compartment.POLICE}]


def test_f_only_who_coordinates_it_sees_the_acts_of_the_case(policy: Policy) -> None:
    history = opened_case()
    act = history.by(POLICE, everything_known())
    adviser = works_at("centre.east", Role.ADVISER)
    other_centre = works_at("centre.west", Role.COORDINATOR, Purpose.COORDINATION)
    assert history.opens(act, CENTRE, policy=policy) == {RECORD}
    assert history.of(act, adviser, policy=policy) is None
    assert history.of(act, other_centre, policy=policy) is None


def test_f_an_agencys_auditor_sees_the_records_of_that_agency_alone(policy: Policy) -> None:
    history = opened_case()
    own = history.by(POLICE, everything_known())
    given = history.by(POLICE, assigned(SOCIAL))
    blocked = history.by(POLICE, case.StaffBlocked(staff=StaffId("cousin")))
    others = history.by(HEALTH, everything_known())
    assert history.opens(own, AUDITOR, policy=policy) == {RECORD}
    assert history.of(given, AUDITOR, policy=policy) is not None
    for hidden in (others, blocked):
        assert history.of(hidden, AUDITOR, policy=policy) is None


def test_f_a_regional_auditor_sees_every_record_and_no_content(policy: Policy) -> None:
    history = opened_case()
    acts = [history.by(who, everything_known()) for who in (POLICE, HEALTH, SOCIAL)]
    given = history.by(POLICE, assigned(SOCIAL))
    assert {history.opens(act, REGIONAL_AUDITOR, policy=policy) for act in (*acts, given)} == {frozenset({RECORD})}


@pytest.mark.parametrize(("who", "outcomes"), [(POLICE, 1), (AUDITOR, 1), (REGIONAL_AUDITOR, 2)])
def test_f_looks_are_seen_by_who_looked_and_by_auditors_on_their_mandate(who: Principal, outcomes: int) -> None:
    history = History(Kind.ACCESS)
    for one in (POLICE, HEALTH):
        history.by(one, Looked(what="case.show", position=1))
    assert len(history.seen_by(who).facts) == outcomes


def test_f_looks_are_for_auditors_too(policy: Policy) -> None:
    history = History(Kind.ACCESS)
    history.by(POLICE, Looked(what="case.show", position=1))
    assert len(history.seen_by(AUDITOR, policy=policy).facts) == 1
    assert len(history.seen_by(REGIONAL_AUDITOR, policy=policy).facts) == 1


def test_f_no_auditor_audits_for_another_purpose(policy: Policy) -> None:
    history = opened_case()
    history.by(POLICE, everything_known())
    for auditor in (AUDITOR, REGIONAL_AUDITOR):
        curious = msgspec.structs.replace(auditor, purpose=Purpose.INVESTIGATION)
        assert history.seen_by(curious, policy=policy).facts == ()


def test_f_an_auditor_does_not_read_what_their_own_unit_wrote(policy: Policy) -> None:
    auditor = msgspec.structs.replace(AUDITOR, unit=POLICE.unit)
    assert policy.decide(auditor, Action.READ, part(Compartment.POLICE), NO_GRANT, NOW).outcome is Verdict.ABSENT


def test_f_nobody_audits_but_an_auditor(policy: Policy) -> None:
    administrator = works_at("police.it", Role.ADMINISTRATOR, Purpose.AUDIT)
    for who in (administrator, POLICE):
        assert policy.decide(who, Action.AUDIT, part(RECORD), NO_GRANT, NOW).outcome is Verdict.ABSENT


def test_f_agreements_and_policies_are_for_everyone(policy: Policy) -> None:
    history = History(Kind.AGREEMENT)
    history.by(CENTRE, agreement.Ended(last=date(2027, 1, 1)))
    hub = History(Kind.HUB)
    hub.by(CENTRE, PolicyAdopted(sha256="0" * 64, title="2026-11", in_force=0))
    for who in (SOCIAL, AUDITOR, msgspec.structs.replace(HEALTH, assurance=1)):
        assert len(history.seen_by(who, policy=policy).facts) == 1
        assert len(hub.seen_by(who, policy=policy).facts) == 1


# D1 and A2: consultations that are passed on.


def test_d1_who_it_is_passed_on_to_reads_the_whole_exchange(policy: Policy) -> None:
    history, adviser = History(Kind.CONSULTATION), works_at("centre.west", Role.ADVISER, Purpose.ADVICE)
    asked = history.by(SOCIAL, asked_of(CENTRE))
    identified = history.by(SOCIAL, consultation.Identified(identity="name"))
    assert history.seen_by(adviser, policy=policy).facts == ()
    history.by(CENTRE, consultation.PassedOn(to=adviser.unit, asker=SOCIAL.unit))
    assert history.opens(asked, adviser, policy=policy) == {RECORD, Compartment.ADVICE}
    assert history.of(identified, adviser, policy=policy) is None


# What one sees of a fact tells nothing of what one does not see.


def test_f_a_fact_names_no_part_but_those_that_may_be_opened(policy: Policy) -> None:
    history = opened_case()
    act = history.by(POLICE, everything_known())
    history.by(POLICE, disclosed(SOCIAL, Compartment.POLICE))
    sight = history.of(act, SOCIAL, policy=policy)
    assert sight is not None
    assert sight.fact.sealed == sight.allowed == {Compartment.POLICE}
    assert (sight.why.rule, sight.why.ground) == ("C2", "record-of-what-is-open")


def test_f_a_disposed_part_is_known_to_who_could_open_it_and_to_no_one_else() -> None:
    history = opened_case()
    act = history.by(POLICE, everything_known())
    history.by(POLICE, disclosed(SOCIAL, Compartment.POLICE))
    gone = frozenset({Compartment.POLICE, Compartment.HEALTH})
    history.facts[1] = msgspec.structs.replace(history.facts[1], sealed=history.facts[1].sealed - gone, disposed=gone)
    sight = history.of(act, SOCIAL)
    assert sight is not None
    assert sight.fact.disposed == {Compartment.POLICE}
    assert not sight.fact.sealed


def test_f_forbidding_wins_over_every_permit(policy: Policy) -> None:
    grant = grant_of(SOCIAL, Compartment.POLICE)
    blocked = part(Compartment.POLICE, blocked=frozenset({SOCIAL.person}))
    decision = policy.decide(SOCIAL, Action.READ, blocked, grant, NOW)
    assert (decision.outcome, decision.rule, decision.ground) == (Verdict.ABSENT, "C9", "staff-block")


def test_f_no_grant_opens_who_looked(policy: Policy) -> None:
    grant = grant_of(SOCIAL, Compartment.ACCESS)
    decision = policy.decide(SOCIAL, Action.READ, part(Compartment.ACCESS, kind=Kind.ACCESS), grant, NOW)
    assert decision.outcome is Verdict.ABSENT


def test_f_comparison_tells_capitals_apart(policy: Policy) -> None:
    shouting = msgspec.structs.replace(POLICE, unit=UnitId(POLICE.unit.upper()))
    assert policy.decide(shouting, Action.READ, part(RECORD), NO_GRANT, NOW).outcome is Verdict.ABSENT


def test_f_an_empty_set_of_policies_denies_everything() -> None:
    empty = compile_policy("// Nothing is permitted.\n", "empty")
    history = opened_case()
    history.by(POLICE, everything_known())
    for who in (POLICE, CENTRE, AUDITOR, REGIONAL_AUDITOR):
        assert history.seen_by(who, policy=empty).facts == ()
        assert history.seen_by(who, policy=empty).existence == frozenset()


def test_f_an_empty_grant_opens_nothing(policy: Policy) -> None:
    empty = Grant(kind=GrantKind.DISCLOSURE, purpose=SOCIAL.purpose)
    for row in Compartment:
        assert policy.decide(SOCIAL, Action.READ, part(row), empty, NOW).outcome is Verdict.ABSENT
        nameless = grant_of(SOCIAL)
        assert policy.decide(SOCIAL, Action.READ, part(row), nameless, NOW).outcome is Verdict.ABSENT
