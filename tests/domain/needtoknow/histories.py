"""Small histories of real events, and the people who look at them."""

from typing import ClassVar

import msgspec
from msgspec import UNSET

from domain.act import Act, Fact, Principal
from domain.case import events as case
from domain.consultation import events as consultation
from domain.event import (
    Advice,
    ChildStatement,
    Contact,
    Coordination,
    Event,
    Health,
    Identity,
    Police,
    RiskAssessment,
    RiskMemo,
    Social,
    Whereabouts,
    WorkingNote,
    split,
)
from domain.needtoknow.compile import Policy, load, titles
from domain.needtoknow.model import Grant, GrantKind, Resource
from domain.needtoknow.visible import Sight, Visible, visible
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

POLICIES = tuple(load(title) for title in titles())
POLICY = POLICIES[-1]
"""The newest; the older ones stay loadable, and hold the same table."""
NOW: Instant = 1_000

SISTER = Ref("a" * 32)
BROTHER = Ref("b" * 32)


def works_at(
    at: str,
    role: Role = Role.HANDLER,
    purpose: Purpose = Purpose.PROTECTION,
    assurance: int = 4,
    person: str | None = None,
) -> Principal:
    """Somebody of the unit `at`; the unit's agency is what stands before the first point."""
    return Principal(
        person=StaffId(person or f"someone@{at}"),
        agency=AgencyId(at.split(".")[0]),
        unit=UnitId(at),
        role=role,
        purpose=purpose,
        assurance=assurance,
    )


CENTRE = works_at("centre.east", Role.COORDINATOR, Purpose.COORDINATION)
SOCIAL = works_at("social.children")
POLICE = works_at("police.crime", purpose=Purpose.INVESTIGATION)
HEALTH = works_at("health.clinic", purpose=Purpose.CARE)


class Letter(Event, frozen=True, kw_only=True):
    """An act addressed to one unit, with a part in any compartment: the table speaks of every pair of them."""

    name: ClassVar = "test.letter"
    to: UnitId
    person: Ref | None = None
    coordination: Coordination = UNSET
    identity: Identity = UNSET
    contact: Contact = UNSET
    whereabouts: Whereabouts = UNSET
    social: Social = UNSET
    health: Health = UNSET
    police: Police = UNSET
    risk_memo: RiskMemo = UNSET
    risk_assessment: RiskAssessment = UNSET
    child_statement: ChildStatement = UNSET
    working_note: WorkingNote = UNSET
    advice: Advice = UNSET

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.to})


class SentLetter(Letter, frozen=True, kw_only=True):
    """The same letter, as an act that is itself a disclosure of what it carries."""

    name: ClassVar = "test.sent_letter"
    sends: ClassVar = True


class Marked(case.ProtectionMarked, frozen=True, kw_only=True):
    """A mark that is at the same time addressed to a unit."""

    name: ClassVar = "test.marked"
    to: UnitId

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.to})


class History:
    """The facts of one stream, in order. Each act happens one microsecond after the one before it."""

    def __init__(self, kind: Kind = Kind.CASE) -> None:
        self.kind = kind
        self.stream = Ref(f"{list(Kind).index(kind) + 1:032x}")
        self.facts: list[Fact] = []

    def by(self, who: Principal, event: Event) -> Ref:
        """`who` did that; the act's id, by which what it created is called."""
        at = len(self.facts) + 1
        act = Act(id=Ref(f"{0xAC7 + at:032x}"), by=who, now=at, happened=at, known=at)
        self.facts.append(
            Fact(
                id=Ref(f"{0xFAC7_0000 + at:032x}"),
                stream=self.stream,
                kind=self.kind,
                version=at,
                position=at,
                committed=at,
                act=act,
                event=event,
                sealed=frozenset(part for part, fields in split(event).items() if part is not Compartment.RECORD),
            )
        )
        return act.id

    def seen_by(self, who: Principal, now: Instant = NOW, policy: Policy = POLICY) -> Visible:
        return visible(policy, who, self.facts, now)

    def of(self, act: Ref, who: Principal, now: Instant = NOW, policy: Policy = POLICY) -> Sight | None:
        """How that act looks to `who`; None if it is not there."""
        found = [sight for sight in self.seen_by(who, now, policy).facts if sight.fact.act.id == act]
        return found[0] if found else None

    def opens(self, act: Ref, who: Principal, now: Instant = NOW, policy: Policy = POLICY) -> frozenset[Compartment]:
        """The parts of that act that `who` may open, its record among them."""
        sight = self.of(act, who, now, policy)
        return frozenset() if sight is None else sight.allowed | {Compartment.RECORD}


def opened_case() -> History:
    """The centre opened a case with a sister and a brother in it."""
    history = History()
    history.by(CENTRE, case.Opened(coordinator=CENTRE.unit))
    return history


def assigned(
    to: Principal, person: Ref = SISTER, start: Instant = 0, until: Instant = FOREVER, purpose: Purpose | None = None
) -> case.Assigned:
    return case.Assigned(
        person=person, unit=to.unit, role=to.role, purpose=purpose or to.purpose, start=start, until=until
    )


def disclosed(
    to: Principal,
    *parts: Compartment,
    person: Ref = SISTER,
    start: Instant = 0,
    until: Instant = FOREVER,
    purpose: Purpose | None = None,
    spoken: bool = False,
    consent: Ref | None = None,
) -> case.Disclosed:
    return case.Disclosed(
        person=person,
        receiver=to.unit,
        compartments=frozenset(parts),
        purpose=purpose or to.purpose,
        start=start,
        until=until,
        spoken=spoken,
        consent=consent,
    )


def everything_known(person: Ref = SISTER) -> case.InformationRecorded:
    """One act with a part in each compartment that it can have."""
    return case.InformationRecorded(
        person=person,
        social="social",
        health="health",
        police="police",
        whereabouts="whereabouts",
        risk_memo="memo",
        risk_assessment="assessment",
        child_statement="statement",
    )


def asked_of(adviser: Principal) -> consultation.Requested:
    return consultation.Requested(
        asked_of=adviser.unit,
        reference="AB12-CD34",
        caller=CallerCategory.SOCIAL_SERVICES,
        about=About.NOBODY,
        persons=1,
        told=InformedOf.NO_CONTACT,
        question="question",
    )


def part(row: Compartment, **changes: object) -> Resource:
    of_police = Resource(kind=Kind.CASE, row=row, subject=SISTER.hex, owner=POLICE.unit, owner_agency=POLICE.agency)
    return msgspec.structs.replace(of_police, **changes)


def grant_of(who: Principal, *parts: Compartment) -> Grant:
    return Grant(
        kind=GrantKind.DISCLOSURE,
        holder=who.unit,
        subject=SISTER.hex,
        owner=POLICE.unit,
        compartments=frozenset(parts),
        purpose=who.purpose,
    )
