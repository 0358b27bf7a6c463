"""A hub of the demo's county in a folder of its own, its clock in the test's hand, with one case to begin with."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Any, Final

from adapters.system import SeededClock
from domain.access import CommandRefused, Looked
from domain.act import Fact, Principal
from domain.case import commands as case
from domain.case.commands import AddPerson, Assign, Open, RecordInformation, SetSafeContact
from domain.case.mandates import GiveMandate
from domain.command import Command
from domain.consultation.commands import Request
from domain.errors import NotThere
from domain.vocabulary import About, Because, CallerCategory, Compartment, GroundId, InformedOf, Instant, Kind, Ref
from hub_api.commands.handler import Circumstances
from hub_api.commands.receipts import Receipt
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings
from hub_demo.county import COORDINATION, COUNTY, PERSONAS, RESPONSIBLE, agreement

MONDAY: Final[Instant] = 1_794_207_600_000_000
"""Monday 9 November 2026, 08:00 in Stockholm."""
HOUR: Final = 3_600_000_000
DAY: Final = 24 * HOUR

ULLA: Final = PERSONAS["administrator-ulla-exempel"]
ANNA: Final = PERSONAS["samordnare-anna-exempel"]
OMAR: Final = PERSONAS["radgivare-omar-exempel"]
LENA: Final = PERSONAS["stodtelefon-lena-exempel"]
SARA: Final = PERSONAS["socialsekreterare-sara-exempel"]
RELATED: Final = PERSONAS["socialsekreterare-slak-exempel"]
NILS: Final = PERSONAS["socialsekreterare-nils-exempel"]
KIM: Final = PERSONAS["kurator-kim-exempel"]
PIA: Final = PERSONAS["utredare-pia-exempel"]
BO: Final = PERSONAS["brottsoffer-bo-exempel"]
LARS: Final = PERSONAS["loggranskare-lars-exempel"]
RUT: Final = PERSONAS["granskare-rut-exempel"]

NOW: Final = Circumstances()
NOT_KNOWN: Final = Circumstances(because=Because.NOT_AVAILABLE)
"""A case is closed although it is not known whether the person got protection (D13)."""
ASKS: Final = Request(
    asked_of=COORDINATION,
    reference="",  # the hub makes one
    caller=CallerCategory.SCHOOL,
    about=About.ONE,
    persons=1,
    told=InformedOf.NO_CONTACT,
    county=COUNTY,
    question="What is to be done first?",
)


def settings(folder: Path, start: Instant | None = MONDAY) -> Settings:
    """The hub's places; its clock stands where it is set, its entropy is the machine's."""
    data = folder / "data"
    return Settings(data=data, keys=folder / "keys", start=start)


def opened(folder: Path, start: Instant = MONDAY) -> Hub:
    return Hub.open(settings(folder, start))


def agreed(folder: Path) -> Hub:
    """A new hub whose county has concluded its agreement."""
    hub = opened(folder)
    hub.commander.handle_now(ULLA, agreement(), None, NOW)
    return hub


def at(hub: Hub, instant: Instant) -> None:
    assert isinstance(hub.clock, SeededClock)
    hub.clock.set(instant)


def later(hub: Hub, by: int) -> None:
    at(hub, hub.clock.now() + by)


def does(
    hub: Hub,
    who: Principal,
    command: Command,
    stream: Ref | None = None,
    ground: str | None = None,
    because: Because | None = None,
) -> Receipt:
    """Somebody does something, a second after what was done before it."""
    later(hub, 1_000_000)
    circumstances = Circumstances(ground=None if ground is None else GroundId(ground), because=because)
    return hub.commander.handle_now(who, command, stream, circumstances)


TODAY: Final = date(2026, 11, 9)
TOMORROW: Final = date(2026, 11, 10)


class Girl:
    """A case with one person in it: Sara's unit opened it and works there; the centre coordinates."""

    def __init__(self, hub: Hub) -> None:
        self.case = does(hub, SARA, Open(coordinator=COORDINATION)).stream
        self.person = does(hub, SARA, AddPerson(identity="Exempla Exempelsson", minor=True), self.case).created
        assign = Assign(person=self.person, unit=SARA.unit, role=SARA.role, purpose=SARA.purpose)
        self.own = does(hub, ANNA, assign, self.case).created
        does(hub, SARA, SetSafeContact(person=self.person, contact="By text, after school."), self.case)
        does(hub, SARA, RecordInformation(person=self.person, social="Is afraid of Friday."), self.case)


def texts(hub: Hub, who: Principal, stream: Ref) -> set[Compartment]:
    """The compartments of a case of which this person is shown something."""
    seen = hub.gateway.look_now(who, Kind.CASE, stream, what="case")
    return {part for fact in seen.facts for part in fact.shown}


def sent(hub: Hub, who: Principal, command: Command, stream: Ref | None, **more: Any) -> Receipt:
    return asyncio.run(hub.commander.handle(who, command, stream, more.pop("circumstances", NOW), **more))


def refusals(hub: Hub) -> list[Fact]:
    return [fact for fact in hub.looks_log.read(0, 1000) if isinstance(fact.event, CommandRefused)]


def names(hub: Hub, stream: Ref) -> list[str]:
    return [fact.event.name for fact in hub.log.snapshot().stream(stream)]


def looks(hub: Hub) -> list[Fact]:
    return [fact for fact in hub.looks_log.read(0, 5000) if isinstance(fact.event, Looked)]


def last_look(hub: Hub) -> Looked:
    event = looks(hub)[-1].event
    assert isinstance(event, Looked)
    return event


def let_in(hub: Hub, girl: Girl, who: Principal, last: date | None = None) -> Ref:
    assign = case.Assign(person=girl.person, unit=who.unit, role=who.role, purpose=who.purpose, last=last)
    return does(hub, ANNA, assign, girl.case).created


def disclosed(hub: Hub, girl: Girl, to: Principal, last: date = TOMORROW) -> Ref:
    compartments = frozenset({Compartment.SOCIAL, Compartment.IDENTITY})
    disclose = case.Disclose(
        person=girl.person, receiver=to.unit, compartments=compartments, purpose=to.purpose, last=last
    )
    return does(hub, SARA, disclose, girl.case, ground="osl-10-2").created


def finds(hub: Hub, who: Principal, stream: Ref, as_of: Instant | None = None) -> bool:
    try:
        hub.gateway.look_now(who, Kind.CASE, stream, what="case", as_of=as_of)
    except NotThere:
        return False
    return True


def mandate(hub: Hub, girl: Girl, auditor: Principal, first: date = TODAY, last: date = TOMORROW) -> Ref:
    """The coordinator records that an auditor may see in a replay which parts were there (R10)."""
    give = GiveMandate(
        auditor=auditor.person,
        agency=auditor.agency,
        decided_by=RESPONSIBLE,
        decision="LST 2026-114",
        first=first,
        last=last,
    )
    return does(hub, ANNA, give, girl.case).created
