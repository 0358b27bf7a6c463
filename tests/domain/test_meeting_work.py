"""Joint meeting: what is said there, who does what after it, what waits, and the interpreter (C2–C4, C9, D4, D12)."""

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from domain.errors import NotThere, Refusal
from domain.event import compartments
from domain.meeting import commands as ask
from domain.meeting import events as then
from domain.meeting.state import Progress
from domain.meeting.waiting import needs_now, tasks, waiting
from domain.vocabulary import (
    Because,
    Compartment,
    Mode,
    StaffId,
    UnitId,
)
from tests.domain.meetings import (
    ABOUT,
    ACCEPTED,
    ASKED,
    DIRECTORY,
    INTERPRETER,
    INVITED,
    LATER,
    MET,
    MINUTES,
    PLANNED,
    PROSECUTOR,
    TASK,
    meeting,
)
from tests.domain.stories import CARE, CENTRE, DAY, NOW, OUTSIDE, POLICE, SOCIAL, Story, by, ref

ON_LAW = by(SOCIAL, ground="osl-10-2", now=LATER)
WORK = MET.then(TASK, by(CENTRE, now=LATER))
DONE = ask.FinishTask(task=ref(WORK.acts))


def test_d12_a_telephone_interpreter_is_never_told_the_place() -> None:
    with pytest.raises(Refusal, match="D12"):
        PLANNED.when(replace(INTERPRETER, place="Rum 2."), by(CENTRE, because=Because.DANGER))
    (event,) = PLANNED.when(INTERPRETER, by(CENTRE))
    assert isinstance(event, then.InterpreterBooked)
    assert event.place is UNSET
    assert PLANNED.when(replace(INTERPRETER, mode=Mode.ON_SITE, place="Rum 2."), by(CENTRE))
    with pytest.raises(Refusal, match="D12"):
        PLANNED.when(replace(INTERPRETER, language=None), by(CENTRE))


def test_c4_the_language_of_the_interpreter_is_sealed() -> None:
    assert compartments(then.InterpreterBooked)["language"] is Compartment.COORDINATION


def test_c9_an_interpreter_who_is_kept_out_is_not_booked() -> None:
    rojda = StaffId("rojda")
    story = PLANNED.then(ask.BlockStaff(staff=rojda), by(CENTRE))
    booking = replace(INTERPRETER, interpreter=rojda)
    with pytest.raises(Refusal, match="C9"):
        story.when(booking, by(CENTRE))
    with pytest.raises(Refusal, match="C9"):
        PLANNED.when(replace(INTERPRETER, kept_out=True), by(CENTRE))
    lift = ask.LiftBlock(block=ref(story.acts))
    lifted = story.then(lift, by(CENTRE))
    assert lifted.when(booking, by(CENTRE))
    with pytest.raises(Refusal, match="C9"):
        lifted.when(lift, by(CENTRE))
    with pytest.raises(NotThere):
        story.when(lift, by(SOCIAL))


def test_f_minutes_are_sent_on_a_ground_to_those_who_were_present() -> None:
    (event,) = MET.when(ABOUT, ON_LAW)
    assert isinstance(event, then.MinutesWritten)
    assert event.sends
    assert event.addressees() == {POLICE}
    assert event.used_for == "protection"
    for wrong, rule in (
        (replace(ABOUT, to=frozenset({POLICE, CARE})), "D4"),
        (replace(ABOUT, to=frozenset({SOCIAL})), "C2"),
        (replace(ABOUT, person=None), "C2"),
        (replace(ABOUT, safe_contact=False), "C12"),
        (replace(ABOUT, health="Sover inte."), "C2"),
        (ask.WriteMinutes(to=frozenset({POLICE})), "D4"),
    ):
        with pytest.raises(Refusal, match=rule):
            MET.when(wrong, ON_LAW)


def test_c2_minutes_about_someone_ask_what_any_disclosure_asks() -> None:
    with pytest.raises(Refusal, match="C2"):
        MET.when(ABOUT, by(SOCIAL, now=LATER))
    consent = by(SOCIAL, ground="consent", now=LATER)
    with pytest.raises(Refusal, match="C2"):
        MET.when(ABOUT, consent)
    assert MET.when(replace(ABOUT, consented=frozenset({POLICE})), consent)
    weighing = by(SOCIAL, ground="osl-10-27", now=LATER)
    with pytest.raises(Refusal, match="C2"):
        MET.when(ABOUT, weighing)
    assert MET.when(replace(ABOUT, balancing="Vägt."), weighing)


def test_c3_c4_minutes_have_no_place_for_assessments_or_whereabouts() -> None:
    held = set(compartments(then.MinutesWritten).values())
    assert not held & {Compartment.RISK_ASSESSMENT, Compartment.WHEREABOUTS, Compartment.IDENTITY}


