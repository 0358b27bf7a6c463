"""A limit that counts attempts, not hits: what was tried is no secret, whether it was there is."""

from collections import deque
from threading import Lock

from domain.ports import Clock

SECOND = 1_000_000


class Attempts:
    """At most `most` attempts within `seconds`, of everybody together."""

    def __init__(self, clock: Clock, most: int, seconds: int) -> None:
        self._clock = clock
        self._most = most
        self._window = seconds * SECOND
        self._made: deque[int] = deque()
        self._lock = Lock()

    def allow(self) -> bool:
        """Count one attempt; False when there were too many already."""
        with self._lock:
            now = self._clock.now()
            while self._made and self._made[0] <= now - self._window:
                self._made.popleft()
            if len(self._made) >= self._most:
                return False
            self._made.append(now)
            return True
