"""The master keys, in epochs, in a file that lies outside the data folder: a copied data folder opens nothing.

A process that opens one drawer only is given a file of that drawer's subkeys instead (`write_drawer`).
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.vault.key_partitions import KEY_SIZE, Drawer, subkey
from adapters.vault.private_files import alone_writing, read_private, today, write_whole
from domain.errors import SamradError
from domain.ports import Entropy


class EpochKeys:
    """A key for each epoch, in a file. The newest wraps, the older ones open what is not rewrapped yet."""

    def __init__(self, path: Path, epochs: Mapping[int, bytes], made: Mapping[int, date]) -> None:
        self._path = path
        self._epochs = dict(epochs)
        self._made = dict(made)
        self._ciphers: dict[tuple[int, Drawer], AESGCM] = {}

    @property
    def path(self) -> Path:
        return self._path

    @property
    def newest(self) -> int:
        return max(self._epochs)

    @property
    def made(self) -> date | None:
        """The day on which the newest was made; None if the file is from before that was kept."""
        return self._made.get(self.newest)

    def cipher(self, epoch: int, drawer: Drawer = Drawer.WHOLE) -> AESGCM | None:
        """What opens that drawer's wrappings of that epoch; None if this file does not."""
        known = self._ciphers.get((epoch, drawer))
        if known is None and epoch in self._epochs and (key := self._key(epoch, drawer)) is not None:
            known = self._ciphers[epoch, drawer] = AESGCM(key)
        return known

    def reload(self) -> None:
        """Read the file again: another process may have begun an epoch."""
        stored = read_private(self._path)
        self._epochs, self._made = _epochs_in(self._path, stored), _made_in(stored)

    def _key(self, epoch: int, drawer: Drawer) -> bytes | None:
        raise NotImplementedError


class MasterKeys(EpochKeys):
    """The master keys themselves, which open every drawer."""

    @classmethod
    def create(cls, path: Path, data_folder: Path | None, entropy: Entropy) -> "MasterKeys":
        """A new file with its first epoch; an existing one is never written over."""
        _refuse_inside(path, data_folder)
        if path.exists():
            raise SamradError(f"{path} exists already: a master key is never written over")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        keys = cls(path, {1: entropy.bytes(KEY_SIZE)}, {1: today()})
        keys._write()
        return keys

    @classmethod
    def load(cls, path: Path, data_folder: Path | None) -> "MasterKeys":
        """The keys in the file; one clear error if it is missing, readable by others or no such file."""
        _refuse_inside(path, data_folder)
        stored = read_private(path)
        if "drawer" in stored:
            raise SamradError(f"{path} holds the keys of one drawer, and no master key")
        return cls(path, _epochs_in(path, stored), _made_in(stored))

    def add(self, entropy: Entropy) -> int:
        """A further epoch, durable in the file before anything is wrapped under it."""
        with self._alone_writing():
            epoch = self.newest + 1
            self._epochs[epoch] = entropy.bytes(KEY_SIZE)
            self._made[epoch] = today()
            self._write()
            return epoch

    def forget_older(self) -> int:
        """Delete every epoch but the newest from the file; how many. What was wrapped under them opens no more,
        wherever a copy of it lies: what was disposed of before is erased now."""
        newest = self.newest
        with self._alone_writing():  # what another process has begun since is newer, and stays
            kept = {epoch: key for epoch, key in self._epochs.items() if epoch >= newest}
            forgotten = len(self._epochs) - len(kept)
            self._epochs = kept
            self._ciphers.clear()
            self._write()
            return forgotten

    def write_drawer(self, drawer: Drawer, path: Path) -> None:
        """Write the subkeys of one drawer, for a process that is to open that drawer and nothing else."""
        if drawer is Drawer.WHOLE:
            raise SamradError("the master key itself is given to nobody")
        if path.exists():
            DrawerKeys.load(path)  # what is no such file is somebody's, and stays
        keys = {epoch: subkey(key, drawer) for epoch, key in self._epochs.items()}
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, _written({"format": 1, "drawer": drawer.name.lower()}, keys, self._made))

    def _key(self, epoch: int, drawer: Drawer) -> bytes:
        return subkey(self._epochs[epoch], drawer)

    @contextmanager
    def _alone_writing(self) -> Iterator[None]:
        """The file as it is now, and nobody else's to write meanwhile: of two epochs with one number, the first would
        be gone with all that was wrapped under it."""
        with alone_writing(self._path):
            self.reload()
            yield

    def _write(self) -> None:
        write_whole(self._path, _written({"format": 1}, self._epochs, self._made))


class DrawerKeys(EpochKeys):
    """The subkeys of one drawer."""

    def __init__(self, path: Path, drawer: Drawer, epochs: Mapping[int, bytes], made: Mapping[int, date]) -> None:
        super().__init__(path, epochs, made)
        self._drawer = drawer

    @classmethod
    def load(cls, path: Path) -> "DrawerKeys":
        """The subkeys in a file that `MasterKeys.write_drawer` wrote; a file of master keys is refused."""
        stored = read_private(path)
        named = {each.name.lower(): each for each in Drawer if each is not Drawer.WHOLE}
        drawer = named.get(str(stored.get("drawer")))
        if drawer is None:
            raise SamradError(f"{path} is not a file of one drawer's keys; a master key has no place here")
        return cls(path, drawer, _epochs_in(path, stored), _made_in(stored))

    def _key(self, epoch: int, drawer: Drawer) -> bytes | None:
        return self._epochs[epoch] if drawer is self._drawer else None


def _written(head: Mapping[str, object], epochs: Mapping[int, bytes], made: Mapping[int, date]) -> bytes:
    keys = [
        {"epoch": epoch, "key": base64.b64encode(key).decode()}
        | ({"made": made[epoch].isoformat()} if epoch in made else {})
        for epoch, key in epochs.items()
    ]
    return json.dumps({**head, "epochs": keys}, indent=1).encode() + b"\n"


def _epochs_in(path: Path, stored: Mapping[str, Any]) -> dict[int, bytes]:
    try:
        epochs = {int(one["epoch"]): base64.b64decode(one["key"], validate=True) for one in stored["epochs"]}
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise SamradError(f"{path} is not a file of master keys") from None
    if not epochs or any(len(key) != KEY_SIZE for key in epochs.values()):
        raise SamradError(f"{path} holds no whole master key")
    return epochs


def _made_in(stored: Mapping[str, Any]) -> dict[int, date]:
    """The days that are told; files from before they were kept tell none."""
    try:
        return {int(one["epoch"]): date.fromisoformat(one["made"]) for one in stored["epochs"] if "made" in one}
    except (ValueError, TypeError):
        return {}


def _refuse_inside(path: Path, data_folder: Path | None) -> None:
    if data_folder is not None and path.resolve().is_relative_to(data_folder.resolve()):
        raise SamradError(f"the master key {path} must lie outside the data folder {data_folder}")
