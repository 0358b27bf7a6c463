"""Report, what it can be: folded from whatever part of its history one may see."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from domain.act import Fact
from domain.agreement.state import Directory
from domain.growing import with_entry, with_item
from domain.report import events as then
from domain.vocabulary import Consideration, Duty, Instant, Ref, ReportKind, ReportOutcome, UnitId
from domain.waiting import Waiting, WaitsFor, waits


class ReportStatus(StrEnum):
    """How far it has come (D3)."""

    CONSIDERED = "considered"
    MADE = "made"
    RECEIVED = "received"
    ANSWERED = "answered"


class Report(Struct, frozen=True, kw_only=True):
    """All is as far as is known to whoever looks. The four times are when each was so (D3)."""

    seen: bool = False
    status: ReportStatus = ReportStatus.CONSIDERED
    about: ReportKind | None = None
    duty: Duty | None = None
    reporter: UnitId | None = None
    """The unit that bears the duty."""
    receiver: UnitId | None = None
    reference: str | None = None
    person: Ref | None = None
    case: Ref | None = None
    coordinator: UnitId | None = None
    consultation: Ref | None = None
    considered: Consideration | None = None
    ongoing: bool = False
    crime_suspected: bool = False
    crime_considered: Consideration | None = None
    concern_known: Instant | None = None
    identity_known: Mapping[UnitId, Instant] = {}
    """Since when each unit knows who it is about, as far as one may know."""
    decided: Instant | None = None
    handed_over: Instant | None = None
    received: Instant | None = None
    safe_contact: bool = False
    safe_contact_confirmed: bool = False
    outcomes: Sequence[ReportOutcome] = ()
    """All that was told, in its order."""
    last_act: Instant | None = None

    @property
    def made(self) -> bool:
        return self.status is not ReportStatus.CONSIDERED

    @property
    def crime_to_consider(self) -> bool:
        """A crime against the child is suspected, and nobody has said whether the Police are told (P:2386-2400)."""
        return self.crime_suspected and self.crime_considered is None


INITIAL = Report()


def evolve(state: Report, fact: Fact) -> Report:
    """Fold one fact. What is missing before it is no error: each sees a part of the history."""
    known = replace(state, seen=True, last_act=fact.act.now)
    return _answered(_handed_over(_considered(known, fact), fact), fact)


def _considered(state: Report, fact: Fact) -> Report:
    act = fact.act
    match fact.event:
        case then.Considered() as event:
            return replace(
                state,
                about=event.about,
                duty=event.duty,
                reporter=act.by.unit,
                reference=event.reference,
                person=event.person,
                case=event.case,
                coordinator=event.coordinator,
                consultation=event.consultation,
                considered=event.outcome,
                ongoing=event.ongoing,
                concern_known=act.known,
                decided=act.happened,
            )
        case then.Reconsidered() as event:
            return replace(
                state, considered=event.outcome, ongoing=event.ongoing, person=event.person, decided=act.happened
            )
        case then.CrimeConsidered(outcome=outcome, person=person):
            return replace(state, crime_suspected=True, crime_considered=outcome, person=person)
        case then.Identified(person=person):
            # A2: the first time counts; what is written again later does not make it known later.
            known = state.identity_known
            if act.by.unit not in known:
                known = with_entry(known, act.by.unit, act.known)
            return replace(state, identity_known=known, person=person)
    return state


def _handed_over(state: Report, fact: Fact) -> Report:
    match fact.event:
        case then.Made() as event:
            unit = fact.act.by.unit
            known = state.identity_known
            if isinstance(event.identity_known, int):
                known = with_entry(known, unit, event.identity_known)
            return replace(
                state,
                status=ReportStatus.MADE,
                about=event.about,
                duty=event.duty,
                reporter=unit,
                receiver=event.receiver,
                reference=event.reference,
                person=event.person,
                considered=Consideration.REPORT,
                ongoing=event.ongoing,
                crime_suspected=state.crime_suspected or event.crime_suspected,
                concern_known=event.concern_known,
                identity_known=known,
                decided=event.decided,
                handed_over=fact.act.happened,
                safe_contact=event.has_safe_contact is True,
            )
        case then.Supplemented(has_safe_contact=True):
            return replace(state, safe_contact=True, safe_contact_confirmed=False)
    return state


def _answered(state: Report, fact: Fact) -> Report:
    match fact.event:
        case then.ReceiptConfirmed():
            return replace(state, status=ReportStatus.RECEIVED, received=fact.act.happened)
        case then.SafeContactConfirmed():
            return replace(state, safe_contact_confirmed=True)
        case then.OutcomeTold(outcome=outcome):
            return replace(state, status=ReportStatus.ANSWERED, outcomes=with_item(state.outcomes, outcome))
    return state


def waiting(state: Report, now: Instant, directory: Directory) -> Waiting | None:
    """For whom it waits at `now`, for what and since when. A consultation about it ends no wait (D3)."""
    on, what, since = _next(state)
    if on is None or what is None or since is None:
        return None
    # D3: a concern for a child, and a serious crime that goes on, are handed over at once.
    at_once = not state.made and (state.ongoing or state.about is ReportKind.CONCERN_CHILD)
    return waits(on, what, since, now, directory, at_once=at_once)


def _next(state: Report) -> tuple[UnitId | None, WaitsFor | None, Instant | None]:
    """Whose move it is, the name by which an agreement limits it (D8), and since when it is waited for."""
    match state.status:
        case ReportStatus.CONSIDERED if state.considered is Consideration.REPORT:
            return state.reporter, "report_made", state.concern_known
        case ReportStatus.MADE:
            return state.receiver, "report_received", state.handed_over
        case ReportStatus.RECEIVED:
            return state.receiver, "report_outcome_told", state.received
    return None, None, None
