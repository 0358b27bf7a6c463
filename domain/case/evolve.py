"""Case, what each fact makes of it. Folding never depends on sealed text, nor on a fact that may be hidden."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from domain.act import Fact
from domain.blocking import Block
from domain.case import events as then
from domain.case import mandates, places, risk
from domain.case.state import Assignment, Case, Consent, Disclosure, Note, Person, person_of, with_person
from domain.event import Event
from domain.growing import with_entry, with_member
from domain.labelling import Labelled
from domain.safe_contact_handover import Handed
from domain.vocabulary import Compartment, Existence, Instant, Mark, Ref

Entry = TypeVar("Entry", bound=Struct)


def evolve(state: Case, fact: Fact) -> Case:
    """Fold one fact; what it refers to may be missing."""
    acts = state.acts
    if not isinstance(fact.event, Labelled):  # F: to take a label back, in the coordinator's sight, would tell of it
        acts = with_entry(acts, fact.act.id, fact.act.by.unit)
    known = replace(state, seen=True, acts=acts, last_act=fact.act.now)
    part = _PARTS.get(type(fact.event))
    return known if part is None else part(known, fact)


def remember(state: Case, marks: Iterable[Mark]) -> Case:
    """What one may know to be there without knowing the act: that safe contact with a person exists (C12, F)."""
    for mark, ref in marks:
        if mark is Existence.SAFE_CONTACT and ref is not None and ref in state.persons:
            state = with_person(state, replace(state.persons[ref], safe_contact=True))
    return state


def _life(state: Case, fact: Fact) -> Case:
    match fact.event:
        case then.Opened(coordinator=coordinator):
            return replace(state, opened=fact.act.now, opened_by=fact.act.by.unit, coordinator=coordinator)
        case then.PhaseEntered(phase=phase):
            return replace(state, phase=phase)
        case then.Closed(outcome=outcome):
            return replace(state, closed=True, outcome=outcome)
        case then.Reopened():
            return replace(state, closed=False, outcome=None)
        case then.Retracted(act=act):
            return replace(state, retracted=with_member(state.retracted, act))
        case then.ConsultationLinked(consultation=consultation):
            return replace(state, consultations=with_member(state.consultations, consultation))
    return state


def _people(state: Case, fact: Fact) -> Case:
    unit = fact.act.by.unit
    match fact.event:
        case then.PersonAdded(person=ref, minor=minor, secondary=secondary):
            named = Compartment.IDENTITY in fact.sealed
            person = replace(
                person_of(state, ref),
                added_by=unit,
                minor=minor,
                secondary=secondary,
                identified_by=frozenset({unit} if named else ()),
            )
        case then.PersonIdentified(person=ref):
            person = person_of(state, ref)
            person = replace(person, identified_by=with_member(person.identified_by, unit))
        case then.SafeContactSet(person=ref):
            person = replace(person_of(state, ref), safe_contact=True)
        case then.ProtectionMarked(person=ref, level=level):
            person = replace(person_of(state, ref), protection=level)
        case then.InformationRecorded(person=ref):
            return _mentioned(state, ref)
        case _:
            return state
    return with_person(state, person)


def _taking_part(state: Case, fact: Fact) -> Case:
    match fact.event:
        case then.Assigned() as event:
            grant = Assignment(
                id=fact.act.id,
                person=event.person,
                by=fact.act.by.unit,
                start=event.start,
                until=event.until,
                unit=event.unit,
                role=event.role,
                purpose=event.purpose,
                mandate=event.mandate,
                guest=event.guest,
            )
            assigned = _mentioned(state, event.person)
            return replace(assigned, assignments=with_entry(state.assignments, grant.id, grant))
        case then.StaffBlocked(staff=staff):
            block = Block(id=fact.act.id, by=fact.act.by.unit, staff=staff)
            return replace(state, blocks=with_entry(state.blocks, block.id, block))
        case then.StaffBlockLifted(block=ref):
            return replace(state, blocks=_changed(state.blocks, ref, lifted=True))
    return state


def _sharing(state: Case, fact: Fact) -> Case:
    match fact.event:
        case then.ConsentGiven() as event:
            consent = Consent(
                id=fact.act.id,
                person=event.person,
                by=fact.act.by.unit,
                start=fact.act.now,
                until=event.until,
                purpose=event.purpose,
                receiver=event.receiver,
                compartments=event.compartments,
            )
            return replace(_mentioned(state, event.person), consents=with_entry(state.consents, consent.id, consent))
        case then.Disclosed() as event:
            grant = Disclosure(
                id=fact.act.id,
                person=event.person,
                by=fact.act.by.unit,
                start=event.start,
                until=event.until,
                receiver=event.receiver,
                purpose=event.purpose,
                compartments=event.compartments,
                ground=fact.act.ground,
                consent=event.consent,
                spoken=event.spoken,
            )
            disclosures = with_entry(state.disclosures, grant.id, grant)
            shared = replace(_mentioned(state, event.person), disclosures=disclosures)
            return _handed(shared, fact, event, max(fact.act.now, event.start))
        case then.SafeContactConfirmed(disclosure=ref):
            return replace(state, handed=_changed(state.handed, ref, confirmed=True))
    return state


def _handed(state: Case, fact: Fact, event: then.Disclosed | then.NoteExpedited, at: Instant) -> Case:
    """C12: what went out, for its receiver to confirm the safe contact."""
    sent = Handed(
        id=fact.act.id,
        by=fact.act.by.unit,
        to=event.receiver,
        person=event.person,
        at=at,
        safe_contact=event.has_safe_contact,
    )
    return replace(state, handed=with_entry(state.handed, sent.id, sent))


def _ending(state: Case, fact: Fact) -> Case:
    match fact.event:
        case then.AssignmentEnded(grant=ref):
            return replace(state, assignments=_changed(state.assignments, ref, ended=True))
        case then.ConsentWithdrawn(consent=ref):
            # C2: what rests on it is over for its giver, too, who may not see each end that the coordinator recorded.
            over = [grant.id for grant in state.disclosures.values() if grant.consent == ref and not grant.spoken]
            return replace(
                state,
                consents=_changed(state.consents, ref, ended=True),
                disclosures=_each_changed(state.disclosures, over, ended=True),
                handed=_each_changed(state.handed, over, over=True),
            )
        case then.DisclosureEnded(grant=ref):
            return replace(
                state,
                disclosures=_changed(state.disclosures, ref, ended=True),
                handed=_changed(state.handed, ref, over=True),
            )
        case then.Expired(grant=ref):
            return replace(
                state,
                assignments=_changed(state.assignments, ref, expired=True),
                consents=_changed(state.consents, ref, expired=True),
                disclosures=_changed(state.disclosures, ref, expired=True),
            )
    return state


def _notes(state: Case, fact: Fact) -> Case:
    match fact.event:
        case then.NoteWritten(person=person, purge_on=purge_on):
            gone = Compartment.WORKING_NOTE in fact.disposed
            note = Note(id=fact.act.id, by=fact.act.by.unit, purge_on=purge_on, person=person, purged=gone)
            return replace(state, notes=with_entry(state.notes, note.id, note))
        case then.NotePurged(note=ref):
            return replace(state, notes=_changed(state.notes, ref, purged=True))
        case then.NoteExpedited(note=ref, person=person) as event:
            sent = replace(_mentioned(state, person), notes=_changed(state.notes, ref, expedited=True))
            return _handed(sent, fact, event, fact.act.now)
        case then.Disposed(whole=True):
            own = [note.id for note in state.notes.values() if note.by == fact.act.by.unit]
            return replace(state, notes=_each_changed(state.notes, own, purged=True))
    return state


def _mentioned(state: Case, ref: Ref) -> Case:
    """A person of whom one knows only by what is about them."""
    return state if ref in state.persons else with_person(state, Person(id=ref))


def _each_changed(entries: Mapping[Ref, Entry], refs: Iterable[Ref], **changes: bool) -> Mapping[Ref, Entry]:
    for ref in refs:
        entries = _changed(entries, ref, **changes)
    return entries


def _changed(entries: Mapping[Ref, Entry], ref: Ref, **changes: bool) -> Mapping[Ref, Entry]:
    found = entries.get(ref)
    return entries if found is None else with_entry(entries, ref, replace(found, **changes))


_PARTS: Final[Mapping[type[Event], Callable[[Case, Fact], Case]]] = {
    event: part
    for part, events in (
        (
            _life,
            (then.Opened, then.PhaseEntered, then.Closed, then.Reopened, then.Retracted, then.ConsultationLinked),
        ),
        (
            _people,
            (
                then.PersonAdded,
                then.PersonIdentified,
                then.SafeContactSet,
                then.ProtectionMarked,
                then.InformationRecorded,
            ),
        ),
        (_taking_part, (then.Assigned, then.StaffBlocked, then.StaffBlockLifted)),
        (_sharing, (then.ConsentGiven, then.Disclosed, then.SafeContactConfirmed)),
        (_ending, (then.AssignmentEnded, then.ConsentWithdrawn, then.DisclosureEnded, then.Expired)),
        (_notes, (then.NoteWritten, then.NotePurged, then.NoteExpedited, then.Disposed)),
        (risk.evolve, risk.EVENTS),
        (places.evolve, places.EVENTS),
        (mandates.evolve, mandates.EVENTS),
    )
    for event in events
}
"""What each event is to a case; one that is not here is an act of the case and changes nothing else."""
