"""Case, what may be asked for. Periods are whole days, Europe/Stockholm; what is created is called by the act."""

from typing import Annotated, ClassVar

from msgspec import Meta

from domain.bounds import Boundary, Day, PlannedDay
from domain.case.events import Code
from domain.command import Command
from domain.event import (
    ChildStatement,
    Contact,
    Health,
    Identity,
    Police,
    RiskAssessment,
    RiskMemo,
    Social,
    Whereabouts,
    WorkingNote,
)
from domain.vocabulary import (
    Compartment,
    Gender,
    Kind,
    Outcome,
    Phase,
    Protection,
    Purpose,
    Ref,
    Role,
    StaffId,
    ToDo,
    UnitId,
)
from domain.waiting import WaitsFor

Compartments = Annotated[frozenset[Compartment], Meta(min_length=1)]


class _OfCase(Command, frozen=True, kw_only=True):
    kind: ClassVar = Kind.CASE


class Open(_OfCase, frozen=True, kw_only=True):
    """Begin a case, with nobody in it yet; `coordinator` is the resource centre's unit for it (B6)."""

    name: ClassVar = "case.open"
    opens: ClassVar = True
    coordinator: UnitId


class AddPerson(_OfCase, frozen=True, kw_only=True):
    """Add an exposed person, by name or not. `offender_side` says that it is no such person, and is refused (B8)."""

    name: ClassVar = "case.add_person"
    gender: Gender = Gender.UNKNOWN
    minor: bool | None = None
    secondary: bool = False
    offender_side: bool = False
    identity: Identity = None
    contact: Contact = None


class IdentifyPerson(_OfCase, frozen=True, kw_only=True):
    """Record, for this unit alone, who the person is (A2)."""

    name: ClassVar = "case.identify_person"
    person: Ref
    identity: Identity
    contact: Contact = None


class Assign(_OfCase, frozen=True, kw_only=True):
    """Let a unit take part around one person (B5); `guest` lets in one outside the agreement, with an end (B1). The
    application says whether nobody there works for that purpose today."""

    name: ClassVar = "case.assign"
    hub_fills: ClassVar = frozenset({"unanswered"})
    person: Ref
    unit: UnitId
    role: Role
    purpose: Purpose
    mandate: Code | None = None
    first: Day | None = None
    last: Day | None = None
    guest: bool = False
    unanswered: bool = False


class EndAssignment(_OfCase, frozen=True, kw_only=True):
    name: ClassVar = "case.end_assignment"
    acute: ClassVar = True
    grant: Ref


class GiveConsent(_OfCase, frozen=True, kw_only=True):
    """Record the consent that a person gave this unit, for one purpose and one receiver (C2)."""

    name: ClassVar = "case.give_consent"
    person: Ref
    purpose: Purpose
    receiver: UnitId
    compartments: Compartments
    last: Day


class WithdrawConsent(_OfCase, frozen=True, kw_only=True):
    name: ClassVar = "case.withdraw_consent"
    acute: ClassVar = True
    consent: Ref


class Disclose(_OfCase, frozen=True, kw_only=True):
    """Let a unit take part of this unit's own parts about one person; the ground is the act's (C2). The application
    says whether nobody there works for that purpose today."""

    name: ClassVar = "case.disclose"
    hub_fills: ClassVar = frozenset({"unanswered"})
    person: Ref
    receiver: UnitId
    compartments: Compartments
    purpose: Purpose
    first: Day | None = None
    last: Day
    consent: Ref | None = None
    spoken: bool = False
    used_for: Code | None = None
    balancing: WorkingNote = None
    unanswered: bool = False


class EndDisclosure(_OfCase, frozen=True, kw_only=True):
    name: ClassVar = "case.end_disclosure"
    acute: ClassVar = True
    grant: Ref
    to_do: ToDo = ToDo.READ_NO_MORE


class SetSafeContact(_OfCase, frozen=True, kw_only=True):
    """How, when and through whom the person can be reached; guardians are told nothing unless it says so (C5, C12)."""

    name: ClassVar = "case.set_safe_contact"
    person: Ref
    contact: Contact
    must_not_learn: Contact = None
    guardians: Contact = None


class ConfirmSafeContact(_OfCase, frozen=True, kw_only=True):
    """Confirm, of a disclosure or a memo to this unit, that it knows how the person can be reached safely (C12)."""

    name: ClassVar = "case.confirm_safe_contact"
    disclosure: Ref


