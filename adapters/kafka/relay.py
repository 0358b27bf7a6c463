"""The relay: it carries the store's frames to a topic, in order, each once, and opens none of them: it pads each and
seals it once more, so that the topic tells a position, a step of size and when it was sent, and no more.

It holds a lease, so that of two relays one waits. It initialises its transactional producer first, which ends whatever
an earlier one had begun, and only then reads how far the topic goes: read the other way round, records come twice.
The last record on the topic has to be the store's own at that position. If the store lacks it or holds another, an
older copy of the store was put back or somebody else wrote: the relay stops, and a person has to look. On any other
error it throws the producer away and begins again from the topic.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from enum import Enum
from hashlib import sha256
from typing import Final, Protocol

from msgspec import Struct

from adapters.kafka.carriage import Carriage
from adapters.kafka.connection import Broker, diagnose
from adapters.kafka.errors import FencedOff, LogDiffers, StoreLacks
from adapters.kafka.frames import Frames
from adapters.kafka.sending import Sender, trace_of
from adapters.store.outcomes import PlacedFrame
from adapters.store.record import place
from domain.errors import SamradError, StoreBehind, Tampered, Unreadable
from domain.ports import Watch
from domain.vocabulary import Instant

_log: Final = logging.getLogger("samrad.relay")

PAGE: Final = 1_000
MOST: Final = 20 * PAGE
"""Records of one transaction: when far behind, a commit costs what a few hundred of them do."""
LARGEST: Final = 32 * 1024 * 1024
"""Bytes of one transaction."""
IDLE: Final = 0.5
"""Seconds after which it looks by itself, at the store and at the lease."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 5.0


class RelayedStore(Protocol):
    """What the relay asks of an event store."""

    def frames(self, after: int, limit: int) -> Sequence[PlacedFrame]: ...

    def last(self) -> int: ...


class RelayLease(Protocol):
    """The right to be the one relay of a log; a connection that is lost is a lease that is lost."""

    def take(self) -> bool:
        """Take it if nobody has it; whether it is ours now."""
        ...

    def held(self) -> bool:
        """Whether it is ours still. One that was lost is not, even if nobody has it: another may have carried on since,
        or an older copy of the store was put back, so that the topic has to be asked again."""
        ...


class Waker(Protocol):
    """Tells when something may have been recorded."""

    def wait(self, seconds: float) -> object:
        """Return when something may be there, or after so many seconds."""
        ...


class ShortPolls:
    """Where nobody tells: look again and again. A notice in the store's own transaction would make the two logs wait
    for each other's disk; a look costs a small question."""

    def __init__(self, pause: float = 0.003) -> None:
        self._pause = pause

    def wait(self, seconds: float) -> None:
        time.sleep(min(self._pause, seconds))


class Point(Enum):
    """Where a relay may be killed: between any two of these it holds nothing that the topic does not tell again."""

    LEASED = "leased"
    INITIALISED = "initialised"
    RESUMED = "resumed"
    BEGUN = "begun"
    SENT = "sent"
    FLUSHED = "flushed"
    COMMITTED = "committed"


class State(Struct, frozen=True):
    """How a relay stands: the last position that is on the topic, and what hinders it, if anything does."""

    position: int = 0
    carrying: bool = False
    trouble: str = ""


