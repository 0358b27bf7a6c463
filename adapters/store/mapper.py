"""From an event to its sealed record and back: the one place that knows which key seals which part.

Reading brings identifiers to their normal form, which what was recorded before there was one may not have.
It opens `record` alone; other parts are opened by name, later, when need-to-know has said so. A key that is
missing counts as disposed of only if the log names its disposal (invariant 6); else reading stops.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol
from uuid import UUID

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, StoredEvent
from eventsourcing.persistence import Mapper as LibraryMapper
from msgspec import UNSET, Raw, Struct

from adapters.store.recent import Recent
from adapters.store.record import KIND_CODE, PLACE_SIZE, TOPIC, Body, Prepared, Row, decode, encode, header, place
from adapters.store.rows import SealedEvent
from adapters.vault.part import Part
from adapters.vault.sealing import NONCE_SIZE, Key, open_part, seal
from domain.act import Act, Fact, Principal
from domain.errors import Tampered, Unreadable
from domain.event import Event, Gone, compartments, decode_ref, encode_ref, split
from domain.identifiers import in_normal_form
from domain.ports import Append, Draft, Entropy, Scope
from domain.registry import EVENTS, event_class, stored_name
from domain.upcasters import UPCASTERS
from domain.vocabulary import AgencyId, Compartment, Instant, Kind, Purpose, Ref, Role, StaffId, UnitId

HUB = UnitId("hub")
_HUB_OWNED = frozenset({Kind.HUB, Kind.AGREEMENT, Kind.STATISTICS})
_PER_STREAM = frozenset({Compartment.RECORD, Compartment.COORDINATION})

_to_json = msgspec.json.Encoder(enc_hook=encode_ref, order="deterministic").encode
_fields_from_json = msgspec.json.Decoder(dict[str, Any]).decode


class Vault(Protocol):
    """What the mapper asks of the key vault."""

    def keys(self, scopes: Iterable[Scope], made: Ref | None = None) -> list[Key]: ...

    def get(self, key_id: bytes) -> Key | None: ...

    def retire(self, key_ids: Iterable[bytes]) -> None: ...


class _Record(Struct, frozen=True, gc=False):
    """The part that is always there. `parts` names the compartments of the others, in order, so that what is sealed
    is known without their keys and none can be taken away."""

    name: str
    act: Act
    data: Raw
    parts: tuple[Compartment, ...] = ()


_record_from_json = msgspec.json.Decoder(_Record, dec_hook=decode_ref).decode


class StoredFact(Fact, frozen=True, kw_only=True):
    """A fact with its sealed parts at hand. `key` is the record's, `header` what their seals are bound to; `older` is
    the stored name and the fields opened so far, where the event was written in an older version."""

    key: bytes
    header: bytes
    parts: dict[Compartment, Part]
    older: tuple[str, dict[str, Any]] | None = None

    @property
    def originator_id(self) -> UUID:
        return self.stream.uuid

    @property
    def originator_version(self) -> int:
        return self.version

    def is_row(self, position: int, stream: bytes, version: int) -> bool:
        """Whether it was read from a row with these columns."""
        return self.position == position and self.version == version and self.stream.hex == stream.hex()


class PendingEvent(Struct, frozen=True):
    """A draft in the words of the library's event store."""

    draft: Draft
    tag: bytes = b""
    trace: bytes = b""

    @property
    def originator_id(self) -> UUID:
        return self.draft.stream.uuid

    @property
    def originator_version(self) -> int:
        return self.draft.version


