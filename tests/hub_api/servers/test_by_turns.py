"""Two serving processes on one store: one records, the other stands by and takes over; nothing is lost or doubled."""

import json
import signal
import socket
import threading
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest

from adapters.postgresql.lease import Lease
from adapters.postgresql.roles import APPEND
from domain.case.commands import Open
from hub_api.runtime.servers.addresses import database
from hub_api.runtime.servers.opening import TURN, my_turn
from hub_api.runtime.servers.turn_keeper import NotMyTurn
from hub_cluster.postgres_access import PostgresAccess
from hub_demo.county import COORDINATION, agreement
from tests.hub_api.servers.servers import Place, until
from tests.hub_api.stand import NOW, SARA, ULLA

WHO = {"authorization": "Persona socialsekreterare-sara-exempel", "content-type": "application/json"}


@pytest.fixture
def store(postgres: PostgresAccess, tmp_path: Path) -> Place:
    """A hub whose commands need no Kafka: PostgreSQL alone decides."""
    place = Place(postgres, None, tmp_path)
    place.prepare()
    return place


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def asked(port: int, path: str, key: str | None = None) -> int:
    """The status of a GET, or of a case that is opened under an idempotency key."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=WHO)
    if key is not None:
        request.data = json.dumps({"coordinator": COORDINATION}).encode()
        request.add_header("idempotency-key", key)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def opened_cases(place: Place) -> int:
    with place.hub(start=None, fresh_within=0) as hub:
        return sum(fact.event.name == "case.opened" for fact in hub.log.read(0, 1000))


def test_of_two_serving_processes_one_records_and_the_other_takes_over_when_it_is_killed(store: Place) -> None:
    with store.hub(start=None, fresh_within=0) as hub:
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
        with pytest.raises(NotMyTurn, match="another process records"), store.hub():
            pass
    ports = (free_port(), free_port())
    with ExitStack() as running:
        serving = {
            port: running.enter_context(store.process(APPEND, None, "serve", "--personas", "--port", str(port)))
            for port in ports
        }
        until(lambda: sorted(asked(port, "/health/live") for port in ports) == [200, 200])
        until(lambda: sorted(asked(port, "/v1/me") for port in ports) == [200, 503])
        (first,) = (port for port in ports if asked(port, "/v1/me") == 200)
        (second,) = (port for port in ports if port != first)
        assert asked(first, "/v1/cases", key="one") == 201
        assert asked(second, "/v1/cases", key="two") == 503
        assert asked(second, "/health/ready") == 503
        serving[first].send_signal(signal.SIGKILL)
        serving[first].wait()
        until(lambda: asked(second, "/v1/me") == 200)
        assert asked(second, "/v1/cases", key="one") == 201
        assert asked(second, "/v1/cases", key="two") == 201
        serving[second].send_signal(signal.SIGTERM)
        assert serving[second].wait(30) == 0
    assert opened_cases(store) == 2


def test_a_turn_that_was_just_given_back_is_taken_though_the_server_has_not_seen_it_yet(store: Place) -> None:
    settings = store.settings(APPEND)
    before = Lease(database(settings, "store", "this test"), TURN)
    assert before.take()
    seen = threading.Timer(0.3, before.release)
    seen.start()
    with my_turn(settings, "this test") as lease:
        assert lease.held()
    seen.join()


def test_a_serving_process_that_is_told_to_end_gives_back_the_turn_and_notes_its_mark(store: Place) -> None:
    with store.hub(start=None, fresh_within=0) as hub:
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
        hub.commander.handle_now(SARA, Open(coordinator=COORDINATION), None, NOW)
    marks = json.loads((store.keys / "high-water.json").read_text())
    with store.hub(start=None, fresh_within=0) as hub:
        assert marks["acts"]["position"] == hub.log.last()
