"""The serving process follows no log: other processes bring the views up to date, and lists are read as they stand.

A list waits for what its own unit recorded, and for nobody else's acts. Whether the views lag is told by whether those
who keep them have reported in time, as a clock samples it, and never by whether something waits for them.
"""

import threading
import time
from collections.abc import Callable
from math import ceil
from typing import Final

from msgspec import Struct

from hub_api.access.own_writes import LastWrites
from hub_api.access.register import Register

PAUSE: Final = 0.001
"""Seconds between two questions, and for how long an answer is everybody's: however many wait, one asks."""
SETTLED: Final = 0.05
"""Seconds after which what was recorded is in the views, almost always. Who acts and looks at once is given the list
then, or as much later again, so that what others recorded beside it does not show in how long it took."""


class ViewProgress(Struct, frozen=True):
    """How far the logs have come, and how far the views that follow them, in the same order."""

    logs: Callable[[], tuple[int, ...]]
    views: Callable[[], tuple[int, ...]]


class WithoutFollower:
    """Waits for views that others keep, no longer than `within` seconds. `lags` tells, by the clock, whether they have
    reported in time."""

    def __init__(
        self,
        register: Register,
        followed: ViewProgress,
        within: float,
        lags: Callable[[], bool] = lambda: False,
        settled: float = SETTLED,
    ) -> None:
        self._register = register
        self._followed = followed
        self._within = within
        self._lags = lags
        self._settled = settled
        self._asking = threading.Lock()
        self._reached: tuple[int, ...] = ()
        self._stuck: tuple[int, ...] | None = None
        self._asked = 0.0

    def poke(self) -> None:
        """The processes that follow the logs hear of it by themselves."""

    def fresh_for(self, own: LastWrites) -> bool:
        """Whether the views are kept up and hold what is one's own."""
        if self._lags():
            return False
        wanted = (own.acts, own.looks)
        until = time.monotonic() + self._within
        self._sleep_until_next(own.at, first=True)
        while not self._hold(wanted):
            if self._lags() or time.monotonic() >= until:
                return False
            self._sleep_until_next(own.at)
        return True

    def _sleep_until_next(self, began: float, *, first: bool = False) -> None:
        """Until the next point after what one recorded last; the `first` is not waited for when it is past."""
        since = time.monotonic() - began
        if not first or since < self._settled:
            time.sleep(max(1, ceil(since / self._settled)) * self._settled - since)

    def catch_up(self) -> bool:
        """Whether the views have come to hold all that was recorded before this call. Views for which somebody has
        waited in vain, and that have not moved since, are waited for no more: all looks would stand still with them."""
        until = time.monotonic() + self._within
        self._register.catch_up()
        wanted = self._followed.logs()
        while not self._hold(wanted):
            if self._reached == self._stuck:
                return False
            if time.monotonic() >= until:
                self._stuck = self._reached
                return False
            time.sleep(PAUSE)
        return True

    def _hold(self, wanted: tuple[int, ...]) -> bool:
        with self._asking:
            if not self._enough(wanted) and time.monotonic() >= self._asked + PAUSE:
                self._reached = self._followed.views()
                self._asked = time.monotonic()
            return self._enough(wanted)

    def _enough(self, wanted: tuple[int, ...]) -> bool:
        if not any(wanted):
            return True
        return bool(self._reached) and all(reached >= last for reached, last in zip(self._reached, wanted, strict=True))