class Mapper(LibraryMapper[UUID]):
    """The library's mapper with a closed registry, msgspec and sealing; the topic is one constant, never a path."""

    def __init__(
        self, vault: Vault, entropy: Entropy, is_disposed: Callable[[bytes], bool], file: str = "the log"
    ) -> None:
        super().__init__(JSONTranscoder())
        self._file = file
        self._vault = vault
        self._entropy = entropy
        self._is_disposed = is_disposed
        self._recent = Recent[StoredFact]()

    # Writing.

    def prepare(self, append: Append) -> Prepared:
        """The command's events sealed. Their keys may be pending still: make them durable before the append."""
        first = append.drafts[0]
        made = first.stream if first.version == 1 else None
        return Prepared(
            tuple([self._seal(draft, append.tag, append.trace, made) for draft in append.drafts]), append.tag
        )

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """The library's way in, with a `PendingEvent`."""
        if not isinstance(domain_event, PendingEvent):
            raise TypeError(f"{type(domain_event).__name__} is no draft of this log")
        row = self._seal(domain_event.draft, domain_event.tag, domain_event.trace)
        return SealedEvent(domain_event.originator_id, row.version, TOPIC, row.body, row, domain_event.tag)

    def _seal(self, draft: Draft, tag: bytes, trace: bytes, made: Ref | None = None) -> Row:
        name = stored_name(type(draft.event))
        if EVENTS.get(name) is not type(draft.event):
            raise Unreadable(f"{name} is not in the registry and is not stored")
        fields = split(draft.event)
        data = fields.pop(Compartment.RECORD)
        others = tuple(fields)
        own = record_compartment(draft.kind)
        keys = self._vault.keys([scope_of(draft, compartment) for compartment in (own, *others)], made)
        count = len(keys)
        random = self._entropy.bytes(32 + NONCE_SIZE * count)
        event_id, salt = random[:16], random[16:32]
        stream = bytes.fromhex(draft.stream.hex)
        head = header(draft.kind, stream, draft.version, event_id, salt, tag, trace, count)
        record: dict[str, object] = {"name": name, "act": draft.act, "data": data}
        if others:
            record["parts"] = others
        contents: list[tuple[Compartment, object]] = [(own, record), *fields.items()]
        parts = []
        at = 32
        for key, (compartment, content) in zip(keys, contents, strict=True):
            parts.append(seal(key, random[at : at + NONCE_SIZE], head, compartment, _to_json(content)))
            at += NONCE_SIZE
        body = encode(head, tuple(parts))
        return Row(Ref(event_id.hex()), stream, draft.version, TOPIC, body, names_keys(type(draft.event)))

    # Reading.

    def to_domain_event(self, stored_event: StoredEvent) -> StoredFact:
        """The library's way out; its event store does not know the place on the log, so it stands as 0."""
        if stored_event.topic != TOPIC or not isinstance(stored_event.originator_id, UUID):
            raise Unreadable(f"a stored event has the topic {stored_event.topic!r}, which is not of this log")
        return self._fact(
            decode(stored_event.state), 0, 0, stored_event.originator_id.bytes, stored_event.originator_version
        )

    def to_fact(self, position: int, stream: bytes, version: int, frame: bytes) -> StoredFact:
        """The fact of a row; the row's own columns must say what the frame says."""
        stands, committed = place(frame)
        if stands != position:
            raise Tampered(f"{self._file}, position {position}: the row holds the frame of position {stands}")
        try:
            return self._fact(decode(frame[PLACE_SIZE:]), position, committed, stream, version)
        except (Tampered, Unreadable) as error:
            raise type(error)(f"{self._file}, position {position}: {error}") from error

    def fact_of(self, frame: bytes) -> StoredFact:
        """The fact of a frame that comes with no columns beside it: stream and version are its own."""
        position, committed = place(frame)
        try:
            body = decode(frame[PLACE_SIZE:])
            return self._fact(body, position, committed, body.stream, body.version)
        except (Tampered, Unreadable) as error:
            raise type(error)(f"{self._file}, position {position}: {error}") from error

    def to_fact_again(self, position: int, stream: bytes, version: int, frame: bytes) -> StoredFact:
        """The same for what is read often. What was read lately is known again by its whole frame, so that a byte that
        changed is found as ever; only the record is kept open, and only while its key may be used."""
        fact = self._recent.get(frame)
        if fact is not None and fact.is_row(position, stream, version) and self._vault.get(fact.key) is not None:
            return fact
        fact = self.to_fact(position, stream, version, frame)
        if not fact.disposed:
            self._recent.put(frame, fact)
        return fact

    def forget(self) -> None:
        """Keep no record open: a key was disposed of."""
        self._recent.clear()

    def _fact(self, body: Body, position: int, committed: Instant, stream: bytes, version: int) -> StoredFact:
        if body.stream != stream or body.version != version:
            raise Tampered("a record stands in another stream or version than it was written for")
        first = body.parts[0]
        key = self._key(first.key)
        if key is None:
            return _gone(body, position, committed)
        record = self._record(open_part(key, body.header, record_compartment(body.kind), first))
        older = None
        try:
            if record.name in UPCASTERS:
                older = (record.name, _fields_from_json(record.data))
                event = upcast(*older)
            else:
                event = _decoder(event_class(record.name))(record.data)
        except msgspec.ValidationError as error:
            raise Unreadable(f"{record.name} is not of the form that this program knows: {error}") from None
        if named := named_keys(event):
            self._vault.retire(named)
            self.forget()
        return StoredFact(
            id=Ref(body.event.hex()),
            stream=Ref(body.stream.hex()),
            kind=body.kind,
            version=version,
            position=position,
            committed=committed,
            act=in_normal_form(record.act),
            event=in_normal_form(event),
            sealed=frozenset(record.parts),
            key=first.key,
            header=body.header,
            parts=dict(zip(record.parts, body.parts[1:], strict=True)),
            older=older,
        )

    def open(self, fact: Fact, wanted: frozenset[Compartment]) -> Fact:
        """The fact with those of its sealed compartments opened whose keys are here."""
        if not isinstance(fact, StoredFact):
            raise TypeError("only a fact that was read from the log can be opened")
        if fact.parts.keys().isdisjoint(wanted):
            return fact
        opened: dict[str, Any] = {}
        shown, disposed = set(fact.shown), set(fact.disposed)
        for compartment, part in fact.parts.items():
            if compartment not in wanted or compartment in fact.shown:
                continue
            key = self._key(part.key)
            if key is None:
                disposed.add(compartment)
                continue
            opened |= self._fields(open_part(key, fact.header, compartment, part), compartment, fact)
            shown.add(compartment)
        event, older = fact.event, fact.older
        if older is not None:
            older = (older[0], older[1] | opened)
            event = in_normal_form(upcast(*older))
        elif opened:
            event = in_normal_form(msgspec.structs.replace(event, **opened))
        return msgspec.structs.replace(
            fact,
            event=event,
            older=older,
            sealed=fact.sealed - shown,
            shown=frozenset(shown),
            disposed=frozenset(disposed),
        )

    def _key(self, key_id: bytes) -> Key | None:
        """The key, or None if the log names its disposal."""
        key = self._vault.get(key_id)
        if key is None and not self._is_disposed(key_id):
            raise Unreadable(f"the key {key_id.hex()} is missing, and no disposal on the log names it")
        return key

    def _record(self, content: bytes) -> _Record:
        try:
            return _record_from_json(content)
        except msgspec.MsgspecError as error:
            raise Unreadable(f"a record is not of the form that this program knows: {error}") from None

    def _fields(self, content: bytes, compartment: Compartment, fact: StoredFact) -> dict[str, Any]:
        try:
            if fact.older is not None:
                return _fields_from_json(content)
            fields = msgspec.structs.asdict(_part_decoder(type(fact.event), compartment)(content))
            return {name: value for name, value in fields.items() if value is not UNSET}
        except msgspec.MsgspecError as error:
            raise Unreadable(
                f"the part {compartment.value} of {fact.event.name} is not of the form that this program knows: {error}"
            ) from None


