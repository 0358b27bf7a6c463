"""The folder of an embedded hub: what lies in it, and who has it now.

Keys that were disposed of, the register and the views are kept up by one process, which holds the folder's lock from
opening to closing. Whoever would clear the folder away needs the same lock, and leaves the lock's own file in place: a
lock on a file that is gone keeps nobody out.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from domain.errors import InUse

LOCK: Final = "lock"
DEMO: Final = "DEMO"
"""The file that says that a folder holds a demo: it may be made anew, and its days are those of its story."""
PATIENCE: Final = 0.2
PAUSE: Final = 0.02
"""Seconds: whoever only asks who has the folder holds the lock for an instant."""
STORES: Final = ("acts.db", "looks.db", "vault.db")
"""What is kept nowhere else; the views are made from these."""
FILES: Final = (*STORES, *(f"{name}-wal" for name in STORES), "views.db", LOCK)
"""All that a serving process has open and has to find again, the write-ahead logs with what is not in the files yet."""


@contextmanager
def alone_in(data: Path) -> Iterator[None]:
    """Hold the folder, made if it is not there; `InUse` if another process does."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = _locked(data / LOCK)
    try:
        yield
    finally:
        with suppress(OSError):
            os.ftruncate(lock, 0)
        os.close(lock)


def holder_of(data: Path) -> int | None:
    """The process that has the folder now, 0 if it did not say which; None if nobody has."""
    try:
        lock = os.open(data / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _written_in(lock)
    else:
        return None
    finally:
        os.close(lock)


def clear(data: Path, *, keep: str) -> None:
    """Remove all that lies in a folder that this process holds, but for its lock and what is to be kept."""
    for each in data.iterdir():
        if each.name in (LOCK, keep):
            continue
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink()


def _locked(path: Path) -> int:
    until = time.monotonic() + PATIENCE
    while True:
        lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _stands_at(path, lock):
                os.ftruncate(lock, 0)
                os.pwrite(lock, str(os.getpid()).encode(), 0)
                return lock
        except BlockingIOError:
            if time.monotonic() > until:
                by = f"another process, {number}" if (number := _written_in(lock)) else "another process"
                os.close(lock)
                raise InUse(f"{path.parent} is in use by {by}, such as `samrad serve`: stop that first") from None
            time.sleep(PAUSE)
        except BaseException:
            os.close(lock)
            raise
        os.close(lock)


def _stands_at(path: Path, lock: int) -> bool:
    """Whether it was not removed between opening and locking it, so that another one stands there now."""
    try:
        return os.path.samestat(os.fstat(lock), path.stat())
    except FileNotFoundError:
        return False


def _written_in(lock: int) -> int:
    told = os.pread(lock, 20, 0)
    return int(told) if told.isdigit() else 0
