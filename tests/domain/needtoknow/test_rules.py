"""What the rules say of need-to-know, one sentence each."""

from datetime import date

import msgspec
import pytest

from domain.case import events as case
from domain.consultation import events as consultation
from domain.needtoknow.compile import Policy
from domain.needtoknow.model import Action, Verdict
from domain.vocabulary import (
    FOREVER,
    AgencyId,
    Compartment,
    Existence,
    Kind,
    Protection,
    Purpose,
    Role,
    UnitId,
)
from tests.domain.needtoknow.histories import (
    BROTHER,
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

RECORD = Compartment.RECORD


@pytest.fixture(params=POLICIES, ids=lambda policy: policy.title)
def policy(request: pytest.FixtureRequest) -> Policy:
    found: Policy = request.param
    return found


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
    for who, outcome in ((SOCIAL, Verdict.ALLOW), (other, Verdict.ABSENT)):
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
    withdrawn = history.by(POLICE, case.ConsentWithdrawn(consent=consent, person=SISTER, given_to=POLICE.unit))
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


def test_a4_a_caller_reads_questions_and_answers_under_the_key_that_they_were_given(policy: Policy) -> None:
    history = History(Kind.CONSULTATION)
    history.by(SOCIAL, asked_of(CENTRE))
    history.by(SOCIAL, consultation.KeyIssued(to=CENTRE.unit, tag="a" * 64))
    history.by(SOCIAL, consultation.Identified(identity="name"))
    history.by(CENTRE, consultation.AdviceGiven(to=SOCIAL.unit, adviser_role=Role.ADVISER, answer="answer"))
    caller = works_at("caller", Role.CALLER, Purpose.ADVICE, person="a" * 64)
    sights = history.seen_by(caller, policy=policy).facts
    assert [(type(sight.fact.event), sight.allowed) for sight in sights] == [
        (consultation.Requested, frozenset({Compartment.ADVICE})),
        (consultation.AdviceGiven, frozenset({Compartment.ADVICE})),
    ]
    another = works_at("caller", Role.CALLER, Purpose.ADVICE, person="b" * 64)
    member = works_at("caller", Role.HANDLER, Purpose.ADVICE, person="a" * 64)
    assert not history.seen_by(another, policy=policy).facts
    assert not history.seen_by(member, policy=policy).facts


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
    history, auditor = opened_case(), works_at("region.review", Role.REGIONAL_AUDITOR, Purpose.AUDIT)
    history.by(POLICE, case.StaffBlocked(staff=auditor.person))
    assert history.seen_by(auditor, policy=policy).facts == ()
