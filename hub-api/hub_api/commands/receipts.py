"""What the sender of a request is told, and told again whenever it is sent again under its idempotency key.

While the record is there, the first receipt is read from it. Once that is disposed of, it is what was kept of it for as
long as keys are promised; after that the request is known by its tag alone, and still not recorded again.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from adapters.store.kept_receipts import KeptReceipts, going
from domain.act import Fact, Principal
from domain.command import Command
from domain.errors import NotThere, SamradError
from domain.event import Event, Gone, encode_ref
from domain.identifiers import in_normal_form
from domain.time import DAY
from domain.vocabulary import Instant, Kind, Ref
from hub_api.access.aliases import MatterRef
from hub_api.access.core import Core
from hub_api.access.sight import is_kept_from

PROMISED: Final[Instant] = 90 * DAY
"""So long after it was recorded, at the least, a request sent again gives its first receipt, whatever became of what it
was about; `docs/api.md` promises it."""
_canonical = msgspec.json.Encoder(enc_hook=encode_ref, order="deterministic")
_as_sent = msgspec.json.Encoder(enc_hook=lambda value: _named(value), order="deterministic")


class KeyReused(SamradError):
    """The idempotency key was used before, for another command."""


class ReceiptGone(SamradError):
    """What was recorded under the idempotency key has been disposed of, and so has its receipt; nothing is recorded."""


class Receipt(Struct, frozen=True, kw_only=True):
    """The command is recorded, once. `created` calls what it created, if anything; `said` is told to the sender."""

    stream: Ref
    kind: Kind
    created: Ref
    repeated: bool
    said: dict[str, str]


class Receipts:
    """First receipts. `told_before` says what the sender of an event's command was told, by the request's tag."""

    def __init__(self, core: Core, told_before: Callable[[Event, bytes], dict[str, str]]) -> None:
        self._core = core
        self._told_before = told_before
        self._tag_secret = core.vault.secret(b"request-tag")
        self._kept = KeptReceipts(core.vault, core.entropy)

    def tag(self, principal: Principal, key: str | None) -> bytes:
        """The request's tag on the log: an HMAC of who asks and their idempotency key, so that neither can be read."""
        if key is None:
            return b""
        sender = in_normal_form(principal)
        who = _canonical.encode((sender.unit, sender.person, key))
        return hmac.new(self._tag_secret, who, hashlib.sha256).digest()

    def first(self, principal: Principal, tag: bytes, earlier: Sequence[Fact], request: str) -> Receipt:
        """The receipt of what was recorded under that tag; `KeyReused` if it was something else, `ReceiptGone` if that
        cannot be told any more, `NotThere` for who is kept from the matter."""
        first = earlier[0]
        if is_kept_from(self._core.access, principal, self._core.log.snapshot(), first.stream):
            # C9, R4: to who is blocked the case is gone, and so is what they were told of their acts in it.
            raise NotThere
        if any(isinstance(fact.event, Gone) for fact in earlier):
            return self._kept_receipt(tag, first, request)
        if first.act.request != request:
            raise KeyReused("this idempotency key was used before, for another command")
        return Receipt(
            stream=first.stream, kind=first.kind, created=first.act.id, repeated=True, said=self._said(tag, earlier)
        )

    def keep(self, history: Sequence[Fact], events: Iterable[Event], now: Instant) -> None:
        """Before events that name keys are recorded: keep the receipts that would go with these."""
        for tag, facts in going(history, events, now - PROMISED):
            self._kept.keep(tag, facts[0], self._said(tag, facts))

    def forget(self, now: Instant) -> int:
        """Delete what was kept of requests whose keys are promised no longer; how many there were."""
        return self._kept.forget(now - PROMISED)

    def _kept_receipt(self, tag: bytes, first: Fact, request: str) -> Receipt:
        kept = self._kept.of(tag)
        if kept is None:
            raise ReceiptGone("what was recorded under this idempotency key is disposed of, and its receipt too")
        if not self._kept.is_same(kept, tag, request):
            raise KeyReused("this idempotency key was used before, for another command")
        return Receipt(stream=first.stream, kind=first.kind, created=kept.created, repeated=True, said=kept.said)

    def _said(self, tag: bytes, facts: Sequence[Fact]) -> dict[str, str]:
        return {name: told for fact in facts for name, told in self._told_before(fact.event, tag).items()}


def request_hash(commands: Iterable[tuple[Command, Struct]], stream: Ref | None) -> str:
    """SHA-256 of what was asked, without what the hub fills in: the same request twice has the same one."""
    said = [(command.name, _sent(command), circumstances) for command, circumstances in commands]
    return hashlib.sha256(_as_sent.encode((said, stream))).hexdigest()


def _named(value: object) -> object:
    """A reference as it was named: that two names are of one person, a key that is used again does not tell (A2)."""
    return f"{value.hex} {value.matter.hex}" if isinstance(value, MatterRef) else encode_ref(value)


def _sent(command: Command) -> dict[str, Any]:
    """The fields that somebody sent; one that came later only where it says something."""
    named = {field: getattr(command, field) for field in command.__struct_fields__ if field not in command.hub_fills}
    return {field: value for field, value in named.items() if value or field not in command.later}
