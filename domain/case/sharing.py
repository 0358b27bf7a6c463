"""Case, what may be shared: each disclosure on a ground, to a receiver, for a purpose and a time (C2)."""

from collections.abc import Iterator

from msgspec import UNSET

from domain.case import commands as ask
from domain.case import events as then
from domain.case.desk import CaseContext
from domain.case.state import Consent, Person, withdrawal_preview
from domain.disclosing import (
    legal_ground,
    refuse_oneself,
    refuse_unanswered,
    refuse_unshareable,
    refuse_without_safe_contact,
    weighed,
)
from domain.errors import NotThere, Refusal
from domain.event import Event
from domain.grounds import Ground
from domain.time import day_end, period
from domain.vocabulary import Compartment, Instant, Purpose, Ref, UnitId


def give_consent(desk: CaseContext, command: ask.GiveConsent) -> Iterator[Event]:
    """C2: a consent is one person's, for one purpose, to one receiver, and to what may be shared at all."""
    desk.works_about(command.person)
    refuse_unshareable(command.compartments)
    desk.can_receive(command.receiver, command.purpose, command.person)
    until = day_end(command.last)
    if until <= desk.now:
        raise Refusal("C2", "the consent would be over already", remedy="give a later last day")
    yield then.ConsentGiven(
        person=command.person,
        purpose=command.purpose,
        receiver=command.receiver,
        compartments=command.compartments,
        until=until,
    )


def withdraw_consent(desk: CaseContext, command: ask.WithdrawConsent) -> Iterator[Event]:
    """C2: on a withdrawal ends what rests on it alone; what rests on another ground stands. Never why (R4)."""
    consent = desk.state.consents.get(command.consent)
    if consent is None:
        raise NotThere
    if desk.unit not in (consent.by, desk.state.coordinator):
        raise Refusal(
            "C2",
            "the unit that recorded the consent, or the coordinator, records that it is withdrawn",
            remedy="tell one of them at once",
        )
    if consent.ended:
        raise Refusal("C2", "the consent is withdrawn already", remedy="nothing more is needed")
    yield then.ConsentWithdrawn(consent=consent.id, person=consent.person, given_to=consent.by)
    for ref in withdrawal_preview(desk.state, consent.id, desk.now).ends:
        yield then.DisclosureEnded(grant=ref, receiver=desk.state.disclosures[ref].receiver)


def disclose(desk: CaseContext, command: ask.Disclose) -> Iterator[Event]:
    """C2, C3, C4, C8, C12: what is the unit's own, on a ground, to one receiver, for a purpose and a time."""
    person = desk.person(command.person)
    _own(desk, person)
    refuse_unshareable(command.compartments)
    _narrowest(command.compartments)
    start, until = _period(desk, command)
    refuse_oneself(desk.act, command.receiver)
    desk.can_receive(command.receiver, command.purpose, command.person)
    refuse_unanswered(desk.act, unanswered=command.unanswered and not command.spoken)
    ground = legal_ground(desk.act, desk.directory, command.receiver, command.compartments)
    weighed(ground, command.balancing)
    _consent(desk, command, ground, until)
    refuse_without_safe_contact(desk.act, known=person.safe_contact, spoken=command.spoken)
    yield then.Disclosed(
        person=command.person,
        receiver=command.receiver,
        compartments=command.compartments,
        purpose=command.purpose,
        start=start,
        until=until,
        consent=command.consent,
        spoken=command.spoken,
        # C8: each item says what it may be used for; the receiver passes it on only by a disclosure of its own.
        used_for=command.used_for or command.purpose.value,
        has_safe_contact=person.safe_contact and not command.spoken,
        balancing=command.balancing or UNSET,
    )


def end_disclosure(desk: CaseContext, command: ask.EndDisclosure) -> Iterator[Event]:
    """C2: who disclosed ends it; the receiver is told what to do, never why (R4)."""
    grant = desk.state.disclosures.get(command.grant)
    if grant is None:
        raise NotThere
    if grant.by != desk.unit:
        raise Refusal("C2", "only the unit that disclosed ends it", remedy="ask that unit")
    if grant.ended or grant.until <= desk.now:
        raise Refusal("C2", "the disclosure has ended already", remedy="nothing more is needed")
    yield then.DisclosureEnded(grant=grant.id, receiver=grant.receiver, to_do=command.to_do)


