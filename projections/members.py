"""What each unit knows of one case or consultation, folded from the facts that the unit itself may see (F).

A row of a unit is moved by nothing else: not its order, its status, nor its latest position, so that what is hidden
from a unit leaves no trace in its lists. What a list selects is decided again, item by item, where it is read.
"""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct, field

import domain.case.events as case
import domain.consultation.events as consultation
from domain.act import Fact
from domain.event import Event
from domain.needtoknow.model import Grant, GrantKind
from domain.needtoknow.standing import Standing
from domain.vocabulary import FOREVER, Compartment, Instant, Kind, Ref, Role, Row, UnitId

_STATUS: Final[dict[type[Event], str]] = {
    case.Opened: "open",
    case.Closed: "closed",
    case.Reopened: "open",
    consultation.Requested: "requested",
    consultation.Accepted: "accepted",
    consultation.PassedOn: "passed_on",
    consultation.AdviceGiven: "advised",
    consultation.FollowedUp: "followed_up",
    consultation.Closed: "closed",
    consultation.Reopened: "reopened",
}
KNOWN: Final = "known"
"""The status of what a unit knows to be there, and no more."""


class Member(Struct, gc=False):
    """What one unit knows: since which fact, until which, and by which of its lasting relations."""

    since: int
    since_at: Instant
    latest: int = 0
    owner: bool = False
    addressee: bool = False
    status: str = KNOWN


class Wait(Struct, frozen=True, gc=False):
    """Something addressed to a unit that it has not acted on yet."""

    unit: UnitId
    what: str
    position: int
    since: Instant
    start: Instant = 0
    until: Instant = FOREVER


class Members(Struct):
    """All units that know of one case or consultation."""

    units: dict[UnitId, Member] = field(default_factory=dict)
    standing: Standing = field(default_factory=Standing)
    asked: set[UnitId] = field(default_factory=set)
    waits: dict[Ref, Wait] = field(default_factory=dict)
    references: dict[str, set[UnitId]] = field(default_factory=dict)
    tags: dict[str, set[UnitId]] = field(default_factory=dict)


def fold(state: Members, fact: Fact) -> None:
    """Let one fact move the rows of those who may see it, and of nobody else."""
    # The scheduler's event changes nothing more to be seen; what is disposed of says nothing any more.
    if isinstance(fact.event, case.Expired) or Compartment.RECORD in fact.disposed:
        return
    state.standing.add(fact)
    owner = None if fact.act.by.role is Role.SYSTEM else fact.act.by.unit
    owners = frozenset() if owner is None else frozenset({owner})
    addressees = fact.event.addressees()
    if addressees:  # an act addressed to nobody is its unit's own, whoever else was drawn in (A2)
        addressees |= state.standing.passed_on_to
    for unit in owners | addressees:
        member = state.units.setdefault(unit, Member(fact.position, fact.committed))
        member.owner |= unit == owner
        member.addressee |= unit in addressees
    _call(state, fact)
    seeing = _seeing(state, fact, owners, addressees)
    for unit in seeing:
        state.units[unit].status = _STATUS.get(type(fact.event), state.units[unit].status)
    for unit in seeing | _noticing(state, fact):
        state.units[unit].latest = fact.position
    _wait(state, fact, owners, seeing)


def holds(state: Members, unit: UnitId, kind: GrantKind) -> Instant | None:
    """The latest end of a unit's grants of one kind that nobody has ended; None if it has none."""
    ends = [
        grant.until
        for grant in state.standing.held_by(unit)
        if grant.kind is kind and not grant.ended and not grant.spoken
    ]
    return max(ends, default=None)


def _call(state: Members, fact: Fact) -> None:
    """By what the consultation can be asked for, and by whom: its parties (A4)."""
    by, later = fact.act.by.unit, state.standing.passed_on_to
    match fact.event:
        case consultation.Requested(asked_of=asked_of, reference=reference):
            state.asked.add(asked_of)
            state.references[reference] = {by, asked_of, *later}
        case consultation.PassedOn(to=to):
            state.asked.add(to)
            for units in (*state.references.values(), *state.tags.values()):
                units.add(to)
        case consultation.KeyIssued(tag=tag, to=to):
            state.tags[tag] = {by, to, *later}
        case _:
            pass


