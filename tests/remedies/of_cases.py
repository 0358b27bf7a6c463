"""Ways on in a case: who is in it, who takes part, where they are, who is responsible (A, B5, C1, C9, C11, D7–D11)."""

from datetime import date
from typing import Final

from msgspec.structs import replace

from domain.case import commands as ask
from domain.case import places, risk
from domain.labelling import LabelCase
from domain.time import day_start
from domain.vocabulary import (
    Compartment,
    Instrument,
    Motive,
    Outcome,
    Phase,
    Place,
    PlacementEnd,
    Protected,
    Protection,
    Purpose,
    Ref,
    Role,
    StaffId,
)
from tests.domain.stories import CARE, CENTRE, DAY, NOW, OUTSIDE, POLICE, SOCIAL, Story, by, given, ref
from tests.remedies.ways import Way, nothing_more, way

OPEN: Final = ask.Open(coordinator=CENTRE)
NORA: Final = ref(2)
BEGUN: Final = given((OPEN, by(SOCIAL)), (ask.AddPerson(), by(SOCIAL)))
OURS: Final = by(SOCIAL)
LEADS: Final = by(CENTRE)
ASSIGN: Final = ask.Assign(person=NORA, unit=POLICE, role=Role.HANDLER, purpose=Purpose.PROTECTION)
GUEST: Final = replace(ASSIGN, unit=OUTSIDE, guest=True, last=date(2026, 12, 31))
TOGETHER: Final = BEGUN.then(ASSIGN, LEADS)
THEIRS: Final = ref(3)
ENDED: Final = TOGETHER.then(ask.EndAssignment(grant=THEIRS), LEADS)
PROTECTED: Final = BEGUN.then(ask.MarkProtection(person=NORA, level=Protection.ASSUMED_IDENTITY), OURS)
CLOSE: Final = ask.Close(outcome=Outcome.PROTECTED)
KNOWN: Final = places.RecordOutcome(person=NORA, protected=Protected.YES)
CLOSED: Final = BEGUN.then(KNOWN, OURS).then(CLOSE, LEADS)
BLOCK: Final = ask.BlockStaff(staff=StaffId("bo"))
BLOCKED: Final = BEGUN.then(BLOCK, OURS)
LIFT: Final = ask.LiftBlock(block=ref(3))
NOTE: Final = ask.WriteNote(person=NORA, purge_on=date(2026, 3, 20), text="Ring.")
NOTED: Final = BEGUN.then(NOTE, OURS)
PURGE: Final = ask.PurgeNote(note=ref(3))
RECORD: Final = ask.RecordInformation(person=NORA, social="Rädd.")
SAFE: Final = ask.SetSafeContact(person=NORA, contact="Via skolan.")
EXPEDITE: Final = ask.ExpediteNote(note=ref(3), person=NORA, receiver=POLICE, memo="Kort.")
SYSTEM: Final = by(CENTRE, role=Role.SYSTEM, person="scheduler")
KEYS: Final = (Ref("9" * 32),)
ASSESS: Final = risk.AssessRisk(
    person=NORA,
    instrument=Instrument.PATRIARK,
    authority=True,
    trained=True,
    assessed=date(2026, 3, 1),
    valid_until=date(2026, 6, 1),
)
PLACED: Final = places.RecordPlace(person=NORA, place=Place.PLACEMENT, municipality="0580")
RESPONSIBLE: Final = BEGUN.then(places.TakeResponsibility(person=NORA), OURS)
BESIDE: Final = RESPONSIBLE.then(GUEST, LEADS)
OFFER: Final = places.OfferTransfer(person=NORA, to=OUTSIDE)
OFFERED: Final = BESIDE.then(OFFER, OURS)
TRANSFER: Final = ref(5)
ACCEPT: Final = places.AcceptTransfer(transfer=TRANSFER)
DECLINE: Final = places.DeclineTransfer(transfer=TRANSFER, reason="Hon bor kvar.")
DECLINED: Final = OFFERED.then(DECLINE, by(OUTSIDE))
_ENDS_THEN: Final = BEGUN.then(replace(ASSIGN, last=date(2026, 3, 4)), LEADS)
_BOUNDARY: Final = day_start(date(2026, 3, 5))
_AFTER: Final = replace(SYSTEM, now=_BOUNDARY, happened=_BOUNDARY, known=_BOUNDARY)

