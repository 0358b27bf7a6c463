"""Consultation, what happened: someone asks for advice, about nobody by name unless they choose to (A1)."""

from typing import Annotated, ClassVar

from msgspec import UNSET, Meta

from domain.event import Advice, Contact, Event, Identity
from domain.vocabulary import About, CallerCategory, InformedOf, Outcome, Ref, Role, UnitId

Reference = Annotated[str, Meta(pattern=r"^[A-Z0-9]{4}-[A-Z0-9]{4}$")]
"""What people say on the telephone; it belongs to one consultation and is shared by its parties."""


class Requested(Event, frozen=True, kw_only=True):
    """A unit asked. `persons` counts those concerned, never names them (A1, A6); `told` is A3's answer.

    `told` is about the duty to inform; `minor` is None where it is not known. `no_record` marks a service that
    keeps no personal record: the contact counts, the content does not exist (A5).
    """

    name: ClassVar = "consultation.requested"
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
    source: str | None = None
    """Where a loaded historical record comes from: the file's own label (E2)."""
    question: Advice = UNSET

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.asked_of})


class _ToOneUnit(Event, frozen=True, kw_only=True):
    """An act within a consultation, addressed to the other side of it."""

    to: UnitId

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.to})


class Accepted(_ToOneUnit, frozen=True, kw_only=True):
    """The unit that was asked takes it on."""

    name: ClassVar = "consultation.accepted"


class PassedOn(_ToOneUnit, frozen=True, kw_only=True):
    """The unit that was asked passed it on to another, which now is the one asked; `asker` is told."""

    name: ClassVar = "consultation.passed_on"
    asker: UnitId

    def addressees(self) -> frozenset[UnitId]:
        return frozenset({self.to, self.asker})


class AdviceGiven(_ToOneUnit, frozen=True, kw_only=True):
    """One adviser's answer. A second answer stands beside it, it does not replace it (D1); it decides nothing (B7)."""

    name: ClassVar = "consultation.advice_given"
    adviser_role: Role
    guidance: Annotated[str, Meta(max_length=80)] | None = None
    guidance_version: Annotated[str, Meta(max_length=40)] | None = None
    answer: Advice = UNSET


class FollowedUp(_ToOneUnit, frozen=True, kw_only=True):
    """Someone asked how it went."""

    name: ClassVar = "consultation.followed_up"
    note: Advice = UNSET


class ContactedAgain(_ToOneUnit, frozen=True, kw_only=True):
    """The same anonymous person came back under their key, at the same service (A4)."""

    name: ClassVar = "consultation.contacted_again"
    minor: bool | None = None
    question: Advice = UNSET


class KeyIssued(_ToOneUnit, frozen=True, kw_only=True):
    """An anonymous person got a key to come back with (A4); `tag` is its HMAC, the key itself is nowhere."""

    name: ClassVar = "consultation.key_issued"
    tag: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class Informed(_ToOneUnit, frozen=True, kw_only=True):
    """The person was told about anonymity and the duty to report after all, or it is said why not (A3)."""

    name: ClassVar = "consultation.informed"
    told: InformedOf


class Identified(Event, frozen=True, kw_only=True):
    """This unit, and no other by it, now knows who it is about: explicit, later, its own (A2)."""

    name: ClassVar = "consultation.identified"
    identity: Identity = UNSET
    contact: Contact = UNSET


class Closed(_ToOneUnit, frozen=True, kw_only=True):
    """Ended, as far as is known; never final (D1, D9)."""

    name: ClassVar = "consultation.closed"
    outcome: Outcome


class Reopened(_ToOneUnit, frozen=True, kw_only=True):
    """A closed consultation goes on (D1)."""

    name: ClassVar = "consultation.reopened"


class Disposed(Event, frozen=True, kw_only=True):
    """The owner disposed of parts: their keys are deleted, and are named here (invariant 6)."""

    name: ClassVar = "consultation.disposed"
    keys: tuple[Ref, ...]
    whole: bool = False


EVENTS: tuple[type[Event], ...] = (
    Requested,
    Accepted,
    PassedOn,
    AdviceGiven,
    FollowedUp,
    ContactedAgain,
    KeyIssued,
    Informed,
    Identified,
    Closed,
    Reopened,
    Disposed,
)
