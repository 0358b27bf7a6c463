"""The second log: who looked at what, and what was refused. Sealed whole in the compartment `access`."""

from typing import ClassVar, Final

from msgspec import Struct

from domain.event import Event
from domain.vocabulary import Instant, Ref, StaffId, UnitId

RATE: Final = "rate"
"""Stands in the place of a rule: whoever sends commands sent them faster than anybody may."""
COMMANDS: Final = "commands"
"""Stands in the place of the one command where it is not told: what was sent fast is nobody else's matter (C9)."""

LISTS: Final = frozenset(
    {"cases", "consultations", "referrals", "reports", "meetings", "inbox", "tasks", "board", "upcoming"}
)
"""What looks at a list are called: each is about no single matter, however many of them it showed."""


class ShownParts(Struct, frozen=True, array_like=True):
    """The parts of one stream that a response showed: (version, compartments as a bit set in their listed order)."""

    stream: Ref
    parts: tuple[tuple[int, int], ...]


class Looked(Event, frozen=True, kw_only=True):
    """One response left the hub. `position` is the store's when it was judged; `denied` was asked for by id."""

    name: ClassVar = "access.looked"
    what: str
    position: int
    seen: tuple[ShownParts, ...] = ()
    denied: tuple[Ref, ...] = ()
    as_of: Instant | None = None
    as_unit: UnitId | None = None

    def about(self) -> Ref | None:
        """The one matter that was asked for, which stands first; None for a list, and for what belongs to no matter."""
        streams = (*(seen.stream for seen in self.seen), *self.denied)
        return streams[0] if streams and self.what not in LISTS else None


class CommandRefused(Event, frozen=True, kw_only=True):
    """A command was refused: which, and by which rule; nothing of its content. `commands` by `rate`: from then on
    their sender was held up, because they sent faster than anybody may."""

    name: ClassVar = "access.command_refused"
    command: str
    rule: str
    stream: Ref | None = None


class AskedFor(Struct, frozen=True, kw_only=True):
    """Which looks of those within a mandate: at one matter, by one member of staff or one unit, from an instant on and
    before another. What is None is not asked for."""

    subject: Ref | None = None
    staff: StaffId | None = None
    unit: UnitId | None = None
    start: Instant | None = None
    end: Instant | None = None


ALL_LOOKS: Final = AskedFor()


EVENTS: tuple[type[Event], ...] = (Looked, CommandRefused)
