"""Report, what may be asked for. There is no way to decline one (D3)."""

from typing import ClassVar

from domain.case.events import Code
from domain.command import Command
from domain.consultation.events import Reference
from domain.event import (
    ChildStatement,
    Contact,
    Health,
    Identity,
    Police,
    RiskMemo,
    Social,
    WorkingNote,
)
from domain.vocabulary import Consideration, Duty, Kind, Ref, ReportKind, ReportOutcome, UnitId


class _OfReport(Command, frozen=True, kw_only=True):
    kind: ClassVar = Kind.REPORT


class Consider(_OfReport, frozen=True, kw_only=True):
    """Record that this unit, which bears the duty, considered whether to report, and what came of it. The act's `known`
    is when the concern became known, its `happened` when this was decided.

    The application first answers whether this unit knows that case, person and consultation, and fills in the
    coordinator of the case.
    """

    name: ClassVar = "report.consider"
    acute: ClassVar = True
    opens: ClassVar = True
    hub_fills: ClassVar = frozenset({"reference", "coordinator"})
    reference: Reference
    about: ReportKind
    duty: Duty = Duty.BY_LAW
    outcome: Consideration
    ongoing: bool = False
    case: Ref | None = None
    person: Ref | None = None
    consultation: Ref | None = None
    coordinator: UnitId | None = None
    reasons: Social = None


class Reconsider(_OfReport, frozen=True, kw_only=True):
    """Consider it again, before it is made."""

    name: ClassVar = "report.reconsider"
    outcome: Consideration
    ongoing: bool = False
    reasons: Social = None


class ConsiderCrime(_OfReport, frozen=True, kw_only=True):
    """Record whether, beside a concern for a child, a suspected crime is reported too (P:2386-2400)."""

    name: ClassVar = "report.consider_crime"
    acute: ClassVar = True
    outcome: Consideration
    reasons: Social = None


class Identify(_OfReport, frozen=True, kw_only=True):
    """Record, for this unit alone, whom it is about; the act's `known` is since when (A2, D3)."""

    name: ClassVar = "report.identify"
    acute: ClassVar = True
    identity: Identity
    contact: Contact = None


class _Content(_OfReport, frozen=True, kw_only=True):
    """What a report carries."""

    identity: Identity = None
    contact: Contact = None
    must_not_learn: Contact = None
    guardians: Contact = None
    social: Social = None
    health: Health = None
    police: Police = None
    risk_memo: RiskMemo = None
    child_statement: ChildStatement = None
    balancing: WorkingNote = None


CONTENT = frozenset(_Content.__struct_fields__)


class Make(_Content, frozen=True, kw_only=True):
    """Hand it over, on the act's ground: a concern to social services, a crime to the Police."""

    name: ClassVar = "report.make"
    acute: ClassVar = True
    receiver: UnitId
    crime_suspected: bool = False
    used_for: Code | None = None


class Supplement(_Content, frozen=True, kw_only=True):
    """Hand over more, on the act's ground."""

    name: ClassVar = "report.supplement"
    acute: ClassVar = True


class ConfirmReceipt(_OfReport, frozen=True, kw_only=True):
    """Say that this unit has it."""

    name: ClassVar = "report.confirm_receipt"


class ConfirmSafeContact(_OfReport, frozen=True, kw_only=True):
    """Say that this unit has understood how the person can be reached, and who must not learn of it (C12)."""

    name: ClassVar = "report.confirm_safe_contact"


class TellOutcome(_OfReport, frozen=True, kw_only=True):
    """Tell whoever made it what came of it."""

    name: ClassVar = "report.tell_outcome"
    outcome: ReportOutcome


class Dispose(_OfReport, frozen=True, kw_only=True):
    """Delete the keys of the content that this unit wrote here, or as `whole` of all that is its own."""

    name: ClassVar = "report.dispose"
    hub_fills: ClassVar = frozenset({"keys"})
    whole: bool = False
    keys: tuple[Ref, ...] = ()


COMMANDS: tuple[type[Command], ...] = (
    Consider,
    Reconsider,
    ConsiderCrime,
    Identify,
    Make,
    Supplement,
    ConfirmReceipt,
    ConfirmSafeContact,
    TellOutcome,
    Dispose,
)
