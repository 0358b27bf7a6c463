"""Given what happened, when something is asked for, then that follows: how the tests of the domain are told."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from domain.act import Act, Fact, Principal
from domain.aggregates import decide, fold
from domain.agreement.events import Concluded, Party, Unit
from domain.agreement.state import Agreement, Directory
from domain.command import Command
from domain.event import Event, split
from domain.registry import EVENTS
from domain.time import instant_of, parse_instant
from domain.vocabulary import (
    AgencyId,
    AgencyKind,
    Because,
    Channel,
    GroundId,
    Instant,
    Kind,
    Purpose,
    Ref,
    Role,
    StaffId,
    UnitId,
)

__all__ = ["NOW", "Story", "by", "fact_of", "given", "instant_of", "ref"]

NOW: Instant = parse_instant("2026-03-02T09:00:00+01:00")
SECOND: Instant = 1_000_000
DAY: Instant = 86_400 * SECOND

CENTRE = UnitId("centre.team")
SOCIAL = UnitId("linkoping.social.barn")
POLICE = UnitId("polisen.ost.brott")
CARE = UnitId("region.psyk")
SILENT = UnitId("jour.chatt")
"""A service that keeps no personal record (A5)."""
OUTSIDE = UnitId("gavle.social")
"""A unit that no agreement names (B1)."""

ALL_PURPOSES = frozenset(Purpose)
WORKING = frozenset({Role.HANDLER, Role.ADMINISTRATOR})


def _party(unit: UnitId, kind: AgencyKind, roles: frozenset[Role], purposes: frozenset[Purpose]) -> Party:
    agency = AgencyId(unit.rsplit(".", 1)[0])
    entry = Unit(id=unit, name=unit.title(), roles=roles, purposes=purposes, keeps_no_record=unit == SILENT)
    return Party(id=agency, name=agency.title(), kind=kind, units=(entry,))


PARTIES = (
    _party(
        CENTRE,
        AgencyKind.RESOURCE_CENTRE,
        frozenset({Role.COORDINATOR, Role.ADVISER, Role.ADMINISTRATOR, Role.AUDITOR}),
        ALL_PURPOSES,
    ),
    _party(SOCIAL, AgencyKind.SOCIAL_SERVICES, WORKING | {Role.ADVISER}, ALL_PURPOSES - {Purpose.CARE}),
    _party(POLICE, AgencyKind.POLICE, WORKING, ALL_PURPOSES - {Purpose.CARE}),
    _party(CARE, AgencyKind.HEALTH_CARE, WORKING, ALL_PURPOSES),
    _party(SILENT, AgencyKind.SHELTER, WORKING, ALL_PURPOSES),
)
CONCLUDED = Concluded(
    title="Samverkan i Östergötland",
    county="05",
    catchment=frozenset({"0580", "0581"}),
    parties=PARTIES,
    responsible_body=AgencyId("centre"),
    first=date(2026, 1, 1),
    last=date(2026, 12, 31),
)
STREAM = Ref("c" * 32)
DIRECTORY = Directory({Ref("a" * 32): Agreement(concluded=CONCLUDED, last=CONCLUDED.last)})


def ref(number: int) -> Ref:
    """The id of the story's act with that number, counted from 1."""
    return Ref(f"{number:032x}")


def by(
    unit: UnitId,
    *,
    role: Role | None = None,
    purpose: Purpose = Purpose.PROTECTION,
    person: str = "anna",
    ground: str | None = None,
    because: Because | None = None,
    channel: Channel = Channel.HUB,
    now: Instant = NOW,
    id: Ref | None = None,
) -> Act:
    """An act by a person in that unit, now."""
    who = Principal(
        person=StaffId(person),
        agency=AgencyId(unit.rsplit(".", 1)[0]),
        unit=unit,
        role=role or (Role.COORDINATOR if unit == CENTRE else Role.HANDLER),
        purpose=purpose,
        assurance=3,
    )
    basis = GroundId(ground) if ground else None
    at = id or ref(0)
    return Act(id=at, by=who, now=now, happened=now, known=now, channel=channel, ground=basis, because=because)


def fact_of(act: Act, event: Event, position: int) -> Fact:
    kind = Kind(event.name.split(".")[0])
    sealed = frozenset(split(event)) - {next(iter(split(event)))}
    return Fact(
        id=Ref(f"{position:032x}"),
        stream=STREAM,
        kind=kind,
        version=position,
        position=position,
        committed=act.now,
        act=act,
        event=event,
        sealed=sealed,
    )


class Story(Struct, frozen=True):
    """What happened so far; the act with number n made what `ref(n)` calls."""

    facts: tuple[Fact, ...] = ()
    acts: int = 0
    directory: Directory = DIRECTORY

    def when(self, command: Command, act: Act) -> tuple[Event, ...]:
        """The events that would follow; a `Refusal` is raised."""
        state = fold(command.kind, [fact for fact in self.facts if fact.kind is command.kind])
        numbered = replace(act, id=ref(self.acts + 1)) if act.id == ref(0) else act
        return tuple(decide(state, command, numbered, self.directory))

    def then(self, command: Command, act: Act) -> "Story":
        """The story after the command was accepted."""
        numbered = replace(act, id=ref(self.acts + 1)) if act.id == ref(0) else act
        events = self.when(command, numbered)
        start = len(self.facts) + 1
        facts = tuple(fact_of(numbered, event, start + n) for n, event in enumerate(events))
        return replace(self, facts=(*self.facts, *facts), acts=self.acts + 1)

    def without(self, *events: type[Event]) -> "Story":
        """The story as it looks to someone who may not know of such events."""
        return replace(self, facts=tuple(fact for fact in self.facts if not isinstance(fact.event, events)))

    def state(self, kind: Kind) -> object:
        return fold(kind, self.facts)


def given(*steps: tuple[Command, Act]) -> Story:
    """A story in which those commands were accepted, one after the other."""
    story = Story()
    for command, act in steps:
        story = story.then(command, act)
    return story


def events_of(kinds: Sequence[Kind]) -> list[type[Event]]:
    """The registered events of those kinds."""
    return [event for event in EVENTS.values() if event.name.split(".")[0] in {kind.value for kind in kinds}]
