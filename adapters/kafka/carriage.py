"""Carriage: how a record looks to those who carry the log and may not even know what kind of act it is.

A frame names in the open its kind, stream, version, time and keys, and its length how much was written. On a topic it
is therefore padded to one of few sizes and sealed once more, under a key that opens no part of any record:

    carried = position (u64) ‖ mark ‖ key id ‖ nonce ‖ AES-256-GCM(length ‖ frame ‖ zeros)

bound to the log's name, the position and the key. The mark stands where a frame that was carried in the clear has its
committed time, and is none: so a topic that was begun in the clear is read on, and never goes back to it.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from struct import Struct as Layout
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from adapters.store.record import LARGEST_FRAME, PLACE_SIZE
from adapters.vault.key_partitions import KEY_SIZE
from adapters.vault.private_files import alone_writing, read_private, today, write_whole
from domain.errors import SamradError, Tampered, Unreadable
from domain.ports import Entropy

FILE: Final = "carriage.json"
"""Beside the master keys; copies of it go to those who carry and to those who read what was carried."""
STEPS: Final = (4 * 1024, 16 * 1024, 64 * 1024, LARGEST_FRAME)
"""Bytes to which a frame is filled up. Nearly every act fits the first, so that most records look the same."""
_MARK: Final = b"\xffcarried"
_HEAD: Final = Layout(">8s8s16s12s")
_LENGTH: Final = Layout(">I")
_MARKED: Final = slice(8, 16)
_ID_SIZE: Final = 16
_NONCE_SIZE: Final = 12
_SEAL: Final = 16
_SIZES: Final = frozenset(_HEAD.size + _LENGTH.size + step + _SEAL for step in STEPS)


class CarriageKey(Struct, frozen=True):
    """One key of carriage; `made` is its day."""

    id: bytes
    key: bytes
    made: date


class CarriageKeys:
    """The keys of carriage in a file. The newest seals; the older ones open what they sealed, for ever: a topic is
    never written anew."""

    def __init__(self, path: Path, keys: tuple[CarriageKey, ...]) -> None:
        self._path = path
        self._keep(keys)
        self._seen = _stamp(path)

    @classmethod
    def create(cls, path: Path, entropy: Entropy) -> "CarriageKeys":
        """A new file with its first key; an existing one is never written over."""
        if path.exists():
            raise SamradError(f"{path} exists already: keys of carriage are never written over")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        keys = (_made(entropy),)
        write_whole(path, _written(keys))
        return cls(path, keys)

    @classmethod
    def load(cls, path: Path) -> "CarriageKeys":
        """The keys in the file; one clear error if it is missing, readable by others or no such file."""
        return cls(path, _keys_in(path))

    @property
    def path(self) -> Path:
        return self._path

    @property
    def newest(self) -> CarriageKey:
        return self._keys[-1]

    def add(self, entropy: Entropy) -> CarriageKey:
        """A further key, durable in the file before anything is sealed under it."""
        with alone_writing(self._path):
            keys = (*_keys_in(self._path), _made(entropy))
            write_whole(self._path, _written(keys))
        self._keep(keys)
        return self.newest

    def copy_to(self, path: Path) -> None:
        """All of them in another file, for a process that is told no other key."""
        if path.exists():
            _keys_in(path)  # what is no such file is somebody's, and stays
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, _written(self._keys))

    def refresh(self) -> None:
        """Read the file again if it is another one now: a key was added. Where it is gone, what is known is gone on
        with, as with the master keys."""
        stamp = _stamp(self._path)
        if stamp is not None and stamp != self._seen:
            self._keep(_keys_in(self._path))
            self._seen = stamp

    def cipher(self, key_id: bytes) -> AESGCM | None:
        """What opens that key's records; None if the file lacks it."""
        return self._ciphers.get(key_id)

    def _keep(self, keys: tuple[CarriageKey, ...]) -> None:
        self._keys = keys
        self._ciphers = {each.id: AESGCM(each.key) for each in keys}


class Carriage:
    """Seals and opens the records of one log. Any thread may call it."""

    def __init__(self, keys: CarriageKeys, log: str, entropy: Entropy) -> None:
        self._keys = keys
        self._log = log.encode()
        self._entropy = entropy

    def refresh(self) -> None:
        """Seal under the newest key that the file has by now."""
        self._keys.refresh()

    def seal(self, frame: bytes) -> bytes:
        """A frame as it is carried: its position, its step of size, and nothing else."""
        position, key_id, nonce = frame[:8], self._keys.newest.id, self._entropy.bytes(_NONCE_SIZE)
        step = next(step for step in STEPS if len(frame) <= step)
        content = _LENGTH.pack(len(frame)) + frame + bytes(step - len(frame))
        head = _HEAD.pack(position, _MARK, key_id, nonce)
        cipher = self._keys.cipher(key_id)
        assert cipher is not None  # noqa: S101 - it is the newest of these very keys
        return head + cipher.encrypt(nonce, content, self._bound(position, key_id))

    def open(self, carried: bytes) -> bytes:
        """The frame; `Tampered` if it is not what was sealed for this place of this log, `Unreadable` without a key."""
        if len(carried) not in _SIZES:
            raise Tampered("it has none of the sizes of what is carried")
        position, _, key_id, nonce = _HEAD.unpack_from(carried)
        try:
            content = self._cipher(key_id).decrypt(nonce, carried[_HEAD.size :], self._bound(position, key_id))
        except InvalidTag:
            raise Tampered("the seal of carriage is broken, or was made for another place") from None
        (length,) = _LENGTH.unpack_from(content)
        frame = content[_LENGTH.size : _LENGTH.size + length]
        if len(frame) <= PLACE_SIZE or frame[:8] != position:
            raise Tampered("what was carried is not the frame of its position")
        return frame

    def _cipher(self, key_id: bytes) -> AESGCM:
        cipher = self._keys.cipher(key_id)
        if cipher is None:
            self._keys.refresh()
            cipher = self._keys.cipher(key_id)
        if cipher is None:
            raise Unreadable(f"it is sealed under the key of carriage {key_id.hex()}, which {self._keys.path} lacks")
        return cipher

    def _bound(self, position: bytes, key_id: bytes) -> bytes:
        return b"carriage" + position + key_id + self._log


def is_carried(value: bytes) -> bool:
    """Whether a record is sealed for carriage; one that was carried in the clear, before, is a frame."""
    return value[_MARKED] == _MARK


def _made(entropy: Entropy) -> CarriageKey:
    return CarriageKey(entropy.bytes(_ID_SIZE), entropy.bytes(KEY_SIZE), today())


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _written(keys: tuple[CarriageKey, ...]) -> bytes:
    told = [
        {"id": each.id.hex(), "key": base64.b64encode(each.key).decode(), "made": each.made.isoformat()}
        for each in keys
    ]
    return json.dumps({"format": 1, "carriage": told}, indent=1).encode() + b"\n"


def _keys_in(path: Path) -> tuple[CarriageKey, ...]:
    stored: Mapping[str, Any] = read_private(path, "carriage key")
    try:
        keys = tuple(
            CarriageKey(
                bytes.fromhex(each["id"]),
                base64.b64decode(each["key"], validate=True),
                date.fromisoformat(each["made"]),
            )
            for each in stored["carriage"]
        )
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise SamradError(f"{path} is not a file of keys of carriage") from None
    if not keys or any(len(each.key) != KEY_SIZE or len(each.id) != _ID_SIZE for each in keys):
        raise SamradError(f"{path} holds no whole key of carriage")
    return keys
