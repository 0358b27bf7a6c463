"""In a replay as a unit: as whom anybody there could have looked, what they could have opened, and what they opened.

By a mandate for that case an auditor is told which parts an act has; whereabouts and their kin are merged into
`narrow`, which stands on every act (R10, C4). Without one, all that is sealed is merged into `sealed`, which stands on
every act as well. Neither word tells whether there is such a part, nor is told what such a part alone lets be known.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from domain.act import Fact, Principal
from domain.agreement.state import Directory
from domain.case.events import Assigned
from domain.needtoknow.compile import Policy
from domain.needtoknow.standing import Standing
from domain.needtoknow.visible import visible
from domain.vocabulary import AgencyId, Compartment, Instant, Purpose, Ref, Role, StaffId, UnitId
from hub_api.access.seen import OpenedBy
from projections.trail import LookRow

NO_CONTENT = frozenset[Compartment]()
NARROW: Final = "narrow"
SEALED: Final = "sealed"
KIN: Final = frozenset(
    {Compartment.WHEREABOUTS, Compartment.CONTACT, Compartment.RISK_ASSESSMENT, Compartment.WORKING_NOTE}
)
"""Where somebody is and how they are reached, and what never leaves its unit (C3, C4, C6, C11)."""
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


class Naming(Struct, frozen=True):
    """Which parts are named to whoever replays, and the word for all others, which stands on every act."""

    word: str
    merged: frozenset[Compartment]

    def known(self, fact: Fact) -> Fact:
        """The act as if it had no part among those that are merged."""
        parts = self.merged
        return replace(fact, sealed=fact.sealed - parts, shown=fact.shown - parts, disposed=fact.disposed - parts)


BY_MANDATE: Final = Naming(NARROW, KIN)
WITHOUT_MANDATE: Final = Naming(SEALED, frozenset(Compartment) - {Compartment.RECORD})


def could_open(
    naming: Naming,
    policy: Policy,
    readers: Iterable[Principal],
    known: Sequence[Fact],
    then: Instant,
    shown: Iterable[Fact],
) -> dict[Ref, frozenset[str]]:
    """Of the acts shown, the parts that one of those readers could open at that time, as far as they are named."""
    could: dict[Ref, frozenset[str]] = {}
    facts = [naming.known(fact) for fact in known]
    for reader in readers:
        for act in visible(policy, reader, facts, then).facts:
            could[act.fact.id] = could.get(act.fact.id, NO_CONTENT) | act.allowed | {Compartment.RECORD}
    return {fact.id: could.get(fact.id, NO_CONTENT) | {naming.word} for fact in shown}


class OpenedInLooks:
    """What a unit was in fact shown of the acts of one stream, look by look."""

    def __init__(self, naming: Naming, history: Sequence[Fact], policy_at: Callable[[Instant], Policy]) -> None:
        self._naming = naming
        self._history = [naming.known(fact) for fact in history]
        self._policy_at = policy_at
        self._bounds = sorted({bound for grant in Standing.of(history).grants for bound in (grant.start, grant.until)})
        self._known: dict[object, dict[int, frozenset[Compartment]]] = {}
        self._opened: dict[int, frozenset[str]] = {}
        self._by: dict[int, dict[tuple[StaffId, str], OpenedBy]] = {}

    def add(self, row: LookRow, parts: Iterable[tuple[int, frozenset[Compartment]]]) -> None:
        """One look, which showed those parts of the acts of these versions."""
        known = self._knew(row)
        for version, shown in parts:
            told = shown & known.get(version, NO_CONTENT)
            self._opened[version] = self._opened.get(version, NO_CONTENT) | told
            for part in told:
                self._note(version, row, part)

    def of(self, shown: Iterable[Fact]) -> dict[int, frozenset[str]]:
        """By version of the acts shown, what was opened."""
        return {fact.version: self._opened.get(fact.version, NO_CONTENT) | {self._naming.word} for fact in shown}

    def by_whom(self, shown: Iterable[Fact]) -> dict[int, tuple[OpenedBy, ...]]:
        """By version of the acts shown, to whom each part was shown and when. Of the narrow parts nothing is told here:
        a time would say that there are some (R10)."""
        return {fact.version: tuple(self._by.get(fact.version, {}).values()) for fact in shown}

    def _note(self, version: int, row: LookRow, part: str) -> None:
        if row.staff is None:
            return
        by = self._by.setdefault(version, {})
        at, known = row.committed, by.get((row.staff, part))
        by[row.staff, part] = (
            OpenedBy(person=row.staff, part=part, first=at, last=at)
            if known is None
            else replace(known, last=at, times=known.times + 1)
        )

    def _knew(self, row: LookRow) -> dict[int, frozenset[Compartment]]:
        """By version, what whoever looked could know without the merged parts, at the look."""
        if row.unit is None or row.agency is None or row.staff is None or not row.role or not row.purpose:
            return {}
        at, policy = row.committed, self._policy_at(row.committed)
        facts = [fact for fact in self._history if fact.position <= (row.judged_at or 0)]
        asked = (row.staff, row.unit, row.role, row.purpose, len(facts), bisect_right(self._bounds, at), policy.sha256)
        if asked not in self._known:
            who = Principal(
                person=row.staff,
                agency=row.agency,
                unit=row.unit,
                role=Role(row.role),
                purpose=Purpose(row.purpose),
                assurance=3,
            )
            seen = visible(policy, who, facts, at).facts
            self._known[asked] = {act.fact.version: act.allowed | {Compartment.RECORD} for act in seen}
        return self._known[asked]