class MarkProtection(_OfCase, frozen=True, kw_only=True):
    name: ClassVar = "case.mark_protection"
    acute: ClassVar = True
    person: Ref
    level: Protection


class BlockStaff(_OfCase, frozen=True, kw_only=True):
    """Keep a named member of staff, or an interpreter, from this case (C9). Who works `elsewhere` than in this agency
    is known to the hub or not: nobody is told. The application says whether such a name is unknown in this agency."""

    name: ClassVar = "case.block_staff"
    acute: ClassVar = True
    hub_fills: ClassVar = frozenset({"unknown_here"})
    later: ClassVar = frozenset({"elsewhere"})
    staff: StaffId
    elsewhere: bool = False
    unknown_here: bool = False


class LiftBlock(_OfCase, frozen=True, kw_only=True):
    name: ClassVar = "case.lift_block"
    block: Ref


class RecordInformation(_OfCase, frozen=True, kw_only=True):
    """Record what this unit knows about a person, each kind in its own compartment."""

    name: ClassVar = "case.record_information"
    person: Ref
    social: Social = None
    health: Health = None
    police: Police = None
    whereabouts: Whereabouts = None
    risk_memo: RiskMemo = None
    risk_assessment: RiskAssessment = None
    child_statement: ChildStatement = None


class WriteNote(_OfCase, frozen=True, kw_only=True):
    """Write a working note, with the day on which it is purged (C6)."""

    name: ClassVar = "case.write_note"
    person: Ref | None = None
    purge_on: PlannedDay
    text: WorkingNote


class ExpediteNote(_OfCase, frozen=True, kw_only=True):
    """Send what a note says to another authority, as a memo (C6); a disclosure on the act's ground. `purpose` is what
    the receiver takes part of it for; the sender's own, if it is not said (C2)."""

    name: ClassVar = "case.expedite_note"
    later: ClassVar = frozenset({"purpose"})
    note: Ref
    person: Ref
    receiver: UnitId
    purpose: Purpose | None = None
    memo: Social


class PurgeNote(_OfCase, frozen=True, kw_only=True):
    name: ClassVar = "case.purge_note"
    hub_fills: ClassVar = frozenset({"keys"})
    note: Ref
    keys: tuple[Ref, ...] = ()


class LinkConsultation(_OfCase, frozen=True, kw_only=True):
    """Say that a consultation belongs to this case (A2). The application answers first whether this unit knows it."""

    name: ClassVar = "case.link_consultation"
    consultation: Ref


class EnterPhase(_OfCase, frozen=True, kw_only=True):
    name: ClassVar = "case.enter_phase"
    phase: Phase


class Close(_OfCase, frozen=True, kw_only=True):
    """Close the case, which is never final (D9). `left_open` is what the sender may know to be open in what belongs to
    it: the hub looks it up."""

    name: ClassVar = "case.close"
    hub_fills: ClassVar[frozenset[str]] = frozenset({"left_open"})
    outcome: Outcome
    left_open: tuple[WaitsFor, ...] = ()


class Reopen(_OfCase, frozen=True, kw_only=True):
    name: ClassVar = "case.reopen"


class Retract(_OfCase, frozen=True, kw_only=True):
    """Take back what an earlier act of this unit says; both stand (D9)."""

    name: ClassVar = "case.retract"
    act: Ref
    person: Ref | None = None


class Dispose(_OfCase, frozen=True, kw_only=True):
    """Delete the keys of this unit's own parts about a person, by compartment, or as `whole` of all that is its own."""

    name: ClassVar = "case.dispose"
    hub_fills: ClassVar = frozenset({"keys"})
    whole: bool = False
    person: Ref | None = None
    compartments: frozenset[Compartment] = frozenset()
    keys: tuple[Ref, ...] = ()


class Expire(_OfCase, frozen=True, kw_only=True):
    """The scheduler: a grant or consent has reached its end."""

    name: ClassVar = "case.expire"
    system: ClassVar = True
    grant: Ref
    boundary: Boundary


COMMANDS: tuple[type[Command], ...] = (
    Open,
    AddPerson,
    IdentifyPerson,
    Assign,
    EndAssignment,
    GiveConsent,
    WithdrawConsent,
    Disclose,
    EndDisclosure,
    SetSafeContact,
    ConfirmSafeContact,
    MarkProtection,
    BlockStaff,
    LiftBlock,
    RecordInformation,
    WriteNote,
    ExpediteNote,
    PurgeNote,
    LinkConsultation,
    EnterPhase,
    Close,
    Reopen,
    Retract,
    Dispose,
    Expire,
)
