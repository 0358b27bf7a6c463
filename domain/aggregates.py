"""The aggregates by kind, and the one way in: fold what one may see, decide what is asked for, look what is due."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

import domain.agreement.commands
import domain.agreement.decide
import domain.agreement.state
import domain.case.agenda
import domain.case.commands
import domain.case.decide
import domain.case.evolve
import domain.case.mandates
import domain.case.places
import domain.case.risk
import domain.case.state
import domain.case.waiting
import domain.consultation.commands
import domain.consultation.decide
import domain.consultation.state
import domain.labelling
import domain.meeting.commands
import domain.meeting.decide
import domain.meeting.state
import domain.meeting.waiting
import domain.referral.commands
import domain.referral.decide
import domain.referral.state
import domain.report.commands
import domain.report.decide
import domain.report.state
from domain.act import Act, Fact
from domain.agenda import Due
from domain.agreement.state import Directory
from domain.case.state import Case
from domain.command import Command
from domain.errors import NotFolded, Refusal, is_of_value
from domain.event import Event, decode_ref
from domain.limits import acting_unit, ground_of, refuse_content, refuse_future, refuse_readers
from domain.needtoknow.standing import decides_access
from domain.vocabulary import Instant, Kind, Mark, Role
from domain.waiting import Waiting


def _nothing_due(_: Any) -> Iterator[Due]:
    return iter(())


def _nothing_waits(*_: Any) -> None:
    return None


def _nothing_more(state: Any, _: Iterable[Mark]) -> Any:
    return state


class Aggregate(Struct, frozen=True, kw_only=True):
    """How one kind is folded and decided. The states differ by kind, hence `Any`."""

    initial: Any
    evolve: Callable[[Any, Fact], Any]
    decide: Callable[[Any, Command, Act, Directory], Iterator[Event]]
    commands: tuple[type[Command], ...]
    agenda: Callable[[Any], Iterator[Due]] = _nothing_due
    waiting: Callable[[Any, Instant, Directory], Waiting | None] = _nothing_waits
    remember: Callable[[Any, Iterable[Mark]], Any] = _nothing_more


AGGREGATES: dict[Kind, Aggregate] = {
    Kind.AGREEMENT: Aggregate(
        initial=domain.agreement.state.INITIAL,
        evolve=domain.agreement.state.evolve,
        decide=domain.agreement.decide.decide,
        commands=domain.agreement.commands.COMMANDS,
    ),
    Kind.CASE: Aggregate(
        initial=domain.case.state.INITIAL,
        evolve=domain.case.evolve.evolve,
        decide=domain.case.decide.decide,
        commands=domain.case.commands.COMMANDS
        + domain.case.risk.COMMANDS
        + domain.case.places.COMMANDS
        + domain.case.mandates.COMMANDS
        + (domain.labelling.LabelCase,),
        agenda=domain.case.agenda.agenda,
        waiting=domain.case.waiting.waiting,
        remember=domain.case.evolve.remember,
    ),
    Kind.CONSULTATION: Aggregate(
        initial=domain.consultation.state.INITIAL,
        evolve=domain.consultation.state.evolve,
        decide=domain.consultation.decide.decide,
        commands=(*domain.consultation.commands.COMMANDS, domain.labelling.LabelConsultation),
        waiting=domain.consultation.state.waiting,
    ),
    Kind.REFERRAL: Aggregate(
        initial=domain.referral.state.INITIAL,
        evolve=domain.referral.state.evolve,
        decide=domain.referral.decide.decide,
        commands=(*domain.referral.commands.COMMANDS, domain.labelling.LabelReferral),
        waiting=domain.referral.state.waiting,
    ),
    Kind.REPORT: Aggregate(
        initial=domain.report.state.INITIAL,
        evolve=domain.report.state.evolve,
        decide=domain.report.decide.decide,
        commands=(*domain.report.commands.COMMANDS, domain.labelling.LabelReport),
        waiting=domain.report.state.waiting,
    ),
    Kind.MEETING: Aggregate(
        initial=domain.meeting.state.INITIAL,
        evolve=domain.meeting.state.evolve,
        decide=domain.meeting.decide.decide,
        commands=(*domain.meeting.commands.COMMANDS, domain.labelling.LabelMeeting),
        waiting=domain.meeting.waiting.waiting,
    ),
}

COMMANDS: dict[str, type[Command]] = {
    command.name: command for aggregate in AGGREGATES.values() for command in aggregate.commands
}

_CLOSING = (".closed", ".cancelled", ".withdrawn", ".ended", ".retracted")
"""What an act is called by which something is over."""
_BY_THE_SCHEDULER = frozenset({"case.expire", "case.purge_note"})


def fold(kind: Kind, facts: Iterable[Fact], marks: Iterable[Mark] = ()) -> Any:
    """The state that these facts make, and what is known to be there beside them; any part of a history folds."""
    aggregate = AGGREGATES[kind]
    state = aggregate.initial
    for fact in facts:
        state = after(kind, state, fact)
    return aggregate.remember(state, marks)


def after(kind: Kind, state: Any, fact: Fact) -> Any:
    """The state after one more fact. One of whose value that fails is left out and stops nothing; but what closes, ends
    or blocks something never is: nothing is decided without it."""
    try:
        return AGGREGATES[kind].evolve(state, fact)
    except Exception as error:
        if not is_of_value(error):
            raise
        if decides_access(type(fact.event)) or fact.event.name.endswith(_CLOSING):
            raise NotFolded(f"{fact.event.name} cannot be folded: {type(error).__name__}") from error
        return state


def build(name: str, given: Mapping[str, Any], made: Mapping[str, Any] | None = None) -> Command:
    """The command of that name from plain data: `given` by the caller, `made` by the hub. A caller that gives what
    the hub makes is refused like one that gives what no command has; `msgspec.ValidationError` says which."""
    command = COMMANDS[name]
    for field in command.hub_fills & given.keys():
        raise msgspec.ValidationError(f"Object contains unknown field `{field}`")
    return msgspec.convert({**given, **(made or {})}, command, dec_hook=decode_ref)


def decide(state: Any, command: Command, act: Act, directory: Directory) -> Iterator[Event]:
    """The events that a command brings about, or the rule that forbids it. `state` is folded from what the principal
    may see; `directory` is that of all agreements. Nothing but a `Refusal` is ever raised."""
    refuse_future(act)
    refuse_readers(act)
    ground_of(act)
    today = directory.at(act.now)
    _who_acts(state, command, act, today)
    yield from AGGREGATES[command.kind].decide(state, command, act, today)


def _who_acts(state: Any, command: Command, act: Act, today: Directory) -> None:
    if act.by.role is Role.SYSTEM or command.system:
        if act.by.role is not Role.SYSTEM or command.name not in _BY_THE_SCHEDULER:
            raise Refusal(
                "F",
                "what time brings about is for the scheduler alone, and nothing else is",
                remedy="leave it to the hub",
            )
        return
    entry = acting_unit(act, today)
    if entry is not None:
        if entry.keeps_no_record:
            refuse_content(command)
        return
    if command.kind is Kind.AGREEMENT and not today.agreements():
        # B3: the first agreement is recorded before any could name who records it.
        return
    if isinstance(state, Case) and domain.case.decide.guest_grant(state, act) is not None:
        return
    raise Refusal(
        "B1",
        f"no agreement in force names the unit {act.by.unit}",
        remedy="ask an administrator to have it named in one",
    )


def waiting(state: Any, kind: Kind, now: Instant, directory: Directory) -> Waiting | None:
    """For whom, for what and since when an aggregate waits at `now`, as far as that state knows (D2, D3, D8)."""
    return AGGREGATES[kind].waiting(state, now, directory)


def due(state: Any, kind: Kind, now: Instant) -> tuple[Due, ...]:
    """What the scheduler is to send by now, in the order of its time; a second look later finds no more than is new."""
    found = (entry for entry in AGGREGATES[kind].agenda(state) if entry.at <= now)
    return tuple(sorted(found, key=lambda entry: (entry.at, entry.id.hex)))
