"""What the index of access and the register knew when that was last written, so that a start reads little of the log.

Of the register it is only where its records stand: each of them is opened again, and one that is not there any more is
missed."""

from pathlib import Path
from typing import Final

from msgspec import Struct

from adapters.system import SystemEntropy
from domain.ports import Entropy
from hub_api.access.access_index import AccessIndex, KnownAccess
from hub_api.access.sealed_copy import Chain, SealedCopy

FORM: Final = b"samrad access index 2"
REGISTER: Final = b"samrad register 1"
REGISTER_FILE: Final = "register"
"""Its name, in the folder of the keys."""


class IndexFile:
    """Of the index of access. `path` is None for a hub that keeps none."""

    def __init__(self, path: Path | None, secret: bytes, entropy: Entropy, rows: Chain) -> None:
        self._copy = SealedCopy(path, secret, entropy, rows, FORM, KnownAccess)

    def read(self) -> KnownAccess | None:
        """What was known, if it can be gone on from."""
        return self._copy.read()

    def write(self, index: AccessIndex) -> None:
        """Write it again, if much was recorded since."""
        if self._copy.is_due(index.position):
            self._copy.write(index.known())


class Registered(Struct, frozen=True):
    """Up to a position, where the records that the register is folded from stand."""

    position: int
    records: tuple[int, ...]


class RegisterFile:
    """Of the register. Its nonces are never of a seed: the demo's other random bytes stay what they are."""

    def __init__(self, path: Path, secret: bytes, rows: Chain) -> None:
        self._copy = SealedCopy(path, secret, SystemEntropy(), rows, REGISTER, Registered)

    def read(self) -> Registered | None:
        """What was known, if it can be gone on from."""
        return self._copy.read()

    def write(self, known: Registered) -> None:
        """Write it again, if much was recorded since."""
        if self._copy.is_due(known.position):
            self._copy.write(known)
