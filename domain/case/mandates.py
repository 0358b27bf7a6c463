"""Mandates to audit a case: by one that is in force an auditor's replay names the parts that an act has (R10).

The body that an agreement names responsible for the records decides on it (B3), and the coordinator, who answers for
the documentation, records it (B6). Nobody gives one to themself. It opens no content.
"""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, ClassVar, Final

from msgspec import Meta
from msgspec.structs import replace

from domain.act import Fact
from domain.bounds import Day, PlannedDay
from domain.case.desk import CaseContext
from domain.case.state import Case, Mandate
from domain.command import Command
from domain.errors import NotThere, Refusal
from domain.event import Event
from domain.growing import with_entry
from domain.time import period
from domain.vocabulary import AgencyId, Instant, Kind, Ref, Role, StaffId

DecisionNumber = Annotated[str, Meta(pattern=r"^[A-Za-zÅÄÖåäö0-9][A-Za-zÅÄÖåäö0-9 ./:-]{0,59}$")]
"""By what number the deciding body's own register knows the decision: `LST 2026-114`."""


# What happened.


class MandateGiven(Event, frozen=True, kw_only=True):
    """A named auditor of an agency may be told for a time which parts the acts of this case have; decided by the
    responsible body, under that number in its register. The mandate is called by the act's id."""

    name: ClassVar = "case.mandate_given"
    auditor: StaffId
    agency: AgencyId
    decided_by: AgencyId
    decision: DecisionNumber
    start: Instant
    until: Instant


class MandateEnded(Event, frozen=True, kw_only=True):
    """The mandate is over before its end."""

    name: ClassVar = "case.mandate_ended"
    mandate: Ref


EVENTS: tuple[type[Event], ...] = (MandateGiven, MandateEnded)


# What may be asked for.


class GiveMandate(Command, frozen=True, kw_only=True):
    """Give a named auditor the mandate that the responsible body decided on, until a last day."""

    name: ClassVar = "case.give_mandate"
    kind: ClassVar = Kind.CASE
    auditor: StaffId
    agency: AgencyId
    decided_by: AgencyId
    decision: DecisionNumber
    first: Day | None = None
    last: PlannedDay


class EndMandate(Command, frozen=True, kw_only=True):
    """End a mandate before its last day."""

    name: ClassVar = "case.end_mandate"
    kind: ClassVar = Kind.CASE
    mandate: Ref


COMMANDS: tuple[type[Command], ...] = (GiveMandate, EndMandate)


# What follows.


def _give(desk: CaseContext, command: GiveMandate) -> Iterator[Event]:
    _coordinates(desk)
    if command.auditor in (desk.act.by.person, desk.act.written_by):
        raise Refusal("F", "nobody gives themself a mandate to audit", remedy="have a colleague give it")
    if command.decided_by not in desk.directory.responsible_bodies():
        raise Refusal(
            "B3",
            "no agreement names that body responsible for the records",
            remedy="name the body that decided, which an agreement names responsible",
        )
    start, until = period(command.first, command.last, desk.now)
    if until <= max(start, desk.now):
        raise Refusal("F", "the mandate ends before it begins, or is over already", remedy="give a later last day")
    yield MandateGiven(
        auditor=command.auditor,
        agency=command.agency,
        decided_by=command.decided_by,
        decision=command.decision,
        start=start,
        until=until,
    )


def _end(desk: CaseContext, command: EndMandate) -> Iterator[Event]:
    _coordinates(desk)
    mandate = desk.state.mandates.get(command.mandate)
    if mandate is None:
        raise NotThere
    if mandate.ended or mandate.until <= desk.now:
        raise Refusal("F", "the mandate is over already", remedy="nothing more is needed")
    yield MandateEnded(mandate=mandate.id)


def _coordinates(desk: CaseContext) -> None:
    """B6: the coordinator answers for the documentation, and so for who audits it."""
    if desk.unit != desk.state.coordinator or desk.act.by.role is not Role.COORDINATOR:
        raise Refusal("B6", "the coordinator of the case gives and ends mandates for it", remedy="ask the coordinator")


DECIDERS: Final[dict[type[Command], Callable[[CaseContext, Any], Iterator[Event]]]] = {
    GiveMandate: _give,
    EndMandate: _end,
}


def evolve(state: Case, fact: Fact) -> Case:
    """Fold what was said of mandates."""
    match fact.event:
        case MandateGiven(until=until):
            given = Mandate(id=fact.act.id, until=until)
            return replace(state, mandates=with_entry(state.mandates, given.id, given))
        case MandateEnded(mandate=ref) if ref in state.mandates:
            ended = replace(state.mandates[ref], ended=True)
            return replace(state, mandates=with_entry(state.mandates, ref, ended))
    return state
