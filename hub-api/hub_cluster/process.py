"""One process that we started: begin, wait until it is ready, stop, kill, pause. What it says stays in its log file."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

import psutil

from domain.errors import SamradError
from hub_cluster import guard

GUARD: Final = Path(guard.__file__)
TOLD: Final = 6
"""So many of the log's lines are told when a process does not come up."""
PORT_TAKEN: Final = "Address already in use"
TELLING: Final = re.compile(rf"{PORT_TAKEN}|FATAL|ERROR|Error\b|Exception\b|Caused by")


DEAD: Final = str(psutil.STATUS_DEAD)
ENDED: Final = frozenset({DEAD, psutil.STATUS_ZOMBIE})
STILL: Final = ENDED | {psutil.STATUS_STOPPED}


class Missing(SamradError):
    """A part that this machine does not have and cannot fetch; the message says what to install."""


class DidNotStart(SamradError):
    """A process ended before it was ready, or was not ready in time; the message holds what its log says of it."""

    def __init__(self, what: str, said: str) -> None:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        telling = [line for line in lines if TELLING.search(line)][:TOLD] or lines[-TOLD:]
        super().__init__(f"{what} and says: {' | '.join(telling)}" if telling else f"{what} and is empty")
        self.port_taken = PORT_TAKEN in said


class Process:
    """A child with a guard beside it. `stop` is orderly, `kill` is a power cut: SIGKILL for it and all below it."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        user: tuple[int, int] | None = None,
        stop_signal: int = signal.SIGTERM,
        patience: float = 20,
    ) -> None:
        self.name = name
        self.log = log
        self._environment = environment
        self._patience = patience
        self._order = json.dumps(
            {
                "command": [str(part) for part in command],
                "folder": None if folder is None else str(folder),
                "user": user,
                "stop_signal": int(stop_signal),
                "patience": patience,
            }
        )
        self._guard: subprocess.Popen[bytes] | None = None
        self._server: psutil.Process | None = None
        self._from = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The process's own number, while it lives."""
        return self._server.pid if self._server is not None and self.alive else None

    @property
    def alive(self) -> bool:
        """Whether it has been started and has not ended."""
        return self._guard is not None and self._guard.poll() is None

    def start(self) -> None:
        """Begin; says nothing yet about being ready."""
        if self.alive:
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._from = log.tell()
            self._guard = subprocess.Popen(
                [sys.executable, "-I", "-S", str(GUARD), self._order],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=None if self._environment is None else dict(self._environment),
                start_new_session=True,
            )
        assert self._guard.stdout is not None  # noqa: S101 - it is a pipe
        with self._guard.stdout as told:
            number = told.readline()
        self._server = None
        with suppress(ValueError, psutil.NoSuchProcess):
            self._server = psutil.Process(int(number))

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Until it is ready. If it ends instead, or takes longer, it is ended and the error shows why."""
        until = time.monotonic() + seconds
        while not (self.alive and ready()):
            if not self.alive:
                self.stop()
                raise self._did_not_start("ended before it was ready")
            if time.monotonic() > until:
                self.stop()
                raise self._did_not_start(f"was not ready within {seconds:g} s")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it in order, and wait until it and all below it are gone."""
        if self._guard is None:
            return
        below = self._below()
        _signal(below, signal.SIGCONT)
        self._end(below)

    def kill(self) -> None:
        """SIGKILL, for it and everything below it, and wait until all are gone."""
        # Stopped first: what stands still starts nothing new while we count.
        _signal(self._itself(), signal.SIGSTOP)
        below = self._below()
        _signal([*self._itself(), *below], signal.SIGKILL)
        self._end(below)

    def pause(self) -> None:
        """Let nothing of it run until `resume`: it is there, and does not answer."""
        _signal(self._itself(), signal.SIGSTOP)
        below = self._below()
        _signal(below, signal.SIGSTOP)
        _wait(lambda: all(_state(process) in STILL for process in [*self._itself(), *below]), 5)

    def resume(self) -> None:
        """Let it run again."""
        _signal([*self._below(), *self._itself()], signal.SIGCONT)

    def said(self) -> str:
        """What it has written since its last start."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(self._from)
            return log.read().decode("utf-8", "replace")

    def _end(self, below: Sequence[psutil.Process]) -> None:
        """Let the guard end it, and let nothing that it had started outlive it."""
        if self._guard is None:
            return
        if self._guard.stdin is not None:
            with suppress(BrokenPipeError):
                self._guard.stdin.close()
        self._guard.wait(self._patience + 10)
        self._guard, self._server = None, None
        if not _gone(below, 3):
            _signal(below, signal.SIGKILL)
            _gone(below, 10)

    def _itself(self) -> list[psutil.Process]:
        return [] if self._server is None else [self._server]

    def _below(self) -> list[psutil.Process]:
        try:
            return [] if self._server is None else self._server.children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def _did_not_start(self, what: str) -> DidNotStart:
        return DidNotStart(f"{self.name} {what}; its log is {self.log}", self.said())


def _signal(processes: Sequence[psutil.Process], number: int) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _gone(processes: Sequence[psutil.Process], seconds: float) -> bool:
    """Whether all have ended within that time; one that only waits to be counted by its parent has."""
    return _wait(lambda: all(_state(process) in ENDED for process in processes), seconds)


def _wait(until: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def _state(process: psutil.Process) -> str:
    try:
        return str(process.status()) if process.is_running() else DEAD
    except psutil.NoSuchProcess:
        return DEAD
