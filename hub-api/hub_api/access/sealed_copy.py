"""What was folded from a log when it was last written down: sealed, beside the marks of high water, so that a start
reads only what was recorded since.

It is a copy of what the log says and may be lost, old or damaged: it is used only if its seal is whole and the log
still holds, at its position, the hash of the chain that it names. Otherwise the log is read again.
"""

import logging
import os
import zlib
from pathlib import Path
from typing import Final, Generic, Protocol, TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.ports import Entropy

_log: Final = logging.getLogger("samrad.hub")
OFTEN: Final = 1_000
"""Records after which it is worth while to write it again."""
_NONCE: Final = 12


class Chain(Protocol):
    """Of a log's rows, the hash of their chain."""

    def chain_at(self, position: int) -> bytes | None: ...


class Known(Protocol):
    """What can be kept: it is true of the log up to a position."""

    @property
    def position(self) -> int: ...


K = TypeVar("K", bound=Known)


class SealedCopy(Generic[K]):
    """One file, of one log. `path` is None for a hub that keeps none; another `form` of what is known has another name,
    and what was kept in an earlier one is not read."""

    def __init__(
        self, path: Path | None, secret: bytes, entropy: Entropy, rows: Chain, form: bytes, kind: type[K]
    ) -> None:
        self._path = path
        self._cipher = AESGCM(secret)
        self._entropy = entropy
        self._rows = rows
        self._form = form
        self._kind: type[tuple[bytes, K]] = tuple[bytes, kind]  # type: ignore[valid-type]
        self._written = 0

    def read(self) -> K | None:
        """What was known, if it can be gone on from."""
        if self._path is None:
            return None
        try:
            sealed = self._path.read_bytes()
            opened = zlib.decompress(self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], self._form))
            chain, known = msgspec.msgpack.decode(opened, type=self._kind)
        except (OSError, InvalidTag, ValueError, zlib.error, msgspec.MsgspecError):
            return None
        if self._rows.chain_at(known.position) != chain:
            return None
        self._written = known.position
        return known

    def is_due(self, position: int) -> bool:
        """Whether so much was recorded since it was written, up to that position, that it is worth while again."""
        return self._path is not None and position >= self._written + OFTEN

    def write(self, known: K) -> None:
        """Write it again. A disk that is full keeps nobody from anything."""
        chain = self._rows.chain_at(known.position)
        if self._path is None or chain is None:
            return
        content = zlib.compress(msgspec.msgpack.encode((chain, known)), level=1)
        nonce = self._entropy.bytes(_NONCE)
        beside = self._path.with_name(self._path.name + ".new")
        try:
            descriptor = os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(nonce + self._cipher.encrypt(nonce, content, self._form))
            beside.replace(self._path)
        except OSError as error:
            _log.warning("%s could not be written: %s", self._path.name, type(error).__name__)
            return
        self._written = known.position