def expedite_note(desk: CaseContext, command: ask.ExpediteNote) -> Iterator[Event]:
    """C6: what is sent to another authority is no working note any more; sending is a disclosure of its memo (F)."""
    note = desk.state.notes.get(command.note)
    person = desk.person(command.person)
    if note is None or note.by != desk.unit:
        raise NotThere
    _own(desk, person)
    if note.purged:
        raise Refusal("C6", "the note is purged", remedy="record the information anew")
    if not command.memo:
        raise Refusal("C6", "what is sent has a text", remedy="write the text")
    refuse_oneself(desk.act, command.receiver)
    purpose = command.purpose or desk.act.by.purpose
    memo = frozenset({Compartment.SOCIAL})
    ground = legal_ground(desk.act, desk.directory, command.receiver, memo)
    if ground.needs_balancing:
        raise Refusal("C2", "that ground asks for a balancing note", remedy="record the text and disclose it instead")
    desk.can_receive(command.receiver, purpose, command.person)
    if ground.needs_consent:
        rests = (_covers(desk, consent, command.person, command.receiver, purpose, memo) for consent in _own_of(desk))
        if not any(rests):
            raise Refusal(
                "C2",
                "no consent in force covers that receiver and purpose",
                remedy="ask the person, or state another ground",
            )
    refuse_without_safe_contact(desk.act, known=person.safe_contact)
    yield then.NoteExpedited(
        note=note.id,
        person=command.person,
        receiver=command.receiver,
        has_safe_contact=person.safe_contact,
        memo=command.memo,
    )


def _own(desk: CaseContext, person: Person) -> None:
    """B5: a unit shares its own about someone around whom it takes part, now."""
    desk.works(person.id)


def _narrowest(compartments: frozenset[Compartment]) -> None:
    if Compartment.WHEREABOUTS in compartments and len(compartments) > 1:
        raise Refusal("C4", "whereabouts are disclosed singly", remedy="make a disclosure of their own")


def _period(desk: CaseContext, command: ask.Disclose) -> tuple[Instant, Instant]:
    """C2: each disclosure states its period. What was spoken may lie in the past: it is told afterwards."""
    start, until = period(command.first, command.last, desk.now)
    if command.first is None and command.spoken:
        start = min(desk.act.happened, desk.now)
    if until <= start or (until <= desk.now and not command.spoken):
        raise Refusal("C2", "the period ends before it begins, or is over already", remedy="give a later last day")
    return start, until


def _consent(desk: CaseContext, command: ask.Disclose, ground: Ground, until: Instant) -> None:
    """C2: per person, purpose and receiver, given to this unit, and never longer than it lasts."""
    if not ground.needs_consent:
        if command.consent is not None:
            raise Refusal(
                "C2",
                "a consent is named only where the ground is consent",
                remedy="leave it out, or state consent as the ground",
            )
        return
    consent = desk.state.consents.get(command.consent) if command.consent is not None else None
    if consent is None or not _covers(
        desk, consent, command.person, command.receiver, command.purpose, command.compartments
    ):
        raise Refusal(
            "C2",
            "no such consent in force covers that person, receiver, purpose and content",
            remedy="ask the person, or state another ground",
        )
    if until > consent.until and not command.spoken:
        raise Refusal(
            "C2",
            "a disclosure lasts no longer than the consent that it rests on",
            remedy="shorten the period, or ask the person again",
        )


def _own_of(desk: CaseContext) -> tuple[Consent, ...]:
    return tuple(consent for consent in desk.state.consents.values() if consent.by == desk.unit)


def _covers(
    desk: CaseContext,
    consent: Consent,
    person: Ref,
    receiver: UnitId,
    purpose: Purpose,
    compartments: frozenset[Compartment],
) -> bool:
    return (
        consent.by == desk.unit
        and (consent.person, consent.receiver, consent.purpose) == (person, receiver, purpose)
        and compartments <= consent.compartments
        and consent.in_force(desk.now)
    )
