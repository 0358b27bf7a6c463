"""Referral: proposed, agreed to, sent, answered, and followed until someone has met the person (D2, C12)."""

from datetime import date

import pytest
from msgspec.structs import replace

from domain.aggregates import waiting
from domain.agreement.events import TimeLimit
from domain.agreement.state import Agreement, Directory
from domain.command import Command
from domain.errors import Caution, NotThere, Refusal
from domain.event import compartments
from domain.referral import commands as ask
from domain.referral import events as then
from domain.referral.state import Referral, ReferralStatus
from domain.time import day_end
from domain.vocabulary import (
    Because,
    Compartment,
    DeclineReason,
    Instant,
    Kind,
    Outcome,
    Purpose,
    Ref,
    TableRow,
)
from domain.waiting import Waiting
from tests.domain.stories import (
    CARE,
    CENTRE,
    CONCLUDED,
    DAY,
    NOW,
    OUTSIDE,
    POLICE,
    SILENT,
    SOCIAL,
    Story,
    by,
    events_of,
    given,
    ref,
)

HOUR = DAY // 24
NORA = ref(1)
CASE = Ref("d" * 32)
PROPOSE = ask.Propose(reference="ABCD-1234", receiver=CARE, purpose=Purpose.SUPPORT, coordinator=CENTRE)
PROPOSED = given((PROPOSE, by(SOCIAL)))
AGREES = ask.PersonAgrees(
    compartments=frozenset({Compartment.IDENTITY, Compartment.CONTACT, Compartment.SOCIAL}), last=date(2026, 3, 31)
)
AGREED = PROPOSED.then(AGREES, by(SOCIAL))
SEND = ask.Send(identity="Nora", contact="Via skolan.", must_not_learn="Ingen hemma.", social="Behöver samtal.")
CONSENT = by(SOCIAL, ground="consent")
LAW = by(SOCIAL, ground="osl-26-9")
SENT = AGREED.then(SEND, CONSENT)
ACCEPTED = SENT.then(ask.Accept(), by(CARE)).then(ask.ConfirmSafeContact(), by(CARE))
MET = ACCEPTED.then(ask.MeetFirst(), by(CARE))
LIMITS = tuple(
    TimeLimit(what=what, hours=hours)
    for what, hours in (("referral_received", 24), ("referral_answered", 72), ("victim_contacted", 48))
)
LIMITED = Directory({Ref("a" * 32): Agreement(concluded=replace(CONCLUDED, limits=LIMITS), last=CONCLUDED.last)})


def state_of(story: Story) -> Referral:
    state = story.state(Kind.REFERRAL)
    assert isinstance(state, Referral)
    return state


def wait_of(story: Story, now: Instant = NOW) -> Waiting | None:
    return waiting(state_of(story), Kind.REFERRAL, now, LIMITED)


# Proposed, and whether the person agrees.


def test_d2_a_proposal_tells_nobody_and_is_not_yet_sent() -> None:
    (event,) = PROPOSED.facts
    assert event.event.addressees() == frozenset()
    assert (state_of(PROPOSED).status, state_of(PROPOSED).sent) == (ReferralStatus.PROPOSED, None)
    assert state_of(PROPOSED).person == NORA


def test_d2_a_referral_is_proposed_once_to_another_unit_that_works_for_that() -> None:
    with pytest.raises(Refusal, match="D2"):
        PROPOSED.when(PROPOSE, by(SOCIAL))
    with pytest.raises(Refusal, match="C2"):
        given((replace(PROPOSE, receiver=SOCIAL), by(SOCIAL)))
    with pytest.raises(Refusal, match="B1"):
        given((replace(PROPOSE, receiver=OUTSIDE), by(SOCIAL)))
    with pytest.raises(Refusal, match="B3"):
        given((replace(PROPOSE, receiver=POLICE, purpose=Purpose.CARE), by(SOCIAL)))


def test_b5_a_referral_from_a_case_is_about_one_person_in_it() -> None:
    with pytest.raises(Refusal, match="B5"):
        given((replace(PROPOSE, case=CASE), by(SOCIAL)))
    state = state_of(given((replace(PROPOSE, case=CASE, person=ref(7)), by(SOCIAL))))
    assert (state.case, state.person) == (CASE, ref(7))


