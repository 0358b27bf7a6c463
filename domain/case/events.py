"""Case, what happened: people exposed to violence, who takes part around each of them, and what was shared.

What an act creates (a person, a grant, a consent, a note) is called by the act's own id.
"""

from datetime import date
from typing import Annotated, ClassVar

from msgspec import UNSET, Meta

from domain.event import (
    ChildStatement,
    Contact,
    Event,
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
    Existence,
    Gender,
    Instant,
    Outcome,
    Phase,
    Protection,
    Purpose,
    Ref,
    Role,
    StaffId,
    TableRow,
    ToDo,
    UnitId,
)

Code = Annotated[str, Meta(pattern=r"^[a-z_]{1,40}$")]


class Opened(Event, frozen=True, kw_only=True):
    """A case begins, with nobody in it yet (A6); `coordinator` is the resource centre's unit for it (B6)."""

    name: ClassVar = "case.opened"
    existence: ClassVar = Existence.CASE
    coordinator: UnitId

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.coordinator})


class PersonAdded(Event, frozen=True, kw_only=True):
    """An exposed person, known by name or not (A1, A6, A7). `secondary` marks a sibling or partner."""

    name: ClassVar = "case.person_added"
    person: Ref
    gender: Gender = Gender.UNKNOWN
    minor: bool | None = None
    secondary: bool = False
    identity: Identity = UNSET
    contact: Contact = UNSET


class PersonIdentified(Event, frozen=True, kw_only=True):
    """The acting unit, and no other by it, now knows who the person is (A2)."""

    name: ClassVar = "case.person_identified"
    person: Ref
    identity: Identity = UNSET
    contact: Contact = UNSET


class Assigned(Event, frozen=True, kw_only=True):
    """A unit takes part around one person, in a role, on a mandate, for a purpose and a time (B5, C1).

    `guest` marks a unit outside the agreement, let into this one case (B1). The grant is called by the act's id.
    """

    name: ClassVar = "case.assigned"
    row: ClassVar = TableRow.PARTICIPATION
    person: Ref
    unit: UnitId
    role: Role
    purpose: Purpose
    mandate: Code | None = None
    start: Instant
    until: Instant
    guest: bool = False

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.unit})


class AssignmentEnded(Event, frozen=True, kw_only=True):
    """That one grant ends; identical ones go on. Never why (R4)."""

    name: ClassVar = "case.assignment_ended"
    row: ClassVar = TableRow.PARTICIPATION
    grant: Ref
    unit: UnitId

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.unit})


class ConsentGiven(Event, frozen=True, kw_only=True):
    """One person's consent, for one purpose, to one receiver (C2)."""

    name: ClassVar = "case.consent_given"
    person: Ref
    purpose: Purpose
    receiver: UnitId
    compartments: frozenset[Compartment]
    until: Instant


class ConsentWithdrawn(Event, frozen=True, kw_only=True):
    """Nothing more is disclosed on it; what rested on it ends by events of its own (C2).

    `given_to` recorded the consent and is told: the coordinator may have taken the withdrawal in.
    """

    name: ClassVar = "case.consent_withdrawn"
    consent: Ref
    person: Ref
    given_to: UnitId

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.given_to})


class Disclosed(Event, frozen=True, kw_only=True):
    """The acting unit let `receiver` take part of its own parts about one person (C2). The ground is the act's.

    `spoken`: it was said, and the hub opens nothing by it. `used_for` says what it may be used for (C8).
    `whereabouts` is opened only if it is the one compartment named (C4).
    """

    name: ClassVar = "case.disclosed"
    person: Ref
    receiver: UnitId
    compartments: Annotated[frozenset[Compartment], Meta(min_length=1)]
    purpose: Purpose
    start: Instant
    until: Instant
    consent: Ref | None = None
    spoken: bool = False
    used_for: Code | None = None
    has_safe_contact: bool = False
    """Safe contact with the person exists, which the receiver confirms (C12)."""
    balancing: WorkingNote = UNSET

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.receiver})


class DisclosureEnded(Event, frozen=True, kw_only=True):
    """The receiver reads no more under that grant, and is told what to do, never why (R4)."""

    name: ClassVar = "case.disclosure_ended"
    grant: Ref
    receiver: UnitId
    to_do: ToDo = ToDo.READ_NO_MORE

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.receiver})


class Expired(Event, frozen=True, kw_only=True):
    """The scheduler saw a grant or consent reach its end; a look has treated it as ended since that instant."""

    name: ClassVar = "case.expired"
    grant: Ref
    boundary: Instant


class SafeContactSet(Event, frozen=True, kw_only=True):
    """How, when and through whom the person can be reached, who must not learn of it (C12)."""

    name: ClassVar = "case.safe_contact_set"
    existence: ClassVar = Existence.SAFE_CONTACT
    person: Ref
    contact: Contact = UNSET
    must_not_learn: Contact = UNSET
    guardians: Contact = UNSET
    """Whether guardians may be told, and which; nobody by default (C5)."""


