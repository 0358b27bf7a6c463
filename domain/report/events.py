"""Report, what happened: a concern for a child, or a crime, is considered, made, received and answered (D3).

Four times are kept apart: the concern was known, the identity was known (to each agency), it was decided, it was
handed over. The first three are said again by what is handed over; the fourth is when that happened.
"""

from types import MappingProxyType
from typing import ClassVar

from msgspec import UNSET, UnsetType

from domain.case.events import Code
from domain.consultation.events import Reference
from domain.event import (
    SAFE_CONTACT_CAME,
    ChildStatement,
    Contact,
    Event,
    Health,
    Identity,
    Police,
    RiskMemo,
    Social,
    WorkingNote,
)
from domain.vocabulary import Compartment, Consideration, Duty, Instant, Ref, ReportKind, ReportOutcome, UnitId


class Considered(Event, frozen=True, kw_only=True):
    """A unit considered whether to report, and what came of it. The act's `known` is when the concern became known,
    its `happened` when this was decided. Its own, with what it knows of a case or a consultation: what is handed over
    names neither.
    """

    name: ClassVar = "report.considered"
    reference: Reference
    about: ReportKind
    duty: Duty
    outcome: Consideration
    person: Ref
    ongoing: bool = False
    """A serious crime goes on, or a child is in danger still."""
    case: Ref | None = None
    coordinator: UnitId | None = None
    consultation: Ref | None = None
    reasons: Social = UNSET


class Reconsidered(Event, frozen=True, kw_only=True):
    """The same unit considered it again; what it thought before stands (D9)."""

    name: ClassVar = "report.reconsidered"
    outcome: Consideration
    ongoing: bool
    person: Ref
    reasons: Social = UNSET


class CrimeConsidered(Event, frozen=True, kw_only=True):
    """A crime against the child is suspected, and whether the Police are told too was considered (P:2386-2400)."""

    name: ClassVar = "report.crime_considered"
    outcome: Consideration
    person: Ref
    reasons: Social = UNSET


class Identified(Event, frozen=True, kw_only=True):
    """This unit, and no other by it, now knows who it is about; the act's `known` is since when (A2, D3)."""

    name: ClassVar = "report.identified"
    person: Ref
    identity: Identity = UNSET
    contact: Contact = UNSET


class Made(Event, frozen=True, kw_only=True):
    """It was handed over, when the act happened: a disclosure of what it carries, on the act's ground (C2, F).

    Who made it bears the duty. `identity_known` is since when they know who it is about, None if they do not.
    """

    name: ClassVar = "report.made"
    sends: ClassVar = True
    follows: ClassVar = MappingProxyType({**SAFE_CONTACT_CAME, "identity_known": frozenset({Compartment.IDENTITY})})
    receiver: UnitId
    reference: Reference
    about: ReportKind
    duty: Duty
    ongoing: bool
    person: Ref
    concern_known: Instant
    identity_known: Instant | UnsetType | None
    decided: Instant
    crime_suspected: bool = False
    used_for: Code
    has_safe_contact: bool | UnsetType
    identity: Identity = UNSET
    contact: Contact = UNSET
    must_not_learn: Contact = UNSET
    guardians: Contact = UNSET
    social: Social = UNSET
    health: Health = UNSET
    police: Police = UNSET
    risk_memo: RiskMemo = UNSET
    child_statement: ChildStatement = UNSET
    balancing: WorkingNote = UNSET

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.receiver})


class Supplemented(Event, frozen=True, kw_only=True):
    """The reporter handed over more: a disclosure of its own, beside what was handed over before (D9)."""

    name: ClassVar = "report.supplemented"
    sends: ClassVar = True
    follows: ClassVar = SAFE_CONTACT_CAME
    receiver: UnitId
    person: Ref
    has_safe_contact: bool | UnsetType
    identity: Identity = UNSET
    contact: Contact = UNSET
    must_not_learn: Contact = UNSET
    guardians: Contact = UNSET
    social: Social = UNSET
    health: Health = UNSET
    police: Police = UNSET
    risk_memo: RiskMemo = UNSET
    child_statement: ChildStatement = UNSET
    balancing: WorkingNote = UNSET

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.receiver})


class _ToReporter(Event, frozen=True, kw_only=True):
    """The receiver's answer, addressed to who made the report (R5)."""

    to: UnitId

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.to})


class ReceiptConfirmed(_ToReporter, frozen=True, kw_only=True):
    """The receiver has it. It cannot decline it (D3)."""

    name: ClassVar = "report.receipt_confirmed"


class SafeContactConfirmed(_ToReporter, frozen=True, kw_only=True):
    """The receiver has understood how the person can be reached, and who must not learn of it (C12)."""

    name: ClassVar = "report.safe_contact_confirmed"


class OutcomeTold(_ToReporter, frozen=True, kw_only=True):
    """The receiver told what came of it; it may tell more later."""

    name: ClassVar = "report.outcome_told"
    outcome: ReportOutcome


class Disposed(Event, frozen=True, kw_only=True):
    """The owner disposed of parts or, as `whole`, of all that is its own: the keys are deleted and named here."""

    name: ClassVar = "report.disposed"
    keys: tuple[Ref, ...]
    whole: bool = False


EVENTS: tuple[type[Event], ...] = (
    Considered,
    Reconsidered,
    CrimeConsidered,
    Identified,
    Made,
    Supplemented,
    ReceiptConfirmed,
    SafeContactConfirmed,
    OutcomeTold,
    Disposed,
)
