"""Two of the relays that people start: one carries and the other stands by, by a lease in PostgreSQL."""

import subprocess
from contextlib import ExitStack

import pytest

from adapters.kafka.access import BrokerUser
from adapters.postgresql.roles import RELAY
from domain.case.commands import Open
from domain.errors import Refusal
from hub_api.runtime.hub import Hub
from hub_cluster.kafka_access import KafkaAccess
from hub_demo.county import COORDINATION, agreement
from tests.adapters.kafka.rig import Topic
from tests.hub_api.servers.servers import Place, until
from tests.hub_api.stand import LARS, NOW, SARA, ULLA


def records(hub: Hub) -> None:
    """An act and a refusal: both logs go on."""
    hub.commander.handle_now(SARA, Open(coordinator=COORDINATION), None, NOW)
    with pytest.raises(Refusal):
        hub.commander.handle_now(LARS, Open(coordinator=COORDINATION), None, NOW)


def asked_for(place: Place, log: str) -> bool:
    """Whether somebody asks for the lease of that log, which another has."""
    asking = f"SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'samrad lease relay {log} %'"
    return int(place.postgres.ask(f"{asking} AND datname = '{place.databases['store']}'")) > 1


def said(process: "subprocess.Popen[str]") -> str:
    """What a process that has ended wrote."""
    assert process.stderr is not None
    return process.stderr.read()


def test_invariant_2_of_two_relays_one_carries_and_the_other_goes_on_when_that_is_killed(
    place: Place, kafka: KafkaAccess
) -> None:
    """Without the lease they would shut each other out at the broker, again and again, and say so."""
    topics = [Topic(place.topics[f"topic_{log}"], kafka, place.carriage(log)) for log in ("acts", "looks")]
    with ExitStack() as open_here:
        hub = open_here.enter_context(place.hub(start=None, fresh_within=0))
        acts, looks = (open_here.enter_context(topic.reading("auditor")) for topic in topics)

        def carried() -> bool:
            return (acts.last(), looks.last()) == (hub.log.last(), hub.looks_log.last())

        hub.commander.handle_now(ULLA, agreement(), None, NOW)
        first = open_here.enter_context(place.process(RELAY, BrokerUser.RELAY, "relay"))
        until(carried)
        second = open_here.enter_context(place.process(RELAY, BrokerUser.RELAY, "relay"))
        until(lambda: asked_for(place, "acts"))
        until(lambda: asked_for(place, "looks"))
        for _ in range(5):
            records(hub)
            until(carried)
        first.kill()
        assert "FencedOff" not in said(first)
        records(hub)
        until(carried)
        second.terminate()
        assert second.wait(30) == 0
        assert "FencedOff" not in said(second)
        kept = [[row.frame for row in log.rows.rows(0, 1000)] for log in (hub.log, hub.looks_log)]
    assert [topic.everything() for topic in topics] == kept
    assert place.agrees()
