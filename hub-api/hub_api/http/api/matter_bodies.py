"""Referrals, reports and meetings as they leave the hub: what follows from the acts that were seen, and no more."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from domain.growing import plain
from domain.labelling import label_of
from domain.meeting.events import Attendee, MeetingStatus, WorkDivided
from domain.meeting.state import Meeting, Progress, Reply
from domain.meeting.waiting import advised_order
from domain.meeting.waiting import tasks as all_tasks
from domain.referral import state as referral
from domain.referral.state import Referral
from domain.report import state as report
from domain.report.state import Report
from domain.vocabulary import (
    AgencyKind,
    Compartment,
    Consideration,
    DeclineReason,
    Duty,
    Instant,
    Kind,
    MeetingKind,
    Mode,
    Outcome,
    Purpose,
    Ref,
    ReportKind,
    ReportOrder,
    ReportOutcome,
    UnitId,
)
from domain.waiting import Waiting, WaitsFor
from hub_api.access.aliases import within
from hub_api.http.api.act_bodies import NAMES_A_MATTER, ActBody, aggregate, named_within, shown_parts
from hub_api.reads.board import Closing as SeenClosing
from hub_api.reads.board import SeenTask
from hub_api.reads.board import TaskPage as SeenTasks
from hub_api.reads.gateway import Seen
from hub_api.wording.labels import waits_for
from hub_api.wording.language import Language


class Wait(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that is waited for from a unit, since when, and by which limit of its agreements (D2, D8). `alarmed`:
    the limit is over. `says` is `what` in words."""

    on: UnitId
    what: WaitsFor
    says: str
    since: Instant
    hours: int | UnsetType = UNSET
    due: Instant | UnsetType = UNSET
    alarmed: bool = False


class Matter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Any matter: by which alias, and what the reader's own unit calls it; no other unit knows of that."""

    id: Ref
    label: str | UnsetType = UNSET


class ReferralSummary(Matter, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="referral"):
    """A referral in a list: how far it has come, and for whom it waits (D2)."""

    status: referral.ReferralStatus
    reference: str | UnsetType = UNSET
    sender: UnitId | UnsetType = UNSET
    receiver: UnitId | UnsetType = UNSET
    named: UnitId | UnsetType = UNSET
    """The unit that the last receiver thought right."""
    purpose: Purpose | UnsetType = UNSET
    person: Ref | UnsetType = UNSET
    case: Ref | UnsetType = UNSET
    proposed: Instant | UnsetType = UNSET
    sent: Instant | UnsetType = UNSET
    since: Instant | UnsetType = UNSET
    reminders: tuple[Instant, ...] = ()
    attempts: int = 0
    safe_contact: bool = False
    safe_contact_confirmed: bool = False
    reason: DeclineReason | UnsetType = UNSET
    outcome: Outcome | UnsetType = UNSET
    waits: tuple[Wait, ...] = ()


class ReferralBody(ReferralSummary, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="referral"):
    """A referral as one principal sees it."""

    acts: tuple[ActBody, ...] = ()


class ReportSummary(Matter, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="report"):
    """A report in a list, with its four times: concern known, identity known by unit, decided, handed over (D3)."""

    status: report.ReportStatus
    about: ReportKind | UnsetType = UNSET
    duty: Duty | UnsetType = UNSET
    reporter: UnitId | UnsetType = UNSET
    receiver: UnitId | UnsetType = UNSET
    reference: str | UnsetType = UNSET
    person: Ref | UnsetType = UNSET
    case: Ref | UnsetType = UNSET
    consultation: Ref | UnsetType = UNSET
    considered: Consideration | UnsetType = UNSET
    ongoing: bool = False
    crime_suspected: bool = False
    crime_considered: Consideration | UnsetType = UNSET
    concern_known: Instant | UnsetType = UNSET
    identity_known: Mapping[UnitId, Instant] = {}
    decided: Instant | UnsetType = UNSET
    handed_over: Instant | UnsetType = UNSET
    received: Instant | UnsetType = UNSET
    safe_contact: bool = False
    safe_contact_confirmed: bool = False
    outcomes: tuple[ReportOutcome, ...] = ()
    waits: tuple[Wait, ...] = ()


class ReportBody(ReportSummary, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="report"):
    """A report as one principal sees it."""

    acts: tuple[ActBody, ...] = ()


