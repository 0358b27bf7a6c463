"""An act: who did it, for whom, on which ground and when; and a fact: an event with its act and its place."""

from collections.abc import Mapping

from msgspec import Struct

from domain.event import Event
from domain.vocabulary import (
    AgencyId,
    Because,
    Channel,
    Compartment,
    GroundId,
    Instant,
    Kind,
    Purpose,
    Ref,
    Role,
    StaffId,
    UnitId,
)


class Principal(Struct, frozen=True, kw_only=True, gc=False):
    """A person at work in a unit for a purpose: the one who looks or acts. `assurance` is the level (1–4)
    at which sign-in knows them."""

    person: StaffId
    agency: AgencyId
    unit: UnitId
    role: Role
    purpose: Purpose
    assurance: int


class Act(Struct, frozen=True, kw_only=True, gc=False):
    """The circumstances of a command and of every event that it brings about (D1).

    `id` is fresh and opaque; what the command creates (a person in a case, a grant, a note) is called by it.
    `by` acted, `written_by` wrote it down, where those are two. `happened`, `known` and `now` (when the hub was
    told) are three times; the committed time is the store's. Nothing here is readable in the log.
    """

    id: Ref
    by: Principal
    now: Instant
    happened: Instant
    known: Instant
    channel: Channel = Channel.HUB
    ground: GroundId | None = None
    written_by: StaffId | None = None
    because: Because | None = None
    """Why a *should* was not followed: a code, so that no content hides in it."""
    request: str = ""
    """SHA-256 of the command as it was received, hexadecimal: a repeated key with another content is an error."""


class Fact(Struct, frozen=True, kw_only=True, gc=False):
    """An event in its place on the log. Sealed fields that are not opened (yet) are `UNSET`; `sealed` names
    their compartments, and `shown` those that were opened."""

    id: Ref
    stream: Ref
    kind: Kind
    version: int
    position: int
    committed: Instant
    act: Act
    event: Event
    sealed: frozenset[Compartment] = frozenset()
    shown: frozenset[Compartment] = frozenset()
    disposed: frozenset[Compartment] = frozenset()
    """Compartments whose key is gone by a disposal that the log names."""


Parts = Mapping[Compartment, Mapping[str, object]]
"""The fields of an event by the compartment that may read them; `RECORD` is always there."""
