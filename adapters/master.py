"""The master keys, in epochs, in a file that lies outside the data folder: a copied data folder opens nothing."""

import base64
import binascii
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import SamradError
from domain.ports import Entropy

KEY_SIZE = 32


class MasterKeys:
    """The epochs in the file; the newest wraps, the older ones open what is not rewrapped yet."""

    def __init__(self, path: Path, epochs: Mapping[int, bytes]) -> None:
        self._path = path
        self._epochs = dict(epochs)
        self._ciphers = {epoch: AESGCM(key) for epoch, key in epochs.items()}

    @classmethod
    def create(cls, path: Path, data_folder: Path, entropy: Entropy) -> "MasterKeys":
        """A new file with its first epoch; an existing one is never written over."""
        _refuse_inside(path, data_folder)
        if path.exists():
            raise SamradError(f"{path} exists already: a master key is never written over")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        keys = cls(path, {1: entropy.bytes(KEY_SIZE)})
        keys._write()
        return keys

    @classmethod
    def load(cls, path: Path, data_folder: Path) -> "MasterKeys":
        """The keys in the file; one clear error if it is missing, readable by others or no such file."""
        _refuse_inside(path, data_folder)
        try:
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise SamradError(f"{path} can be read by others: set its mode to 0600")
            stored = json.loads(path.read_bytes())
            epochs = {int(one["epoch"]): base64.b64decode(one["key"], validate=True) for one in stored["epochs"]}
        except FileNotFoundError:
            raise SamradError(f"there is no master key file at {path}") from None
        except (OSError, ValueError, KeyError, TypeError, binascii.Error):
            raise SamradError(f"{path} is not a file of master keys") from None
        if not epochs or any(len(key) != KEY_SIZE for key in epochs.values()):
            raise SamradError(f"{path} holds no whole master key")
        return cls(path, epochs)

    @property
    def path(self) -> Path:
        return self._path

    @property
    def newest(self) -> int:
        return max(self._epochs)

    def cipher(self, epoch: int) -> AESGCM | None:
        return self._ciphers.get(epoch)

    def add(self, entropy: Entropy) -> int:
        """A further epoch, durable in the file before anything is wrapped under it."""
        epoch = self.newest + 1
        self._epochs[epoch] = entropy.bytes(KEY_SIZE)
        self._write()
        self._ciphers[epoch] = AESGCM(self._epochs[epoch])
        return epoch

    def _write(self) -> None:
        stored = {
            "format": 1,
            "epochs": [{"epoch": epoch, "key": base64.b64encode(key).decode()} for epoch, key in self._epochs.items()],
        }
        write_whole(self._path, json.dumps(stored, indent=1).encode() + b"\n")


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


def _refuse_inside(path: Path, data_folder: Path) -> None:
    if path.resolve().is_relative_to(data_folder.resolve()):
        raise SamradError(f"the master key {path} must lie outside the data folder {data_folder}")
