"""Consultation, what it can be: folded from whatever part of its history one may see."""

from collections.abc import Sequence, Set
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from domain.act import Fact
from domain.agreement.state import Directory
from domain.consultation.events import (
    Accepted,
    AdviceGiven,
    Closed,
    ContactedAgain,
    FollowedUp,
    Identified,
    Informed,
    KeyIssued,
    PassedOn,
    Reopened,
    Requested,
)
from domain.growing import with_item, with_member
from domain.vocabulary import About, CallerCategory, InformedOf, Instant, Outcome, Ref, UnitId
from domain.waiting import Waiting, waits


class ConsultationStatus(StrEnum):
    """How far it has come (D1)."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    PASSED_ON = "passed_on"
    ADVISED = "advised"
    FOLLOWED_UP = "followed_up"
    CLOSED = "closed"


class Given(Struct, frozen=True):
    """Advice by a unit: which act, who, when (D1: none replaces another)."""

    act: Ref
    by: UnitId
    at: Instant


class Consultation(Struct, frozen=True):
    """All fields are as far as is known to whoever looks; `asker` is None where the request may not be known."""

    seen: bool = False
    status: ConsultationStatus = ConsultationStatus.REQUESTED
    reopens_as: ConsultationStatus = ConsultationStatus.REQUESTED
    """What it was before it was closed."""
    asker: UnitId | None = None
    asked: UnitId | None = None
    """The unit now asked."""
    reference: str | None = None
    caller: CallerCategory = CallerCategory.UNKNOWN
    about: About | None = None
    persons: int = 0
    county: str | None = None
    topic: str | None = None
    told: InformedOf | None = None
    minor: bool | None = None
    no_record: bool = False
    requested: Instant | None = None
    waiting_since: Instant | None = None
    """Since when it waits for the unit asked to accept or advise; None when it does not wait."""
    advice: Sequence[Given] = ()
    contacts: int = 0
    """Contacts are counted apart from persons and from consultations (A6)."""
    keys: Set[tuple[UnitId, str]] = frozenset()
    """Which unit gave which key, by its tag (A4)."""
    identified_by: Set[UnitId] = frozenset()
    outcome: Outcome | None = None
    last_act: Instant | None = None

    def direct_contact(self) -> bool:
        """Whether the hub knows that someone spoke with the person themselves (A3)."""
        return self.caller is CallerCategory.EXPOSED_OR_RELATIVE or bool(self.keys) or self.contacts > 1

    def involve_social_services(self) -> bool:
        """A4's prompt: an anonymous minor came back under their key, at the same service."""
        return self.minor is True and self.contacts > 1 and not self.identified_by


INITIAL = Consultation()


def evolve(state: Consultation, fact: Fact) -> Consultation:
    """Fold one fact. What is missing before it is no error: each sees a part of the history."""
    known = replace(state, seen=True, last_act=fact.act.now)
    return _contacts(_life(known, fact), fact)


def _life(state: Consultation, fact: Fact) -> Consultation:
    match fact.event:
        case Requested() as asked:
            return replace(
                state,
                asker=fact.act.by.unit,
                asked=asked.asked_of,
                reference=asked.reference,
                caller=asked.caller,
                about=asked.about,
                persons=asked.persons,
                county=asked.county,
                topic=asked.topic,
                told=asked.told,
                minor=asked.minor,
                no_record=asked.no_record,
                requested=fact.act.now,
                waiting_since=fact.act.now,
                contacts=1,
            )
        case Accepted():
            return replace(state, status=ConsultationStatus.ACCEPTED)
        case PassedOn(to=to, asker=asker):
            return replace(
                state, status=ConsultationStatus.PASSED_ON, asker=asker, asked=to, waiting_since=fact.act.now
            )
        case AdviceGiven():
            given = Given(fact.act.id, fact.act.by.unit, fact.act.now)
            return replace(
                state, status=ConsultationStatus.ADVISED, waiting_since=None, advice=with_item(state.advice, given)
            )
        case FollowedUp():
            return replace(state, status=ConsultationStatus.FOLLOWED_UP)
        case Closed(outcome=outcome):
            before = state.reopens_as if state.status is ConsultationStatus.CLOSED else state.status
            return replace(
                state, status=ConsultationStatus.CLOSED, reopens_as=before, outcome=outcome, waiting_since=None
            )
        case Reopened():
            waits = fact.act.now if not state.advice else None
            return replace(state, status=state.reopens_as, outcome=None, waiting_since=waits)
    return state


def _contacts(state: Consultation, fact: Fact) -> Consultation:
    match fact.event:
        case ContactedAgain(minor=minor):
            known = state.minor if minor is None else minor
            return replace(state, contacts=state.contacts + 1, minor=known, waiting_since=fact.act.now)
        case KeyIssued(tag=tag):
            return replace(state, keys=with_member(state.keys, (fact.act.by.unit, tag)))
        case Informed(told=told):
            return replace(state, told=told)
        case Identified():
            return replace(state, identified_by=with_member(state.identified_by, fact.act.by.unit))
    return state


def waiting(state: Consultation, now: Instant, directory: Directory) -> Waiting | None:
    """For the unit now asked, until it gives advice: to take it on, or to say that it was received, is no answer (D1).
    None where nothing is waited for, or it is not known from whom."""
    if state.asked is None or state.waiting_since is None:
        return None
    return waits(state.asked, "consultation_answered", state.waiting_since, now, directory)
