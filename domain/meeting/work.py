"""The work that a meeting divides, and the interpreter it needs (D4, D12, C9)."""

from collections.abc import Iterator

from msgspec import UNSET

from domain.blocking import is_blocked
from domain.errors import NotThere, Refusal
from domain.event import Event
from domain.meeting import commands as ask
from domain.meeting import events as then
from domain.meeting.desk import MeetingContext
from domain.meeting.events import MeetingStatus
from domain.meeting.state import Progress, Task
from domain.vocabulary import Mode


def divide_work(desk: MeetingContext, command: ask.DivideWork) -> Iterator[Event]:
    """D4: who does what, by when, and how the agencies coordinate."""
    desk.lead()
    state = desk.state
    if state.status not in (MeetingStatus.CALLED, MeetingStatus.HELD):
        raise Refusal("D4", "work is divided at the meeting", remedy="hold it first")
    desk.agreed(command.unit)
    if command.unit not in state.present() | state.invited() and not state.leads(command.unit):
        raise Refusal("D4", "work is divided among those who meet", remedy="refer the matter to that unit instead")
    if not command.what:
        raise Refusal("D4", "a task says what is to be done", remedy="write it")
    if command.due is not None and command.due <= desk.now:
        raise Refusal("D4", "a task is due at a time to come", remedy="give a later time")
    yield then.WorkDivided(
        to=command.unit,
        due=command.due,
        alone=command.alone,
        what=command.what,
        how=command.how or UNSET,
    )


def finish_task(desk: MeetingContext, command: ask.FinishTask) -> Iterator[Event]:
    """D4: what the unit took on is done."""
    task = _own(desk, command)
    yield then.TaskDone(task=task.id, to=task.by, alone=task.alone, what=command.what or UNSET)


def leave_task(desk: MeetingContext, command: ask.LeaveTask) -> Iterator[Event]:
    """D4: not done, and why; it stays open."""
    task = _own(desk, command)
    if not command.why:
        raise Refusal("D4", "what was not done is told with its reason", remedy="say why")
    yield then.TaskNotDone(task=task.id, to=task.by, alone=task.alone, why=command.why)


def give_up_task(desk: MeetingContext, command: ask.GiveUpTask) -> Iterator[Event]:
    """D4: no longer possible, and why; nothing waits for it any more."""
    task = _own(desk, command)
    if not command.why:
        raise Refusal("D4", "what became impossible is told with its reason", remedy="say why")
    yield then.TaskNoLongerPossible(task=task.id, to=task.by, alone=task.alone, why=command.why)


def _own(desk: MeetingContext, command: ask.FinishTask | ask.LeaveTask | ask.GiveUpTask) -> Task:
    task = desk.state.tasks.get(command.task)
    if task is None:
        raise NotThere
    if task.unit != desk.unit:
        raise Refusal("D4", "the unit that took the task on answers for it", remedy="ask that unit")
    if task.progress is Progress.DONE:
        raise Refusal("D4", "the task is done already", remedy="nothing more is needed")
    if task.progress is Progress.NO_LONGER_POSSIBLE:
        raise Refusal("D4", "the task is no longer possible", remedy="divide the work anew")
    return task


def book_interpreter(desk: MeetingContext, command: ask.BookInterpreter) -> Iterator[Event]:
    """D12, C9: a mode and a language; on the telephone never the place; never one who is kept out."""
    desk.lead()
    desk.not_over()
    if not command.language:
        raise Refusal("D12", "a booking says for which language", remedy="name the language")
    if command.mode is Mode.TELEPHONE and command.place:
        raise Refusal("D12", "a telephone interpreter is never told the place", remedy="leave the place out")
    blocked = command.interpreter is not None and is_blocked(desk.state.blocks.values(), command.interpreter)
    if command.kept_out or blocked:
        raise Refusal("C9", "that interpreter is kept from this", remedy="book another")
    yield then.InterpreterBooked(
        mode=command.mode,
        interpreter=command.interpreter,
        language=command.language,
        place=command.place or UNSET,
    )
