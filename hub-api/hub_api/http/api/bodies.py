"""From what one principal sees to what leaves the hub: pure functions of `Seen`, and of nothing else.

A part that is not opened is simply not there: no mark, no empty field, no count of it. Identifiers become the
unit's aliases when the body is written.
"""

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from domain.act import Principal
from domain.case import events as case
from domain.case.risk import SHARE_EN, SHARE_SV
from domain.case.state import Case, person_of
from domain.consultation import events as consultation
from domain.event import Event
from domain.needtoknow.model import GrantKind
from domain.vocabulary import (
    AgencyId,
    Compartment,
    Existence,
    Instant,
    Kind,
    Outcome,
    Phase,
    Protected,
    Purpose,
    Ref,
    Role,
    StaffId,
    ToDo,
    UnitId,
)
from hub_api.access.aliases import within
from hub_api.http.api.act_bodies import ActBody, aggregate, shown_parts, timeline
from hub_api.http.api.matter_bodies import (
    Matter,
    MeetingBody,
    MeetingSummary,
    ReferralBody,
    ReferralSummary,
    ReportBody,
    ReportSummary,
    Wait,
    more_of_meeting,
    names_of,
    of_meeting,
    of_referral,
    of_report,
    waits_of,
)
from hub_api.reads.board import Board
from hub_api.reads.gateway import Seen, SeenPage, TrailPage
from hub_api.wording.language import Language


