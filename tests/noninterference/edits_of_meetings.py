"""Hidden edits of joint meetings: who is invited, what becomes of it, to whom minutes and tasks go."""

from typing import Final

from domain.case import commands as case
from domain.meeting import commands as meeting
from domain.vocabulary import MeetingKind, Mode, Role, StaffId, UnitId
from tests.noninterference.matters import (
    NECESSARY,
    Step,
    divide,
    in_turn,
    invite,
    of,
    request_meeting,
    schedule,
    summarise,
)
from tests.noninterference.pairs import Edit
from tests.noninterference.people import ADULTS, CENTRE, CHILDREN, CLINIC, ELSEWHERE, POLICE, VICTIMS
from tests.noninterference.reasons import (
    ADDRESSED,
    AUDITS,
    COLLEAGUE,
    INVITED,
    LEADS,
    OF_LEADS,
    OF_PARTIES,
    OWN,
    PARTY,
    REGION,
)
from tests.noninterference.world import HOUR, START, World

_AUDITED: Final = {"agencys_auditor": AUDITS, **REGION}
_LATER: Final = START + 1000 * HOUR


def _meet(who: str, name: str) -> Step:
    command = meeting.Request(meeting=MeetingKind.COORDINATION_MEETING, agenda="How we help")
    return lambda world: world.do(who, command, None, name)


def _hold(world: World) -> object:
    command = meeting.Hold(
        mode=Mode.TELEPHONE,
        start=world.hub.clock.now(),
        attended=(
            meeting.Present(unit=ELSEWHERE, role=Role.HANDLER),
            meeting.Present(unit=CLINIC, role=Role.HANDLER),
        ),
        confidentiality=True,
    )
    return world.do("outsider", command, "hidden_meeting", because="urgent")


def _task(name: str) -> Step:
    return of("outsider", "hidden_meeting", meeting.DivideWork(unit=CLINIC, due=_LATER, what="Call"), name)


def _answered(world: World) -> None:
    world.do("siblings_participant", meeting.FinishTask(task=world.refs["hidden_task"]), "hidden_meeting")
    left = meeting.LeaveTask(task=world.refs["left_task"], why="No time")
    world.do("siblings_participant", left, "hidden_meeting")
    given_up = meeting.GiveUpTask(task=world.refs["left_task"], why="Too late")
    world.do("siblings_participant", given_up, "hidden_meeting")


def _unblocked(world: World) -> None:
    world.do("outsider", meeting.BlockStaff(staff=StaffId("guest"), elsewhere=True), "hidden_meeting", "block_there")
    world.do("outsider", meeting.LiftBlock(block=world.refs["block_there"]), "hidden_meeting")


_MET: Final = in_turn(
    _meet("outsider", "hidden_meeting"),
    of("outsider", "hidden_meeting", meeting.Schedule(mode=Mode.VIDEO, start=_LATER, end=_LATER + HOUR, place="There")),
    of("outsider", "hidden_meeting", meeting.Invite(unit=CLINIC)),
    of("siblings_participant", "hidden_meeting", meeting.DeclineInvitation(reason="No time")),
    of("siblings_participant", "hidden_meeting", meeting.AcceptInvitation(role=Role.HANDLER)),
    of("outsider", "hidden_meeting", meeting.BookInterpreter(mode=Mode.TELEPHONE, language="kurmanji")),
    _unblocked,
    of("outsider", "hidden_meeting", meeting.CallNow(mode=Mode.TELEPHONE, units=frozenset({CLINIC}))),
    _hold,
    of("outsider", "hidden_meeting", meeting.WriteMinutes(to=frozenset({CLINIC}), summary="Friday")),
    _task("hidden_task"),
    _task("left_task"),
    _answered,
    of("outsider", "hidden_meeting", meeting.Dispose()),
    _meet("outsider", "cancelled"),
    of("outsider", "cancelled", meeting.Invite(unit=CLINIC)),
    of("outsider", "cancelled", meeting.Cancel(reason="Settled")),
)


def _about(who: str, to: UnitId, *, case: str = "", referral: str = "", because: str | None = None) -> Step:
    """Minutes about the person of the case, whom their writer knows by a case or a referral."""

    def step(world: World) -> object:
        said = meeting.WriteMinutes(
            to=frozenset({to}),
            person=world.person(),
            case=world.refs[case] if case else None,
            referral=world.refs[referral] if referral else None,
            social="What was said",
        )
        return world.do(who, said, "meeting", ground=NECESSARY, because=because)

    return step


def _of_another_case(world: World) -> None:
    """The other unit's member of staff is kept from the case that the minutes are about, and from them (C9)."""
    world.do("owner", case.Open(coordinator=CENTRE), None, "their_case")
    world.do("owner", case.AddPerson(), "their_case", "their_person")
    safe = case.SetSafeContact(person=world.refs["their_person"], contact="By text")
    world.do("owner", safe, "their_case")
    world.do("owner", case.BlockStaff(staff=StaffId("other_unit")), "their_case")
    minutes = meeting.WriteMinutes(
        to=frozenset({ADULTS}), person=world.refs["their_person"], case=world.refs["their_case"], social="Afraid"
    )
    world.do("owner", minutes, "meeting", ground=NECESSARY)


