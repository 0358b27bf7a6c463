"""The port over Kafka: the same facts as from the store, the same views, and a stop at what is wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from adapters.kafka.log import KafkaLog
from adapters.store.mapper import Mapper
from adapters.store.outcomes import Stored
from adapters.store.record import KIND_CODE, PLACE_SIZE, frame
from domain.errors import Tampered, Unreadable
from domain.vocabulary import Kind
from projections.catalogue import ACTS
from projections.errors import LogBehind
from projections.runner import Runner
from projections.store import Views
from tests.adapters.kafka.rig import Kept, Topic, append, carry, stored
from tests.adapters.support import ENTROPY, Hub


@contextmanager
def log_of(topic: Topic, hub: Hub) -> Iterator[KafkaLog]:
    mapper = Mapper(hub.vault, ENTROPY, hub.log.is_disposed, topic.name)
    log = KafkaLog(topic.frames(), mapper)
    try:
        yield log
    finally:
        log.close()


def rows(path: Path, log: KafkaLog | None, hub: Hub) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all views, as a runner writes them from that log, in small batches."""
    views = Views.at(path)
    runner = Runner(views, ACTS, log or hub.log, lambda stream: hub.log.snapshot().stream(stream), largest_batch=7)
    runner.catch_up()
    with views.living(ACTS) as living:
        found = {
            name: sorted(map(tuple, living.connection.execute(sa.select(each))), key=repr)
            for name, each in living.tables.items()
        }
    views.close()
    return found


def test_facts_are_the_stores_own_and_shut_as_there(topic: Topic, hub: Hub) -> None:
    append(hub, 5)
    carry(topic, hub.log.rows)
    with log_of(topic, hub) as log:
        assert list(log.read(0, 10)) == list(hub.log.read(0, 10))
        assert log.last() == hub.log.last() == 5
        assert log.read(5, 10) == []
        assert not log.wait(5, 0.01)
        assert all(fact.sealed and not fact.shown for fact in log.read(1, 2))


def test_views_from_kafka_are_the_views_from_the_store(topic: Topic, hub: Hub, tmp_path: Path) -> None:
    append(hub, 25, 3)
    carry(topic, hub.log.rows)
    with log_of(topic, hub) as log:
        carried = rows(tmp_path / "carried.db", log, hub)
    assert carried == rows(tmp_path / "own.db", None, hub)
    assert any(carried.values())


def test_a_topic_that_ends_before_the_views_is_told(topic: Topic, hub: Hub, tmp_path: Path) -> None:
    append(hub, 3)
    rows(tmp_path / "views.db", None, hub)
    carry(topic, Kept(hub.log.rows.rows(0, 2)))
    with log_of(topic, hub) as log, pytest.raises(LogBehind):
        rows(tmp_path / "views.db", log, hub)


def changed(hub: Hub, position: int, at: int, to: int | None = None) -> bytes:
    """A record of the store with one byte of its frame changed."""
    (row,) = hub.log.rows.rows(position - 1, 1)
    return row.frame[:at] + bytes([row.frame[at] ^ 1 if to is None else to]) + row.frame[at + 1 :]


@pytest.mark.parametrize(
    ("at", "to", "error", "told"),
    [
        (PLACE_SIZE + 2, 9, Unreadable, "has format 9"),
        (PLACE_SIZE + 5, 9, Unreadable, "schema 9, which this program does not know"),
        (PLACE_SIZE + 3, 99, Unreadable, "of kind 99"),
        (PLACE_SIZE + 3, KIND_CODE[Kind.REPORT], Tampered, "position 3"),
        (PLACE_SIZE, 0, Tampered, "does not begin as one"),
        (500, None, Tampered, "position 3"),
    ],
)
def test_a_poisoned_record_or_an_unknown_version_stops_the_log_at_its_position(
    topic: Topic, hub: Hub, at: int, to: int | None, error: type[Exception], told: str
) -> None:
    append(hub, 4)
    frames = stored(hub)
    topic.put(*frames[:2], changed(hub, 3, at, to), frames[3])
    with log_of(topic, hub) as log:
        assert [fact.position for fact in log.read(0, 10)] == [1, 2]
        for _ in range(2):
            with pytest.raises(error, match=told) as met:
                log.read(2, 10)
            assert f"{topic.name}, position 3" in str(met.value)


def test_the_views_stay_before_a_poisoned_record(topic: Topic, hub: Hub, tmp_path: Path) -> None:
    append(hub, 4)
    frames = stored(hub)
    topic.put(*frames[:2], changed(hub, 3, 500), frames[3])
    views = Views.at(tmp_path / "views.db")
    with log_of(topic, hub) as log:
        runner = Runner(views, ACTS, log, lambda stream: hub.log.snapshot().stream(stream))
        with pytest.raises(Tampered):
            runner.catch_up()
        assert runner.position() == 2
    views.close()


def test_a_frame_opens_by_itself_as_it_does_with_its_columns(hub: Hub) -> None:
    append(hub, 1)
    (row,) = hub.log.rows.rows(0, 1)
    mapper = Mapper(hub.vault, ENTROPY, hub.log.is_disposed)
    assert mapper.fact_of(row.frame) == hub.log.fact(row)
    assert row == Stored(1, row.stream, 1, frame(1, hub.log.last_committed(), row.frame[PLACE_SIZE:]))