class Invited(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A unit that was invited, and what it answered, as far as one may know (R2). `before` is what it answered before
    the meeting was moved: it is asked again."""

    unit: UnitId
    reply: Reply | UnsetType = UNSET
    before: Reply | UnsetType = UNSET


class Task(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a unit took on: by when, how it stands, and in words, where those were opened (D4)."""

    id: Ref
    meeting: Ref
    unit: UnitId
    progress: Progress
    given: Instant
    due: Instant | UnsetType = UNSET
    overdue: bool = False
    what: str | UnsetType = UNSET
    how: str | UnsetType = UNSET


class MeetingSummary(Matter, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="meeting"):
    """A meeting in a list; who is only invited knows its time, mode and status, never the cause (R2)."""

    status: MeetingStatus
    meeting: MeetingKind | UnsetType = UNSET
    case_bearing: bool | UnsetType = UNSET
    case: Ref | UnsetType = UNSET
    persons: tuple[Ref, ...] = ()
    requester: UnitId | UnsetType = UNSET
    coordinator: UnitId | UnsetType = UNSET
    mode: Mode | UnsetType = UNSET
    start: Instant | UnsetType = UNSET
    end: Instant | UnsetType = UNSET
    waits: tuple[Wait, ...] = ()


class MeetingBody(MeetingSummary, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="meeting"):
    """A meeting as one principal sees it. `order` is what should be thought of before a report to the Police (D6)."""

    invited: tuple[Invited, ...] = ()
    attended: tuple[Attendee, ...] = ()
    apologies: frozenset[UnitId] = frozenset()
    missing: frozenset[AgencyKind] = frozenset()
    quorate: bool | UnsetType = UNSET
    confidentiality: bool | UnsetType = UNSET
    report: ReportOrder | UnsetType = UNSET
    order: str | UnsetType = UNSET
    tasks: tuple[Task, ...] = ()
    acts: tuple[ActBody, ...] = ()


class TaskPage(Struct, frozen=True, kw_only=True):
    """One page of the unit's tasks that are still to be done, by when they are due."""

    items: tuple[Task, ...]
    next: str | None


class LeftOpen(Wait, frozen=True, kw_only=True, omit_defaults=True):
    """Something that would be left open, and in which matter of the case."""

    kind: Kind
    id: Ref
    label: str | UnsetType = UNSET


class Closing(Struct, frozen=True, kw_only=True):
    """What would be left open if the case were closed now."""

    items: tuple[LeftOpen, ...]


def closing(found: SeenClosing, language: Language) -> Closing:
    """What would be left open, in the order in which it came to the case."""
    return Closing(
        items=tuple(
            LeftOpen(kind=each.seen.kind, **names_of(each.seen), **_wait(each.wait, language)) for each in found.items
        )
    )


def names_of(seen: Seen) -> dict[str, Any]:
    """What a matter is known by: its alias, and what the reader's own unit calls it."""
    return {"id": aggregate(seen), "label": _or_unset(label_of(seen.facts))}


def waits_of(seen: Seen, language: Language) -> tuple[Wait, ...]:
    """What waits in it, as far as was seen."""
    return tuple(Wait(**_wait(wait, language)) for wait in seen.waits)


def _wait(wait: Waiting, language: Language) -> dict[str, Any]:
    return {
        "on": wait.on,
        "what": wait.what,
        "says": waits_for(wait.what, language),
        "since": wait.since,
        "hours": _or_unset(wait.hours),
        "due": _or_unset(wait.due),
        "alarmed": wait.alarmed,
    }


def of_referral(seen: Seen, language: Language) -> dict[str, Any]:
    """The fields of a referral."""
    return _told(seen, ReferralSummary, seen.state or Referral(), language)


def of_report(seen: Seen, language: Language) -> dict[str, Any]:
    """The fields of a report."""
    return _told(seen, ReportSummary, seen.state or Report(), language)


def of_meeting(seen: Seen, language: Language) -> dict[str, Any]:
    """The fields of a meeting that stand in a list, too."""
    return _told(seen, MeetingSummary, seen.state or Meeting(), language)


def more_of_meeting(seen: Seen, language: Language) -> dict[str, Any]:
    """The other fields of a meeting."""
    state: Meeting = seen.state or Meeting()
    order = advised_order(state)
    return {
        "invited": tuple(_invited(state, unit) for unit in sorted(state.invited())),
        "attended": state.attended,
        "apologies": state.apologies,
        "missing": state.missing,
        "quorate": _or_unset(state.quorate),
        "confidentiality": _or_unset(state.confidentiality),
        "report": UNSET if state.report is ReportOrder.UNKNOWN else state.report,
        "order": UNSET if order is None else order[language is Language.EN],
        "tasks": tuple(_task(SeenTask(seen, task)) for task in all_tasks(state, None, seen.at)),
    }


def _invited(state: Meeting, unit: UnitId) -> Invited:
    reply = _or_unset(state.replies.get(unit))
    return Invited(unit=unit, before=reply) if unit in state.asked_again else Invited(unit=unit, reply=reply)


def tasks(page: SeenTasks) -> TaskPage:
    """A page of tasks, in the order in which the gateway gave them."""
    return TaskPage(items=tuple(_task(each) for each in page.items), next=page.next)


def _task(found: SeenTask) -> Task:
    seen, task = found.seen, found.task
    return Task(
        id=within(seen.stream, task.id),
        meeting=aggregate(seen),
        unit=task.unit,
        progress=task.progress,
        given=task.given,
        due=_or_unset(task.due),
        overdue=task.overdue,
        **_in_words(seen, task.id),
    )


def _in_words(seen: Seen, task: Ref) -> dict[str, Any]:
    for fact in seen.facts:
        if fact.act.id == task and isinstance(fact.event, WorkDivided):
            return shown_parts(fact)[1].get(Compartment.COORDINATION, {})
    return {}


def _told(seen: Seen, summary: type[Struct], state: Struct, language: Language) -> dict[str, Any]:
    """The fields of a summary from the state of the same names; what is not known is not there."""
    of_state: Iterable[str] = (name for name in summary.__struct_fields__ if name not in ("id", "label", "waits"))
    fields = {name: _or_unset(_named(seen, name, plain(getattr(state, name)))) for name in of_state}
    return {**names_of(seen), **fields, "waits": waits_of(seen, language)}


def _named(seen: Seen, name: str, value: Any) -> Any:
    return value if name in NAMES_A_MATTER else named_within(seen.stream, value)


def _or_unset(value: Any) -> Any:
    return UNSET if value is None else value
