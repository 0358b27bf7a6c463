"""Risk around a person: assessed with an instrument whose limits are said, and again when circumstances change (D7).

The assessment itself stays with the unit that made it; what others work from is a memo, recorded and disclosed like
anything else about the person (C3). Whether honour is the motive is part of it, and often appears late (A10).
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, ClassVar, Final

from msgspec import UNSET, Struct
from msgspec.structs import replace

from domain.act import Fact
from domain.agreement.state import Directory
from domain.bounds import Day, PlannedDay
from domain.case.desk import CaseContext
from domain.case.state import Assessment, Case, MotiveView, person_of, with_person
from domain.command import Command
from domain.errors import Caution, OutOfBounds, Refusal
from domain.event import Event, RiskAssessment, Social
from domain.growing import with_entry, with_item
from domain.time import day_end, day_of
from domain.vocabulary import AgencyKind, Compartment, Instant, Instrument, Kind, Motive, Ref, UnitId

# What happened.


class RiskAssessed(Event, frozen=True, kw_only=True):
    """A unit assessed the risk: with which instrument, on which day, valid until when; and whether the assessor
    exercises authority and is trained for it (D7). The assessment stays where it was made (C3)."""

    name: ClassVar = "case.risk_assessed"
    person: Ref
    instrument: Instrument
    authority: bool
    trained: bool
    assessed: date
    valid_until: date
    assessment: RiskAssessment = UNSET


class CircumstancesChanged(Event, frozen=True, kw_only=True):
    """Something changed around the person: the risk is to be assessed anew, `at_once` where a placement was
    compromised (D7, D11). `asked` is the unit that is asked to."""

    name: ClassVar = "case.circumstances_changed"
    person: Ref
    at_once: bool = False
    asked: UnitId | None = None
    what: Social = UNSET

    def addressees(self) -> frozenset[UnitId]:
        return frozenset(() if self.asked is None else {self.asked})


class MotiveAssessed(Event, frozen=True, kw_only=True):
    """A unit's view of whether honour is the motive; who and when are the act's, why is sealed (A10)."""

    name: ClassVar = "case.motive_assessed"
    person: Ref
    motive: Motive
    why: Social = UNSET


EVENTS: tuple[type[Event], ...] = (RiskAssessed, CircumstancesChanged, MotiveAssessed)


# What may be asked for.


class AssessRisk(Command, frozen=True, kw_only=True):
    """Record an assessment of risk that this unit made."""

    name: ClassVar = "case.assess_risk"
    kind: ClassVar = Kind.CASE
    person: Ref
    instrument: Instrument
    authority: bool
    trained: bool
    assessed: Day
    valid_until: PlannedDay
    assessment: RiskAssessment = None


class ChangeCircumstances(Command, frozen=True, kw_only=True):
    """Record that circumstances changed, and ask for a new assessment, of a unit or of whoever makes it."""

    name: ClassVar = "case.change_circumstances"
    kind: ClassVar = Kind.CASE
    person: Ref
    at_once: bool = False
    asked: UnitId | None = None
    what: Social = None


class AssessMotive(Command, frozen=True, kw_only=True):
    """Record whether this unit suspects, confirms or refutes honour as the motive, and why (A10)."""

    name: ClassVar = "case.assess_motive"
    kind: ClassVar = Kind.CASE
    person: Ref
    motive: Motive
    why: Social


COMMANDS: tuple[type[Command], ...] = (AssessRisk, ChangeCircumstances, AssessMotive)


# What follows.

POLICE_STEPS: Final = frozenset({Instrument.POLICE_INITIAL, Instrument.POLICE_STRUCTURED, Instrument.POLICE_IN_DEPTH})
"""The steps that the Police know (D7)."""


def _assess(desk: CaseContext, command: AssessRisk) -> Iterator[Event]:
    person = desk.works_about(command.person)
    if command.assessed > day_of(desk.now):
        raise OutOfBounds(
            "D1", "an assessment to come is no fact yet", remedy="record it when it is made", field="assessed"
        )
    if command.valid_until < command.assessed:
        raise OutOfBounds(
            "D7", "the assessment would be over before it was made", remedy="give a later day", field="valid_until"
        )
    if desk.act.because is None:
        if not (command.authority and command.trained):
            raise Caution(
                "D7",
                "risk should be assessed by who exercises authority and is trained in the instrument",
                remedy="have such a person assess it, or say why not",
            )
        if command.instrument in POLICE_STEPS and _not_the_police(desk):
            raise Caution(
                "D7",
                "an initial, structured or in-depth assessment is one of the Police's three steps",
                remedy="name the instrument that was used, or say why this one",
            )
        if command.instrument is Instrument.FREDA and (person.minor or _honour(desk.state, person.id)):
            raise Caution(
                "D7",
                "FREDA is made neither for honour contexts nor for children",
                remedy="use another instrument, or say why this one",
            )
    yield RiskAssessed(
        person=command.person,
        instrument=command.instrument,
        authority=command.authority,
        trained=command.trained,
        assessed=command.assessed,
        valid_until=command.valid_until,
        assessment=command.assessment or UNSET,
    )


def _not_the_police(desk: CaseContext) -> bool:
    entry = desk.directory.unit(desk.unit)
    return entry is not None and entry.kind is not AgencyKind.POLICE


def _honour(state: Case, person: Ref) -> bool:
    """Whether anyone whose view one knows suspects or confirms the motive."""
    return any(view.motive is not Motive.REFUTED for view in person_of(state, person).motives.values())


def _change(desk: CaseContext, command: ChangeCircumstances) -> Iterator[Event]:
    desk.works_about(command.person)
    if command.asked is not None:
        desk.can_be_asked(command.asked, command.person)
    yield CircumstancesChanged(
        person=command.person, at_once=command.at_once, asked=command.asked, what=command.what or UNSET
    )


def _motive(desk: CaseContext, command: AssessMotive) -> Iterator[Event]:
    desk.works_about(command.person)
    if not command.why:
        raise Refusal("A10", "a view of the motive is told with its reason", remedy="say why")
    # A10: views of several units stand side by side; a later one of the same unit follows the earlier.
    yield MotiveAssessed(person=command.person, motive=command.motive, why=command.why)


DECIDERS: Final[dict[type[Command], Callable[[CaseContext, Any], Iterator[Event]]]] = {
    AssessRisk: _assess,
    ChangeCircumstances: _change,
    AssessMotive: _motive,
}


def evolve(state: Case, fact: Fact) -> Case:
    """What each of these facts makes of the case."""
    match fact.event:
        case RiskAssessed() as event:
            person = person_of(state, event.person)
            made = Assessment(
                id=fact.act.id,
                by=fact.act.by.unit,
                instrument=event.instrument,
                assessed=event.assessed,
                valid_until=event.valid_until,
            )
            # D7: an assessment made before the change does not answer it.
            due = person.risk_due
            answered = due is not None and day_end(event.assessed) > due  # of whatever day, known to a calendar or not
            person = replace(
                person,
                assessments=with_item(person.assessments, made),
                risk_due=None if answered else due,
                risk_asked=None if answered else person.risk_asked,
                risk_at_once=person.risk_at_once and not answered,
            )
        case CircumstancesChanged(person=ref, at_once=at_once, asked=asked):
            person = person_of(state, ref)
            person = replace(
                person,
                # D7: the day from which an assessment counts is that of the change, not that of the telling.
                risk_due=fact.act.happened,
                risk_asked=asked or fact.act.by.unit,
                risk_at_once=at_once or person.risk_at_once,
            )
        case MotiveAssessed(person=ref, motive=motive):
            person = person_of(state, ref)
            view = MotiveView(by=fact.act.by.unit, motive=motive, at=fact.act.happened)
            person = replace(person, motives=with_entry(person.motives, view.by, view))
        case _:
            return state
    return with_person(state, person)


def risk_expires(state: Case, person: Ref) -> Instant | None:
    """When the last of the known assessments of a person is over; None where there is none (D7)."""
    ends = [day_end(made.valid_until) for made in person_of(state, person).assessments]
    return max(ends, default=None)


_TAKE_PART_OF_EACH_OTHERS: Final = frozenset({AgencyKind.SOCIAL_SERVICES, AgencyKind.POLICE})


class ToShare(Struct, frozen=True):
    """That `by` assessed the risk of a person around whom `other` takes part, and has not shared a memo with it."""

    person: Ref
    by: UnitId
    other: UnitId


def memos_to_share(state: Case, now: Instant, directory: Directory) -> tuple[ToShare, ...]:
    """C3: social services should take part of the Police's assessment with the victim's consent, and give the Police
    theirs unless secrecy forbids. Who does not know of the assessment, or not that the other takes part, is told of
    neither by this: it follows from what one sees."""
    if state.closed:
        return ()
    today = directory.at(now)
    found: dict[ToShare, None] = {}
    for person in state.persons.values():
        near = {grant.unit for grant in state.participants(now) if grant.person == person.id}
        if state.opened_by is not None:
            near.add(state.opened_by)  # who opened the case takes part in all of it
        for made in person.assessments:
            if now >= day_end(made.valid_until):
                continue
            for other in sorted(near):
                kinds = {entry.kind for unit in (made.by, other) if (entry := today.unit(unit)) is not None}
                if kinds == _TAKE_PART_OF_EACH_OTHERS and not _shared(state, person.id, made, other, now):
                    found[ToShare(person.id, made.by, other)] = None
    return tuple(found)


def _shared(state: Case, person: Ref, made: Assessment, other: UnitId, now: Instant) -> bool:
    return any(
        (grant.person, grant.by, grant.receiver) == (person, made.by, other)
        and Compartment.RISK_MEMO in grant.compartments
        and (grant.spoken or grant.in_force(now))
        for grant in state.disclosures.values()
    )


SHARE_SV = (
    "Risken är bedömd, och både socialtjänsten och Polisen deltar kring personen. Socialtjänsten bör med den utsattas "
    "samtycke få ta del av Polisens bedömning, och Polisen bör få socialtjänstens om inte sekretess hindrar. "
    "Det som delas är en promemoria, aldrig bedömningen själv."
)
SHARE_EN = (
    "The risk is assessed, and both social services and the Police take part around the person. With the victim's "
    "consent social services should take part of the Police's assessment, and the Police should be given theirs unless "
    "secrecy forbids. What is shared is a memo, never the assessment itself."
)


_LIMITS: Final[dict[Instrument, tuple[str, str]]] = {
    Instrument.FREDA: (
        "FREDA är inte utformat för utsatthet i en hederskontext eller för barns utsatthet.",
        "FREDA is made neither for honour contexts nor for children.",
    ),
    Instrument.PATRIARK: (
        "PATRIARK är till för hedersrelaterat våld och används av den som har myndighetsutövning och utbildning.",
        "PATRIARK is made for honour-related violence, for use by trained staff who exercise authority.",
    ),
    Instrument.POLICE_INITIAL: (
        "En initial bedömning görs av varje polisanställd som tar upp en anmälan; den ersätter ingen strukturerad.",
        "An initial assessment is made by every police employee who takes up a report; it replaces no structured one.",
    ),
    Instrument.POLICE_STRUCTURED: (
        "En strukturerad bedömning är det andra av polisens tre steg.",
        "A structured assessment is the second of the Police's three steps.",
    ),
    Instrument.POLICE_IN_DEPTH: (
        "En fördjupad bedömning är det tredje av polisens tre steg.",
        "An in-depth assessment is the third of the Police's three steps.",
    ),
    Instrument.OTHER: (
        "Vad instrumentet är utformat för framgår inte här.",
        "What the instrument is made for is not known here.",
    ),
}


def limits_of(instrument: Instrument) -> tuple[str, str]:
    """What an instrument is not made for, in Swedish and English; the hub says so wherever it names one (D7)."""
    return _LIMITS[instrument]
