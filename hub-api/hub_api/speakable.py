"""What people say on the telephone: a consultation's reference, and an anonymous caller's key (A4)."""

import hashlib
import hmac
from typing import Final

from domain.ports import Entropy

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Thirty-two signs, without those that sound or look alike (I, O, 0, 1)."""
_CONSONANTS: Final = "bdfghjklmnprstvy"
_VOWELS: Final = "aiou"
_GROUPS: Final = 6
"""Groups of two syllables in a caller's key: 64 syllables, so 12 bits a group, 72 bits in all."""


def reference(entropy: Entropy) -> str:
    """A new reference, such as `K7PM-2RXD` (40 random bits)."""
    signs = "".join(_LETTERS[byte & 31] for byte in entropy.bytes(8))
    return f"{signs[:4]}-{signs[4:]}"


def caller_key(random: bytes) -> str:
    """A key for an anonymous caller, such as `bano-kilu-…` (72 of the random bits). It is told, and kept nowhere."""
    return "-".join(_syllable(first) + _syllable(second) for first, second in _pairs(random[: 2 * _GROUPS]))


def caller_tag(secret: bytes, key: str) -> str:
    """What the log knows of a caller's key: its HMAC under the hub's secret, however it was spaced or spelt."""
    letters = "".join(sign for sign in key.lower() if sign.isalpha())
    return hmac.new(secret, letters.encode(), hashlib.sha256).hexdigest()


def _pairs(octets: bytes) -> list[tuple[int, int]]:
    return list(zip(octets[::2], octets[1::2], strict=True))


def _syllable(octet: int) -> str:
    return _CONSONANTS[octet & 15] + _VOWELS[octet >> 4 & 3]
