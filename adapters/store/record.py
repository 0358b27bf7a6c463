"""The canonical frame of a record: what an offline program of the standard library can parse and hash.

    frame = position (u64) ‖ committed (i64) ‖ body
    body  = magic ‖ format ‖ kind ‖ schema ‖ stream ‖ version ‖ event id ‖ salt ‖ request tag ‖ trace ‖ count ‖ parts
    part  = key id ‖ nonce ‖ length ‖ ciphertext

All numbers are big-endian. One record has one form: what decodes to it and is not equal to it is refused.
"""

import hashlib
import struct
from struct import Struct as Layout

from msgspec import Struct

from adapters.vault.padding import BLOCK
from adapters.vault.part import Part
from domain.errors import Refusal, Tampered, Unreadable
from domain.vocabulary import Instant, Kind, Ref

TOPIC = "samrad.record"
FORMAT = 1
SCHEMA = 1
GENESIS = bytes(32)
LARGEST_FRAME = 256 * 1024

KINDS = tuple(Kind)
KIND_CODE = {kind: code for code, kind in enumerate(KINDS)}

_MAGIC = b"SR"
_PLACE = Layout(">Qq")
_HEADER = Layout(">2sBBH16sI16s16s32s25sB")
_PART = Layout(">16s12sI")
_SEAL = 16
_KIND_AT = _PLACE.size + 3
_STREAM_AT = _KIND_AT + 3

PLACE_SIZE = _PLACE.size
HEADER_SIZE = _HEADER.size
RECORD_KEY = slice(PLACE_SIZE + HEADER_SIZE, PLACE_SIZE + HEADER_SIZE + 16)
"""Where a frame names the key of its first part, the record."""
_NO_TAG = bytes(32)
_NO_TRACE = bytes(25)


class Body(Struct, frozen=True, gc=False):
    """A record before it has its place; `header` is its open bytes, which every seal is bound to."""

    header: bytes
    kind: Kind
    schema: int
    stream: bytes
    version: int
    event: bytes
    salt: bytes
    tag: bytes
    trace: bytes
    parts: tuple[Part, ...]


class Row(Struct, frozen=True, gc=False):
    """One sealed event, ready to be appended; `disposal` marks those that name keys."""

    id: Ref
    stream: bytes
    version: int
    topic: str
    body: bytes
    disposal: bool = False


class Prepared(Struct, frozen=True, gc=False):
    """One command's events, sealed; all or none of them is appended."""

    rows: tuple[Row, ...]
    tag: bytes = b""


def header(
    kind: Kind, stream: bytes, version: int, event: bytes, salt: bytes, tag: bytes, trace: bytes, count: int
) -> bytes:
    """The open bytes of a record; an absent request tag or trace is written as zeros."""
    if len(tag) not in (0, 32) or len(trace) not in (0, 25):
        raise ValueError("a request tag has 32 bytes and a trace context 25, or none")
    return _HEADER.pack(
        _MAGIC, FORMAT, KIND_CODE[kind], SCHEMA, stream, version, event, salt, tag or _NO_TAG, trace or _NO_TRACE, count
    )


def encode(header: bytes, parts: tuple[Part, ...]) -> bytes:
    """The body's bytes. A record that would be too large is refused: the hub carries text, no attachments."""
    pieces = [header]
    for part in parts:
        pieces.append(_PART.pack(part.key, part.nonce, len(part.ciphertext)))
        pieces.append(part.ciphertext)
    body = b"".join(pieces)
    if PLACE_SIZE + len(body) > LARGEST_FRAME:  # B7
        raise Refusal("B7", "one act carries at most 256 KiB of text", "divide it into several acts")
    return body


def decode(body: bytes) -> Body:
    """The record in those bytes; `Tampered` if they are not in the one canonical form."""
    try:
        magic, form, kind, schema, stream, version, event, salt, tag, trace, count = _HEADER.unpack_from(body)
    except struct.error:
        raise Tampered("a record is shorter than its header") from None
    if magic != _MAGIC:
        raise Tampered("a record does not begin as one")
    if form != FORMAT or schema != SCHEMA:
        raise Unreadable(f"a record has format {form} and schema {schema}, which this program does not know")
    if kind >= len(KINDS):
        raise Unreadable(f"a record is of kind {kind}, which this program does not know")
    parts = []
    at = HEADER_SIZE
    size = len(body)
    for _ in range(count):
        if at + _PART.size > size:
            raise Tampered("a record ends within a part")
        key, nonce, length = _PART.unpack_from(body, at)
        at += _PART.size
        if length % BLOCK != _SEAL or length <= _SEAL or at + length > size:
            raise Tampered("a part of a record has an impossible length")
        parts.append(Part(key, nonce, body[at : at + length]))
        at += length
    if at != size or not parts or PLACE_SIZE + size > LARGEST_FRAME:
        raise Tampered("a record is not in its canonical form")
    return Body(
        body[:HEADER_SIZE],
        KINDS[kind],
        schema,
        stream,
        version,
        event,
        salt,
        b"" if tag == _NO_TAG else tag,
        b"" if trace == _NO_TRACE else trace,
        tuple(parts),
    )


def tag_in(header: bytes) -> bytes:
    """The request tag in the open bytes of a record; b"" if it has none."""
    tag: bytes = _HEADER.unpack(header)[8]
    return b"" if tag == _NO_TAG else tag


def frame(position: int, committed: Instant, body: bytes) -> bytes:
    """The record in its place: what is stored, chained, relayed and hashed."""
    return _PLACE.pack(position, committed) + body


def place(frame: bytes) -> tuple[int, Instant]:
    """Position and committed time of a frame."""
    try:
        position, committed = _PLACE.unpack_from(frame)
    except struct.error:
        raise Tampered("a frame is shorter than its place") from None
    return position, committed


def kind_of(frame: bytes) -> Kind | None:
    """The kind that a frame's open header names, before anything of it is checked; None if it names none."""
    code = frame[_KIND_AT] if len(frame) > _KIND_AT else len(KINDS)
    return KINDS[code] if code < len(KINDS) else None


def matter_of(frame: bytes) -> tuple[str | None, str | None]:
    """The kind and the stream that a frame's open header names, as `kind_of` does; None where there is none."""
    kind = kind_of(frame)
    stream = frame[_STREAM_AT : _STREAM_AT + 16]
    return kind and kind.value, stream.hex() if len(stream) == 16 else None


def chain(previous: bytes, frame: bytes) -> bytes:
    """SHA-256 over the previous hash and the frame."""
    return hashlib.sha256(previous + frame).digest()
