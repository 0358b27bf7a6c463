"""When answers leave: on a grid of time from the whole request's arrival, so that their time tells nothing (F).

What took a few milliseconds more, since views had something to take, or much was left out of a list or a case, leaves
at the same point of a fine grid. "Not there" leaves on a grid of its own, which is coarse:

What is hidden and what does not exist take the same steps where need-to-know is decided from the principal's own grants
and blocks. Where it is decided from what was read (a grant that is over, another purpose), the steps take longer the
more there is. So every such answer waits for the next point of its grid, whose step is above what nearly all of them
take; what takes longer leaves at a later point, and raises an alarm.

Who waits holds no thread, no lock and no connection to a database. One thread wakes all of them, and lives only while
somebody waits: the event loop's own timer counts whole milliseconds from when it was set, which would tell when.
"""

import asyncio
import heapq
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from itertools import count
from math import ceil
from typing import Final

from starlette.types import Message, Receive

from domain.errors import SamradError

_log: Final = logging.getLogger("samrad.http")
STEP: Final = 0.25
"""Seconds between two points at which "not there" leaves, unless it is said otherwise; docs/performance.md has the
figures that it rests on."""
FINE_STEP: Final = 0.025
"""Seconds between two points at which every other answer leaves."""
SHORTEST: Final = 0.05
"""Seconds below which no hub is served: the longest cases are not judged in less."""
Now = Callable[[], float]
Until = Callable[[float], Awaitable[None]]


class GridOverrun(SamradError):
    """An answer took longer than a step of its grid. It is never raised: the alarm goes by its name."""


class Arrival:
    """When a whole request has come. Its body counts: who sends the last byte late must not choose which point the work
    comes close to."""

    __slots__ = ("_now", "_receive", "at")

    def __init__(self, receive: Receive, now: Now) -> None:
        self._receive = receive
        self._now = now
        self.at = now()

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            self.at = self._now()
        return message


class TimeGrid:
    """Points `step` seconds apart for "not there" and `fine` ones for the rest, counted from each request's arrival.
    With no step nobody waits: that is for tests, where time is not what they are about."""

    def __init__(
        self,
        step: float = STEP,
        fine: float = FINE_STEP,
        *,
        now: Now = time.monotonic,
        until: Until | None = None,
    ) -> None:
        self._step = step
        self._fine = fine if step else 0.0
        self._now = now
        self._until: Until = until or Timer(now).until

    def arrival(self, receive: Receive) -> Arrival:
        """The arrival of a request that is about to be answered; it is read through this."""
        return Arrival(receive, self._now)

    async def leave(self, arrived: float) -> None:
        """Wait for the next fine point of what arrived then."""
        if self._fine:
            await self._until(arrived + self._points(arrived, self._fine) * self._fine)

    async def leave_absent(self, arrived: float) -> None:
        """Wait for the next point at which what is not there leaves."""
        if not self._step:
            return
        points = self._points(arrived, self._step)
        if points > 1:
            _log.error("an answer took longer than a step of the grid on which it leaves: %s", GridOverrun.__name__)
        await self._until(arrived + points * self._step)

    def _points(self, arrived: float, step: float) -> int:
        return max(1, ceil((self._now() - arrived) / step))


class Timer:
    """Wakes whoever waits for an instant, of any event loop, to some hundredths of a millisecond."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._numbers = count()
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._changed = threading.Condition()
        self._runs = False

    async def until(self, instant: float) -> None:
        """Wait; at once where the instant is past."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with self._changed:
            heapq.heappush(self._waiting, (instant, next(self._numbers), woken))
            if self._runs:
                self._changed.notify()
            else:
                self._runs = True
                threading.Thread(target=self._run, name="time grid", daemon=True).start()
        await woken

    def _run(self) -> None:
        while (woken := self._next()) is not None:
            try:
                woken.get_loop().call_soon_threadsafe(_wake, woken)
            except RuntimeError:  # its loop was closed meanwhile: nobody waits there any more
                continue

    def _next(self) -> "asyncio.Future[None] | None":
        """Whoever is to be woken now; None when nobody waits any more, and then the thread ends."""
        with self._changed:
            while self._waiting:
                left = self._waiting[0][0] - self._now()
                if left <= 0:
                    return heapq.heappop(self._waiting)[2]
                self._changed.wait(left)
            self._runs = False
            return None


def _wake(woken: "asyncio.Future[None]") -> None:
    if not woken.done():  # the caller may have gone away
        woken.set_result(None)
