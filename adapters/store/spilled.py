"""A number for each of many keys, in little memory: those of lately at hand, the others in a file without a name.

SQLite makes that file, gives it to nobody else, and it is gone when it is closed, whatever ends the process.
"""

import sqlite3
from typing import Final

MOST_AT_HAND: Final = 20_000


class Spilled:
    """Like a dictionary from bytes to numbers; one thread at a time uses it."""

    def __init__(self) -> None:
        self._at_hand: dict[bytes, int] = {}
        self._file: sqlite3.Connection | None = None

    def __setitem__(self, key: bytes, number: int) -> None:
        self._at_hand[key] = number
        if len(self._at_hand) > MOST_AT_HAND:
            self._spill()

    def get(self, key: bytes) -> int | None:
        """The number of that key; None if there is none."""
        number = self._at_hand.get(key)
        if number is not None or self._file is None:
            return number
        found = self._file.execute("SELECT number FROM spilled WHERE key = ?", (key,)).fetchone()
        return None if found is None else int(found[0])

    def close(self) -> None:
        """Forget all of it."""
        self._at_hand.clear()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _spill(self) -> None:
        if self._file is None:
            self._file = sqlite3.connect("", isolation_level=None)
            self._file.execute("PRAGMA cache_size = -4096")
            self._file.execute("CREATE TABLE spilled (key BLOB PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID")
        self._file.execute("BEGIN")
        self._file.executemany("INSERT OR REPLACE INTO spilled VALUES (?, ?)", sorted(self._at_hand.items()))
        self._file.execute("COMMIT")
        self._at_hand.clear()
