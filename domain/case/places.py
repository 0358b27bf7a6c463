"""Where things are, and which municipality is responsible (D10, D11); and what came of it all (D13).

Four places are not one. Where they are, which of the four is meant and in which municipality are whereabouts, all of
them sealed (C4): an act only shows that a place was recorded. Who is responsible is a unit that takes part.
"""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, ClassVar, Final, TypeAlias

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from domain.act import Fact
from domain.case.desk import CaseContext
from domain.case.risk import CircumstancesChanged
from domain.case.state import Case, Transfer, person_of, with_person
from domain.command import Command
from domain.errors import Caution, NotThere, Refusal
from domain.event import Coordination, Event, Social, Whereabouts, sealed
from domain.growing import with_entry
from domain.vocabulary import (
    AgencyKind,
    Compartment,
    Kind,
    Place,
    PlacementEnd,
    Protected,
    Ref,
    TableRow,
    UnitId,
)

# What is sealed: which place, how it ended, and the municipality's official code.

_HIDDEN = sealed(Compartment.WHEREABOUTS)
WhichPlace: TypeAlias = Annotated[Place | UnsetType | None, _HIDDEN]
HowItEnded: TypeAlias = Annotated[PlacementEnd | UnsetType | None, _HIDDEN]
Municipality: TypeAlias = Annotated[Annotated[str, Meta(pattern=r"^[0-9]{4}$")] | UnsetType | None, _HIDDEN]


# What happened.


class PlaceRecorded(Event, frozen=True, kw_only=True):
    """Where the person lives, where the crime was, where help is sought or where they are placed (D10); all sealed."""

    name: ClassVar = "case.place_recorded"
    person: Ref
    place: WhichPlace = UNSET
    municipality: Municipality = UNSET
    where: Whereabouts = UNSET


class PlaceLeft(Event, frozen=True, kw_only=True):
    """A place holds no more; of a placement, how it ended (D11). All of it is sealed."""

    name: ClassVar = "case.place_left"
    person: Ref
    place: WhichPlace = UNSET
    how: HowItEnded = UNSET
    where: Whereabouts = UNSET


class ResponsibilityTaken(Event, frozen=True, kw_only=True):
    """The acting unit's municipality is responsible for the person (D10)."""

    name: ClassVar = "case.responsibility_taken"
    row: ClassVar = TableRow.PARTICIPATION
    person: Ref


class TransferOffered(Event, frozen=True, kw_only=True):
    """The responsible unit asks another to take over; it stays responsible until that is accepted (D10)."""

    name: ClassVar = "case.transfer_offered"
    row: ClassVar = TableRow.PARTICIPATION
    person: Ref
    to: UnitId
    reason: Coordination = UNSET

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.to})


class _TransferAnswered(Event, frozen=True, kw_only=True):
    row: ClassVar = TableRow.PARTICIPATION
    transfer: Ref
    person: Ref
    to: UnitId

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.to})


class TransferAccepted(_TransferAnswered, frozen=True, kw_only=True):
    """The acting unit is responsible from now on; the one before it no more (D10)."""

    name: ClassVar = "case.transfer_accepted"


class TransferDeclined(_TransferAnswered, frozen=True, kw_only=True):
    """The acting unit does not take over; who offered stays responsible (D10)."""

    name: ClassVar = "case.transfer_declined"
    reason: Coordination = UNSET


class TransferWithdrawn(_TransferAnswered, frozen=True, kw_only=True):
    """Who offered asks no more, and may ask another (D10)."""

    name: ClassVar = "case.transfer_withdrawn"


class OutcomeRecorded(Event, frozen=True, kw_only=True):
    """Whether the person got protection, as far as the acting unit knows (D13); a later answer follows."""

    name: ClassVar = "case.outcome_recorded"
    person: Ref
    protected: Protected
    how: Social = UNSET


EVENTS: tuple[type[Event], ...] = (
    PlaceRecorded,
    PlaceLeft,
    ResponsibilityTaken,
    TransferOffered,
    TransferAccepted,
    TransferDeclined,
    TransferWithdrawn,
    OutcomeRecorded,
)


# What may be asked for.


class _AboutPerson(Command, frozen=True, kw_only=True):
    kind: ClassVar = Kind.CASE
    person: Ref


class RecordPlace(_AboutPerson, frozen=True, kw_only=True):
    """Record one of the four places."""

    name: ClassVar = "case.record_place"
    place: WhichPlace
    municipality: Municipality = None
    where: Whereabouts = None


class LeavePlace(_AboutPerson, frozen=True, kw_only=True):
    """Record that a place holds no more; of a placement, how it ended. A compromised one asks for a new assessment."""

    name: ClassVar = "case.leave_place"
    acute: ClassVar = True
    place: WhichPlace
    how: HowItEnded = None
    where: Whereabouts = None


