"""Whether store and topic hold the same records, each compared with each, byte by byte."""

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from msgspec import Struct

from adapters.kafka.errors import LogDiffers, LogGap, StoreLacks
from adapters.kafka.frames import Frames
from adapters.store.differences import Difference, Tell
from adapters.store.outcomes import Stored, Tip
from adapters.store.record import matter_of
from domain.errors import SamradError, Tampered, Unreadable

PAGE: Final = 2_000


class ComparedStore(Protocol):
    """What is asked of an event store."""

    @property
    def name(self) -> str:
        """What the log is called."""
        ...

    def end(self) -> Tip: ...

    def rows(self, after: int, limit: int) -> Sequence[Stored]: ...


class Matched(Struct, frozen=True):
    """So far both hold the same, up to this position of so many. `waiting` records are in the store and not on the
    topic yet: the relay will carry them."""

    position: int
    last: int
    waiting: int


def agree(store: ComparedStore, frames: Frames, tell: Tell | None = None) -> Iterator[Matched]:
    """Page by page. `tell` is told each difference; without it, the first one is raised."""
    comparing = _Comparing(store, frames, tell)
    while comparing.position < comparing.carried:
        comparing.page()
        yield comparing.so_far()
    if not comparing.carried:
        yield comparing.so_far()


class _Comparing:
    """How far a store and a topic have been compared."""

    def __init__(self, store: ComparedStore, frames: Frames, tell: Tell | None) -> None:
        self._store = store
        self._frames = frames
        self._tell = tell
        self._kept = store.end()[0]
        self.carried = frames.last()
        self.position = 0

    def so_far(self) -> Matched:
        return Matched(self.position, self.carried, max(0, self._kept - self.carried))

    def page(self) -> None:
        """Compare what the topic gives next; where it gives nothing right, go on behind that."""
        try:
            page = self._frames.read(self.position, PAGE)
        except (Tampered, Unreadable) as error:
            self._differs(error, self.position + 1)
            self.position = self._frames.pass_over()
        else:
            if not page:
                self._differs(LogGap(self._frames.topic, self.position + 1, self.carried), self.position + 1)
                self.position = self.carried
            rows = {row.position: row for row in self._store.rows(self.position, len(page))}
            for expected, frame in enumerate(page, self.position + 1):
                self._compare(expected, frame, rows.get(expected))
            self.position += len(page)

    def _compare(self, position: int, frame: bytes, row: Stored | None) -> None:
        topic = self._frames.topic
        if row is None and position > self._kept:
            self._differs(StoreLacks(f"{topic} holds position {position}, which the store lacks"), position, frame)
        elif row is None or row.frame != frame:
            different = f"{topic}, position {position}: store and topic hold different records"
            self._differs(LogDiffers(different), position, row.frame if row else frame)

    def _differs(self, error: SamradError, position: int, frame: bytes = b"") -> None:
        if self._tell is None:
            raise error
        place = f"topic of {self._store.name}"
        what = str(error).removeprefix(f"{self._frames.topic}, position {position}: ")
        self._tell(Difference(place, position, type(error).__name__, what, *matter_of(frame)))
