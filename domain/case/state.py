"""Case, what it can be: folded from whatever part of its history one may see."""

from collections.abc import Mapping, Sequence, Set
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from domain.blocking import Block, is_blocked
from domain.growing import with_entry
from domain.safe_contact_handover import Handed
from domain.vocabulary import (
    FOREVER,
    Compartment,
    GroundId,
    Instant,
    Instrument,
    Motive,
    Outcome,
    Phase,
    Protected,
    Protection,
    Purpose,
    Ref,
    Role,
    StaffId,
    UnitId,
)


class Assessment(Struct, frozen=True, kw_only=True):
    """That the risk was assessed: by whom, with what, and until when it holds; never what it says (C3, D7)."""

    id: Ref
    by: UnitId
    instrument: Instrument
    assessed: date
    valid_until: date


class MotiveView(Struct, frozen=True, kw_only=True):
    """One unit's view of whether honour is the motive, and since when (A10)."""

    by: UnitId
    motive: Motive
    at: Instant


class Transfer(Struct, frozen=True, kw_only=True):
    """Responsibility for a person, offered to another unit; `accepted` is None until it answers (D10)."""

    id: Ref
    person: Ref
    by: UnitId
    to: UnitId
    offered: Instant
    accepted: bool | None = None


class Person(Struct, frozen=True, kw_only=True):
    """An exposed person as far as is known; a name is never part of it."""

    id: Ref
    added_by: UnitId | None = None
    minor: bool | None = None
    secondary: bool = False
    identified_by: Set[UnitId] = frozenset()
    """The units that know who it is, each by an act of its own (A2)."""
    protection: Protection | None = None
    safe_contact: bool = False
    assessments: Sequence[Assessment] = ()
    risk_due: Instant | None = None
    """Since when a new assessment is asked for, because circumstances changed (D7)."""
    risk_asked: UnitId | None = None
    risk_at_once: bool = False
    motives: Mapping[UnitId, MotiveView] = {}
    protected: Protected | None = None
    """The last answer to whether they got protection (D13)."""


class Period(Struct, frozen=True, kw_only=True):
    """What holds for a time: in force from `start` until just before `until`, unless ended earlier."""

    id: Ref
    person: Ref
    by: UnitId
    """The unit whose act it was."""
    start: Instant
    until: Instant
    ended: bool = False
    expired: bool = False
    """The scheduler has noted its end."""

    def in_force(self, now: Instant) -> bool:
        return not self.ended and self.start <= now < self.until


class Assignment(Period, frozen=True, kw_only=True):
    """A unit takes part around one person; `guest` marks one from outside the agreement (B1, B5)."""

    unit: UnitId
    role: Role
    purpose: Purpose
    mandate: str | None = None
    guest: bool = False


class Consent(Period, frozen=True, kw_only=True):
    """One person's consent, for one purpose, to one receiver (C2)."""

    purpose: Purpose
    receiver: UnitId
    compartments: frozenset[Compartment]


class Disclosure(Period, frozen=True, kw_only=True):
    """What a unit let another take part of, and on which ground or consent it rests (C2)."""

    receiver: UnitId
    purpose: Purpose
    compartments: frozenset[Compartment]
    ground: GroundId | None = None
    consent: Ref | None = None
    spoken: bool = False


class Note(Struct, frozen=True, kw_only=True):
    """A working note: its owner and its date, never its text."""

    id: Ref
    by: UnitId
    purge_on: date
    person: Ref | None = None
    purged: bool = False
    expedited: bool = False


class Mandate(Struct, frozen=True, kw_only=True):
    """A mandate to audit the case (R10)."""

    id: Ref
    until: Instant
    ended: bool = False


class Case(Struct, frozen=True, kw_only=True):
    """All is as far as is known to whoever looks. Entries are called by the act that made them."""

    seen: bool = False
    opened: Instant | None = None
    opened_by: UnitId | None = None
    coordinator: UnitId | None = None
    closed: bool = False
    outcome: Outcome | None = None
    phase: Phase | None = None
    persons: Mapping[Ref, Person] = {}
    assignments: Mapping[Ref, Assignment] = {}
    consents: Mapping[Ref, Consent] = {}
    disclosures: Mapping[Ref, Disclosure] = {}
    handed: Mapping[Ref, Handed] = {}
    """What was disclosed or sent, for the safe contact to be confirmed (C12)."""
    notes: Mapping[Ref, Note] = {}
    blocks: Mapping[Ref, Block] = {}
    mandates: Mapping[Ref, Mandate] = {}
    responsible: Mapping[Ref, UnitId] = {}
    """The responsible unit by person (D10)."""
    transfers: Mapping[Ref, Transfer] = {}
    consultations: Set[Ref] = frozenset()
    acts: Mapping[Ref, UnitId] = {}
    """Whose each visible act was, in their order."""
    retracted: Set[Ref] = frozenset()
    last_act: Instant | None = None

    def participants(self, now: Instant) -> tuple[Assignment, ...]:
        """The assignments in force, as far as one may know who takes part."""
        return tuple(grant for grant in self.assignments.values() if grant.in_force(now))

    def blocked(self, staff: StaffId) -> bool:
        """Whether a visible block in force names that member of staff (C9)."""
        return is_blocked(self.blocks.values(), staff)


INITIAL = Case()


def person_of(state: Case, ref: Ref) -> Person:
    """The person, of whom one may know only that they are there."""
    return state.persons.get(ref) or Person(id=ref)


def with_person(state: Case, person: Person) -> Case:
    """The case, in which that person is as told here."""
    return replace(state, persons=with_entry(state.persons, person.id, person))


class Preview(Struct, frozen=True):
    """What a withdrawal of consent would end, and what stands on another ground (C2)."""

    ends: tuple[Ref, ...]
    stands: tuple[Ref, ...]


def withdrawal_preview(state: Case, consent: Ref, now: Instant = FOREVER) -> Preview:
    """Which visible disclosures end with that consent, and which to the same receiver about the same person stand.

    What was spoken is said: nothing is open under it, and nothing ends. Without `now`, all that has not ended counts.
    """
    given = state.consents.get(consent)
    if given is None:
        return Preview((), ())
    ends: list[Ref] = []
    stands: list[Ref] = []
    for grant in state.disclosures.values():
        over = grant.ended or grant.expired or grant.spoken or (now != FOREVER and grant.until <= now)
        if over or (grant.person, grant.receiver) != (given.person, given.receiver):
            continue
        (ends if grant.consent == consent else stands).append(grant.id)
    return Preview(tuple(ends), tuple(stands))
