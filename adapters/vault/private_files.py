"""Files of secrets: their owner's alone, and at every instant the old content or the new."""

import fcntl
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from domain.errors import SamradError


def write_whole(path: Path, content: bytes) -> None:
    """The file has the old content or the new, at every instant, and is its owner's alone."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_private(path: Path, what: str = "master key") -> dict[str, Any]:
    """A file of secrets, which is its owner's alone; one clear error if it is missing or something else."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SamradError(f"{path} can be read by others: set its mode to 0600")
        stored = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise SamradError(f"there is no {what} file at {path}") from None
    except (OSError, ValueError):
        raise SamradError(f"{path} is not a file of {what}s") from None
    if not isinstance(stored, dict):
        raise SamradError(f"{path} is not a file of {what}s")
    return stored


@contextmanager
def alone_writing(path: Path) -> Iterator[None]:
    """Nobody else changes the file meanwhile: of two that each add a key, both are in it afterwards."""
    lock = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def today() -> date:
    """The day on which a key is made."""
    return datetime.now(UTC).date()
