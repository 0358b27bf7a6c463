"""Joint meeting, what happened. To whom an invitation goes it tells time, mode and status, never the cause (R2).

Who accepted or attended is a party of the meeting, as are who asked for it and who coordinates it: parties know who
else takes part, when and where they meet, and how the work is divided (F).
"""

from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, ClassVar, Final

from msgspec import UNSET, Meta, Struct, UnsetType

from domain.event import (
    Advice,
    Audience,
    ChildStatement,
    Coordination,
    Event,
    Health,
    Police,
    RiskMemo,
    Social,
    WorkingNote,
)
from domain.vocabulary import (
    AgencyId,
    AgencyKind,
    Compartment,
    Instant,
    MeetingKind,
    Mode,
    Ref,
    ReportOrder,
    Role,
    StaffId,
    TableRow,
    UnitId,
)

Code = Annotated[str, Meta(pattern=r"^[a-z_]{1,40}$")]
CONTENT: Final[frozenset[Compartment | TableRow]] = frozenset(
    {
        Compartment.SOCIAL,
        Compartment.HEALTH,
        Compartment.POLICE,
        Compartment.RISK_MEMO,
        Compartment.CHILD_STATEMENT,
    }
)
"""What minutes can say about a person."""


class MeetingStatus(StrEnum):
    """How far a meeting has come (D4)."""

    REQUESTED = "requested"
    SCHEDULED = "scheduled"
    CALLED = "called"
    HELD = "held"
    CANCELLED = "cancelled"


class Attendee(Struct, frozen=True, kw_only=True):
    """Who attended, as agency, unit, role and mandate; without a mandate it shows (B5). An attendee from outside the
    agreements has no agency here."""

    unit: UnitId
    role: Role
    mandate: Code | None = None
    agency: AgencyId | None = None


class Requested(Event, frozen=True, kw_only=True):
    """A unit asked for a meeting; `coordinator` is the unit that is to bring it about (B6). The cause stands here and
    nowhere else. `required` and `quorum` are what the agreement of the day asks for such a meeting (B3)."""

    name: ClassVar = "meeting.requested"
    meeting: MeetingKind
    case_bearing: bool = True
    case: Ref | None = None
    persons: tuple[Ref, ...] = ()
    coordinator: UnitId | None = None
    at_barnahus: bool = False
    required: frozenset[AgencyKind] = frozenset()
    quorum: int = 0
    agenda: Coordination = UNSET

    def addressees(self) -> frozenset[UnitId]:
        return frozenset(() if self.coordinator is None else {self.coordinator})


class _AmongParties(Event, frozen=True, kw_only=True):
    def audience(self) -> Audience | None:
        return Audience.PARTIES


class Scheduled(_AmongParties, frozen=True, kw_only=True):
    """The meeting has a time and a mode; where it is, only its parties learn (C4, D5)."""

    name: ClassVar = "meeting.scheduled"
    mode: Mode
    start: Instant
    end: Instant
    place: Coordination = UNSET


class CalledNow(_AmongParties, frozen=True, kw_only=True):
    """The meeting is called at once and held with those who answer (D4)."""

    name: ClassVar = "meeting.called_now"
    mode: Mode
    place: Coordination = UNSET


class _ToTheInvited(Event, frozen=True, kw_only=True):
    """What R2 releases to one invited unit: time, mode and status."""

    to: UnitId
    status: MeetingStatus
    mode: Mode | None = None
    start: Instant | None = None
    end: Instant | None = None

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.to})

    def audience(self) -> Audience | None:
        return Audience.LEADS


class Invited(_ToTheInvited, frozen=True, kw_only=True):
    """One unit is invited, by an act addressed to it alone: time, mode and status, never the cause (R2, C7)."""

    name: ClassVar = "meeting.invited"


class Told(_ToTheInvited, frozen=True, kw_only=True):
    """One invited unit that is no party yet is told how the meeting now stands, never why (R2)."""

    name: ClassVar = "meeting.told"


class InvitationAccepted(_AmongParties, frozen=True, kw_only=True):
    """The unit takes part: from now on it knows who else does, and they know of it (F)."""

    name: ClassVar = "meeting.invitation_accepted"
    row: ClassVar = TableRow.PARTICIPATION
    to: frozenset[UnitId]
    role: Role
    mandate: Code | None = None

    def addressees(self) -> frozenset[UnitId]:
        return self.to


class InvitationDeclined(Event, frozen=True, kw_only=True):
    """The unit does not take part; who called the meeting learns it, and why if that is said."""

    name: ClassVar = "meeting.invitation_declined"
    to: frozenset[UnitId]
    reason: Coordination = UNSET

    def addressees(self) -> frozenset[UnitId]:
        return self.to

    def audience(self) -> Audience | None:
        return Audience.LEADS


class Held(_AmongParties, frozen=True, kw_only=True):
    """The meeting took place, with those who attended (B5, D4). `missing` are the kinds of agency that should have been
    there (B2, B3); `confidentiality`: it was said at the table what secrecy asks of each; `report` is D6's order."""

    name: ClassVar = "meeting.held"
    mode: Mode
    start: Instant
    end: Instant | None = None
    case_bearing: bool = True
    called: bool = False
    attended: Annotated[tuple[Attendee, ...], Meta(min_length=1)]
    apologies: frozenset[UnitId] = frozenset()
    missing: frozenset[AgencyKind] = frozenset()
    quorate: bool = True
    confidentiality: bool = False
    report: ReportOrder = ReportOrder.UNKNOWN


