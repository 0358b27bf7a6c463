"""Joint meeting, what it can be: folded from whatever part of its history one may see."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from domain.act import Fact
from domain.blocking import Block
from domain.growing import with_entry
from domain.meeting import events as then
from domain.meeting.events import Attendee, MeetingStatus
from domain.safe_contact_handover import Handed
from domain.vocabulary import AgencyKind, Instant, MeetingKind, Mode, Ref, ReportOrder, UnitId


class Reply(StrEnum):
    """What an invited unit answered."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


class Invitation(Struct, frozen=True, kw_only=True):
    """A unit is invited; the same unit may be so more than once, unseen (F)."""

    id: Ref
    unit: UnitId
    by: UnitId
    at: Instant


class Progress(StrEnum):
    """How a task stands: not done differs from no longer possible (D4)."""

    OPEN = "open"
    DONE = "done"
    NOT_DONE = "not_done"
    NO_LONGER_POSSIBLE = "no_longer_possible"


class Task(Struct, frozen=True, kw_only=True):
    """What a unit took on: whose, by when, how it stands; never what it is."""

    id: Ref
    unit: UnitId
    by: UnitId
    given: Instant
    due: Instant | None = None
    alone: bool = False
    progress: Progress = Progress.OPEN
    answered: Instant | None = None

    def waits(self) -> bool:
        """Whether something is still to be done about it."""
        return self.progress in (Progress.OPEN, Progress.NOT_DONE)


class Meeting(Struct, frozen=True, kw_only=True):
    """All is as far as is known to whoever looks; who is only invited knows time, mode and status (R2)."""

    seen: bool = False
    status: MeetingStatus = MeetingStatus.REQUESTED
    meeting: MeetingKind | None = None
    case_bearing: bool | None = None
    case: Ref | None = None
    persons: tuple[Ref, ...] = ()
    requester: UnitId | None = None
    coordinator: UnitId | None = None
    at_barnahus: bool = False
    required: frozenset[AgencyKind] = frozenset()
    quorum: int = 0
    requested: Instant | None = None
    mode: Mode | None = None
    start: Instant | None = None
    end: Instant | None = None
    ended: Instant | None = None
    """When it was recorded as held or cancelled."""
    invitations: Mapping[Ref, Invitation] = {}
    replies: Mapping[UnitId, Reply] = {}
    """The last word of each invited unit."""
    asked_again: Mapping[UnitId, Instant] = {}
    """Who takes part, and has not said anything since the meeting was moved; since when they are asked."""
    attended: tuple[Attendee, ...] = ()
    apologies: frozenset[UnitId] = frozenset()
    missing: frozenset[AgencyKind] = frozenset()
    quorate: bool | None = None
    confidentiality: bool | None = None
    report: ReportOrder = ReportOrder.UNKNOWN
    minutes: int = 0
    handed: Mapping[tuple[Ref, UnitId], Handed] = {}
    """Minutes about a person, by who got them, for the safe contact to be confirmed (C12)."""
    tasks: Mapping[Ref, Task] = {}
    interpreters: Mapping[Ref, Mode] = {}
    blocks: Mapping[Ref, Block] = {}
    last_act: Instant | None = None

    def leads(self, unit: UnitId) -> bool:
        """Whether the unit asked for the meeting or coordinates it (B6)."""
        return unit in (self.requester, self.coordinator)

    def present(self) -> frozenset[UnitId]:
        """The units that attended."""
        return frozenset(attendee.unit for attendee in self.attended)

    def invited(self) -> frozenset[UnitId]:
        """The units that were invited, whatever they answered."""
        return frozenset(invitation.unit for invitation in self.invitations.values())

    def unanswered(self) -> frozenset[UnitId]:
        """The invited units of which no answer is known."""
        return self.invited() - self.replies.keys()

    def accepted(self) -> frozenset[UnitId]:
        """The units that said they take part."""
        return frozenset(unit for unit, reply in self.replies.items() if reply is Reply.ACCEPTED)

    def over(self) -> bool:
        """Whether it was held or cancelled."""
        return self.status in (MeetingStatus.HELD, MeetingStatus.CANCELLED)


INITIAL = Meeting()


def evolve(state: Meeting, fact: Fact) -> Meeting:
    """Fold one fact. What is missing before it is no error: each sees a part of the history."""
    known = replace(state, seen=True, last_act=fact.act.now)
    for part in (_life, _taking_part, _work):
        after = part(known, fact)
        if after is not known:
            return after
    return known


