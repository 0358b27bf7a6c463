"""What is remembered of aggregates while they are folded, limited by how many acts are in it: a state holds its acts.

Those that nothing has come to for the longest are let go first.
"""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Generic, TypeVar

from domain.vocabulary import Ref

T = TypeVar("T")


class Remembered(Generic[T]):
    """By aggregate, what was put in last."""

    def __init__(self) -> None:
        self._held: OrderedDict[Ref, tuple[T, int]] = OrderedDict()
        self.acts = 0
        """In all that is held."""

    def put(self, stream: Ref, held: T, acts: int) -> None:
        """Hold it as the latest; it has so many acts in it."""
        self.pop(stream)
        self._held[stream] = (held, acts)
        self.acts += acts

    def pop(self, stream: Ref) -> T | None:
        """Hold it no more; None if it was not held."""
        found = self._held.pop(stream, None)
        if found is None:
            return None
        self.acts -= found[1]
        return found[0]

    def beyond(self, most: int) -> Iterator[tuple[Ref, T]]:
        """Let go of the oldest until no more acts than that are held, and give each."""
        while self._held and self.acts > most:
            stream, (held, acts) = self._held.popitem(last=False)
            self.acts -= acts
            yield stream, held

    def clear(self) -> None:
        """Hold nothing."""
        self._held.clear()
        self.acts = 0
