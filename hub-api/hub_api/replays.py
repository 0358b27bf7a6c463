"""In a replay as a unit: as whom anybody there could have looked, and what they could have opened."""

from collections.abc import Iterable, Sequence

from domain.act import Fact, Principal
from domain.agreement.state import Directory
from domain.case.events import Assigned
from domain.needtoknow.compile import Policy
from domain.needtoknow.visible import visible
from domain.vocabulary import AgencyId, Compartment, Instant, Purpose, Ref, Role, StaffId, UnitId

NO_CONTENT = frozenset[Compartment]()
_AUDITORS = frozenset({Role.AUDITOR, Role.REGIONAL_AUDITOR})


def readers_of(unit: UnitId, then: Directory, seen: Iterable[Fact]) -> tuple[Principal, ...] | None:
    """Each role and purpose in which the unit could read by agreement, or as a guest by what is seen of the case (B1);
    None where there was no such unit."""
    entry = then.unit(unit)
    if entry is None:
        guest = sorted(_as_guest(unit, seen))
        return tuple(_reader(AgencyId(""), unit, role, purpose) for role, purpose in guest) or None
    roles = sorted(entry.roles - _AUDITORS)
    return tuple(_reader(entry.agency, unit, role, purpose) for purpose in sorted(entry.purposes) for role in roles)


def _as_guest(unit: UnitId, seen: Iterable[Fact]) -> set[tuple[Role, Purpose]]:
    acts = (fact.event for fact in seen)
    return {(act.role, act.purpose) for act in acts if isinstance(act, Assigned) and act.guest and act.unit == unit}


def _reader(agency: AgencyId, unit: UnitId, role: Role, purpose: Purpose) -> Principal:
    return Principal(person=StaffId(""), agency=agency, unit=unit, role=role, purpose=purpose, assurance=3)


def could_open(
    policy: Policy, readers: Iterable[Principal], known: Sequence[Fact], then: Instant, shown: Iterable[Fact]
) -> dict[Ref, frozenset[Compartment]]:
    """Of the acts shown, the parts that one of those readers could open at that time."""
    could: dict[Ref, frozenset[Compartment]] = {}
    for reader in readers:
        for act in visible(policy, reader, known, then).facts:
            could[act.fact.id] = could.get(act.fact.id, NO_CONTENT) | act.allowed | {Compartment.RECORD}
    ids = {fact.id for fact in shown}
    return {id: parts for id, parts in could.items() if id in ids}
