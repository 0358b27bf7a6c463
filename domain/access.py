"""The second log: who looked at what, and what was refused. Sealed whole in the compartment `access`."""

from typing import ClassVar, Final

from msgspec import Struct

from domain.event import Event
from domain.vocabulary import Instant, Ref, UnitId

RATE: Final = "rate"
"""Stands in the place of a rule: whoever sends commands sent them faster than anybody may."""
COMMANDS: Final = "commands"
"""Stands in the place of the one command where it is not told: what was sent fast is nobody else's matter (C9)."""


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
    """A command was refused: which, and by which rule; nothing of its content. `commands` by `rate`: from then on
    their sender was held up, because they sent faster than anybody may."""

    name: ClassVar = "access.command_refused"
    command: str
    rule: str
    stream: Ref | None = None


EVENTS: tuple[type[Event], ...] = (Looked, CommandRefused)
