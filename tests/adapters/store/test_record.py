"""The canonical frame: one form for one record, and what an offline program needs to know of it."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.store.record import (
    GENESIS,
    HEADER_SIZE,
    LARGEST_FRAME,
    chain,
    decode,
    encode,
    frame,
    header,
    place,
)
from adapters.system import SeededClock, SeededEntropy, SystemClock, SystemEntropy
from adapters.vault.padding import BLOCK, pad, unpad
from adapters.vault.part import Part
from domain.errors import Refusal, Tampered, Unreadable
from domain.vocabulary import Kind


def body(parts: int = 2, tag: bytes = b"", trace: bytes = b"") -> bytes:
    head = header(Kind.CASE, b"s" * 16, 7, b"e" * 16, b"x" * 16, tag, trace, parts)
    return encode(head, tuple(Part(b"k" * 16, b"n" * 12, b"c" * (BLOCK + 16)) for _ in range(parts)))


def test_a_record_decodes_to_what_was_encoded() -> None:
    found = decode(body(tag=b"t" * 32, trace=b"r" * 25))
    assert (found.kind, found.stream, found.version, found.event) == (Kind.CASE, b"s" * 16, 7, b"e" * 16)
    assert (found.tag, found.trace, len(found.parts)) == (b"t" * 32, b"r" * 25, 2)
    assert encode(found.header, found.parts) == body(tag=b"t" * 32, trace=b"r" * 25)
    assert (decode(body()).tag, decode(body()).trace) == (b"", b"")


def test_the_layout_is_for_ever() -> None:
    assert HEADER_SIZE == 116
    assert frame(1, 2, body()) == (1).to_bytes(8, "big") + (2).to_bytes(8, "big") + body()
    assert body()[:22].hex() == "5352" + "01" + "02" + "0001" + "73" * 16
    assert place(frame(5, -6, b"")) == (5, -6)
    assert chain(GENESIS, b"frame") == hashlib.sha256(bytes(32) + b"frame").digest()


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        body()[:60],
        body()[:-1],
        body() + b"\0",
        body(0),
        b"XX" + body()[2:],
        body()[:HEADER_SIZE] + b"k" * 16 + b"n" * 12 + (16).to_bytes(4, "big") + b"c" * 16,
        body(1)[:HEADER_SIZE] + b"k" * 16 + b"n" * 12 + (300).to_bytes(4, "big") + b"c" * 300,
    ],
    ids=["nothing", "half a header", "cut", "trailing", "no parts", "magic", "empty part", "odd length"],
)
def test_another_form_of_a_record_is_refused(broken: bytes) -> None:
    with pytest.raises(Tampered):
        decode(broken)


@pytest.mark.parametrize("place_of", [2, 3, 4])
def test_an_unknown_format_kind_or_schema_is_not_guessed_at(place_of: int) -> None:
    unknown = bytearray(body())
    unknown[place_of] = 200
    with pytest.raises(Unreadable):
        decode(bytes(unknown))


def test_b7_a_frame_has_at_most_256_kib() -> None:
    head = header(Kind.CASE, b"s" * 16, 1, b"e" * 16, b"x" * 16, b"", b"", 1)
    with pytest.raises(Refusal, match="B7"):
        encode(head, (Part(b"k" * 16, b"n" * 12, bytes(LARGEST_FRAME)),))
    with pytest.raises(ValueError, match="32 bytes"):
        header(Kind.CASE, b"s" * 16, 1, b"e" * 16, b"x" * 16, b"short", b"", 1)


@given(st.binary(max_size=1500))
def test_padding_tells_a_size_in_blocks_and_is_undone(content: bytes) -> None:
    padded = pad(content)
    assert len(padded) % BLOCK == 0
    assert len(padded) - len(content) - 4 < BLOCK
    assert unpad(padded) == content


@pytest.mark.parametrize("padded", [pad(b"x")[:-1] + b"\1", pad(b"x") + bytes(BLOCK), b"\0\0\4\0" + bytes(252)])
def test_padding_has_one_form(padded: bytes) -> None:
    with pytest.raises(Tampered):
        unpad(padded)


def test_seeded_clock_and_entropy_repeat_themselves_and_the_systems_do_not() -> None:
    first, second = SeededEntropy("demo"), SeededEntropy("demo")
    assert [first.bytes(40), first.ref()] == [second.bytes(40), second.ref()]
    assert SeededEntropy("other").bytes(40) != SeededEntropy("demo").bytes(40)
    assert SystemEntropy().ref() != SystemEntropy().ref()
    clock = SeededClock(10, step=2)
    assert [clock.now(), clock.now()] == [10, 12]
    clock.set(5)
    assert clock.now() == 5
    assert isinstance(SystemClock().now(), int)