class SafeContactConfirmed(Event, frozen=True, kw_only=True):
    """The unit to which something was disclosed or sent knows how the person can be reached safely (C12)."""

    name: ClassVar = "case.safe_contact_confirmed"
    disclosure: Ref
    person: Ref
    to: UnitId

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.to})


class ProtectionMarked(Event, frozen=True, kw_only=True):
    """The person's identity is protected, at a level; no address comes with it (C11)."""

    name: ClassVar = "case.protection_marked"
    existence: ClassVar = Existence.PROTECTION
    person: Ref
    level: Protection


class StaffBlocked(Event, frozen=True, kw_only=True):
    """A named member of staff is kept from this case, and nobody but who set it knows (C9)."""

    name: ClassVar = "case.staff_blocked"
    row: ClassVar = TableRow.STAFF_BLOCK
    staff: StaffId


class StaffBlockLifted(Event, frozen=True, kw_only=True):
    """That one block ends; another on the same person goes on (C9)."""

    name: ClassVar = "case.staff_block_lifted"
    row: ClassVar = TableRow.STAFF_BLOCK
    block: Ref


class InformationRecorded(Event, frozen=True, kw_only=True):
    """What the acting unit knows about a person and may come to share, each kind in its own compartment (C3, C4)."""

    name: ClassVar = "case.information_recorded"
    person: Ref
    social: Social = UNSET
    health: Health = UNSET
    police: Police = UNSET
    whereabouts: Whereabouts = UNSET
    risk_memo: RiskMemo = UNSET
    risk_assessment: RiskAssessment = UNSET
    child_statement: ChildStatement = UNSET


class NoteWritten(Event, frozen=True, kw_only=True):
    """A working note: the unit's own, under a key of its own, purged on its date (C6)."""

    name: ClassVar = "case.note_written"
    person: Ref | None = None
    purge_on: date
    text: WorkingNote = UNSET


class NotePurged(Event, frozen=True, kw_only=True):
    """The note's key is deleted (C6); `keys` names it."""

    name: ClassVar = "case.note_purged"
    note: Ref
    keys: tuple[Ref, ...]


class NoteExpedited(Event, frozen=True, kw_only=True):
    """The note was sent to another authority and is no working note any more (C6)."""

    name: ClassVar = "case.note_expedited"
    sends: ClassVar = True
    note: Ref
    person: Ref
    receiver: UnitId
    has_safe_contact: bool = False
    memo: Social = UNSET

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.receiver})


class ConsultationLinked(Event, frozen=True, kw_only=True):
    """A consultation belongs to this case, by an explicit act; its notes stay sealed until disclosed (A2)."""

    name: ClassVar = "case.consultation_linked"
    consultation: Ref


class PhaseEntered(Event, frozen=True, kw_only=True):
    """The case is now acute, in its middle or long-term; any may follow any (D9)."""

    name: ClassVar = "case.phase_entered"
    phase: Phase


class _ToWhoBegan(Event, frozen=True, kw_only=True):
    """An act on the case as a whole, of which the unit that opened it and the coordinator are told."""

    told: frozenset[UnitId] = frozenset()

    def addressees(self) -> frozenset[UnitId]:
        return self.told


class Closed(_ToWhoBegan, frozen=True, kw_only=True):
    """Never final (D9)."""

    name: ClassVar = "case.closed"
    outcome: Outcome


class Reopened(_ToWhoBegan, frozen=True, kw_only=True):
    """A closed case goes on (D9)."""

    name: ClassVar = "case.reopened"


class Retracted(Event, frozen=True, kw_only=True):
    """Someone takes back what an earlier act says; both stand (D9). `act` is the earlier act's id."""

    name: ClassVar = "case.retracted"
    act: Ref
    person: Ref | None = None


class Disposed(Event, frozen=True, kw_only=True):
    """The owner disposed of parts or, as `whole`, of all that is its own: the keys are deleted and named here."""

    name: ClassVar = "case.disposed"
    keys: tuple[Ref, ...]
    whole: bool = False


EVENTS: tuple[type[Event], ...] = (
    Opened,
    PersonAdded,
    PersonIdentified,
    Assigned,
    AssignmentEnded,
    ConsentGiven,
    ConsentWithdrawn,
    Disclosed,
    DisclosureEnded,
    Expired,
    SafeContactSet,
    SafeContactConfirmed,
    ProtectionMarked,
    StaffBlocked,
    StaffBlockLifted,
    InformationRecorded,
    NoteWritten,
    NotePurged,
    NoteExpedited,
    ConsultationLinked,
    PhaseEntered,
    Closed,
    Reopened,
    Retracted,
    Disposed,
)
