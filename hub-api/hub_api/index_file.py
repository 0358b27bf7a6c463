"""What the index of access knew when it was last written: sealed, beside the marks of high water, so that a start reads
only what was recorded since.

It is a copy of what the log says and may be lost, old or damaged: it is used only if its seal is whole and the log
still holds, at its position, the hash of the chain that it names. Otherwise the index is made from the log again.
"""

import logging
import os
import zlib
from pathlib import Path
from typing import Final, Protocol

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from domain.ports import Entropy
from hub_api.access_index import AccessIndex, Known

_log: Final = logging.getLogger("samrad.hub")
FORM: Final = b"samrad access index 1"
"""Another form of what is known has another number, and is made from the log again."""
OFTEN: Final = 1_000
"""Records after which it is worth while to write it again."""
_NONCE: Final = 12


class Chain(Protocol):
    """Of a log's rows, the hash of their chain."""

    def chain_at(self, position: int) -> bytes | None: ...


class _Kept(Struct, frozen=True):
    chain: bytes
    known: Known


class IndexFile:
    """One file, of one log. `path` is None for a hub that keeps none."""

    def __init__(self, path: Path | None, secret: bytes, entropy: Entropy, rows: Chain) -> None:
        self._path = path
        self._cipher = AESGCM(secret)
        self._entropy = entropy
        self._rows = rows
        self._written = 0

    def read(self) -> Known | None:
        """What was known, if it can be gone on from."""
        if self._path is None:
            return None
        try:
            sealed = self._path.read_bytes()
            opened = zlib.decompress(self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], FORM))
            kept = msgspec.msgpack.decode(opened, type=_Kept)
        except (OSError, InvalidTag, ValueError, zlib.error, msgspec.MsgspecError):
            return None
        if self._rows.chain_at(kept.known.position) != kept.chain:
            return None
        self._written = kept.known.position
        return kept.known

    def write(self, index: AccessIndex) -> None:
        """Write it again, if much was recorded since. A disk that is full keeps nobody from anything."""
        if self._path is None or index.position < self._written + OFTEN:
            return
        known = index.known()
        chain = self._rows.chain_at(known.position)
        if chain is None:
            return
        content = zlib.compress(msgspec.msgpack.encode(_Kept(chain, known)), level=1)
        nonce = self._entropy.bytes(_NONCE)
        beside = self._path.with_name(self._path.name + ".new")
        try:
            descriptor = os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(nonce + self._cipher.encrypt(nonce, content, FORM))
            beside.replace(self._path)
        except OSError as error:
            _log.warning("the index of access could not be written: %s", type(error).__name__)
            return
        self._written = known.position
