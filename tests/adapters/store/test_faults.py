"""Invariant 2 under real faults: what was answered is there once; what failed left nothing and broke nothing."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.store.verification import verify
from domain.errors import StoreBehind
from domain.vocabulary import Ref
from tests.adapters.support import ENTROPY, Hub, one, person

ROOT = Path(__file__).parents[3]


@contextmanager
def appending(folder: Path, *more: str) -> Iterator["subprocess.Popen[str]"]:
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.adapters.appending", str(folder), *more],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield program
    finally:
        program.kill()
        program.wait()
        if program.stdout is not None:
            program.stdout.close()


def killed_after(seconds: float, program: "subprocess.Popen[str]") -> list[str]:
    """What it had said when it was killed that long after it first spoke; a half line is not said."""
    assert program.stdout is not None
    first = program.stdout.readline()
    time.sleep(seconds)
    program.kill()
    said = first + program.stdout.read()
    return [line for line in said.split("\n")[:-1] if len(line) == 32]


@pytest.mark.parametrize("seconds", [0.0, 0.07, 0.31])
def test_what_was_answered_before_a_kill_is_there_once_and_nothing_is_half(tmp_path: Path, seconds: float) -> None:
    Hub(tmp_path).close()
    with appending(tmp_path) as program:
        answered = killed_after(seconds, program)

    with Hub(tmp_path) as hub:
        list(verify(hub.log))
        recorded = [fact.id.hex for fact in hub.log.read(0, 100_000)]
        assert answered
        assert set(answered) <= set(recorded)
        assert len(set(recorded)) == len(recorded)
        assert len(recorded) - len(answered) <= 3
        assert hub.log.append([one(ENTROPY.ref(), 1)])


def test_two_processes_append_to_one_stream_and_both_are_there(tmp_path: Path) -> None:
    Hub(tmp_path).close()
    stream = ENTROPY.ref()
    with appending(tmp_path, stream.hex) as first, appending(tmp_path, stream.hex) as second:
        answered = killed_after(0.4, first) + killed_after(0.0, second)

    with Hub(tmp_path) as hub:
        assert list(verify(hub.log))
        facts = hub.log.snapshot().stream(Ref(stream.hex))
        assert [fact.version for fact in facts] == list(range(1, len(facts) + 1))
        assert set(answered) <= {fact.id.hex for fact in facts}


_FULL_DISK = """
import resource, sys
from pathlib import Path
from adapters.store.writer import Writer
from domain.errors import NotRecorded
from tests.adapters.support import ENTROPY, Hub, one, person

hub = Hub(Path(sys.argv[1]))
writer = Writer(hub.log)
case = ENTROPY.ref()
writer.submit(one(case, 1, person())).result()
size = max(file.stat().st_size for file in hub.data.iterdir())
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 30_000, resource.RLIM_INFINITY))
version, failed = 2, ""
while not failed:
    try:
        writer.submit(one(case, version, person())).result()
        version += 1
    except NotRecorded as error:
        failed = str(error)
assert version > 2, "some room was left"
assert [fact.version for fact in hub.log.snapshot().stream(case)] == list(range(1, version))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
writer.submit(one(case, version, person())).result()
print(version, failed)
"""


def test_a_full_disk_fails_its_own_commands_clearly_and_the_store_goes_on(tmp_path: Path) -> None:
    program = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert program.returncode == 0, program.stderr
    version, failed = program.stdout.split(" ", 1)
    assert "could not be written, nothing was recorded" in failed
    with Hub(tmp_path) as hub:
        assert hub.log.last() == int(version)
        assert list(verify(hub.log))


def copy(hub_folder: Path, to: Path) -> None:
    shutil.copytree(hub_folder / "data", to)


def test_an_older_copy_of_the_store_is_noticed(tmp_path: Path) -> None:
    with Hub(tmp_path) as hub:
        hub.log.append([one(ENTROPY.ref(), 1)])
    copy(tmp_path, tmp_path / "backup")
    with Hub(tmp_path) as hub:
        hub.log.append([one(ENTROPY.ref(), 1)])
    shutil.rmtree(tmp_path / "data")
    (tmp_path / "backup").rename(tmp_path / "data")

    with pytest.raises(StoreBehind, match=r"acts\.db ends at position 1 but had come to 2"):
        Hub(tmp_path)


def test_another_history_of_the_same_length_is_noticed(tmp_path: Path) -> None:
    with Hub(tmp_path) as hub:
        hub.log.append([one(ENTROPY.ref(), 1)])
    copy(tmp_path, tmp_path / "backup")
    with Hub(tmp_path) as hub:
        hub.log.append([one(ENTROPY.ref(), 1)])
    mark = (tmp_path / "data.keys" / "high-water.json").read_bytes()
    shutil.rmtree(tmp_path / "data")
    (tmp_path / "backup").rename(tmp_path / "data")
    (tmp_path / "data.keys" / "high-water.json").unlink()
    with Hub(tmp_path) as hub:
        hub.log.append([one(ENTROPY.ref(), 1, person())])
    (tmp_path / "data.keys" / "high-water.json").write_bytes(mark)

    with pytest.raises(StoreBehind, match="another history at position 2"):
        Hub(tmp_path)


def test_the_mark_never_leads_the_store(tmp_path: Path) -> None:
    Hub(tmp_path).close()
    for _ in range(3):
        with appending(tmp_path) as program:
            killed_after(0.02, program)
        Hub(tmp_path).close()
