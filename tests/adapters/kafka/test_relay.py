"""The relay: every frame of the store once, in order, as it is; and a stop where the two are not one history."""

import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NoReturn

import pytest
from confluent_kafka import Consumer

from adapters.kafka.carriage import STEPS
from adapters.kafka.errors import LogDiffers, LogGap, StoreLacks
from adapters.kafka.relay import PAGE, Point, Relay
from adapters.store.outcomes import PlacedFrame, Stored
from adapters.store.record import PLACE_SIZE, decode
from adapters.telemetry import UNWATCHED
from domain.errors import Tampered
from domain.ports import Append, Batch, Step
from domain.vocabulary import Instant
from tests.adapters.kafka.rig import Held, Kept, Topic, append, carry, numbered, relaying, stored, until
from tests.adapters.support import ENTROPY, SECRETS, Hub, draft, person

ROOT = Path(__file__).parents[3]


def read_by_another_client(topic: Topic, count: int) -> list[tuple[bytes, bytes | None, list[tuple[str, bytes]]]]:
    """Value, key and headers of every committed record, as librdkafka reads them over TLS."""
    consumer = Consumer(
        topic.kafka.independent("auditor", outside=True)
        | {"group.id": topic.name, "auto.offset.reset": "earliest", "isolation.level": "read_committed"}
    )
    consumer.subscribe([topic.name])
    found: list[tuple[bytes, bytes | None, list[tuple[str, bytes]]]] = []
    while len(found) < count:
        for message in consumer.consume(count, 1.0):
            assert message.error() is None
            envelope = [(str(name), value) for name, value in list(message.headers() or ()) if isinstance(value, bytes)]
            found.append((message.value() or b"", message.key(), envelope))
    assert consumer.consume(1, 0.2) == []
    consumer.close()
    return found


def test_an_independent_client_reads_positions_and_one_size_and_nothing_else(topic: Topic, hub: Hub) -> None:
    append(hub, 6)
    trace = ENTROPY.bytes(24) + b"\x01"
    hub.log.append([Append((draft(ENTROPY.ref(), 1, person()),), trace=trace)])
    carry(topic, hub.log.rows)

    read = read_by_another_client(topic, 7)

    assert [topic.carriage.open(value) for value, _, _ in read] == stored(hub)
    assert [(key, headers) for _, key, headers in read] == [(None, [])] * 7
    assert [value[:8] for value, _, _ in read] == [n.to_bytes(8, "big") for n in range(1, 8)]
    assert {len(value) - STEPS[0] for value, _, _ in read} == {64}
    everything = b"".join(value for value, _, _ in read) + topic.name.encode()
    assert not [word for word in SECRETS if word.encode() in everything]
    open_in_the_store = [piece for row in hub.log.rows.rows(0, 7) for piece in open_pieces(row.frame)]
    assert not [piece for piece in (*open_in_the_store, trace[:16], trace[16:24]) if piece in everything]


def open_pieces(frame: bytes) -> list[bytes]:
    """What stands open in a frame: committed time, stream, event id, salt, request tag, and the key of each part."""
    body = decode(frame[PLACE_SIZE:])
    return [frame[8:16], body.stream, body.event, body.salt, *(part.key for part in body.parts), b"SR" + frame[18:20]]


def test_what_comes_is_carried_as_it_comes_and_a_relay_begun_again_goes_on(topic: Topic, hub: Hub) -> None:
    append(hub, 3)
    relay = Relay(topic.broker(), topic.name, hub.log.rows, Held(), topic.carriage)
    with relaying(relay) as running:
        running.until(3)
        append(hub, 4, 4)
        running.until(7)
    append(hub, 2)
    carry(topic, hub.log.rows)
    carry(topic, hub.log.rows)
    assert topic.everything(hub.log.last()) == stored(hub)
    assert not relay.state.carrying


