"""The high-water mark: how far each log had come, kept outside the data folder, so that an older copy is noticed.

The mark is written after a commit and so may lag, but never leads. It is written at most every `every` seconds and at
the close: a copy that lacks less than that of the time before a crash passes unnoticed; anything older does not.

An older copy of the data that is put back together with its own older mark agrees with itself. A witness is a second
file of the same marks at a place that no backup of the two takes along: what it has seen is missed there too.
"""

import json
import logging
import threading
import time
from pathlib import Path
from typing import Final, TypeAlias

from adapters.store.rows import Rows
from adapters.vault.private_files import write_whole
from domain.errors import MarksUnusable, StoreBehind

_log: Final = logging.getLogger("samrad.store")
Mark: TypeAlias = tuple[int, str]
"""A position, and the chain hash there."""
Marks: TypeAlias = dict[str, Mark]


class HighWater:
    """The marks of the hub's logs, by the log's name, in one small file."""

    def __init__(self, path: Path, every: float = 1.0, witness: Path | None = None) -> None:
        self._path = path
        self._files = (path,) if witness is None else (path, witness)
        self._every = every
        self._lock = threading.Lock()
        if witness is not None and not witness.parent.is_dir():
            raise MarksUnusable(f"the witness {witness} cannot be read: there is no folder {witness.parent}")
        self._seen = {file: self._read(file) for file in self._files}
        self._marks: Marks = {}
        for seen in self._seen.values():
            self._keep(seen)
        if witness is not None and not self._seen[witness] and self._seen[path]:
            _log.warning("the witness holds nothing yet: from now on it is written")
        self._due = 0.0
        self._written = True
        self._told = False

    def check(self, name: str, log: Rows) -> None:
        """`StoreBehind` if the log ends before a mark, or another event stands there."""
        for file, seen in self._seen.items():
            if name in seen:
                self._compare(seen[name], log, "" if file == self._path else ", as its witness has seen")

    @staticmethod
    def _compare(mark: Mark, log: Rows, by: str) -> None:
        position, chain = mark
        last = log.end()[0]
        if last < position:
            raise StoreBehind(
                f"{log.name} ends at position {last} but had come to {position}{by}: an older copy was put back"
            )
        if not position:  # given up whole: there is nothing yet to compare
            return
        found = log.chain_at(position)
        if found is None or found.hex() != chain:
            raise StoreBehind(f"{log.name} has another history at position {position} than it had before{by}")

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
            for file in self._files:
                marks = self._read(file)
                marks[name] = (position, chain.hex())
                _put(file, marks)
                self._seen[file] = marks
            self._marks[name] = (position, chain.hex())

    def lower(self, name: str, log: Rows) -> None:
        """The same, where the log ends before a mark, or has another history: as it stands it is right."""
        try:
            self.check(name, log)
        except StoreBehind:
            position, chain, _ = log.end()
            self.give_up(name, position, chain)

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
        """Each file by itself: where one cannot be written, the other is."""
        failed: OSError | MarksUnusable | None = None
        for file in self._files:
            try:
                self._keep(self._read(file))
                _put(file, self._marks)
            except (OSError, MarksUnusable) as error:
                failed = failed or error
        if failed is not None:
            raise failed
        self._written = True

    def _keep(self, marks: Marks) -> None:
        for name, mark in marks.items():
            self._marks[name] = max(self._marks.get(name, mark), mark)

    @staticmethod
    def _read(file: Path) -> Marks:
        try:
            stored = json.loads(file.read_bytes())
            return {name: (int(mark["position"]), str(mark["chain"])) for name, mark in stored.items()}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise MarksUnusable(f"{file} cannot be read: {error.strerror}") from error
        except (ValueError, KeyError, TypeError, AttributeError):
            raise MarksUnusable(f"{file} is not a file of high-water marks") from None


def _put(file: Path, marks: Marks) -> None:
    written = {name: {"position": position, "chain": chain} for name, (position, chain) in marks.items()}
    write_whole(file, json.dumps(written, indent=1).encode() + b"\n")
