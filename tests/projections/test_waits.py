"""What waits, by unit and as of any time: folded from what each unit reads, the same step by step and all at once."""

from datetime import date
from pathlib import Path

import pytest

import domain.case.events as case
import domain.consultation.events as consultation
import domain.meeting.events as meeting
import domain.referral.events as referral
import domain.report.events as report
from domain.act import Fact
from domain.case.risk import CircumstancesChanged, RiskAssessed
from domain.event import Event
from domain.meeting.events import MeetingStatus
from domain.time import day_end
from domain.vocabulary import (
    DeclineReason,
    Instant,
    Instrument,
    Kind,
    MeetingKind,
    Mode,
    Outcome,
    ReportOutcome,
    Role,
    StaffId,
    UnitId,
)
from projections.catalogue import ACTS
from projections.lists import Lists
from projections.rebuild import Rebuild
from projections.runner import Runner
from projections.waits import WaitRow
from tests.projections.history import (
    CENTRE,
    POLICE,
    SCHOOL,
    SECOND,
    SISTER,
    SOCIAL,
    START,
    named,
    requested,
    stored_at,
)
from tests.projections.waiting import (
    CONSIDERED,
    LATER,
    MADE,
    PROPOSED,
    QUARTER,
    REFERENCE,
    REQUESTED,
    SENT,
    Story,
    held,
    invited,
    rows_at,
)

pytestmark = pytest.mark.usefixtures("both")


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


def test_d2_a_referral_waits_for_whoever_is_to_move_next_and_each_earlier_wait_can_be_asked_for(story: Story) -> None:
    proposed = story.refer(PROPOSED, SOCIAL)
    sent = story.refer(SENT, SOCIAL)
    received = story.refer(referral.ReceiptConfirmed(to=SOCIAL), POLICE)
    accepted = story.refer(referral.Accepted(to=SOCIAL), POLICE)
    done = story.refer(referral.Completed(to=SOCIAL, outcome=Outcome.PROTECTED), POLICE)
    for unit in (SOCIAL, CENTRE):
        assert story.waits(unit, proposed.committed) == [("referral_sent", SOCIAL)]
        assert story.waits(unit, sent.committed) == [("referral_received", POLICE)]
        assert story.waits(unit, received.committed) == [("referral_answered", POLICE)]
        assert story.waits(unit, accepted.committed) == [("victim_contacted", POLICE)]
        assert story.waits(unit, done.committed) == []
        assert story.waits(unit, proposed.committed - 1) == []
    assert story.waits(POLICE, proposed.committed) == []
    assert story.waits(POLICE, sent.committed) == [("referral_received", POLICE)]
    assert story.waits(SCHOOL) == []


def test_d2_a_referral_is_in_the_inbox_of_whoever_has_to_answer_it_and_back_in_its_senders(story: Story) -> None:
    story.refer(PROPOSED, SOCIAL)
    assert story.inbox(POLICE) == []
    assert story.status(POLICE, Kind.REFERRAL) == []
    assert story.status(CENTRE, Kind.REFERRAL) == ["proposed"]
    story.refer(SENT, SOCIAL)
    story.refer(referral.ReceiptConfirmed(to=SOCIAL), POLICE)
    assert story.inbox(POLICE) == ["referral"]  # received is no answer
    story.refer(referral.Declined(to=SOCIAL, reason=DeclineReason.NO_CAPACITY), POLICE)
    assert story.inbox(POLICE) == []
    assert story.inbox(SOCIAL) == ["referral_returned"]
    story.refer(SENT, SOCIAL)
    assert (story.inbox(SOCIAL), story.inbox(POLICE)) == ([], ["referral"])
    story.refer(referral.Withdrawn(to=POLICE), SOCIAL)
    assert (story.inbox(SOCIAL), story.inbox(POLICE)) == ([], [])
    assert story.status(POLICE, Kind.REFERRAL) == ["withdrawn"]


