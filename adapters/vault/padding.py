"""Padding: what is sealed tells its size in steps of 256 bytes only, in one form that nothing else decodes to."""

from struct import Struct as Layout
from typing import Final

from domain.errors import Tampered

BLOCK: Final = 256
"""Bytes of one step."""
_LENGTH: Final = Layout(">I")


def pad(content: bytes) -> bytes:
    """The content with its length, filled up with zeros, so that a ciphertext tells its size in 256 bytes only."""
    padded = _LENGTH.pack(len(content)) + content
    return padded + bytes(-len(padded) % BLOCK)


def unpad(padded: bytes) -> bytes:
    """The content; `Tampered` if the filling is not the one way to fill it."""
    (length,) = _LENGTH.unpack_from(padded)
    end = _LENGTH.size + length
    if len(padded) % BLOCK or not 0 <= len(padded) - end < BLOCK or padded.count(0, end) != len(padded) - end:
        raise Tampered("a sealed part is not filled in the canonical way")
    return padded[_LENGTH.size : end]
