"""Reading a topic: every committed frame once, in its place, and nothing past what does not belong there."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from kafka import KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from adapters.kafka.errors import BrokerAway, LogGap, NotAllowed
from adapters.kafka.frames import POSITION, Frames
from domain.errors import Tampered
from hub_cluster.kafka_access import ADMINISTRATOR
from tests.adapters.kafka.rig import Topic, numbered


def transact(topic: Topic, *transactions: list[bytes], given_up: frozenset[int] = frozenset()) -> None:
    """Write transactions one behind the other, some of which are given up."""
    producer = KafkaProducer(**topic.kafka.arguments(ADMINISTRATOR), transactional_id=topic.name)
    producer.init_transactions()
    for number, frames in enumerate(transactions):
        producer.begin_transaction()
        for frame in frames:
            producer.send(topic.name, frame, partition=0, headers=[(POSITION, frame[:8])])
        if number in given_up:
            producer.flush()
            producer.abort_transaction()
        else:
            producer.commit_transaction()
    producer.close()


def test_positions_are_found_among_marks_and_among_what_was_given_up(topic: Topic) -> None:
    whole = numbered(*range(1, 31))
    each = [[frame] for frame in whole[:20]]
    transact(topic, *each[:5], whole[5:9] * 3, *each[5:], whole[20:], given_up=frozenset({5}))
    with topic.reading() as frames:
        assert frames.last() == 30
        assert frames.read(0, 100) == whole
        assert frames.read(30, 100) == []
    for after in (29, 30, 5, 19):
        with topic.reading() as frames:
            assert list(frames.read(after, 3)) == whole[after : after + 3]


def test_one_reader_is_asked_again_further_on_and_further_back(topic: Topic) -> None:
    whole = numbered(*range(1, 41))
    transact(topic, *[whole[at : at + 4] for at in range(0, 40, 4)])
    with topic.reading() as frames:
        for after, limit in ((0, 7), (7, 7), (7, 7), (30, 20), (2, 1), (3, 30), (40, 5), (39, 5), (0, 40)):
            assert list(frames.read(after, limit)) == whole[after : after + limit]


def test_an_empty_topic_has_nothing_and_ends_at_0(topic: Topic) -> None:
    with topic.reading() as frames:
        assert frames.read(0, 10) == []
        assert frames.last() == 0
        assert frames.last_frame() is None
        transact(topic, numbered(1), given_up=frozenset({0}))
        assert frames.read(0, 10) == []
        assert frames.last() == 0


def test_whoever_waits_is_told_at_once(topic: Topic) -> None:
    with topic.reading() as frames:
        assert frames.read(0, 10) == []
        assert not frames.wait(0, 0.05)
        transact(topic, numbered(1, 2))
        assert frames.wait(0, 5)
        assert frames.read(0, 10) == numbered(1, 2)
        assert frames.last() == 2
        assert not frames.wait(2, 0.02)


def test_what_a_transaction_has_not_committed_is_not_there(topic: Topic) -> None:
    producer = KafkaProducer(**topic.kafka.arguments(ADMINISTRATOR), transactional_id=topic.name)
    producer.init_transactions()
    producer.begin_transaction()
    producer.send(topic.name, numbered(1)[0], partition=0, headers=[(POSITION, numbered(1)[0][:8])])
    producer.flush()
    with topic.reading() as frames:
        assert frames.read(0, 10) == []
        assert frames.last() == 0
        producer.commit_transaction()
        assert frames.wait(0, 5)
        assert frames.last() == 1
    producer.close()


def test_invariant_2_a_gap_stops_whoever_reads_there_and_what_comes_before_it_is_given(topic: Topic) -> None:
    topic.put(*numbered(1, 2, 4, 5))
    with topic.reading() as frames:
        assert frames.read(0, 10) == numbered(1, 2)
        for _ in range(2):
            with pytest.raises(LogGap, match=rf"^{topic.name}: position 3 is missing, 4 comes in its place$"):
                frames.read(2, 10)


@pytest.mark.parametrize(
    ("poison", "told"),
    [
        (lambda topic: topic.put(*numbered(2)), "position 3 .offset 2.: position 2 comes a second time"),
        (lambda topic: topic.put(b"not a frame"), "position 3 .offset 2.: this is no frame"),
        (lambda topic: topic.put(None, key=b"k"), "position 3 .offset 2.: this is no frame"),
        (lambda topic: topic.put(*numbered(3), key=b"k"), "position 3 .offset 2.: .* in its own envelope"),
        (lambda topic: topic.put(*numbered(3), headers=[(POSITION, bytes(8))]), "in its own envelope"),
        (lambda topic: topic.put(*numbered(3), headers=[("unit", b"police")]), "in its own envelope"),
        (
            lambda topic: topic.put(*numbered(3), headers=[(POSITION, numbered(3)[0][:8]), ("unit", b"x")]),
            "in its own envelope",
        ),
    ],
)
def test_what_does_not_belong_on_the_topic_is_not_given(
    topic: Topic, poison: Callable[[Topic], None], told: str
) -> None:
    topic.put(*numbered(1, 2))
    poison(topic)
    topic.put(*numbered(3, 4))
    with topic.reading() as frames:
        assert frames.read(0, 10) == numbered(1, 2)
        assert frames.wait(2, 5)
        with pytest.raises(Tampered, match=told):
            frames.read(2, 10)


def test_a_topic_that_has_lost_its_beginning_is_told(topic: Topic) -> None:
    topic.put(*numbered(1, 2, 3))
    client = KafkaAdminClient(**topic.kafka.arguments(ADMINISTRATOR))
    client.delete_records({TopicPartition(topic.name, 0): 2})
    client.close()
    with topic.reading() as frames, pytest.raises(Tampered, match="begins at offset 2: its beginning was taken away"):
        frames.read(0, 10)


def test_a_reader_without_the_right_is_told_so_and_given_no_empty_log(topic: Topic) -> None:
    topic.put(*numbered(1))
    topic.kafka.enrol("stranger")
    with topic.reading("stranger") as frames, pytest.raises(NotAllowed, match="stranger"):
        frames.read(0, 10)


def test_a_broker_that_is_away_is_an_error_and_no_empty_log(topic: Topic) -> None:
    frames = Frames(replace(topic.broker("projections"), addresses="127.0.0.1:9"), topic.name)
    with pytest.raises(BrokerAway, match=r"no broker answers at 127\.0\.0\.1:9: Connection refused"):
        frames.read(0, 10)