def upcast(name: str, data: dict[str, Any]) -> Event:
    """The event of an older stored name, by the table of upcasters, one version after the other."""
    data = dict(data)
    while (upcaster := UPCASTERS.get(name)) is not None:
        name, data = upcaster(data)
    return msgspec.convert(data, event_class(name), dec_hook=decode_ref)


def record_compartment(kind: Kind) -> Compartment:
    """Looks are sealed whole under `access`, everything else has a `record`."""
    return Compartment.ACCESS if kind is Kind.ACCESS else Compartment.RECORD


def hub_stream(kind: Kind) -> Ref:
    """The fixed reference under which the hub's own keys for a kind of aggregate stand in the vault."""
    return Ref(f"{KIND_CODE[kind]:032x}")


def scope_of(draft: Draft, compartment: Compartment) -> Scope:
    """What the key for that part of that event seals.

    Policies, agreements and statistics are under the hub's keys, looks under one key per month (UTC). An event that
    names keys (a disposal, a purge) has its record under the hub's key, so that it can be read when its unit has
    disposed of everything of its own, that event's stream included. A working note has a key of its own (C6).
    """
    if draft.kind is Kind.ACCESS:
        return Scope(hub_stream(Kind.ACCESS), Compartment.ACCESS, HUB, single=_month(draft.act.now))
    if draft.kind in _HUB_OWNED:
        return Scope(hub_stream(draft.kind), compartment, HUB)
    if compartment is Compartment.RECORD and names_keys(type(draft.event)):
        return Scope(hub_stream(Kind.HUB), Compartment.RECORD, HUB)
    if compartment in _PER_STREAM:
        return Scope(draft.stream, compartment, draft.act.by.unit)
    single = draft.act.id if compartment is Compartment.WORKING_NOTE else None
    return Scope(draft.stream, compartment, draft.act.by.unit, draft.event.subject(), single)


