"""A Bloom filter: a set of fixed size that says "no" for certain and "yes" perhaps. Nothing is ever taken out."""

from hashlib import blake2b
from typing import Final

SIZE: Final = 1 << 21
"""Bytes. With a million items, some four million acts of a hub, it says "yes" wrongly once in 500 times."""
_BITS: Final = SIZE * 8
_HASHES: Final = 5


class BloomFilter:
    """`secret` keeps who reads the bits from trying what is in it."""

    def __init__(self, secret: bytes, bits: bytes | None = None) -> None:
        if bits is not None and len(bits) != SIZE:
            raise ValueError(f"the bits of a filter are {SIZE} bytes")
        self._secret = secret
        self._bits = bytearray(SIZE) if bits is None else bytearray(bits)

    def add(self, item: bytes) -> None:
        bits = self._bits
        for place in self._places(item):
            bits[place >> 3] |= 1 << (place & 7)

    def __contains__(self, item: bytes) -> bool:
        bits = self._bits
        return all(bits[place >> 3] >> (place & 7) & 1 for place in self._places(item))

    def __bytes__(self) -> bytes:
        return bytes(self._bits)

    def _places(self, item: bytes) -> tuple[int, ...]:
        digest = blake2b(item, key=self._secret, digest_size=16).digest()
        first, step = int.from_bytes(digest[:8]), int.from_bytes(digest[8:]) | 1
        return tuple((first + number * step) % _BITS for number in range(_HASHES))
