"""Readiness, sampled by a clock: whoever asks is answered from the last sample and makes none.

Asked without sign-in, in a loop, an answer that looked at the views then and there told when anybody did anything.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from domain.errors import SamradError
from hub_api.access.freshness import Readiness

_log: Final = logging.getLogger("samrad.hub")
EVERY: Final = 1.0
"""Seconds between two samples."""
STALE: Final = 10.0
"""Seconds after which a sample says nothing any more: whatever samples is held up, and so is the hub, perhaps."""
ROOM: Final = 1 << 20
"""Bytes that a disk must have room for: with less, the next records would not be written."""
_PROBE: Final = ".room"


class Sampled:
    """The last sample. The first is taken at the first question, or by `start`; after it the clock takes them."""

    def __init__(
        self,
        sample: Callable[[], Readiness],
        *,
        every: float = EVERY,
        stale: float = STALE,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sample = sample
        self._every = every
        self._stale = stale
        self._now = now
        self._starting = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._last = (Readiness.NOT_READY, now())

    def __call__(self) -> Readiness:
        """What was sampled last."""
        self.start()
        readiness, at = self._last
        return readiness if self._now() - at <= self._stale else Readiness.NOT_READY

    def start(self) -> None:
        """Take the first sample, and let the clock take the others; done again, it does nothing."""
        with self._starting:
            if self._thread is None and not self._ended.is_set():
                self.take()
                self._thread = threading.Thread(target=self._run, name="readiness", daemon=True)
                self._thread.start()

    def take(self) -> None:
        """Take a sample now. What cannot even be asked is not ready."""
        try:
            readiness = self._sample()
        except Exception as error:  # noqa: BLE001 - whatever it is, the clock goes on and the hub is not ready
            if not isinstance(error, SamradError):
                _log.error("readiness could not be sampled: %s", type(error).__name__)
            readiness = Readiness.NOT_READY
        self._last = (readiness, self._now())

    def stop(self) -> None:
        """Take no more samples."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(self._every):
            self.take()


def has_room(folder: Path) -> bool:
    """Whether the disk of a folder takes what is to be written next."""
    path = folder / _PROBE
    try:
        probe = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(probe, 0, ROOM)
        finally:
            os.close(probe)
            path.unlink(missing_ok=True)
    except OSError:
        return False
    return True
