"""The log that projections read: the port `Log` over a topic, opened to facts by the code that opens the store's."""

from collections.abc import Sequence
from typing import Protocol

from adapters.kafka.frames import Frames
from domain.act import Fact
from domain.errors import Tampered, Unreadable


class Opener(Protocol):
    """From a frame to its fact, with `record` open and all else shut: `adapters.store.mapper.Mapper`."""

    def fact_of(self, frame: bytes) -> Fact: ...


class KafkaLog:
    """The one order of facts as Kafka carries it, for one thread at a time.

    What is wrong with a record stops whoever reads there, and the error names the position; what comes before it is
    given first.
    """

    def __init__(self, frames: Frames, opener: Opener) -> None:
        self._frames = frames
        self._opener = opener

    def read(self, after: int, limit: int) -> Sequence[Fact]:
        """The facts after a position, as far as they were on the topic before this call."""
        open_one = self._opener.fact_of
        facts: list[Fact] = []
        for frame in self._frames.read(after, limit):
            try:
                facts.append(open_one(frame))
            except (Tampered, Unreadable):
                if not facts:
                    raise
                break
        return facts

    def last(self) -> int:
        """The last position on the topic."""
        return self._frames.last()

    def wait(self, after: int, seconds: float) -> bool:
        """Wait until something comes after that position, or so many seconds; whether it did. The broker answers at
        once when there is something: nobody sleeps in between."""
        return self._frames.wait(after, seconds)

    def close(self) -> None:
        """Close the connections."""
        self._frames.close()
