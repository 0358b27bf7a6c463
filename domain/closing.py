"""What belongs to a case and is still open when the case is to be closed: a *should*, never a bar (D2, D4)."""

from collections.abc import Iterator
from typing import Any, Final

from domain.agreement.state import Directory
from domain.meeting.events import MeetingStatus
from domain.meeting.state import Meeting
from domain.open_items import waits_known_to
from domain.vocabulary import Instant, Kind, Ref, UnitId
from domain.waiting import Waiting, WaitsFor

OF_MATTERS: Final = frozenset({Kind.MEETING, Kind.REFERRAL})
"""The kinds that are left open with a case. A report is its reporter's duty, whatever becomes of the case (D3)."""
_OPEN: Final[frozenset[WaitsFor]] = frozenset(
    {
        "invitation",
        "meeting_held",
        "meeting_time",
        "referral_answered",
        "referral_completed",
        "referral_received",
        "referral_sent_on",
        "task",
        "victim_contacted",
    }
)


def left_open(
    case: Ref, unit: UnitId, state: Any, kind: Kind, now: Instant, directory: Directory
) -> tuple[Waiting, ...]:
    """What is open in a matter, as far as this unit knows of it and knows that it belongs to that case (R2)."""
    if kind not in OF_MATTERS or state.case != case:
        return ()
    waits = [wait for wait in waits_known_to(unit, state, kind, now, directory) if wait.what in _OPEN]
    if isinstance(state, Meeting) and not any(wait.what == "meeting_held" for wait in waits):
        waits.extend(_to_come(state))
    return tuple(waits)


def _to_come(state: Meeting) -> Iterator[Waiting]:
    """A meeting whose time has not come waits for nobody, and is open all the same."""
    lead, ends = state.coordinator or state.requester, state.end or state.start
    if state.status in (MeetingStatus.CALLED, MeetingStatus.SCHEDULED) and lead is not None and ends is not None:
        since = ends if state.requested is None else state.requested
        yield Waiting(on=lead, what="meeting_held", since=since, due=ends)
