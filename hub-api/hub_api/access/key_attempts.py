"""A limit on trying callers' keys, for each source and each key by itself: nobody feels the attempts of others (A4).

Attempts are counted, not hits: what was tried is no secret, whether it was there is. The first few pass at once, as for
somebody who mistypes; then the wait between two doubles, and with time without attempts it shrinks again. One that
comes too early is not counted, so that who tries on impatiently does not lock themselves out for good.

Where a request comes from is personal data: it is kept as a keyed hash, in memory alone, and told to nobody (C7).
"""

import hashlib
import hmac
from collections import OrderedDict
from threading import Lock
from typing import Final

from msgspec import Struct

from domain.ports import Clock

SECOND: Final = 1_000_000
AT_ONCE: Final = 10
"""Attempts that pass without a wait."""
FORGOTTEN_EVERY: Final = 60 * SECOND
"""With each of these one attempt is forgotten."""
LONGEST_WAIT: Final = 15 * 60 * SECOND
MOST_KEPT: Final = 10_000
"""Sources and keys that are remembered, some 3 MB. Beyond it the one that tried longest ago is forgotten: many sources
at once can make the limit forget, and can never make it refuse somebody else."""


class _Tries(Struct, gc=False):
    """How many attempts count still, and when the last one was."""

    count: float
    last: int

    def at(self, now: int) -> float:
        return max(0.0, self.count - max(0, now - self.last) / FORGOTTEN_EVERY)

    def waits_until(self, now: int) -> int:
        beyond = self.at(now) - AT_ONCE
        return self.last + (0 if beyond < 0 else int(min(SECOND * 2.0 ** min(beyond, 40), LONGEST_WAIT)))


class Attempts:
    """Who tried how often lately. `secret` keys the hashes under which they are remembered."""

    def __init__(self, clock: Clock, secret: bytes, most: int = MOST_KEPT) -> None:
        self._clock = clock
        self._secret = secret
        self._most = most
        self._tries: OrderedDict[bytes, _Tries] = OrderedDict()
        self._lock = Lock()

    def allow(self, source: bytes, key: bytes) -> bool:
        """Count an attempt from that source with that key; False, and nothing counted, where either has to wait."""
        marks = self._mark(b"source", source), self._mark(b"key", key)
        with self._lock:
            now = self._clock.now()
            tries = [self._tries.get(mark, _Tries(0.0, 0)) for mark in marks]
            if any(each.last <= now < each.waits_until(now) for each in tries):
                return False
            for mark, each in zip(marks, tries, strict=True):
                self._tries[mark] = _Tries(each.at(now) + 1, now)
                self._tries.move_to_end(mark)
            while len(self._tries) > self._most:
                self._tries.popitem(last=False)
            return True

    def __len__(self) -> int:
        return len(self._tries)

    def _mark(self, of: bytes, what: bytes) -> bytes:
        return hmac.new(self._secret, of + b"\0" + what, hashlib.sha256).digest()[:16]
