"""Several processes together: started one after another when the one before is ready, watched, stopped backwards.

A process is described by what any supervisor of services needs to know of it, so that the same description may come
from this program or be read from a file for containers.
"""

import http.client
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final, Protocol, Self

from msgspec import Struct

from hub_cluster.process import DidNotStart, Process

Ready = Callable[[Process], bool]
"""Whether a process that runs does what it is there for. It is asked again and again."""
WATCH: Final = 0.2
SHORTEST: Final = 1.0
LONGEST: Final = 30.0
"""Seconds until what has ended is started again: at first, and at last."""
SETTLED: Final = 60.0
"""Seconds after which what stayed up counts as well again."""
ANSWER: Final = 2.0
STOPPING: Final = (signal.SIGINT, signal.SIGTERM)


class Specification(Struct, frozen=True, kw_only=True):
    """One process: what to run, with which environment (all of it), and how to know that it is ready."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    ready: Ready
    seconds: float = 60
    """Until when it must be ready."""
    patience: float = 20
    """How long it may take to stop before it is killed."""
    folder: Path | None = None


class Fallen:
    """How often one has ended by itself, and when it is started again."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.times = 0
        self._delay = SHORTEST
        self._due: float | None = None
        self._begun = time.monotonic()

    def is_due(self, alive: bool, tell: Callable[[float], None]) -> bool:
        """Whether to start it now; told once how long that is put off."""
        if alive:
            if time.monotonic() - self._begun > SETTLED:
                self._delay = SHORTEST
            return False
        if self._due is None:
            self.times += 1
            self._due = time.monotonic() + self._delay
            tell(self._delay)
        return time.monotonic() >= self._due

    def began(self) -> None:
        """It was started, or that was tried: the next time is put off for longer."""
        self._due, self._begun = None, time.monotonic()
        self._delay = min(self._delay * 2, LONGEST)


class Server(Protocol):
    """A server that is kept running beside the processes."""

    @property
    def alive(self) -> bool: ...

    @property
    def pid(self) -> int | None: ...

    @property
    def log(self) -> Path: ...

    def restart(self) -> None: ...


Tell = Callable[[str], None]
"""Told, in a sentence, what happens to those that are kept running."""


class Processes:
    """Those that run together. Leaving the context stops them all, the last one first."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self._running: dict[str, tuple[Specification, Process]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __getitem__(self, name: str) -> Process:
        return self._running[name][1]

    def start(self, *specifications: Specification) -> None:
        """Start them in this order, each when the one before is ready; if one is not, `DidNotStart` says why."""
        for wanted in specifications:
            process = Process(
                wanted.name,
                wanted.command,
                log=self.log_of(wanted.name),
                environment=wanted.environment,
                folder=wanted.folder,
                patience=wanted.patience,
            )
            self._running[wanted.name] = (wanted, process)
            self._begin(wanted, process)

    def restart(self, name: str) -> None:
        """Start one again, whether it was stopped, killed or still runs."""
        wanted, process = self._running[name]
        process.stop()
        self._begin(wanted, process)

    def stop(self) -> None:
        """End all of them in order, the last one first."""
        for _, process in reversed(self._running.values()):
            process.stop()

    def log_of(self, name: str) -> Path:
        """Where a process's log is."""
        return self.logs / f"{name}.log"

    def ready(self) -> Mapping[str, bool]:
        """Which of them run and are ready, now."""
        return {name: process.alive and wanted.ready(process) for name, (wanted, process) in self._running.items()}

    def ended(self) -> tuple[str, ...]:
        """Which of them have ended, though nobody stopped them."""
        return tuple(name for name, (_, process) in self._running.items() if not process.alive)

    def watch(self, until: threading.Event) -> tuple[str, ...]:
        """Wait until the event is set or one has ended by itself; which have."""
        while not until.wait(WATCH):
            if ended := self.ended():
                return ended
        return ()

    def keep(
        self,
        until: threading.Event,
        servers: Mapping[str, Server],
        tell: Tell,
        changed: Callable[[Mapping[str, int | None]], None] = lambda _: None,
    ) -> int:
        """Until the event is set, start again whatever has ended by itself, servers first, after a delay that grows
        while it does not stay up; how often that was. `changed` is told which process each is, whenever one is new."""
        fallen = {name: Fallen(servers[name].log) for name in servers}
        fallen.update({name: Fallen(process.log) for name, (_, process) in self._running.items()})
        changed(self.pids(servers))
        while not until.wait(WATCH):
            for name, each in fallen.items():
                alive = servers[name].alive if name in servers else self[name].alive
                if not each.is_due(alive, partial(_told, tell, name, each.log)):
                    continue
                try:
                    if name in servers:
                        servers[name].restart()
                    else:
                        self._again(name)
                except DidNotStart as error:
                    tell(str(error))
                else:
                    pid = self.pids(servers)[name]
                    tell(f"{name} runs again, process {pid}")
                each.began()
                changed(self.pids(servers))
        return sum(each.times for each in fallen.values())

    def pids(self, servers: Mapping[str, Server]) -> dict[str, int | None]:
        """Which process each of them is now."""
        found = {name: server.pid for name, server in servers.items()}
        return found | {name: process.pid for name, (_, process) in self._running.items()}

    def _again(self, name: str) -> None:
        """Nobody waits until it is ready: what it needs may be away itself."""
        process = self[name]
        process.stop()
        process.start()

    @staticmethod
    def _begin(wanted: Specification, process: Process) -> None:
        process.start()
        process.wait_until(lambda: wanted.ready(process), wanted.seconds)


def _told(tell: Tell, name: str, log: Path, seconds: float) -> None:
    tell(f"{name} ended by itself and is started again in {seconds:g} s; its log is {log}")


@contextmanager
def interruptible() -> Iterator[threading.Event]:
    """An event that is set when somebody asks this program to end (Ctrl-C, SIGTERM); it then ends by itself."""
    asked = threading.Event()
    before = {number: signal.signal(number, lambda *_: asked.set()) for number in STOPPING}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def plain_environment(**more: str) -> dict[str, str]:
    """What a program needs to find others, and nothing else of ours; with `more`."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"} | more


def at_once(process: Process) -> bool:
    """Ready as soon as it runs."""
    return process.alive


def says(text: str) -> Ready:
    """Ready when its log holds this text."""
    return lambda process: text in process.said()


def answers(host: str, port: int, path: str) -> Ready:
    """Ready when it answers a request with 200."""

    def ready(_: Process) -> bool:
        connection = http.client.HTTPConnection(host, port, timeout=ANSWER)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ready


def succeeds(command: Sequence[str], environment: Mapping[str, str], seconds: float = 10) -> Ready:
    """Ready when this health check ends with status 0."""

    def ready(_: Process) -> bool:
        try:
            done = subprocess.run(command, env=dict(environment), capture_output=True, timeout=seconds, check=False)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    return ready
