"""A topic from before there was a key of carriage is read on, and one that has begun to be sealed stays so."""

from pathlib import Path

import pytest

from adapters.kafka.carriage import Carriage, CarriageKeys, is_carried
from adapters.kafka.comparison import agree
from adapters.kafka.frames import Frames
from adapters.kafka.relay import Relay
from adapters.system import SystemEntropy
from domain.errors import Tampered, Unreadable
from tests.adapters.kafka.rig import Held, Topic, append, carry, relaying, stored
from tests.adapters.support import Hub


def values(topic: Topic) -> list[bytes]:
    """What stands on the topic."""
    with topic.reading() as frames:
        return [record.value for record in frames._records(0, frames._ask_end())]


def test_a_topic_that_was_begun_in_the_clear_is_sealed_from_there_on_and_read_as_one(topic: Topic, hub: Hub) -> None:
    append(hub, 4)
    topic.put(*stored(hub))
    append(hub, 3)
    carry(topic, hub.log.rows)
    assert [is_carried(value) for value in values(topic)] == [False] * 4 + [True] * 3
    assert topic.everything(7) == stored(hub)
    with topic.reading("auditor") as frames:
        assert [each.position for each in agree(hub.log.rows, frames)] == [7]
    for after in (0, 3, 4, 5, 7):
        with topic.reading() as frames:
            assert list(frames.read(after, 10)) == stored(hub)[after:]
            assert frames.last() == 7


def test_nothing_goes_back_to_the_clear(topic: Topic, hub: Hub) -> None:
    append(hub, 3)
    frames = stored(hub)
    topic.put(topic.carriage.seal(frames[0]), topic.carriage.seal(frames[1]), frames[2])
    with topic.reading() as reading:
        assert list(reading.read(0, 10)) == frames[:2]
        with pytest.raises(Tampered, match=r"position 3 .*in the clear, behind records that are sealed"):
            reading.read(2, 10)


def test_a_sealed_record_has_no_header_and_no_key(topic: Topic, hub: Hub) -> None:
    append(hub, 1)
    topic.put(topic.carriage.seal(stored(hub)[0]), headers=[("position", (1).to_bytes(8, "big"))])
    with topic.reading() as reading, pytest.raises(Tampered, match="its own envelope"):
        reading.read(0, 1)


def test_a_record_of_the_other_log_is_refused(topic: Topic, hub: Hub) -> None:
    append(hub, 1)
    topic.put(Carriage(topic.carriage._keys, "looks", SystemEntropy()).seal(stored(hub)[0]))
    with topic.reading() as reading, pytest.raises(Tampered, match=r"position 1 .*seal of carriage"):
        reading.read(0, 1)


def test_a_relay_seals_under_the_new_key_without_being_started_again(topic: Topic, hub: Hub) -> None:
    append(hub, 2)
    with relaying(Relay(topic.broker(), topic.name, hub.log.rows, Held(), topic.carriage)) as running:
        running.until(2)
        CarriageKeys.load(topic.carriage._keys.path).add(SystemEntropy())
        append(hub, 2)
        running.until(4)
    first, second, third, fourth = (value[16:32] for value in values(topic)[:4])
    assert first == second != third == fourth
    assert topic.everything(4) == stored(hub)


def test_without_a_key_positions_are_told_and_no_record(topic: Topic, hub: Hub, tmp_path: Path) -> None:
    append(hub, 3)
    carry(topic, hub.log.rows)
    other = Carriage(CarriageKeys.create(tmp_path / "other.json", SystemEntropy()), "acts", SystemEntropy())
    for carriage in (None, other):
        reading = Frames(topic.broker("auditor"), topic.name, carriage)
        assert reading.last() == 3
        with pytest.raises(Unreadable, match="key of carriage"):
            reading.read(0, 10)
        reading.close()


def test_a_relay_that_lacks_the_key_of_what_it_last_carried_stops(topic: Topic, hub: Hub, tmp_path: Path) -> None:
    append(hub, 1)
    carry(topic, hub.log.rows)
    other = Carriage(CarriageKeys.create(tmp_path / "other.json", SystemEntropy()), "acts", SystemEntropy())
    with relaying(Relay(topic.broker(), topic.name, hub.log.rows, Held(), other)) as running:
        assert isinstance(running.stopped(), Unreadable)
