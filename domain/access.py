"""The second log: who looked at what, and what was refused. Sealed whole in the compartment `access`."""

from typing import ClassVar

from msgspec import Struct

from domain.event import Event
from domain.vocabulary import Instant, Ref, UnitId


class Seen(Struct, frozen=True, array_like=True):
    """The parts of one stream that a response showed: (version, compartments as a bit set in their listed order)."""

    stream: Ref
    parts: tuple[tuple[int, int], ...]


class Looked(Event, frozen=True, kw_only=True):
    """One response left the hub. `position` is the store's when it was judged; `denied` was asked for by id."""

    name: ClassVar = "access.looked"
    what: str
    position: int
    seen: tuple[Seen, ...] = ()
    denied: tuple[Ref, ...] = ()
    as_of: Instant | None = None
    as_unit: UnitId | None = None


class CommandRefused(Event, frozen=True, kw_only=True):
    """A command was refused: which, and by which rule; nothing of its content."""

    name: ClassVar = "access.command_refused"
    command: str
    rule: str
    stream: Ref | None = None


EVENTS: tuple[type[Event], ...] = (Looked, CommandRefused)
