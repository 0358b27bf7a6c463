"""How everyone stands to a case, a consultation, a referral or a report: who was assigned, to whom what was disclosed,
who is kept out.

Folded from the full history, on the hub's side: what one may see decides nothing here, what is said here decides what
one may see.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Self

import msgspec

from domain.act import Fact, Principal
from domain.case import events as case
from domain.case.mandates import MandateEnded, MandateGiven
from domain.case.places import PlaceLeft
from domain.case.risk import CircumstancesChanged
from domain.consultation import events as consultation
from domain.event import Audience, Event
from domain.identifiers import normal_form
from domain.meeting import events as meeting
from domain.needtoknow.model import Grant, GrantKind
from domain.referral import events as referral
from domain.report import events as report
from domain.vocabulary import Compartment, Instant, Ref, Role, StaffId, TableRow, UnitId


def decides_access(event: type[Event]) -> bool:
    """Whether such an act gives or ends access, blocks, or names keys: it is never left out of what is folded."""
    return event in _FOLDS or "keys" in event.__struct_fields__


class Standing:
    """The fold of one stream, fact by fact. A fact that does not concern it changes nothing."""

    __slots__ = (
        "_blocks",
        "_grants",
        "_leads",
        "_mandates",
        "_parties",
        "_passed_on_to",
        "_places_left",
        "callers",
        "case",
        "coordinator",
        "unknown",
    )

    def __init__(self) -> None:
        self.unknown = False
        """Whether an act that says how somebody stands could not be folded. Then nobody stands in any way to it, and
        each unit is left with its own acts; who is kept out stays so."""
        self.coordinator = UnitId("")
        self.case: Ref | None = None
        """The case that a referral, a report or a meeting belongs to: who is kept from that is kept from this (C9)."""
        self.callers = frozenset[str]()
        self._grants: dict[Ref, Grant] = {}
        self._blocks: dict[Ref, tuple[StaffId, UnitId]] = {}
        self._mandates: dict[Ref, MandateGiven] = {}
        self._passed_on_to: frozenset[UnitId] = frozenset()
        self._places_left: set[Ref] = set()
        self._leads: frozenset[UnitId] = frozenset()
        self._parties: frozenset[UnitId] = frozenset()

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> Self:
        """How everyone stands after those facts."""
        standing = cls()
        for fact in facts:
            standing.add(fact)
        return standing

    def add(self, fact: Fact) -> None:
        """Fold the next fact."""
        fold = _FOLDS.get(type(fact.event))
        if fold is None or (self.unknown and type(fact.event) not in _BLOCKING):
            return
        try:
            fold(self, fact, fact.event)
        except Exception:  # noqa: BLE001 - these folds cannot fail, as a test holds; if one does, nobody is let in by it
            self._close(fact)

    def _close(self, fact: Fact) -> None:
        """Forget how everyone stands, but for who is kept out."""
        self.unknown = True
        self.coordinator, self.callers, self._grants, self._mandates = UnitId(""), frozenset(), {}, {}
        self._passed_on_to = self._leads = self._parties = frozenset()
        if isinstance(fact.event, case.StaffBlocked | meeting.StaffBlocked):
            self._blocks[fact.act.id] = (fact.event.staff, fact.act.by.unit)

    @property
    def grants(self) -> tuple[Grant, ...]:
        """Every grant that was ever given, in the order in which they were given."""
        return tuple(self._grants.values())

    def held_by(self, unit: UnitId) -> tuple[Grant, ...]:
        """The grants of one unit: no unit looks on another's (B5)."""
        return tuple(grant for grant in self._grants.values() if grant.holder == unit)

    @property
    def blocked(self) -> frozenset[StaffId]:
        """The members of staff who are kept from it, in normal form (C9)."""
        return frozenset(staff for staff, _ in self._blocks.values())

    @property
    def blocks(self) -> Mapping[Ref, tuple[StaffId, UnitId]]:
        """The blocks in force: who is kept out, and the unit that set it, by the block's id (C9)."""
        return dict(self._blocks)

    @property
    def passed_on_to(self) -> frozenset[UnitId]:
        """The units to which the consultation was passed on: what is said in it is addressed to them, too (D1)."""
        return self._passed_on_to

    def has_mandate(self, auditor: Principal, now: Instant) -> bool:
        """Whether that auditor may be told now which parts the acts of the case have (R10)."""
        person = normal_form(auditor.person)
        return auditor.role in (Role.AUDITOR, Role.REGIONAL_AUDITOR) and any(
            (normal_form(given.auditor), normal_form(given.agency)) == (person, normal_form(auditor.agency))
            and given.start <= now < given.until
            for given in self._mandates.values()
        )

    def row_of(self, fact: Fact) -> Compartment | TableRow:
        """The row of table F that governs who may read the record of the act. That a placement was compromised is
        whereabouts (C4): so is the assessment that it asks for (D11), which stands beside it under one act."""
        if isinstance(fact.event, CircumstancesChanged) and fact.act.id in self._places_left:
            return Compartment.WHEREABOUTS
        return fact.event.row

    def audience(self, who: Audience | None) -> frozenset[UnitId]:
        """To whom an act within a meeting is addressed without naming them: who leads it, or all its parties (F)."""
        match who:
            case Audience.LEADS:
                return self._leads
            case Audience.PARTIES:
                return self._leads | self._parties
        return frozenset()

    def _opened(self, _: Fact, event: case.Opened) -> None:
        self.coordinator = event.coordinator

    def _assigned(self, fact: Fact, event: case.Assigned) -> None:
        self._grants[fact.act.id] = Grant(
            kind=GrantKind.ASSIGNMENT,
            id=fact.act.id,
            holder=event.unit,
            subject=event.person.hex,
            purpose=event.purpose,
            start=event.start,
            until=event.until,
            role=event.role,
            mandate=event.mandate,
        )

    def _disclosed(self, fact: Fact, event: case.Disclosed) -> None:
        self._grants[fact.act.id] = Grant(
            kind=GrantKind.DISCLOSURE,
            id=fact.act.id,
            holder=event.receiver,
            subject=event.person.hex,
            owner=fact.act.by.unit,
            compartments=event.compartments,
            purpose=event.purpose,
            start=event.start,
            until=event.until,
            spoken=event.spoken,
            consent=event.consent,
        )

    def _ended(self, _: Fact, event: case.AssignmentEnded | case.DisclosureEnded) -> None:
        grant = self._grants.get(event.grant)
        if grant is not None:
            self._grants[event.grant] = msgspec.structs.replace(grant, ended=True)

    def _withdrawn(self, fact: Fact, event: case.ConsentWithdrawn) -> None:
        # C2: who withdraws may not see every disclosure that rests on the consent; none of them outlives it.
        # R4: what is over already, or was only said, does not end again: its receiver would find the withdrawal by it.
        for id, grant in self._grants.items():
            if grant.consent == event.consent and not grant.spoken and grant.until > fact.committed:
                self._grants[id] = msgspec.structs.replace(grant, ended=True)

    def _blocked(self, fact: Fact, event: case.StaffBlocked | meeting.StaffBlocked) -> None:
        if name := normal_form(event.staff):  # what an older version took for a name may show nothing: nobody's name
            self._blocks[fact.act.id] = (StaffId(name), fact.act.by.unit)

    def _unblocked(self, _: Fact, event: case.StaffBlockLifted | meeting.StaffBlockLifted) -> None:
        self._blocks.pop(event.block, None)

    def _mandated(self, fact: Fact, event: MandateGiven) -> None:
        self._mandates[fact.act.id] = event

    def _mandate_ended(self, _: Fact, event: MandateEnded) -> None:
        self._mandates.pop(event.mandate, None)

    def _place_left(self, fact: Fact, _: PlaceLeft) -> None:
        self._places_left.add(fact.act.id)

    def _from_a_case(self, _: Fact, event: referral.Proposed | report.Considered) -> None:
        # F: the coordinator of that case. Whom a referral was redirected to is no part of it until it is sent there.
        self.case = event.case
        self.coordinator = event.coordinator or UnitId("")

    def _key_issued(self, _: Fact, event: consultation.KeyIssued) -> None:
        self.callers |= {event.tag}

    def _passed_on(self, _: Fact, event: consultation.PassedOn) -> None:
        self._passed_on_to |= {event.to}

    def _met(self, fact: Fact, event: meeting.Requested) -> None:
        self.case = event.case
        self._leads |= {fact.act.by.unit, *event.addressees()}
        if event.coordinator is not None:
            self.coordinator = event.coordinator

    def _joined(self, fact: Fact, _: meeting.InvitationAccepted) -> None:
        self._parties |= {fact.act.by.unit}

    def _left(self, fact: Fact, _: meeting.InvitationDeclined) -> None:
        self._parties -= {fact.act.by.unit}

    def _attended(self, _: Fact, event: meeting.Held) -> None:
        self._parties |= {attendee.unit for attendee in event.attended}


