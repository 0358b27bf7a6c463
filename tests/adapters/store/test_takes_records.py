"""Whether a store would record is tried with a record that is taken back: nobody ever sees it."""

import pytest

from adapters.store.outcomes import Outcome
from adapters.store.record import Prepared
from adapters.store.rows import takes_records
from domain.errors import NotRecorded
from tests.adapters.stores import every_store
from tests.adapters.support import Hub


@every_store
def test_what_was_tried_is_not_there_and_the_next_record_stands_where_it_would_have(hub: Hub) -> None:
    before = hub.log.rows.end()
    assert takes_records(hub.log.rows)
    assert hub.log.rows.end() == before
    assert hub.log.rows.rows(before[0], 10) == []
    assert takes_records(hub.log.rows)


@every_store
def test_a_store_that_cannot_write_is_told(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: list[Prepared]) -> list[Outcome]:
        raise NotRecorded("no space is left")

    monkeypatch.setattr(hub.log.rows, "append", full)
    assert not takes_records(hub.log.rows)
    monkeypatch.undo()
    assert takes_records(hub.log.rows)
