"""Invariant 2 with the whole hub: killed at any instant, what was answered is recorded once, and what follows does."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import msgspec
import pytest

from domain.case.commands import WriteNote
from domain.case.events import Disposed
from domain.consultation.commands import Close, Dispose
from domain.vocabulary import Compartment, Kind, Outcome, Ref
from hub_api.commands.receipts import KeyReused
from hub_api.runtime.counting import STATISTICS
from hub_api.runtime.hub import Hub
from hub_api.runtime.proof import prove
from tests.faults.commanding import command
from tests.hub_api.stand import (
    ASKS,
    DAY,
    KIM,
    MONDAY,
    NOW,
    SARA,
    Girl,
    agreed,
    does,
    names,
    settings,
    texts,
)

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'hub-api'}"}
FEW_ROUNDS, MANY_ROUNDS = 5, 25


@contextmanager
def living(folder: Path, start: int | None = MONDAY) -> Iterator[Hub]:
    hub = Hub.open(settings(folder, start))
    try:
        yield hub
    finally:
        hub.close()


def killed(folder: Path, case: Ref, person: Ref, round_: int, seconds: float) -> list[str]:
    """What a process had answered when it was killed, that long after its first answer."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.commanding", str(folder), case.hex, person.hex, str(round_)],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    first = program.stdout.readline()
    time.sleep(seconds)
    program.kill()
    said = first + program.stdout.read()
    program.stdout.close()
    assert program.wait() == -signal.SIGKILL
    return [line for line in said.split("\n")[:-1] if line.count(" ") == 2 and len(line.split()[2]) == 32]


@pytest.mark.timeout(600)
def test_what_was_answered_is_recorded_once_through_kills_at_random_instants(tmp_path: Path) -> None:
    with living(tmp_path, None):
        pass
    hub = agreed(tmp_path)
    girl = Girl(hub)
    hub.close()
    moments = random.Random(2026)
    answered = list[str]()
    for round_ in range(MANY_ROUNDS):  # where the machine is slow, more of them, and longer ones
        lives_at_most = 0.25 * max(1, round_ - 3)
        answered += killed(tmp_path, girl.case, girl.person, round_, moments.uniform(0, lives_at_most))
        if round_ >= FEW_ROUNDS - 1 and len(answered) > 20:
            break
    assert len(answered) > 20  # each round answers one at least

    with living(tmp_path, None) as again:
        prove(again, lambda *_: None)
        acts = [fact.act.id.hex for fact in again.log.read(0, 10_000)]
        named = [
            key for fact in again.log.read(0, 10_000) if isinstance(fact.event, Disposed) for key in fact.event.keys
        ]
        assert named
        assert again.vault.present([bytes.fromhex(key.hex) for key in named]) == []
        last = again.log.last()
        for line in answered:
            key, stream, created = line.split()
            assert acts.count(created) == 1
            who, asked, on = command(int(key.partition(".")[2]), girl.case, girl.person)
            receipt = again.commander.handle_now(who, asked, on, NOW, key=key)
            assert (receipt.stream.hex, receipt.created.hex, receipt.repeated) == (stream, created, True)
        assert again.log.last() == last
        again.follower.catch_up()
        prove(again, lambda *_: None)


def run_and_die(folder: Path, program: str, start: int) -> None:
    """Run a program with a hub in a process of its own that is killed within it."""
    whole = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from tests.hub_api.stand import *\n"
        "die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"hub = opened(Path(sys.argv[1]), {start})\n"
        f"{program}\n"
        "sys.exit('it lived')\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", whole, str(folder)], cwd=ROOT, env=ENVIRONMENT, capture_output=True, timeout=60
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def test_killed_between_a_disposal_and_its_keys_the_next_opening_deletes_them(tmp_path: Path) -> None:
    hub = agreed(tmp_path)
    girl = Girl(hub)
    keys = [bytes.fromhex(key.id.hex) for key in hub.vault.keys_of(girl.case)]
    now = hub.clock.now()
    hub.close()
    run_and_die(
        tmp_path,
        "hub.vault.delete = die\n"
        f"person, case_ = Ref('{girl.person.hex}'), Ref('{girl.case.hex}')\n"
        "does(hub, SARA, case.Dispose(person=person, compartments=frozenset({Compartment.SOCIAL})), case_)",
        now,
    )
    with living(tmp_path, now) as again:
        assert names(again, girl.case)[-1] == "case.disposed"
        assert len(again.vault.present(keys)) == len(keys) - 1
        assert Compartment.SOCIAL not in texts(again, SARA, girl.case)
        assert prove(again, lambda *_: None).disposed == 1


