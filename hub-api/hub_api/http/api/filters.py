"""What lists can be asked for: by what they show of each item, so that a filter tells nothing that the list does not.

Each list has its own parameters; one that it does not have is refused by name, like any other."""

from typing import Any, Final

from msgspec import UNSET

from domain.meeting.events import MeetingStatus as OfMeeting
from domain.referral.state import ReferralStatus as OfReferral
from domain.report.state import ReportStatus as OfReport
from domain.vocabulary import Instant, Kind, MeetingKind, ReportKind
from hub_api.access.seen import ANY, Wanted
from hub_api.http.api import bodies
from hub_api.http.api.matter_bodies import MeetingSummary
from hub_api.http.parameters import FROM, TO, Parameter, Query, kind_among, state_among
from hub_api.reads.gateway import Seen
from hub_api.wording.language import Language

_PERIOD: Final = (FROM, TO)
FILTERS: Final[dict[str, tuple[Parameter, ...]]] = {
    "cases": (state_among(("open", "closed")), *_PERIOD),
    "consultations": (state_among(dict.fromkeys(bodies.STATUS.values())), *_PERIOD),
    "referrals": (state_among(OfReferral), *_PERIOD),
    "reports": (state_among(OfReport), kind_among(ReportKind), *_PERIOD),
    "meetings": (state_among(OfMeeting), kind_among(MeetingKind), *_PERIOD),
    "upcoming": (state_among((OfMeeting.SCHEDULED, OfMeeting.CALLED)), kind_among(MeetingKind), *_PERIOD),
}
"""By list. A period is of when a meeting begins; of anything else, of when the first act that is shown was recorded."""


def wanted(query: Query) -> Wanted:
    """The items that the query asks for."""
    asked = (query.state, query.kind, query.start, query.end)
    if asked == (None, None, None, None):
        return ANY

    def fits(seen: Seen) -> bool:
        shown = bodies.summary(seen, Language.EN)
        return (
            query.state in (None, getattr(shown, "status", UNSET))
            and query.kind in (None, _kind(shown))
            and _within(query, _when(seen, shown))
        )

    return Wanted(f" {asked}", fits)


def _kind(shown: Any) -> Any:
    return getattr(shown, "meeting" if isinstance(shown, MeetingSummary) else "about", UNSET)


def _when(seen: Seen, shown: Any) -> Instant | None:
    if seen.kind is Kind.MEETING:
        return None if shown.start is UNSET else shown.start
    return seen.facts[0].committed if seen.facts else None


def _within(query: Query, when: Instant | None) -> bool:
    if query.start is None and query.end is None:
        return True
    return when is not None and (query.start or when) <= when and (query.end is None or when < query.end)