def test_c2_what_the_person_agrees_to_has_a_receiver_a_content_and_an_end() -> None:
    (event,) = PROPOSED.when(AGREES, by(SOCIAL))
    assert event == then.PersonAgreed(
        person=NORA, receiver=CARE, compartments=AGREES.compartments, until=day_end(date(2026, 3, 31))
    )
    with pytest.raises(Refusal, match="C2"):
        PROPOSED.when(replace(AGREES, last=date(2026, 3, 1)), by(SOCIAL))
    with pytest.raises(Refusal, match="C3"):
        PROPOSED.when(replace(AGREES, compartments=frozenset({Compartment.RISK_ASSESSMENT})), by(SOCIAL))
    with pytest.raises(Refusal, match="C2"):
        PROPOSED.when(replace(AGREES, receiver=SOCIAL), by(SOCIAL))
    with pytest.raises(Refusal, match="B1"):
        PROPOSED.when(replace(AGREES, receiver=OUTSIDE), by(SOCIAL))


def test_d2_it_is_sent_on_the_persons_agreement_or_on_a_ground() -> None:
    for story, act in ((AGREED, CONSENT), (PROPOSED, LAW)):
        (event,) = story.when(SEND, act)
        assert isinstance(event, then.Sent)
        assert event.addressees() == {CARE}
        assert (event.person, event.reference, event.purpose) == (NORA, "ABCD-1234", Purpose.SUPPORT)
        assert (event.identity, event.contact, event.social) == ("Nora", "Via skolan.", "Behöver samtal.")
    with pytest.raises(Refusal, match="states its legal ground"):
        AGREED.when(SEND, by(SOCIAL))


def test_c2_what_is_sent_on_agreement_goes_no_further_than_the_person_agreed() -> None:
    with pytest.raises(Refusal, match="C2: the person has not agreed"):
        PROPOSED.when(SEND, CONSENT)
    with pytest.raises(Refusal, match="C2"):
        AGREED.when(replace(SEND, health="Sömnlös."), CONSENT)
    with pytest.raises(Refusal, match="C2"):
        AGREED.when(replace(SEND, receiver=POLICE), CONSENT)
    with pytest.raises(Refusal, match="C2"):
        AGREED.when(SEND, replace(CONSENT, now=day_end(date(2026, 3, 31))))
    with pytest.raises(Refusal, match="C2"):
        AGREED.then(ask.PersonDeclines(), by(SOCIAL)).when(SEND, CONSENT)


def test_c2_a_ground_opens_what_it_can_and_weighs_where_it_must() -> None:
    with pytest.raises(Refusal, match="cannot open child_statement"):
        PROPOSED.when(replace(SEND, child_statement="Jag vill inte."), LAW)
    weighed = by(SOCIAL, ground="osl-10-27")
    with pytest.raises(Refusal, match="how the interests were weighed"):
        PROPOSED.when(SEND, weighed)
    assert PROPOSED.when(replace(SEND, balancing="Skyddet väger över."), weighed)


def test_c4_a_referral_has_no_place_for_whereabouts_an_assessment_or_another_units_note() -> None:
    carried = set(compartments(then.Sent).values())
    assert not carried & {Compartment.WHEREABOUTS, Compartment.RISK_ASSESSMENT}
    assert then.Sent.sends


def test_c8_what_is_sent_says_what_it_may_be_used_for() -> None:
    (event,) = AGREED.when(SEND, CONSENT)
    assert isinstance(event, then.Sent)
    assert event.used_for == "support"
    (event,) = AGREED.when(replace(SEND, used_for="first_talk"), CONSENT)
    assert isinstance(event, then.Sent)
    assert event.used_for == "first_talk"


# What the receiver answers.


def test_d2_sent_is_not_done_and_received_is_no_answer() -> None:
    assert state_of(SENT).status is ReferralStatus.SENT
    received = SENT.then(ask.ConfirmReceipt(), by(CARE))
    assert state_of(received).status is ReferralStatus.RECEIVED
    assert not state_of(received).ended
    with pytest.raises(Refusal, match="D2"):
        received.when(ask.ConfirmReceipt(), by(CARE))


def test_d2_who_answers_at_once_has_received_it_by_that() -> None:
    assert SENT.when(ask.Accept(), by(CARE)) == (then.ReceiptConfirmed(to=SOCIAL), then.Accepted(to=SOCIAL))
    received = SENT.then(ask.ConfirmReceipt(), by(CARE))
    assert received.when(ask.Accept(), by(CARE)) == (then.Accepted(to=SOCIAL),)


