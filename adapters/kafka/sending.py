"""A producer for one go: sealed records in transactions, until anything at all is wrong with it; then it goes.

A producer that has failed once cannot be trusted again: after the broker has forgotten its transactional id, even
giving up a transaction fails.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

from kafka import KafkaProducer, TopicPartition
from kafka import errors as told

from adapters.kafka.connection import Broker, translated
from adapters.kafka.errors import BrokerAway, KafkaTrouble
from adapters.kafka.topics import LARGEST_RECORD
from adapters.store.record import HEADER_SIZE, PLACE_SIZE

BATCH: Final = 256 * 1024
TRANSACTION_MS: Final = 30_000
"""After so long the broker gives up a transaction whose relay is gone; one that begins again ends it at once."""
_LOOK: Final = 0.1
"""Seconds between two looks whether an answer that does not come shall be waited for."""
_TRACE: Final = slice(PLACE_SIZE + HEADER_SIZE - 26, PLACE_SIZE + HEADER_SIZE - 1)
_NO_HEADERS: Final[list[tuple[str, bytes]]] = []
"""The envelope tells nothing: no key, no header, and the time of sending as every record of Kafka does."""


def trace_of(frame: bytes) -> bytes:
    """The trace context of a frame as 25 bytes; zeros if it has none."""
    return frame[_TRACE]


def settings(broker: Broker) -> dict[str, Any]:
    """How a producer is set up, apart from its transactions."""
    patience = int(broker.patience * 1000)
    return broker.arguments() | {
        "enable_idempotence": True,  # said, so that a setting against it is an error
        "acks": "all",
        "batch_size": BATCH,
        "linger_ms": 20,  # a commit flushes at once; while far behind, batches come full
        "max_request_size": max(LARGEST_RECORD, 1_048_576),
        "max_block_ms": patience,
        "delivery_timeout_ms": 2 * patience,
        "allow_auto_create_topics": False,
    }


class Sender:
    """Records to one topic in transactions, under the one transactional id of that topic, so that a second sender
    shuts the first one out."""

    def __init__(self, broker: Broker, topic: str, wanted: Callable[[], bool]) -> None:
        self._topic = topic
        self._broker = broker
        self._wanted = wanted  # whether to go on waiting for the broker
        self._partition = TopicPartition(topic, 0)
        self._sent: list[Any] = []  # what the first and the last frame of the transaction became
        self._count = 0
        with translated(broker, topic):
            self._producer = KafkaProducer(
                **settings(broker), transactional_id=topic, transaction_timeout_ms=TRANSACTION_MS
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def initialise(self) -> None:
        """Shut out whoever sent here before, and end what that one had begun."""
        with translated(self._broker, self._topic):
            self._producer.init_transactions()

    def begin(self) -> None:
        with translated(self._broker, self._topic):
            self._producer.begin_transaction()
        self._sent.clear()
        self._count = 0

    def send(self, carried: Sequence[bytes]) -> None:
        """Hand over records of the transaction, in order.

        The first goes the client's public way, which makes the partition part of the transaction. What it does there
        for every record again costs as much as all the rest, so the others go where it would put them.
        """
        with translated(self._broker, self._topic):
            if not self._count:
                self._sent.append(self._producer.send(self._topic, carried[0], partition=0))
            put, partition, last = self._producer._accumulator.append, self._partition, None
            for value in carried[0 if self._count else 1 :]:
                last, full, new, _ = put(partition, None, None, value, _NO_HEADERS)
                if full or new:
                    self._producer._sender.wakeup()
        self._count += len(carried)
        if last is not None:
            self._sent[1:] = [last]

    def flush(self) -> None:
        """Every frame of the transaction is with the broker, one behind the other, and nothing between them."""
        with translated(self._broker, self._topic):
            self._wait_for(self._flushed)
            offsets = [each.get(0).offset for each in self._sent]
        if offsets[-1] - offsets[0] != self._count - 1:
            raise KafkaTrouble(f"{self._topic}: another writes between the records of the relay")

    def commit(self) -> None:
        """The transaction stands when this returns. If it does not return, only the topic can tell whether it does."""
        with translated(self._broker, self._topic):
            ended = self._producer._transaction_manager.begin_commit()  # the public way waits without end
            self._producer._sender.wakeup()
            self._wait_for(lambda: bool(ended.wait(_LOOK * 1000)))

    def _flushed(self) -> bool:
        try:
            self._producer.flush(_LOOK)
        except told.KafkaTimeoutError:
            return False
        return True

    def _wait_for(self, look: Callable[[], bool]) -> None:
        until = time.monotonic() + self._broker.patience
        while not look():
            if not self._wanted():
                raise BrokerAway(
                    f"{self._broker.addresses} did not answer before the relay of {self._topic} had to stop"
                )
            if time.monotonic() > until:
                raise BrokerAway(f"{self._broker.addresses} does not answer the relay of {self._topic}")

    def discard(self) -> None:
        """Throw the producer away, whatever state it is in; what was not committed never stands."""
        with suppress(told.KafkaError):
            self._producer.close(timeout=0)
        sender = self._producer._sender
        sender.force_close()  # closing leaves it running where something could not be sent
        sender.wakeup()
        sender.join(1)
