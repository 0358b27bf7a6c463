"""The proof that store and topic hold the same, record by record."""

import pytest
from msgspec import structs

from adapters.kafka.comparison import Matched, agree
from adapters.kafka.errors import LogDiffers, LogGap, StoreLacks
from adapters.store.differences import Difference
from adapters.store.outcomes import Stored
from tests.adapters.kafka.rig import Kept, Topic, append, carry, stored
from tests.adapters.support import Hub


def test_store_and_topic_agree_and_what_waits_is_told(topic: Topic, hub: Hub) -> None:
    with topic.reading("auditor") as frames:
        assert list(agree(hub.log.rows, frames)) == [Matched(0, 0, 0)]
    append(hub, 5)
    carry(topic, hub.log.rows)
    append(hub, 2)
    with topic.reading("auditor") as frames:
        assert list(agree(hub.log.rows, frames))[-1] == Matched(5, 5, 2)


def test_the_first_difference_is_named(topic: Topic, hub: Hub) -> None:
    append(hub, 5)
    carry(topic, hub.log.rows)
    rows = hub.log.rows.rows(0, 5)
    other = structs.replace(rows[2], frame=rows[2].frame[:-1] + bytes([rows[2].frame[-1] ^ 1]))
    with topic.reading("auditor") as frames:
        with pytest.raises(LogDiffers, match=f"^{topic.name}, position 3: store and topic hold different records$"):
            list(agree(Kept([*rows[:2], other, *rows[3:]]), frames))
        with pytest.raises(StoreLacks, match=f"^{topic.name} holds position 5, which the store lacks$"):
            list(agree(Kept(rows[:4]), frames))
        with pytest.raises(LogDiffers, match="position 2"):
            list(agree(Kept([rows[0], Stored(3, b"", 1, rows[2].frame), *rows[3:]]), frames))


def test_a_topic_with_a_gap_agrees_with_nothing(topic: Topic, hub: Hub) -> None:
    append(hub, 3)
    first, _, third = stored(hub)
    topic.put(first, third)
    with topic.reading("auditor") as frames, pytest.raises(LogGap):
        list(agree(hub.log.rows, frames))


def test_every_difference_is_told_with_its_matter_and_the_rest_agrees(topic: Topic, hub: Hub) -> None:
    append(hub, 6)
    frames = stored(hub)
    topic.put(*frames[:2], *frames[3:])
    rows = hub.log.rows.rows(0, 6)
    other = structs.replace(rows[4], frame=rows[4].frame[:-1] + bytes([rows[4].frame[-1] ^ 1]))
    found: list[Difference] = []
    with topic.reading("auditor") as reading:
        (*_, last) = agree(Kept([*rows[:4], other]), reading, found.append)
    assert last == Matched(6, 6, 0)
    assert [(each.position, each.error) for each in found] == [(3, "LogGap"), (5, "LogDiffers"), (6, "StoreLacks")]
    assert [each.stream for each in found] == [None, rows[4].stream.hex(), rows[5].stream.hex()]
    assert {each.place for each in found} == {"topic of acts"}


def test_what_is_no_record_is_told_and_what_follows_is_compared(topic: Topic, hub: Hub) -> None:
    append(hub, 3)
    first, second, third = stored(hub)
    topic.put(first)
    topic.put(second, headers=[("position", b"other")])
    topic.put(third)
    found: list[Difference] = []
    with topic.reading("auditor") as reading:
        (*_, last) = agree(hub.log.rows, reading, found.append)
    assert last.position == 3
    assert [(each.position, each.error) for each in found] == [(2, "Tampered")]
