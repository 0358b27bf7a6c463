"""Agreement, what happened: who cooperates in which area, in which roles and within which time limits (B3)."""

from datetime import date
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from domain.event import Event
from domain.vocabulary import AgencyId, AgencyKind, MeetingKind, Purpose, Role, UnitId

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$", max_length=80)]


class Unit(Struct, frozen=True, kw_only=True):
    """A unit of a party: the reader of need-to-know (B5, F). `keeps_no_record` is A5's service."""

    id: Annotated[UnitId, Meta(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$", max_length=80)]
    name: Annotated[str, Meta(min_length=1, max_length=120)]
    roles: frozenset[Role]
    purposes: frozenset[Purpose]
    keeps_no_record: bool = False


class Party(Struct, frozen=True, kw_only=True):
    """An authority in the law's sense, or a private body, with its units (B1). `municipality` is the official code."""

    id: Annotated[AgencyId, Meta(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$", max_length=80)]
    name: Annotated[str, Meta(min_length=1, max_length=120)]
    kind: AgencyKind
    municipality: Annotated[str, Meta(pattern=r"^[0-9]{4}$")] | None = None
    units: tuple[Unit, ...]


class TimeLimit(Struct, frozen=True, kw_only=True):
    """A time limit that this agreement sets, never the code (B3, D8)."""

    what: Annotated[str, Meta(pattern=r"^[a-z_]{1,40}$")]
    hours: Annotated[int, Meta(gt=0)]


class MeetingRule(Struct, frozen=True, kw_only=True):
    """What this agreement asks of a kind of joint meeting: whom it requires, and how many units at least (B3, D4)."""

    meeting: MeetingKind
    required: frozenset[AgencyKind] = frozenset()
    quorum: Annotated[int, Meta(ge=0, le=100)] = 0


class Concluded(Event, frozen=True, kw_only=True):
    """The parties agreed, for a period: `first` is its first day, `last` its last (Europe/Stockholm)."""

    name: ClassVar = "agreement.concluded"
    title: Annotated[str, Meta(min_length=1, max_length=200)]
    county: Annotated[str, Meta(pattern=r"^[0-9]{2}$")]
    catchment: frozenset[str]
    parties: tuple[Party, ...]
    limits: tuple[TimeLimit, ...] = ()
    meetings: tuple[MeetingRule, ...] = ()
    responsible_body: AgencyId
    """The body responsible for the resource centre's own records."""
    follow_up: Annotated[str, Meta(max_length=400)] = ""
    first: date
    last: date | None = None


class Amended(Event, frozen=True, kw_only=True):
    """Parties joined, left or changed, from a day on: those named replace their earlier entries."""

    name: ClassVar = "agreement.amended"
    parties: tuple[Party, ...] = ()
    left: frozenset[AgencyId] = frozenset()
    limits: tuple[TimeLimit, ...] = ()
    meetings: tuple[MeetingRule, ...] = ()
    first: date


class Ended(Event, frozen=True, kw_only=True):
    """The agreement ends with that day."""

    name: ClassVar = "agreement.ended"
    last: date


EVENTS: tuple[type[Event], ...] = (Concluded, Amended, Ended)
