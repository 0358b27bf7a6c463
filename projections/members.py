"""What each unit knows of one aggregate, folded from the facts that the unit itself may see (F), and apart from that
what its coordinators know of what it coordinates.

A row of a unit is moved by nothing else: not its order, its status, nor its latest position, so that what is hidden
from a unit leaves no trace in its lists. By what a grant opened are moved the status and the latest position alone: a
grant counts for one purpose, and nothing is selected or ordered by these. What a list selects is decided again, item
by item, where it is read.
"""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct, field

import domain.case.events as case
import domain.consultation.events as consultation
import domain.meeting.events as meeting
import domain.referral.events as referral
import domain.report.events as report
from domain.act import Fact
from domain.event import Event
from domain.needtoknow.model import Grant, GrantKind
from domain.needtoknow.standing import Standing
from domain.vocabulary import Compartment, Instant, Ref, UnitId
from projections.inbox import Inbox
from projections.inbox import fold as put_in
from projections.readers import UnitReaders, audiences

_STATUS: Final[dict[type[Event], str]] = {
    case.Opened: "open",
    case.Closed: "closed",
    case.Reopened: "open",
    consultation.Requested: "requested",
    consultation.Accepted: "accepted",
    consultation.PassedOn: "passed_on",
    consultation.AdviceGiven: "advised",
    consultation.FollowedUp: "followed_up",
    consultation.Closed: "closed",
    consultation.Reopened: "reopened",
    referral.Proposed: "proposed",
    referral.Sent: "sent",
    referral.ReceiptConfirmed: "received",
    referral.Accepted: "accepted",
    referral.Declined: "declined",
    referral.Redirected: "redirected",
    referral.ContactAttempted: "contact_attempted",
    referral.FirstContact: "first_contact",
    referral.DidNotAttend: "did_not_attend",
    referral.Completed: "completed",
    referral.Withdrawn: "withdrawn",
    referral.Signposted: "signposted",
    report.Considered: "considered",
    report.Made: "made",
    report.ReceiptConfirmed: "received",
    report.OutcomeTold: "answered",
    meeting.Requested: "requested",
    meeting.Scheduled: "scheduled",
    meeting.CalledNow: "called",
    meeting.Held: "held",
    meeting.Cancelled: "cancelled",
}
KNOWN: Final = "known"
"""The status of what a unit knows to be there, and no more."""


class StandingUnknown(ValueError):
    """An act that says how somebody stands cannot be folded: nobody can be said to know of it."""


class Member(Struct, gc=False):
    """What is known in one unit: since which fact, until which, and by which of its lasting relations."""

    since: int
    since_at: Instant
    latest: int = 0
    owner: bool = False
    addressee: bool = False
    status: str = KNOWN


class KnowingUnits(Struct):
    """All units that know of one aggregate."""

    known: dict[UnitReaders, Member] = field(default_factory=dict)
    standing: Standing = field(default_factory=Standing)
    inbox: Inbox = field(default_factory=Inbox)
    references: dict[str, set[UnitId]] = field(default_factory=dict)
    tags: dict[str, set[UnitId]] = field(default_factory=dict)


def fold(state: KnowingUnits, fact: Fact) -> set[UnitReaders]:
    """Let one fact move the rows of those who may see it, and of nobody else; who reads it by what it is."""
    # The scheduler's event changes nothing more to be seen; what is disposed of says nothing any more.
    if isinstance(fact.event, case.Expired) or Compartment.RECORD in fact.disposed:
        return set()
    state.standing.add(fact)
    if state.standing.unknown:
        raise StandingUnknown
    owners, addressees, everyone, reading = audiences(fact, state.standing)
    for reader in reading:
        member = state.known.get(reader)
        if member is None:
            member = state.known[reader] = Member(fact.position, fact.committed)
        member.owner |= reader.unit in owners
        member.addressee |= reader.unit in addressees
    _call(state, fact)
    opening, noticing = _opening(state, fact), _noticing(state, fact)
    for reader, member in state.known.items():
        if reader in reading or reader.unit in opening:
            member.status = _status(fact.event) or member.status
            member.latest = fact.position
        elif reader.unit in noticing:
            member.latest = fact.position
    put_in(state.inbox, fact, owners, everyone, state.standing)
    return reading


def _status(event: Event) -> str | None:
    """How far it has come, for who reads the event; None where the event says nothing of that."""
    if isinstance(event, meeting.Invited | meeting.Told):
        return event.status.value  # all that R2 tells
    return _STATUS.get(type(event))


def held_until(state: KnowingUnits) -> dict[tuple[UnitId, GrantKind], Instant]:
    """The latest end of each unit's grants of one kind that nobody has ended."""
    ends: dict[tuple[UnitId, GrantKind], Instant] = {}
    for grant in state.standing.grants:
        if not grant.ended and not grant.spoken:
            held = (grant.holder, grant.kind)
            ends[held] = max(grant.until, ends.get(held, grant.until))
    return ends


def _call(state: KnowingUnits, fact: Fact) -> None:
    """By what the consultation can be asked for, and by whom: its parties (A4)."""
    by, later = fact.act.by.unit, state.standing.passed_on_to
    match fact.event:
        case consultation.Requested(asked_of=asked_of, reference=reference):
            state.references[reference] = {by, asked_of, *later}
        case consultation.PassedOn(to=to):
            for units in (*state.references.values(), *state.tags.values()):
                units.add(to)
        case consultation.KeyIssued(tag=tag, to=to):
            state.tags[tag] = {by, to, *later}
        case referral.Proposed(reference=reference) | report.Considered(reference=reference):
            state.references.setdefault(reference, set()).add(by)
        case referral.Sent(reference=reference, receiver=to) | report.Made(reference=reference, receiver=to):
            state.references.setdefault(reference, set()).update((by, to))
        case _:
            pass


def _opening(state: KnowingUnits, fact: Fact) -> set[UnitId]:
    """The units that could open a part of the fact by a disclosure, when it was recorded (C2)."""
    parts, person = fact.sealed - fact.disposed, fact.event.subject()
    if not parts or person is None:
        return set()
    return {
        grant.holder
        for grant in _in_force(state, fact, person)
        if grant.kind is GrantKind.DISCLOSURE and grant.owner == fact.act.by.unit and parts & _opened_by(grant)
    }


def _noticing(state: KnowingUnits, fact: Fact) -> set[UnitId]:
    """The units that may know by a grant that something is there, and no more (F, first row)."""
    if fact.event.existence is None:
        return set()
    return {grant.holder for grant in _in_force(state, fact, fact.event.subject())}


def _in_force(state: KnowingUnits, fact: Fact, person: Ref | None) -> Iterator[Grant]:
    """The grants that counted when the fact was recorded, around its person; around anyone, if it is about nobody."""
    for grant in state.standing.grants:
        around = person is None or grant.subject == person.hex
        if around and not grant.spoken and grant.in_force(fact.committed):
            yield grant


def _opened_by(grant: Grant) -> frozenset[Compartment]:
    """C4: whereabouts are opened only by a disclosure that names nothing else."""
    if grant.compartments == {Compartment.WHEREABOUTS}:
        return grant.compartments
    return grant.compartments - {Compartment.WHEREABOUTS}
