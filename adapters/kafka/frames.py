"""The frames of one topic, in their order: what everything that reads Kafka stands on.

Positions and offsets differ, since the marks that end a transaction take offsets too, and so do records that were
given up. Between two records there are at least as many offsets as positions, so whoever looks for a position leaps
ahead by what is lacking and never too far.

Only what was committed is seen. What was carried is opened with the key of carriage, and each frame is compared with
the place it comes in before anybody is given it; the first that does not belong there is an error, and nothing after it
is given. Records from before there was a key of carriage stand in the clear, with their position and trace context in
headers; behind one that is sealed there is none of them.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from kafka import KafkaConsumer, TopicPartition

from adapters.kafka.carriage import Carriage, is_carried
from adapters.kafka.connection import Broker, diagnose, translated
from adapters.kafka.errors import BrokerAway, LogGap
from adapters.kafka.topics import Use, check
from adapters.store.record import PLACE_SIZE
from domain.errors import SamradError, Tampered, Unreadable

POSITION: Final = "position"
TRACE: Final = "traceparent"
"""The headers of a record in the clear: where it stands, and which request it came from. A sealed one has none."""

_ALL: Final = 1_000_000
"""More records than one answer holds: what was fetched is always taken whole, and the offset is then after it."""
_SLICE: Final = 20
"""Milliseconds of one look at the broker while it is known that there is more."""
_LONG_POLL: Final = 250
_MUCH: Final = 8 * 1024 * 1024
_LITTLE: Final = 64 * 1024

_T = TypeVar("_T")


class _NotThis(Exception):
    """A record is not the next one, or not in its own envelope."""


class Frames:
    """A reader of one topic, for one thread at a time. It connects when it is first asked. Without `carriage` it can
    tell positions and give what is in the clear."""

    def __init__(self, broker: Broker, topic: str, carriage: Carriage | None = None) -> None:
        self.topic = topic
        self._carriage = carriage
        self._sealed = False  # whether the last record that was read was sealed
        self._broker = broker
        self._partition = TopicPartition(topic, 0)
        self._asking: KafkaConsumer | None = None
        self._following: KafkaConsumer | None = None
        self._buffer: list[bytes] = []
        self._wrong: SamradError | None = None  # what comes after the buffer and is no next frame
        self._behind = (0, 0)  # the offset from which to read on behind that, and the position before it
        self._after = 0  # the position before the first of the buffer
        self._seen: int | None = None  # the last position that was read where we stand
        self._offset = 0  # where the next fetch begins
        self._end = 0  # the offset after the last that is known to be committed
        self._mark = (0, 0)  # a position, and an offset that is not after the next one's

    def read(self, after: int, limit: int) -> Sequence[bytes]:
        """The frames after a position, as far as they were committed before this call; none if none waits."""
        self._stand_after(after)
        self._fill(limit)
        frames = self._buffer[:limit]
        if not frames and self._wrong is not None:
            raise self._wrong
        del self._buffer[:limit]
        self._after = after + len(frames)
        return frames

    def pass_over(self) -> int:
        """Go on behind the first thing that is wrong, for who proves a topic to its end; after which position."""
        if self._wrong is None:
            raise SamradError(f"{self.topic}: nothing wrong was read")
        offset, after = self._behind
        consumer = self._follower()
        self._said(lambda: consumer.seek(self._partition, offset))
        self._buffer.clear()
        self._wrong = self._seen = None
        self._after, self._offset, self._mark = after, offset, (after, offset)
        return after

    def wait(self, after: int, seconds: float) -> bool:
        """Wait until something comes after that position, or so many seconds; whether it did."""
        self._stand_after(after)
        until = time.monotonic() + seconds
        while not self._buffer and self._wrong is None:
            left = until - time.monotonic()
            if left <= 0:
                return False
            self._fetch(int(left * 1000) + 1)
        return True

    def last(self) -> int:
        """The last position that is committed on the topic."""
        if self._seen is not None and self._wrong is None and self._offset >= self._ask_end():
            return self._seen
        record = self._last_record()
        return 0 if record is None else self._position_of(record)

    def last_frame(self) -> bytes | None:
        """The last frame that is committed; None of an empty topic."""
        record = self._last_record()
        return None if record is None else self._frame(record)

    def _last_record(self) -> Any:
        """The last offsets hold marks, so it reads back."""
        end, back = self._ask_end(), 2
        while end:
            start = max(0, end - back)
            if records := self._records(start, end):
                return records[-1]
            if not start:
                break
            back *= 4
        return None

    def close(self) -> None:
        """Close the connections; asked again, it connects again."""
        for consumer in (self._asking, self._following):
            if consumer is not None:
                consumer.close(autocommit=False, timeout_ms=1000)
        self._asking = self._following = None

    # Where we stand.

    def _stand_after(self, after: int) -> None:
        if after == self._after and self._following is not None:
            if not self._buffer and self._wrong is None:
                self._mark = (after, self._offset)
            return
        offset = self._find(after)
        consumer = self._follower()
        self._said(lambda: consumer.seek(self._partition, offset))
        self._buffer.clear()
        self._wrong = self._seen = None
        self._sealed = False
        self._after, self._offset, self._mark = after, offset, (after, offset)

    def _find(self, after: int) -> int:
        """The offset from which the next position after that one is read."""
        known, offset = self._mark if self._mark[0] <= after else (0, 0)
        offset += after - known
        end = self._ask_end()
        while offset < end:
            records = self._records(offset, end, first=True)
            if not records:
                break
            lacking = after + 1 - self._position_of(records[0])
            if lacking <= 0:
                return int(records[0].offset)
            offset = records[0].offset + lacking
        return min(offset, end)

    # What there is.

    def _fill(self, limit: int) -> None:
        """Read until there are so many, or until nothing more is known to be there and there is something."""
        asked = False
        answered = time.monotonic()
        while len(self._buffer) < limit and self._wrong is None:
            if self._offset >= self._end:
                if asked or self._buffer:
                    return
                self._end, asked = self._ask_end(), True
                continue
            before = self._offset
            self._fetch(_SLICE)
            if self._offset > before:
                answered = time.monotonic()
            elif time.monotonic() - answered > self._broker.patience:
                self._no_answer()

    def _fetch(self, milliseconds: int) -> None:
        """One look at the broker; what came goes into the buffer, as far as it is right."""
        consumer = self._follower()
        for records in self._said(lambda: consumer.poll(milliseconds, _ALL)).values():
            self._keep(records)
        self._offset = self._said(lambda: consumer.position(self._partition))

    def _keep(self, records: Sequence[Any]) -> None:
        if self._wrong is not None:
            return
        keep = self._buffer.append
        expected = self._after + len(self._buffer)
        for record in records:
            expected += 1
            try:
                keep(self._expected(record, expected.to_bytes(8, "big")))
                continue
            except _NotThis:
                self._wrong = self._what_is_wrong(record, expected)
            except (Tampered, Unreadable) as error:
                where = f"{self.topic}, position {expected} (offset {record.offset})"
                self._wrong = type(error)(f"{where}: {error}")
            self._behind = _behind(record, expected)
            expected -= 1
            break
        if self._buffer:
            self._seen = expected

    def _expected(self, record: Any, position: bytes) -> bytes:
        """The frame of a record that stands where it belongs, in the envelope that it has to have."""
        value, headers = record.value, record.headers
        if value is None or value[:8] != position or record.key is not None:
            raise _NotThis
        if is_carried(value):
            if headers:
                raise _NotThis
            self._sealed = True
            return self._opened(value)
        if self._sealed:
            raise Tampered("it is in the clear, behind records that are sealed")
        if (
            len(value) <= PLACE_SIZE
            or not headers
            or headers[0] != (POSITION, position)
            or (len(headers) > 1 and (len(headers) > 2 or headers[1][0] != TRACE))
        ):
            raise _NotThis
        frame: bytes = value
        return frame

    def _what_is_wrong(self, record: Any, expected: int) -> SamradError:
        """The name of what does not belong on the topic."""
        where = f"{self.topic}, position {expected} (offset {record.offset})"
        if record.value is None or len(record.value) <= PLACE_SIZE:
            return Tampered(f"{where}: this is no frame")
        position = self._position_of(record)
        if position > expected:
            return LogGap(self.topic, expected, position)
        if position < expected:
            return Tampered(f"{where}: position {position} comes a second time")
        return Tampered(f"{where}: the record does not stand in its own envelope")

    def _frame(self, record: Any) -> bytes:
        self._position_of(record)
        value: bytes = record.value
        try:
            return self._opened(value) if is_carried(value) else value
        except (Tampered, Unreadable) as error:
            raise type(error)(f"{self.topic}, offset {record.offset}: {error}") from None

    def _opened(self, value: bytes) -> bytes:
        if self._carriage is None:
            raise Unreadable("it is sealed for carriage, and this process has no key of carriage")
        return self._carriage.open(value)

    def _position_of(self, record: Any) -> int:
        """Where a record says that it stands: the one thing that anybody reads of it."""
        if record.value is None or len(record.value) <= PLACE_SIZE:
            raise Tampered(f"{self.topic}, offset {record.offset}: this is no frame")
        return int.from_bytes(record.value[:8], "big")

    # The broker.

    def _records(self, offset: int, end: int, *, first: bool = False) -> list[Any]:
        """The committed records from an offset up to another; with `first`, whatever of them comes first."""
        consumer = self._asked()
        self._said(lambda: consumer.seek(self._partition, offset))
        found: list[Any] = []
        answered = time.monotonic()
        while offset < end and not (first and found):
            for records in self._said(lambda: consumer.poll(_SLICE, _ALL)).values():
                found += records
            before, offset = offset, self._said(lambda: consumer.position(self._partition))
            if offset > before:
                answered = time.monotonic()
            elif time.monotonic() - answered > self._broker.patience:
                self._no_answer()
        return found

    def _ask_end(self) -> int:
        consumer = self._asked()
        ends: dict[TopicPartition, int] = self._said(lambda: consumer.end_offsets([self._partition]))
        return ends[self._partition]

    def _asked(self) -> KafkaConsumer:
        """The connection for questions: its own, since one that follows holds the broker's answer back until it has
        something to say."""
        if self._asking is None:
            diagnose(self._broker)  # the client would only say that it took too long
            consumer = self._asking = self._consumer(1, _LITTLE)
            first = self._said(lambda: consumer.beginning_offsets([self._partition]))[self._partition]
            if first:
                raise Tampered(f"{self.topic} begins at offset {first}: its beginning was taken away")
        return self._asking

    def _follower(self) -> KafkaConsumer:
        if self._following is None:
            self._following = self._consumer(_LONG_POLL, _MUCH)
        return self._following

    def _consumer(self, long_poll: int, most: int) -> KafkaConsumer:
        arguments = {
            "group_id": None,
            "enable_auto_commit": False,
            "auto_offset_reset": "none",
            "isolation_level": "read_committed",
            "fetch_max_wait_ms": long_poll,
            "max_partition_fetch_bytes": most,
            "allow_auto_create_topics": False,
        }
        consumer = self._said(lambda: KafkaConsumer(**self._broker.arguments(), **arguments))
        consumer.assign([self._partition])
        return consumer

    def _said(self, ask: Callable[[], _T]) -> _T:
        with translated(self._broker, self.topic):
            return ask()

    def _no_answer(self) -> None:
        """There is more, and it does not come: say why, if that can be found."""
        check(self._broker, self.topic, Use.READ)
        raise BrokerAway(f"{self._broker.addresses} gives nothing more of {self.topic}")


def _behind(record: Any, expected: int) -> tuple[int, int]:
    """Where to read on behind a record that is not the expected one: after a gap with it, else with what follows."""
    value = record.value or b""
    position = int.from_bytes(value[:8], "big") if len(value) > PLACE_SIZE else expected
    if position > expected:
        return record.offset, position - 1
    return record.offset + 1, expected if position == expected else expected - 1
