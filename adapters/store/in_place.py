"""The files that a process has open are those at their paths: what is written to a file that was deleted is nowhere.

A folder that is removed, moved away or put back from a copy while a process serves it leaves the process writing into
files that nobody finds again. So each file is known by device and inode from its opening on, and nothing is answered as
recorded unless they still stand there after the commit (invariant 2).
"""

import logging
import threading
from pathlib import Path
from typing import Final

from domain.errors import FilesGone

_log: Final = logging.getLogger("samrad.store")


class InPlace:
    """The files of one hub, and the folder that they lie in. Any thread may ask."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[int, int]] = {}
        self._asking = threading.Lock()
        self._told = False

    def hold(self, *paths: Path) -> None:
        """From now on these have to stay where they are, and the same files."""
        for path in paths:
            found = path.stat()
            self._held[str(path)] = (found.st_dev, found.st_ino)

    def gone(self) -> str | None:
        """The first that is not there, or is another file than was opened; None if all are."""
        for path, opened in self._held.items():
            try:
                found = Path(path).stat()
            except OSError:
                return path
            if (found.st_dev, found.st_ino) != opened:
                return path
        return None

    def require(self) -> None:
        """`FilesGone` unless all are there. An alarm tells it once, until they are there again."""
        with self._asking:
            gone = self.gone()
            told, self._told = self._told, gone is not None
        if gone is None:
            return
        error = FilesGone(f"{gone} was removed or replaced while the hub served it: nothing is taken any more")
        if not told:
            _log.error("the files of the hub are gone, nothing is taken any more: %s", type(error).__name__)
        raise error
