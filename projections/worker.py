"""A worker: brings sets of views up to date for as long as it holds the lease of each, beside others that wait.

The lease spares work and decides nothing: of two workers on one set, each batch is written by one in any case. A
worker that dies loses its leases with its connection, and whoever takes them goes on after the position that the
views themselves hold, so that nothing is left out or taken twice.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, Protocol

from msgspec import Struct

from domain.errors import SamradError
from domain.ports import Log
from projections.prefetch import Ahead
from projections.runner import Runner

_log: Final = logging.getLogger("samrad.views")
ASKED_AGAIN: Final = 0.5
"""Seconds after which a lease that another holds, or what failed, is tried again."""
REPORTED: Final = 0.5
"""Seconds after which a set that holds all is reported again, whether or not anything has come."""
WAITED: Final = 0.5
"""Seconds for which one waits for the log at a time; what comes meanwhile is taken at once."""


class AwaitedLog(Log, Protocol):
    """A log whose end can be waited at. It is asked by one thread."""

    def wait(self, after: int, seconds: float) -> bool: ...

    def close(self) -> None: ...


class FollowedAhead(Ahead):
    """A log that is followed, and read ahead where much waits: for the share of a worker and for its runner alike."""

    def __init__(self, log: AwaitedLog) -> None:
        super().__init__(log)
        self._followed = log

    def wait(self, after: int, seconds: float) -> bool:
        self.settled()
        return self._followed.wait(after, seconds)

    def close(self) -> None:
        self.end()
        self._followed.close()


class SetLease(Protocol):
    """What one of all processes holds at a time, and loses with its connection."""

    def take(self) -> bool: ...

    def held(self) -> bool: ...

    def release(self) -> None: ...


class SetShare(Struct, frozen=True):
    """One set of views: who brings it up to date, from what, and the lease that allows it."""

    name: str
    runner: Runner
    log: AwaitedLog
    lease: SetLease
    renew: Callable[[], object] = lambda: None
    """Makes the views anew, if another version of this program made those that live; done when the lease is taken."""
    tell: Callable[[Exception | None], object] = lambda _: None
    """Tells others what has stopped the set, or by None that it goes on."""
    report: Callable[[], object] = lambda: None
    """Tells others, by the clock, that the set holds all that its log gives."""
    stand_by: Callable[[], object] = lambda: None
    """Called as long as another has the lease, who then tells what waits."""


class Worker:
    """Works on all shares whose leases it gets, each in a thread of its own: one that is stopped by a record that
    cannot be read does not hold up the others."""

    def __init__(self, shares: Sequence[SetShare], *, asked_again: float = ASKED_AGAIN) -> None:
        self._asked_again = asked_again
        self._stopped = threading.Event()
        self._holding: set[str] = set()
        self.stopped_by: dict[str, Exception] = {}
        """By set, what stopped it the last time, until it goes on."""
        self.died: BaseException | None = None
        """What a thread of it has died of: nobody keeps that set of views up any more, and the process is to end."""
        self._when_died: Callable[[], object] = lambda: None
        self._threads = [
            threading.Thread(target=self._live, args=(share,), name=f"views {share.name}", daemon=True)
            for share in shares
        ]

    @property
    def holding(self) -> frozenset[str]:
        """The sets whose leases this worker holds."""
        return frozenset(self._holding)

    def start(self, died: Callable[[], object] = lambda: None) -> None:
        """Begin; `died` is called when a thread dies of what nobody foresaw."""
        self._when_died = died
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the batches that are under way and let go of the leases."""
        self._stopped.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until somebody stops the worker; whether somebody has."""
        return self._stopped.wait(seconds)

    def _live(self, share: SetShare) -> None:
        try:
            while not self._stopped.is_set():
                self._work(share)
                self._stopped.wait(self._asked_again)
        except BaseException as error:  # noqa: BLE001 - it is kept for whoever ends the process
            _log.error("the views are kept up no more: %s", type(error).__name__, exc_info=error)
            self.died = error
            self._when_died()

    def _work(self, share: SetShare) -> None:
        """Keep up a set for as long as its lease is held; it is let go of whatever happens."""
        try:
            if self._taken(share):
                self._keep_up(share)
        except Exception as error:  # noqa: BLE001 - it is kept and told, and tried again where it stopped
            self.stopped_by[share.name] = error
            _log.error("the views stopped: %s", type(error).__name__)
            with suppress(SamradError):  # where the views are away, that is all there is to tell
                share.tell(error)
            share.log.close()
        finally:
            self._let_go(share)

    def _taken(self, share: SetShare) -> bool:
        """Take the lease, after those who hold fewer: so that two workers share two sets."""
        if self._stopped.wait(self._asked_again * 1.5 * len(self._holding)):
            return False
        if not share.lease.take():
            share.stand_by()
            return False
        self._holding.add(share.name)
        return True

    def _keep_up(self, share: SetShare) -> None:
        share.renew()
        goes_on = False
        stands: int | None = None
        reported = float("-inf")
        while not self._stopped.is_set() and (stands is not None or share.lease.held()):
            taken = share.runner.step(stands)
            stands = None
            if not goes_on:  # whoever had the lease before may have told that it was stopped
                goes_on = True
                self.stopped_by.pop(share.name, None)
                share.tell(None)
            if not share.runner.behind and time.monotonic() - reported >= REPORTED:
                share.report()
                reported = time.monotonic()
            if not taken:
                waited_at = share.runner.position()
                if share.log.wait(waited_at, WAITED):
                    stands = waited_at  # what has come is taken at once, and the lease is looked at afterwards

    def _let_go(self, share: SetShare) -> None:
        self._holding.discard(share.name)
        share.lease.release()