class TakeResponsibility(_AboutPerson, frozen=True, kw_only=True):
    """Record that this unit's municipality is responsible."""

    name: ClassVar = "case.take_responsibility"


class OfferTransfer(_AboutPerson, frozen=True, kw_only=True):
    """Ask another municipality to take over."""

    name: ClassVar = "case.offer_transfer"
    to: UnitId
    reason: Coordination = None


class AcceptTransfer(Command, frozen=True, kw_only=True):
    """Take over the responsibility that was offered."""

    name: ClassVar = "case.accept_transfer"
    kind: ClassVar = Kind.CASE
    transfer: Ref


class DeclineTransfer(Command, frozen=True, kw_only=True):
    """Say why this unit does not take over."""

    name: ClassVar = "case.decline_transfer"
    kind: ClassVar = Kind.CASE
    transfer: Ref
    reason: Coordination


class WithdrawTransfer(Command, frozen=True, kw_only=True):
    """Ask no more for a transfer that nobody has answered."""

    name: ClassVar = "case.withdraw_transfer"
    kind: ClassVar = Kind.CASE
    transfer: Ref


class RecordOutcome(_AboutPerson, frozen=True, kw_only=True):
    """Answer whether the person got protection."""

    name: ClassVar = "case.record_outcome"
    protected: Protected
    how: Social = None


COMMANDS: tuple[type[Command], ...] = (
    RecordPlace,
    LeavePlace,
    TakeResponsibility,
    OfferTransfer,
    AcceptTransfer,
    DeclineTransfer,
    WithdrawTransfer,
    RecordOutcome,
)


# What follows.


def _record_place(desk: CaseContext, command: RecordPlace) -> Iterator[Event]:
    person = desk.works_about(command.person)
    if not command.place:
        raise Refusal("D10", "it is said which of the four places it is", remedy="name the place")
    if not command.municipality and not command.where:
        raise Refusal("D10", "a place is somewhere", remedy="give the municipality or the place itself")
    if person.protection is not None and command.where and desk.act.because is None:
        raise Caution(
            "C11",
            "the identity is protected, and an address is stored only if a step needs it",
            remedy="give the municipality alone, or say why the address is stored",
        )
    yield PlaceRecorded(
        person=command.person,
        place=command.place,
        municipality=command.municipality or UNSET,
        where=command.where or UNSET,
    )


def _leave_place(desk: CaseContext, command: LeavePlace) -> Iterator[Event]:
    desk.works_about(command.person)
    if not command.place:
        raise Refusal("D10", "it is said which of the four places it is", remedy="name the place")
    if bool(command.how) != (command.place is Place.PLACEMENT):
        raise Refusal(
            "D11",
            "a placement ends in one of four ways, and only a placement does",
            remedy="say how the placement ended, or leave it out for another place",
        )
    yield PlaceLeft(person=command.person, place=command.place, how=command.how or UNSET, where=command.where or UNSET)
    if command.how is PlacementEnd.COMPROMISED:
        # D11: at once; that it was a placement is not told by it (C4).
        yield CircumstancesChanged(person=command.person, at_once=True)


def _take_responsibility(desk: CaseContext, command: TakeResponsibility) -> Iterator[Event]:
    desk.works_about(command.person)
    _social_services(desk, desk.unit)
    holder = desk.state.responsible.get(command.person)
    if holder == desk.unit:
        raise Refusal("D10", "this unit is responsible already", remedy="nothing more is needed")
    if holder is not None:
        raise Refusal(
            "D10", "another municipality is responsible until a transfer is accepted", remedy="ask it for a transfer"
        )
    yield ResponsibilityTaken(person=command.person)


def _social_services(desk: CaseContext, unit: UnitId) -> None:
    """D10: a municipality answers by its social services; one from outside the agreements is a guest (B1)."""
    entry = desk.directory.unit(unit)
    if entry is not None and entry.kind is not AgencyKind.SOCIAL_SERVICES:
        raise Refusal("D10", "a municipality is responsible by its social services", remedy="let that unit do it")


def _offer_transfer(desk: CaseContext, command: OfferTransfer) -> Iterator[Event]:
    desk.works_about(command.person)
    if desk.state.responsible.get(command.person) != desk.unit:
        raise Refusal("D10", "only the responsible municipality offers a transfer", remedy="take responsibility first")
    if command.to == desk.unit:
        raise Refusal("D10", "a transfer is to another unit", remedy="name the unit that is to take over")
    if any(entry.person == command.person and entry.accepted is None for entry in desk.state.transfers.values()):
        # D10: two who accept would both be responsible.
        raise Refusal(
            "D10", "a transfer of this person is offered already", remedy="wait for the answer or withdraw it"
        )
    _social_services(desk, command.to)
    desk.can_be_asked(command.to, command.person)
    yield TransferOffered(person=command.person, to=command.to, reason=command.reason or UNSET)


