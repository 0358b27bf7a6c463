"""A whole copy of an embedded hub's files, taken while another process writes to them.

Copied one after the other, the files are of different moments: a record whose key is not in the vault yet, or not any
more, opens nowhere. So for an instant nothing is appended, a snapshot of every file begins in it, and the copying
itself goes on beside the writing. A key is durable before what it seals is appended, and is deleted after its disposal
is: in that instant every record has its key, or the disposal that names it.
"""

import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

from msgspec import Struct

from adapters.store.at_rest import end_of, epochs_of, reading, still
from adapters.store.outcomes import Tip
from adapters.vault.master_keys import MasterKeys
from domain.errors import SamradError

Progress = Callable[[str, int, int], None]
VAULT: Final = "vault.db"
LOGS: Final = ("acts.db", "looks.db")
PAGES: Final = 1024
"""So many are copied at a time."""


class Copied(Struct, frozen=True, kw_only=True):
    """What was copied: where each log ends, by its file; and the master keys that open the vault."""

    ends: Mapping[str, Tip]
    masters: bytes


def copy(data: Path, masters: Path, to: Path, progress: Progress) -> Copied:
    """Copy both logs and the vault into the folder, durable, and read the master keys that go with them."""
    with ExitStack() as closing_all:
        sources: dict[str, sqlite3.Connection] = {}
        with still([data / name for name in LOGS]):
            for name in (VAULT, *LOGS):
                sources[name] = closing_all.enter_context(reading(data / name))
                _begin(sources[name])
        stored = _masters_for(sources[VAULT], masters, data)
        ends = {name: end_of(sources[name]) for name in LOGS}
        for name, source in sources.items():  # the vault first: a deletion there waits for whoever reads it
            _copy(source, to / name, progress)
            source.execute("ROLLBACK")
        return Copied(ends=ends, masters=stored)


def _begin(source: sqlite3.Connection) -> None:
    """The snapshot begins at the first read."""
    source.execute("BEGIN")
    source.execute("SELECT count(*) FROM sqlite_schema").fetchone()


def _masters_for(vault: sqlite3.Connection, path: Path, data: Path) -> bytes:
    """The master keys, which another process may have added to since; if it has taken away, this copy opens nowhere."""
    keys = MasterKeys.load(path, data)
    lacking = [epoch for epoch in epochs_of(vault) if keys.cipher(epoch) is None]
    if lacking:
        raise SamradError(f"{path} lacks master epoch {lacking[0]}, under which {VAULT} is wrapped: try again")
    return path.read_bytes()


def _copy(source: sqlite3.Connection, path: Path, progress: Progress) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))

    def advance(_: int, remaining: int, total: int) -> None:
        progress(path.name, total - remaining, total)

    with closing(sqlite3.connect(path, isolation_level=None)) as target:
        source.backup(target, pages=PAGES, progress=advance)
    durable(path)


def durable(path: Path) -> None:
    """A file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
