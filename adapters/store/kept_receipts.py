"""What is told again of requests whose records were disposed of, until their keys are promised no longer.

With a record goes what its first receipt said. So before its disposal is recorded the receipt is kept in the vault: the
ids, and a keyed digest of what was asked, by which other content is known; nothing of the content. It is sealed under
a key of the month in which the request was recorded, and that key goes when the last of that month is over.
"""

import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeAlias

import msgspec
from cryptography.exceptions import InvalidTag
from msgspec import Struct

from adapters.store.mapper import HUB, StoredFact, hub_stream, named_keys
from adapters.store.record import tag_in
from adapters.vault.key_vault import KeyVault, StoredReceipt
from adapters.vault.padding import pad, unpad
from adapters.vault.sealing import NONCE_SIZE
from domain.act import Fact
from domain.errors import Tampered
from domain.event import Event, Gone, decode_ref, encode_ref
from domain.ports import Entropy, Scope
from domain.vocabulary import Compartment, Instant, Kind, Ref

Request: TypeAlias = tuple[bytes, Sequence[Fact]]
"""The tag of a request, and all the facts that were recorded of it."""
_DRAWER: Final = Compartment.IDENTITY
"""By it the months' keys lie in the drawer that the serving process alone opens: no projection reads a receipt."""


class KeptReceipt(Struct, frozen=True, kw_only=True):
    """A receipt as it is kept: what it told, and the keyed digest of what was asked."""

    created: Ref
    said: dict[str, str]
    request: bytes


_to_json = msgspec.json.Encoder(enc_hook=encode_ref, order="deterministic").encode
_kept_from_json = msgspec.json.Decoder(KeptReceipt, dec_hook=decode_ref).decode


class KeptReceipts:
    """The receipts that a vault keeps."""

    def __init__(self, vault: KeyVault, entropy: Entropy) -> None:
        self._vault = vault
        self._entropy = entropy
        self._secret = vault.secret(b"kept-receipt")

    def keep(self, tag: bytes, first: Fact, said: Mapping[str, str]) -> None:
        """Keep what the request with that tag was told: durable with the next that is recorded, and before it."""
        month = _month(first.committed)
        (key,) = self._vault.keys([_scope(month)])
        kept = KeptReceipt(created=first.act.id, said=dict(said), request=self._digest(tag, first.act.request))
        nonce = self._entropy.bytes(NONCE_SIZE)
        sealed = nonce + key.cipher.encrypt(nonce, pad(_to_json(kept)), _bound_to(tag, key.id))
        self._vault.keep_receipt(StoredReceipt(tag, month, key.id, sealed))

    def of(self, tag: bytes) -> KeptReceipt | None:
        """What is kept of the request with that tag; None if nothing is, or no longer."""
        row = self._vault.receipt(tag)
        key = None if row is None else self._vault.get(row.key)
        if row is None or key is None:
            return None
        try:
            opened = key.cipher.decrypt(row.sealed[:NONCE_SIZE], row.sealed[NONCE_SIZE:], _bound_to(tag, row.key))
        except InvalidTag:
            raise Tampered("a receipt in the vault is not what was kept there") from None
        return _kept_from_json(unpad(opened))

    def is_same(self, kept: KeptReceipt, tag: bytes, request: str) -> bool:
        """Whether that request asks for what the kept one asked for."""
        return hmac.compare_digest(kept.request, self._digest(tag, request))

    def forget(self, before: Instant) -> int:
        """Delete the receipts of the months that had ended by then, with their keys; how many there were."""
        month = _month(before)
        forgotten = self._vault.erase_receipts(month)
        hub = hub_stream(Kind.HUB)
        over = [
            key.id
            for key in self._vault.keys_of(hub, HUB, {_DRAWER})
            if key.scope.single is not None and int(key.scope.single.hex) < month
        ]
        if over:
            self._vault.delete(over)
        return forgotten

    def _digest(self, tag: bytes, request: str) -> bytes:
        return hmac.digest(self._secret, tag + request.encode(), "sha256")


def going(history: Sequence[Fact], events: Iterable[Event], since: Instant) -> Iterator[Request]:
    """The requests, recorded since then, of whose records some go with the keys that these events name."""
    keys = {key for event in events for key in named_keys(event)}
    requests: dict[bytes, list[StoredFact]] = {}
    for fact in history if keys else ():
        if isinstance(fact, StoredFact) and fact.committed >= since and (tag := tag_in(fact.header)):
            requests.setdefault(tag, []).append(fact)
    for tag, facts in requests.items():
        if any(fact.key in keys for fact in facts) and not any(isinstance(fact.event, Gone) for fact in facts):
            yield tag, facts


def _scope(month: int) -> Scope:
    return Scope(hub_stream(Kind.HUB), _DRAWER, HUB, single=Ref(f"{month:032d}"))


def _month(at: Instant) -> int:
    """The month (UTC) of an instant, such as 202611."""
    day = datetime.fromtimestamp(at / 1_000_000, UTC)
    return day.year * 100 + day.month


def _bound_to(tag: bytes, key: bytes) -> bytes:
    return b"receipt" + tag + key