def _life(state: Meeting, fact: Fact) -> Meeting:
    match fact.event:
        case then.Requested() as asked:
            return replace(
                state,
                meeting=asked.meeting,
                case_bearing=asked.case_bearing,
                case=asked.case,
                persons=asked.persons,
                requester=fact.act.by.unit,
                coordinator=asked.coordinator,
                at_barnahus=asked.at_barnahus,
                required=asked.required,
                quorum=asked.quorum,
                requested=fact.act.now,
            )
        case then.Scheduled(mode=mode, start=start, end=end):
            return replace(_moved(state, fact), status=MeetingStatus.SCHEDULED, mode=mode, start=start, end=end)
        case then.CalledNow(mode=mode):
            moved = _moved(state, fact)
            return replace(moved, status=MeetingStatus.CALLED, mode=mode, start=fact.act.happened, end=None)
        case then.Held() as held:
            return replace(
                state,
                status=MeetingStatus.HELD,
                mode=held.mode,
                start=held.start,
                end=held.end,
                ended=fact.act.now,
                case_bearing=held.case_bearing,
                attended=held.attended,
                apologies=held.apologies,
                missing=held.missing,
                quorate=held.quorate,
                confidentiality=held.confidentiality,
                report=held.report,
            )
        case then.Cancelled():
            return replace(state, status=MeetingStatus.CANCELLED, ended=fact.act.now)
        case then.MinutesWritten() as written:
            handed = state.handed
            for each in _handed(written, fact):
                handed = with_entry(handed, (each.id, each.to), each)
            return replace(state, minutes=state.minutes + 1, handed=handed)
        case then.SafeContactConfirmed(minutes=ref) if sent := state.handed.get((ref, fact.act.by.unit)):
            return replace(state, handed=with_entry(state.handed, (ref, sent.to), replace(sent, confirmed=True)))
    return state


def _moved(state: Meeting, fact: Fact) -> Meeting:
    """D4: who said that they come said it of another time, or of none: they are asked again. Who moved it knows."""
    parties = state.accepted() - {fact.act.by.unit}
    return replace(state, asked_again={**state.asked_again, **dict.fromkeys(sorted(parties), fact.act.now)})


def _handed(written: then.MinutesWritten, fact: Fact) -> Iterator[Handed]:
    if written.person is None:
        return
    for unit in sorted(written.to):
        yield Handed(
            id=fact.act.id,
            by=fact.act.by.unit,
            to=unit,
            person=written.person,
            at=fact.act.now,
            safe_contact=written.has_safe_contact is True,
            known_by=written.known_by,
        )


def _taking_part(state: Meeting, fact: Fact) -> Meeting:
    unit = fact.act.by.unit
    match fact.event:
        case then.Invited(to=to) as told:
            invitation = Invitation(id=fact.id, unit=to, by=unit, at=fact.act.now)
            known = _told(state, told, fact.act.now)
            if state.replies.get(to) is Reply.DECLINED:
                known = _anew(known, to)
            return replace(known, invitations=with_entry(known.invitations, invitation.id, invitation))
        case then.Told() as told:
            return _told(state, told, fact.act.now)
        case then.InvitationAccepted():
            return _replied(state, unit, Reply.ACCEPTED)
        case then.InvitationDeclined():
            return _replied(state, unit, Reply.DECLINED)
        case then.StaffBlocked(staff=staff):
            block = Block(id=fact.act.id, by=unit, staff=staff)
            return replace(state, blocks=with_entry(state.blocks, block.id, block))
        case then.StaffBlockLifted(block=ref) if ref in state.blocks:
            return replace(state, blocks=with_entry(state.blocks, ref, replace(state.blocks[ref], lifted=True)))
    return state


def _anew(state: Meeting, unit: UnitId) -> Meeting:
    """Who stayed away is asked anew by a new invitation; that answered the former ones."""
    replies = {who: reply for who, reply in state.replies.items() if who != unit}
    others = {ref: invitation for ref, invitation in state.invitations.items() if invitation.unit != unit}
    return replace(state, replies=replies, invitations=others)


def _replied(state: Meeting, unit: UnitId, reply: Reply) -> Meeting:
    asked_again = state.asked_again
    if unit in asked_again:
        asked_again = {who: since for who, since in asked_again.items() if who != unit}
    return replace(state, replies=with_entry(state.replies, unit, reply), asked_again=asked_again)


def _told(state: Meeting, told: then.Invited | then.Told, now: Instant) -> Meeting:
    """R2: how the meeting stands, for whom that is all they know of it. What is known of its holding stands."""
    if state.over():
        return state
    over = told.status in (MeetingStatus.HELD, MeetingStatus.CANCELLED)
    # The end belongs to the beginning that is told: with another beginning the former end says nothing any more.
    start, end = (state.start, state.end) if told.start is None else (told.start, told.end)
    return replace(
        state,
        status=told.status,
        mode=told.mode or state.mode,
        start=start,
        end=end,
        ended=now if over else None,
    )


def _work(state: Meeting, fact: Fact) -> Meeting:
    match fact.event:
        case then.WorkDivided(to=to, due=due, alone=alone):
            task = Task(id=fact.act.id, unit=to, by=fact.act.by.unit, given=fact.act.now, due=due, alone=alone)
            return replace(state, tasks=with_entry(state.tasks, task.id, task))
        case then.TaskDone(task=ref):
            return _answered(state, ref, Progress.DONE, fact)
        case then.TaskNotDone(task=ref):
            return _answered(state, ref, Progress.NOT_DONE, fact)
        case then.TaskNoLongerPossible(task=ref):
            return _answered(state, ref, Progress.NO_LONGER_POSSIBLE, fact)
        case then.InterpreterBooked(mode=mode):
            return replace(state, interpreters=with_entry(state.interpreters, fact.act.id, mode))
    return state


def _answered(state: Meeting, ref: Ref, progress: Progress, fact: Fact) -> Meeting:
    task = state.tasks.get(ref)
    if task is None:
        return state
    return replace(state, tasks=with_entry(state.tasks, ref, replace(task, progress=progress, answered=fact.act.now)))
