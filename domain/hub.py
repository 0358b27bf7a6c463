"""What happens to the hub itself: which policy is in force, and the statistical facts it counts."""

from typing import Annotated, ClassVar, TypeAlias

from msgspec import Meta

from domain.event import Event
from domain.vocabulary import CallerCategory, Instant

Quarter: TypeAlias = Annotated[str, Meta(pattern=r"^[0-9]{4}Q[1-4]$")]
"""A quarter of a year in Stockholm: `2019Q3`."""


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
    quarter: Quarter
    county: Annotated[str, Meta(pattern=r"^[0-9]{2}$")] | None = None
    caller: CallerCategory
    persons: int
    source: str | None = None


class Ticked(Event, frozen=True, kw_only=True):
    """The facts before this one, in shuffled order, count what the log holds up to position `upto` of all quarters
    that were over. Read from earlier logs; a hub records `PeriodCounted`."""

    name: ClassVar = "statistics.ticked"
    upto: int
    counted: int


class PeriodCounted(Event, frozen=True, kw_only=True):
    """The facts before this one, in shuffled order, count what the log holds up to position `upto` of the quarters
    from `first` (None: whichever was not counted before) to `last`: the hub's own consultations, or, where `loaded`,
    those of another source, which an operator loaded (E1, E4)."""

    name: ClassVar = "statistics.period_counted"
    upto: int
    counted: int
    first: Quarter | None = None
    last: Quarter
    loaded: bool = False


EVENTS: tuple[type[Event], ...] = (PolicyAdopted, GroundsAdopted, ConsultationCounted, Ticked, PeriodCounted)
