"""What an event is: frozen, named for ever, each field in the compartment that may read it."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, TypeAlias, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from domain.vocabulary import Compartment, Existence, Ref, TableRow, UnitId


def sealed(compartment: Compartment) -> Meta:
    """Mark a field as belonging to `compartment`; a field without a mark belongs to `record`."""
    return Meta(extra={"compartment": compartment})


LONGEST_TEXT = 20_000
"""Characters in one text: some ten pages; the hub carries text, no attachments (B7)."""

_Text: TypeAlias = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]

Coordination: TypeAlias = Annotated[_Text | UnsetType | None, sealed(Compartment.COORDINATION)]
Identity: TypeAlias = Annotated[_Text | UnsetType | None, sealed(Compartment.IDENTITY)]
Contact: TypeAlias = Annotated[_Text | UnsetType | None, sealed(Compartment.CONTACT)]
Whereabouts: TypeAlias = Annotated[_Text | UnsetType | None, sealed(Compartment.WHEREABOUTS)]
Social: TypeAlias = Annotated[_Text | UnsetType | None, sealed(Compartment.SOCIAL)]
Health: TypeAlias = Annotated[_Text | UnsetType | None, sealed(Compartment.HEALTH)]
Police: TypeAlias = Annotated[_Text | UnsetType | None, sealed(Compartment.POLICE)]
RiskMemo: TypeAlias = Annotated[_Text | UnsetType | None, sealed(Compartment.RISK_MEMO)]
RiskAssessment: TypeAlias = Annotated[_Text | UnsetType | None, sealed(Compartment.RISK_ASSESSMENT)]
ChildStatement: TypeAlias = Annotated[_Text | UnsetType | None, sealed(Compartment.CHILD_STATEMENT)]
WorkingNote: TypeAlias = Annotated[_Text | UnsetType | None, sealed(Compartment.WORKING_NOTE)]
Advice: TypeAlias = Annotated[_Text | UnsetType | None, sealed(Compartment.ADVICE)]


SAFE_CONTACT_CAME: Mapping[str, frozenset[Compartment | TableRow]] = MappingProxyType(
    {"has_safe_contact": frozenset({Compartment.CONTACT, TableRow.EXISTENCE})}
)
"""That safe contact came with what was sent: the contact itself, or that there is one (C12), lets it be known (F)."""


class Audience(StrEnum):
    """To whom an act within a meeting is addressed beside those it names: all its parties, or who leads it (F)."""

    PARTIES = "parties"
    LEADS = "leads"


class Event(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """One immutable fact. `name` is stored for ever; a change of shape is a new version and an upcaster.

    `row` is the row of table F that governs who may read its `record`; `existence` is what it lets every
    participant know to be there. `sends` marks an act that is itself a disclosure (F): what it carries opens to those
    to whom it is addressed, but for what stays or is named singly (C3, C4, C6). Sealed fields default to `UNSET`,
    which is how an event looks to whoever may not open them: folding never depends on them.

    `follows` names the fields of the record that follow from sealed ones, each with the rows of table F by any of which
    it may be known; to whoever may know none of them it is `UNSET` as well.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    row: ClassVar[Compartment | TableRow] = Compartment.RECORD
    existence: ClassVar[Existence | None] = None
    sends: ClassVar[bool] = False
    follows: ClassVar[Mapping[str, frozenset[Compartment | TableRow]]] = MappingProxyType({})

    def subject(self) -> Ref | None:
        """The person in the case whom it is about, if it is about one."""
        person = getattr(self, "person", None)
        return person if isinstance(person, Ref) else None

    def addressees(self) -> frozenset[UnitId]:
        """The units to whom the act is addressed (F)."""
        return frozenset()

    def audience(self) -> Audience | None:
        """Who of a meeting is addressed without being named in the act; nobody elsewhere."""
        return None


class Gone(Event, frozen=True, kw_only=True):
    """Stands where an event was whose `record` was disposed of with all that its owner had: its place is kept, what
    it said is gone. It is in no registry, is never stored, and nobody decides or folds anything by it."""

    name: ClassVar = "gone"


@cache
def compartments(event: type[Struct]) -> dict[str, Compartment]:
    """Field name → compartment, for the sealed fields of an event or of a command."""
    hints = get_type_hints(event, include_extras=True)
    found = {}
    for field in event.__struct_fields__:
        mark = _mark(hints[field])
        if mark is not None:
            found[field] = mark
    return found


def _mark(hint: Any) -> Compartment | None:
    if get_origin(hint) is not Annotated:
        return None
    for meta in get_args(hint)[1:]:
        if isinstance(meta, Meta) and meta.extra and "compartment" in meta.extra:
            return Compartment(meta.extra["compartment"])
    return None


def encode_ref(value: object) -> object:
    """msgspec's hook for writing our own types into the log."""
    if isinstance(value, Ref):
        return value.hex
    raise NotImplementedError(f"{type(value).__name__} is not stored")


def decode_ref(kind: type, value: Any) -> object:
    """msgspec's hook for reading our own types from the log."""
    if kind is Ref:
        return Ref(value)
    raise NotImplementedError(f"{kind.__name__} is not stored")


def split(event: Event) -> dict[Compartment, dict[str, object]]:
    """The fields of an event by compartment; `RECORD` always there, empty compartments not."""
    marks = compartments(type(event))
    fields = msgspec.to_builtins(event, enc_hook=encode_ref, order="deterministic")
    parts: dict[Compartment, dict[str, object]] = {Compartment.RECORD: {}}
    for field, value in fields.items():
        place = marks.get(field, Compartment.RECORD)
        if value is not None or place is Compartment.RECORD:
            parts.setdefault(place, {})[field] = value
    return parts


def sealed_in(event: Event) -> frozenset[Compartment]:
    """The compartments beside `RECORD` in which the event says something."""
    return frozenset(
        place
        for field, place in compartments(type(event)).items()
        if place is not Compartment.RECORD and getattr(event, field) is not None and getattr(event, field) is not UNSET
    )


def join(event: type[Event], fields: dict[str, object]) -> Event:
    """The event with those fields; sealed ones that are missing stay `UNSET`."""
    return msgspec.convert(fields, event, dec_hook=decode_ref)
