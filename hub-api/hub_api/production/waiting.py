"""The serving process follows no log: whoever asks for a list waits here until other processes have it in the views."""

import threading
import time
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from hub_api.register import Register

PAUSE: Final = 0.001
"""Seconds between two questions, and for how long an answer is everybody's: however many wait, one asks."""


class Followed(Struct, frozen=True):
    """How far the logs have come, and how far the views that follow them, in the same order."""

    logs: Callable[[], tuple[int, ...]]
    views: Callable[[], tuple[int, ...]]


class Waiting:
    """Waits until the views hold what was recorded before it was asked, and no longer than `within` seconds."""

    def __init__(self, register: Register, followed: Followed, within: float) -> None:
        self._register = register
        self._followed = followed
        self._within = within
        self._asking = threading.Lock()
        self._reached: tuple[int, ...] = ()
        self._stuck: tuple[int, ...] | None = None
        self._asked = 0.0

    def poke(self) -> None:
        """The processes that follow the logs hear of it by themselves."""

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
        return bool(self._reached) and all(reached >= last for reached, last in zip(self._reached, wanted, strict=True))
