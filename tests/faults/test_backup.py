"""A backup that is taken while people are at work: whole each time, and nobody at work notices."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from hub_api.cli import run
from hub_api.runtime.hub import Hub
from hub_api.runtime.proof import prove
from hub_api.runtime.settings import Settings
from hub_cluster.ports import LOOPBACK, free_port
from hub_demo.county import agreement
from tests.faults.people import Person
from tests.hub_api.stand import NOW, ULLA

AT_WORK = 4
BACKUPS = 5
PATIENCE = 60
"""Seconds for some commands to be answered, however slow the machine is."""


def more_than(number: int, people: Sequence[Person]) -> int:
    """How many commands were answered, once they are more than that."""
    until = time.monotonic() + PATIENCE
    while (answered := sum(len(person.done) for person in people)) <= number:
        assert time.monotonic() < until, "nobody is at work"
        time.sleep(0.1)
    return answered


@pytest.mark.slow
def test_every_backup_under_load_opens_and_holds_all_that_was_answered_before_it(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    hub = Hub.open(Settings.beside(data))
    hub.commander.handle_now(ULLA, agreement(), None, NOW)
    hub.close()
    program = "import sys; from hub_api.cli import run; sys.exit(run(sys.argv[1:]))"
    serving = subprocess.Popen(
        [sys.executable, "-c", program, "serve", "--personas", "--port", str(port), "--data", str(data)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.DEVNULL,
    )
    ended = threading.Event()
    people = [Person(number, [port], ended) for number in range(AT_WORK)]
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
                break
            time.sleep(0.1)
        at_work = [threading.Thread(target=person.work) for person in people]
        for each in at_work:
            each.start()
        answered = list[int]()
        for number in range(BACKUPS):
            answered.append(more_than(AT_WORK * (number + 1), people))
            assert run(["backup", str(tmp_path / f"backup-{number}"), "--data", str(data)]) == 0
        ended.set()
        for each in at_work:
            each.join(60)
        assert not [wrong for person in people for wrong in person.wrong]
    finally:
        ended.set()
        serving.terminate()
        assert serving.wait(60) == 0
    assert answered == sorted(answered)
    records = []
    for number, told in enumerate(answered):
        copy = Hub.open(Settings.beside(tmp_path / f"backup-{number}"))
        try:
            records.append(prove(copy, lambda *_: None).records)
        finally:
            copy.close()
        assert records[-1] >= told
    assert records == sorted(records)
