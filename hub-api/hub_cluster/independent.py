"""The broker as a client finds it that shares no line with ours: every topic, and every byte of each record."""

import time
from typing import Any, Final

from confluent_kafka import Consumer, KafkaError, TopicPartition
from msgspec import Struct

from domain.errors import SamradError
from hub_cluster.kafka_access import ADMINISTRATOR, KafkaAccess

BROKERS_OWN: Final = frozenset({"__consumer_offsets", "__transaction_state", "__share_group_state"})
"""Topics that the broker makes for itself: how far readers are, and which transactions are open."""
READ_WITHIN: Final = 60.0
ANSWERS_WITHIN: Final = 10.0


class Topic(Struct, frozen=True):
    """A topic as the broker lists it."""

    name: str
    partitions: tuple[int, ...]


class Found(Struct, frozen=True):
    """How many records a topic has, and all bytes of their values, keys and headers."""

    count: int
    told: bytes


class Independent:
    """Reads as the administrator: to nobody else the broker lists what is not meant for them."""

    def __init__(self, kafka: KafkaAccess) -> None:
        self._consumer = Consumer(
            {
                **kafka.independent(ADMINISTRATOR),
                "group.id": "samrad.check",
                "enable.auto.commit": False,
                "isolation.level": "read_committed",
                "auto.offset.reset": "earliest",
                "enable.partition.eof": True,
            }
        )

    def topics(self) -> list[Topic]:
        """Every topic that the broker lists."""
        listed = self._consumer.list_topics(timeout=ANSWERS_WITHIN).topics
        return [Topic(name, tuple(sorted(each.partitions))) for name, each in sorted(listed.items())]

    def everything(self, topic: Topic, expected: int = 0) -> Found:
        """All that a topic holds; so many records are waited for: one that was acknowledged is seen a little later."""
        told, count, ended = bytearray(), 0, set[int]()
        until = time.monotonic() + READ_WITHIN
        self._consumer.assign([TopicPartition(topic.name, partition, 0) for partition in topic.partitions])
        while ended != set(topic.partitions) or count < expected:
            if time.monotonic() > until:
                raise SamradError(f"the independent client found {count} records of {topic.name} and no end in time")
            for message in self._consumer.consume(500, 1.0):
                error, partition = message.error(), message.partition()
                if error is not None and error.code() != KafkaError._PARTITION_EOF:
                    raise SamradError(f"the independent client was told: {error.name()}")
                if error is not None and partition is not None:
                    ended.add(partition)
                    continue
                told += (message.key() or b"") + (message.value() or b"")
                headers: Any = message.headers() or ()
                for name, value in headers:
                    told += name.encode() + (value or b"")
                count += 1
        return Found(count, bytes(told))

    def close(self) -> None:
        """Let the broker know that nobody reads any more."""
        self._consumer.close()
