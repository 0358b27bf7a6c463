"""Case, what may be shared: each disclosure on a ground, to a receiver, for a purpose and a time (C2)."""

from collections.abc import Iterator

from msgspec import UNSET

from domain.case import commands as ask
from domain.case import events as then
from domain.case.desk import Desk
from domain.case.state import Consent, Person, withdrawal_preview
from domain.errors import Caution, NotThere, Refusal
from domain.event import Event
from domain.grounds import SHAREABLE, Ground, grounds_at
from domain.time import day_end, day_of, period
from domain.vocabulary import Because, Compartment, Instant, Purpose, Ref, UnitId

EMERGENCY = frozenset({Because.DANGER, Because.URGENT})
"""Emergencies are never blocked by form; the reason is recorded."""


def give_consent(desk: Desk, command: ask.GiveConsent) -> Iterator[Event]:
    """C2: a consent is one person's, for one purpose, to one receiver, and to what may be shared at all."""
    desk.works_about(command.person)
    _shareable(command.compartments)
    desk.can_receive(command.receiver, command.purpose, command.person)
    until = day_end(command.last)
    if until <= desk.now:
        raise Refusal("C2", "the consent would be over already")
    yield then.ConsentGiven(
        person=command.person,
        purpose=command.purpose,
        receiver=command.receiver,
        compartments=command.compartments,
        until=until,
    )


def withdraw_consent(desk: Desk, command: ask.WithdrawConsent) -> Iterator[Event]:
    """C2: on a withdrawal ends what rests on it alone; what rests on another ground stands. Never why (R4)."""
    consent = desk.state.consents.get(command.consent)
    if consent is None:
        raise NotThere
    if desk.unit not in (consent.by, desk.state.coordinator):
        raise Refusal("C2", "the unit that recorded the consent, or the coordinator, records that it is withdrawn")
    if consent.ended:
        raise Refusal("C2", "the consent is withdrawn already")
    yield then.ConsentWithdrawn(consent=consent.id, person=consent.person, given_to=consent.by)
    for ref in withdrawal_preview(desk.state, consent.id, desk.now).ends:
        yield then.DisclosureEnded(grant=ref, receiver=desk.state.disclosures[ref].receiver)


def disclose(desk: Desk, command: ask.Disclose) -> Iterator[Event]:
    """C2, C3, C4, C8, C12: what is the unit's own, on a ground, to one receiver, for a purpose and a time."""
    person = desk.person(command.person)
    _own(desk, person)
    _shareable(command.compartments)
    _narrowest(command.compartments)
    start, until = _period(desk, command)
    _to_another(desk, command.receiver)
    desk.can_receive(command.receiver, command.purpose, command.person)
    ground = _ground(desk, command.receiver, command.compartments)
    if ground.needs_balancing and not command.balancing:
        raise Refusal("C2", f"the ground {ground.id} asks for a note of how the interests were weighed")
    _consent(desk, command, ground, until)
    _safe_contact(desk, person, spoken=command.spoken)
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
        balancing=command.balancing or UNSET,
    )


def end_disclosure(desk: Desk, command: ask.EndDisclosure) -> Iterator[Event]:
    """C2: who disclosed ends it; the receiver is told what to do, never why (R4)."""
    grant = desk.state.disclosures.get(command.grant)
    if grant is None:
        raise NotThere
    if grant.by != desk.unit:
        raise Refusal("C2", "only the unit that disclosed ends it")
    if grant.ended or grant.until <= desk.now:
        raise Refusal("C2", "the disclosure has ended already")
    yield then.DisclosureEnded(grant=grant.id, receiver=grant.receiver, to_do=command.to_do)


def expedite_note(desk: Desk, command: ask.ExpediteNote) -> Iterator[Event]:
    """C6: what is sent to another authority is no working note any more; sending is a disclosure of its memo (F)."""
    note = desk.state.notes.get(command.note)
    person = desk.person(command.person)
    if note is None or note.by != desk.unit:
        raise NotThere
    _own(desk, person)
    if note.purged:
        raise Refusal("C6", "the note is purged")
    if not command.memo:
        raise Refusal("C6", "what is sent has a text")
    _to_another(desk, command.receiver)
    purpose = desk.act.by.purpose
    memo = frozenset({Compartment.SOCIAL})
    ground = _ground(desk, command.receiver, memo)
    if ground.needs_balancing:
        raise Refusal("C2", "that ground asks for a balancing note", remedy="record the text and disclose it instead")
    desk.can_receive(command.receiver, purpose, command.person)
    if ground.needs_consent:
        rests = (_covers(desk, consent, command.person, command.receiver, purpose, memo) for consent in _own_of(desk))
        if not any(rests):
            raise Refusal("C2", "no consent in force covers that receiver and purpose")
    _safe_contact(desk, person, spoken=False)
    yield then.NoteExpedited(note=note.id, person=command.person, receiver=command.receiver, memo=command.memo)


