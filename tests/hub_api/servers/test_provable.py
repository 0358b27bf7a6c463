"""`samrad verify` while the hub is used: what is sound is proved, and a row that is wrong is found all the same."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from domain.errors import Tampered
from domain.vocabulary import Kind
from hub_api.runtime.hub import Hub
from hub_demo.county import agreement
from tests.hub_api.servers.servers import Place
from tests.hub_api.stand import NOW, SARA, ULLA, Girl

PAUSE = 0.01
"""Between five acts and two looks: about fifty acts come in a second."""


@contextmanager
def used(hub: Hub) -> Iterator[None]:
    """People who act and look all the time."""
    over, failed = threading.Event(), list[Exception]()

    def use() -> None:
        try:
            while not over.wait(PAUSE):
                girl = Girl(hub)
                for _ in range(2):
                    hub.gateway.look_now(SARA, Kind.CASE, girl.case, what="case")
        except Exception as error:  # noqa: BLE001 - raised below
            failed.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    if failed:
        raise failed[0]


def test_a_hub_in_use_is_proved_and_a_row_that_is_wrong_is_named(place: Place) -> None:
    with place.relaying(), place.projecting(), place.hub(fresh_within=30) as hub:
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
        with used(hub):
            for _ in range(3):
                before = hub.log.last()
                place.verified()
                assert hub.log.last() > before
            stream = hub.log.read(10, 1)[0].stream.hex
            wrong = f"UPDATE unit_stream_1 SET owner = 1 - owner WHERE stream = '{stream}' AND unit = '{SARA.unit}'"
            place.postgres.ask(wrong, place.databases["views"])
            with pytest.raises(Tampered, match=f"the views, unit_stream: the row of unit={SARA.unit}, stream={stream}"):
                place.verified()
