"""Joint meeting, what may be asked for. Each is said of the unit that acts."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from domain.bounds import Moment, PlannedMoment
from domain.command import Command
from domain.event import (
    Advice,
    ChildStatement,
    Coordination,
    Health,
    Police,
    RiskMemo,
    Social,
    WorkingNote,
)
from domain.meeting.events import Code
from domain.vocabulary import Kind, MeetingKind, Mode, Purpose, Ref, ReportOrder, Role, StaffId, UnitId


class _OfMeeting(Command, frozen=True, kw_only=True):
    kind: ClassVar = Kind.MEETING


class Request(_OfMeeting, frozen=True, kw_only=True):
    """Ask for a joint meeting, about a case and persons in it, about nobody by name, or, as a forum, about no case
    (B4). The application answers first whether this unit knows the case and the persons."""

    name: ClassVar = "meeting.request"
    acute: ClassVar = True
    opens: ClassVar = True
    meeting: MeetingKind
    case_bearing: bool = True
    case: Ref | None = None
    persons: tuple[Ref, ...] = ()
    coordinator: UnitId | None = None
    at_barnahus: bool = False
    offender_side: bool = False
    agenda: Coordination = None


class Schedule(_OfMeeting, frozen=True, kw_only=True):
    """Set or move the time, the mode and the place (D5)."""

    name: ClassVar = "meeting.schedule"
    mode: Mode
    start: PlannedMoment
    end: PlannedMoment
    place: Coordination = None


class Invite(_OfMeeting, frozen=True, kw_only=True):
    """Invite one unit, or many at once: each learns of its own invitation alone. `offender_side` says that somebody
    comes for the offender's side, and is refused (B8)."""

    name: ClassVar = "meeting.invite"
    later: ClassVar = frozenset({"units"})
    unit: UnitId | None = None
    units: frozenset[UnitId] = frozenset()
    offender_side: bool = False


class AcceptInvitation(_OfMeeting, frozen=True, kw_only=True):
    """Take part, in a role and on a mandate (B5)."""

    name: ClassVar = "meeting.accept_invitation"
    role: Role
    mandate: Code | None = None


class DeclineInvitation(_OfMeeting, frozen=True, kw_only=True):
    """Not take part, or no longer."""

    name: ClassVar = "meeting.decline_invitation"
    reason: Coordination = None


class CallNow(_OfMeeting, frozen=True, kw_only=True):
    """Call the meeting at once, with those who answer (D4)."""

    name: ClassVar = "meeting.call_now"
    acute: ClassVar = True
    mode: Mode
    units: frozenset[UnitId]
    place: Coordination = None


class Present(Struct, frozen=True, kw_only=True):
    """Who attended, by unit, role and mandate (B5)."""

    unit: UnitId
    role: Role
    mandate: Code | None = None


class Hold(_OfMeeting, frozen=True, kw_only=True):
    """Record that the meeting took place, now or written down afterwards, and who was there."""

    name: ClassVar = "meeting.hold"
    mode: Mode
    start: Moment
    end: Moment | None = None
    attended: Annotated[tuple[Present, ...], Meta(min_length=1)]
    apologies: frozenset[UnitId] = frozenset()
    confidentiality: bool
    report: ReportOrder = ReportOrder.UNKNOWN


class Cancel(_OfMeeting, frozen=True, kw_only=True):
    name: ClassVar = "meeting.cancel"
    reason: Coordination = None