def _accept_transfer(desk: CaseContext, command: AcceptTransfer) -> Iterator[Event]:
    transfer = _asked(desk, command.transfer)
    yield TransferAccepted(transfer=transfer.id, person=transfer.person, to=transfer.by)


def _decline_transfer(desk: CaseContext, command: DeclineTransfer) -> Iterator[Event]:
    transfer = _asked(desk, command.transfer)
    if not command.reason:
        raise Refusal("D10", "a transfer is declined with a reason", remedy="say why")
    yield TransferDeclined(transfer=transfer.id, person=transfer.person, to=transfer.by, reason=command.reason)


def _withdraw_transfer(desk: CaseContext, command: WithdrawTransfer) -> Iterator[Event]:
    transfer = _open(desk, command.transfer)
    if transfer.by != desk.unit:
        raise Refusal("D10", "the unit that offered it withdraws it", remedy="decline it, if it was offered to you")
    yield TransferWithdrawn(transfer=transfer.id, person=transfer.person, to=transfer.to)


def _asked(desk: CaseContext, ref: Ref) -> Transfer:
    transfer = _open(desk, ref)
    if transfer.to != desk.unit:
        raise Refusal("D10", "the unit that is to take over answers", remedy="ask that unit")
    return transfer


def _open(desk: CaseContext, ref: Ref) -> Transfer:
    transfer = desk.state.transfers.get(ref)
    if transfer is None:
        raise NotThere
    desk.still_open()
    if transfer.accepted is not None:
        raise Refusal("D10", "the transfer is answered already", remedy="have it offered again")
    return transfer


def _record_outcome(desk: CaseContext, command: RecordOutcome) -> Iterator[Event]:
    # D9, D13: what came of it is often known only after the case was closed.
    desk.person(command.person)
    if not desk.takes_part(command.person):
        raise Refusal("C1", "this unit has no assignment in force for this purpose", remedy="ask the coordinator")
    yield OutcomeRecorded(person=command.person, protected=command.protected, how=command.how or UNSET)


DECIDERS: Final[dict[type[Command], Callable[[CaseContext, Any], Iterator[Event]]]] = {
    RecordPlace: _record_place,
    LeavePlace: _leave_place,
    TakeResponsibility: _take_responsibility,
    OfferTransfer: _offer_transfer,
    AcceptTransfer: _accept_transfer,
    DeclineTransfer: _decline_transfer,
    WithdrawTransfer: _withdraw_transfer,
    RecordOutcome: _record_outcome,
}


def evolve(state: Case, fact: Fact) -> Case:
    """What each of these facts makes of the case."""
    unit = fact.act.by.unit
    match fact.event:
        case PlaceRecorded(person=ref) | PlaceLeft(person=ref):
            return with_person(state, person_of(state, ref))
        case ResponsibilityTaken(person=ref):
            return _responsible(with_person(state, person_of(state, ref)), ref, unit)
        case TransferOffered(person=ref, to=to):
            offered = Transfer(id=fact.act.id, person=ref, by=unit, to=to, offered=fact.act.now)
            known = with_person(state, person_of(state, ref))
            return replace(
                known,
                # D10: who offers is responsible until the other accepts.
                responsible=with_entry(state.responsible, ref, unit),
                transfers=with_entry(state.transfers, offered.id, offered),
            )
        case TransferAccepted(transfer=ref, person=person):
            known = with_person(state, person_of(state, person))
            return _responsible(_answered(known, ref, accepted=True), person, unit)
        case TransferDeclined(transfer=ref) | TransferWithdrawn(transfer=ref):
            return _answered(state, ref, accepted=False)
        case OutcomeRecorded(person=ref, protected=protected):
            return with_person(state, replace(person_of(state, ref), protected=protected))
    return state


def _responsible(state: Case, person: Ref, unit: UnitId) -> Case:
    return replace(state, responsible=with_entry(state.responsible, person, unit))


def _answered(state: Case, ref: Ref, *, accepted: bool) -> Case:
    transfer = state.transfers.get(ref)
    if transfer is None:
        return state
    return replace(state, transfers=with_entry(state.transfers, ref, replace(transfer, accepted=accepted)))


def unanswered(state: Case) -> tuple[Ref, ...]:
    """The persons of whom it is not recorded whether they got protection: to be asked when a case is closed (D13)."""
    return tuple(person.id for person in state.persons.values() if person.protected is None)
