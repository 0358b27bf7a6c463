"""What each unit recorded last: its lists wait until the views hold that, and for nobody else's acts.

A list that waited for whatever had been recorded took longer when something hidden was among it. What one did oneself
is no secret, so one may wait for that: whoever acts and looks finds what they did.
"""

import threading
import time
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from domain.vocabulary import UnitId


class LastWrites(Struct, frozen=True):
    """The last positions of one unit in both logs, and when, by this machine's clock, the later one was recorded."""

    acts: int = 0
    looks: int = 0
    at: float = float("-inf")


NOTHING: Final = LastWrites()


class OwnWrites:
    """Of each unit that recorded something since the hub was opened. Units come from sign-in, and are few."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._acts: dict[UnitId, LastWrites] = {}
        self._looks: dict[UnitId, LastWrites] = {}

    def acted(self, unit: UnitId, position: int) -> None:
        """The unit's act was recorded there."""
        with self._lock:
            before = self._acts.get(unit, NOTHING)
            self._acts[unit] = LastWrites(acts=max(position, before.acts), at=self._now())

    def looked(self, unit: UnitId, position: int) -> None:
        """The unit's look was recorded there."""
        with self._lock:
            before = self._looks.get(unit, NOTHING)
            self._looks[unit] = LastWrites(looks=max(position, before.looks), at=self._now())

    def last(self, unit: UnitId, *, looks: bool = False) -> LastWrites:
        """What a list of that unit has to hold; with `looks`, one that tells of looks."""
        acted = self._acts.get(unit, NOTHING)
        looked = self._looks.get(unit, NOTHING) if looks else NOTHING
        return LastWrites(acts=acted.acts, looks=looked.looks, at=max(acted.at, looked.at))