@pytest.mark.parametrize(
    "command",
    [
        ask.ConfirmReceipt(),
        ask.ConfirmSafeContact(),
        ask.Accept(),
        ask.Decline(reason=DeclineReason.OTHER),
        ask.Redirect(to=POLICE),
        ask.AttemptContact(),
        ask.MeetFirst(),
        ask.MissAppointment(),
        ask.Complete(outcome=Outcome.OTHER),
    ],
)
def test_d2_only_the_unit_that_it_was_sent_to_answers_and_only_once_it_was(command: Command) -> None:
    for unit in (SOCIAL, POLICE, CENTRE):
        with pytest.raises(Refusal, match="D2"):
            SENT.when(command, by(unit))
    with pytest.raises(Refusal, match="D2"):
        AGREED.when(command, by(CARE))


@pytest.mark.parametrize(
    "command",
    [AGREES, ask.PersonDeclines(), SEND, ask.GiveSafeContact(contact="Ny."), ask.Withdraw(), ask.Signpost()],
)
def test_d2_only_the_sender_does_what_is_the_senders(command: Command) -> None:
    for story in (AGREED, SENT):
        with pytest.raises(Refusal, match="D2"):
            story.when(command, by(CARE, ground="consent"))


def test_d2_a_refusal_has_a_reason_and_goes_back_to_the_sender() -> None:
    answer = ask.Decline(reason=DeclineReason.NO_CAPACITY, explanation="Kö till maj.")
    declined = SENT.then(answer, by(CARE))
    assert (state_of(declined).status, state_of(declined).reason) == (
        ReferralStatus.DECLINED,
        DeclineReason.NO_CAPACITY,
    )
    wait = wait_of(declined)
    assert wait is not None
    assert (wait.on, wait.what) == (SOCIAL, "referral_sent_on")
    again = declined.then(replace(SEND, receiver=POLICE), by(SOCIAL, ground="osl-10-2", purpose=Purpose.SUPPORT))
    assert (state_of(again).status, state_of(again).receiver, state_of(again).reason) == (
        ReferralStatus.SENT,
        POLICE,
        None,
    )


def test_d2_what_was_accepted_is_completed_not_declined() -> None:
    for command in (ask.Accept(), ask.Decline(reason=DeclineReason.OTHER), ask.Redirect(to=POLICE)):
        with pytest.raises(Refusal, match="D2"):
            ACCEPTED.when(command, by(CARE))


def test_d2_redirecting_names_another_unit_and_moves_nothing() -> None:
    events = SENT.when(ask.Redirect(to=POLICE), by(CARE))
    assert events == (then.ReceiptConfirmed(to=SOCIAL), then.Redirected(to=SOCIAL, named=POLICE))
    assert all(POLICE not in event.addressees() for event in events)
    redirected = SENT.then(ask.Redirect(to=POLICE), by(CARE))
    assert (state_of(redirected).receiver, state_of(redirected).named) == (CARE, POLICE)
    with pytest.raises(Refusal, match="C2"):
        redirected.when(replace(SEND, receiver=POLICE), CONSENT)
    agreed = redirected.then(replace(AGREES, receiver=POLICE), by(SOCIAL))
    assert agreed.when(replace(SEND, receiver=POLICE), CONSENT)


def test_d2_it_is_redirected_to_a_third_unit_that_could_take_it() -> None:
    for to in (SOCIAL, CARE):
        with pytest.raises(Refusal, match="D2"):
            SENT.when(ask.Redirect(to=to), by(CARE))
    with pytest.raises(Refusal, match="B1"):
        SENT.when(ask.Redirect(to=OUTSIDE), by(CARE))


def test_b1_it_is_sent_to_another_unit_that_an_agreement_names_for_that() -> None:
    with pytest.raises(Refusal, match="C2: a disclosure is to another unit"):
        PROPOSED.when(replace(SEND, receiver=SOCIAL), LAW)
    with pytest.raises(Refusal, match="B1"):
        PROPOSED.when(replace(SEND, receiver=OUTSIDE), LAW)


def test_d2_while_one_unit_has_it_it_is_sent_to_no_other() -> None:
    with pytest.raises(Refusal, match="D2"):
        SENT.when(replace(SEND, receiver=POLICE), by(SOCIAL, ground="osl-10-2"))


# Contact with the person, and the end.


def test_d2_nobody_is_contacted_before_the_referral_is_accepted() -> None:
    with pytest.raises(Refusal, match="D2"):
        SENT.when(ask.AttemptContact(), by(CARE, because=Because.DANGER))