PEOPLE: Final[tuple[Way, ...]] = (
    way("go on in it", BEGUN, OPEN, OURS, again=ask.AddPerson()),
    way("choose a unit that an agreement names", Story(), ask.Open(coordinator=OUTSIDE), OURS, again=OPEN),
    way("choose one that does", Story(), ask.Open(coordinator=POLICE), OURS, again=OPEN),
    way(
        "an offender-side client has a case apart",
        BEGUN,
        ask.AddPerson(offender_side=True),
        OURS,
        again=OPEN,
        on=Story(),
    ),
    way(
        "give the identity",
        BEGUN,
        ask.IdentifyPerson(person=NORA, identity=None),
        OURS,
        again=ask.IdentifyPerson(person=NORA, identity="Påhittad"),
    ),
    way(
        "leave the address out, or say why it is stored",
        PROTECTED,
        _ADDRESS := ask.IdentifyPerson(person=NORA, identity="Påhittad", contact="Vägen 1"),
        OURS,
        again=replace(_ADDRESS, contact=None),
    ),
    way(
        "leave the address out, or say why it is stored",
        PROTECTED,
        replace(RECORD, whereabouts="Vägen 1"),
        OURS,
        again=RECORD,
    ),
    way("describe it", BEGUN, replace(SAFE, contact=None), OURS, again=SAFE),
    way("write what is to be recorded", BEGUN, ask.RecordInformation(person=NORA), OURS, again=RECORD),
    way("record it, or say why the case is closed without it", BEGUN, CLOSE, LEADS, (KNOWN, OURS)),
    way("go on in it", BEGUN, ask.Reopen(), LEADS, again=ask.EnterPhase(phase=Phase.MIDDLE)),
    way("reopen it", CLOSED, RECORD, OURS, (ask.Reopen(), OURS)),
    way("ask the unit that said it", TOGETHER, ask.Retract(act=NORA), by(POLICE), act_again=OURS),
)
TAKING_PART: Final[tuple[Way, ...]] = (
    way("ask the coordinator", TOGETHER, replace(ASSIGN, unit=CARE), by(POLICE), act_again=LEADS),
    way("ask the coordinator, or say why not", BEGUN, ASSIGN, OURS, act_again=LEADS),
    way(
        "give a later last day",
        BEGUN,
        replace(ASSIGN, last=date(2026, 3, 1)),
        LEADS,
        again=replace(ASSIGN, last=date(2026, 3, 9)),
    ),
    way("let it in as a guest", BEGUN, replace(GUEST, guest=False), LEADS, again=GUEST),
    way("choose another role or another unit", BEGUN, replace(ASSIGN, role=Role.ADVISER), LEADS, again=ASSIGN),
    way(
        "choose another role or another unit",
        BEGUN,
        replace(ASSIGN, role=Role.ADVISER),
        LEADS,
        again=replace(ASSIGN, role=Role.ADVISER, unit=SOCIAL),
    ),
    way("choose another purpose or another unit", BEGUN, replace(ASSIGN, purpose=Purpose.CARE), LEADS, again=ASSIGN),
    way(
        "choose another purpose or another unit",
        BEGUN,
        replace(ASSIGN, purpose=Purpose.CARE),
        LEADS,
        again=replace(ASSIGN, purpose=Purpose.CARE, unit=CARE),
    ),
    way("let it take part as a party", BEGUN, replace(ASSIGN, guest=True), LEADS, again=ASSIGN),
    way("name the last day", BEGUN, replace(GUEST, last=None), LEADS, again=GUEST),
    way("choose that role", BEGUN, replace(GUEST, role=Role.ADVISER), LEADS, again=GUEST),
    way("ask one of them", TOGETHER, ask.EndAssignment(grant=THEIRS), by(CARE), act_again=by(POLICE)),
    nothing_more(ENDED, ask.EndAssignment(grant=THEIRS), LEADS, lambda state: state.assignments[THEIRS].ended),
    way("ask the coordinator", BEGUN, RECORD, by(POLICE), (ASSIGN, LEADS)),
    way("ask the coordinator", BEGUN, KNOWN, by(POLICE), (ASSIGN, LEADS)),
    way("ask the coordinator", TOGETHER, ask.EnterPhase(phase=Phase.ACUTE), by(POLICE), act_again=LEADS),
    way("ask a colleague, who can also lift it", BEGUN, BLOCK, by(SOCIAL, person="bo"), act_again=OURS),
    nothing_more(BLOCKED.then(LIFT, OURS), LIFT, OURS, lambda state: state.blocks[ref(3)].lifted),
    nothing_more(
        _ENDS_THEN,
        ask.Expire(grant=THEIRS, boundary=_BOUNDARY),
        SYSTEM,
        lambda state: state.assignments[THEIRS].until == _BOUNDARY,
    ),
    way("leave it to the hub", _ENDS_THEN, ask.Expire(grant=THEIRS, boundary=_BOUNDARY), LEADS, act_again=_AFTER),
    way("let it in as a guest", BEGUN, risk.ChangeCircumstances(person=NORA, asked=OUTSIDE), OURS, (GUEST, LEADS)),
    way("let it in as a guest", RESPONSIBLE, OFFER, OURS, (GUEST, LEADS)),
)
NOTES: Final[tuple[Way, ...]] = (
    way("give a later purge date", BEGUN, replace(NOTE, purge_on=date(2026, 3, 2)), OURS, again=NOTE),
    way("write what this unit knows it by", BEGUN, LabelCase(text=" "), OURS, again=LabelCase(text="2026-0117")),
    way("write the text", BEGUN, replace(NOTE, text=None), OURS, again=NOTE),
    nothing_more(NOTED.then(PURGE, OURS), PURGE, OURS, lambda state: state.notes[ref(3)].purged),
    way("wait until that day", NOTED, PURGE, SYSTEM, act_again=replace(SYSTEM, now=day_start(date(2026, 3, 20)))),
    way("close or leave first", BEGUN, ask.Dispose(whole=True, keys=KEYS), OURS, (KNOWN, OURS), (CLOSE, OURS)),
    way(
        "lift it, or dispose of the parts one by one",
        _KEPT := BLOCKED.then(KNOWN, OURS).then(CLOSE, OURS),
        _ALL := ask.Dispose(whole=True, keys=KEYS),
        OURS,
        (LIFT, OURS),
    ),
    way(
        "lift it, or dispose of the parts one by one",
        _KEPT,
        _ALL,
        OURS,
        again=ask.Dispose(person=NORA, compartments=frozenset({Compartment.SOCIAL}), keys=KEYS),
    ),
    nothing_more(BEGUN, ask.Dispose(), LEADS, lambda state: all(unit != CENTRE for unit in state.acts.values())),
)
PLACES: Final[tuple[Way, ...]] = (
    way("name the place", BEGUN, replace(PLACED, place=None), OURS, again=PLACED),
    way(
        "name the place",
        BEGUN,
        places.LeavePlace(person=NORA, place=None),
        OURS,
        again=places.LeavePlace(person=NORA, place=Place.CRIME),
    ),
    way("give the municipality or the place itself", BEGUN, replace(PLACED, municipality=None), OURS, again=PLACED),
    way(
        "give the municipality alone, or say why the address is stored",
        PROTECTED,
        replace(PLACED, where="Vägen 1"),
        OURS,
        again=PLACED,
    ),
    way(
        "say how the placement ended, or leave it out for another place",
        BEGUN,
        _LEFT := places.LeavePlace(person=NORA, place=Place.PLACEMENT),
        OURS,
        again=replace(_LEFT, how=PlacementEnd.OWN_HOME),
    ),
    way(
        "say how the placement ended, or leave it out for another place",
        BEGUN,
        replace(_LEFT, place=Place.CRIME, how=PlacementEnd.OWN_HOME),
        OURS,
        again=replace(_LEFT, place=Place.CRIME),
    ),
    nothing_more(
        RESPONSIBLE, places.TakeResponsibility(person=NORA), OURS, lambda state: state.responsible[NORA] == SOCIAL
    ),
    way(
        "ask it for a transfer",
        BESIDE,
        places.TakeResponsibility(person=NORA),
        by(OUTSIDE),
        (OFFER, OURS),
        again=ACCEPT,
    ),
    way("let that unit do it", TOGETHER, places.TakeResponsibility(person=NORA), by(POLICE), act_again=OURS),
    way("let that unit do it", RESPONSIBLE, replace(OFFER, to=POLICE), OURS, (GUEST, LEADS), again=OFFER),
    way(
        "take responsibility first",
        BEGUN.then(GUEST, LEADS),
        OFFER,
        OURS,
        (places.TakeResponsibility(person=NORA), OURS),
    ),
    way("name the unit that is to take over", BESIDE, replace(OFFER, to=SOCIAL), OURS, again=OFFER),
    way("wait for the answer or withdraw it", OFFERED, OFFER, OURS, (DECLINE, by(OUTSIDE))),
    way("wait for the answer or withdraw it", OFFERED, OFFER, OURS, (places.WithdrawTransfer(transfer=TRANSFER), OURS)),
    way("say why", OFFERED, replace(DECLINE, reason=None), by(OUTSIDE), again=DECLINE),
    way(
        "decline it, if it was offered to you",
        OFFERED,
        places.WithdrawTransfer(transfer=TRANSFER),
        by(OUTSIDE),
        again=DECLINE,
    ),
    way("ask that unit", OFFERED, ACCEPT, OURS, act_again=by(OUTSIDE)),
    way(
        "have it offered again",
        DECLINED,
        ACCEPT,
        by(OUTSIDE),
        (OFFER, OURS),
        again=places.AcceptTransfer(transfer=ref(7)),
    ),
)
RISK: Final[tuple[Way, ...]] = (
    way(
        "record it when it is made",
        BEGUN,
        replace(ASSESS, assessed=date(2026, 3, 5)),
        OURS,
        again=replace(ASSESS, assessed=date(2026, 3, 5)),
        act_again=replace(OURS, now=NOW + 4 * DAY),
    ),
    way("give a later day", BEGUN, replace(ASSESS, valid_until=date(2026, 2, 1)), OURS, again=ASSESS),
    way(
        "say why",
        BEGUN,
        risk.AssessMotive(person=NORA, motive=Motive.SUSPECTED, why=None),
        OURS,
        again=risk.AssessMotive(person=NORA, motive=Motive.SUSPECTED, why="Hot."),
    ),
    way("have such a person assess it, or say why not", BEGUN, replace(ASSESS, trained=False), OURS, again=ASSESS),
    way(
        "name the instrument that was used, or say why this one",
        BEGUN,
        replace(ASSESS, instrument=Instrument.POLICE_INITIAL),
        OURS,
        again=ASSESS,
    ),
    way(
        "use another instrument, or say why this one",
        BEGUN.then(risk.AssessMotive(person=NORA, motive=Motive.SUSPECTED, why="Hot."), OURS),
        replace(ASSESS, instrument=Instrument.FREDA),
        OURS,
        again=ASSESS,
    ),
)
WAYS: Final = (*PEOPLE, *TAKING_PART, *NOTES, *PLACES, *RISK)