_FOLDS: Final[Mapping[type[Event], Callable[[Standing, Fact, Any], None]]] = {
    case.Opened: Standing._opened,
    case.Assigned: Standing._assigned,
    case.AssignmentEnded: Standing._ended,
    case.Disclosed: Standing._disclosed,
    case.DisclosureEnded: Standing._ended,
    case.ConsentWithdrawn: Standing._withdrawn,
    case.StaffBlocked: Standing._blocked,
    case.StaffBlockLifted: Standing._unblocked,
    MandateGiven: Standing._mandated,
    MandateEnded: Standing._mandate_ended,
    PlaceLeft: Standing._place_left,
    consultation.KeyIssued: Standing._key_issued,
    consultation.PassedOn: Standing._passed_on,
    referral.Proposed: Standing._from_a_case,
    report.Considered: Standing._from_a_case,
    meeting.Requested: Standing._met,
    meeting.InvitationAccepted: Standing._joined,
    meeting.InvitationDeclined: Standing._left,
    meeting.Held: Standing._attended,
    meeting.StaffBlocked: Standing._blocked,
    meeting.StaffBlockLifted: Standing._unblocked,
}
_BLOCKING: Final = frozenset({case.StaffBlocked, case.StaffBlockLifted, meeting.StaffBlocked, meeting.StaffBlockLifted})
