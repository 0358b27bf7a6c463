"""A log told fact by fact with the views brought up with it, and a bit of everything that can wait."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import sqlalchemy as sa

import domain.case.events as case
import domain.consultation.events as consultation
import domain.meeting.events as meeting
import domain.referral.events as referral
import domain.report.events as report
from domain.act import Fact
from domain.case.risk import CircumstancesChanged, RiskAssessed
from domain.event import Event
from domain.meeting.events import Attendee, MeetingStatus
from domain.vocabulary import (
    Compartment,
    Consideration,
    DeclineReason,
    Duty,
    Instant,
    Instrument,
    Kind,
    MeetingKind,
    Mode,
    Purpose,
    Ref,
    ReportKind,
    Role,
    StaffId,
    UnitId,
)
from projections.catalogue import ACTS
from projections.lists import Lists
from projections.readers import rows_of
from projections.runner import Runner
from projections.store import Views
from projections.waits import Waited, WaitRow
from tests.projections.history import (
    BROTHER,
    CENTRE,
    POLICE,
    SCHOOL,
    SECOND,
    SISTER,
    SOCIAL,
    START,
    MemoryLog,
    caught_up,
    disclosed,
    named,
    requested,
    role_in,
    views_at,
)

LATER = START + 10_000_000 * SECOND
REFERENCE = "AAAA-BBBB"


class Story:
    """A log, the views brought up with it fact by fact, and what they show."""

    def __init__(self, folder: Path) -> None:
        self.log = MemoryLog()
        self.views = views_at(folder)
        self.runner: Runner = caught_up(self.views, self.log)

    def tell(self, kind: Kind, event: Event, by: UnitId, word: str | None = None) -> Fact:
        fact = self.log.append(word or kind.value, event, by, kind=kind)
        self.runner.catch_up()
        return fact

    def rows(self, unit: UnitId, role: Role, then: Instant = LATER) -> tuple[WaitRow, ...]:
        return rows_at(self.views, unit, role, then)

    def waits(self, unit: UnitId, then: Instant = LATER) -> list[tuple[str, UnitId]]:
        return [(row.what, row.on) for row in self.rows(unit, role_in(unit), then)]

    def tasks(self, unit: UnitId, then: Instant = LATER) -> list[int]:
        return [row.position for row in Waited(self.views, ACTS).tasks(unit, role_in(unit), then)]

    def inbox(self, unit: UnitId) -> list[str]:
        return [each.what for each in Lists(self.views, ACTS).inbox(unit, role_in(unit), LATER)]

    def status(self, unit: UnitId, kind: Kind) -> list[str]:
        return [each.status for each in Lists(self.views, ACTS).page(unit, role_in(unit), kind)]

    def refer(self, event: Event, by: UnitId) -> Fact:
        return self.tell(Kind.REFERRAL, event, by)

    def report(self, event: Event, by: UnitId) -> Fact:
        return self.tell(Kind.REPORT, event, by)

    def meet(self, event: Event, by: UnitId) -> Fact:
        return self.tell(Kind.MEETING, event, by)


def rows_at(views: Views, unit: UnitId, role: Role, then: Instant) -> tuple[WaitRow, ...]:
    """All rows of what waited then by what that role in the unit knows, the longest wait first."""
    with views.living(ACTS) as living:
        row = living.tables["waits"].c
        found = living.connection.execute(
            sa.select(row.stream, row.kind, row.position, row.what, row.on_unit, row.since, row.due)
            .where(row.unit == unit, row.readers.in_(rows_of(role)), row.until > then, row.start <= then)
            .order_by(row.since, row.position, row.what, row.on_unit)
        )
        return tuple(
            WaitRow(Ref(stream), Kind(kind), position, what, UnitId(on), since, due)
            for stream, kind, position, what, on, since, due in found
        )


PROPOSED = referral.Proposed(
    reference=REFERENCE, receiver=POLICE, purpose=Purpose.PROTECTION, person=SISTER, coordinator=CENTRE
)
SENT = referral.Sent(
    receiver=POLICE,
    reference=REFERENCE,
    purpose=Purpose.PROTECTION,
    used_for="protection",
    person=SISTER,
    has_safe_contact=True,
)
CONSIDERED = report.Considered(
    reference=REFERENCE,
    about=ReportKind.CONCERN_CHILD,
    duty=Duty.BY_LAW,
    outcome=Consideration.REPORT,
    person=SISTER,
)
MADE = report.Made(
    receiver=SOCIAL,
    reference=REFERENCE,
    about=ReportKind.CONCERN_CHILD,
    duty=Duty.BY_LAW,
    ongoing=False,
    person=SISTER,
    concern_known=START,
    identity_known=None,
    decided=START,
    used_for="protection",
    has_safe_contact=True,
)
REQUESTED = meeting.Requested(meeting=MeetingKind.COORDINATION_MEETING, case=named("case"), coordinator=CENTRE)


def invited(unit: UnitId) -> meeting.Invited:
    return meeting.Invited(to=unit, status=MeetingStatus.REQUESTED)


def held(*units: UnitId) -> meeting.Held:
    attended = tuple(Attendee(unit=unit, role=Role.HANDLER) for unit in units)
    return meeting.Held(mode=Mode.VIDEO, start=START, end=START + SECOND, attended=attended)


def assessed(person: Ref, last: date = date(2026, 8, 1)) -> RiskAssessed:
    return RiskAssessed(
        person=person,
        instrument=Instrument.PATRIARK,
        authority=True,
        trained=True,
        assessed=date(2026, 7, 1),
        valid_until=last,
    )


QUARTER: tuple[Callable[[Story], Fact], ...] = (
    lambda story: story.tell(Kind.CASE, case.Opened(coordinator=CENTRE), SOCIAL),
    lambda story: story.tell(Kind.CASE, CircumstancesChanged(person=SISTER), SOCIAL),
    lambda story: story.tell(Kind.CASE, CircumstancesChanged(person=BROTHER), CENTRE),
    lambda story: story.tell(Kind.CASE, disclosed(POLICE, frozenset({Compartment.SOCIAL})), SOCIAL),
    lambda story: story.tell(Kind.CASE, CircumstancesChanged(person=SISTER, asked=SCHOOL, what="More."), SOCIAL),
    lambda story: story.tell(Kind.CASE, assessed(BROTHER), SOCIAL),
    lambda story: story.tell(Kind.CONSULTATION, requested(), SOCIAL),
    lambda story: story.tell(Kind.CONSULTATION, consultation.PassedOn(to=POLICE, asker=SOCIAL), CENTRE),
    lambda story: story.tell(Kind.CONSULTATION, consultation.FollowedUp(to=SOCIAL), CENTRE),
    lambda story: story.tell(Kind.CONSULTATION, consultation.AdviceGiven(to=SOCIAL, adviser_role=Role.ADVISER), POLICE),
    lambda story: story.refer(PROPOSED, SOCIAL),
    lambda story: story.refer(SENT, SOCIAL),
    lambda story: story.report(CONSIDERED, SCHOOL),
    lambda story: story.report(MADE, SCHOOL),
    lambda story: story.refer(referral.Declined(to=SOCIAL, reason=DeclineReason.OTHER), POLICE),
    lambda story: story.meet(REQUESTED, SOCIAL),
    lambda story: story.meet(invited(POLICE), CENTRE),
    lambda story: story.meet(invited(SCHOOL), CENTRE),
    lambda story: story.meet(meeting.Scheduled(mode=Mode.VIDEO, start=LATER, end=LATER + SECOND), CENTRE),
    lambda story: story.meet(meeting.InvitationAccepted(to=frozenset({CENTRE}), role=Role.HANDLER), POLICE),
    lambda story: story.meet(meeting.InvitationDeclined(to=frozenset({CENTRE})), SCHOOL),
    lambda story: story.meet(held(CENTRE, POLICE), CENTRE),
    lambda story: story.meet(meeting.WorkDivided(to=POLICE, due=LATER), CENTRE),
    lambda story: story.report(report.ReceiptConfirmed(to=SCHOOL), SOCIAL),
    lambda story: story.meet(meeting.StaffBlocked(staff=StaffId("someone")), POLICE),
)
