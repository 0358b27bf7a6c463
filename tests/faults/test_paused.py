"""A process that is paused, not killed: its turn passes on in seconds, and when it wakes it finds that it is gone."""

import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from adapters.kafka.access import BrokerUser
from adapters.postgresql.lease import taken
from adapters.postgresql.roles import APPEND, PROJECT, RELAY
from domain.case.commands import Open
from hub_api.runtime.servers.addresses import database
from hub_cluster.kafka_access import KafkaAccess
from hub_cluster.postgres_access import PostgresAccess
from hub_demo.county import COORDINATION, agreement
from tests.adapters.kafka.rig import Topic
from tests.hub_api.servers.servers import Place, until
from tests.hub_api.servers.test_by_turns import asked, free_port
from tests.hub_api.stand import NOW, SARA, ULLA

OPENS = Open(coordinator=COORDINATION)
SECONDS = 30.0
"""Far more than it takes on a machine that has nothing else to do: six."""


@pytest.fixture
def store(postgres: PostgresAccess, tmp_path: Path) -> Place:
    """A hub whose commands need no Kafka: PostgreSQL alone decides."""
    place = Place(postgres, None, tmp_path)
    place.prepare()
    with place.hub(start=None, fresh_within=0) as hub:
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
    return place


def recorded(place: Place, log: str) -> int:
    return int(place.postgres.ask(f"SELECT position FROM {log}.log_end", place.databases["store"]))


def test_the_turn_of_a_paused_serving_process_passes_on_and_it_records_and_shows_nothing_when_it_wakes(
    store: Place,
) -> None:
    ports = (free_port(), free_port())
    with ExitStack() as running, ThreadPoolExecutor(8) as callers:
        serving = {
            port: running.enter_context(store.process(APPEND, None, "serve", "--personas", "--port", str(port)))
            for port in ports
        }
        until(lambda: sorted(asked(port, "/v1/me") for port in ports) == [200, 503])
        (first,) = (port for port in ports if asked(port, "/v1/me") == 200)
        (second,) = (port for port in ports if port != first)
        assert asked(first, "/v1/cases", key="one") == 201
        serving[first].send_signal(signal.SIGSTOP)
        try:
            hanging = [callers.submit(asked, first, "/v1/cases", f"hung-{n}") for n in range(4)]
            hanging += [callers.submit(asked, first, "/v1/me") for _ in range(4)]
            until(lambda: asked(second, "/v1/me") == 200, SECONDS)
            assert asked(second, "/v1/cases", key="one") == 201
            assert asked(second, "/v1/cases", key="two") == 201
            before = recorded(store, "acts")
        finally:
            serving[first].send_signal(signal.SIGCONT)
        assert {each.result(30) for each in hanging} == {503}
        assert recorded(store, "acts") == before
        assert asked(first, "/v1/cases", key="three") == 503
        assert asked(first, "/health/live") == 200
        serving[second].send_signal(signal.SIGTERM)
        assert serving[second].wait(30) == 0
        until(lambda: asked(first, "/v1/me") == 200, SECONDS)  # it stood by, and has the turn again
        assert asked(first, "/v1/cases", key="hung-0") == 201
        assert asked(first, "/v1/cases", key="two") == 201


def test_a_relay_that_is_paused_is_relieved_and_carries_nothing_twice(place: Place, kafka: KafkaAccess) -> None:
    topic = Topic(place.topics["topic_acts"], kafka, place.carriage("acts"))
    with ExitStack() as open_here:
        hub = open_here.enter_context(place.hub(start=None, fresh_within=0))
        reading = open_here.enter_context(topic.reading("auditor"))
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
        first = open_here.enter_context(place.process(RELAY, BrokerUser.RELAY, "relay"))
        until(lambda: reading.last() == hub.log.last())
        second = open_here.enter_context(place.process(RELAY, BrokerUser.RELAY, "relay"))
        first.send_signal(signal.SIGSTOP)
        hub.commander.handle_now(SARA, OPENS, None, NOW)
        until(lambda: reading.last() == hub.log.last(), SECONDS)
        first.send_signal(signal.SIGCONT)
        for _ in range(5):
            hub.commander.handle_now(SARA, OPENS, None, NOW)
            until(lambda: reading.last() == hub.log.last())
        assert topic.everything(hub.log.last()) == [row.frame for row in hub.log.rows.rows(0, hub.log.last())]
        assert first.poll() is second.poll() is None


def test_projections_that_are_paused_are_relieved_and_write_no_row_when_they_wake(place: Place) -> None:
    with ExitStack() as open_here:
        open_here.enter_context(place.relaying())
        hub = open_here.enter_context(place.hub(start=None, fresh_within=0))
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
        first = open_here.enter_context(place.process(PROJECT, BrokerUser.PROJECTIONS, "project"))
        until(place.carried)
        first.send_signal(signal.SIGSTOP)
        second = open_here.enter_context(place.process(PROJECT, BrokerUser.PROJECTIONS, "project"))
        hub.commander.handle_now(SARA, OPENS, None, NOW)
        until(place.carried, SECONDS)
        first.send_signal(signal.SIGCONT)
        for _ in range(3):
            hub.commander.handle_now(SARA, OPENS, None, NOW)
        until(place.carried)
        assert first.poll() is second.poll() is None
        names = {f"project {name}" for name in ("acts", "looks")}
        assert set(taken(database(place.settings(APPEND), "store", "this test"), names)) == names
    assert place.agrees()
