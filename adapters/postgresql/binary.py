"""What the appending function takes and answers, in PostgreSQL's binary form."""

import struct
from collections.abc import Sequence
from itertools import chain
from typing import Final

_BOOLEAN, _BYTEA, _BIGINT, _TEXT = 16, 17, 20, 25
_HEAD: Final = struct.Struct(">5i")
_LENGTH: Final = struct.Struct(">i")
_NUMBER: Final = struct.Struct(">q")


def bigint(value: int) -> bytes:
    return _NUMBER.pack(value)


def bigints(values: Sequence[int]) -> bytes:
    sized = chain.from_iterable((_NUMBER.size, value) for value in values)
    return _head(_BIGINT, len(values)) + struct.pack(">" + "iq" * len(values), *sized)


def booleans(values: Sequence[bool]) -> bytes:
    return _array(_BOOLEAN, [b"\1" if value else b"\0" for value in values])


def byteas(values: Sequence[bytes]) -> bytes:
    return _array(_BYTEA, values)


def texts(values: Sequence[str]) -> bytes:
    return _array(_TEXT, [value.encode() for value in values])


def number(value: bytes) -> int:
    """A bigint that was answered."""
    (found,) = _NUMBER.unpack(value)
    return int(found)


def numbers(value: bytes) -> tuple[int, ...]:
    """The bigints of an array that was answered."""
    count = (len(value) - _HEAD.size) // (_LENGTH.size + _NUMBER.size)
    return struct.unpack_from(">" + "4xq" * count, value, _HEAD.size)


def _array(kind: int, values: Sequence[bytes]) -> bytes:
    sized = chain.from_iterable((_LENGTH.pack(len(value)), value) for value in values)
    return _head(kind, len(values)) + b"".join(sized)


def _head(kind: int, count: int) -> bytes:
    """One dimension, without NULL, counted from 1."""
    return _HEAD.pack(1, 0, kind, count, 1)