def test_d3_a_report_is_in_its_receivers_inbox_until_receipt_is_confirmed(story: Story) -> None:
    story.report(CONSIDERED, SCHOOL)
    assert story.waits(SCHOOL) == [("report_made", SCHOOL)]
    assert story.status(SOCIAL, Kind.REPORT) == []
    story.report(MADE, SCHOOL)
    assert story.inbox(SOCIAL) == ["report"]
    assert story.waits(SOCIAL) == [("report_received", SOCIAL)]
    story.report(report.ReceiptConfirmed(to=SCHOOL), SOCIAL)
    assert story.inbox(SOCIAL) == []
    assert story.waits(SCHOOL) == [("report_outcome_told", SOCIAL)]
    story.report(report.OutcomeTold(to=SCHOOL, outcome=ReportOutcome.INQUIRY_OPENED), SOCIAL)
    assert story.waits(SCHOOL) == []
    assert story.status(SCHOOL, Kind.REPORT) == ["answered"]


def test_d3_what_is_to_be_done_at_once_is_due_from_its_beginning(story: Story) -> None:
    story.report(CONSIDERED, SCHOOL)
    (row,) = rows_at(story.views, SCHOOL, Role.HANDLER, LATER)
    assert row.due == row.since


def test_a_reference_of_a_referral_or_report_leads_its_parties_there_once_they_know_it(story: Story) -> None:
    lists = Lists(story.views, ACTS)
    story.refer(PROPOSED, SOCIAL)
    assert lists.by_reference(SOCIAL, REFERENCE) == (named("referral"),)
    assert lists.by_reference(POLICE, REFERENCE) == ()
    story.refer(SENT, SOCIAL)
    assert lists.by_reference(POLICE, REFERENCE) == (named("referral"),)
    assert lists.by_reference(SCHOOL, REFERENCE) == ()


def test_d4_an_invitation_waits_until_it_is_answered_and_one_more_after_that_does_not(story: Story) -> None:
    story.meet(REQUESTED, SOCIAL)
    story.meet(invited(POLICE), CENTRE)
    assert story.inbox(POLICE) == ["invitation"]
    assert ("invitation", POLICE) in story.waits(CENTRE)
    story.meet(
        meeting.InvitationAccepted(to=frozenset({CENTRE}), role=Role.HANDLER),
        POLICE,
    )
    assert story.inbox(POLICE) == []
    assert story.waits(CENTRE) == [("meeting_time", CENTRE)]
    story.meet(invited(POLICE), CENTRE)
    assert story.inbox(POLICE) == []


def test_r2_an_invitation_to_what_is_over_waits_no_more_for_who_was_told(story: Story) -> None:
    story.meet(REQUESTED, SOCIAL)
    story.meet(invited(POLICE), CENTRE)
    story.meet(meeting.Cancelled(), CENTRE)
    assert story.inbox(POLICE) == ["invitation"]  # nobody has told them
    story.meet(meeting.Told(to=POLICE, status=MeetingStatus.CANCELLED), CENTRE)
    assert story.inbox(POLICE) == []
    assert story.status(POLICE, Kind.MEETING) == ["cancelled"]
    assert story.waits(POLICE) == []


def test_d4_whoever_attended_has_no_invitation_to_answer_any_more(story: Story) -> None:
    story.meet(REQUESTED, SOCIAL)
    for unit in (POLICE, SCHOOL):
        story.meet(invited(unit), CENTRE)
    story.meet(held(CENTRE, POLICE), CENTRE)
    assert story.inbox(POLICE) == []
    assert story.inbox(SCHOOL) == ["invitation"]


def test_d4_a_meeting_whose_time_has_passed_waits_from_then_on_and_not_before(story: Story) -> None:
    story.meet(REQUESTED, SOCIAL)
    end = LATER - 100 * SECOND
    story.meet(meeting.Scheduled(mode=Mode.VIDEO, start=end - SECOND, end=end), CENTRE)
    assert story.waits(CENTRE, end - 1) == []
    assert story.waits(CENTRE, end) == [("meeting_held", CENTRE)]


def test_d4_tasks_stand_by_their_day_until_done_or_no_longer_possible(story: Story) -> None:
    story.meet(REQUESTED, SOCIAL)
    story.meet(held(CENTRE, POLICE), CENTRE)
    some_day = story.meet(meeting.WorkDivided(to=POLICE), CENTRE)
    soon = story.meet(meeting.WorkDivided(to=POLICE, due=START + 100 * SECOND), CENTRE)
    alone = story.meet(meeting.WorkDivided(to=POLICE, due=START + 50 * SECOND, alone=True), CENTRE)
    assert story.tasks(POLICE) == [alone.position, soon.position, some_day.position]
    assert story.tasks(CENTRE) == []
    assert story.inbox(POLICE) == ["task"] * 3
    story.meet(meeting.TaskNotDone(task=soon.act.id, to=CENTRE), POLICE)
    assert soon.position in story.tasks(POLICE)
    story.meet(meeting.TaskDone(task=soon.act.id, to=CENTRE), POLICE)
    last = story.meet(meeting.TaskNoLongerPossible(task=alone.act.id, to=CENTRE, alone=True), POLICE)
    assert story.tasks(POLICE) == [some_day.position]
    assert story.tasks(POLICE, last.committed - 1) == [alone.position, some_day.position]
    assert story.inbox(POLICE) == ["task"]