def _own(desk: Desk, person: Person) -> None:
    """B5: a unit shares its own about someone around whom it takes part, now."""
    desk.works(person.id)


def _shareable(compartments: frozenset[Compartment]) -> None:
    if Compartment.RISK_ASSESSMENT in compartments:
        raise Refusal("C3", "a risk assessment is not handed out", remedy="share the memo")
    if Compartment.WORKING_NOTE in compartments:
        raise Refusal("C6", "a working note is not disclosed", remedy="expedite it")
    if not compartments or compartments - SHAREABLE:
        raise Refusal("C2", "only content about the person is disclosed, and at least one kind of it")


def _narrowest(compartments: frozenset[Compartment]) -> None:
    if Compartment.WHEREABOUTS in compartments and len(compartments) > 1:
        raise Refusal("C4", "whereabouts are disclosed singly", remedy="make a disclosure of their own")


def _period(desk: Desk, command: ask.Disclose) -> tuple[Instant, Instant]:
    """C2: each disclosure states its period. What was spoken may lie in the past: it is told afterwards."""
    start, until = period(command.first, command.last, desk.now)
    if command.first is None and command.spoken:
        start = min(desk.act.happened, desk.now)
    if until <= start or (until <= desk.now and not command.spoken):
        raise Refusal("C2", "the period ends before it begins, or is over already")
    return start, until


def _to_another(desk: Desk, receiver: UnitId) -> None:
    if receiver == desk.unit:
        raise Refusal("C2", "a disclosure is to another unit")


def _ground(desk: Desk, receiver: UnitId, compartments: frozenset[Compartment]) -> Ground:
    """C2: the ground is named, in force on the day of the act, between such agencies, and can open what is named."""
    if desk.act.ground is None:
        raise Refusal("C2", "a disclosure states its legal ground")
    ground = grounds_at(day_of(desk.now)).get(desk.act.ground)
    if ground is None:
        raise Refusal("C2", "that ground is not in force today or is not switched on")
    giver, taker = desk.directory.unit(desk.unit), desk.directory.unit(receiver)
    if giver is not None and giver.kind not in ground.givers:
        raise Refusal("C2", f"the ground {ground.id} is not for this kind of agency to use")
    if taker is not None and taker.kind not in ground.receivers:
        raise Refusal("C2", f"the ground {ground.id} does not reach that kind of agency")
    if (giver is None or taker is None) and not ground.needs_consent and ground.id != "child-concern":
        raise Refusal("C2", "to and from a guest, only consent or the duty to report concern opens anything")
    beyond = compartments - ground.compartments
    if beyond:
        raise Refusal("C2", f"the ground {ground.id} cannot open {', '.join(sorted(beyond))}")
    return ground


def _consent(desk: Desk, command: ask.Disclose, ground: Ground, until: Instant) -> None:
    """C2: per person, purpose and receiver, given to this unit, and never longer than it lasts."""
    if not ground.needs_consent:
        if command.consent is not None:
            raise Refusal("C2", "a consent is named only where the ground is consent")
        return
    consent = desk.state.consents.get(command.consent) if command.consent is not None else None
    if consent is None or not _covers(
        desk, consent, command.person, command.receiver, command.purpose, command.compartments
    ):
        raise Refusal("C2", "no such consent in force covers that person, receiver, purpose and content")
    if until > consent.until and not command.spoken:
        raise Refusal("C2", "a disclosure lasts no longer than the consent that it rests on")


def _own_of(desk: Desk) -> tuple[Consent, ...]:
    return tuple(consent for consent in desk.state.consents.values() if consent.by == desk.unit)


def _covers(
    desk: Desk, consent: Consent, person: Ref, receiver: UnitId, purpose: Purpose, compartments: frozenset[Compartment]
) -> bool:
    return (
        consent.by == desk.unit
        and (consent.person, consent.receiver, consent.purpose) == (person, receiver, purpose)
        and compartments <= consent.compartments
        and consent.in_force(desk.now)
    )


def _safe_contact(desk: Desk, person: Person, *, spoken: bool) -> None:
    """C12: nothing goes out about a person without safe contact on it. Danger does not wait for it, and what was
    said has gone out already: that is told with a reason, not lost."""
    if person.safe_contact or desk.act.because in EMERGENCY:
        return
    if not spoken:
        raise Refusal("C12", "nothing goes out without safe contact", remedy="set it, or say that there is danger")
    if desk.act.because is None:
        raise Caution("C12", "there is no safe contact for the person of whom was spoken")
