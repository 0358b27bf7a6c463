"""Agreement, what may be asked for. Roles, units and time limits are read from it, never coded (B3)."""

from typing import Annotated, ClassVar

from msgspec import Meta

from domain.agreement.events import MeetingRule, Party, TimeLimit
from domain.bounds import Day
from domain.command import Command
from domain.vocabulary import AgencyId, Kind

Municipality = Annotated[str, Meta(pattern=r"^[0-9]{4}$")]


class Conclude(Command, frozen=True, kw_only=True):
    """Record an agreement between parties, for a period of days."""

    name: ClassVar = "agreement.conclude"
    kind: ClassVar = Kind.AGREEMENT
    opens: ClassVar = True
    title: Annotated[str, Meta(min_length=1, max_length=200)]
    county: Annotated[str, Meta(pattern=r"^[0-9]{2}$")]
    catchment: frozenset[Municipality]
    parties: Annotated[tuple[Party, ...], Meta(min_length=1)]
    limits: tuple[TimeLimit, ...] = ()
    meetings: tuple[MeetingRule, ...] = ()
    responsible_body: AgencyId
    follow_up: Annotated[str, Meta(max_length=400)] = ""
    first: Day
    last: Day | None = None


class Amend(Command, frozen=True, kw_only=True):
    """From a day on: parties join, change (each replaces its earlier entry) or leave, limits change."""

    name: ClassVar = "agreement.amend"
    kind: ClassVar = Kind.AGREEMENT
    parties: tuple[Party, ...] = ()
    left: frozenset[AgencyId] = frozenset()
    limits: tuple[TimeLimit, ...] = ()
    meetings: tuple[MeetingRule, ...] = ()
    first: Day


class End(Command, frozen=True, kw_only=True):
    """The agreement ends with a day."""

    name: ClassVar = "agreement.end"
    kind: ClassVar = Kind.AGREEMENT
    last: Day


COMMANDS: tuple[type[Command], ...] = (Conclude, Amend, End)
