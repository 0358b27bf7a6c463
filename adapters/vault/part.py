"""A sealed part, apart from what opens it: whoever only carries records can name one and no more."""

from msgspec import Struct


class Part(Struct, frozen=True, gc=False):
    """One sealed part as it is stored."""

    key: bytes
    nonce: bytes
    ciphertext: bytes
