"""Whether store and topic hold the same records, each compared with each, byte by byte."""

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from msgspec import Struct

from adapters.kafka.errors import LogDiffers, StoreLacks
from adapters.kafka.frames import Frames
from adapters.outcomes import Stored, Tip

PAGE: Final = 2_000


class Store(Protocol):
    """What is asked of an event store."""

    def end(self) -> Tip: ...

    def rows(self, after: int, limit: int) -> Sequence[Stored]: ...


class Agreed(Struct, frozen=True):
    """So far both hold the same, up to this position of so many. `waiting` records are in the store and not on the
    topic yet: the relay will carry them."""

    position: int
    last: int
    waiting: int


def agree(store: Store, frames: Frames) -> Iterator[Agreed]:
    """Page by page; stops at the first difference with an error that names the position and what differs."""
    carried, kept = frames.last(), store.end()[0]
    position = 0
    while position < carried:
        page = frames.read(position, PAGE)
        rows = store.rows(position, len(page))
        for expected, frame in enumerate(page, position + 1):
            at = expected - position - 1
            if at >= len(rows):
                raise StoreLacks(f"{frames.topic} holds position {expected}, which the store lacks")
            if rows[at].position != expected or rows[at].frame != frame:
                raise LogDiffers(f"{frames.topic}, position {expected}: store and topic hold different records")
        position += len(page)
        yield Agreed(position, carried, max(0, kept - carried))
    if not carried:
        yield Agreed(0, 0, kept)
