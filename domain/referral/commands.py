"""Referral, what may be asked for. Each is said of the unit that acts; whom it is addressed to follows."""

from typing import Annotated, ClassVar

from msgspec import Meta

from domain.bounds import Day
from domain.case.events import Code
from domain.command import Command
from domain.consultation.events import Reference
from domain.event import (
    Advice,
    ChildStatement,
    Contact,
    Health,
    Identity,
    Police,
    RiskMemo,
    Social,
    WorkingNote,
)
from domain.vocabulary import Compartment, DeclineReason, Kind, Outcome, Purpose, Ref, UnitId


class _OfReferral(Command, frozen=True, kw_only=True):
    kind: ClassVar = Kind.REFERRAL


class Propose(_OfReferral, frozen=True, kw_only=True):
    """Mean to refer someone: the person of a case that this unit knows, or one who is in none. Nobody is told yet.

    The application first answers whether this unit knows that case and that person, and fills in its coordinator.
    """

    name: ClassVar = "referral.propose"
    opens: ClassVar = True
    hub_fills: ClassVar = frozenset({"reference", "coordinator"})
    reference: Reference
    receiver: UnitId
    purpose: Purpose
    case: Ref | None = None
    person: Ref | None = None
    coordinator: UnitId | None = None


class PersonAgrees(_OfReferral, frozen=True, kw_only=True):
    """Record that the person agrees that `receiver`, if it is another than the one proposed, is told that much."""

    name: ClassVar = "referral.person_agrees"
    receiver: UnitId | None = None
    compartments: Annotated[frozenset[Compartment], Meta(min_length=1)]
    last: Day


class PersonDeclines(_OfReferral, frozen=True, kw_only=True):
    """Record that the person does not agree, or agrees no more."""

    name: ClassVar = "referral.person_declines"


class Send(_OfReferral, frozen=True, kw_only=True):
    """Send it, on the act's ground, with a safe contact; again to another unit after it came back."""

    name: ClassVar = "referral.send"
    receiver: UnitId | None = None
    used_for: Code | None = None
    identity: Identity = None
    contact: Contact = None
    must_not_learn: Contact = None
    guardians: Contact = None
    social: Social = None
    health: Health = None
    police: Police = None
    risk_memo: RiskMemo = None
    child_statement: ChildStatement = None
    balancing: WorkingNote = None


class GiveSafeContact(_OfReferral, frozen=True, kw_only=True):
    """Tell the receiver how the person can be reached safely, where that is new or came to be known later (C12)."""

    name: ClassVar = "referral.give_safe_contact"
    contact: Contact
    must_not_learn: Contact = None
    guardians: Contact = None


class ConfirmReceipt(_OfReferral, frozen=True, kw_only=True):
    """Say that this unit has it; the answer follows."""

    name: ClassVar = "referral.confirm_receipt"


class ConfirmSafeContact(_OfReferral, frozen=True, kw_only=True):
    """Say that this unit has understood how the person can be reached, and who must not learn of it (C12)."""

    name: ClassVar = "referral.confirm_safe_contact"


class Accept(_OfReferral, frozen=True, kw_only=True):
    """Take the person on."""

    name: ClassVar = "referral.accept"


class Decline(_OfReferral, frozen=True, kw_only=True):
    """Do not, with a reason; it goes back to its sender."""

    name: ClassVar = "referral.decline"
    reason: DeclineReason
    explanation: Advice = None


class Redirect(_OfReferral, frozen=True, kw_only=True):
    """Name the unit that is right; it goes back to its sender, who may send it there."""

    name: ClassVar = "referral.redirect"
    to: UnitId


class AttemptContact(_OfReferral, frozen=True, kw_only=True):
    """Record that someone tried to reach the person, and did not."""

    name: ClassVar = "referral.contact_attempted"


class MeetFirst(_OfReferral, frozen=True, kw_only=True):
    """Record the first contact with the person."""

    name: ClassVar = "referral.first_contact"


class MissAppointment(_OfReferral, frozen=True, kw_only=True):
    """Record that the person did not come."""

    name: ClassVar = "referral.did_not_attend"


class Complete(_OfReferral, frozen=True, kw_only=True):
    """Be done with it, and say how it ended (D13)."""

    name: ClassVar = "referral.complete"
    outcome: Outcome


class Withdraw(_OfReferral, frozen=True, kw_only=True):
    """Take it back."""

    name: ClassVar = "referral.withdraw"


class Remind(_OfReferral, frozen=True, kw_only=True):
    """Record that someone asked what became of it; the channel is the act's."""

    name: ClassVar = "referral.remind"


class Signpost(_OfReferral, frozen=True, kw_only=True):
    """Record that the person was told where to turn instead: nothing is sent, and it ends with that."""

    name: ClassVar = "referral.signpost"
    told: Advice = None


class Dispose(_OfReferral, frozen=True, kw_only=True):
    """Delete the keys of the content that this unit wrote here, or as `whole` of all that is its own."""

    name: ClassVar = "referral.dispose"
    hub_fills: ClassVar = frozenset({"keys"})
    whole: bool = False
    keys: tuple[Ref, ...] = ()


COMMANDS: tuple[type[Command], ...] = (
    Propose,
    PersonAgrees,
    PersonDeclines,
    Send,
    GiveSafeContact,
    ConfirmReceipt,
    ConfirmSafeContact,
    Accept,
    Decline,
    Redirect,
    AttemptContact,
    MeetFirst,
    MissAppointment,
    Complete,
    Withdraw,
    Remind,
    Signpost,
    Dispose,
)
