"""Names for the outside: each unit meets every opaque identifier under an alias of its own.

Two units that compare what they hold find nothing in common (design, "Need-to-know"). What is named within a matter (a
person, an act, a grant) has another alias in each matter: one unit that is sent two referrals about the same person, by
two senders, is not told so by the hub (A2). Such an alias holds the identifier and the matter, and opens without
knowing which. An alias that does not open stands for an identifier that nothing has, so that what is foreign, forged or
misspelt takes the very same steps as what does not exist (F).
"""

import base64
import binascii
import hashlib
import hmac
from typing import Any, Final, TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.vocabulary import Ref, UnitId

T = TypeVar("T")

LENGTH: Final = 52
"""Signs of a matter's alias: 16 bytes of synthetic IV and 16 of identifier, in base32 without padding."""
LENGTH_WITHIN: Final = 77
"""Signs of the alias of what is named within a matter: the same, and 16 bytes more of the matter."""
_BYTES: Final = {LENGTH: 16, LENGTH_WITHIN: 32}


class MatterRef(Ref):
    """An identifier as it is named within one matter. It is the same identifier in any other, by its alias it is not:
    no answer may depend on whether what is named here and what is named there are one."""

    __slots__ = ("matter",)

    def __init__(self, hex: str, matter: Ref) -> None:
        super().__init__(hex)
        self.matter = matter

    def __repr__(self) -> str:
        return f"MatterRef({self.hex}, {self.matter.hex})"


def within(matter: Ref, ref: Ref) -> MatterRef:
    """The identifier, to be named within that matter."""
    return MatterRef(ref.hex, matter)


class UnitAliases:
    """One unit's aliases, and JSON in which they stand for the identifiers."""

    def __init__(self, cipher_key: bytes, decoy_key: bytes) -> None:
        self._cipher = AESSIV(cipher_key)
        self._decoy_key = decoy_key
        self._encoder = msgspec.json.Encoder(enc_hook=self._write, order="deterministic")
        self._decoders: dict[type, msgspec.json.Decoder[Any]] = {}

    def out(self, ref: Ref) -> str:
        """The alias of an identifier, or of what is named within a matter: always the same for this unit."""
        matter = ref.matter.hex if isinstance(ref, MatterRef) else ""
        return _written(self._cipher.encrypt(bytes.fromhex(ref.hex + matter), None))

    def into(self, alias: str) -> Ref:
        """The identifier behind an alias; for anything else one that nothing has, the same for the same text."""
        decoy = hmac.new(self._decoy_key, alias.encode(errors="surrogatepass"), hashlib.sha256).digest()[:16]
        opened = self._opened(alias)
        found = decoy if opened is None else opened
        ref = Ref(found[:16].hex())
        return within(Ref(found[16:].hex()), ref) if len(found) > 16 else ref

    def encode(self, body: object) -> bytes:
        """JSON with every identifier as this unit's alias."""
        return self._encoder.encode(body)

    def decode(self, body: bytes, kind: type[T]) -> T:
        """The struct that JSON describes, every alias turned back; raises `msgspec.DecodeError` or `UnicodeError`."""
        decoder: msgspec.json.Decoder[T] | None = self._decoders.get(kind)
        if decoder is None:
            decoder = msgspec.json.Decoder(kind, dec_hook=self._read)
            self._decoders[kind] = decoder
        return decoder.decode(body)

    def _opened(self, alias: str) -> bytes | None:
        try:
            sealed = base64.b32decode(alias.upper() + "=" * (-len(alias) % 8))
            opened = self._cipher.decrypt(sealed, None)
        except (binascii.Error, ValueError, InvalidTag):
            return None
        # The last sign carries spare bits and capitals read alike: only the one spelling that was given out counts.
        return opened if len(opened) == _BYTES.get(len(alias)) and _written(sealed) == alias else None

    def _write(self, value: object) -> object:
        if isinstance(value, Ref):
            return self.out(value)
        raise NotImplementedError(f"{type(value).__name__} has no form outside")

    def _read(self, kind: type, value: Any) -> object:
        if kind is Ref and isinstance(value, str):
            return self.into(value)
        raise ValueError("expected an alias")


def _written(sealed: bytes) -> str:
    return base64.b32encode(sealed).decode().rstrip("=").lower()


class Aliases:
    """Every unit's aliases, from one secret. The keys of a unit are derived once and kept."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 32:
            raise ValueError("the secret behind aliases has at least 32 bytes")
        self._secret = secret
        self._units: dict[UnitId, UnitAliases] = {}

    def of(self, unit: UnitId) -> UnitAliases:
        """The aliases of one unit. Units come from sign-in and the agreement, never from what a caller writes."""
        known = self._units.get(unit)
        if known is None:
            keys = HKDF(SHA256(), 96, salt=None, info=b"samrad alias\0" + unit.encode()).derive(self._secret)
            known = self._units[unit] = UnitAliases(keys[:64], keys[64:])
        return known

    def out(self, unit: UnitId, ref: Ref) -> str:
        return self.of(unit).out(ref)

    def into(self, unit: UnitId, alias: str) -> Ref:
        return self.of(unit).into(alias)
