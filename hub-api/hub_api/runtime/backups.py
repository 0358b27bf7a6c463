"""A backup of an embedded hub: a folder like its own, with its keys in a folder apart, both whole or not there.

What is begun lies beside under another name until it is whole and durable; the keys are put in place before the data,
so that whoever is killed in between leaves nothing that opens, and nothing that passes for a backup.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct

from adapters.store.at_rest import end_of, reading
from adapters.store.backup import LOGS, VAULT, copy, durable
from adapters.store.high_water import HighWater
from adapters.store.outcomes import Tip
from adapters.system import SystemEntropy
from adapters.vault.embedded import SqliteVault
from adapters.vault.master_keys import MasterKeys
from adapters.vault.private_files import write_whole
from domain.errors import SamradError
from hub_api.runtime.folder import LOCK, STORES, alone_in, clear
from hub_api.runtime.settings import MARKS, MASTER, Settings

PARTIAL: Final = ".partial"
Progress = Callable[[str, int, int], None]


class LogEnd(Struct, frozen=True):
    """One log of a backup or of what was restored: where it ends, and how far it had come before, if that is known."""

    log: str
    position: int
    had_come_to: int | None = None

    @property
    def missing(self) -> int | None:
        """How many are missing at least; None if nobody knows."""
        return None if self.had_come_to is None else max(0, self.had_come_to - self.position)


def back_up(hub: Settings, target: Path, keys: Path | None, progress: Progress) -> list[LogEnd]:
    """Make a whole copy of the hub, served or not, in a folder that is not there yet; its keys in another."""
    to = Settings.beside(target)
    to_keys = to.keys if keys is None else Settings.beside(keys).data
    _refuse(hub, to.data, to_keys)
    with _unfinished(to.data) as data, _unfinished(to_keys) as kept:
        copied = copy(hub.data, hub.master, data, progress)
        write_whole(kept / MASTER, copied.masters)
        _opens(data, kept / MASTER)
        marks = HighWater(kept / MARKS)
        for name, (position, chain, _) in copied.ends.items():
            marks.give_up(_log(name), position, chain)
        if to_keys.exists():
            shutil.rmtree(to_keys)
        _put(kept, to_keys)
        _put(data, to.data)
    for folder in (to_keys, to.data):
        (folder / LOCK).unlink()
    return [LogEnd(_log(name), position) for name, (position, _, _) in copied.ends.items()]


def restore(hub: Settings, backup: Path, keys: Path | None, *, accept_loss: bool = False) -> list[LogEnd]:
    """Put a backup in the place of a hub's folder, which is not there or empty. Keys that are there stay, if they open
    it, and with them the marks: how much is missing is told by these, and by the witness."""
    there = Settings.beside(backup)
    if hub.data.exists() and any(each.name != LOCK for each in hub.data.iterdir()):
        raise SamradError(f"{hub.data} holds something: move it away first, nothing was changed")
    with _unfinished(hub.data) as data:
        _take(there.data, data)
        master = hub.master if hub.master.exists() else (keys or there.keys) / MASTER
        _opens(data, master)
        if not hub.master.exists():
            hub.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(hub.master, master.read_bytes())
        if hub.data.exists():
            (hub.data / LOCK).unlink(missing_ok=True)
        _put(data, hub.data)
        return _settled(hub, accept_loss=accept_loss)


def accept_loss(hub: Settings) -> list[LogEnd]:
    """Give up what lies between the logs' ends and their marks: the hub takes commands again without it."""
    with alone_in(hub.data):
        return _settled(hub, accept_loss=True)


def ends_of(data: Path) -> dict[str, Tip]:
    """Where the logs of a folder end, by their names, whoever has it."""
    ends = {}
    for name in LOGS:
        with reading(data / name) as log:
            ends[_log(name)] = end_of(log)
    return ends


def _settled(hub: Settings, *, accept_loss: bool) -> list[LogEnd]:
    marks = HighWater(hub.marks, witness=hub.witness)
    ends = ends_of(hub.data)
    ended = [LogEnd(log, position, marks.mark(log)) for log, (position, _, _) in ends.items()]
    for log, (position, chain, _) in ends.items():
        if accept_loss:
            marks.give_up(log, position, chain)
        else:
            marks.note(log, position, chain)
    marks.close()
    return ended


def _opens(data: Path, master: Path) -> None:
    """Whether these keys open that vault: keys of another hub have the same epochs."""
    SqliteVault(data / VAULT, MasterKeys.load(master, data), SystemEntropy()).close()


def _take(there: Path, to: Path) -> None:
    """The files of a backup as they lie, on a medium that may not be written to; a write-ahead log too, if somebody has
    served it."""
    for name in STORES:
        if not (there / name).is_file():
            raise SamradError(f"{there} is no whole backup: there is no {name} in it")
        for each in (name, f"{name}-wal"):
            if (there / each).is_file():
                with open(os.open(to / each, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600), "wb") as file:
                    file.write((there / each).read_bytes())
                durable(to / each)


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """A folder beside, under a name that says that it is not whole; what was left there by somebody who was killed is
    cleared away, and so is this if it does not come to its end."""
    beside = folder.with_name(folder.name + PARTIAL)
    if beside.exists() and any(not _ours(each) for each in beside.iterdir()):
        raise SamradError(f"{beside} holds something that is no unfinished backup: nothing was changed")
    with alone_in(beside):
        clear(beside, keep=LOCK)
        try:
            yield beside
        finally:
            if beside.exists():
                shutil.rmtree(beside)


def _ours(path: Path) -> bool:
    return path.name == LOCK or path.name.startswith((*STORES, MASTER, MARKS))


def _put(beside: Path, folder: Path) -> None:
    """In its place, durable, all at once."""
    durable(beside)
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside.rename(folder)
    durable(folder.parent)


def _refuse(hub: Settings, data: Path, keys: Path) -> None:
    """Where a backup cannot lie: over something, in the hub, or with its keys in its data."""
    if not hub.data.is_dir():
        raise SamradError(f"there is no hub in {hub.data}")
    for each in (data, keys):
        if any(each.resolve().is_relative_to(own.resolve()) for own in (hub.data, hub.keys)):
            raise SamradError(f"{each} is inside the hub's own folder: a backup lies elsewhere")
    if data.exists():
        raise SamradError(f"{data} is there already: a backup is never written over another")
    if keys.resolve().is_relative_to(data.resolve()):
        raise SamradError(f"the keys must lie outside {data}: together they open everything")
    if keys.exists() and not _left_over(keys, hub):
        raise SamradError(f"{keys} is there already: name another folder for the keys by --keys")


def _left_over(keys: Path, hub: Settings) -> bool:
    """Whether these are our own keys, put there by a backup that was killed before its data were."""
    return (
        {each.name for each in keys.iterdir()} <= {MASTER, MARKS, LOCK}
        and (keys / MASTER).is_file()
        and (keys / MASTER).read_bytes() == hub.master.read_bytes()
    )


def _log(name: str) -> str:
    return name.partition(".")[0]
