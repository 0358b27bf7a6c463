"""The high-water mark: how far each log had come, kept outside the data folder, so that an older copy is noticed.

The mark is written after a commit and so may lag, but never leads. It is written at most every `every` seconds and at
the close: a copy that lacks less than that of the time before a crash passes unnoticed; anything older does not.
"""

import json
import logging
import threading
import time
from pathlib import Path
from typing import Final

from adapters.master import write_whole
from adapters.rows import Rows
from domain.errors import MarksUnusable, StoreBehind

_log: Final = logging.getLogger("samrad.store")


class HighWater:
    """The marks of the hub's logs, by the log's name, in one small file."""

    def __init__(self, path: Path, every: float = 1.0) -> None:
        self._path = path
        self._every = every
        self._lock = threading.Lock()
        self._marks = self._read()
        self._due = 0.0
        self._written = True
        self._told = False

    def check(self, name: str, log: Rows) -> None:
        """`StoreBehind` if the log ends before its mark, or another event stands there."""
        mark = self._marks.get(name)
        if mark is None:
            return
        position, chain = mark
        last = log.end()[0]
        if last < position:
            raise StoreBehind(
                f"{log.name} ends at position {last} but had come to {position}: an older copy was put back"
            )
        found = log.chain_at(position)
        if found is None or found.hex() != chain:
            raise StoreBehind(f"{log.name} has another history at position {position} than it had before")

    def note(self, name: str, position: int, chain: bytes) -> None:
        """The log has been committed up to that position."""
        with self._lock:
            if position <= self._marks.get(name, (0, ""))[0]:
                return
            self._marks[name] = (position, chain.hex())
            self._written = False
            if time.monotonic() >= self._due:
                self._try()

    def mark(self, name: str) -> int | None:
        """How far the log of that name had come, at least; None if there are no marks, so that nobody knows."""
        return self._marks.get(name, (0, ""))[0] if self._marks else None

    def give_up(self, name: str, position: int, chain: bytes) -> None:
        """Somebody has decided that what lay beyond that position is lost: from now on it is the mark."""
        with self._lock:
            marks = self._read()
            marks[name] = (position, chain.hex())
            self._marks = marks
            self._put()

    def close(self) -> None:
        with self._lock:
            if not self._written:
                self._try()

    def _try(self) -> None:
        """Write what has been committed, which stands and is answered so whatever happens here: where the mark lags,
        whoever looks after the hub is told, once until it can be written again."""
        self._due = time.monotonic() + self._every
        try:
            self._write()
        except (OSError, MarksUnusable) as error:
            if not self._told:
                _log.error("the high-water mark lags, it could not be written: %s", type(error).__name__)
            self._told = True
        else:
            self._told = False

    def _write(self) -> None:
        for name, mark in self._read().items():
            self._marks[name] = max(self._marks.get(name, mark), mark)
        self._put()

    def _put(self) -> None:
        marks = {name: {"position": position, "chain": chain} for name, (position, chain) in self._marks.items()}
        write_whole(self._path, json.dumps(marks, indent=1).encode() + b"\n")
        self._written = True

    def _read(self) -> dict[str, tuple[int, str]]:
        try:
            stored = json.loads(self._path.read_bytes())
            return {name: (int(mark["position"]), str(mark["chain"])) for name, mark in stored.items()}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise MarksUnusable(f"{self._path} cannot be read: {error.strerror}") from error
        except (ValueError, KeyError, TypeError, AttributeError):
            raise MarksUnusable(f"{self._path} is not a file of high-water marks") from None
