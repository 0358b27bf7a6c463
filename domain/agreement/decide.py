"""Agreement, what follows from what is asked for."""

from collections.abc import Iterable, Iterator
from datetime import date

from domain.act import Act
from domain.agreement.commands import Amend, Conclude, End
from domain.agreement.events import Amended, Concluded, Ended, Party
from domain.agreement.state import Agreement, Directory
from domain.command import Command
from domain.errors import NotThere, Refusal
from domain.event import Event
from domain.vocabulary import AgencyId, Role, UnitId


def decide(state: Agreement, command: Command, act: Act, directory: Directory) -> Iterator[Event]:
    """The events that `command` brings about, or the rule that forbids it. `directory` is of the day of the act."""
    _administers(act, directory)
    match command:
        case Conclude():
            yield _concluded(state, command, directory)
        case Amend():
            yield _amended(state, command, directory)
        case End():
            yield _ended(state, command)


def _administers(act: Act, directory: Directory) -> None:
    # B3: who cooperates is agreed between the parties; one unit of theirs keeps the record of it.
    if act.by.role is not Role.ADMINISTRATOR:
        raise Refusal("B3", "only an administrator records agreements", remedy="act in that role")


def _concluded(state: Agreement, command: Conclude, directory: Directory) -> Concluded:
    if state.concluded is not None:
        raise Refusal("B3", "this agreement is already concluded", remedy="amend it")
    _period(command.first, command.last)
    _units(command.parties, directory)
    if command.responsible_body not in {party.id for party in command.parties}:
        raise Refusal(
            "B3", "the body responsible for the records is not one of the parties", remedy="name one of the parties"
        )
    return Concluded(
        title=command.title,
        county=command.county,
        catchment=command.catchment,
        parties=command.parties,
        limits=command.limits,
        meetings=command.meetings,
        responsible_body=command.responsible_body,
        follow_up=command.follow_up,
        first=command.first,
        last=command.last,
    )


def _amended(state: Agreement, command: Amend, directory: Directory) -> Amended:
    concluded = _there(state)
    _period(concluded.first, command.first)
    if state.last is not None and command.first > state.last:
        raise Refusal("B3", "the agreement has ended before that day", remedy="conclude a new one")
    parties = state.parties(command.first)
    unknown = command.left - parties.keys()
    if unknown:
        raise Refusal("B1", f"no party of this agreement is called {min(unknown)}", remedy="name one of its parties")
    remaining = {**parties, **{party.id: party for party in command.parties}}
    for agency in command.left:
        remaining.pop(agency, None)
    if concluded.responsible_body not in remaining:
        raise Refusal("B3", "the body responsible for the records cannot leave", remedy="end the agreement")
    _units(remaining.values(), directory)
    return Amended(
        parties=command.parties,
        left=command.left,
        limits=command.limits,
        meetings=command.meetings,
        first=command.first,
    )


def _ended(state: Agreement, command: End) -> Ended:
    _period(_there(state).first, command.last)
    return Ended(last=command.last)


def _there(state: Agreement) -> Concluded:
    if state.concluded is None:
        raise NotThere
    return state.concluded


def _period(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise Refusal("B3", "the period ends before it begins", remedy="give a later last day")


def _units(parties: Iterable[Party], directory: Directory) -> None:
    """B1: a party is an authority in the law's sense; a unit belongs to one."""
    owners: dict[UnitId, AgencyId] = {}
    agencies: set[AgencyId] = set()
    for party in parties:
        if party.id in agencies:
            raise Refusal("B1", f"the party {party.id} is named twice", remedy="name it once")
        agencies.add(party.id)
        for unit in party.units:
            known = directory.unit(unit.id)
            if unit.id in owners or (known is not None and known.agency != party.id):
                raise Refusal("B1", f"the unit {unit.id} belongs to one party only", remedy="list it under one party")
            owners[unit.id] = party.id
