"""What the recorder tells: a row as it is read, what became of a command, and where a log ends."""

from typing import TypeAlias

from msgspec import Struct

from domain.vocabulary import Instant


class Stored(Struct, frozen=True, gc=False):
    """A row as it is read."""

    position: int
    stream: bytes
    version: int
    frame: bytes


class PlacedFrame(Struct, frozen=True, gc=False):
    """A frame and where it stands: all that is read by who carries it."""

    position: int
    frame: bytes


class Placed(Struct, frozen=True, gc=False):
    """A command was appended; its last event is at that position."""

    positions: tuple[int, ...]


class Earlier(Struct, frozen=True):
    """The same request was appended before, as these rows."""

    rows: tuple[Stored, ...]


class Taken(Struct, frozen=True):
    """A version of a stream is taken, or is not the next one; nothing of the command was appended."""


Outcome = Placed | Earlier | Taken
Tip: TypeAlias = tuple[int, bytes, Instant]
"""Where a log ends: its last position, the chain hash there, and its committed time."""