def test_d4_minutes_are_written_after_the_meeting_by_who_was_there() -> None:
    with pytest.raises(Refusal, match="D4: minutes are of a meeting that was held"):
        ACCEPTED.when(MINUTES, by(CENTRE))
    with pytest.raises(Refusal, match="D4"):
        MET.when(MINUTES, by(CARE, now=LATER))
    assert MET.when(replace(MINUTES, to=frozenset({SOCIAL})), by(POLICE, now=LATER))


def test_d4_work_is_divided_at_the_meeting_among_those_who_meet() -> None:
    assert meeting(WORK).tasks[ref(WORK.acts)].due == LATER + DAY
    for story, command in (
        (ACCEPTED, TASK),
        (MET, replace(TASK, unit=PROSECUTOR)),
        (MET, replace(TASK, what=None)),
        (MET, replace(TASK, due=LATER)),
    ):
        with pytest.raises(Refusal, match="D4"):
            story.when(command, by(CENTRE, now=LATER))
    with pytest.raises(Refusal, match="B1"):
        MET.when(replace(TASK, unit=OUTSIDE), by(CENTRE, now=LATER))


def test_d4_not_done_differs_from_no_longer_possible() -> None:
    act = by(POLICE, now=LATER)
    task = ref(WORK.acts)
    not_done = WORK.then(ask.LeaveTask(task=task, why="Ingen tid."), act)
    assert meeting(not_done).tasks[task].progress is Progress.NOT_DONE
    assert not_done.when(DONE, act), "it can still be done"
    impossible = WORK.then(ask.GiveUpTask(task=task, why="Hon har rest."), act)
    assert meeting(impossible).tasks[task].progress is Progress.NO_LONGER_POSSIBLE
    for over in (impossible, WORK.then(DONE, act)):
        with pytest.raises(Refusal, match="D4"):
            over.when(DONE, act)
    for unexplained in (ask.LeaveTask(task=task, why=None), ask.GiveUpTask(task=task, why=None)):
        with pytest.raises(Refusal, match="D4"):
            WORK.when(unexplained, act)
    with pytest.raises(Refusal, match="D4"):
        WORK.when(DONE, by(SOCIAL, now=LATER))
    with pytest.raises(NotThere):
        MET.when(replace(DONE, task=ref(77)), act)


def test_d4_a_units_tasks_are_listed_as_of_any_time() -> None:
    (own,) = tasks(meeting(WORK), POLICE, LATER)
    assert (own.overdue, own.progress) == (False, Progress.OPEN)
    (late,) = tasks(meeting(WORK), POLICE, LATER + DAY)
    assert late.overdue
    assert tasks(meeting(WORK), SOCIAL, LATER) == ()
    more = WORK.then(DONE, by(POLICE, now=LATER)).then(replace(TASK, unit=SOCIAL, due=None), by(CENTRE, now=LATER))
    assert [task.unit for task in tasks(meeting(more), None, LATER + 2 * DAY)] == [SOCIAL, POLICE]


def _waits(story: Story, now: int = LATER) -> list[tuple[str, UnitId]]:
    return [(wait.what, wait.on) for wait in needs_now(meeting(story), now, DIRECTORY)]


def test_d4_what_waits_is_told_as_of_any_time() -> None:
    assert _waits(ASKED) == [("meeting_time", CENTRE)]
    assert _waits(INVITED, NOW) == [("invitation", POLICE), ("invitation", CARE)]
    assert _waits(ACCEPTED) == [("invitation", CARE), ("meeting_held", CENTRE)]
    assert _waits(MET) == [("minutes", CENTRE)]
    assert _waits(WORK.then(MINUTES, by(CENTRE, now=LATER))) == [("task", POLICE)]
    assert waiting(meeting(ASKED), NOW, DIRECTORY) is not None
    (overdue,) = needs_now(meeting(WORK.then(MINUTES, by(CENTRE, now=LATER))), LATER + DAY, DIRECTORY)
    assert overdue.alarmed


def test_d4_nothing_waits_in_a_meeting_that_is_cancelled() -> None:
    assert _waits(INVITED.then(ask.Cancel(), by(CENTRE))) == []


def test_d9_what_is_to_come_is_not_disposed_of_as_a_whole() -> None:
    dispose = ask.Dispose(keys=(ref(50),), whole=True)
    with pytest.raises(Refusal, match="D9"):
        PLANNED.when(dispose, by(CENTRE))
    assert MET.when(dispose, by(CENTRE, now=LATER)) == (then.Disposed(keys=(ref(50),), whole=True),)
    with pytest.raises(Refusal, match="F"):
        MET.when(ask.Dispose(), by(CENTRE, now=LATER))