class Person(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person in the case: an alias, and what of them this unit may see. `responsible` is the unit of the municipality
    that is responsible for them (D10), `protected` the last answer to whether they got protection (D13)."""

    id: Ref
    responsible: UnitId | UnsetType = UNSET
    protected: Protected | UnsetType = UNSET
    fields: dict[str, Any] = {}


class Grant(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An assignment or a disclosure that this unit was given. `owner` is whose parts a disclosure opens; `in_force` is
    judged at the instant of the look."""

    id: Ref
    what: GrantKind
    person: Ref
    unit: UnitId
    owner: UnitId | UnsetType = UNSET
    purpose: Purpose
    role: Role | UnsetType = UNSET
    compartments: frozenset[Compartment] = frozenset()
    start: Instant
    until: Instant
    in_force: bool
    spoken: bool = False
    to_do: ToDo | UnsetType = UNSET


class ShareMemo(Struct, frozen=True, kw_only=True):
    """`by` assessed the risk of a person around whom `other` takes part, too, and has shared no memo with it (C3)."""

    person: Ref
    by: UnitId
    other: UnitId
    says: str


class CaseSummary(Matter, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="case"):
    """A case in a list."""

    exists: tuple[Existence, ...]
    status: str | UnsetType = UNSET
    phase: Phase | UnsetType = UNSET
    outcome: Outcome | UnsetType = UNSET
    persons: tuple[Person, ...] = ()
    waits: tuple[Wait, ...] = ()


class CaseBody(CaseSummary, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="case"):
    """A case as one principal sees it. `share` is of which assessments of risk a memo should be shared (C3)."""

    share: tuple[ShareMemo, ...] = ()
    grants: tuple[Grant, ...] = ()
    acts: tuple[ActBody, ...] = ()


class ConsultationSummary(Matter, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="consultation"):
    """A consultation in a list."""

    status: str | UnsetType = UNSET
    reference: str | UnsetType = UNSET
    asked_by: UnitId | UnsetType = UNSET
    asked_of: UnitId | UnsetType = UNSET
    asked: Instant | UnsetType = UNSET


class ConsultationBody(
    ConsultationSummary, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="consultation"
):
    """A consultation as one principal sees it."""

    acts: tuple[ActBody, ...] = ()


class Other(Struct, frozen=True, kw_only=True, tag_field="kind", tag="other"):
    """An aggregate of another kind, such as an agreement: its acts alone."""

    of: Kind
    id: Ref
    acts: tuple[ActBody, ...]


class Answer(Struct, frozen=True, kw_only=True):
    """What an anonymous caller reads with their key: the answers, and when they were given (A4)."""

    answers: tuple["GivenAnswer", ...]


class GivenAnswer(Struct, frozen=True, kw_only=True):
    given: Instant
    answer: str


class Look(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who looked, when and at what; or what was refused, and by which rule. `about` is the matter that it was about,
    where that is there for whoever asks; a list is about none, and is found by any matter that it showed."""

    at: Instant
    agency: AgencyId | None = None
    unit: UnitId | None = None
    person: StaffId | None = None
    role: str | None = None
    purpose: str | None = None
    event: str | None = None
    what: str | None = None
    rule: str | None = None
    about: Ref | None = None
    as_of: Instant | None = None
    as_unit: UnitId | None = None


class Trail(Struct, frozen=True, kw_only=True):
    """One page of looks."""

    items: tuple[Look, ...]
    next: str | None


Summary: TypeAlias = CaseSummary | ConsultationSummary | ReferralSummary | ReportSummary | MeetingSummary
Body: TypeAlias = CaseBody | ConsultationBody | ReferralBody | ReportBody | MeetingBody | Other


class Page(Struct, frozen=True, kw_only=True):
    """One page of a list. `next` continues it; null at its end."""

    items: tuple[Summary, ...]
    next: str | None


class BoardBody(Struct, frozen=True, kw_only=True):
    """One page of what waits: what is overdue first, then what has waited longest; in each, all that waits there."""

    items: tuple[Summary, ...]
    next: str | None


def body(seen: Seen, principal: Principal, language: Language) -> Body:
    """The whole of what is seen of one aggregate."""
    acts = timeline(seen, principal, language)
    match seen.kind:
        case Kind.CASE:
            share, grants = tuple(_to_share(seen, language)), tuple(_grants(seen))
            return CaseBody(**_of_case(seen, language), share=share, grants=grants, acts=acts)
        case Kind.CONSULTATION:
            return ConsultationBody(**_of_consultation(seen), acts=acts)
        case Kind.REFERRAL:
            return ReferralBody(**of_referral(seen, language), acts=acts)
        case Kind.REPORT:
            return ReportBody(**of_report(seen, language), acts=acts)
        case Kind.MEETING:
            return MeetingBody(**of_meeting(seen, language), **more_of_meeting(seen, language), acts=acts)
        case kind:
            return Other(of=kind, id=aggregate(seen), acts=acts)


def page(seen: SeenPage, language: Language) -> Page:
    """A page of summaries, in the order in which the gateway gave them."""
    return Page(items=tuple(summary(item, language) for item in seen.items), next=seen.next)


def summary(seen: Seen, language: Language) -> Summary:
    """One line of a list."""
    match seen.kind:
        case Kind.CASE:
            return CaseSummary(**_of_case(seen, language))
        case Kind.REFERRAL:
            return ReferralSummary(**of_referral(seen, language))
        case Kind.REPORT:
            return ReportSummary(**of_report(seen, language))
        case Kind.MEETING:
            return MeetingSummary(**of_meeting(seen, language))
        case _:
            return ConsultationSummary(**_of_consultation(seen))


def board(seen: Board, language: Language) -> BoardBody:
    """A page of what waits, in the order in which the gateway gave it."""
    return BoardBody(items=tuple(summary(item, language) for item in seen.items), next=seen.next)


def trail(page: TrailPage) -> Trail:
    """Looks without the places that they have in the log: those would count what others did."""
    return Trail(
        items=tuple(
            Look(
                at=row.committed,
                agency=row.agency,
                unit=row.unit,
                person=None if row.role == Role.CALLER else row.staff,  # A4: a tag ties nobody's looks together
                role=row.role,
                purpose=row.purpose,
                event=row.event,
                what=row.what,
                rule=row.rule,
                about=row.about,
                as_of=row.as_of,
                as_unit=row.as_unit,
            )
            for row in page.items
        ),
        next=page.next,
    )


def answers(seen: Seen) -> Answer:
    """The answers in a consultation, for the one who holds its key."""
    given = (
        GivenAnswer(given=fact.act.happened, answer=fact.event.answer)
        for fact in seen.facts
        if isinstance(fact.event, consultation.AdviceGiven) and isinstance(fact.event.answer, str)
    )
    return Answer(answers=tuple(given))


def _of_case(seen: Seen, language: Language) -> dict[str, Any]:
    found: dict[str, Any] = {
        **names_of(seen),
        "exists": tuple(sorted(seen.existence)),
        "persons": _persons(seen, seen.state or Case()),
        "waits": waits_of(seen, language),
    }
    for fact in seen.facts:
        match fact.event:
            case case.Opened() | case.Reopened():
                found |= {"status": "open", "outcome": UNSET}
            case case.PhaseEntered(phase=phase):
                found["phase"] = phase
            case case.Closed(outcome=outcome):
                found |= {"status": "closed", "outcome": outcome}
            case _:
                pass
    return found


def _persons(seen: Seen, state: Case) -> tuple[Person, ...]:
    """Every person whom a visible act is about, with what those acts show; the latest word stands."""
    people: dict[Ref, dict[str, Any]] = {}
    for fact in seen.facts:
        subject = fact.event.subject()
        if subject is None:
            continue
        known = people.setdefault(subject, {})
        if isinstance(fact.event, case.PersonAdded | case.PersonIdentified | case.ProtectionMarked):
            fields, parts = shown_parts(fact)
            for part in (fields, *parts.values()):
                known |= {name: value for name, value in part.items() if name != "person"}
    return tuple(
        Person(
            id=within(seen.stream, ref),
            responsible=state.responsible.get(ref, UNSET),
            protected=person_of(state, ref).protected or UNSET,
            fields=fields,
        )
        for ref, fields in people.items()
    )


def _to_share(seen: Seen, language: Language) -> Iterable[ShareMemo]:
    for each in seen.to_share:
        says = SHARE_EN if language is Language.EN else SHARE_SV
        yield ShareMemo(person=within(seen.stream, each.person), by=each.by, other=each.other, says=says)


def _grants(seen: Seen) -> Iterable[Grant]:
    """The unit's own grants, ended ones too; an ended disclosure says what to do, never why (R4)."""
    to_do = {fact.event.grant: fact.event.to_do for fact in seen.facts if isinstance(fact.event, case.DisclosureEnded)}
    for grant in seen.grants:
        if grant.id is None or not grant.purpose:
            continue
        yield Grant(
            id=within(seen.stream, grant.id),
            what=grant.kind,
            person=within(seen.stream, Ref(grant.subject)),
            unit=grant.holder,
            owner=grant.owner or UNSET,
            purpose=grant.purpose,
            role=UNSET if grant.role is None else grant.role,
            compartments=grant.compartments,
            start=grant.start,
            until=grant.until,
            in_force=grant.in_force(seen.at),
            spoken=grant.spoken,
            to_do=to_do.get(grant.id, UNSET),
        )


STATUS: Final[dict[type[Event], str]] = {
    consultation.Requested: "requested",
    consultation.Accepted: "accepted",
    consultation.PassedOn: "passed_on",
    consultation.AdviceGiven: "advised",
    consultation.FollowedUp: "followed_up",
    consultation.Closed: "closed",
    consultation.Reopened: "reopened",
}
"""Where a consultation stands after such an act (D1); the other acts change nothing of that."""


def _of_consultation(seen: Seen) -> dict[str, Any]:
    found: dict[str, Any] = names_of(seen)
    for fact in seen.facts:
        match fact.event:
            case consultation.Requested(asked_of=asked_of, reference=reference):
                found |= {
                    "asked_by": fact.act.by.unit,
                    "asked_of": asked_of,
                    "reference": reference,
                    "asked": fact.act.happened,
                }
            case consultation.PassedOn(to=to):
                found["asked_of"] = to
            case _:
                pass
        if status := STATUS.get(type(fact.event)):
            found["status"] = status
    return found
