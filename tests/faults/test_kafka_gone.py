"""Kafka away when the processes begin, and away for a minute while people work: nobody is refused for it."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from adapters.kafka.access import BrokerUser
from adapters.postgresql.roles import PROJECT, RELAY
from domain.case.commands import Open
from domain.errors import Refusal
from hub_api.runtime.hub import Hub
from hub_cluster.kafka import Kafka
from hub_cluster.postgres_access import PostgresAccess
from hub_demo.county import COORDINATION, agreement
from tests.hub_api.servers.servers import Place, until
from tests.hub_api.stand import LARS, NOW, SARA, ULLA, refusals

A_MINUTE: Final = 60.0
EVERY: Final = 0.2


class Working:
    """People at work: what was acknowledged, and how often somebody was refused."""

    def __init__(self, hub: Hub) -> None:
        self.acknowledged: list[str] = []
        self.refused = 0
        self.failed: list[Exception] = []
        self._hub = hub
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self._work, args=(number,)) for number in range(2)]

    def _work(self, number: int) -> None:
        done = 0
        while not self.ended.wait(EVERY):
            key = f"{number}-{done}"
            try:
                receipt = self._hub.commander.handle_now(SARA, Open(coordinator=COORDINATION), None, NOW, key=key)
                self.acknowledged.append(receipt.created.hex)
                if number == done % 20 == 0:
                    self._refused()
            except Exception as error:  # noqa: BLE001 - told at the end
                self.failed.append(error)
            done += 1

    def _refused(self) -> None:
        with pytest.raises(Refusal):
            self._hub.commander.handle_now(LARS, Open(coordinator=COORDINATION), None, NOW)
        self.refused += 1


@contextmanager
def at_work(hub: Hub) -> Iterator[Working]:
    working = Working(hub)
    for thread in working.threads:
        thread.start()
    try:
        yield working
    finally:
        working.ended.set()
        for thread in working.threads:
            thread.join()


@pytest.mark.timeout(300)
def test_invariant_2_while_kafka_is_away_for_a_minute_all_is_accepted_and_afterwards_all_is_there_once(
    mortal: Kafka, postgres: PostgresAccess, tmp_path: Path
) -> None:
    place = Place(postgres, mortal, tmp_path)
    place.prepare()
    mortal.kill()
    with (
        place.hub(start=None, fresh_within=0) as hub,
        place.process(RELAY, BrokerUser.RELAY, "relay") as relaying,
        place.process(PROJECT, BrokerUser.PROJECTIONS, "project") as projecting,
    ):
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
        with at_work(hub) as working:
            until(lambda: len(working.acknowledged) > 50)
            mortal.up()
            until(lambda: (place.status().logs["acts"].views or 0) > 50)  # they came by themselves
            mortal.kill()
            before = len(working.acknowledged)
            time.sleep(A_MINUTE)
            assert len(working.acknowledged) > before + 50
            away = place.status()
            store, views = away.logs["acts"].store, away.logs["acts"].views
            assert store is not None
            assert views is not None
            assert store > views + 50
            assert [wrong for wrong in away.wrong if "no broker answers" in wrong]
            assert f"of acts, {store - views} at most wait to be carried to Kafka" in away.wrong
            mortal.up()
        until(place.carried)
        assert place.status().wrong == []
        assert not working.failed
        assert (relaying.poll(), projecting.poll()) == (None, None)
        acts = Counter(fact.act.id.hex for fact in hub.log.read(0, 10_000))
        assert all(acts[act] == 1 for act in working.acknowledged)
        assert len(refusals(hub)) == working.refused > 0
    assert place.verified() == {"acts": 0, "looks": 0}
    place.remove()
