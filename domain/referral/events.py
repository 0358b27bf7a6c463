"""Referral, what happened: someone is referred to a unit that is to help, and is followed until they have met (D2)."""

from typing import Annotated, ClassVar

from msgspec import UNSET, Meta, UnsetType

from domain.case.events import Code
from domain.consultation.events import Reference
from domain.event import (
    SAFE_CONTACT_CAME,
    Advice,
    ChildStatement,
    Contact,
    Event,
    Health,
    Identity,
    Police,
    RiskMemo,
    Social,
    WorkingNote,
)
from domain.vocabulary import Compartment, DeclineReason, Instant, Outcome, Purpose, Ref, UnitId


class Proposed(Event, frozen=True, kw_only=True):
    """A unit means to refer a person to `receiver`, which is not told yet. `case` and `coordinator` are the sender's
    own to know: what is sent names neither."""

    name: ClassVar = "referral.proposed"
    reference: Reference
    receiver: UnitId
    purpose: Purpose
    person: Ref
    case: Ref | None = None
    coordinator: UnitId | None = None


class PersonAgreed(Event, frozen=True, kw_only=True):
    """The person agreed that this unit tells that one that much, until then (C2)."""

    name: ClassVar = "referral.person_agreed"
    person: Ref
    receiver: UnitId
    compartments: Annotated[frozenset[Compartment], Meta(min_length=1)]
    until: Instant


class PersonDeclined(Event, frozen=True, kw_only=True):
    """The person does not agree, or agrees no more: nothing more is sent on their agreement (C2)."""

    name: ClassVar = "referral.person_declined"
    person: Ref


class Sent(Event, frozen=True, kw_only=True):
    """It was sent, which is a disclosure of what it carries, on the act's ground (C2, F), and is not yet anything done.

    `used_for` says what it may be used for (C8); `has_safe_contact` that a safe way to reach the person came with it,
    in `contact`, with who must not learn, and whether guardians may be told (C5, C12). Whereabouts are never among it:
    they are disclosed singly (C4).
    """

    name: ClassVar = "referral.sent"
    sends: ClassVar = True
    follows: ClassVar = SAFE_CONTACT_CAME
    receiver: UnitId
    reference: Reference
    purpose: Purpose
    used_for: Code
    person: Ref
    has_safe_contact: bool | UnsetType
    identity: Identity = UNSET
    contact: Contact = UNSET
    must_not_learn: Contact = UNSET
    guardians: Contact = UNSET
    social: Social = UNSET
    health: Health = UNSET
    police: Police = UNSET
    risk_memo: RiskMemo = UNSET
    child_statement: ChildStatement = UNSET
    balancing: WorkingNote = UNSET

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.receiver})


class SafeContactGiven(Event, frozen=True, kw_only=True):
    """How the person can be reached safely was told afterwards, or has changed; it is to be confirmed anew (C12)."""

    name: ClassVar = "referral.safe_contact_given"
    sends: ClassVar = True
    receiver: UnitId
    person: Ref
    contact: Contact = UNSET
    must_not_learn: Contact = UNSET
    guardians: Contact = UNSET

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.receiver})


class _ToOneUnit(Event, frozen=True, kw_only=True):
    """An act within a referral, addressed to the other side of it."""

    to: UnitId

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.to})


class ReceiptConfirmed(_ToOneUnit, frozen=True, kw_only=True):
    """The unit that it was sent to has it, and has not answered by that."""

    name: ClassVar = "referral.receipt_confirmed"


class SafeContactConfirmed(_ToOneUnit, frozen=True, kw_only=True):
    """The receiver has understood how the person can be reached, and who must not learn of it (C12)."""

    name: ClassVar = "referral.safe_contact_confirmed"


class Accepted(_ToOneUnit, frozen=True, kw_only=True):
    """The receiver takes the person on."""

    name: ClassVar = "referral.accepted"


class Declined(_ToOneUnit, frozen=True, kw_only=True):
    """The receiver does not, with a reason; it goes back to its sender, who has to find another way."""

    name: ClassVar = "referral.declined"
    reason: DeclineReason
    explanation: Advice = UNSET


class Redirected(_ToOneUnit, frozen=True, kw_only=True):
    """The receiver names the unit that it thinks right, and it goes back to its sender: that lets nobody in."""

    name: ClassVar = "referral.redirected"
    named: UnitId


class ContactAttempted(_ToOneUnit, frozen=True, kw_only=True):
    """Someone tried to reach the person, and did not."""

    name: ClassVar = "referral.contact_attempted"


class FirstContact(_ToOneUnit, frozen=True, kw_only=True):
    """The receiver has met or spoken with the person."""

    name: ClassVar = "referral.first_contact"


class DidNotAttend(_ToOneUnit, frozen=True, kw_only=True):
    """The person did not come, which says nothing of why, and ends nothing."""

    name: ClassVar = "referral.did_not_attend"


class Completed(_ToOneUnit, frozen=True, kw_only=True):
    """The receiver is done with what it was asked for, with an outcome (D13)."""

    name: ClassVar = "referral.completed"
    outcome: Outcome


class Withdrawn(Event, frozen=True, kw_only=True):
    """The sender takes it back; whoever has it is told that, never why (R4). It recalls nothing (C2)."""

    name: ClassVar = "referral.withdrawn"
    to: UnitId | None = None

    def addressees(self) -> frozenset[UnitId]:
        return frozenset() if self.to is None else frozenset({self.to})


class Reminded(Event, frozen=True, kw_only=True):
    """Someone asked what became of it, in whichever way. The wait goes on from where it began."""

    name: ClassVar = "referral.reminded"
    to: UnitId
    sender: UnitId

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.to, self.sender})


class Signposted(Event, frozen=True, kw_only=True):
    """The person was told where to turn, and nothing was sent to anyone: that ends when given."""

    name: ClassVar = "referral.signposted"
    unit: UnitId
    told: Advice = UNSET


class Disposed(Event, frozen=True, kw_only=True):
    """The owner disposed of parts or, as `whole`, of all that is its own: the keys are deleted and named here."""

    name: ClassVar = "referral.disposed"
    keys: tuple[Ref, ...]
    whole: bool = False


EVENTS: tuple[type[Event], ...] = (
    Proposed,
    PersonAgreed,
    PersonDeclined,
    Sent,
    SafeContactGiven,
    ReceiptConfirmed,
    SafeContactConfirmed,
    Accepted,
    Declined,
    Redirected,
    ContactAttempted,
    FirstContact,
    DidNotAttend,
    Completed,
    Withdrawn,
    Reminded,
    Signposted,
    Disposed,
)
