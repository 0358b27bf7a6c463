"""What waits, for whom and since when: computed as of any time, never recorded.

Nothing closes by waiting. An alarm is a view and no event: it follows from what happened, from the limits that the
agreements set (D8), in hours of the clock and not of an office (B9), and from the time at which one looks. So it is
there without a clock having run, and is gone again as soon as what it waits for is recorded.
"""

from typing import Literal, TypeAlias

from msgspec import Struct

from domain.agreement.state import Directory
from domain.vocabulary import Instant, UnitId

HOUR: Instant = 3_600_000_000
WaitsFor: TypeAlias = Literal[
    "consultation_answered",
    "invitation",
    "meeting_held",
    "meeting_time",
    "minutes",
    "referral_answered",
    "referral_completed",
    "referral_received",
    "referral_sent",
    "referral_sent_on",
    "report_made",
    "report_outcome_told",
    "report_received",
    "risk_assessment",
    "safe_contact_confirmed",
    "task",
    "transfer",
    "victim_contacted",
]
"""All that can be waited for, by the names that limits in agreements have too (D8)."""


Addressed: TypeAlias = Literal[
    "assignment",
    "consultation",
    "disclosure",
    "invitation",
    "meeting_moved",
    "memo",
    "referral",
    "referral_returned",
    "report",
    "task",
]
"""All that can be addressed to a unit and wait there until it acts."""


class Waiting(Struct, frozen=True, kw_only=True):
    """`what` is waited for from the unit `on`, since that instant. `hours` is the limit of the unit's agreements at the
    time of the look, 0 for what is done at once, None where no agreement limits it; `due` is when it is over."""

    on: UnitId
    what: WaitsFor
    since: Instant
    hours: int | None = None
    due: Instant | None = None
    alarmed: bool = False


def waits(
    on: UnitId, what: WaitsFor, since: Instant, now: Instant, directory: Directory, *, at_once: bool = False
) -> Waiting:
    """That wait, as it stands at `now`. Reminders do not begin it anew."""
    today = directory.at(now)
    entry = today.unit(on)
    limit = None if entry is None else today.limit(what, entry.agency)
    hours = 0 if at_once else limit
    due = None if hours is None else since + hours * HOUR
    return Waiting(on=on, what=what, since=since, hours=hours, due=due, alarmed=due is not None and due <= now)
