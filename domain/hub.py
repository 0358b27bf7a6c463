"""What happens to the hub itself: which policy is in force, and the statistical facts it counts."""

from typing import Annotated, ClassVar

from msgspec import Meta

from domain.event import Event
from domain.vocabulary import CallerCategory, Instant


class PolicyAdopted(Event, frozen=True, kw_only=True):
    """From `in_force` on, need-to-know is decided by the policy text with this SHA-256 (invariant 7)."""

    name: ClassVar = "hub.policy_adopted"
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    title: str
    in_force: Instant


class GroundsAdopted(Event, frozen=True, kw_only=True):
    """From `in_force` on, the legal grounds are those of the list with this SHA-256 (invariant 7)."""

    name: ClassVar = "hub.grounds_adopted"
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    title: str
    in_force: Instant


class ConsultationCounted(Event, frozen=True, kw_only=True):
    """One consultation, as coarse as statistics need it: no case, no day, no unit (E3, E4). `quarter` is `2019Q3`;
    `label` is the source's own word for the caller that year (E2)."""

    name: ClassVar = "statistics.consultation_counted"
    quarter: Annotated[str, Meta(pattern=r"^[0-9]{4}Q[1-4]$")]
    county: Annotated[str, Meta(pattern=r"^[0-9]{2}$")] | None = None
    caller: CallerCategory
    persons: int
    source: str | None = None


class Ticked(Event, frozen=True, kw_only=True):
    """The facts before this one, in shuffled order, count what the log holds up to position `upto`."""

    name: ClassVar = "statistics.ticked"
    upto: int
    counted: int


EVENTS: tuple[type[Event], ...] = (PolicyAdopted, GroundsAdopted, ConsultationCounted, Ticked)
