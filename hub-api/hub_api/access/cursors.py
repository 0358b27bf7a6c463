"""Opaque cursors of keyset pages: sealed under a secret of the hub, bound to who asked for which list."""

import base64
import binascii
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.act import Principal
from domain.errors import Refusal

_PLACE: Final = 24
"""Bytes of a place in a list; all cursors are of one length."""


class Cursors:
    """A cursor tells where the next page begins, to the hub alone."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESSIV(HKDF(SHA512(), 64, None, b"cursor").derive(secret))

    def make(self, principal: Principal, which: str, place: int) -> str:
        sealed = self._cipher.encrypt(place.to_bytes(_PLACE, "big"), _bound(principal, which))
        return base64.b32encode(sealed).decode().rstrip("=").lower()

    def open(self, principal: Principal, which: str, cursor: str) -> int:
        """The place; `Refusal` for a cursor that the hub did not give to this unit for this list."""
        try:
            sealed = base64.b32decode(cursor.upper() + "=" * (-len(cursor) % 8))
            return int.from_bytes(self._cipher.decrypt(sealed, _bound(principal, which)), "big")
        except (InvalidTag, ValueError, binascii.Error):
            raise Refusal("F", "this is no cursor of this list", remedy="begin with the first page") from None


def _bound(principal: Principal, which: str) -> list[bytes]:
    return [principal.unit.encode(), which.encode()]
