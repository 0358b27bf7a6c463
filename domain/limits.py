"""What holds for every act, whatever it is about: who acts, when, and whether content may be kept at all."""

from domain.act import Act
from domain.agreement.state import Directory, UnitEntry
from domain.command import Command
from domain.errors import OutOfBounds, Refusal
from domain.event import compartments
from domain.grounds import Ground, grounds_at
from domain.time import day_of
from domain.vocabulary import Role


def refuse_future(act: Act) -> None:
    """D1: happened and known are told of the past; what is to come is no fact."""
    if act.happened > act.now or act.known > act.now:
        raise OutOfBounds(
            "D1",
            "a time in the future cannot have happened or be known yet",
            remedy="give the time when it did",
            field="act.happened" if act.happened > act.now else "act.known",
        )


def ground_of(act: Act) -> Ground | None:
    """C2: a ground that an act names is one of those in force on its day, whatever the act is: no text stands there."""
    if act.ground is None:
        return None
    ground = grounds_at(day_of(act.now)).get(act.ground)
    if ground is None:
        raise Refusal("C2", "that ground is not in force today or is not switched on", remedy="state another ground")
    return ground


def refuse_content(command: Command) -> None:
    """A5: a service that keeps no personal record leaves no content; the contact counts all the same."""
    if any(getattr(command, field) for field in compartments(type(command))):
        raise Refusal("A5", "no personal record is kept here, so no content either", remedy="leave the text out")


def refuse_readers(act: Act) -> None:
    """F: an auditor reads, and records nothing in what is read."""
    if act.by.role in (Role.AUDITOR, Role.REGIONAL_AUDITOR):
        raise Refusal("F", "an auditor reads and does not act", remedy="leave it to those who work with the matter")


def acting_unit(act: Act, directory: Directory) -> UnitEntry | None:
    """The acting unit as agreed on the day; None if no agreement names it. B3: its roles and purposes are agreed."""
    entry = directory.unit(act.by.unit)
    if entry is None:
        return None
    if entry.agency != act.by.agency:
        raise Refusal(
            "B1",
            f"the unit {act.by.unit} does not belong to {act.by.agency}",
            remedy="act for the agency that it belongs to",
        )
    if act.by.role not in entry.roles:
        raise Refusal(
            "B3", f"by agreement this unit does not act as {act.by.role.value}", remedy="act in a role that it has"
        )
    if act.by.purpose not in entry.purposes:
        raise Refusal(
            "B3",
            f"by agreement this unit does not act for {act.by.purpose.value}",
            remedy="act for a purpose that it has",
        )
    return entry