class Relay:
    """Carries one log. `run` returns when it is asked to stop, and raises what a person has to look at."""

    def __init__(
        self,
        broker: Broker,
        topic: str,
        store: RelayedStore,
        lease: RelayLease,
        carriage: Carriage,
        waker: Waker | None = None,
        *,
        name: str = "acts",
        watch: Watch | None = None,
        at: Callable[[Point], object] = lambda _: None,
    ) -> None:
        self._broker = broker
        self._topic = topic
        self._store = store
        self._lease = lease
        self._carriage = carriage
        self._waker = waker or ShortPolls()
        self._name = name
        self._watch = watch
        self._at = at
        self._stopped = threading.Event()
        self._known: int | None = None
        self.state = State()

    def stop(self) -> None:
        """Finish the transaction under way if the broker answers, and end `run`. Any thread may ask for it."""
        self._stopped.set()

    def _reached(self, position: int, rows: Sequence[PlacedFrame] = ()) -> None:
        """So far the topic is known to go; what the store has beyond it, a lost store would lose."""
        self._known = position
        if self._watch is not None:
            waiting = len(rows) if len(rows) < PAGE else self._store.last() - position
            self._watch.waits("relay", self._name, waiting)

    def run(self) -> None:
        """Carry until stopped; begin again after every error but those that a person has to look at."""
        pause = FIRST_PAUSE
        while not self._stopped.is_set():
            before = self.state.position
            try:
                if self._lease.take():
                    self._carry_while_leased()
                else:
                    self._stand_by()
                pause = FIRST_PAUSE
            except (Tampered, Unreadable, StoreBehind) as error:
                self._troubled(error)
                raise
            except Exception as error:  # noqa: BLE001 - whatever it was, the topic tells how far it came
                self._troubled(error)
                pause = FIRST_PAUSE if self.state.position > before else min(2 * pause, LONGEST_PAUSE)
            self._stopped.wait(pause)
        self.state = State(self.state.position)

    def _stand_by(self) -> None:
        """Another carries, and tells what waits."""
        if self._watch is not None:
            self._watch.waits("relay", self._name, 0)

    def _troubled(self, error: Exception) -> None:
        what = f": {error}" if isinstance(error, SamradError) else ""
        self.state = State(self.state.position, trouble=f"{type(error).__name__}{what}")
        _log.warning("the relay stopped: %s", type(error).__name__)
        if self._watch is not None:
            self._watch.alarm("relay", type(error).__name__)
            if self._known is not None:  # while Kafka is away, what waits is told all the same
                with suppress(SamradError):
                    self._watch.waits("relay", self._name, max(0, self._store.last() - self._known))

    def _carry_while_leased(self) -> None:
        """One producer's life, up to the first thing that is wrong."""
        self._at(Point.LEASED)
        diagnose(self._broker)
        with Sender(self._broker, self._topic, lambda: not self._stopped.is_set()) as sender:
            sender.initialise()
            self._at(Point.INITIALISED)
            position = self._resume()
            self._at(Point.RESUMED)
            self.state = State(position, carrying=True)
            self._known = position
            asked = 0.0
            while not self._stopped.is_set():
                rows = self._store.frames(position, PAGE)
                if rows or time.monotonic() - asked > IDLE:
                    if not self._lease.held():
                        raise FencedOff(f"{self._topic}: the lease is another's now")
                    asked = time.monotonic()
                    self._reached(position, rows)
                if rows:
                    position = self._carry(sender, position, rows)
                    self._reached(position)
                    self.state = State(position, carrying=True)
                else:
                    self._waker.wait(IDLE)

    def _resume(self) -> int:
        """The last position on the topic, after comparing what stands there with the store."""
        frames = Frames(self._broker, self._topic, self._carriage)
        try:
            last = frames.last_frame()
        finally:
            frames.close()
        if last is None:
            return 0
        position = place(last)[0]
        rows = self._store.frames(position - 1, 1) if position else ()
        if not rows:
            end = self._store.last()
            raise StoreLacks(
                f"{self._topic} holds position {position}, and the store ends at {end}: an older copy was put back"
            )
        if rows[0].position != position or sha256(rows[0].frame).digest() != sha256(last).digest():
            raise LogDiffers(f"{self._topic}, position {position}: store and topic hold different records")
        return position

    def _carry(self, sender: Sender, after: int, rows: Sequence[PlacedFrame]) -> int:
        """One transaction: these rows, and what follows them as long as pages come full; the last position."""
        oldest = place(rows[0].frame)[1]
        carried: list[bytes] = []
        size = 0
        self._carriage.refresh()
        sender.begin()
        self._at(Point.BEGUN)
        while rows:
            frames = _in_order(rows, after)
            sealed = [self._carriage.seal(frame) for frame in frames]
            sender.send(sealed)
            after += len(rows)
            carried += frames
            size += sum(map(len, sealed))
            full = len(rows) == PAGE and len(carried) < MOST and size < LARGEST
            rows = self._store.frames(after, PAGE) if full else ()
        self._at(Point.SENT)
        with self._watched(carried, oldest):
            sender.flush()
            self._at(Point.FLUSHED)
            sender.commit()
        self._at(Point.COMMITTED)
        return after

    def _watched(self, carried: Sequence[bytes], oldest: Instant) -> AbstractContextManager[object]:
        if self._watch is None:
            return nullcontext()
        return self._watch.batch("relay", self._name, map(trace_of, carried), len(carried), oldest)


def _in_order(rows: Sequence[PlacedFrame], after: int) -> list[bytes]:
    """The frames of these rows; nothing leaves the store that is not the next record there."""
    for expected, row in enumerate(rows, after + 1):
        if row.position != expected or row.frame[:8] != expected.to_bytes(8, "big"):
            raise Tampered(f"position {expected} is missing from the store, {row.position} comes in its place")
    return [row.frame for row in rows]
