"""Work that is done by one process at a time and taken over by another: for as long as a lease lasts, then again."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, Protocol

from adapters.postgresql.lease import Lease
from domain.errors import SamradError, StoreBehind, Tampered, Unreadable
from projections.errors import Gap, LogBehind

_log: Final = logging.getLogger("samrad.work")
STOPS: Final = (Tampered, Unreadable, StoreBehind, Gap, LogBehind)
"""What a person has to look at: going on would make it worse, and trying again would not help."""
LOOK: Final = 0.5
"""Seconds between two looks at the lease, and the longest that nothing is looked for."""
FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 5.0


class Step(Protocol):
    """One piece of work; how much was done, 0 if nothing waits. It may wait for work up to `LOOK` seconds."""

    def __call__(self) -> int: ...


class Work(threading.Thread):
    """A thread that works while it has the lease. `opened` opens what the work needs, again after each error."""

    def __init__(
        self, name: str, lease: Lease, opened: Callable[[], AbstractContextManager[Step]], ended: threading.Event
    ) -> None:
        super().__init__(name=name)
        self._lease = lease
        self._opened = opened
        self._ended = ended
        self.failed: SamradError | None = None
        """What stopped it, if it was not asked to stop. All the work of the process stops with it."""

    def run(self) -> None:
        pause = FIRST_PAUSE
        while not self._ended.is_set():
            began = time.monotonic()
            try:
                if self._lease.take():
                    self._work()
                pause = FIRST_PAUSE
            except STOPS as error:
                _log.error("%s stops: %s", self.name, type(error).__name__)
                self.failed = error
                self._ended.set()
            except Exception as error:  # noqa: BLE001 - whatever it was: what is written tells where to begin again
                _log.warning("%s begins again: %s", self.name, type(error).__name__)
                self._lease.release()
                pause = FIRST_PAUSE if time.monotonic() - began > LONGEST_PAUSE else min(2 * pause, LONGEST_PAUSE)
            self._ended.wait(pause)
        self._lease.release()

    def _work(self) -> None:
        with self._opened() as step:
            looked = time.monotonic()
            while not self._ended.is_set():
                if time.monotonic() - looked > LOOK:
                    if not self._lease.held():
                        return
                    looked = time.monotonic()
                step()


def all_of(works: list[Work], ended: threading.Event) -> None:
    """Work until told to stop; whatever stops one of them stops all, and is raised."""
    for work in works:
        work.start()
    try:
        ended.wait()
    finally:
        ended.set()
        for work in works:
            work.join()
    for work in works:
        if work.failed is not None:
            raise work.failed
