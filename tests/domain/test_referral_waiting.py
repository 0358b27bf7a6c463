"""How long a referral has waited, for whom and for what: a view as of any time, and never an event (D2, D8)."""

import pytest
from msgspec.structs import replace

from domain.errors import Refusal
from domain.referral import commands as ask
from domain.referral import events as then
from domain.time import parse_instant
from domain.vocabulary import Channel, Instant, Outcome, UnitId
from tests.domain.stories import CARE, CENTRE, DAY, NOW, POLICE, SOCIAL, Story, by
from tests.domain.test_referral import (
    ACCEPTED,
    AGREED,
    CONSENT,
    HOUR,
    LAW,
    MET,
    PROPOSED,
    SEND,
    SENT,
    state_of,
    wait_of,
)


def test_d2_a_reminder_by_telephone_is_an_act_and_does_not_begin_the_wait_anew() -> None:
    later = NOW + 5 * DAY
    reminded = SENT.then(ask.Remind(), by(SOCIAL, channel=Channel.TELEPHONE, now=later))
    assert reminded.facts[-1].event == then.Reminded(to=CARE, sender=SOCIAL)
    assert state_of(reminded).reminders == (later,)
    before, after = wait_of(SENT, later), wait_of(reminded, later)
    assert before == after


def test_d2_the_coordinator_of_the_case_reminds_too_and_the_sender_is_told() -> None:
    (event,) = SENT.when(ask.Remind(), by(CENTRE))
    assert event.addressees() == {CARE, SOCIAL}
    with pytest.raises(Refusal, match="D2"):
        SENT.when(ask.Remind(), by(POLICE))
    with pytest.raises(Refusal, match="D2: there is nobody to remind"):
        AGREED.when(ask.Remind(), by(SOCIAL))


@pytest.mark.parametrize(
    ("story", "on", "what"),
    [
        (PROPOSED, SOCIAL, "referral_sent"),
        (SENT, CARE, "referral_received"),
        (SENT.then(ask.ConfirmReceipt(), by(CARE, now=NOW + DAY)), CARE, "referral_answered"),
        (ACCEPTED, CARE, "victim_contacted"),
        (ACCEPTED.then(ask.AttemptContact(), by(CARE, now=NOW + DAY)), CARE, "victim_contacted"),
        (ACCEPTED.then(ask.MissAppointment(), by(CARE, now=NOW + DAY)), CARE, "victim_contacted"),
        (MET, CARE, "referral_completed"),
        (SENT.then(ask.Redirect(to=POLICE), by(CARE)), SOCIAL, "referral_sent_on"),
    ],
)
def test_d2_how_long_it_has_waited_and_for_whom_is_always_in_view(story: Story, on: UnitId, what: str) -> None:
    wait = wait_of(story, NOW + 9 * DAY)
    assert wait is not None
    assert (wait.on, wait.what, wait.since) == (on, what, NOW)


@pytest.mark.parametrize(("after", "alarmed"), [(24 * HOUR - 1, False), (24 * HOUR, True)])
def test_d8_no_answer_raises_an_alarm_when_the_agreements_limit_is_over(after: Instant, alarmed: bool) -> None:
    wait = wait_of(SENT, NOW + after)
    assert wait is not None
    assert (wait.hours, wait.due, wait.alarmed) == (24, NOW + 24 * HOUR, alarmed)


def test_b9_a_limit_runs_through_the_night_and_the_weekend() -> None:
    friday = parse_instant("2026-03-06T20:00:00+01:00")
    sent = AGREED.then(SEND, replace(CONSENT, now=friday, happened=friday, known=friday))
    wait = wait_of(sent, parse_instant("2026-03-07T20:00:00+01:00"))
    assert wait is not None
    assert wait.alarmed


def test_d8_without_a_limit_the_wait_shows_and_raises_no_alarm() -> None:
    wait = wait_of(MET, NOW + 90 * DAY)
    assert wait is not None
    assert (wait.hours, wait.due, wait.alarmed) == (None, None, False)


def test_d1_it_waits_since_it_happened_not_since_it_was_written_down() -> None:
    told_later = AGREED.then(SEND, replace(CONSENT, happened=NOW - 3 * DAY, known=NOW - 3 * DAY))
    wait = wait_of(told_later, NOW)
    assert wait is not None
    assert (wait.since, wait.alarmed) == (NOW - 3 * DAY, True)


def test_d2_who_sent_it_back_is_not_told_what_it_waits_for_now() -> None:
    redirected = SENT.then(ask.Redirect(to=POLICE), by(CARE)).without(then.Proposed, then.PersonAgreed)
    assert wait_of(redirected) is None


@pytest.mark.parametrize(
    "end",
    [
        PROPOSED.then(ask.Signpost(), by(SOCIAL)),
        SENT.then(ask.Withdraw(), by(SOCIAL)),
        MET.then(ask.Complete(outcome=Outcome.OTHER), by(CARE)),
    ],
)
def test_d2_what_has_ended_takes_nothing_more_and_waits_for_nobody(end: Story) -> None:
    assert (wait_of(end), state_of(end).since) == (None, None)
    for command, act in ((SEND, LAW), (ask.Withdraw(), by(SOCIAL)), (ask.Remind(), by(SOCIAL))):
        with pytest.raises(Refusal, match="D2: this referral has ended"):
            end.when(command, act)
    with pytest.raises(Refusal, match="D2"):
        end.when(ask.Accept(), by(CARE))
