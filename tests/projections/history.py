"""Histories for the views: a log in memory whose keys can be taken away, and short words for real events."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

from msgspec import structs

import domain.case.events as case
import domain.consultation.events as consultation
from domain.act import Act, Fact, Principal
from domain.event import Event, split
from domain.vocabulary import (
    FOREVER,
    About,
    AgencyId,
    CallerCategory,
    Compartment,
    InformedOf,
    Instant,
    Kind,
    Purpose,
    Ref,
    Role,
    StaffId,
    UnitId,
)
from projections.catalogue import ACTS
from projections.runner import Runner
from projections.store import GENERATION, TRACKING, Views, ViewSet

START: Instant = 1_780_000_000_000_000
"""A day in the summer of 2026."""
SECOND: Instant = 1_000_000

CENTRE, SOCIAL, POLICE, SCHOOL = (
    UnitId("centre.east"),
    UnitId("linkoping.social.barn"),
    UnitId("polisen.brott"),
    UnitId("linkoping.skola"),
)
SISTER, BROTHER = Ref("a" * 32), Ref("b" * 32)


def named(word: str) -> Ref:
    """A reference that the same word always gives."""
    return Ref(sha256(word.encode()).hexdigest()[:32])


def role_in(unit: UnitId) -> Role:
    """Who asks for a unit: at the centre its coordinators."""
    return Role.COORDINATOR if unit == CENTRE else Role.HANDLER


class Gone(Event, frozen=True, kw_only=True):
    """What stands where a record was disposed of."""

    name: ClassVar = "gone"


class MemoryLog:
    """The port's log over a list. `take_keys` makes records unreadable, as a disposal does."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self._gone: set[int] = set()

    def read(self, after: int, limit: int) -> Sequence[Fact]:
        return [self._present(fact) for fact in self.facts if fact.position > after][:limit]

    def last(self) -> int:
        return self.facts[-1].position if self.facts else 0

    def stream(self, stream: Ref) -> Sequence[Fact]:
        return [self._present(fact) for fact in self.facts if fact.stream == stream]

    def take_keys(self, *facts: Fact) -> None:
        self._gone |= {fact.position for fact in facts}

    def _present(self, fact: Fact) -> Fact:
        if fact.position not in self._gone:
            return fact
        nobody = structs.replace(fact.act.by, agency=AgencyId(""), unit=UnitId(""), role=Role.SYSTEM)
        return structs.replace(
            fact,
            act=structs.replace(fact.act, id=fact.id, by=nobody),
            event=Gone(),
            disposed=frozenset({Compartment.ACCESS if fact.kind is Kind.ACCESS else Compartment.RECORD}),
        )

    def append(
        self,
        word: str,
        event: Event,
        by: UnitId,
        *,
        kind: Kind = Kind.CASE,
        role: Role = Role.HANDLER,
        now: Instant | None = None,
        happened: Instant | None = None,
    ) -> Fact:
        """One more fact in the stream of that name, a second after the one before."""
        position = self.last() + 1
        stream = named(word)
        committed = START + position * SECOND if now is None else now
        act = Act(
            id=named(f"act {position}"),
            by=Principal(
                person=StaffId(f"someone@{by}"),
                agency=AgencyId(by.rpartition(".")[0]),
                unit=by,
                role=role,
                purpose=Purpose.PROTECTION,
                assurance=3,
            ),
            now=committed,
            happened=committed if happened is None else happened,
            known=committed,
        )
        fact = Fact(
            id=named(f"event {position}"),
            stream=stream,
            kind=kind,
            version=1 + sum(fact.stream == stream for fact in self.facts[-2_000:]),
            position=position,
            committed=committed,
            act=act,
            event=event,
            sealed=frozenset(split(event)) - {Compartment.RECORD},
        )
        self.facts.append(fact)
        return fact

    def consult(self, word: str, event: Event, by: UnitId, *, happened: Instant | None = None) -> Fact:
        return self.append(word, event, by, kind=Kind.CONSULTATION, happened=happened)


ADDRESS = "views.url"
"""A file in a test's folder that says where its views lie, if not there."""


OPENED: list[Views] = []


def views_at(folder: Path) -> Views:
    """The views of a test, wherever they lie."""
    address = folder / ADDRESS
    views = Views(address.read_text()) if address.exists() else Views.at(folder / "views.db")
    OPENED.append(views)
    return views


def emptied(views: Views, view_set: ViewSet = ACTS) -> Views:
    """The views without that set of them, for the next of many histories."""
    with views.writing() as connection:
        for generation in view_set.standing(connection):
            view_set.drop(connection, generation)
        connection.execute(GENERATION.delete())
        connection.execute(TRACKING.delete())
    return views


def stored_at(folder: Path, *view_sets: ViewSet) -> bytes:
    """All that is stored of a test's views: its files, and every row where the views lie in PostgreSQL."""
    found = b"".join(path.read_bytes() for path in folder.iterdir())
    if (folder / ADDRESS).exists():
        views = views_at(folder)
        for view_set in view_sets:
            with views.living(view_set) as living:
                for table in living.tables.values():
                    found += repr(living.connection.execute(table.select()).all()).encode()
    return found


def caught_up(views: Views, log: MemoryLog, view_set: ViewSet = ACTS) -> Runner:
    """A runner that has taken all that there is."""
    runner = Runner(views, view_set, log, log.stream)
    runner.catch_up()
    return runner


def requested(
    asked_of: UnitId = CENTRE,
    reference: str = "AAAA-BBBB",
    caller: CallerCategory = CallerCategory.SOCIAL_SERVICES,
    persons: int = 1,
    county: str | None = "05",
    source: str | None = None,
) -> consultation.Requested:
    return consultation.Requested(
        asked_of=asked_of,
        reference=reference,
        caller=caller,
        about=About.ONE,
        persons=persons,
        told=InformedOf.NO_CONTACT,
        county=county,
        source=source,
    )


def assigned(unit: UnitId, person: Ref = SISTER, start: Instant = 0, until: Instant = FOREVER) -> case.Assigned:
    return case.Assigned(
        person=person, unit=unit, role=Role.HANDLER, purpose=Purpose.PROTECTION, start=start, until=until
    )


def disclosed(
    receiver: UnitId,
    compartments: frozenset[Compartment],
    person: Ref = SISTER,
    start: Instant = 0,
    until: Instant = FOREVER,
    spoken: bool = False,
) -> case.Disclosed:
    return case.Disclosed(
        person=person,
        receiver=receiver,
        compartments=compartments,
        purpose=Purpose.PROTECTION,
        start=start,
        until=until,
        spoken=spoken,
    )
