"""Referral, what it can be: folded from whatever part of its history one may see."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from domain.act import Fact
from domain.agreement.state import Directory
from domain.growing import with_item
from domain.referral import events as then
from domain.vocabulary import Compartment, DeclineReason, Instant, Outcome, Purpose, Ref, UnitId
from domain.waiting import Waiting, WaitsFor, waits


class ReferralStatus(StrEnum):
    """How far it has come (D2). Sent is not done."""

    PROPOSED = "proposed"
    SENT = "sent"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REDIRECTED = "redirected"
    CONTACT_ATTEMPTED = "contact_attempted"
    FIRST_CONTACT = "first_contact"
    DID_NOT_ATTEND = "did_not_attend"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    SIGNPOSTED = "signposted"


WITH_THE_SENDER = frozenset({ReferralStatus.PROPOSED, ReferralStatus.DECLINED, ReferralStatus.REDIRECTED})
UNANSWERED = frozenset({ReferralStatus.SENT, ReferralStatus.RECEIVED})
TAKEN_ON = frozenset(
    {
        ReferralStatus.ACCEPTED,
        ReferralStatus.CONTACT_ATTEMPTED,
        ReferralStatus.FIRST_CONTACT,
        ReferralStatus.DID_NOT_ATTEND,
    }
)
WITH_THE_RECEIVER = UNANSWERED | TAKEN_ON


class Agreed(Struct, frozen=True):
    """What the person agreed to: whom to tell, how much, and until when (C2)."""

    receiver: UnitId
    compartments: frozenset[Compartment]
    until: Instant

    def covers(self, receiver: UnitId, carried: frozenset[Compartment], now: Instant) -> bool:
        """Whether that may be sent to that unit now."""
        return self.receiver == receiver and carried <= self.compartments and now < self.until


class Referral(Struct, frozen=True, kw_only=True):
    """All is as far as is known to whoever looks; times are when it happened."""

    seen: bool = False
    status: ReferralStatus = ReferralStatus.PROPOSED
    sender: UnitId | None = None
    receiver: UnitId | None = None
    """The unit that it is meant for or, once sent, has it."""
    named: UnitId | None = None
    """The unit that the last receiver thought right; only a sending lets it in."""
    purpose: Purpose | None = None
    reference: str | None = None
    person: Ref | None = None
    case: Ref | None = None
    coordinator: UnitId | None = None
    agreed: Sequence[Agreed] = ()
    proposed: Instant | None = None
    sent: Instant | None = None
    """When it was sent to whoever has it, or had it last."""
    since: Instant | None = None
    """Since when it waits for the next step."""
    safe_contact: bool = False
    safe_contact_confirmed: bool = False
    attempts: int = 0
    met: bool = False
    reminders: Sequence[Instant] = ()
    """Since it was sent to whoever has it."""
    reason: DeclineReason | None = None
    outcome: Outcome | None = None
    last_act: Instant | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more is to come of it."""
        return self.status in (ReferralStatus.COMPLETED, ReferralStatus.WITHDRAWN, ReferralStatus.SIGNPOSTED)


INITIAL = Referral()


def evolve(state: Referral, fact: Fact) -> Referral:
    """Fold one fact. What is missing before it is no error: each sees a part of the history."""
    known = replace(state, seen=True, last_act=fact.act.now)
    for part in (_beginning, _answer, _people):
        after = part(known, fact)
        if after is not known:
            return after
    return known


def _beginning(state: Referral, fact: Fact) -> Referral:
    happened = fact.act.happened
    match fact.event:
        case then.Proposed() as event:
            return replace(
                state,
                sender=fact.act.by.unit,
                receiver=event.receiver,
                purpose=event.purpose,
                reference=event.reference,
                person=event.person,
                case=event.case,
                coordinator=event.coordinator,
                proposed=happened,
                since=happened,
            )
        case then.PersonAgreed() as event:
            agreed = Agreed(event.receiver, event.compartments, event.until)
            return replace(state, person=event.person, agreed=with_item(state.agreed, agreed))
        case then.PersonDeclined(person=person):
            return replace(state, person=person, agreed=())
        case then.Sent() as event:
            return replace(
                state,
                status=ReferralStatus.SENT,
                sender=fact.act.by.unit,
                receiver=event.receiver,
                purpose=event.purpose,
                reference=event.reference,
                person=event.person,
                sent=happened,
                since=happened,
                safe_contact=event.has_safe_contact is True,
                safe_contact_confirmed=False,
                reminders=(),
                reason=None,
            )
        case then.SafeContactGiven():
            return replace(state, safe_contact=True, safe_contact_confirmed=False)
        case then.Withdrawn():
            return replace(state, status=ReferralStatus.WITHDRAWN, since=None)
        case then.Signposted():
            return replace(state, status=ReferralStatus.SIGNPOSTED, since=None)
    return state


def _answer(state: Referral, fact: Fact) -> Referral:
    happened = fact.act.happened
    match fact.event:
        case then.ReceiptConfirmed():
            # D2: that it was received is no answer, and the person has waited since it was sent.
            return replace(state, status=ReferralStatus.RECEIVED)
        case then.SafeContactConfirmed():
            return replace(state, safe_contact_confirmed=True)
        case then.Accepted():
            return replace(state, status=ReferralStatus.ACCEPTED, since=happened)
        case then.Declined(reason=reason):
            return replace(state, status=ReferralStatus.DECLINED, reason=reason, since=happened)
        case then.Redirected(named=named):
            return replace(state, status=ReferralStatus.REDIRECTED, named=named, since=happened)
        case then.Completed(outcome=outcome):
            return replace(state, status=ReferralStatus.COMPLETED, outcome=outcome, since=None)
    return state


def _people(state: Referral, fact: Fact) -> Referral:
    happened = fact.act.happened
    match fact.event:
        case then.ContactAttempted():
            # An attempt is no contact: what was waited for is waited for still.
            status = state.status if state.met else ReferralStatus.CONTACT_ATTEMPTED
            return replace(state, status=status, attempts=state.attempts + 1)
        case then.FirstContact():
            return replace(state, status=ReferralStatus.FIRST_CONTACT, met=True, since=happened)
        case then.DidNotAttend():
            return replace(state, status=ReferralStatus.DID_NOT_ATTEND)
        case then.Reminded():
            return replace(state, reminders=with_item(state.reminders, happened))
    return state


def waiting(state: Referral, now: Instant, directory: Directory) -> Waiting | None:
    """For whom it waits at `now`, for what and since when; None where nothing is waited for, or nothing known of it."""
    on, what = _next(state)
    if on is None or what is None or state.since is None:
        return None
    return waits(on, what, state.since, now, directory)


def _next(state: Referral) -> tuple[UnitId | None, WaitsFor | None]:
    """Whose move it is, and the name by which an agreement limits it (D8)."""
    if state.status in WITH_THE_SENDER:
        # Who had it and sent it back knows nothing of what became of it.
        on = None if state.proposed is None else state.sender
        return on, "referral_sent" if state.status is ReferralStatus.PROPOSED else "referral_sent_on"
    if state.status in UNANSWERED:
        return state.receiver, "referral_received" if state.status is ReferralStatus.SENT else "referral_answered"
    if state.status in TAKEN_ON:
        return state.receiver, "referral_completed" if state.met else "victim_contacted"
    return None, None
