"""*When a part is gone*, tried on the cluster as docs/operations.md says: what is killed comes again by itself."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from domain.errors import SamradError
from hub_api.cli import run
from hub_cluster.running import Cluster


def until(true: Callable[[], bool], seconds: float = 150) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.2)


def status(cluster: Cluster) -> dict[str, Any]:
    """As `samrad status --json` says; nothing while the store is away."""
    try:
        found: dict[str, Any] = json.loads(cluster.run("status", "--json"))
    except SamradError:
        return {"processes": {}, "wrong": ["away"]}
    return found


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("postgres", "kafka")
def test_each_part_that_is_killed_is_named_and_comes_again(tmp_path: Path) -> None:
    told, ended = list[str](), threading.Event()
    with Cluster(tmp_path / "data") as cluster, ThreadPoolExecutor(1) as pool:
        cluster.start_hub()
        keeping = pool.submit(cluster.keep, ended, told.append)
        until(lambda: not status(cluster)["wrong"])
        for work, name in (("serve", "serve"), ("relay acts", "relay"), ("project acts", "project")):
            pid = int(status(cluster)["processes"][work].split()[0])
            assert pid == cluster.processes[name].pid
            os.kill(pid, signal.SIGKILL)
            until(lambda name=name, pid=pid: cluster.processes[name].pid not in (None, pid))  # type: ignore[misc]
            until(lambda: not status(cluster)["wrong"])
        for name in ("PostgreSQL", "Kafka"):
            pids = dict(line.split() for line in cluster.pids.read_text().splitlines())
            os.kill(int(pids[name]), signal.SIGKILL)
            until(lambda name=name: any(line.startswith(f"{name} runs again") for line in told))  # type: ignore[misc]
            until(lambda: not status(cluster)["wrong"])
        ended.set()
        assert keeping.result(60) == 5
        assert all(log.is_file() for log in cluster.logs)


def test_the_logs_of_a_cluster_that_does_not_start_are_kept_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def fails(cluster: Cluster) -> None:
        (cluster.folder / "postgresql").mkdir(parents=True)
        (cluster.folder / "postgresql" / "postgresql.log").write_text("no room")
        (cluster.folder / "postgresql" / "password").write_text("secret")
        raise SamradError("PostgreSQL ended before it was ready")

    monkeypatch.setattr("hub_cluster.running.Cluster.__enter__", fails)
    assert run(["cluster"]) == 1
    kept = Path(capsys.readouterr().err.split("the logs are kept in ")[1].split("\n")[0])
    assert [path.name for path in kept.iterdir()] == ["postgresql.log"]
    assert list(tmp_path.iterdir()) == [kept], "what else there was held passwords"
