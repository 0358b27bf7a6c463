"""Processes together: in order, watched, and none of them left."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from hub_cluster.ports import free_port
from hub_cluster.process import DidNotStart, Process
from hub_cluster.processes import (
    Processes,
    Ready,
    Specification,
    answers,
    at_once,
    interruptible,
    plain_environment,
    says,
    succeeds,
)

WAITS = "print('waiting', flush=True); import time; time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + WAITS
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {WAITS!r}]); {WAITS}"


def program(
    name: str, code: str, ready: Ready = at_once, *, seconds: float = 20, patience: float = 10
) -> Specification:
    return Specification(
        name=name,
        command=(sys.executable, "-c", code),
        environment=plain_environment(WHO=name),
        ready=ready,
        seconds=seconds,
        patience=patience,
    )


def tree(process: Process) -> list[psutil.Process]:
    top = psutil.Process(process.pid)
    return [top, *top.children(recursive=True)]


def test_each_starts_when_the_one_before_is_ready_and_says_so_in_a_log_of_its_own(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        seen: list[Path] = []

        def second_is_ready(_: Process) -> bool:
            seen.append(tmp_path / "first.log")
            return seen[0].read_text() == "waiting\n"

        processes.start(program("first", WAITS, says("waiting")), program("second", WAITS, second_is_ready))
        assert processes.ready() == {"first": True, "second": True}
        assert len(seen) == 2


def test_what_is_not_ready_stops_the_start_and_its_log_is_told(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        processes.start(program("first", WAITS))
        with pytest.raises(DidNotStart, match=r"second ended before .*second\.log and says: ValueError: no settings"):
            processes.start(program("second", "raise ValueError('no settings')", says("never")))
        with pytest.raises(DidNotStart, match=r"third was not ready within 0\.3 s"):
            processes.start(program("third", WAITS, says("never"), seconds=0.3))
        with pytest.raises(DidNotStart, match="cannot run"):
            processes.start(Specification(name="none", command=("no-such",), environment={}, ready=says("never")))


def test_nothing_is_left_of_a_process_and_of_what_it_had_started(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    processes.start(program("parent", PARENT, lambda process: len(tree(process)) == 2))
    left = tree(processes["parent"])
    processes.stop()
    assert not [process for process in left if process.is_running()]


def test_a_process_that_does_not_stop_when_asked_is_killed(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    processes.start(program("stubborn", STUBBORN, says("waiting"), patience=0.3))
    left = tree(processes["stubborn"])
    processes.stop()
    assert not left[0].is_running()


def test_a_paused_process_stops_when_asked(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    processes.start(program("paused", WAITS))
    left = tree(processes["paused"])
    processes["paused"].pause()
    assert left[0].status() == psutil.STATUS_STOPPED
    processes.stop()
    assert not left[0].is_running()


def test_one_that_ends_by_itself_is_noticed_and_can_be_started_again(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        processes.start(program("first", WAITS), program("second", WAITS))
        processes["second"].kill()
        assert processes.watch(threading.Event()) == ("second",)
        assert processes.ready() == {"first": True, "second": False}
        processes.restart("second")
        assert processes.ended() == ()


def test_a_process_gets_the_environment_that_is_named_and_nothing_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMRAD_SECRET", "ours")
    with Processes(tmp_path) as processes:
        processes.start(program("one", f"import os; print(sorted(os.environ)); {WAITS}", says("waiting")))
        said = processes["one"].said()
    assert "WHO" in said
    assert "SAMRAD_SECRET" not in said


def test_a_health_check_is_asked_until_it_succeeds(tmp_path: Path) -> None:
    port = free_port()
    server = f"import http.server as h; h.test(h.SimpleHTTPRequestHandler, port={port}, bind='127.0.0.1')"
    check = f"import urllib.request as u; u.urlopen('http://127.0.0.1:{port}/').read()"
    with Processes(tmp_path) as processes:
        processes.start(
            program("by request", server, answers("127.0.0.1", port, "/")),
            program("by command", WAITS, succeeds([sys.executable, "-c", check], plain_environment())),
        )
        processes["by request"].kill()
        assert processes.ready() == {"by request": False, "by command": False}


def test_whoever_is_asked_to_end_ends_in_order(tmp_path: Path) -> None:
    with interruptible() as asked, Processes(tmp_path) as processes:
        processes.start(program("one", WAITS))
        os.kill(os.getpid(), signal.SIGTERM)
        assert processes.watch(asked) == ()
        assert processes.ended() == ()


def test_what_ends_by_itself_is_started_again_after_a_delay_that_grows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub_cluster.processes.SHORTEST", 0.1)
    told, seen = list[str](), list[Mapping[str, int | None]]()
    ended = threading.Event()
    with Processes(tmp_path) as processes, ThreadPoolExecutor(1) as pool:
        processes.start(program("killed", WAITS), program("dies", "print('alas')"))
        first = processes["killed"].pid
        keeping = pool.submit(processes.keep, ended, {}, told.append, seen.append)
        os.kill(first or 0, signal.SIGKILL)
        _until(lambda: len([line for line in told if line.startswith("dies ended")]) >= 4)
        _until(lambda: processes["killed"].pid not in (None, first))
        ended.set()
        assert keeping.result(20) >= 5
    delays = [line.split(" in ")[1].split()[0] for line in told if line.startswith("dies ended")]
    assert delays[:4] == ["0.1", "0.2", "0.4", "0.8"]
    (once,) = [line for line in told if line.startswith("killed ended by itself")]
    assert once.endswith(str(tmp_path / "killed.log"))
    assert "alas" in (tmp_path / "dies.log").read_text(), "its log is there"
    assert seen[0]["killed"] == first
    assert seen[-1]["killed"] != first


class Falls:
    """A server that has ended, and comes up at the second try."""

    pid = 7
    log = Path("server.log")

    def __init__(self) -> None:
        self.alive = False
        self.tried = 0

    def restart(self) -> None:
        self.tried += 1
        if self.tried == 1:
            raise DidNotStart("the server was not ready", "its log")
        self.alive = True


def test_a_server_that_does_not_come_up_at_once_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub_cluster.processes.SHORTEST", 0.05)
    server, told, ended = Falls(), list[str](), threading.Event()
    with Processes(tmp_path) as processes, ThreadPoolExecutor(1) as pool:
        keeping = pool.submit(processes.keep, ended, {"PostgreSQL": server}, told.append)
        _until(lambda: server.alive)
        _until(lambda: any("runs again, process 7" in line for line in told))
        ended.set()
        assert keeping.result(20) == 2
    assert any("was not ready" in line for line in told)


def _until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)
