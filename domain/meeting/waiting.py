"""What waits in a meeting, on whom and since when; and each unit's tasks: computed as of any time, never recorded."""

from collections.abc import Iterator

from msgspec import Struct

from domain.agreement.state import Directory
from domain.meeting.events import MeetingStatus
from domain.meeting.state import Meeting, Progress, Task
from domain.safe_contact_handover import unconfirmed
from domain.vocabulary import Instant, MeetingKind, Ref, ReportOrder, UnitId
from domain.waiting import Waiting, waits


class OwnTask(Struct, frozen=True, kw_only=True):
    """A task as its unit, or who leads the meeting, meets it in a list."""

    id: Ref
    unit: UnitId
    progress: Progress
    given: Instant
    due: Instant | None
    overdue: bool


def tasks(state: Meeting, unit: UnitId | None, now: Instant) -> tuple[OwnTask, ...]:
    """The tasks of a unit, or all that one may know of without one: the ones that wait first, by when they are due."""
    found = [task for task in state.tasks.values() if unit in (None, task.unit)]
    return tuple(
        _own(task, now) for task in sorted(found, key=lambda task: (not task.waits(), _due(task), task.id.hex))
    )


def _due(task: Task) -> Instant:
    return task.given if task.due is None else task.due


def _own(task: Task, now: Instant) -> OwnTask:
    return OwnTask(
        id=task.id,
        unit=task.unit,
        progress=task.progress,
        given=task.given,
        due=task.due,
        overdue=task.waits() and task.due is not None and task.due <= now,
    )


def needs_now(state: Meeting, now: Instant, directory: Directory) -> tuple[Waiting, ...]:
    """All that waits in the meeting as of `now`, the longest wait first. Limits are the agreements' (D8): of
    `meeting_time`, `invitation`, `meeting_held`, `minutes` and `safe_contact_confirmed`; a task has its own."""
    return tuple(sorted(_waits(state, now, directory), key=lambda wait: (wait.since, wait.what, wait.on)))


def waiting(state: Meeting, now: Instant, directory: Directory) -> Waiting | None:
    """What has waited longest; None where nothing waits."""
    return next(iter(needs_now(state, now, directory)), None)


def _waits(state: Meeting, now: Instant, directory: Directory) -> Iterator[Waiting]:
    lead = state.coordinator or state.requester
    if not state.over():
        for invitation in state.invitations.values():
            if invitation.unit in state.unanswered():
                yield waits(invitation.unit, "invitation", invitation.at, now, directory)
        for unit, since in state.asked_again.items():
            yield waits(unit, "invitation", since, now, directory)
    for task in state.tasks.values():
        if task.waits():
            due = task.due
            alarmed = due is not None and due <= now
            yield Waiting(on=task.unit, what="task", since=task.given, due=due, alarmed=alarmed)
    yield from unconfirmed(state.handed.values(), now, directory)
    if lead is None:
        return
    match state.status:
        case MeetingStatus.REQUESTED if state.requested is not None:
            yield waits(lead, "meeting_time", state.requested, now, directory)
        case MeetingStatus.CALLED | MeetingStatus.SCHEDULED if (
            state.start is not None and (state.end or state.start) <= now
        ):
            yield waits(lead, "meeting_held", state.end or state.start, now, directory)
        case MeetingStatus.HELD if state.ended is not None and not state.minutes:
            yield waits(lead, "minutes", state.ended, now, directory)


ORDER_SV = (
    "Rättsligt och konsultativt samråd bör, där det är möjligt, hållas inför eller i direkt anslutning till "
    "polisanmälan. Samrådet kräver ingen anmälan, men stegen efter det gör det. "
    "Ordningen visas och tvingas aldrig fram."
)
ORDER_EN = (
    "A legal or consultative samråd should, where possible, be held before or directly with the police report. "
    "It needs no report, but the steps after it do. The order is shown and never forced."
)


def advised_order(state: Meeting) -> tuple[str, str] | None:
    """D6: the order in which such a meeting and the police report should come, in Swedish and English; None where it
    does not matter or was kept."""
    matters = state.meeting in (MeetingKind.LEGAL_SAMRAD, MeetingKind.CONSULTATIVE_SAMRAD) and state.at_barnahus
    kept = state.report in (ReportOrder.BEFORE_REPORT, ReportOrder.WITH_REPORT, ReportOrder.NO_REPORT)
    return (ORDER_SV, ORDER_EN) if matters and not kept else None