class WriteMinutes(_OfMeeting, frozen=True, kw_only=True):
    """Send those of the present units who may know it what was said; a disclosure of what it carries, on the act's
    ground. What different units may know goes out by several such acts. The application says to whom a consent in
    force that this unit knows of covers it, and whether there is safe contact with the person.

    A party that was invited does not know of which case the meeting is (R2). It names the case or the referral by which
    it knows the person itself; whether the meeting is about them too changes nothing.

    `purpose` is what the receivers take part of it for; the sender's own, if it is not said (C2)."""

    name: ClassVar = "meeting.write_minutes"
    hub_fills: ClassVar = frozenset({"consented", "safe_contact"})
    later: ClassVar = frozenset({"purpose"})
    to: Annotated[frozenset[UnitId], Meta(min_length=1)]
    person: Ref | None = None
    case: Ref | None = None
    referral: Ref | None = None
    purpose: Purpose | None = None
    used_for: Code | None = None
    summary: Coordination = None
    advice: Advice = None
    social: Social = None
    health: Health = None
    police: Police = None
    risk_memo: RiskMemo = None
    child_statement: ChildStatement = None
    balancing: WorkingNote = None
    consented: frozenset[UnitId] = frozenset()
    safe_contact: bool = False


class ConfirmSafeContact(_OfMeeting, frozen=True, kw_only=True):
    """Confirm, of minutes about a person that this unit got, that it knows how they can be reached safely (C12)."""

    name: ClassVar = "meeting.confirm_safe_contact"
    minutes: Ref


class DivideWork(_OfMeeting, frozen=True, kw_only=True):
    """Give one unit a task: what, by when, and how the agencies coordinate (D4)."""

    name: ClassVar = "meeting.divide_work"
    unit: UnitId
    due: PlannedMoment | None = None
    alone: bool = False
    what: Coordination
    how: Coordination = None


class FinishTask(_OfMeeting, frozen=True, kw_only=True):
    name: ClassVar = "meeting.task_done"
    task: Ref
    what: Coordination = None


class LeaveTask(_OfMeeting, frozen=True, kw_only=True):
    """Say that a task is not done, and why."""

    name: ClassVar = "meeting.task_not_done"
    task: Ref
    why: Coordination


class GiveUpTask(_OfMeeting, frozen=True, kw_only=True):
    """Say that a task can no longer be done, and why."""

    name: ClassVar = "meeting.task_no_longer_possible"
    task: Ref
    why: Coordination


class BookInterpreter(_OfMeeting, frozen=True, kw_only=True):
    """Book an interpreter; one on the telephone is never told the place (D12). The application says whether the case,
    as this unit knows it, keeps that interpreter out (C9)."""

    name: ClassVar = "meeting.book_interpreter"
    hub_fills: ClassVar = frozenset({"kept_out"})
    mode: Mode
    language: Coordination
    interpreter: StaffId | None = None
    place: Coordination = None
    kept_out: bool = False


class BlockStaff(_OfMeeting, frozen=True, kw_only=True):
    """Keep a named member of staff, or an interpreter, from this meeting (C9); the fields are those of the case's."""

    name: ClassVar = "meeting.block_staff"
    acute: ClassVar = True
    hub_fills: ClassVar = frozenset({"unknown_here"})
    later: ClassVar = frozenset({"elsewhere"})
    staff: StaffId
    elsewhere: bool = False
    unknown_here: bool = False


class LiftBlock(_OfMeeting, frozen=True, kw_only=True):
    name: ClassVar = "meeting.lift_block"
    block: Ref


class Dispose(_OfMeeting, frozen=True, kw_only=True):
    """Delete the keys of what this unit wrote here: what is sealed beside the record, or as `whole` all of it."""

    name: ClassVar = "meeting.dispose"
    hub_fills: ClassVar = frozenset({"keys"})
    whole: bool = False
    keys: tuple[Ref, ...] = ()


COMMANDS: tuple[type[Command], ...] = (
    Request,
    Schedule,
    Invite,
    AcceptInvitation,
    DeclineInvitation,
    CallNow,
    Hold,
    Cancel,
    WriteMinutes,
    ConfirmSafeContact,
    DivideWork,
    FinishTask,
    LeaveTask,
    GiveUpTask,
    BookInterpreter,
    BlockStaff,
    LiftBlock,
    Dispose,
)
