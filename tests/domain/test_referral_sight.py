"""Who knows what of a referral and of a report, and that every step answers everyone by events or a rule (F)."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from msgspec.structs import replace

from domain.act import Act, Fact, Principal
from domain.aggregates import decide, fold
from domain.command import Command
from domain.errors import NotThere, Refusal
from domain.needtoknow.compile import Policy, load, titles
from domain.needtoknow.standing import Standing
from domain.needtoknow.visible import visible
from domain.referral import commands as refer
from domain.referral import events as referral
from domain.referral.state import Referral, ReferralStatus
from domain.report import commands as tell
from domain.report import events as report
from domain.report import state as reports
from domain.vocabulary import (
    Because,
    Compartment,
    Consideration,
    DeclineReason,
    Kind,
    Outcome,
    Purpose,
    Ref,
    ReportOutcome,
    Role,
    StaffId,
    UnitId,
)
from tests.domain import test_referral as referred
from tests.domain import test_report as reported
from tests.domain.stories import CARE, CENTRE, DIRECTORY, NOW, POLICE, SOCIAL, Story, by, given

NEWEST = load(titles()[-1])
CASE = Ref("d" * 32)
ADDRESSED = {Compartment.IDENTITY, Compartment.CONTACT}


def _who(unit: UnitId) -> Principal:
    return by(unit).by


def _opens(story: Story, unit: UnitId, policy: Policy = NEWEST) -> dict[str, frozenset[Compartment]]:
    """The acts that the unit knows of, each by its name with the parts that it may open."""
    sights = visible(policy, _who(unit), story.facts, NOW).facts
    return {sight.fact.event.name: sight.allowed for sight in sights}


def _seen(story: Story, unit: UnitId) -> list[Fact]:
    return [sight.fact for sight in visible(NEWEST, _who(unit), story.facts, NOW).facts]


# Referrals.


def test_f_the_addressee_of_a_referral_reads_what_was_sent_and_nothing_that_led_to_it() -> None:
    story = referred.SENT.then(refer.Remind(), by(CENTRE))
    assert _opens(story, CARE) == {
        "referral.sent": {*ADDRESSED, Compartment.SOCIAL},
        "referral.reminded": frozenset(),
    }


def test_c2_how_interests_were_weighed_stays_with_the_sender() -> None:
    weighed = replace(referred.SEND, balancing="Skyddet väger över.")
    story = referred.PROPOSED.then(weighed, by(SOCIAL, ground="osl-10-27"))
    assert Compartment.WORKING_NOTE not in _opens(story, CARE)["referral.sent"]
    assert Compartment.WORKING_NOTE in _opens(story, SOCIAL)["referral.sent"]


def test_f_whoever_it_was_redirected_to_is_not_let_in_by_that() -> None:
    story = referred.SENT.then(refer.Redirect(to=POLICE), by(CARE))
    assert _opens(story, POLICE) == {}
    again = story.then(replace(referred.SEND, receiver=POLICE), by(SOCIAL, ground="osl-10-2"))
    assert set(_opens(again, POLICE)) == {"referral.sent"}
    assert [fact.event for fact in _seen(again, CARE) if isinstance(fact.event, referral.Sent)] == [
        fact.event for fact in _seen(story, CARE) if isinstance(fact.event, referral.Sent)
    ]


def test_f_the_coordinator_of_the_case_follows_it_and_reads_nothing_of_the_person() -> None:
    story = referred.MET
    known = _opens(story, CENTRE)
    assert set(known) == {fact.event.name for fact in story.facts}
    assert not any(known.values())
    assert isinstance(fold(Kind.REFERRAL, _seen(story, CENTRE)), Referral)


def test_f_who_coordinates_no_case_of_it_and_takes_no_part_knows_nothing_of_it() -> None:
    story = given((replace(referred.PROPOSE, coordinator=None), by(SOCIAL))).then(referred.SEND, referred.LAW)
    for unit in (CENTRE, POLICE):
        assert _opens(story, unit) == {}


def test_c9_who_is_kept_from_the_case_is_kept_from_its_referrals_and_reports() -> None:
    about = {"case": CASE, "person": Ref("9" * 32)}
    for story in (
        given((replace(referred.PROPOSE, **about), by(SOCIAL))).then(referred.SEND, referred.LAW),
        given((replace(reported.CONCERN, **about), by(CARE))).then(reported.MAKE, reported.DUTY),
    ):
        assert Standing.of(story.facts).case == CASE
        for unit in (SOCIAL, CARE):
            assert visible(NEWEST, _who(unit), story.facts, NOW).facts
            assert visible(NEWEST, _who(unit), story.facts, NOW, frozenset({StaffId("anna")})).facts == ()


# Reports.


def test_f_the_addressee_of_a_report_reads_the_name_and_what_the_child_said() -> None:
    assert _opens(reported.MADE, SOCIAL) == {"report.made": {*ADDRESSED, Compartment.CHILD_STATEMENT}}
    for policy in map(load, titles()):
        assert _opens(reported.MADE, SOCIAL, policy)["report.made"] >= {*ADDRESSED, Compartment.CHILD_STATEMENT}


def test_d3_consultation_and_report_refer_to_each_other_and_neither_opens_the_other() -> None:
    (made,) = (fact for fact in _seen(reported.MADE, SOCIAL))
    assert isinstance(made.event, report.Made)
    state = fold(Kind.REPORT, _seen(reported.MADE, SOCIAL))
    assert isinstance(state, reports.Report)
    assert (state.consultation, state.case, state.reporter) == (None, None, CARE)


def test_a2_who_knows_the_name_of_whom_is_reported_is_each_units_own() -> None:
    story = reported.MADE.then(tell.Identify(identity="Nora"), by(SOCIAL))
    assert "report.identified" in _opens(story, SOCIAL)
    assert "report.identified" not in _opens(story, CARE)


def test_d3_the_answer_comes_back_to_the_reporter() -> None:
    story = reported.MADE.then(tell.TellOutcome(outcome=ReportOutcome.NO_INQUIRY), by(SOCIAL))
    assert {"report.receipt_confirmed", "report.outcome_told"} <= set(_opens(story, CARE))


def test_f_the_coordinator_of_the_case_follows_a_report_and_reads_nothing_of_it() -> None:
    known = _opens(reported.MADE, CENTRE)
    assert set(known) == {"report.considered", "report.made"}
    assert not any(known.values())


# Every command, in every phase, by everyone.

AFTER = {
    ReferralStatus.PROPOSED: referred.AGREED,
    ReferralStatus.SENT: referred.SENT,
    ReferralStatus.RECEIVED: referred.SENT.then(refer.ConfirmReceipt(), by(CARE)),
    ReferralStatus.ACCEPTED: referred.ACCEPTED,
    ReferralStatus.DECLINED: referred.SENT.then(refer.Decline(reason=DeclineReason.OTHER), by(CARE)),
    ReferralStatus.REDIRECTED: referred.SENT.then(refer.Redirect(to=POLICE), by(CARE)),
    ReferralStatus.CONTACT_ATTEMPTED: referred.ACCEPTED.then(refer.AttemptContact(), by(CARE)),
    ReferralStatus.FIRST_CONTACT: referred.MET,
    ReferralStatus.DID_NOT_ATTEND: referred.MET.then(refer.MissAppointment(), by(CARE)),
    ReferralStatus.COMPLETED: referred.MET.then(refer.Complete(outcome=Outcome.OTHER), by(CARE)),
    ReferralStatus.WITHDRAWN: referred.SENT.then(refer.Withdraw(), by(SOCIAL)),
    ReferralStatus.SIGNPOSTED: referred.PROPOSED.then(refer.Signpost(), by(SOCIAL)),
}
RECEIVED = reported.MADE.then(tell.ConfirmReceipt(), by(SOCIAL))
REPORTED = {
    reports.ReportStatus.CONSIDERED: reported.CONSIDERED,
    reports.ReportStatus.MADE: reported.MADE,
    reports.ReportStatus.RECEIVED: RECEIVED,
    reports.ReportStatus.ANSWERED: RECEIVED.then(tell.TellOutcome(outcome=ReportOutcome.OTHER), by(SOCIAL)),
}
REFERRING: tuple[Command, ...] = (
    referred.PROPOSE,
    referred.AGREES,
    refer.PersonDeclines(),
    referred.SEND,
    refer.GiveSafeContact(contact="Via skolan."),
    refer.ConfirmReceipt(),
    refer.ConfirmSafeContact(),
    refer.Accept(),
    refer.Decline(reason=DeclineReason.OTHER, explanation="Nej."),
    refer.Redirect(to=POLICE),
    refer.AttemptContact(),
    refer.MeetFirst(),
    refer.MissAppointment(),
    refer.Complete(outcome=Outcome.OTHER),
    refer.Withdraw(),
    refer.Remind(),
    refer.Signpost(told="Ring."),
    refer.Dispose(keys=(Ref("8" * 32),)),
)
REPORTING: tuple[Command, ...] = (
    reported.CONCERN,
    tell.Reconsider(outcome=Consideration.NO_REPORT, reasons="Nej."),
    tell.ConsiderCrime(outcome=Consideration.REPORT),
    tell.Identify(identity="Nora"),
    reported.MAKE,
    tell.Supplement(social="Mer."),
    tell.ConfirmReceipt(),
    tell.ConfirmSafeContact(),
    tell.TellOutcome(outcome=ReportOutcome.OTHER),
    tell.Dispose(keys=(Ref("8" * 32),)),
)


def _answered(state: Any, command: Command, act: Act) -> bool:
    """Whether there are events, or a rule with a way on; what is not there has none."""
    try:
        return bool(tuple(decide(state, command, act, DIRECTORY)))
    except NotThere:
        return True
    except Refusal as refused:
        return bool(refused.rule and refused.remedy)


def _principals() -> Iterator[Act]:
    for unit in (SOCIAL, CARE, POLICE, CENTRE):
        for ground in (None, "consent", "osl-26-9", "child-concern"):
            for because in (None, Because.DANGER):
                yield by(unit, ground=ground, because=because, id=Ref("7" * 32))
    yield by(CENTRE, role=Role.AUDITOR, purpose=Purpose.AUDIT)
    yield by(CENTRE, role=Role.SYSTEM)


def test_f_every_phase_and_every_command_is_among_those_that_are_tried() -> None:
    assert set(AFTER) == set(ReferralStatus)
    assert set(REPORTED) == set(reports.ReportStatus)
    assert {type(command) for command in REFERRING} == set(refer.COMMANDS)
    assert {type(command) for command in REPORTING} == set(tell.COMMANDS)
    for status, story in chain(AFTER.items(), REPORTED.items()):
        state: Any = story.state(story.facts[0].kind)
        assert state.status is status


@pytest.mark.parametrize("story", [*AFTER.values(), *REPORTED.values()], ids=[*AFTER, *REPORTED])
def test_f_every_command_in_every_phase_is_answered_by_events_or_by_a_rule_and_a_way_on(story: Story) -> None:
    kind = story.facts[0].kind
    for act in _principals():
        state = fold(kind, _seen(story, act.by.unit))
        for command in REFERRING if kind is Kind.REFERRAL else REPORTING:
            assert _answered(state, command, act), command.name
