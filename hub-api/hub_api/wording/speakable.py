"""What people say on the telephone: a consultation's reference, and an anonymous caller's key (A4)."""

import hashlib
import hmac
import re
import unicodedata
from typing import Final

from domain.ports import Entropy

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Thirty-two signs, without those that sound or look alike (I, O, 0, 1)."""
_REFERENCE: Final = re.compile(r"[A-Z0-9]{8}")
LONGEST_SPOKEN: Final = 60
"""Characters in a reference as it is asked for: eight signs, and what people put between them."""
_CONSONANTS: Final = "bdfghjklmnprstvy"
_VOWELS: Final = "aiou"
_GROUPS: Final = 6
"""Groups of two syllables in a caller's key: 64 syllables, so 12 bits a group, 72 bits in all."""


def reference(entropy: Entropy) -> str:
    """A new reference, such as `K7PM-2RXD` (40 random bits)."""
    signs = "".join(_LETTERS[byte & 31] for byte in entropy.bytes(8))
    return f"{signs[:4]}-{signs[4:]}"


def as_written(spoken: str) -> str:
    """The reference that somebody typed as they heard it: with other dashes or blanks, or none, in small letters, in
    signs of full width. What has not the form of a reference stays as it is."""
    signs = "".join(sign for sign in unicodedata.normalize("NFKC", spoken).upper() if sign.isalnum())
    return f"{signs[:4]}-{signs[4:]}" if _REFERENCE.fullmatch(signs) else spoken


def caller_key(random: bytes) -> str:
    """A key for an anonymous caller, such as `bano-kilu-…` (72 of the random bits). It is told, and kept nowhere."""
    return "-".join(_syllable(first) + _syllable(second) for first, second in _pairs(random[: 2 * _GROUPS]))


def caller_tag(secret: bytes, key: str) -> str:
    """What the log knows of a caller's key: its HMAC under the hub's secret, however it was spaced or spelt."""
    letters = "".join(sign for sign in unicodedata.normalize("NFKC", key).lower() if sign.isalpha())
    return hmac.new(secret, letters.encode(), hashlib.sha256).hexdigest()


def _pairs(octets: bytes) -> list[tuple[int, int]]:
    return list(zip(octets[::2], octets[1::2], strict=True))


def _syllable(octet: int) -> str:
    return _CONSONANTS[octet & 15] + _VOWELS[octet >> 4 & 3]
