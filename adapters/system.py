"""Clock and entropy: the machine's own, and seeded ones for the demo and the tests."""

import hashlib
import os
import threading
import time

from domain.vocabulary import Instant, Ref


class SystemClock:
    """The machine's clock, in whole microseconds UTC."""

    def now(self) -> Instant:
        return time.time_ns() // 1000


class SystemEntropy:
    """The operating system's source of secrets."""

    def bytes(self, length: int) -> bytes:
        return os.urandom(length)

    def ref(self) -> Ref:
        return Ref(os.urandom(16).hex())


class SeededClock:
    """A clock that stands where it was set, or goes on by `step` at each look. Never for a living hub."""

    def __init__(self, start: Instant, step: int = 0) -> None:
        self._now = start
        self._step = step
        self._lock = threading.Lock()

    def now(self) -> Instant:
        with self._lock:
            now = self._now
            self._now += self._step
            return now

    def set(self, now: Instant) -> None:
        with self._lock:
            self._now = now


class SeededEntropy:
    """Bytes that follow from a seed: SHA-256 over the seed and a counter. Never for a living hub."""

    def __init__(self, seed: str) -> None:
        self._seed = hashlib.sha256(seed.encode()).digest()
        self._counter = 0
        self._lock = threading.Lock()

    def bytes(self, length: int) -> bytes:
        found = b""
        with self._lock:
            while len(found) < length:
                found += hashlib.sha256(self._seed + self._counter.to_bytes(8, "big")).digest()
                self._counter += 1
        return found[:length]

    def ref(self) -> Ref:
        return Ref(self.bytes(16).hex())