def test_d2_attempts_and_not_attending_are_told_and_end_nothing() -> None:
    tried = ACCEPTED.then(ask.AttemptContact(), by(CARE)).then(ask.AttemptContact(), by(CARE))
    assert (state_of(tried).status, state_of(tried).attempts) == (ReferralStatus.CONTACT_ATTEMPTED, 2)
    missed = tried.then(ask.MissAppointment(), by(CARE))
    assert (state_of(missed).status, state_of(missed).ended) == (ReferralStatus.DID_NOT_ATTEND, False)
    assert state_of(missed.then(ask.MeetFirst(), by(CARE))).status is ReferralStatus.FIRST_CONTACT


def test_d2_the_first_contact_is_made_once_and_later_attempts_do_not_undo_it() -> None:
    with pytest.raises(Refusal, match="D2"):
        MET.when(ask.MeetFirst(), by(CARE))
    assert state_of(MET.then(ask.AttemptContact(), by(CARE))).status is ReferralStatus.FIRST_CONTACT


def test_d2_who_completes_without_having_met_the_person_says_why() -> None:
    done = ask.Complete(outcome=Outcome.DECLINED_BY_PERSON)
    with pytest.raises(Caution, match="D2"):
        ACCEPTED.when(done, by(CARE))
    assert ACCEPTED.when(done, by(CARE, because=Because.PERSON_DECLINED)) == (
        then.Completed(to=SOCIAL, outcome=Outcome.DECLINED_BY_PERSON),
    )


def test_d13_a_referral_is_completed_with_an_outcome() -> None:
    state = state_of(MET.then(ask.Complete(outcome=Outcome.PROTECTED), by(CARE)))
    assert (state.status, state.outcome) == (ReferralStatus.COMPLETED, Outcome.PROTECTED)


def test_r4_a_withdrawal_says_that_and_never_why_to_whoever_has_it() -> None:
    assert SENT.when(ask.Withdraw(), by(SOCIAL)) == (then.Withdrawn(to=CARE),)
    assert set(then.Withdrawn.__struct_fields__) == {"to"}
    declined = SENT.then(ask.Decline(reason=DeclineReason.OTHER), by(CARE))
    for story in (AGREED, declined):
        (event,) = story.when(ask.Withdraw(), by(SOCIAL))
        assert event.addressees() == frozenset()


def test_d2_signposting_sends_nothing_and_ends_when_given() -> None:
    signposted = PROPOSED.then(ask.Signpost(told="Ring kliniken."), by(SOCIAL))
    assert (state_of(signposted).status, wait_of(signposted)) == (ReferralStatus.SIGNPOSTED, None)
    assert signposted.facts[-1].event.addressees() == frozenset()
    with pytest.raises(Refusal, match="D2"):
        SENT.when(ask.Signpost(), by(SOCIAL))


# What one may not know of.


def test_f_of_what_one_may_not_know_nothing_is_there() -> None:
    with pytest.raises(NotThere):
        Story().when(ask.Accept(), by(CARE))
    with pytest.raises(NotThere):
        SENT.without(then.Proposed, then.Sent).when(ask.Accept(), by(CARE))


def test_f_the_receiver_needs_no_more_than_what_was_sent_to_it() -> None:
    seen = SENT.without(then.Proposed, then.PersonAgreed)
    assert seen.when(ask.Accept(), by(CARE))[-1] == then.Accepted(to=SOCIAL)


def test_a5_a_service_that_keeps_no_record_sends_no_content() -> None:
    quiet = given((replace(PROPOSE, receiver=CARE), by(SILENT)))
    with pytest.raises(Refusal, match="A5"):
        quiet.when(SEND, by(SILENT, ground="consent"))


def test_d9_what_one_works_with_is_not_disposed_of_as_a_whole() -> None:
    whole = ask.Dispose(whole=True, keys=(ref(9),))
    for unit in (SOCIAL, CARE):
        with pytest.raises(Refusal, match="D9"):
            SENT.when(whole, by(unit))
    redirected = SENT.then(ask.Redirect(to=POLICE), by(CARE))
    assert redirected.when(whole, by(CARE))
    assert SENT.then(ask.Withdraw(), by(SOCIAL)).when(whole, by(SOCIAL))
    with pytest.raises(Refusal, match="F"):
        SENT.when(ask.Dispose(), by(SOCIAL))


def test_f_only_what_is_sent_carries_content_to_another_unit() -> None:
    for event in events_of([Kind.REFERRAL]):
        content = set(compartments(event).values()) - {Compartment.ADVICE}
        assert event.sends == (bool(content) and event.row is not TableRow.LABEL), event.name
