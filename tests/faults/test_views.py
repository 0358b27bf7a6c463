"""Bad days of the views: who keeps them is killed, or meets a record that it cannot read."""

import signal
import sys

import pytest

from adapters.kafka.access import BrokerUser
from adapters.kafka.errors import StoreLacks
from adapters.postgresql.roles import PROJECT
from adapters.store.record import PLACE_SIZE, place
from domain.case.commands import Open
from domain.errors import Refusal
from hub_api.runtime.hub import Hub
from hub_cluster.kafka_access import KafkaAccess
from hub_demo.county import COORDINATION, agreement
from tests.adapters.kafka.rig import Topic
from tests.hub_api.servers.servers import Place, until
from tests.hub_api.stand import LARS, NOW, SARA, ULLA, refusals

DIES = """
import os, signal, sys
from hub_api.cli import main
from projections.runner import Runner

left = 2
write = Runner._write

def writes_and_dies(self, living, facts):
    global left
    write(self, living, facts)
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)

Runner._write = writes_and_dies
main()
"""
"""`samrad project`, killed when it has written the rows and the position of its second batch and committed neither."""
FORMAT = PLACE_SIZE + 2
"""Where a frame says in which form it is written."""


def opens(hub: Hub, times: int) -> None:
    for _ in range(times):
        hub.commander.handle_now(SARA, Open(coordinator=COORDINATION), None, NOW)


def test_invariant_2_a_projection_killed_between_view_and_position_is_replaced_without_a_gap(place: Place) -> None:
    with place.relaying(), place.hub(start=None, fresh_within=0) as hub:
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
        doomed = place.process(
            PROJECT, BrokerUser.PROJECTIONS, "project", "--view-set", "acts", program=(sys.executable, "-c", DIES)
        )
        with doomed as first:
            until(lambda: bool(place.status().logs["acts"].views))
            with place.process(PROJECT, BrokerUser.PROJECTIONS, "project"):
                until(lambda: place.status().running["project looks"])  # it stands by for the other views
                opens(hub, 1)
                until(lambda: first.poll() == -signal.SIGKILL)
                opens(hub, 3)
                with pytest.raises(Refusal):
                    hub.commander.handle_now(LARS, Open(coordinator=COORDINATION), None, NOW)
                until(place.carried)
        assert len(refusals(hub)) == 1
    assert place.verified() == {"acts": 0, "looks": 0}


def test_a_record_that_cannot_be_read_stops_the_views_there_and_the_status_says_where_and_why(
    place: Place, kafka: KafkaAccess
) -> None:
    with place.relaying(), place.hub(start=None, fresh_within=0) as hub:
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
        opens(hub, 1)
        with pytest.raises(Refusal):
            hub.commander.handle_now(LARS, Open(coordinator=COORDINATION), None, NOW)
        last, looks = hub.log.last(), hub.looks_log.last()
        until(lambda: all(log.waiting == 0 for log in place.status().logs.values()))
        frame = bytearray(hub.log.rows.rows(last - 1, 1)[0].frame)
    frame[:8] = (last + 1).to_bytes(8, "big")
    frame[FORMAT] = 200
    assert place_of(frame) == last + 1
    Topic(place.topics["topic_acts"], kafka).put(
        place.carriage("acts").seal(bytes(frame))
    )  # a version that nobody knows
    Topic(place.topics["topic_looks"], kafka).put(b"no record")
    with place.projecting():
        until(lambda: {log.stopped_by for log in place.status().logs.values()} == {"Unreadable", "Tampered"})
        status = place.status()
    assert (status.logs["acts"].views, status.logs["looks"].views) == (last, looks)
    assert f"the views of acts stand still before position {last + 1}: Unreadable" in status.wrong
    assert f"the views of looks stand still before position {looks + 1}: Tampered" in status.wrong
    with pytest.raises(StoreLacks, match=f"holds position {last + 1}, which the store lacks"):
        place.verified()


def place_of(frame: bytes | bytearray) -> int:
    return place(bytes(frame))[0]
