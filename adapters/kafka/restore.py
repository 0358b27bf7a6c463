"""From a topic alone back to an event store: every frame, proved in place and form, chained anew.

Nothing is opened and no key is needed. What was accepted while Kafka was away is not on the topic and is not there
afterwards: `Restored` says how far it came, and the high-water mark and the answers that were given say what is
missing beyond that.
"""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from msgspec import Struct

from adapters.kafka.frames import Frames
from adapters.outcomes import Tip
from adapters.record import GENESIS, PLACE_SIZE, chain, decode, place
from domain.errors import SamradError, Tampered
from domain.vocabulary import Instant

PAGE: Final = 5_000


class EmptyStore(Protocol):
    """A store into which frames may be put as they are, in their order, by its owner alone."""

    def end(self) -> Tip: ...

    def restore(self, frames: Sequence[bytes]) -> object: ...


class Restored(Struct, frozen=True):
    """How far the topic went: its last position, the chain's hash there, and when that was committed."""

    position: int
    chain: bytes
    committed: Instant


def restore(frames: Frames, store: EmptyStore, progress: Callable[[int, int], None] = lambda *_: None) -> Restored:
    """Put the whole topic into an empty store, and see that the store then ends as the topic does."""
    if store.end()[0]:
        raise SamradError("a store that holds records is not restored over: begin with an empty one")
    last = frames.last()
    restored = Restored(0, GENESIS, 0)
    while restored.position < last:
        page = frames.read(restored.position, PAGE)
        restored = _proved(frames.topic, restored, page)
        store.restore(page)
        progress(restored.position, last)
    if store.end() != (restored.position, restored.chain, restored.committed):
        raise Tampered(f"{frames.topic}: the restored store does not end as the topic does, at {restored.position}")
    return restored


def _proved(topic: str, so_far: Restored, page: Sequence[bytes]) -> Restored:
    """The page follows, each record is in its one form, and no committed time goes back."""
    position, last_chain, committed = so_far.position, so_far.chain, so_far.committed
    for frame in page:
        position, at = place(frame)
        try:
            decode(frame[PLACE_SIZE:])
            if at < committed:
                raise Tampered("the committed time goes back")
        except SamradError as error:
            raise type(error)(f"{topic}, position {position}: {error}") from error
        committed = at
        last_chain = chain(last_chain, frame)
    return Restored(position, last_chain, committed)