def test_invariant_2_a_store_older_than_the_topic_stops_the_relay(topic: Topic, hub: Hub) -> None:
    append(hub, 4)
    carry(topic, hub.log.rows)
    older = Kept(hub.log.rows.rows(0, 3))
    with relaying(Relay(topic.broker(), topic.name, older, Held(), topic.carriage)) as running:
        ended = running.stopped()
    assert isinstance(ended, StoreLacks)
    assert str(ended) == f"{topic.name} holds position 4, and the store ends at 3: an older copy was put back"
    assert "StoreLacks" in running.relay.state.trouble


def test_a_store_with_another_history_stops_the_relay(topic: Topic, hub: Hub) -> None:
    append(hub, 3)
    carry(topic, hub.log.rows)
    rows = hub.log.rows.rows(0, 3)
    other = rows[2].frame[:-1] + bytes([rows[2].frame[-1] ^ 1])
    with relaying(
        Relay(topic.broker(), topic.name, Kept([*rows[:2], Stored(3, b"", 1, other)]), Held(), topic.carriage)
    ) as running:
        ended = running.stopped()
    assert isinstance(ended, LogDiffers)
    assert str(ended) == f"{topic.name}, position 3: store and topic hold different records"


@pytest.mark.parametrize("foreign", [numbered(3)[0], numbered(4)[0]])
def test_a_record_that_somebody_put_on_the_topic_stops_the_relay(topic: Topic, hub: Hub, foreign: bytes) -> None:
    append(hub, 2)
    carry(topic, hub.log.rows)
    append(hub, 1)
    topic.put(foreign)
    with relaying(Relay(topic.broker(), topic.name, hub.log.rows, Held(), topic.carriage)) as running:
        assert isinstance(running.stopped(), LogDiffers | StoreLacks)


def test_a_record_without_a_place_on_the_topic_stops_the_relay(topic: Topic, hub: Hub) -> None:
    append(hub, 1)
    topic.put(b"hello")
    with relaying(Relay(topic.broker(), topic.name, hub.log.rows, Held(), topic.carriage)) as running:
        ended = running.stopped()
    assert isinstance(ended, Tampered)
    assert "this is no frame" in str(ended)


@pytest.mark.parametrize("rows", [[1, 2, 4], [2], [1, 1]])
def test_nothing_leaves_a_store_that_has_a_gap(topic: Topic, rows: list[int]) -> None:
    store = Kept([Stored(number, b"", 1, numbered(number)[0]) for number in rows])
    if rows == [1, 1]:
        store.kept[1] = Stored(2, b"", 1, numbered(1)[0])
    with relaying(Relay(topic.broker(), topic.name, store, Held(), topic.carriage)) as running:
        ended = running.stopped()
    assert isinstance(ended, Tampered)
    assert "is missing from the store" in str(ended)
    assert topic.everything() == []


def test_a_transaction_into_which_another_has_written_does_not_stand(topic: Topic) -> None:
    """A sender may be the only one with the right to write, or not: what it commits is one piece in any case."""

    class Slow(Kept):
        """While the second page is asked for, what was sent so far arrives, and then somebody else's record."""

        def frames(self, after: int, limit: int) -> Sequence[PlacedFrame]:
            if after == PAGE:
                time.sleep(0.3)
                topic.put(numbered(7)[0][:-1] + b"y")
            return super().frames(after, limit)

    frames = numbered(*range(1, PAGE + 3))
    store = Slow([Stored(number, b"", 1, each) for number, each in enumerate(frames, 1)])
    with relaying(Relay(topic.broker(), topic.name, store, Held(), topic.carriage)) as running:
        assert isinstance(running.stopped(), LogDiffers)
    with topic.reading() as reading, pytest.raises(LogGap) as met:
        reading.read(0, 10)
    assert (met.value.expected, met.value.found) == (1, 7)


