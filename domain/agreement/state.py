"""Agreement, what it can be; and the directory of units that the agreements of a day make together."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from domain.act import Fact
from domain.agreement.events import Amended, Concluded, Ended, MeetingRule, Party, TimeLimit
from domain.growing import with_item
from domain.time import day_of
from domain.vocabulary import AgencyId, AgencyKind, Instant, Kind, MeetingKind, Purpose, Ref, Role, UnitId


class Agreement(Struct, frozen=True):
    """One agreement and its amendments, in the order of the log; empty where nothing of it may be known."""

    concluded: Concluded | None = None
    amendments: Sequence[Amended] = ()
    last: date | None = None
    """The last day, by its own term or as ended later."""

    def in_force(self, day: date) -> bool:
        if self.concluded is None or day < self.concluded.first:
            return False
        return self.last is None or day <= self.last

    def parties(self, day: date) -> dict[AgencyId, Party]:
        """The parties of that day: an amendment replaces what it names."""
        if self.concluded is None:
            return {}
        found = {party.id: party for party in self.concluded.parties}
        for change in self._until(day):
            found.update({party.id: party for party in change.parties})
            for agency in change.left:
                found.pop(agency, None)
        return found

    def limits(self, day: date) -> dict[str, int]:
        """Hours by what is limited, on that day (D8)."""
        changes: list[tuple[TimeLimit, ...]] = [self.concluded.limits] if self.concluded else []
        changes += [change.limits for change in self._until(day)]
        return {limit.what: limit.hours for limits in changes for limit in limits}

    def meetings(self, day: date) -> dict[MeetingKind, MeetingRule]:
        """What is asked of each kind of meeting on that day (B3)."""
        stated = [self.concluded.meetings] if self.concluded else []
        stated += [change.meetings for change in self._until(day)]
        return {rule.meeting: rule for rules in stated for rule in rules}

    def ever_named(self) -> frozenset[UnitId]:
        """All units that it has named, from its beginning to its last amendment."""
        stated = [self.concluded.parties] if self.concluded else []
        stated += [change.parties for change in self.amendments]
        return frozenset(unit.id for parties in stated for party in parties for unit in party.units)

    def _until(self, day: date) -> Iterable[Amended]:
        return (change for change in self.amendments if change.first <= day)


INITIAL = Agreement()


def evolve(state: Agreement, fact: Fact) -> Agreement:
    """Fold one fact of one agreement."""
    match fact.event:
        case Concluded() as concluded:
            return replace(state, concluded=concluded, last=concluded.last)
        case Amended() as amended:
            return replace(state, amendments=with_item(state.amendments, amended))
        case Ended(last=last):
            return replace(state, last=last)
    return state


class UnitEntry(Struct, frozen=True, kw_only=True):
    """A unit as the agreements in force on a day know it."""

    id: UnitId
    name: str
    agency: AgencyId
    agency_name: str
    kind: AgencyKind
    municipality: str | None
    roles: frozenset[Role]
    purposes: frozenset[Purpose]
    keeps_no_record: bool
    counties: frozenset[str]


class Directory:
    """All agreements, as of a day: `directory.at(now).unit(…)`. Several may stand side by side; what they give a
    unit adds up. Asked without a day it refuses, since an entry without a day would outlive its agreement.
    """

    __slots__ = ("_agreements", "_days", "_units", "day")

    def __init__(self, agreements: Mapping[Ref, Agreement] | None = None) -> None:
        self._agreements: dict[Ref, Agreement] = dict(agreements or {})
        self._days: dict[date, Directory] = {}
        self._units: dict[UnitId, UnitEntry] | None = None
        self.day: date | None = None

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> Self:
        """The directory that these facts make; those of other kinds are passed over."""
        agreements: dict[Ref, Agreement] = {}
        for fact in facts:
            if fact.kind is Kind.AGREEMENT:
                agreements[fact.stream] = evolve(agreements.get(fact.stream, INITIAL), fact)
        return cls(agreements)

    def following(self, fact: Fact) -> "Directory":
        """The directory after one more fact, without a day."""
        if fact.kind is not Kind.AGREEMENT:
            return Directory(self._agreements)
        folded = evolve(self._agreements.get(fact.stream, INITIAL), fact)
        return Directory({**self._agreements, fact.stream: folded})

    def at(self, instant: Instant) -> "Directory":
        """The directory of the Stockholm day of that instant."""
        day = day_of(instant)
        if self.day == day:
            return self
        known = self._days.get(day)
        if known is None:
            known = Directory(self._agreements)
            known.day = day
            known._units = {}
            for agreement in known.agreements():
                _enter(known._units, agreement, day)
            if len(self._days) >= 64:
                self._days.clear()
            self._days[day] = known
        return known

    def unit(self, unit: UnitId) -> UnitEntry | None:
        """The unit as agreed on that day; None if no agreement in force names it (B1)."""
        return self._known().get(unit)

    def units(self) -> tuple[UnitEntry, ...]:
        """All units of that day, by id."""
        return tuple(sorted(self._known().values(), key=lambda entry: entry.id))

    def ever_named(self, unit: UnitId) -> bool:
        """Whether an agreement names the unit, or one did, whatever the day."""
        return any(unit in agreement.ever_named() for agreement in self._agreements.values())

    def agreements(self) -> tuple[Agreement, ...]:
        """The agreements in force on that day, in a stable order."""
        ordered = sorted(self._agreements.items(), key=lambda item: item[0].hex)
        return tuple(agreement for _, agreement in ordered if agreement.in_force(self._today()))

    def limit(self, what: str, agency: AgencyId) -> int | None:
        """The shortest time limit, in hours, that an agreement of that agency sets; None if none does (B3, D8)."""
        day = self._today()
        hours = [
            limits[what]
            for agreement in self.agreements()
            if agency in agreement.parties(day) and what in (limits := agreement.limits(day))
        ]
        return min(hours, default=None)

    def meeting_rule(self, meeting: MeetingKind, agency: AgencyId) -> MeetingRule:
        """What the agreements of that agency together ask of such a meeting; nothing if none does (B3, D4)."""
        day = self._today()
        rules = [
            rule
            for agreement in self.agreements()
            if agency in agreement.parties(day) and (rule := agreement.meetings(day).get(meeting)) is not None
        ]
        required = frozenset(kind for rule in rules for kind in rule.required)
        return MeetingRule(meeting=meeting, required=required, quorum=max((rule.quorum for rule in rules), default=0))

    def responsible_bodies(self) -> frozenset[AgencyId]:
        """The bodies responsible for the resource centres' own records (B3)."""
        return frozenset(found.concluded.responsible_body for found in self.agreements() if found.concluded)

    def _today(self) -> date:
        if self.day is None:
            raise RuntimeError("a directory is asked as of a day: directory.at(now)")
        return self.day

    def _known(self) -> dict[UnitId, UnitEntry]:
        self._today()
        return self._units or {}


def _enter(units: dict[UnitId, UnitEntry], agreement: Agreement, day: date) -> None:
    counties = frozenset({agreement.concluded.county} if agreement.concluded else ())
    for party in agreement.parties(day).values():
        for unit in party.units:
            entry = UnitEntry(
                id=unit.id,
                name=unit.name,
                agency=party.id,
                agency_name=party.name,
                kind=party.kind,
                municipality=party.municipality,
                roles=unit.roles,
                purposes=unit.purposes,
                keeps_no_record=unit.keeps_no_record,
                counties=counties,
            )
            before = units.get(unit.id)
            units[unit.id] = entry if before is None else _together(before, entry)


def _together(one: UnitEntry, other: UnitEntry) -> UnitEntry:
    """A unit that two agreements name: roles and purposes add up; one that keeps no record keeps none (A5)."""
    if one.agency != other.agency:
        return one
    return replace(
        one,
        roles=one.roles | other.roles,
        purposes=one.purposes | other.purposes,
        keeps_no_record=one.keeps_no_record or other.keeps_no_record,
        counties=one.counties | other.counties,
    )
