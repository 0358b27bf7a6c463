"""Joint meeting, what follows from what is asked: requested → scheduled or called now → held | cancelled (D4).

What is said there stands in `minutes.py`, what is done after it in `work.py`.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import UNSET

from domain.act import Act
from domain.agreement.state import Directory
from domain.blocking import is_blocked, refuse_blocking
from domain.command import Command
from domain.errors import Caution, NotThere, OutOfBounds, Refusal
from domain.event import Event
from domain.labelling import LabelMeeting, label
from domain.meeting import commands as ask
from domain.meeting import events as then
from domain.meeting import minutes, work
from domain.meeting.desk import MeetingContext
from domain.meeting.events import Attendee, MeetingStatus
from domain.meeting.state import Meeting, Reply
from domain.time import DAY
from domain.vocabulary import AgencyKind, Instant, MeetingKind, Mode, Role, UnitId

SHOULD = frozenset({AgencyKind.SOCIAL_SERVICES, AgencyKind.POLICE})
"""Who should be at a meeting on an individual case; the health care that the case needs is for who calls it (B2)."""


def decide(state: Meeting, command: Command, act: Act, directory: Directory) -> Iterator[Event]:
    """The events that `command` brings about, or the rule that forbids it."""
    if not state.seen and not command.opens:
        raise NotThere
    if is_blocked(state.blocks.values(), act.by.person):
        # C9: for who is blocked the meeting is not there, and the block neither.
        raise NotThere
    yield from _DECIDERS[type(command)](MeetingContext(state, act, directory), command)


def _request(desk: MeetingContext, command: ask.Request) -> Iterator[Event]:
    if desk.state.seen:
        raise Refusal("D4", "this meeting has been requested already", remedy="go on in it")
    if command.offender_side:
        # B8: the offender's side is never in the same booking, and has none of its own here.
        raise _injured_side_only()
    if not command.case_bearing:
        _without_case(command)
    if command.persons and command.case is None:
        raise Refusal("A6", "persons are those of a case", remedy="name the case, or leave the persons out")
    if len(set(command.persons)) != len(command.persons):
        raise Refusal("A6", "a person is named twice", remedy="name each person once")
    if command.coordinator is not None:
        _coordinates(desk, command.coordinator)
    if command.meeting is MeetingKind.LEGAL_SAMRAD and not command.at_barnahus and desk.act.because is None:
        raise Caution("B2", "a legal samråd is normally held at a Barnahus", remedy="hold it there, or say why not")
    # B3: whom such a meeting requires, and how many, is agreed, never coded.
    rule = desk.directory.meeting_rule(command.meeting, desk.act.by.agency)
    yield then.Requested(
        meeting=command.meeting,
        case_bearing=command.case_bearing,
        case=command.case,
        persons=command.persons,
        coordinator=command.coordinator,
        at_barnahus=command.at_barnahus,
        required=rule.required,
        quorum=rule.quorum,
        agenda=command.agenda or UNSET,
    )


def _injured_side_only() -> Refusal:
    return Refusal(
        "B8",
        "only the injured side is in this booking",
        remedy="leave the offender's side out; one who is also a victim has a case of their own",
    )


def _without_case(command: ask.Request) -> None:
    if command.meeting is not MeetingKind.FORUM:
        raise Refusal("B4", "only a forum is without a case", remedy="ask for a forum, or let it bear a case")
    if command.case is not None or command.persons:
        raise Refusal("B4", "a forum that bears no case takes no case and nobody in it", remedy="leave them out")


def _coordinates(desk: MeetingContext, unit: UnitId) -> None:
    desk.agreed(unit)
    entry = desk.directory.unit(unit)
    if entry is None or Role.COORDINATOR not in entry.roles or entry.kind is not AgencyKind.RESOURCE_CENTRE:
        raise Refusal(
            "B3", "by agreement that unit does not coordinate for the resource centre", remedy="choose one that does"
        )


def _schedule(desk: MeetingContext, command: ask.Schedule) -> Iterator[Event]:
    desk.lead()
    desk.not_over()
    if desk.state.status is MeetingStatus.CALLED:
        raise Refusal("D4", "the meeting is called now", remedy="record that it was held, or cancel it")
    _ends_in_time(command.start, command.end)
    if command.start < desk.now:
        raise Refusal("D4", "a meeting is scheduled for a time to come", remedy="call it now, or write it down as held")
    yield then.Scheduled(mode=command.mode, start=command.start, end=command.end, place=command.place or UNSET)
    yield from _tell(desk, MeetingStatus.SCHEDULED, command.mode, command.start, command.end)


def _ends_in_time(start: Instant, end: Instant) -> None:
    """D4: a meeting ends after it begins, and within a day."""
    if end <= start:
        raise OutOfBounds("D4", "the meeting ends before it begins", remedy="give a later end", field="end")
    if end > start + DAY:
        raise OutOfBounds("D4", "a meeting lasts a day at most", remedy="give an earlier end", field="end")


def _tell(
    desk: MeetingContext,
    status: MeetingStatus,
    mode: Mode | None,
    start: Instant | None,
    end: Instant | None,
    besides: frozenset[UnitId] = frozenset(),
) -> Iterator[Event]:
    """R2: each invited unit that is no party yet learns, by an act of its own, how the meeting stands."""
    for unit in sorted(desk.state.unanswered() - besides):
        yield then.Told(to=unit, status=status, mode=mode, start=start, end=end)


def _invite(desk: MeetingContext, command: ask.Invite) -> Iterator[Event]:
    desk.lead()
    desk.not_over()
    if command.offender_side:
        raise _injured_side_only()
    units = sorted(command.units | ({command.unit} if command.unit is not None else set()))
    if not units:
        raise Refusal("D4", "an invitation says who is invited", remedy="name a unit")
    for unit in units:
        _can_be_invited(desk, unit)
    _prosecutor(desk, units)
    state = desk.state
    for unit in units:
        # F: whether the unit is invited already may be hidden, so a second invitation stands beside the first.
        yield then.Invited(to=unit, status=state.status, mode=state.mode, start=state.start, end=state.end)


def _can_be_invited(desk: MeetingContext, unit: UnitId) -> None:
    if unit == desk.unit:
        raise Refusal("D4", "a unit does not invite itself", remedy="record it as present when the meeting is held")
    desk.agreed(unit)


def _prosecutor(desk: MeetingContext, units: Iterable[UnitId]) -> None:
    """B2: where a prosecutor does not normally take part, it is said why one does."""
    if desk.act.because is None and not desk.prosecutors_place() and any(_prosecutes(desk, unit) for unit in units):
        raise Caution(
            "B2",
            "a prosecutor normally takes part only in a legal samråd at a Barnahus",
            remedy="leave them out, or say why they are needed",
        )


def _prosecutes(desk: MeetingContext, unit: UnitId) -> bool:
    entry = desk.directory.unit(unit)
    return entry is not None and entry.kind is AgencyKind.PROSECUTION


def _accept(desk: MeetingContext, command: ask.AcceptInvitation) -> Iterator[Event]:
    by = _invited_by(desk)
    if desk.state.replies.get(desk.unit) is Reply.ACCEPTED and desk.unit not in desk.state.asked_again:
        raise Refusal("D4", "the invitation is accepted already", remedy="nothing more is needed")
    yield then.InvitationAccepted(to=by, role=command.role, mandate=command.mandate)


def _decline(desk: MeetingContext, command: ask.DeclineInvitation) -> Iterator[Event]:
    by = _invited_by(desk)
    if desk.state.replies.get(desk.unit) is Reply.DECLINED:
        raise Refusal("D4", "the invitation is declined already", remedy="nothing more is needed")
    yield then.InvitationDeclined(to=by, reason=command.reason or UNSET)


def _invited_by(desk: MeetingContext) -> frozenset[UnitId]:
    own = frozenset(entry.by for entry in desk.state.invitations.values() if entry.unit == desk.unit)
    if not own:
        raise Refusal("D4", "this unit is not invited", remedy="ask who called the meeting")
    desk.not_over()
    return own


def _call_now(desk: MeetingContext, command: ask.CallNow) -> Iterator[Event]:
    """D4: held at once with those who answer. An emergency is blocked by no form: who else should be there is not asked
    for here, and that it is urgent is reason enough for a prosecutor (B2)."""
    desk.lead()
    desk.not_over()
    for unit in sorted(command.units):
        _can_be_invited(desk, unit)
    _prosecutor(desk, command.units)
    start = desk.act.happened
    yield then.CalledNow(mode=command.mode, place=command.place or UNSET)
    for unit in sorted(command.units):
        yield then.Invited(to=unit, status=MeetingStatus.CALLED, mode=command.mode, start=start)
    yield from _tell(desk, MeetingStatus.CALLED, command.mode, start, None, besides=command.units)


def _hold(desk: MeetingContext, command: ask.Hold) -> Iterator[Event]:
    desk.lead()
    desk.not_over()
    if command.start > desk.now or (command.end is not None and command.end > desk.now):
        raise OutOfBounds(
            "D1",
            "what is to come was not held yet",
            remedy="schedule it, and record it when it was held",
            field="start" if command.start > desk.now else "end",
        )
    if command.end is not None:
        _ends_in_time(command.start, command.end)
    attended = tuple(_attendee(desk, present) for present in command.attended)
    kinds = {entry.kind for who in attended if (entry := desk.directory.unit(who.unit)) is not None}
    required = desk.state.required | (SHOULD if desk.case_bearing() else frozenset())
    missing = required - kinds
    quorate = len({who.unit for who in attended}) >= desk.state.quorum
    called = desk.state.status is MeetingStatus.CALLED
    present = frozenset(who.unit for who in attended)
    # B2: of a prosecutor who was invited it has been said why already.
    _prosecutor(desk, present - desk.state.invited())
    if not called and desk.act.because is None:
        _should(desk, command, missing, quorate=quorate)
    yield then.Held(
        mode=command.mode,
        start=command.start,
        end=command.end,
        case_bearing=desk.case_bearing(),
        called=called,
        attended=attended,
        apologies=command.apologies,
        # D4: roles that were missing are noted, whatever the reason.
        missing=missing,
        quorate=quorate,
        confidentiality=command.confidentiality,
        report=command.report,
    )
    yield from _tell(desk, MeetingStatus.HELD, command.mode, command.start, command.end, besides=present)


def _attendee(desk: MeetingContext, present: ask.Present) -> Attendee:
    """B5: agency, unit, role and mandate. That someone was there is a fact, whoever they are: B1 forbids no record."""
    entry = desk.directory.unit(present.unit)
    agency = None if entry is None else entry.agency
    return Attendee(unit=present.unit, role=present.role, mandate=present.mandate, agency=agency)


def _should(desk: MeetingContext, command: ask.Hold, missing: frozenset[AgencyKind], *, quorate: bool) -> None:
    if missing & desk.state.required or not quorate:
        raise Caution(
            "B3",
            "by agreement others should have been there too",
            remedy="record who else was there, or say why they were not",
        )
    if missing:
        raise Caution(
            "B2",
            "a meeting on a case should have social services and the Police",
            remedy="record that they were there, or say why they were not",
        )
    if desk.case_bearing() and not command.confidentiality:
        raise Caution(
            "C8",
            "what secrecy asks of each should have been said at the table",
            remedy="say it to those who were there, or say why not",
        )


def _cancel(desk: MeetingContext, command: ask.Cancel) -> Iterator[Event]:
    desk.lead()
    desk.not_over()
    state = desk.state
    yield then.Cancelled(reason=command.reason or UNSET)
    yield from _tell(desk, MeetingStatus.CANCELLED, state.mode, state.start, state.end)


def _block_staff(desk: MeetingContext, command: ask.BlockStaff) -> Iterator[Event]:
    refuse_blocking(desk.act, command)
    yield then.StaffBlocked(staff=command.staff)


def _lift_block(desk: MeetingContext, command: ask.LiftBlock) -> Iterator[Event]:
    block = desk.state.blocks.get(command.block)
    if block is None or block.by != desk.unit:
        raise NotThere
    if block.lifted:
        raise Refusal("C9", "the block is lifted already", remedy="nothing more is needed")
    yield then.StaffBlockLifted(block=block.id)


def _dispose(desk: MeetingContext, command: ask.Dispose) -> Iterator[Event]:
    if command.whole and desk.state.leads(desk.unit) and not desk.state.over():
        raise Refusal(
            "D9", "a meeting that is to come is not disposed of as a whole", remedy="hold it or cancel it first"
        )
    if command.whole and any(block.by == desk.unit and not block.lifted for block in desk.state.blocks.values()):
        # C9: with its record the block itself would be gone, and who is kept out would find the meeting.
        raise Refusal("C9", "a block of this unit's is in force", remedy="lift it, or dispose of the parts one by one")
    if not command.keys:
        raise Refusal("F", "there is nothing of this unit's own to dispose of here", remedy="nothing more is needed")
    yield then.Disposed(keys=command.keys, whole=command.whole)


_DECIDERS: dict[type[Command], Callable[[MeetingContext, Any], Iterator[Event]]] = {
    ask.Request: _request,
    ask.Schedule: _schedule,
    ask.Invite: _invite,
    ask.AcceptInvitation: _accept,
    ask.DeclineInvitation: _decline,
    ask.CallNow: _call_now,
    ask.Hold: _hold,
    ask.Cancel: _cancel,
    ask.WriteMinutes: minutes.write_minutes,
    ask.ConfirmSafeContact: minutes.confirm_safe_contact,
    ask.DivideWork: work.divide_work,
    ask.FinishTask: work.finish_task,
    ask.LeaveTask: work.leave_task,
    ask.GiveUpTask: work.give_up_task,
    ask.BookInterpreter: work.book_interpreter,
    ask.BlockStaff: _block_staff,
    ask.LiftBlock: _lift_block,
    LabelMeeting: label,
    ask.Dispose: _dispose,
}