def _task_done(world: World) -> None:
    world.do("receiver", meeting.FinishTask(task=world.refs["task_alone"], what="It is done"), "meeting")


MEETING_EDITS: Final = (
    Edit(
        name="a meeting and its course, another cancelled",
        rule="D4",
        after="task_alone",
        step=_MET,
        visible={"outsider": OWN, "siblings_participant": ADDRESSED, **REGION},
    ),
    Edit(
        name="another cause of the meeting",
        rule="R2",
        instead="meeting_asked",
        later=0,
        step=request_meeting(persons=False),
        visible={**OF_LEADS, **_AUDITED},
    ),
    Edit(
        name="another interpreter",
        rule="D12",
        after="interpreter",
        step=of("coordinator", "meeting", meeting.BookInterpreter(mode=Mode.ON_SITE, language="sorani", place="There")),
        visible={**OF_LEADS, **REGION},
    ),
    Edit(
        name="another party invited",
        rule="R2",
        after="invited",
        step=invite(VICTIMS),
        visible={**OF_LEADS, "receivers_other_unit": INVITED, **REGION},
    ),
    Edit(
        name="another time of the meeting",
        rule="R2",
        after="clinic_stays_away",
        step=schedule(63),
        visible={**OF_PARTIES, "passed_on_to": INVITED, **REGION},
    ),
    Edit(
        name="a party that stays away from a moved meeting",
        rule="F",
        after="moved",
        step=of("other_unit", "meeting", meeting.DeclineInvitation(reason="No time then")),
        visible={**OF_LEADS, "other_unit": OWN, **_AUDITED},
    ),
    Edit(
        name="another party that comes",
        rule="F",
        after="clinic_stays_away",
        step=of("passed_on_to", "meeting", meeting.AcceptInvitation(role=Role.ADVISER)),
        visible={**OF_PARTIES, "passed_on_to": OWN, **REGION},
    ),
    Edit(
        name="somebody kept from the meeting",
        rule="C9",
        after="clinic_stays_away",
        step=of("coordinator", "meeting", meeting.BlockStaff(staff=StaffId("receivers_other_unit"), elsewhere=True)),
        visible={"coordinator": OWN, "adviser": OWN},
    ),
    Edit(
        name="minutes to one party and not to another",
        rule="F",
        after="task_alone",
        step=summarise(POLICE),
        visible={"coordinator": OWN, "adviser": OWN, "receiver": ADDRESSED, **REGION},
    ),
    Edit(
        name="minutes of another party",
        rule="F",
        after="task_alone",
        step=of("other_unit", "meeting", meeting.WriteMinutes(to=frozenset({CHILDREN}), summary="What adults heard")),
        visible={"owner": ADDRESSED, "other_unit": OWN, "coordinator": LEADS, **_AUDITED},
    ),
    Edit(
        name="the safe contact confirmed by who got minutes about a person",
        rule="C12",
        after="task_alone",
        step=lambda world: world.do(
            "receiver", meeting.ConfirmSafeContact(minutes=world.refs["said_there"]), "meeting"
        ),
        visible={"receiver": OWN, "owner": ADDRESSED, "coordinator": LEADS, **REGION},
    ),
    Edit(
        name="minutes about somebody whom their writer knows by a case of its own",
        rule="A2, F",
        after="task_alone",
        step=_about("other_unit", CHILDREN, case="case", because="urgent"),
        visible={"other_unit": OWN, "owner": ADDRESSED, "coordinator": LEADS, **_AUDITED},
    ),
    Edit(
        name="minutes about somebody whom their writer knows by a referral",
        rule="A2, F",
        after="task_alone",
        step=_about("owner", POLICE, referral="referral"),
        visible={"owner": OWN, "receiver": ADDRESSED, "coordinator": LEADS, **_AUDITED},
    ),
    Edit(
        name="minutes about somebody of another case, from which a party's member of staff is kept",
        rule="C9",
        after="task_alone",
        step=_of_another_case,
        visible={
            "owner": OWN,
            "blocked_colleague": COLLEAGUE,
            "coordinator": ADDRESSED,
            "adviser": ADDRESSED,
            **_AUDITED,
        },
    ),
    Edit(
        name="a task of one party, overdue, and one that is done",
        rule="F",
        after="task_alone",
        step=in_turn(divide(POLICE, "hidden_task", due=71, alone=True), _task_done),
        visible={**OF_LEADS, "receiver": PARTY, **REGION},
    ),
    Edit(
        name="a meeting more on the case",
        rule="R2",
        after="task_alone",
        step=in_turn(
            lambda world: world.do(
                "coordinator",
                meeting.Request(meeting=MeetingKind.COORDINATION_MEETING, case=world.refs["case"]),
                None,
                "second_meeting",
            ),
            invite(ADULTS, "second_meeting"),
        ),
        visible={"coordinator": OWN, "adviser": OWN, "other_unit": INVITED, **_AUDITED},
    ),
)