def test_f_a_task_that_is_given_alone_waits_for_no_other_party(story: Story) -> None:
    story.meet(REQUESTED, SOCIAL)
    story.meet(held(CENTRE, POLICE, SCHOOL), CENTRE)
    story.meet(meeting.WorkDivided(to=POLICE, alone=True), CENTRE)
    assert ("task", POLICE) in story.waits(CENTRE)
    assert ("task", POLICE) in story.waits(POLICE)
    assert ("task", POLICE) not in story.waits(SCHOOL)


def test_f_who_takes_part_from_now_on_learns_what_waits_among_the_parties_and_who_left_no_more(story: Story) -> None:
    story.meet(REQUESTED, SOCIAL)
    story.meet(held(CENTRE, SCHOOL), CENTRE)
    story.meet(meeting.WorkDivided(to=SCHOOL), CENTRE)
    story.meet(invited(POLICE), CENTRE)
    assert ("task", SCHOOL) not in story.waits(POLICE)
    joined = story.meet(meeting.InvitationAccepted(to=frozenset({CENTRE}), role=Role.HANDLER), POLICE)
    assert ("task", SCHOOL) in story.waits(POLICE)
    assert ("task", SCHOOL) not in story.waits(POLICE, joined.committed - 1)
    story.meet(meeting.InvitationDeclined(to=frozenset({CENTRE})), POLICE)
    assert ("task", SCHOOL) not in story.waits(POLICE)


def test_d7_a_changed_circumstance_waits_for_an_assessment_and_that_waits_again_when_it_is_over(story: Story) -> None:
    story.tell(Kind.CASE, case.Opened(coordinator=CENTRE), SOCIAL)
    story.tell(Kind.CASE, CircumstancesChanged(person=SISTER, asked=POLICE), SOCIAL)
    assert story.waits(CENTRE) == [("risk_assessment", POLICE)]
    last = date(2026, 8, 1)
    assessed = RiskAssessed(
        person=SISTER,
        instrument=Instrument.PATRIARK,
        authority=True,
        trained=True,
        assessed=date(2026, 7, 1),
        valid_until=last,
    )
    story.tell(Kind.CASE, assessed, POLICE)
    assert story.waits(CENTRE, day_end(last) - 1) == []
    assert story.waits(CENTRE, day_end(last)) == [("risk_assessment", POLICE)]
    story.tell(Kind.CASE, case.Closed(outcome=Outcome.PROTECTED), SOCIAL)
    assert story.waits(CENTRE) == []


def test_d7_an_assessment_that_was_replaced_before_its_end_never_waits(story: Story) -> None:
    story.tell(Kind.CASE, case.Opened(coordinator=CENTRE), SOCIAL)
    ends = (date(2026, 8, 1), date(2026, 9, 1))
    for last in ends:
        assessed = RiskAssessed(
            person=SISTER,
            instrument=Instrument.PATRIARK,
            authority=True,
            trained=True,
            assessed=date(2026, 6, 1),
            valid_until=last,
        )
        story.tell(Kind.CASE, assessed, SOCIAL)
    assert story.waits(CENTRE, day_end(ends[0])) == []
    assert story.waits(CENTRE, day_end(ends[1])) == [("risk_assessment", SOCIAL)]


def test_c9_a_block_tells_nobody_but_who_set_it_that_the_meeting_is_there(story: Story) -> None:
    story.meet(meeting.Requested(meeting=MeetingKind.COORDINATION_MEETING), SOCIAL)
    before = Lists(story.views, ACTS).page(SOCIAL, Role.HANDLER, Kind.MEETING)
    story.meet(invited(POLICE), SOCIAL)
    story.meet(meeting.StaffBlocked(staff=StaffId("someone")), POLICE)
    assert Lists(story.views, ACTS).page(SOCIAL, Role.HANDLER, Kind.MEETING)[0].latest == before[0].latest + 1


