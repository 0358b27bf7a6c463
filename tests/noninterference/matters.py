"""What the units do together in the story: risk, places and responsibility in the case; a referral, a report and a
joint meeting, to which one comes, one does not, and one has not answered."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from domain.case import places, risk
from domain.command import Command
from domain.meeting import commands as meeting
from domain.referral import commands as referral
from domain.report import commands as report
from domain.vocabulary import (
    Consideration,
    GroundId,
    Instrument,
    MeetingKind,
    Mode,
    Motive,
    Place,
    PlacementEnd,
    Protected,
    Purpose,
    ReportKind,
    Role,
    UnitId,
)
from tests.noninterference.people import ADULTS, CENTRE, CHILDREN, CLINIC, LINE, POLICE
from tests.noninterference.world import HOUR, START, World

Step = Callable[[World], object]
CARE: Final = GroundId("osl-26-9")
CONCERN: Final = GroundId("child-concern")
NECESSARY: Final = GroundId("osl-10-2")


def of(who: str, on: str, command: Command, name: str = "", **how: Any) -> Step:
    """Someone does one thing."""
    return lambda world: world.do(who, command, on, name, **how)


def in_turn(*steps: Step) -> Step:
    """One thing after the other."""

    def step(world: World) -> None:
        for one in steps:
            one(world)

    return step


# The case.


def assess(days: int = 0) -> Step:
    """The owner assesses the risk; the assessment stays there."""

    def step(world: World) -> object:
        command = risk.AssessRisk(
            person=world.person(),
            instrument=Instrument.PATRIARK,
            authority=True,
            trained=True,
            assessed=date(2026, 3, 4),
            valid_until=date(2026, 8, 1 + days),
            assessment=world.text("assessment"),
        )
        return world.do("owner", command, "case", "assessed")

    return step


def change(asked: UnitId | None) -> Step:
    """The circumstances change, and somebody is asked for an assessment."""
    return lambda world: world.do(
        "owner", risk.ChangeCircumstances(person=world.person(), asked=asked, what=world.text("change")), "case"
    )


def _siblings_change(world: World) -> object:
    """The coordinator's own knowledge of the sibling, which waits for the coordinator."""
    return world.do("coordinator", risk.ChangeCircumstances(person=world.person("sibling")), "case")


def see_motive(motive: Motive) -> Step:
    """The owner's view of the motive."""
    return lambda world: world.do(
        "owner", risk.AssessMotive(person=world.person(), motive=motive, why=world.text("motive")), "case"
    )


def place(which: Place) -> Step:
    """The owner records where something is."""
    return lambda world: world.do(
        "owner",
        places.RecordPlace(person=world.person(), place=which, municipality="0580", where=world.text("placement")),
        "case",
    )


def leave(how: PlacementEnd) -> Step:
    """The placement of the person ended, in that way."""
    return lambda world: world.do(
        "owner", places.LeavePlace(person=world.person(), place=Place.PLACEMENT, how=how), "case"
    )


def record_outcome(world: World) -> object:
    """The owner's answer to whether the person got protection."""
    command = places.RecordOutcome(person=world.person(), protected=Protected.PARTLY, how=world.text("protection"))
    return world.do("owner", command, "case")


def take_responsibility(world: World) -> object:
    """The owner's municipality is responsible."""
    return world.do("owner", places.TakeResponsibility(person=world.person()), "case")


def offer(to: UnitId, name: str = "transfer") -> Step:
    """The responsible unit asks another to take over."""
    return lambda world: world.do(
        "owner", places.OfferTransfer(person=world.person(), to=to, reason=world.text("moved")), "case", name
    )


# The referral.


def propose(who: str, receiver: UnitId, name: str, purpose: Purpose = Purpose.CARE) -> Step:
    """Someone means to refer someone: the person of the case, for its owner."""

    def step(world: World) -> object:
        command = referral.Propose(
            reference="",
            receiver=receiver,
            purpose=purpose,
            case=world.refs["case"] if who == "owner" else None,
            person=world.person() if who == "owner" else None,
        )
        return world.do(who, command, None, name)

    return step


def send_referral(world: World) -> object:
    """The owner sends it, with what it carries."""
    command = referral.Send(
        identity=world.text("referred_name"),
        contact=world.text("referred_contact"),
        social=world.text("referred"),
        balancing=world.text("referral_balancing"),
    )
    return world.do("owner", command, "referral", ground=CARE)


def refer_to_clinic(*, of_the_case: bool) -> Step:
    """The Police refer somebody to the clinic too: the person of the case, or somebody whom no case knows."""

    def step(world: World) -> None:
        command = referral.Propose(
            reference="",
            receiver=CLINIC,
            purpose=Purpose.CARE,
            case=world.refs["case"] if of_the_case else None,
            person=world.person() if of_the_case else None,
        )
        world.do("receiver", command, None, "police_referral")
        sent = referral.Send(social=world.text("police_refer"), contact=world.text("police_contact"))
        world.do("receiver", sent, "police_referral", ground=NECESSARY)

    return step


# The report.


def consider(consultation: str) -> Step:
    """The school considers a report, after a consultation that it asked for."""

    def step(world: World) -> object:
        command = report.Consider(
            reference="",
            about=ReportKind.CONCERN_CHILD,
            outcome=Consideration.REPORT,
            consultation=world.refs[consultation],
            reasons=world.text("reasons"),
        )
        return world.do("asker", command, None, "report")

    return step