def test_without_the_lease_nothing_is_carried_and_with_it_everything(topic: Topic, hub: Hub) -> None:
    append(hub, 2)
    lease = Held(held=False)
    points: list[Point] = []
    relay = Relay(topic.broker(), topic.name, hub.log.rows, lease, topic.carriage, at=points.append)
    with relaying(relay) as running:
        until(lambda: relay._stopped.wait(0.3) or True)
        assert points == []
        lease.is_held = True
        running.until(2)
        lease.is_held = False
        append(hub, 1)
        until(lambda: not relay.state.carrying)
        assert topic.everything(2) == stored(hub)[:2]
        lease.is_held = True
        running.until(3)
    assert topic.everything(hub.log.last()) == stored(hub)


def test_invariant_2_a_lease_that_was_lost_meanwhile_is_no_reason_to_go_on_where_one_was(
    topic: Topic, hub: Hub
) -> None:
    """An older copy of the store is put back and grows past where the relay is: what follows is another history."""
    append(hub, 3)
    lease, store = Held(), Kept(hub.log.rows.rows(0, 3))
    older = Kept([*store.kept[:2], *(Stored(n, b"", 1, numbered(n)[0]) for n in (3, 4))])
    relay = Relay(topic.broker(), topic.name, store, lease, topic.carriage)
    with relaying(relay) as running:
        running.until(3)
        lease.is_held, lease.lost = False, True
        store.kept = older.kept
        lease.is_held = True
        assert isinstance(running.stopped(), LogDiffers)
    assert topic.everything(3) == stored(hub)


def test_a_store_that_fails_is_asked_again(topic: Topic, hub: Hub) -> None:
    append(hub, 2)

    class Failing(Kept):
        fails = 2

        def rows(self, after: int, limit: int) -> list[Stored]:
            self.fails -= 1
            if self.fails >= 0:
                raise ConnectionError("secret address")
            return list(super().rows(after, limit))

    relay = carry(topic, Failing(hub.log.rows.rows(0, 2)))
    assert topic.everything(hub.log.last()) == stored(hub)
    assert "secret" not in relay.state.trouble


class Told:
    """A watch that keeps what it is told to wait."""

    def __init__(self) -> None:
        self.waiting: list[int] = []
        self.alarms: list[str] = []

    def request(self) -> NoReturn:
        raise NotImplementedError

    def refused(self, rule: str, *, look: bool) -> None:
        raise NotImplementedError

    def batch(self, step: Step, log: str, traces: Iterable[bytes], size: int, oldest: Instant | None = None) -> Batch:
        return UNWATCHED.batch(step, log, traces, size, oldest)

    def set_aside(self, log: str, records: int) -> None:
        raise AssertionError("a relay folds nothing")

    def waits(self, step: Step, log: str, records: int) -> None:
        assert (step, log) == ("relay", "acts")
        self.waiting.append(records)

    def alarm(self, part: str, error: str) -> None:
        self.alarms.append(error)


def test_what_waits_for_kafka_is_told_all_the_same_while_nothing_can_be_carried(topic: Topic, hub: Hub) -> None:
    told, away = Told(), False

    def at(point: Point) -> None:
        if away and point is Point.LEASED:
            raise ConnectionError

    append(hub, 2)
    lease = Held()
    relay = Relay(topic.broker(), topic.name, hub.log.rows, lease, topic.carriage, watch=told, at=at)
    with relaying(relay) as running:
        running.until(2)
        assert told.waiting == [2, 0]
        away, lease.is_held = True, False
        append(hub, 3)
        until(lambda: bool(told.alarms) and told.waiting[-1] == 0)  # whoever carries now tells what waits
        lease.is_held = True
        until(lambda: "ConnectionError" in told.alarms)
        assert told.waiting[-1] == 3
        away = False
        running.until(5)
        until(lambda: told.waiting[-1] == 0)


def test_the_relay_opens_nothing(topic: Topic) -> None:
    """It has no way to: neither the vault nor the mapper nor what opens a part of a record is in its process."""
    program = (
        "import sys, adapters.kafka.relay, adapters.kafka.comparison\n"
        "print([name for name in sys.modules if name.startswith(('adapters.store.mapper', 'adapters.vault.embedded', "
        "'adapters.vault.sealing', 'adapters.vault.master_keys', 'adapters.key', 'adapters.store.application'))])"
    )
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"
