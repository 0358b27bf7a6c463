"""AES-256-GCM over one part, bound to the whole open header of its record, to its compartment and to its key.

Who can write to the store but holds no key can neither change a part nor move it: to another event, stream, version,
request, kind or compartment, nor take one away (the header counts them).
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from adapters.vault.padding import pad, unpad
from adapters.vault.part import Part
from domain.errors import Tampered
from domain.ports import Scope
from domain.vocabulary import Compartment

KEY_SIZE = 32
NONCE_SIZE = 12


class Key(Struct, frozen=True, eq=False, gc=False):
    """A key in use: its id as stored, what it seals, and the cipher, which is costly to make and so is kept."""

    id: bytes
    scope: Scope
    cipher: AESGCM


def seal(key: Key, nonce: bytes, header: bytes, compartment: Compartment, content: bytes) -> Part:
    """The content as a part of the record with that header."""
    return Part(key.id, nonce, key.cipher.encrypt(nonce, pad(content), _bound_to(header, compartment, key.id)))


def open_part(key: Key, header: bytes, compartment: Compartment, part: Part) -> bytes:
    """The content of a part; `Tampered` if it is not what was sealed, or not where it was sealed."""
    try:
        padded = key.cipher.decrypt(part.nonce, part.ciphertext, _bound_to(header, compartment, part.key))
    except InvalidTag:
        raise Tampered(f"the seal of a part in {compartment.value} is broken") from None
    return unpad(padded)


def _bound_to(header: bytes, compartment: Compartment, key: bytes) -> bytes:
    return header + key + compartment.value.encode()
