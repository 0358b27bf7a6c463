"""From the store to Kafka and from there to facts: the relay and the log beside kafka-python alone.

The floor sends and reads the same records, sealed for carriage beforehand, with the same settings of the client. What
the relay adds is the store, the sealing, the transactions and the proof that nothing stands between its records; what
the log adds is the proof of each frame's place, and opening it twice.
"""

import os
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from time import perf_counter
from uuid import uuid4

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from adapters.kafka.carriage import Carriage, CarriageKey, CarriageKeys
from adapters.kafka.connection import Broker
from adapters.kafka.frames import Frames
from adapters.kafka.log import KafkaLog
from adapters.kafka.relay import Point, Relay
from adapters.kafka.sending import settings
from adapters.kafka.topics import create
from adapters.store.mapper import Mapper
from adapters.system import SystemEntropy
from benchmarks import stage
from benchmarks.measure import Line, Stopwatch, by_turns, compared
from hub_api.runtime.hub import Hub
from hub_cluster.kafka import Kafka
from hub_cluster.kafka_access import ADMINISTRATOR, KafkaAccess

PREFIX = "t-"
KEYS = CarriageKeys(Path("nowhere"), (CarriageKey(bytes(16), os.urandom(32), date(2026, 11, 9)),))
PAGE = 5_000
ACTS = 50


class Alone:
    """A lease that nobody else wants."""

    def take(self) -> bool:
        return True

    def held(self) -> bool:
        return True


def with_a_broker(rounds: int, records: int) -> list[Line]:
    """The same, with a broker that is started for it."""
    with tempfile.TemporaryDirectory(prefix="samrad-bench-") as folder, Kafka.start(Path(folder) / "k") as kafka:
        kafka.allow_hub([PREFIX], prefixed=True)
        return carrying(kafka, rounds, records)


def carrying(kafka: KafkaAccess, rounds: int, records: int) -> list[Line]:
    """Relay and catch-up, each beside its floor."""
    with ExitStack() as parts:
        hub = parts.enter_context(stage.opened_hub())
        stage.cases(hub, -(-records // ACTS), ACTS)
        frames = [carriage().seal(row.frame) for row in hub.log.rows.rows(0, hub.log.last())]
        relay = by_turns(rounds, lambda _: relayed(kafka, hub, len(frames)), lambda _: sent(kafka, frames))
        topic = new_topic(kafka)
        relayed(kafka, hub, len(frames), topic)
        catching_up = by_turns(
            rounds, lambda _: read(kafka, hub, topic, len(frames)), lambda _: received(kafka, topic, len(frames))
        )
    return [
        compared("relay: store to Kafka, far behind", len(frames), "records", relay, 0.9),
        compared("log: Kafka to facts, far behind", len(frames), "records", catching_up, 0.6),
    ]


def relayed(kafka: KafkaAccess, hub: Hub, last: int, topic: str = "") -> float:
    """Seconds from having read back the topic until all is committed."""
    began: list[float] = []
    committed = threading.Event()
    topic = topic or new_topic(kafka)

    def at(point: Point) -> None:
        if point is Point.RESUMED:
            began.append(perf_counter())
        elif point is Point.COMMITTED:
            began.append(perf_counter())
            committed.set()

    relay = Relay(broker(kafka, "relay"), topic, hub.log.rows, Alone(), carriage(), at=at)
    thread = threading.Thread(target=relay.run)
    thread.start()
    while relay.state.position < last:
        committed.wait()
        committed.clear()
    relay.stop()
    thread.join()
    return began[-1] - began[0]


def sent(kafka: KafkaAccess, frames: Sequence[bytes]) -> float:
    """Seconds that the client alone takes to send those frames, idempotently and without transactions."""
    topic = new_topic(kafka)
    with closing(KafkaProducer(**settings(broker(kafka, "relay")))) as producer:
        producer.send(topic, b"x", partition=0).get(10)
        watch = Stopwatch()
        with watch:
            for frame in frames:
                producer.send(topic, frame, partition=0)
            producer.flush()
    return watch.seconds


def read(kafka: KafkaAccess, hub: Hub, topic: str, last: int) -> float:
    """Seconds until every fact is there, in the pages of a runner."""
    mapper = Mapper(hub.vault, hub.entropy, hub.log.is_disposed, topic)
    with closing(KafkaLog(Frames(broker(kafka, "projections"), topic, carriage()), mapper)) as log:
        log.last()
        watch = Stopwatch()
        with watch:
            position = 0
            while position < last:
                position += len(log.read(position, PAGE))
    return watch.seconds


def received(kafka: KafkaAccess, topic: str, last: int) -> float:
    """Seconds that the client alone takes to read as much."""
    arguments = {
        "isolation_level": "read_committed",
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "max_partition_fetch_bytes": 8 * 1024 * 1024,
    }
    with closing(KafkaConsumer(**broker(kafka, "projections").arguments(), **arguments)) as consumer:
        consumer.assign([TopicPartition(topic, 0)])
        consumer.poll(10_000, max_records=1)
        consumer.seek(TopicPartition(topic, 0), 0)
        watch = Stopwatch()
        with watch:
            count = 0
            while count < last:
                count += sum(map(len, consumer.poll(1000, max_records=PAGE).values()))
    return watch.seconds


def carriage() -> Carriage:
    """Under a key that is made for one run."""
    return Carriage(KEYS, "acts", SystemEntropy())


def broker(kafka: KafkaAccess, user: str) -> Broker:
    return Broker(kafka.bootstrap, user, kafka.password(user))


def new_topic(kafka: KafkaAccess) -> str:
    topic = f"{PREFIX}{uuid4().hex}"
    create(broker(kafka, ADMINISTRATOR), topic)
    return topic
