"""Case, what follows from what is asked for. What may be shared stands in `sharing.py`."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import UNSET
from msgspec.structs import asdict

from domain.act import Act
from domain.agreement.state import Directory
from domain.blocking import refuse_blocking
from domain.case import commands as ask
from domain.case import events as then
from domain.case import mandates, places, risk, sharing
from domain.case.desk import CaseContext
from domain.case.state import Assignment, Case, Person
from domain.command import Command
from domain.disclosing import refuse_unanswered
from domain.errors import Caution, NotThere, Refusal
from domain.event import Event
from domain.labelling import LabelCase, label
from domain.safe_contact_handover import to_confirm
from domain.time import day_of, day_start, period
from domain.vocabulary import AgencyKind, Ref, Role, UnitId


def decide(state: Case, command: Command, act: Act, directory: Directory) -> Iterator[Event]:
    """The events that `command` brings about, or the rule that forbids it."""
    if not state.seen and not command.opens:
        raise NotThere
    if state.blocked(act.by.person) and act.by.role is not Role.SYSTEM:
        # C9: for who is blocked the case is not there, and the block neither.
        raise NotThere
    yield from _DECIDERS[type(command)](CaseContext(state, act, directory), command)


def _open(desk: CaseContext, command: ask.Open) -> Iterator[Event]:
    if desk.state.seen:
        raise Refusal("A6", "this case is open already", remedy="go on in it")
    entry = desk.directory.unit(command.coordinator)
    if entry is None:
        raise Refusal(
            "B1",
            f"no agreement in force names the unit {command.coordinator}",
            remedy="choose a unit that an agreement names",
        )
    if Role.COORDINATOR not in entry.roles or entry.kind is not AgencyKind.RESOURCE_CENTRE:
        raise Refusal(
            "B3", "by agreement that unit does not coordinate for the resource centre", remedy="choose one that does"
        )
    yield then.Opened(coordinator=command.coordinator)


def _add_person(desk: CaseContext, command: ask.AddPerson) -> Iterator[Event]:
    desk.works()
    if command.offender_side:
        # B8: the other side is kept out of sight; who is also a victim is added as one, in a case of its own (A7).
        raise Refusal("B8", "only the injured side is helped here", remedy="an offender-side client has a case apart")
    yield then.PersonAdded(
        person=desk.act.id,
        gender=command.gender,
        minor=command.minor,
        secondary=command.secondary,
        identity=command.identity or UNSET,
        contact=command.contact or UNSET,
    )


def _identify_person(desk: CaseContext, command: ask.IdentifyPerson) -> Iterator[Event]:
    person = desk.works_about(command.person)
    if not command.identity:
        raise Refusal("A2", "identification says who the person is", remedy="give the identity")
    if command.contact:
        _address(desk, person)
    yield then.PersonIdentified(person=command.person, identity=command.identity, contact=command.contact or UNSET)


def _address(desk: CaseContext, person: Person) -> None:
    """C11: an address of someone with protected identity is not stored unless a step needs it."""
    if person.protection is not None and desk.act.because is None:
        raise Caution(
            "C11",
            "the identity is protected, and an address is stored only if a step needs it",
            remedy="leave the address out, or say why it is stored",
        )


def _assign(desk: CaseContext, command: ask.Assign) -> Iterator[Event]:
    person = desk.person(command.person)
    if not desk.leads() and person.added_by != desk.unit:
        # B5: taking part around one person lets nobody in around another, nor anybody else around the same.
        raise Refusal(
            "B5",
            "the coordinator, or the unit that brought the person in, lets others take part",
            remedy="ask the coordinator",
        )
    desk.works(command.person)
    if desk.unit not in (command.unit, desk.state.coordinator) and desk.act.because is None:
        raise Caution(
            "B6",
            "the coordinator should be the one who brings units together",
            remedy="ask the coordinator, or say why not",
        )
    start, until = period(command.first, command.last, desk.now)
    if until <= max(start, desk.now):
        raise Refusal("C1", "the period ends before it begins, or is over already", remedy="give a later last day")
    _agreed(desk, command)
    if command.guest and command.unanswered:
        # B1: a guest is whom sign-in knows, and what it knows nobody by is no unit, but whatever somebody wrote.
        raise Refusal(
            "B1",
            "sign-in knows nobody in that unit who works for that purpose",
            remedy="have somebody there signed in for it first",
        )
    refuse_unanswered(desk.act, unanswered=command.unanswered)
    # F: whether someone takes part already may be hidden, so identical grants stand side by side.
    yield then.Assigned(
        person=command.person,
        unit=command.unit,
        role=command.role,
        purpose=command.purpose,
        mandate=command.mandate,
        start=start,
        until=until,
        guest=command.guest,
    )


def _agreed(desk: CaseContext, command: ask.Assign) -> None:
    """B1, B3: a unit takes part in a role and for a purpose that an agreement gives it; an outsider for a time."""
    entry = desk.directory.unit(command.unit)
    if command.guest:
        if entry is not None:
            raise Refusal("B1", "a unit within the agreement is no guest", remedy="let it take part as a party")
        if command.last is None:
            raise Refusal("B1", "a guest takes part for a limited time", remedy="name the last day")
        if command.role is not Role.HANDLER:
            raise Refusal("B1", "a guest takes part as handler", remedy="choose that role")
        return
    if entry is None:
        raise Refusal("B1", f"no agreement in force names the unit {command.unit}", remedy="let it in as a guest")
    if command.role not in entry.roles:
        raise Refusal(
            "B3",
            f"by agreement that unit does not act as {command.role.value}",
            remedy="choose another role or another unit",
        )
    if command.purpose not in entry.purposes:
        raise Refusal(
            "B3",
            f"by agreement that unit does not work for {command.purpose.value}",
            remedy="choose another purpose or another unit",
        )


def _end_assignment(desk: CaseContext, command: ask.EndAssignment) -> Iterator[Event]:
    grant = desk.state.assignments.get(command.grant)
    if grant is None:
        raise NotThere
    if desk.unit not in (grant.unit, grant.by, desk.state.coordinator):
        raise Refusal("C1", "the unit itself, who let it in, or the coordinator ends this", remedy="ask one of them")
    if grant.ended or grant.until <= desk.now:
        raise Refusal("C1", "the assignment has ended already", remedy="nothing more is needed")
    # F: that one grant; identical ones go on.
    yield then.AssignmentEnded(grant=grant.id, unit=grant.unit)


def _set_safe_contact(desk: CaseContext, command: ask.SetSafeContact) -> Iterator[Event]:
    desk.works_about(command.person)
    if not command.contact:
        raise Refusal(
            "C12", "safe contact says how, when and through whom the person can be reached", remedy="describe it"
        )
    yield then.SafeContactSet(
        person=command.person,
        contact=command.contact,
        must_not_learn=command.must_not_learn or UNSET,
        # C5: guardians, relatives and possible perpetrators are told nothing by default.
        guardians=command.guardians or UNSET,
    )


def _confirm_safe_contact(desk: CaseContext, command: ask.ConfirmSafeContact) -> Iterator[Event]:
    # F: a receiver need not take part in the case; the disclosure is its to know, and so is this.
    sent = to_confirm(desk.state.handed.values(), command.disclosure, desk.unit)
    yield then.SafeContactConfirmed(disclosure=sent.id, person=sent.person, to=sent.by)


def _mark_protection(desk: CaseContext, command: ask.MarkProtection) -> Iterator[Event]:
    desk.works_about(command.person)
    yield then.ProtectionMarked(person=command.person, level=command.level)


def _block_staff(desk: CaseContext, command: ask.BlockStaff) -> Iterator[Event]:
    desk.works()
    refuse_blocking(desk.act, command)
    yield then.StaffBlocked(staff=command.staff)


def _lift_block(desk: CaseContext, command: ask.LiftBlock) -> Iterator[Event]:
    block = desk.state.blocks.get(command.block)
    if block is None or block.by != desk.unit:
        raise NotThere
    if block.lifted:
        raise Refusal("C9", "the block is lifted already", remedy="nothing more is needed")
    yield then.StaffBlockLifted(block=block.id)


def _record_information(desk: CaseContext, command: ask.RecordInformation) -> Iterator[Event]:
    person = desk.works_about(command.person)
    texts = {field: text for field, text in asdict(command).items() if field != "person" and text}
    if not texts:
        raise Refusal("B7", "there is nothing to record", remedy="write what is to be recorded")
    if command.whereabouts:
        _address(desk, person)
    yield then.InformationRecorded(person=command.person, **texts)


def _write_note(desk: CaseContext, command: ask.WriteNote) -> Iterator[Event]:
    if command.person is None:
        desk.works()
    else:
        desk.works_about(command.person)
    if command.purge_on <= day_of(desk.now):
        raise Refusal("C6", "a working note has a purge date to come", remedy="give a later purge date")
    if not command.text:
        raise Refusal("C6", "a note has a text", remedy="write the text")
    yield then.NoteWritten(person=command.person, purge_on=command.purge_on, text=command.text)


def _purge_note(desk: CaseContext, command: ask.PurgeNote) -> Iterator[Event]:
    note = desk.state.notes.get(command.note)
    system = desk.act.by.role is Role.SYSTEM
    if note is None or (note.by != desk.unit and not system):
        raise NotThere
    if note.purged:
        raise Refusal("C6", "the note is purged already", remedy="nothing more is needed")
    if note.expedited:
        raise Refusal(
            "C6",
            "an expedited note is no working note any more",
            remedy="dispose of it as a document, when its time has come",
        )
    if system and desk.now < day_start(note.purge_on):
        raise Refusal("C6", "the note's purge date has not come", remedy="wait until that day")
    yield then.NotePurged(note=note.id, keys=command.keys)


def _link_consultation(desk: CaseContext, command: ask.LinkConsultation) -> Iterator[Event]:
    desk.works()
    # A2: an explicit act, whoever did it before; it opens nothing of the consultation to anyone.
    yield then.ConsultationLinked(consultation=command.consultation)


def _enter_phase(desk: CaseContext, command: ask.EnterPhase) -> Iterator[Event]:
    desk.lead()
    desk.still_open()
    yield then.PhaseEntered(phase=command.phase)


def _close(desk: CaseContext, command: ask.Close) -> Iterator[Event]:
    desk.lead()
    desk.still_open()
    if command.left_open and desk.act.because is None:
        # D2, D4: what was sent is not done, and what was agreed on would go on with nobody to follow it up.
        raise Caution(
            "D2",
            f"what belongs to the case is still open: {', '.join(command.left_open)}",
            remedy="settle what its view before closing lists, or say why the case is closed with it",
        )
    if places.unanswered(desk.state) and desk.act.because is None:
        raise Caution(
            "D13",
            "of someone in the case it is not recorded whether they got protection",
            remedy="record it, or say why the case is closed without it",
        )
    yield then.Closed(outcome=command.outcome, told=_who_began(desk))


def _reopen(desk: CaseContext, _: ask.Reopen) -> Iterator[Event]:
    desk.lead()
    if not desk.state.closed:
        raise Refusal("D9", "the case is not closed", remedy="go on in it")
    yield then.Reopened(told=_who_began(desk))


def _retract(desk: CaseContext, command: ask.Retract) -> Iterator[Event]:
    """D9: taking back is an act of its own; what was said stands beside it."""
    owner = desk.state.acts.get(command.act)
    if owner is None or (command.person is not None and command.person not in desk.state.persons):
        raise NotThere
    if owner != desk.unit:
        raise Refusal("D9", "a unit takes back only what it said itself", remedy="ask the unit that said it")
    yield then.Retracted(act=command.act, person=command.person)


def _dispose(desk: CaseContext, command: ask.Dispose) -> Iterator[Event]:
    if command.person is not None:
        desk.person(command.person)
    if command.whole and desk.takes_part() and not desk.state.closed:
        raise Refusal("D9", "what this unit works with is not disposed of as a whole", remedy="close or leave first")
    if command.whole and any(block.by == desk.unit and not block.lifted for block in desk.state.blocks.values()):
        # C9: with its record the block itself would be gone, and who is kept out would find the case.
        raise Refusal("C9", "a block of this unit's is in force", remedy="lift it, or dispose of the parts one by one")
    if not command.keys:
        raise Refusal("F", "there is nothing of this unit's own to dispose of here", remedy="nothing more is needed")
    yield then.Disposed(keys=command.keys, whole=command.whole)


def _expire(desk: CaseContext, command: ask.Expire) -> Iterator[Event]:
    grant = _ending_at(desk.state, command.grant)
    if grant is None:
        raise NotThere
    if grant.ended or grant.expired or grant.until != command.boundary or desk.now < command.boundary:
        raise Refusal("C2", "there is nothing that ends at that time", remedy="nothing more is needed")
    yield then.Expired(grant=grant.id, boundary=command.boundary)


def _ending_at(state: Case, ref: Ref) -> Any:
    return state.assignments.get(ref) or state.consents.get(ref) or state.disclosures.get(ref)


def guest_grant(state: Case, act: Act) -> Assignment | None:
    """The assignment in force by which a unit outside the agreements acts here (B1)."""
    by = act.by
    for grant in state.participants(act.now):
        if grant.guest and (grant.unit, grant.role, grant.purpose) == (by.unit, by.role, by.purpose):
            return grant
    return None


_DECIDERS: dict[type[Command], Callable[[CaseContext, Any], Iterator[Event]]] = {
    ask.Open: _open,
    ask.AddPerson: _add_person,
    ask.IdentifyPerson: _identify_person,
    ask.Assign: _assign,
    ask.EndAssignment: _end_assignment,
    ask.GiveConsent: sharing.give_consent,
    ask.WithdrawConsent: sharing.withdraw_consent,
    ask.Disclose: sharing.disclose,
    ask.EndDisclosure: sharing.end_disclosure,
    ask.SetSafeContact: _set_safe_contact,
    ask.ConfirmSafeContact: _confirm_safe_contact,
    ask.MarkProtection: _mark_protection,
    ask.BlockStaff: _block_staff,
    ask.LiftBlock: _lift_block,
    ask.RecordInformation: _record_information,
    ask.WriteNote: _write_note,
    ask.ExpediteNote: sharing.expedite_note,
    ask.PurgeNote: _purge_note,
    ask.LinkConsultation: _link_consultation,
    ask.EnterPhase: _enter_phase,
    ask.Close: _close,
    ask.Reopen: _reopen,
    ask.Retract: _retract,
    LabelCase: label,
    ask.Dispose: _dispose,
    ask.Expire: _expire,
    **risk.DECIDERS,
    **places.DECIDERS,
    **mandates.DECIDERS,
}


def _who_began(desk: CaseContext) -> frozenset[UnitId]:
    """D9: both can reopen it, so neither is left believing that it is open, or closed."""
    known = {desk.state.opened_by, desk.state.coordinator} - {None, desk.unit}
    return frozenset(unit for unit in known if unit is not None)