class Cancelled(_AmongParties, frozen=True, kw_only=True):
    """The meeting does not take place; why is for its parties (D4)."""

    name: ClassVar = "meeting.cancelled"
    reason: Coordination = UNSET


class MinutesWritten(Event, frozen=True, kw_only=True):
    """What was said about one person, or nobody, sent to those who were present and may know it (F). Parts that others
    may know go to them by acts of their own, so that each has the minutes of what it may know; nobody learns of the
    rest. `summary` and `advice` are about nobody who could be pointed out.

    `known_by` is the case or referral by which the writer knows the person, where that is not the meeting's own. It is
    shown to nobody: the hub keeps out of these minutes who is kept out of it (C9)."""

    name: ClassVar = "meeting.minutes_written"
    sends: ClassVar = True
    follows: ClassVar = MappingProxyType({"used_for": CONTENT, "has_safe_contact": CONTENT | {TableRow.EXISTENCE}})
    """Of older minutes: today both follow from whether a person is named."""
    to: Annotated[frozenset[UnitId], Meta(min_length=1)]
    person: Ref | None = None
    known_by: tuple[Ref, ...] = ()
    used_for: Code | UnsetType | None = None
    has_safe_contact: bool | UnsetType = False
    """Safe contact with the person exists, which each receiver confirms (C12)."""
    summary: Coordination = UNSET
    advice: Advice = UNSET
    social: Social = UNSET
    health: Health = UNSET
    police: Police = UNSET
    risk_memo: RiskMemo = UNSET
    child_statement: ChildStatement = UNSET
    balancing: WorkingNote = UNSET

    def addressees(self) -> frozenset[UnitId]:
        return self.to


class SafeContactConfirmed(Event, frozen=True, kw_only=True):
    """A unit that got minutes about a person knows how that person can be reached safely (C12). `known_by` is that of
    the minutes, and is shown to nobody (C9)."""

    name: ClassVar = "meeting.safe_contact_confirmed"
    minutes: Ref
    person: Ref
    to: UnitId
    known_by: tuple[Ref, ...] = ()

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.to})


class WorkDivided(Event, frozen=True, kw_only=True):
    """A unit took on a task: what, by when, and how the agencies coordinate (D4). The task is called by the act's id;
    one given `alone` is known to that unit and who leads the meeting, any other to all parties."""

    name: ClassVar = "meeting.work_divided"
    to: UnitId
    due: Instant | None = None
    alone: bool = False
    what: Coordination = UNSET
    how: Coordination = UNSET

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.to})

    def audience(self) -> Audience | None:
        return Audience.LEADS if self.alone else Audience.PARTIES


class _TaskAnswered(Event, frozen=True, kw_only=True):
    task: Ref
    to: UnitId
    alone: bool = False

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.to})

    def audience(self) -> Audience | None:
        return Audience.LEADS if self.alone else Audience.PARTIES


class TaskDone(_TaskAnswered, frozen=True, kw_only=True):
    """What the unit took on is done (D4)."""

    name: ClassVar = "meeting.task_done"
    what: Coordination = UNSET


class TaskNotDone(_TaskAnswered, frozen=True, kw_only=True):
    """What the unit took on is not done, and why; it can still be (D4)."""

    name: ClassVar = "meeting.task_not_done"
    why: Coordination = UNSET


class TaskNoLongerPossible(_TaskAnswered, frozen=True, kw_only=True):
    """What the unit took on can no longer be done, and why; that differs from not done (D4)."""

    name: ClassVar = "meeting.task_no_longer_possible"
    why: Coordination = UNSET


class InterpreterBooked(Event, frozen=True, kw_only=True):
    """An interpreter takes part, in a mode and a language (D12). The language alone can point at someone, so it is
    sealed (C4); a booking by telephone has no place in it at all."""

    name: ClassVar = "meeting.interpreter_booked"
    mode: Mode
    interpreter: StaffId | None = None
    language: Coordination = UNSET
    place: Coordination = UNSET

    def audience(self) -> Audience | None:
        return Audience.LEADS


class StaffBlocked(Event, frozen=True, kw_only=True):
    """A named member of staff, or an interpreter, is kept from this meeting; nobody but who set it knows (C9)."""

    name: ClassVar = "meeting.staff_blocked"
    row: ClassVar = TableRow.STAFF_BLOCK
    staff: StaffId


class StaffBlockLifted(Event, frozen=True, kw_only=True):
    """That one block ends (C9)."""

    name: ClassVar = "meeting.staff_block_lifted"
    row: ClassVar = TableRow.STAFF_BLOCK
    block: Ref


class Disposed(Event, frozen=True, kw_only=True):
    """The owner disposed of what it wrote here: the keys are deleted, and are named (invariant 6)."""

    name: ClassVar = "meeting.disposed"
    keys: tuple[Ref, ...]
    whole: bool = False


EVENTS: tuple[type[Event], ...] = (
    Requested,
    Scheduled,
    CalledNow,
    Invited,
    Told,
    InvitationAccepted,
    InvitationDeclined,
    Held,
    Cancelled,
    MinutesWritten,
    SafeContactConfirmed,
    WorkDivided,
    TaskDone,
    TaskNotDone,
    TaskNoLongerPossible,
    InterpreterBooked,
    StaffBlocked,
    StaffBlockLifted,
    Disposed,
)
