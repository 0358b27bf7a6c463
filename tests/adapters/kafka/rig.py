"""A store with real sealed records, a topic of its own, and a relay between the two that runs as long as is asked."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from struct import pack
from typing import Any

from kafka import KafkaProducer
from msgspec import Struct

from adapters.kafka.carriage import is_carried
from adapters.kafka.connection import Broker
from adapters.kafka.frames import POSITION, Frames
from adapters.kafka.relay import Relay
from adapters.store.outcomes import PlacedFrame, Stored, Tip
from adapters.store.record import GENESIS, chain, place
from hub_cluster.kafka_access import ADMINISTRATOR, KafkaAccess
from tests.adapters.support import ENTROPY, Hub, one, person

PATIENCE = 20.0


class Held:
    """A lease that is held as long as nobody takes it away."""

    def __init__(self, *, held: bool = True) -> None:
        self.is_held = held
        self.lost = False
        """Whether it was lost since it was taken, though it may be taken again."""

    def take(self) -> bool:
        self.lost = self.lost and not self.is_held
        return self.is_held

    def held(self) -> bool:
        return self.is_held and not self.lost


class Kept:
    """A store in memory: rows as they are given to it."""

    name = "acts"

    def __init__(self, rows: Sequence[Stored] = ()) -> None:
        self.kept = list(rows)

    def rows(self, after: int, limit: int) -> Sequence[Stored]:
        return [row for row in self.kept if row.position > after][:limit]

    def frames(self, after: int, limit: int) -> Sequence[PlacedFrame]:
        return [PlacedFrame(row.position, row.frame) for row in self.rows(after, limit)]

    def last(self) -> int:
        return self.end()[0]

    def end(self) -> Tip:
        last = GENESIS
        for row in self.kept:
            last = chain(last, row.frame)
        return (self.kept[-1].position, last, place(self.kept[-1].frame)[1]) if self.kept else (0, GENESIS, 0)


class Topic(Struct, frozen=True):
    """One topic, and how each user reaches it."""

    name: str
    kafka: KafkaAccess
    carriage: Any = None
    """A `Carriage`; without one, positions alone can be read of what the relay carries."""

    def broker(self, user: str = "relay", patience: float = 10.0) -> Broker:
        return Broker(self.kafka.bootstrap, user, self.kafka.password(user), patience=patience)

    def frames(self, user: str = "projections", patience: float = 10.0) -> Frames:
        return Frames(self.broker(user, patience), self.name, self.carriage)

    @contextmanager
    def reading(self, user: str = "projections") -> Iterator[Frames]:
        frames = self.frames(user)
        try:
            yield frames
        finally:
            frames.close()

    def everything(self, count: int = 0) -> list[bytes]:
        """All frames, as the port gives them: one behind the other, each once, or an error. So many are waited for: a
        commit that was acknowledged stands, and is seen a little later."""
        with self.reading() as frames:
            until(lambda: frames.last() >= count)
            found: list[bytes] = []
            while page := frames.read(len(found), 1000):
                found += page
            return found

    @contextmanager
    def producing(self) -> Iterator[KafkaProducer]:
        """Somebody who may write to the topic and is no relay."""
        producer = KafkaProducer(**self.kafka.arguments(ADMINISTRATOR))
        try:
            yield producer
        finally:
            producer.close()

    def put(
        self, *values: bytes | None, key: bytes | None = None, headers: list[tuple[str, bytes]] | None = None
    ) -> None:
        """Put values on the topic as nobody should, each in the envelope that would belong to it."""
        with self.producing() as producer:
            for value in values:
                clear = [] if is_carried(value or b"") else [(POSITION, value[:8] if value else b"")]
                envelope = clear if headers is None else headers
                producer.send(self.name, value, key=key, partition=0, headers=envelope).get(10)


def append(hub: Hub, count: int, size: int = 1) -> None:
    """So many records, `size` of them in one commit."""
    while count > 0:
        hub.log.append([one(ENTROPY.ref(), 1, person()) for _ in range(min(size, count))])
        count -= size


def stored(hub: Hub) -> list[bytes]:
    return [row.frame for row in hub.log.rows.rows(0, 1_000_000)]


def numbered(*positions: int) -> list[bytes]:
    """Frames that stand somewhere and hold nothing."""
    return [pack(">Qq", position, 1) + b"x" * 300 for position in positions]


@contextmanager
def relaying(relay: Relay) -> Iterator["Running"]:
    """The relay at work on a thread of its own."""
    running = Running(relay)
    try:
        yield running
    finally:
        running.end()


class Running:
    """A relay on a thread, and what ended it."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.ended_by: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def until(self, position: int) -> None:
        """Wait until it has carried so much."""
        until(lambda: self.relay.state.position >= position or not self._thread.is_alive())
        assert self.ended_by is None, self.ended_by
        assert self.relay.state.position == position, self.relay.state

    def stopped(self) -> BaseException | None:
        """Wait until it ends by itself; what ended it."""
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), self.relay.state
        return self.ended_by

    def end(self) -> None:
        self.relay.stop()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), self.relay.state

    def _run(self) -> None:
        try:
            self.relay.run()
        except BaseException as error:  # noqa: BLE001 - told to whoever waits
            self.ended_by = error


def carry(topic: Topic, store: Any, **wiring: Any) -> Relay:
    """Carry all that a store holds, and stop."""
    relay = Relay(topic.broker(), topic.name, store, Held(), topic.carriage, **wiring)
    with relaying(relay) as running:
        running.until(store.end()[0])
    topic.everything(store.end()[0])
    return relay


def until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until something holds."""
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, "it did not come"
        time.sleep(0.005)
