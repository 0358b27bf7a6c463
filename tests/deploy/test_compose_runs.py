"""docker-compose.yml, run: each service of the hub with its command, environment and health check, on real servers."""

import json
import os
import stat
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hub_api.identity.personas import NOTICE, STARTED
from hub_api.runtime.servers.passwords import NAMES, SUPERUSER, make
from hub_cluster.jars import class_path
from hub_cluster.java import java
from hub_cluster.ports import LOOPBACK
from hub_cluster.postgres import Postgres
from hub_cluster.postgres_programs import programs
from hub_cluster.processes import Processes
from hub_cluster.programs import run as run_program
from tests.deploy.composed import ROOT, Mapped, services
from tests.servers import available

ONCE = ("prepare", "migrate", "keys", "carriage", "derive")
BY_HAND = ("derive", "rotate", "rebuild", "verify")
RUNNING = ("relay", "project", "hub")
KAFKA = {"kafka-storage.sh": "kafka.tools.StorageTool", "kafka-server-start.sh": "kafka.Kafka"}


class Stack:
    """All of it on this machine."""

    def __init__(self, mapped: Mapped, processes: Processes) -> None:
        self.mapped = mapped
        self.processes = processes

    def once(self, name: str, *instead: str) -> str:
        """A one-off service to its end; what it printed."""
        service = services()[name]
        return run_program(
            *self.mapped.line(instead or service["command"]), environment=self.mapped.environment(service)
        )


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The servers with the passwords of the files, the broker by its own script, and the one-off services done."""
    available(programs)
    available(java)
    available(class_path)
    folder = tmp_path_factory.mktemp("compose")
    secrets = folder / "secrets"
    make(secrets)
    with Postgres.start(folder / "postgres", roles=()) as postgres:
        with psycopg.connect(postgres.url_of(SUPERUSER), autocommit=True) as connection:
            password = (secrets / SUPERUSER).read_text()
            connection.execute(f"ALTER ROLE {SUPERUSER} PASSWORD '{password}'".encode())
        mapped = Mapped(folder, secrets, {"postgres": postgres.port})
        with Processes(folder / "logs") as processes:
            processes.start(mapped.specification("kafka", **broker_programs(folder, mapped)))
            stack = Stack(mapped, processes)
            for name in ONCE:
                stack.once(name)
            yield stack


def broker_programs(folder: Path, mapped: Mapped) -> dict[str, str]:
    """The image's programs and the mounted folder: the settings of the file, with the places of this machine."""
    (folder / "etc").mkdir()
    for source in (ROOT / "deploy" / "kafka").iterdir():
        (folder / "etc" / source.name).write_text(mapped.text(source.read_text()))
    (folder / "bin").mkdir()
    for program, main in KAFKA.items():
        script = folder / "bin" / program
        script.write_text(f'#!/bin/sh\nexec {java()} -Xmx256m -XX:+UseSerialGC -cp {class_path()} {main} "$@"\n')
        script.chmod(0o755)
    return {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}


@pytest.mark.slow
@pytest.mark.servers
@pytest.mark.timeout(300)
def test_every_service_of_the_hub_comes_up_as_the_file_says_and_is_well(stack: Stack) -> None:
    with pytest.raises(OSError, match="acts: restored up to position 0; what is missing cannot be told"):
        stack.once("restore")  # nothing was ever recorded, and nobody noted a mark
    stack.processes.start(*(stack.mapped.specification(name) for name in RUNNING))
    assert stack.processes.ready() == dict.fromkeys(("kafka", *RUNNING), True)
    stack.once("keys", "samrad", "keys", "add", "/var/lib/samrad/keys")
    for name in BY_HAND:
        stack.once(name)
    status = json.loads(stack.once("status", "samrad", "status", "--json"))
    assert status["wrong"] == []
    assert status["running"] == dict.fromkeys(status["running"], True)
    assert status["master_epoch"] == 2

    relay = stack.processes["relay"]
    relay.stop()
    assert not stack.mapped.specification("relay").ready(relay), "nobody carries, and its health check is content"
    assert "is there" in stack.once("prepare"), "what is done once is done again without harm"


@pytest.mark.slow
def test_the_demo_comes_up_with_no_server_and_says_that_anybody_is_whoever_they_say(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    mapped = Mapped(tmp_path, tmp_path / "none", {})
    with Processes(tmp_path / "logs") as processes:
        processes.start(mapped.specification("demo"))
        with urllib.request.urlopen(f"http://{LOOPBACK}:{mapped.ports['demo']}/health/live") as answer:
            assert answer.headers["samrad-personas"] == NOTICE
        assert STARTED in " ".join(processes["demo"].said().split())


def test_each_password_is_a_file_for_its_owner_and_for_whom_it_is_given_to(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    assert make(folder) == list(NAMES)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    kept = {path.name: path.read_text() for path in folder.iterdir()}
    assert set(kept) == set(NAMES)
    assert len(set(kept.values())) == len(NAMES)
    (folder / NAMES[0]).unlink()
    assert make(folder) == [NAMES[0]]
    assert {path.name: path.read_text() for path in folder.iterdir() if path.name != NAMES[0]} == {
        name: value for name, value in kept.items() if name != NAMES[0]
    }