def make_report(because: str | None = None) -> Step:
    """The school hands its report over, with what it carries."""

    def step(world: World) -> object:
        command = report.Make(
            receiver=CHILDREN,
            identity=world.text("reported_name"),
            contact=world.text("reported_contact"),
            social=world.text("reported"),
            child_statement=world.text("reported_statement"),
        )
        return world.do("asker", command, "report", ground=CONCERN, because=because)

    return step


# The meeting.


def request_meeting(*, persons: bool = True) -> Step:
    """The owner asks for a meeting on the case."""

    def step(world: World) -> object:
        command = meeting.Request(
            meeting=MeetingKind.COORDINATION_MEETING,
            case=world.refs["case"],
            persons=(world.person(),) if persons else (),
            coordinator=CENTRE,
            agenda=world.text("agenda"),
        )
        return world.do("owner", command, None, "meeting")

    return step


def _ask_for_another(world: World) -> object:
    """A meeting of the coordinator's own, which has no time yet."""
    command = meeting.Request(meeting=MeetingKind.COORDINATION_MEETING)
    return world.do("coordinator", command, None, "unscheduled")


def schedule(hours: float) -> Step:
    """The meeting is to be then."""
    start = START + int(hours * HOUR)
    return lambda world: world.do(
        "coordinator",
        meeting.Schedule(mode=Mode.ON_SITE, start=start, end=start + HOUR, place=world.text("place")),
        "meeting",
    )


def invite(unit: UnitId, on: str = "meeting") -> Step:
    """The coordinator invites one unit."""
    return of("coordinator", on, meeting.Invite(unit=unit))


def _hold(world: World) -> object:
    command = meeting.Hold(
        mode=Mode.ON_SITE,
        start=START + 64 * HOUR,
        end=START + 65 * HOUR,
        attended=(
            meeting.Present(unit=CENTRE, role=Role.COORDINATOR),
            meeting.Present(unit=CHILDREN, role=Role.HANDLER),
            meeting.Present(unit=ADULTS, role=Role.HANDLER),
            meeting.Present(unit=POLICE, role=Role.HANDLER),
        ),
        confidentiality=True,
    )
    return world.do("coordinator", command, "meeting")


def summarise(*to: UnitId) -> Step:
    """The coordinator's minutes, about nobody."""
    return lambda world: world.do(
        "coordinator",
        meeting.WriteMinutes(to=frozenset(to), summary=world.text("summary")),
        "meeting",
    )


def _say_to_police(world: World) -> object:
    command = meeting.WriteMinutes(to=frozenset({POLICE}), person=world.person(), social=world.text("said"))
    return world.do("owner", command, "meeting", "said_there", ground=NECESSARY)


def divide(unit: UnitId, name: str, *, due: float, alone: bool = False) -> Step:
    """One unit is given a task."""
    return lambda world: world.do(
        "coordinator",
        meeting.DivideWork(unit=unit, due=START + int(due * HOUR), alone=alone, what=world.text(name)),
        "meeting",
        name,
    )


MATTERS: Final[tuple[tuple[str, float, Step], ...]] = (
    ("changed", 41, change(POLICE)),
    ("assessed", 42, assess()),
    ("motive", 43, see_motive(Motive.SUSPECTED)),
    ("placed", 44, place(Place.PLACEMENT)),
    ("responsible", 45, take_responsibility),
    ("offered", 46, offer(ADULTS)),
    ("taken_over", 47, lambda w: w.do("other_unit", places.AcceptTransfer(transfer=w.refs["transfer"]), "case")),
    ("unscheduled", 47.5, _ask_for_another),
    ("proposed", 48, propose("owner", CLINIC, "referral")),
    ("sent", 49, send_referral),
    ("siblings_changes", 49.75, _siblings_change),
    ("proposed_more", 50, propose("owner", ADULTS, "unsent", Purpose.SUPPORT)),
    ("considered", 51, consider("asked")),
    ("made", 52, make_report()),
    ("received", 53, of("owner", "report", report.ConfirmReceipt())),
    ("meeting_asked", 54, request_meeting()),
    ("scheduled", 55, schedule(64)),
    ("invited", 56, in_turn(*(invite(unit) for unit in (ADULTS, POLICE, CLINIC, LINE)))),
    ("other_unit_comes", 57, of("other_unit", "meeting", meeting.AcceptInvitation(role=Role.HANDLER))),
    ("receiver_comes", 58, of("receiver", "meeting", meeting.AcceptInvitation(role=Role.HANDLER))),
    (
        "clinic_stays_away",
        59,
        lambda w: w.do("siblings_participant", meeting.DeclineInvitation(reason=w.text("absence")), "meeting"),
    ),
    (
        "interpreter",
        60,
        lambda w: w.do(
            "coordinator", meeting.BookInterpreter(mode=Mode.TELEPHONE, language=w.text("language")), "meeting"
        ),
    ),
    ("moved", 61, schedule(64)),
    ("held", 66, _hold),
    ("minutes", 67, summarise(CHILDREN, ADULTS, POLICE)),
    ("said_there", 68, _say_to_police),
    ("task", 69, divide(ADULTS, "task", due=400)),
    ("task_alone", 70, divide(POLICE, "task_alone", due=80, alone=True)),
    ("left", 70.5, leave(PlacementEnd.OWN_HOME)),
    ("police_refer", 70.75, refer_to_clinic(of_the_case=False)),
    ("referral_answered", 71, of("siblings_participant", "referral", referral.Accept())),
    ("together", 72, lambda world: None),
)
"""Label, hours after the start, and what happens."""