def _seeing(state: Members, fact: Fact, owners: frozenset[UnitId], addressees: frozenset[UnitId]) -> set[UnitId]:
    """The units that may read the fact's record, when it was recorded (F)."""
    if fact.event.row is Row.STAFF_BLOCK:
        return set(owners)
    units = {*owners, *addressees, state.standing.coordinator}
    parts, person = fact.sealed - fact.disposed, fact.event.subject()
    if parts and person is not None:
        units |= {
            grant.holder
            for grant in _in_force(state, fact, person)
            if grant.kind is GrantKind.DISCLOSURE and grant.owner == fact.act.by.unit and parts & _opened_by(grant)
        }
    return units & state.units.keys()


def _noticing(state: Members, fact: Fact) -> set[UnitId]:
    """The units that may know by a grant that something is there, and no more (F, first row)."""
    if fact.event.existence is None:
        return set()
    return {grant.holder for grant in _in_force(state, fact, fact.event.subject())} & state.units.keys()


def _in_force(state: Members, fact: Fact, person: Ref | None) -> Iterator[Grant]:
    """The grants that counted when the fact was recorded, around its person; around anyone, if it is about nobody."""
    for grant in state.standing.grants:
        around = person is None or grant.subject == person.hex
        if around and not grant.spoken and grant.in_force(fact.committed):
            yield grant


def _opened_by(grant: Grant) -> frozenset[Compartment]:
    """C4: whereabouts are opened only by a disclosure that names nothing else."""
    if grant.compartments == {Compartment.WHEREABOUTS}:
        return grant.compartments
    return grant.compartments - {Compartment.WHEREABOUTS}


def _wait(state: Members, fact: Fact, owners: frozenset[UnitId], seeing: set[UnitId]) -> None:
    """What begins to wait for a unit by this fact, and what waits no more: the unit acted itself, or it ended."""
    event = fact.event
    if fact.kind is Kind.CASE or isinstance(event, consultation.AdviceGiven | consultation.PassedOn):
        _settle(state, owners)
    if isinstance(event, consultation.Closed):
        _settle(state, seeing)
    if isinstance(event, consultation.Reopened | consultation.ContactedAgain):
        _settle(state, event.addressees())
    if isinstance(event, case.AssignmentEnded | case.DisclosureEnded | case.ConsentWithdrawn):
        for grant in state.standing.grants:
            if grant.ended and grant.id is not None:
                state.waits.pop(grant.id, None)
    begins = _begins(state, fact)
    if begins is not None and (fact.kind is not Kind.CASE or begins.unit not in owners):
        state.waits[fact.act.id] = begins


def _begins(state: Members, fact: Fact) -> Wait | None:
    event = fact.event
    match event:
        case consultation.Requested(asked_of=unit) | consultation.PassedOn(to=unit):
            return Wait(unit, "consultation", fact.position, fact.committed)
        case consultation.Reopened(to=unit) | consultation.ContactedAgain(to=unit) if unit in state.asked:
            return Wait(unit, "consultation", fact.position, fact.committed)
        case case.Assigned(unit=unit, start=start, until=until):
            return Wait(unit, "assignment", fact.position, max(fact.committed, start), start, until)
        case case.Disclosed(receiver=unit, start=start, until=until, spoken=False):
            return Wait(unit, "disclosure", fact.position, max(fact.committed, start), start, until)
        case case.NoteExpedited(receiver=unit):
            return Wait(unit, "memo", fact.position, fact.committed)
        case _:
            return None


def _settle(state: Members, units: frozenset[UnitId] | set[UnitId]) -> None:
    state.waits = {act: wait for act, wait in state.waits.items() if wait.unit not in units}
