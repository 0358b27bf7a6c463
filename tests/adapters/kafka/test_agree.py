"""The proof that store and topic hold the same, record by record."""

import pytest
from msgspec import structs

from adapters.kafka.agree import Agreed, agree
from adapters.kafka.errors import LogDiffers, LogGap, StoreLacks
from adapters.outcomes import Stored
from tests.adapters.kafka.rig import Kept, Topic, append, carry, stored
from tests.adapters.support import Hub


def test_store_and_topic_agree_and_what_waits_is_told(topic: Topic, hub: Hub) -> None:
    with topic.reading("auditor") as frames:
        assert list(agree(hub.log.rows, frames)) == [Agreed(0, 0, 0)]
    append(hub, 5)
    carry(topic, hub.log.rows)
    append(hub, 2)
    with topic.reading("auditor") as frames:
        assert list(agree(hub.log.rows, frames))[-1] == Agreed(5, 5, 2)


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
