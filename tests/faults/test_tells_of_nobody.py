"""Nothing that the processes on servers tell of their running tells of anybody, whatever is asked of them and breaks.

Their libraries log all they can: a driver quotes the row that it could not insert, SQLAlchemy what it was given.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from adapters.kafka.access import BrokerUser
from adapters.postgresql.roles import APPEND, OWNER, PROJECT, RELAY
from hub_cluster.kafka_access import USERS, KafkaAccess
from hub_demo.county import COORDINATION, agreement
from projections.catalogue import ACTS
from tests.adapters.kafka.rig import Topic
from tests.adapters.telemetry.collector import Collector, collecting
from tests.hub_api.servers.servers import Place, until
from tests.hub_api.servers.test_by_turns import WHO, free_port
from tests.hub_api.stand import NOW, ULLA
from tests.hub_api.watched import needles_of, told_of

WORDY: Final = """
import logging
for name in ("sqlalchemy", "sqlalchemy.engine", "sqlalchemy.pool", "psycopg", "kafka", "uvicorn", "urllib3", "asyncio"):
    logging.getLogger(name).setLevel(logging.DEBUG)
from hub_api.cli import main
main()
"""
IDENTITY, NOTE, SOCIAL = "Exempla Exempelsson", "Frightened of Friday.", "Her aunt in Exempelby knows."
BREAK_OFF: Final = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()"
)


class Running:
    """The three processes, and whoever asks the one that serves."""

    def __init__(self, place: Place, folder: Path, collector: Collector, running: ExitStack) -> None:
        self._folder = folder
        self._more = {"otlp": collector.endpoint, "log_level": "debug", "log_json": "true"}
        self._place = place
        self._open_here = running
        port = free_port()
        self.relay = self._start("relay", RELAY, BrokerUser.RELAY)
        self.project = self._start("project", PROJECT, BrokerUser.PROJECTIONS)
        self.serve = self._start("serve", APPEND, None, "--personas", "--port", str(port))
        self._asking = running.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=WHO, timeout=30))

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            return self._asking.request(method, path, **more)
        except httpx.TransportError:  # it does not listen yet
            return httpx.Response(503)

    def _start(self, name: str, role: str, user: str | None, *arguments: str) -> "subprocess.Popen[bytes]":
        said = self._open_here.enter_context((self._folder / name).open("wb"))
        environment = self._place.environment(role, user, **self._more)
        command = (sys.executable, "-c", WORDY, name, *arguments)
        started = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
        self._open_here.callback(started.wait)
        self._open_here.callback(started.kill)
        return started

    def said(self) -> bytes:
        return b"".join((self._folder / name).read_bytes() for name in ("relay", "project", "serve"))


def works(running: Running) -> str:
    """A case with somebody in it; the case's alias."""
    case = f"/v1/cases/{running.ask('POST', '/v1/cases', json={'coordinator': COORDINATION}).json()['id']}"
    person = running.ask("POST", f"{case}/add_person", json={"identity": IDENTITY, "minor": True}).json()["created"]
    about = {"person": person}
    running.ask("POST", f"{case}/record_information", json=about | {"social": SOCIAL}).raise_for_status()
    running.ask("POST", f"{case}/write_note", json=about | {"text": NOTE, "purge_on": "2036-11-12"}).raise_for_status()
    assert SOCIAL in running.ask("GET", case).text
    return case


def nonsense(running: Running, case: str) -> None:
    running.ask("GET", f"/v1/{IDENTITY}")
    running.ask("POST", f"{case}/write_note", content=f'{{"text": "{NOTE}", "act":')
    running.ask("POST", f"{case}/close", json={"reason": IDENTITY, IDENTITY: NOTE})
    running.ask("GET", case, headers={"authorization": f"Persona {IDENTITY}"})


@contextmanager
def refusing(place: Place, name: str, table: str) -> Iterator[None]:
    """A table takes no row, and the server quotes the one that it did not take."""
    asked = f"ALTER TABLE {table} {{}} CONSTRAINT takes_none"
    place.postgres.ask(asked.format("ADD") + " CHECK (false) NOT VALID", place.databases[name])
    yield
    place.postgres.ask(asked.format("DROP"), place.databases[name])


def breaks(place: Place, running: Running) -> None:
    """The store and the views take no row, all connections are broken off, and somebody writes to the topics."""
    with refusing(place, "store", "acts.records"):
        assert running.ask("POST", "/v1/cases", json={"coordinator": COORDINATION}).status_code == 503
    trail = next(table.name for table in ACTS.tables(1).values() if "act_trail" in table.name)
    with refusing(place, "views", trail):
        assert running.ask("POST", "/v1/cases", json={"coordinator": COORDINATION}).status_code == 201
        until(lambda: b"the views stopped: ViewsUnusable" in running.said())
    for name in place.databases.values():
        place.postgres.ask(BREAK_OFF.format(name))
    until(lambda: running.ask("POST", "/v1/cases", json={"coordinator": COORDINATION}).status_code == 201)
    until(place.carried)


def forges(place: Place, running: Running, kafka: KafkaAccess) -> None:
    """Somebody writes to the topics: the views stop, and the relay ends where it looks there again."""
    for name in ("topic_acts", "topic_looks"):
        Topic(place.topics[name], kafka).put(IDENTITY.encode() * 3)
    until(lambda: {log.stopped_by for log in place.status().logs.values()} == {"LogGap"})
    place.postgres.ask(BREAK_OFF.format(place.databases["store"]))
    assert running.relay.wait(30) == 1


def test_c7_whatever_breaks_and_however_wordy_the_libraries_are_no_process_tells_of_anybody(
    place: Place, kafka: KafkaAccess, tmp_path: Path
) -> None:
    with place.hub(start=None, fresh_within=0) as hub:
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
    with collecting() as collector, ExitStack() as open_here:
        running = Running(place, tmp_path, collector, open_here)
        until(lambda: running.ask("GET", "/v1/me").status_code == 200)
        case = works(running)
        nonsense(running, case)
        breaks(place, running)
        forges(place, running, kafka)
        for process in (running.project, running.serve):
            process.terminate()
            assert process.wait(30) == 0
        said = running.said()
    with place.hub(start=None, fresh_within=0) as hub:
        needles = needles_of(hub, (IDENTITY, NOTE, SOCIAL, "Exempla", "Exempelsson", case.rpartition("/")[2]))
    needles |= {place.postgres.password(role) for role in (OWNER, APPEND, RELAY, PROJECT)}
    needles |= {kafka.password(user) for user in USERS}
    for logger in ("kafka", "sqlalchemy", "psycopg"):
        assert f'"level":"DEBUG","logger":"{logger}'.encode() in said
    assert told_of(needles, said + collector.everything) == []