@pytest.mark.parametrize(
    ("dies", "disposed"),
    [
        ("hub.log.append_prepared = die", False),
        ("hub.log._append = die", False),
        ("hub.vault.delete = die", True),
        ("erase = hub.vault._erase\nhub.vault._erase = lambda keys: (erase(keys), die())", True),
    ],
)
def test_a_request_has_its_first_receipt_wherever_the_disposal_of_its_record_is_killed(
    tmp_path: Path, dies: str, disposed: bool
) -> None:
    hub = agreed(tmp_path)
    first = hub.commander.handle_now(KIM, ASKS, None, NOW, key="one")
    does(hub, KIM, Close(outcome=Outcome.ADVICE_GIVEN), first.stream)
    now = hub.clock.now()
    hub.close()
    run_and_die(
        tmp_path,
        f"from domain.consultation.commands import Dispose\n{dies}\n"
        f"does(hub, KIM, Dispose(whole=True), Ref('{first.stream.hex}'))",
        now,
    )
    with living(tmp_path, now) as again:
        assert (names(again, first.stream)[-1] == "consultation.disposed") == disposed
        assert names(again, first.stream).count("gone") == (2 if disposed else 0)
        repeated = again.commander.handle_now(KIM, ASKS, None, NOW, key="one")
        assert repeated == msgspec.structs.replace(first, repeated=True)
        with pytest.raises(KeyReused):
            again.commander.handle_now(KIM, msgspec.structs.replace(ASKS, persons=2), None, NOW, key="one")
        if not disposed:
            does(again, KIM, Dispose(whole=True), first.stream)
            assert again.commander.handle_now(KIM, ASKS, None, NOW, key="one") == repeated


@pytest.mark.parametrize(
    "dies",
    [
        "hub.vault.delete = die",
        "hub.log.append_prepared = die",
        "recorded = hub.commander._recorded\nhub.commander._recorded = lambda events: (recorded(events), die())",
    ],
)
def test_c6_a_purge_that_is_killed_is_there_once_when_the_scheduler_has_run_again(tmp_path: Path, dies: str) -> None:
    hub = agreed(tmp_path)
    girl = Girl(hub)
    does(hub, SARA, WriteNote(person=girl.person, purge_on=date(2026, 11, 12), text="Working material."), girl.case)
    hub.close()
    due = MONDAY + 5 * DAY
    run_and_die(tmp_path, f"hub.follower.catch_up()\n{dies}\nhub.scheduler.run_now()", due)
    with living(tmp_path, due) as again:
        for _ in range(2):
            again.follower.catch_up()
            again.scheduler.run_now()
        assert names(again, girl.case).count("case.note_purged") == 1
        assert Compartment.WORKING_NOTE not in texts(again, SARA, girl.case)
        assert prove(again, lambda *_: None).disposed == 1


@pytest.mark.parametrize(
    "dies", ["hub.log.append_prepared = die\nhub.scheduler.run_now()", "hub.scheduler.run_now()\ndie()"]
)
def test_e1_a_tick_that_is_killed_counts_everything_once(tmp_path: Path, dies: str) -> None:
    hub = agreed(tmp_path)
    for _ in range(4):
        does(hub, KIM, ASKS)
    hub.close()
    due = MONDAY + 200 * DAY
    run_and_die(tmp_path, f"hub.follower.catch_up()\nhub.follower.stop()\n{dies}", due)
    with living(tmp_path, due) as again:
        for _ in range(3):
            again.follower.catch_up()
            again.scheduler.run_now()
        told = names(again, STATISTICS)
        assert told.count("statistics.consultation_counted") == 4
        assert prove(again, lambda *_: None).records == again.log.last()


FULL_DISK = """
import resource, sys
from pathlib import Path
from domain.errors import NotRecorded, SamradError
from domain.vocabulary import Kind
from tests.hub_api.stand import *

hub = agreed(Path(sys.argv[1]))
girl = Girl(hub)
hub.follower.catch_up()
size = max(path.stat().st_size for path in hub.folder.iterdir())
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 60_000, resource.RLIM_INFINITY))
inform = lambda number: case.RecordInformation(person=girl.person, social=f"Note {number}.")
number, failed = 0, ""
while not failed:
    try:
        hub.commander.handle_now(SARA, inform(number), girl.case, NOW, key=str(number))
        number += 1
    except NotRecorded as error:
        failed = str(error)
for look in (
    lambda: hub.gateway.look_now(SARA, Kind.CASE, girl.case, what="case"),
    lambda: hub.gateway.page_now(SARA, "cases", what="cases"),
):
    try:
        while True:
            look()
    except SamradError as error:
        failed += "|" + str(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
receipt = hub.commander.handle_now(SARA, inform(number), girl.case, NOW, key=str(number))
assert not receipt.repeated
assert hub.commander.handle_now(SARA, inform(0), girl.case, NOW, key="0").repeated
assert len(hub.gateway.look_now(SARA, Kind.CASE, girl.case, what="case").facts) == number + 6
assert len(hub.gateway.page_now(SARA, "cases", what="cases").items) == 1
hub.close()
print(number, failed)
"""


def test_a_full_disk_is_one_clear_error_and_nothing_is_half(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    number, failed = ended.stdout.split(" ", 1)
    assert int(number) > 0
    assert "could not be written, nothing was recorded" in failed
    assert len(failed.split("|")) == 3
    with living(tmp_path) as hub:
        prove(hub, lambda *_: None)
        (case,) = {fact.stream for fact in hub.log.read(0, 10_000) if fact.kind is Kind.CASE}
        assert names(hub, case).count("case.information_recorded") == int(number) + 2