@cache
def names_keys(event: type[Event]) -> bool:
    """Whether events of this class name keys whose disposal they record."""
    return "keys" in event.__struct_fields__


def named_keys(event: Event) -> list[bytes]:
    """The keys whose disposal the event records."""
    if not names_keys(type(event)):
        return []
    keys: tuple[Ref, ...] = getattr(event, "keys")  # noqa: B009 - not every event has it
    return [bytes.fromhex(key.hex) for key in keys]


def _month(now: Instant) -> Ref:
    day = datetime.fromtimestamp(now / 1_000_000, UTC)
    return Ref(f"{day.year * 100 + day.month:032d}")


@cache
def _decoder(event: type[Event]) -> Callable[[Raw], Event]:
    return msgspec.json.Decoder(event, dec_hook=decode_ref).decode


@cache
def _part_decoder(event: type[Event], compartment: Compartment) -> Callable[[bytes], Struct]:
    """From the JSON of one part to those fields of the event that belong to it, and no others."""
    marks = compartments(event)
    own = [
        (each.name, each.type, UNSET) for each in msgspec.structs.fields(event) if marks.get(each.name) is compartment
    ]
    shape = msgspec.defstruct(f"{event.__name__}_{compartment.value}", own, forbid_unknown_fields=True)
    return msgspec.json.Decoder(shape, dec_hook=decode_ref).decode


def _gone(body: Body, position: int, committed: Instant) -> StoredFact:
    """A fact whose record was disposed of: its place on the log, and nobody to whom it belongs."""
    event_id = Ref(body.event.hex())
    nobody = Principal(
        person=StaffId(""),
        agency=AgencyId(""),
        unit=UnitId(""),
        role=Role.SYSTEM,
        purpose=Purpose.ADMINISTRATION,
        assurance=0,
    )
    return StoredFact(
        id=event_id,
        stream=Ref(body.stream.hex()),
        kind=body.kind,
        version=body.version,
        position=position,
        committed=committed,
        act=Act(id=event_id, by=nobody, now=committed, happened=committed, known=committed),
        event=Gone(),
        disposed=frozenset({record_compartment(body.kind)}),
        key=body.parts[0].key,
        header=body.header,
        parts={},
    )
