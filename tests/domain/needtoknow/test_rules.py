"""What the rules say of need-to-know, one sentence each, and that no policy could be left out unnoticed."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from types import FunctionType

import msgspec
import pytest

from domain.access import Looked
from domain.act import Principal
from domain.agreement import events as agreement
from domain.case import events as case
from domain.consultation import events as consultation
from domain.hub import PolicyAdopted
from domain.needtoknow.compile import Policy, compile_policy
from domain.needtoknow.model import NO_GRANT, Action, Grant, GrantKind, Outcome, Resource
from domain.vocabulary import (
    FOREVER,
    AgencyId,
    Compartment,
    Existence,
    Kind,
    Protection,
    Purpose,
    Role,
    StaffId,
    UnitId,
)
from tests.domain.needtoknow import test_table_f
from tests.domain.needtoknow.histories import (
    BROTHER,
    CENTRE,
    HEALTH,
    NOW,
    POLICE,
    POLICY,
    SISTER,
    SOCIAL,
    History,
    asked_of,
    assigned,
    disclosed,
    everything_known,
    opened_case,
    works_at,
)

AUDITOR = works_at("police.review", Role.AUDITOR, Purpose.AUDIT)
REGIONAL_AUDITOR = works_at("region.review", Role.REGIONAL_AUDITOR, Purpose.AUDIT)
RECORD = Compartment.RECORD


@pytest.fixture
def policy() -> Policy:
    return POLICY


def part(row: Compartment, **changes: object) -> Resource:
    of_police = Resource(kind=Kind.CASE, row=row, subject=SISTER.hex, owner=POLICE.unit, owner_agency=POLICE.agency)
    return msgspec.structs.replace(of_police, **changes)


def grant_of(who: Principal, *parts: Compartment) -> Grant:
    return Grant(
        kind=GrantKind.DISCLOSURE,
        holder=who.unit,
        subject=SISTER.hex,
        owner=POLICE.unit,
        compartments=frozenset(parts),
        purpose=who.purpose,
    )


# C1 and B5: assignment, per person, per unit, for a purpose.


def test_c1_assignment_shows_that_the_case_is_there_and_nothing_of_it(policy: Policy) -> None:
    history = opened_case()
    given = history.by(CENTRE, assigned(SOCIAL))
    history.by(POLICE, everything_known())
    found = history.seen_by(SOCIAL, policy=policy)
    assert found.existence == {Existence.CASE}
    assert [sight.fact.act.id for sight in found.facts] == [given]


def test_c1_a_look_for_another_purpose_than_the_assignments_finds_no_case(policy: Policy) -> None:
    history = opened_case()
    history.by(CENTRE, assigned(SOCIAL, purpose=Purpose.FOLLOW_UP))
    assert history.seen_by(SOCIAL, policy=policy).existence == frozenset()


def test_c1_a_look_for_another_purpose_than_the_disclosures_opens_nothing(policy: Policy) -> None:
    history = opened_case()
    act = history.by(POLICE, everything_known())
    history.by(POLICE, disclosed(SOCIAL, Compartment.POLICE, purpose=Purpose.FOLLOW_UP))
    assert history.opens(act, SOCIAL, policy=policy) == frozenset()


def test_b5_who_takes_part_around_the_brother_knows_nothing_of_the_sister(policy: Policy) -> None:
    history = opened_case()
    history.by(CENTRE, assigned(SOCIAL, BROTHER))
    history.by(POLICE, case.ProtectionMarked(person=SISTER, level=Protection.ASSUMED_IDENTITY))
    history.by(POLICE, case.SafeContactSet(person=BROTHER, contact="through the school"))
    found = history.seen_by(SOCIAL, policy=policy)
    assert found.existence == {Existence.CASE, Existence.SAFE_CONTACT}


def test_b5_what_was_disclosed_about_the_brother_opens_nothing_about_the_sister(policy: Policy) -> None:
    history = opened_case()
    history.by(POLICE, disclosed(SOCIAL, Compartment.POLICE, person=BROTHER))
    act = history.by(POLICE, everything_known(SISTER))
    assert history.opens(act, SOCIAL, policy=policy) == frozenset()


def test_b5_a_grant_is_of_no_use_to_another_unit_of_the_same_agency(policy: Policy) -> None:
    other = works_at("social.adults", purpose=SOCIAL.purpose)
    for who, outcome in ((SOCIAL, Outcome.ALLOW), (other, Outcome.ABSENT)):
        grant = grant_of(SOCIAL, Compartment.POLICE)
        assert policy.decide(who, Action.READ, part(Compartment.POLICE), grant, NOW).outcome is outcome


# C2: disclosure, its giver, its period, its end.


def test_c2_a_disclosure_opens_what_it_names_and_the_record_with_it(policy: Policy) -> None:
    history = opened_case()
    act = history.by(POLICE, everything_known())
    history.by(POLICE, disclosed(SOCIAL, Compartment.POLICE, Compartment.RISK_MEMO))
    assert history.opens(act, SOCIAL, policy=policy) == {RECORD, Compartment.POLICE, Compartment.RISK_MEMO}


def test_c2_a_disclosure_opens_only_what_is_its_givers_own(policy: Policy) -> None:
    history = opened_case()
    act = history.by(HEALTH, everything_known())
    history.by(POLICE, disclosed(SOCIAL, Compartment.HEALTH, RECORD))
    assert history.opens(act, SOCIAL, policy=policy) == frozenset()


def test_c2_the_record_of_an_act_that_carries_nothing_of_what_was_disclosed_stays_unknown(policy: Policy) -> None:
    history = opened_case()
    act = history.by(POLICE, case.InformationRecorded(person=SISTER, social="social"))
    history.by(POLICE, disclosed(SOCIAL, Compartment.POLICE))
    assert history.of(act, SOCIAL, policy=policy) is None


def test_c2_a_receiver_knows_that_the_case_is_there(policy: Policy) -> None:
    history = opened_case()
    history.by(POLICE, disclosed(SOCIAL, Compartment.POLICE))
    history.by(POLICE, case.ProtectionMarked(person=SISTER, level=Protection.ASSUMED_IDENTITY))
    history.by(POLICE, case.SafeContactSet(person=BROTHER))
    assert history.seen_by(SOCIAL, policy=policy).existence == {Existence.CASE, Existence.PROTECTION}


@pytest.mark.parametrize(("now", "is_open"), [(99, False), (100, True), (199, True), (200, False)])
def test_c2_a_period_holds_from_its_first_instant_to_before_its_last(now: int, is_open: bool) -> None:
    history = opened_case()
    history.by(CENTRE, assigned(HEALTH, start=100, until=200))
    act = history.by(POLICE, everything_known())
    history.by(POLICE, disclosed(SOCIAL, Compartment.POLICE, start=100, until=200))
    assert (Compartment.POLICE in history.opens(act, SOCIAL, now)) is is_open
    assert (Existence.CASE in history.seen_by(HEALTH, now).existence) is is_open
    assert [grant.in_force(now) for grant in history.seen_by(HEALTH, now).grants] == [is_open]


def test_c2_before_its_start_and_after_its_end_a_disclosure_opens_nothing(policy: Policy) -> None:
    history = opened_case()
    act = history.by(POLICE, everything_known())
    history.by(POLICE, disclosed(SOCIAL, Compartment.POLICE, start=100, until=200))
    opened = [Compartment.POLICE in history.opens(act, SOCIAL, now, policy) for now in (99, 100, 199, 200)]
    assert opened == [False, True, True, False]


def test_c2_an_ended_disclosure_leaves_that_it_was_received_and_that_it_ended(policy: Policy) -> None:
    history = opened_case()
    act = history.by(POLICE, everything_known())
    given = history.by(POLICE, disclosed(SOCIAL, Compartment.POLICE))
    ended = history.by(POLICE, case.DisclosureEnded(grant=given, receiver=SOCIAL.unit))
    found = history.seen_by(SOCIAL, policy=policy)
    assert history.of(act, SOCIAL, policy=policy) is None
    assert [sight.fact.act.id for sight in found.facts] == [given, ended]
    assert [(grant.id, grant.ended) for grant in found.grants] == [(given, True)]


def test_c2_ending_one_of_two_like_assignments_leaves_the_other(policy: Policy) -> None:
    history = opened_case()
    first = history.by(CENTRE, assigned(SOCIAL))
    second = history.by(CENTRE, assigned(SOCIAL))
    history.by(CENTRE, case.AssignmentEnded(grant=first, unit=SOCIAL.unit))
    assert history.seen_by(SOCIAL, policy=policy).existence == {Existence.CASE}
    history.by(CENTRE, case.AssignmentEnded(grant=second, unit=SOCIAL.unit))
    assert history.seen_by(SOCIAL, policy=policy).existence == frozenset()


def test_c2_withdrawal_ends_what_rests_on_the_consent_and_nothing_else(policy: Policy) -> None:
    history = opened_case()
    consent = history.by(
        POLICE,
        case.ConsentGiven(
            person=SISTER,
            purpose=SOCIAL.purpose,
            receiver=SOCIAL.unit,
            compartments=frozenset({Compartment.POLICE}),
            until=FOREVER,
        ),
    )
    act = history.by(POLICE, everything_known())
    history.by(POLICE, disclosed(SOCIAL, Compartment.POLICE, consent=consent))
    history.by(POLICE, disclosed(SOCIAL, Compartment.SOCIAL))
    assert history.opens(act, SOCIAL, policy=policy) == {RECORD, Compartment.POLICE, Compartment.SOCIAL}
    withdrawn = history.by(POLICE, case.ConsentWithdrawn(consent=consent, person=SISTER))
    assert history.opens(act, SOCIAL, policy=policy) == {RECORD, Compartment.SOCIAL}
    assert history.of(withdrawn, SOCIAL, policy=policy) is None


def test_c2_what_was_said_opens_nothing(policy: Policy) -> None:
    history = opened_case()
    act = history.by(POLICE, everything_known())
    said = history.by(POLICE, disclosed(SOCIAL, Compartment.POLICE, spoken=True))
    assert history.opens(act, SOCIAL, policy=policy) == frozenset()
    assert history.of(said, SOCIAL, policy=policy) is not None


def test_c2_grants_of_one_case_open_nothing_in_another() -> None:
    one, other = opened_case(), History(Kind.CONSULTATION)
    other.by(SOCIAL, asked_of(CENTRE))
    one.facts += other.facts
    with pytest.raises(ValueError, match="one stream"):
        one.seen_by(SOCIAL)


# C3, C4 and C6: the narrowest parts.


def test_c3_an_assessment_is_not_handed_out_even_where_a_disclosure_names_it(policy: Policy) -> None:
    history = opened_case()
    act = history.by(POLICE, everything_known())
    history.by(POLICE, disclosed(SOCIAL, Compartment.RISK_ASSESSMENT, Compartment.RISK_MEMO))
    assert history.opens(act, SOCIAL, policy=policy) == {RECORD, Compartment.RISK_MEMO}
    assert Compartment.RISK_ASSESSMENT in history.opens(act, POLICE, policy=policy)


def test_c3_the_record_does_not_follow_an_assessment_that_stays_shut(policy: Policy) -> None:
    history = opened_case()
    act = history.by(POLICE, case.InformationRecorded(person=SISTER, risk_assessment="assessment"))
    history.by(POLICE, disclosed(SOCIAL, Compartment.RISK_ASSESSMENT))
    assert history.of(act, SOCIAL, policy=policy) is None


def test_c4_whereabouts_are_opened_by_a_disclosure_that_names_nothing_else(policy: Policy) -> None:
    history = opened_case()
    act = history.by(POLICE, case.InformationRecorded(person=SISTER, whereabouts="there"))
    history.by(POLICE, disclosed(SOCIAL, Compartment.WHEREABOUTS, Compartment.SOCIAL))
    assert history.of(act, SOCIAL, policy=policy) is None
    history.by(POLICE, disclosed(SOCIAL, Compartment.WHEREABOUTS))
    assert history.opens(act, SOCIAL, policy=policy) == {RECORD, Compartment.WHEREABOUTS}


def test_c6_a_working_note_is_nobody_elses_even_where_a_disclosure_names_it(policy: Policy) -> None:
    history = opened_case()
    act = history.by(POLICE, case.NoteWritten(person=SISTER, purge_on=date(2027, 1, 1), text="note"))
    history.by(POLICE, disclosed(SOCIAL, Compartment.WORKING_NOTE))
    assert history.of(act, SOCIAL, policy=policy) is None
    assert history.opens(act, POLICE, policy=policy) == {RECORD, Compartment.WORKING_NOTE}


def test_c6_an_expedited_note_is_read_by_its_receiver_and_by_no_one_else(policy: Policy) -> None:
    history = opened_case()
    note = history.by(POLICE, case.NoteWritten(person=SISTER, purge_on=date(2027, 1, 1), text="note"))
    sent = history.by(POLICE, case.NoteExpedited(note=note, person=SISTER, receiver=SOCIAL.unit, memo="memo"))
    history.by(CENTRE, assigned(HEALTH))
    assert history.opens(sent, SOCIAL, policy=policy) == {RECORD, Compartment.SOCIAL}
    assert history.of(sent, HEALTH, policy=policy) is None
    assert history.of(note, SOCIAL, policy=policy) is None


# C5 and C9: who stays outside.


def test_c5_who_stands_in_no_unit_reads_nothing(policy: Policy) -> None:
    nobody = msgspec.structs.replace(CENTRE, unit=UnitId(""), agency=AgencyId(""))
    history = History(Kind.CONSULTATION)
    history.by(SOCIAL, asked_of(CENTRE))
    assert history.seen_by(nobody, policy=policy).facts == ()


def test_c9_nothing_of_the_case_is_there_for_who_is_blocked(policy: Policy) -> None:
    history = opened_case()
    history.by(CENTRE, assigned(SOCIAL))
    history.by(SOCIAL, everything_known())
    block = history.by(POLICE, case.StaffBlocked(staff=SOCIAL.person))
    found = history.seen_by(SOCIAL, policy=policy)
    assert (found.facts, found.existence, found.grants) == ((), frozenset(), ())
    colleague = works_at("social.children", person="colleague")
    assert history.seen_by(colleague, policy=policy).existence == {Existence.CASE}
    assert history.of(block, colleague, policy=policy) is None
    assert history.of(block, CENTRE, policy=policy) is None
    assert history.of(block, POLICE, policy=policy) is not None


def test_c9_who_is_blocked_twice_comes_back_when_both_blocks_are_lifted(policy: Policy) -> None:
    history = opened_case()
    history.by(CENTRE, assigned(SOCIAL))
    blocks = [history.by(who, case.StaffBlocked(staff=SOCIAL.person)) for who in (POLICE, CENTRE)]
    history.by(POLICE, case.StaffBlockLifted(block=blocks[0]))
    assert history.seen_by(SOCIAL, policy=policy).facts == ()
    history.by(CENTRE, case.StaffBlockLifted(block=blocks[1]))
    assert history.seen_by(SOCIAL, policy=policy).existence == {Existence.CASE}


def test_c9_a_blocked_auditor_finds_nothing_either(policy: Policy) -> None:
    history = opened_case()
    history.by(POLICE, case.StaffBlocked(staff=REGIONAL_AUDITOR.person))
    assert history.seen_by(REGIONAL_AUDITOR, policy=policy).facts == ()


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
    assert policy.decide(auditor, Action.READ, part(Compartment.POLICE), NO_GRANT, NOW).outcome is Outcome.ABSENT


def test_f_nobody_audits_but_an_auditor(policy: Policy) -> None:
    administrator = works_at("police.it", Role.ADMINISTRATOR, Purpose.AUDIT)
    for who in (administrator, POLICE):
        assert policy.decide(who, Action.AUDIT, part(RECORD), NO_GRANT, NOW).outcome is Outcome.ABSENT


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
    assert (decision.outcome, decision.rule, decision.ground) == (Outcome.ABSENT, "C9", "staff-block")


def test_f_no_grant_opens_who_looked(policy: Policy) -> None:
    grant = grant_of(SOCIAL, Compartment.ACCESS)
    decision = policy.decide(SOCIAL, Action.READ, part(Compartment.ACCESS, kind=Kind.ACCESS), grant, NOW)
    assert decision.outcome is Outcome.ABSENT


def test_f_comparison_tells_capitals_apart(policy: Policy) -> None:
    shouting = msgspec.structs.replace(POLICE, unit=UnitId(POLICE.unit.upper()))
    assert policy.decide(shouting, Action.READ, part(RECORD), NO_GRANT, NOW).outcome is Outcome.ABSENT


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
        assert policy.decide(SOCIAL, Action.READ, part(row), empty, NOW).outcome is Outcome.ABSENT
        nameless = grant_of(SOCIAL)
        assert policy.decide(SOCIAL, Action.READ, part(row), nameless, NOW).outcome is Outcome.ABSENT


# Every policy counts.

RULES = re.split(r"\n(?=// [A-F][0-9]*: )", POLICY.text)[1:]
GROUNDS = re.findall(r'@ground\("([^"]+)"', POLICY.text)


def _expectations() -> Iterator[Callable[[Policy], None]]:
    for name, test in sorted(globals().items()):
        if (
            name.startswith("test_")
            and isinstance(test, FunctionType)
            and test.__code__.co_varnames[: test.__code__.co_argcount] == ("policy",)
        ):
            yield test
    for cell in test_table_f.cells():
        yield lambda policy, cell=cell: test_table_f.check(policy, *cell)  # type: ignore[misc]


def _holds(expectation: Callable[[Policy], None], policy: Policy) -> bool:
    try:
        expectation(policy)
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize("rule", RULES, ids=GROUNDS)
def test_f_no_policy_can_be_left_out_unnoticed(rule: str) -> None:
    without = compile_policy(POLICY.text.replace(rule, ""), "one rule short")
    assert not all(_holds(expectation, without) for expectation in _expectations())


def test_f_each_policy_has_one_sentence_that_names_its_rule_above_it() -> None:
    assert len(RULES) == POLICY.text.count("\n@id(")
    for rule in RULES:
        named = re.match(r'// ([A-F][0-9]*): [^\n]+\.\n@id\("([A-F][0-9]*)"\) @ground\("[a-z-]+"\)', rule)
        assert named is not None, rule
        assert named[1] == named[2]
    assert len(set(GROUNDS)) == len(GROUNDS) == len(RULES)