def test_d1_a_consultation_waits_for_advice_and_who_it_was_passed_on_to_learns_of_all_of_it(story: Story) -> None:
    def consult(event: Event, by: UnitId) -> Fact:
        return story.tell(Kind.CONSULTATION, event, by)

    asked = consult(requested(), SOCIAL)
    consult(consultation.Accepted(to=SOCIAL), CENTRE)
    assert story.waits(CENTRE) == story.waits(SOCIAL) == [("consultation_answered", CENTRE)]
    passed = consult(consultation.PassedOn(to=POLICE, asker=SOCIAL), CENTRE)
    assert story.waits(CENTRE) == []  # who passed it on is not told when advice is given
    for unit in (SOCIAL, POLICE):
        assert story.waits(unit) == [("consultation_answered", POLICE)]
        assert [row.since for row in story.rows(unit, Role.HANDLER)] == [passed.committed]
    assert story.waits(POLICE, asked.committed) == []
    consult(consultation.Closed(to=CENTRE, outcome=Outcome.ADVICE_GIVEN), SOCIAL)
    assert story.waits(POLICE) == []
    consult(consultation.Reopened(to=CENTRE), SOCIAL)
    assert story.waits(POLICE) == [("consultation_answered", POLICE)]
    consult(consultation.AdviceGiven(to=SOCIAL, adviser_role=Role.ADVISER), POLICE)
    assert story.waits(SOCIAL) == story.waits(CENTRE) == story.waits(POLICE) == []


def test_d1_who_is_drawn_in_late_knows_that_advice_was_given_before(story: Story) -> None:
    story.tell(Kind.CONSULTATION, requested(), SOCIAL)
    story.tell(Kind.CONSULTATION, consultation.AdviceGiven(to=SOCIAL, adviser_role=Role.ADVISER), CENTRE)
    story.tell(Kind.CONSULTATION, consultation.PassedOn(to=POLICE, asker=SOCIAL), CENTRE)
    story.tell(Kind.CONSULTATION, consultation.Closed(to=CENTRE, outcome=Outcome.ADVICE_GIVEN), SOCIAL)
    story.tell(Kind.CONSULTATION, consultation.Reopened(to=CENTRE), SOCIAL)
    assert story.waits(SOCIAL) == story.waits(POLICE) == []


def quarter(story: Story) -> None:
    """A bit of everything, in several aggregates."""
    for tell in QUARTER:
        tell(story)


def test_invariant_6_what_waited_at_any_time_is_the_same_step_by_step_and_rebuilt(story: Story) -> None:
    rebuild = Rebuild(story.views, ACTS, story.log)
    seen: dict[tuple[UnitId, Role, Instant], tuple[WaitRow, ...]] = {}
    for tell in QUARTER:
        fact = tell(story)
        for unit in (SOCIAL, POLICE, CENTRE, SCHOOL):
            for role in (Role.COORDINATOR, Role.ADVISER):
                seen[(unit, role, fact.committed)] = story.rows(unit, role, fact.committed)
        rebuilt = rebuild.beside()
        assert rebuild.compare(rebuilt) is None
        rebuild.discard(rebuilt)
    rebuild.swap(rebuild.beside())
    for asked, rows in seen.items():
        assert story.rows(*asked) == rows


def test_invariant_6_a_runner_that_forgets_every_aggregate_writes_the_same_rows(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.runner = Runner(story.views, ACTS, story.log, story.log.stream, kept_acts=0)
    quarter(story)
    rebuild = Rebuild(story.views, ACTS, story.log)
    assert rebuild.compare(rebuild.beside()) is None


def test_the_views_of_what_waits_hold_no_content(story: Story, tmp_path: Path) -> None:
    story.meet(meeting.Requested(meeting=MeetingKind.COORDINATION_MEETING, agenda="What is planned."), SOCIAL)
    story.meet(meeting.WorkDivided(to=SOCIAL, what="Call the school nurse."), SOCIAL)
    stored = stored_at(tmp_path, ACTS)
    assert SOCIAL.encode() in stored
    assert b"planned" not in stored
    assert b"nurse" not in stored
