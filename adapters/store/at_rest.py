"""The files of an embedded hub, as they are: read without opening the hub, while another process serves it or nobody.

Nothing is made, changed or unsealed here.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from adapters.sqlite import BUSY_SECONDS, readable
from adapters.store.outcomes import Tip
from adapters.store.record import GENESIS, place
from domain.errors import SamradError

_LAST = "SELECT position, chain, substr(frame, 1, 16) FROM records ORDER BY position DESC LIMIT 1"


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that only reads, of a file that is there."""
    if not path.is_file():
        raise SamradError(f"there is no {path.name} in {path.parent}")
    with readable(path), closing(_connected(path)) as connection:
        connection.execute("PRAGMA query_only = ON")
        yield connection


@contextmanager
def still(paths: Sequence[Path]) -> Iterator[None]:
    """Nobody writes to any of these files meanwhile: who is writing has ended, who begins waits."""
    with ExitStack() as held:
        for path in paths:
            connection = held.enter_context(closing(_connected(path)))
            with readable(path):
                connection.execute("BEGIN IMMEDIATE")
        yield


def end_of(connection: sqlite3.Connection) -> Tip:
    """The last position of a log, its chain hash and committed time; 0, the genesis and 0 of an empty one."""
    last = connection.execute(_LAST).fetchone()
    return (0, GENESIS, 0) if last is None else (last[0], last[1], place(last[2])[1])


def epochs_of(vault: sqlite3.Connection) -> frozenset[int]:
    """The epochs of the master key that are needed to open a vault."""
    found = vault.execute("SELECT epoch FROM hub UNION SELECT epoch FROM keys").fetchall()
    return frozenset(epoch for (epoch,) in found)


def _connected(path: Path) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
