"""Those who keep the views report by the clock, whether or not something has come."""

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from domain.act import Fact
from projections import worker as working
from projections.catalogue import ACTS, LOOKS
from projections.reports import report, silent_for
from projections.runner import Runner
from projections.store import Views
from projections.worker import SetShare, Worker


def test_what_was_never_reported_is_silent_for_ever(tmp_path: Path) -> None:
    views = Views.at(tmp_path / "views.db")
    assert silent_for(views, (ACTS, LOOKS)) == {"acts": float("inf"), "looks": float("inf")}
    for _ in range(2):
        report(views, ACTS)
        silent = silent_for(views, (ACTS, LOOKS))
        assert 0 <= silent["acts"] < 5
        assert silent["looks"] == float("inf")
    time.sleep(0.05)
    assert silent_for(views, (ACTS,))["acts"] >= 0.05
    views.close()


class Quiet:
    """A log to which nothing comes, or of which each batch is as large as may be."""

    def read(self, after: int, limit: int) -> Sequence[Fact]:
        return ()

    def last(self) -> int:
        return 0

    def wait(self, after: int, seconds: float) -> bool:
        time.sleep(0.005)
        return False

    def close(self) -> None:
        """There is nothing to close."""


class Held:
    """A lease that nobody else wants."""

    def take(self) -> bool:
        return True

    def held(self) -> bool:
        return True

    def release(self) -> None:
        """It is let go of."""


class Steady:
    """A runner that always takes as much."""

    def __init__(self, taken: int, *, behind: bool) -> None:
        self._taken = taken
        self.behind = behind

    def step(self, stands: int | None = None) -> int:
        time.sleep(0.001)
        return self._taken

    def position(self) -> int:
        return 0


def reported(runner: Steady, seconds: float = 0.3) -> int:
    """How often a set is reported in that time, where it may be each 20 ms."""
    times: list[float] = []
    share = SetShare("acts", cast(Runner, runner), Quiet(), Held(), report=lambda: times.append(time.monotonic()))
    worker = Worker([share])
    worker.start()
    threading.Event().wait(seconds)
    worker.stop()
    return len(times)


def test_f_a_set_is_reported_as_often_whether_or_not_something_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "REPORTED", 0.02)
    quiet, busy = reported(Steady(0, behind=False)), reported(Steady(3, behind=False))
    assert quiet >= 3
    assert busy >= 3
    assert reported(Steady(5_000, behind=True)) == 0, "what has not taken all does not say so"
