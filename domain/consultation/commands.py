"""Consultation, what may be asked for. Each is said of the unit that acts; whom it is addressed to follows."""

from typing import Annotated, ClassVar

from msgspec import Meta

from domain.command import Command
from domain.consultation.events import Reference
from domain.event import Advice, Contact, Identity
from domain.vocabulary import About, CallerCategory, InformedOf, Kind, Outcome, Ref, UnitId


class _OfConsultation(Command, frozen=True, kw_only=True):
    kind: ClassVar = Kind.CONSULTATION


class Request(_OfConsultation, frozen=True, kw_only=True):
    """Ask a unit for advice, about nobody, one or a group, never by name (A1)."""

    name: ClassVar = "consultation.request"
    opens: ClassVar = True
    hub_fills: ClassVar = frozenset({"reference"})
    operator_brings: ClassVar = frozenset({"source"})
    asked_of: UnitId
    reference: Reference
    caller: CallerCategory
    about: About
    persons: Annotated[int, Meta(ge=0, le=1000)]
    told: InformedOf
    county: Annotated[str, Meta(pattern=r"^[0-9]{2}$")] | None = None
    topic: Annotated[str, Meta(pattern=r"^[a-z_]{1,40}$")] | None = None
    minor: bool | None = None
    no_record: bool = False
    source: Annotated[str, Meta(max_length=80)] | None = None
    question: Advice = None


class Accept(_OfConsultation, frozen=True, kw_only=True):
    """Take on what this unit was asked."""

    name: ClassVar = "consultation.accept"


class PassOn(_OfConsultation, frozen=True, kw_only=True):
    """Pass it on to a unit that now is the one asked."""

    name: ClassVar = "consultation.pass_on"
    to: UnitId


class Advise(_OfConsultation, frozen=True, kw_only=True):
    """Give advice; it stands beside what was advised before (D1) and decides nothing (B7)."""

    name: ClassVar = "consultation.advise"
    guidance: Annotated[str, Meta(max_length=80)] | None = None
    guidance_version: Annotated[str, Meta(max_length=40)] | None = None
    answer: Advice = None


class FollowUp(_OfConsultation, frozen=True, kw_only=True):
    """Record that someone asked how it went."""

    name: ClassVar = "consultation.follow_up"
    note: Advice = None


class ContactAgain(_OfConsultation, frozen=True, kw_only=True):
    """Record that the anonymous person came back under their key (A4)."""

    name: ClassVar = "consultation.contact_again"
    minor: bool | None = None
    question: Advice = None


class IssueKey(_OfConsultation, frozen=True, kw_only=True):
    """Give an anonymous person a speakable key to come back with (A4)."""

    name: ClassVar = "consultation.issue_key"
    hub_fills: ClassVar = frozenset({"tag"})
    tag: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class Inform(_OfConsultation, frozen=True, kw_only=True):
    """Record that the person was told about anonymity and the duty to report, or why not (A3)."""

    name: ClassVar = "consultation.inform"
    told: InformedOf


class Identify(_OfConsultation, frozen=True, kw_only=True):
    """Record, for this unit alone, whom it is about (A2)."""

    name: ClassVar = "consultation.identify"
    identity: Identity
    contact: Contact = None


class Close(_OfConsultation, frozen=True, kw_only=True):
    """Close it; never final (D9)."""

    name: ClassVar = "consultation.close"
    outcome: Outcome


class Reopen(_OfConsultation, frozen=True, kw_only=True):
    name: ClassVar = "consultation.reopen"


class Dispose(_OfConsultation, frozen=True, kw_only=True):
    """Delete the keys of what this unit wrote here: its advice, identities and labels, or as `whole` all of it."""

    name: ClassVar = "consultation.dispose"
    hub_fills: ClassVar = frozenset({"keys"})
    whole: bool = False
    keys: tuple[Ref, ...] = ()


COMMANDS: tuple[type[Command], ...] = (
    Request,
    Accept,
    PassOn,
    Advise,
    FollowUp,
    ContactAgain,
    IssueKey,
    Inform,
    Identify,
    Close,
    Reopen,
    Dispose,
)
