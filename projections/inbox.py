"""What waits in a unit's inbox: something that was addressed to it and that it has not acted on yet."""

from collections.abc import Iterator, Set
from typing import Final

from msgspec import Struct, field

import domain.case.events as case
import domain.consultation.events as consultation
import domain.meeting.events as meeting
import domain.referral.events as referral
import domain.report.events as report
from domain.act import Fact
from domain.event import Event
from domain.needtoknow.standing import Standing
from domain.vocabulary import FOREVER, Instant, Kind, Ref, UnitId
from domain.waiting import Addressed

_OVER: Final = frozenset({meeting.MeetingStatus.HELD, meeting.MeetingStatus.CANCELLED})
_MOVED: Final = (meeting.Scheduled, meeting.CalledNow)
_ASKS: Final[tuple[Addressed, ...]] = ("invitation", "meeting_moved")
"""What asks a unit whether it comes to a meeting."""
_MOVES: Final = (
    referral.Sent,
    referral.Accepted,
    referral.Declined,
    referral.Redirected,
    referral.Withdrawn,
    referral.Signposted,
)
"""With these a referral goes to the other side, or nobody's answer is waited for any more (D2)."""


class Wait(Struct, frozen=True, gc=False):
    """Something addressed to a unit that it has not acted on yet."""

    unit: UnitId
    what: Addressed
    position: int
    since: Instant
    start: Instant = 0
    until: Instant = FOREVER


class Inbox(Struct):
    """What waits in one aggregate, by the act that put it there."""

    waits: dict[tuple[Ref, UnitId], Wait] = field(default_factory=dict)
    """By the act that put it there, and the unit: one act can ask several."""
    asked: set[UnitId] = field(default_factory=set)
    """Who was asked for advice."""
    comes: set[UnitId] = field(default_factory=set)
    """Who said that they take part."""


def fold(state: Inbox, fact: Fact, owners: frozenset[UnitId], seeing: Set[UnitId], standing: Standing) -> None:
    """What waits no more since this fact, because the unit acted itself or it ended; then what begins to wait by it.
    `seeing` are the units in which everyone reads the fact: what only coordinators read settles nothing for others."""
    match fact.kind:
        case Kind.CASE:
            _settle(state, owners)
            _end_with_grants(state, fact.event, standing)
        case Kind.CONSULTATION:
            _after_advice(state, fact.event, owners, seeing)
        case Kind.REFERRAL if isinstance(fact.event, _MOVES):
            _settle(state, owners | fact.event.addressees())
        case Kind.REPORT if isinstance(fact.event, report.ReceiptConfirmed | report.OutcomeTold):
            _settle(state, owners)
        case Kind.MEETING:
            _after_meeting(state, fact.event, owners, seeing)
        case _:
            pass
    for begins in _begin(state, fact, owners):
        if fact.kind is not Kind.CASE or begins.unit not in owners:
            state.waits[_called(fact), begins.unit] = begins


def _called(fact: Fact) -> Ref:
    """By what a wait is called: the act; what asks each of several for an answer, by its own event."""
    return fact.id if isinstance(fact.event, (meeting.Invited, *_MOVED)) else fact.act.id


def _settle(state: Inbox, units: Set[UnitId], *named: str) -> None:
    state.waits = {
        called: wait
        for called, wait in state.waits.items()
        if wait.unit not in units or (named and wait.what not in named)
    }


def _end_with_grants(state: Inbox, event: Event, standing: Standing) -> None:
    if isinstance(event, case.AssignmentEnded | case.DisclosureEnded | case.ConsentWithdrawn):
        for grant in standing.grants:
            if grant.ended and grant.id is not None:
                state.waits.pop((grant.id, grant.holder), None)


def _after_advice(state: Inbox, event: Event, owners: frozenset[UnitId], seeing: Set[UnitId]) -> None:
    match event:
        case consultation.Requested(asked_of=unit) | consultation.PassedOn(to=unit):
            state.asked.add(unit)
        case _:
            pass
    if isinstance(event, consultation.AdviceGiven | consultation.PassedOn):
        _settle(state, owners)
    if isinstance(event, consultation.Closed):
        _settle(state, seeing)
    if isinstance(event, consultation.Reopened | consultation.ContactedAgain):
        _settle(state, event.addressees())


def _after_meeting(state: Inbox, event: Event, owners: frozenset[UnitId], seeing: Set[UnitId]) -> None:
    match event:
        case meeting.InvitationAccepted():
            state.comes |= owners
            _settle(state, owners, *_ASKS)
        case meeting.InvitationDeclined():
            state.comes -= owners
            _settle(state, owners, *_ASKS)
        case meeting.Held() | meeting.Cancelled():
            _settle(state, seeing, *_ASKS)
        case meeting.Told(to=unit, status=status) if status in _OVER:
            _settle(state, {unit}, *_ASKS)
        case meeting.TaskDone(task=task) | meeting.TaskNoLongerPossible(task=task):
            state.waits = {called: wait for called, wait in state.waits.items() if called[0] != task}
        case meeting.Scheduled() | meeting.CalledNow():
            _settle(state, state.comes, "meeting_moved")
        case _:
            pass


def _begin(state: Inbox, fact: Fact, owners: Set[UnitId]) -> Iterator[Wait]:
    if isinstance(fact.event, _MOVED):
        # D4: who said that they come said it of another time.
        for unit in sorted(state.comes - owners):
            yield Wait(unit, "meeting_moved", fact.position, fact.committed)
    elif (begins := _begins(state, fact)) is not None:
        yield begins


def _begins(state: Inbox, fact: Fact) -> Wait | None:
    event = fact.event
    match event:
        case consultation.Requested(asked_of=unit) | consultation.PassedOn(to=unit):
            return Wait(unit, "consultation", fact.position, fact.committed)
        case consultation.Reopened(to=unit) | consultation.ContactedAgain(to=unit) if unit in state.asked:
            return Wait(unit, "consultation", fact.position, fact.committed)
        case case.Assigned(unit=unit, start=start, until=until):
            return Wait(unit, "assignment", fact.position, max(fact.committed, start), start, until)
        case case.Disclosed(receiver=unit, start=start, until=until, spoken=False):
            return Wait(unit, "disclosure", fact.position, max(fact.committed, start), start, until)
        case case.NoteExpedited(receiver=unit):
            return Wait(unit, "memo", fact.position, fact.committed)
        case referral.Sent(receiver=unit):
            return Wait(unit, "referral", fact.position, fact.committed)
        case referral.Declined(to=unit) | referral.Redirected(to=unit):
            return Wait(unit, "referral_returned", fact.position, fact.committed)
        case report.Made(receiver=unit):
            return Wait(unit, "report", fact.position, fact.committed)
        case meeting.Invited(to=unit) if unit not in state.comes:
            return Wait(unit, "invitation", fact.position, fact.committed)
        case meeting.WorkDivided(to=unit):
            return Wait(unit, "task", fact.position, fact.committed)
        case _:
            return None
