"""What was opened lately, by the frame that it was opened from, limited by the bytes of those frames."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")

MOST_KEPT = 12 * 1024 * 1024
LARGEST_KEPT = 4 * 1024
"""How many bytes of frames that were read lately are kept open, and of which size at most: a fact takes some four times
the bytes of its frame."""


class Recent(Generic[T]):
    """Those that were put in first go first. Any thread may call it."""

    def __init__(self) -> None:
        self._opened: dict[bytes, T] = {}
        self._size = 0
        self._lock = threading.Lock()
        self.get = self._opened.get
        """What was opened from that frame; None if it is not kept."""

    def put(self, frame: bytes, opened: T) -> None:
        """Keep it, unless it is too large."""
        if len(frame) > LARGEST_KEPT:
            return
        with self._lock:
            if frame not in self._opened:
                self._size += len(frame)
            self._opened[frame] = opened
            while self._size > MOST_KEPT:
                oldest = next(iter(self._opened))
                del self._opened[oldest]
                self._size -= len(oldest)

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._opened.clear()
            self._size = 0

    def __len__(self) -> int:
        return len(self._opened)
