"""The quarter's meetings and what goes on around a person: samråd, consent, risk, siblings, kin at work.

Rules that they walk: B5, B8, B9, C2, C3, C9, D4, D7, D10, D11, D12.
"""

from datetime import timedelta
from typing import Final

from msgspec import Struct

from domain.case import commands as case_of
from domain.case.places import AcceptTransfer, LeavePlace, OfferTransfer, RecordPlace, TakeResponsibility
from domain.case.risk import AssessMotive, AssessRisk, ChangeCircumstances
from domain.meeting import commands as meeting
from domain.vocabulary import (
    Because,
    Compartment,
    Instant,
    Instrument,
    Kind,
    MeetingKind,
    Mode,
    Motive,
    Place,
    PlacementEnd,
    Purpose,
    Ref,
    ReportOrder,
    Role,
    StaffId,
    UnitId,
)
from hub_demo.consultations import ANNA, LEO, NILS, VERA
from hub_demo.county import COORDINATION, EMERGENCY, MUNICIPALITIES, POLICE_INVESTIGATION, social
from hub_demo.quarter_sent import PIA
from hub_demo.quarter_tale import GIRL, YEAR, Tale, relative_of, worker_of
from hub_demo.story import NOBODY, Scenes

_HOUR: Final[Instant] = 3_600_000_000
_MEMO: Final = frozenset({Compartment.RISK_MEMO})
_SOCIAL: Final = frozenset({Compartment.SOCIAL})


class QuarterEnd(Struct):
    """What the quarter leaves to be looked at: the case shown, and those that are told apart."""

    case: Ref = NOBODY
    person: Ref = NOBODY
    worker: str = ""
    meeting: Ref = NOBODY
    victims: Ref = NOBODY
    clients: Ref = NOBODY
    kins: Ref = NOBODY
    kin: str = ""


def _held(tale: Tale, called: Ref, begun: Instant, *units: UnitId, order: ReportOrder = ReportOrder.UNKNOWN) -> None:
    present = (
        meeting.Present(unit=COORDINATION, role=Role.COORDINATOR),
        *(meeting.Present(unit=unit, role=Role.HANDLER, mandate="may_decide") for unit in units),
    )
    held = meeting.Hold(mode=Mode.VIDEO, start=begun, attended=present, confidentiality=True, report=order)
    tale.does(ANNA, held, called, because=None if POLICE_INVESTIGATION in units else Because.NOT_AVAILABLE)


def _requested(tale: Tale, case: Ref, person: Ref) -> Ref:
    asked = meeting.Request(
        meeting=MeetingKind.CONSULTATIVE_SAMRAD, case=case, persons=(person,), coordinator=COORDINATION
    )
    return tale.does(tale.worker, asked).stream


def samrad(tale: Tale) -> Scenes:
    """A time is found, some come, the work is divided, and not all of it is done (B2, D4)."""
    yield tale.after(0)
    case, person = tale.opens()
    called = _requested(tale, case, person)
    note = case_of.WriteNote(
        person=person, purge_on=tale.day + timedelta(days=20), text="Ring again before the meeting."
    )
    tale.does(tale.worker, note, case)
    yield tale.after(1)
    start = tale.now() + 4 * 24 * _HOUR
    tale.does(ANNA, meeting.Schedule(mode=Mode.VIDEO, start=start, end=start + _HOUR, place="Room 0"), called)
    for unit in (POLICE_INVESTIGATION, EMERGENCY):
        tale.does(ANNA, meeting.Invite(unit=unit), called)
    booked = meeting.BookInterpreter(mode=Mode.TELEPHONE, language="A language of the demo")
    tale.does(ANNA, booked, called)  # D12: never the place
    comes = tale.happens(0.8)
    yield tale.after(1)
    if comes:
        tale.does(PIA, meeting.AcceptInvitation(role=Role.HANDLER, mandate="may_decide"), called)
    if tale.happens(0.5):
        tale.does(LEO, meeting.DeclineInvitation(reason="On duty all that day."), called)
    yield tale.after(4, 18)
    if tale.turn in (4, 7):
        tale.does(ANNA, meeting.Cancel(reason="She has taken it back for now."), called)
        return
    begun = tale.now() - _HOUR
    there = (tale.unit, POLICE_INVESTIGATION) if comes else (tale.unit,)
    _held(tale, called, begun, *there, order=ReportOrder.BEFORE_REPORT)
    if tale.happens(0.8):
        tale.does(ANNA, meeting.WriteMinutes(to=frozenset(there), summary="Who does what is set down below."), called)
    due = tale.now() + tale.draw(2, 5, 9) * 24 * _HOUR
    divided = meeting.DivideWork(unit=there[-1], due=due, what="Apply for the exit ban.", how="Tell the others when.")
    task = tale.does(ANNA, divided, called).created
    who = PIA if comes else tale.worker
    yield tale.after(tale.draw(2, 8))
    match tale.in_turn("done", "not yet", "not possible", "silence", "done"):
        case "done":
            tale.does(who, meeting.FinishTask(task=task), called)
        case "not yet":
            tale.does(who, meeting.LeaveTask(task=task, why="The passport is not found."), called)
        case "not possible":
            tale.does(who, meeting.GiveUpTask(task=task, why="They have left already."), called)
        case _:
            return
    yield tale.after(30)
    tale.closes(case, person)


def within_the_hour(tale: Tale, left: QuarterEnd) -> Scenes:
    """A samråd is called now, and held with those who answer; what is shared then is taken back later (D4, C2)."""
    yield tale.after(0, 21)  # B9: outside office hours
    case, person = tale.opens(GIRL)
    tale.lets_in(case, person, POLICE_INVESTIGATION, Purpose.INVESTIGATION)
    tale.lets_in(case, person, EMERGENCY, Purpose.CARE)
    called = _requested(tale, case, person)
    now = meeting.CallNow(mode=Mode.TELEPHONE, units=frozenset({POLICE_INVESTIGATION, EMERGENCY}))
    tale.does(ANNA, now, called)
    for who in (PIA, LEO):
        tale.does(who, meeting.AcceptInvitation(role=Role.HANDLER), called)
    begun = tale.now()
    _held(tale, called, begun, tale.unit, POLICE_INVESTIGATION, EMERGENCY)
    said = meeting.WriteMinutes(
        to=frozenset({POLICE_INVESTIGATION}), person=person, social="The car waits outside her friend's house."
    )
    sent = tale.does(tale.worker, said, called, ground="osl-10-23").created
    tale.does(PIA, meeting.ConfirmSafeContact(minutes=sent), called)
    tale.does(
        ANNA,
        meeting.WriteMinutes(to=frozenset({tale.unit}), summary="A patrol goes; she sleeps at a friend's."),
        called,
    )
    left.case, left.person, left.worker, left.meeting = case, person, tale.worker, called
    tale.does(PIA, case_of.RecordInformation(person=person, police="The patrol found two cousins in a car."), case)
    tale.does(LEO, case_of.RecordInformation(person=person, health="Bruises on one arm."), case)
    yield tale.after(1)
    yield from _shares_and_takes_back(tale, case, person)
    yield tale.after(7)
    disclosed = case_of.Disclose(
        person=person,
        receiver=tale.unit,
        compartments=frozenset({Compartment.HEALTH}),
        purpose=Purpose.PROTECTION,
        last=YEAR,
    )
    tale.does(LEO, disclosed, case, ground="osl-25-12", because=Because.URGENT)
    for who in (tale.worker, PIA, LEO):
        tale.looks(who, Kind.CASE, case)


def _shares_and_takes_back(tale: Tale, case: Ref, person: Ref) -> Scenes:
    """The Police receive a memo by consent, which is withdrawn again (C2, R4)."""
    memo = case_of.RecordInformation(person=person, risk_memo="High risk until the family knows that it is known.")
    tale.does(tale.worker, memo, case)
    agreed = case_of.GiveConsent(
        person=person,
        purpose=Purpose.INVESTIGATION,
        receiver=POLICE_INVESTIGATION,
        compartments=_MEMO | _SOCIAL,
        last=YEAR,
    )
    consent = tale.does(tale.worker, agreed, case).created
    disclosed = case_of.Disclose(
        person=person,
        receiver=POLICE_INVESTIGATION,
        compartments=_MEMO,
        purpose=Purpose.INVESTIGATION,
        last=YEAR,
        consent=consent,
    )
    shared = tale.does(tale.worker, disclosed, case, ground="consent").created
    tale.looks(PIA, Kind.CASE, case)
    tale.does(PIA, case_of.ConfirmSafeContact(disclosure=shared), case)
    yield tale.after(tale.draw(6, 9))
    tale.does(tale.worker, case_of.WithdrawConsent(consent=consent), case)


def consent_withdrawn(tale: Tale) -> Scenes:
    """What stood on the consent alone ends; the law gives what it gives (C2)."""
    yield tale.after(0)
    case, person = tale.opens()
    yield from _shares_and_takes_back(tale, case, person)
    if tale.happens(0.6):
        yield tale.after(20)
        tale.closes(case, person)


def sibling_elsewhere(tale: Tale) -> Scenes:
    """A sibling lives in another municipality, which answers for them and is to take over the other (B5, D10)."""
    yield tale.after(0)
    case, person = tale.opens()
    sibling = tale.adds(case, tale.another(), secondary=True)
    code = tale.draw(*(other for other in MUNICIPALITIES if other != tale.code))
    there = social(code, "barn")
    tale.lets_in(case, sibling, there, Purpose.PROTECTION)
    tale.does(tale.worker, TakeResponsibility(person=person), case)
    tale.does(worker_of(code), TakeResponsibility(person=sibling), case)
    placed = RecordPlace(person=person, place=Place.RESIDENCE, municipality=tale.code)
    tale.does(tale.worker, placed, case)
    yield tale.after(6)
    offered = tale.does(tale.worker, OfferTransfer(person=person, to=there, reason="A move there."), case).created
    if tale.in_turn(True, False):
        yield tale.after(3)
        tale.does(worker_of(code), AcceptTransfer(transfer=offered), case)


def risk_again(tale: Tale) -> Scenes:
    """Assessed, shared as a memo, and asked for again when things change (C3, D7, D11)."""
    yield tale.after(0)
    case, person = tale.opens()
    tale.does(
        tale.worker, AssessMotive(person=person, motive=Motive.SUSPECTED, why="What she says of her uncle."), case
    )
    tale.lets_in(case, person, POLICE_INVESTIGATION, Purpose.INVESTIGATION)
    yield tale.after(1)
    assessed = AssessRisk(
        person=person,
        instrument=tale.draw(Instrument.PATRIARK, Instrument.POLICE_STRUCTURED),
        authority=True,
        trained=True,
        assessed=tale.day,
        valid_until=tale.day + timedelta(days=60),
        assessment="High, and higher if she is missed at home.",
    )
    tale.does(PIA, assessed, case)
    yield tale.after(9)
    if tale.in_turn(True, False):
        tale.does(tale.worker, ChangeCircumstances(person=person, asked=POLICE_INVESTIGATION, what="He is out."), case)
    else:
        placed = RecordPlace(person=person, place=Place.PLACEMENT, municipality="0586", where="Ingenstansvägen 0")
        tale.does(tale.worker, placed, case)
        yield tale.after(4, 23)
        left = LeavePlace(person=person, place=Place.PLACEMENT, how=PlacementEnd.COMPROMISED)
        tale.does(tale.worker, left, case)


def victim_and_client(tale: Tale, left: QuarterEnd) -> Scenes:
    """The brother of a victim meets the centre's offender side, and is himself a victim: a case of his own, with other
    keys and other staff (A7, B8)."""
    yield tale.after(0)
    left.victims, _ = tale.opens()
    offender = case_of.AddPerson(offender_side=True, identity=tale.another())
    tale.story.tries(tale.worker, offender, left.victims)  # B8
    yield tale.after(8)
    left.clients = tale.does(VERA, case_of.Open(coordinator=COORDINATION)).stream
    brother = tale.does(VERA, case_of.AddPerson(identity=tale.another()), left.clients).created
    known = case_of.RecordInformation(person=brother, social="Was told to watch her, and beaten when he did not.")
    tale.does(VERA, known, left.clients)
    for who, case in ((tale.worker, left.clients), (VERA, left.victims)):
        tale.does(ANNA, case_of.BlockStaff(staff=StaffId(who)), case)  # C9


def kin_at_work(tale: Tale, left: QuarterEnd) -> Scenes:
    """A relative works in the unit that has the case, and finds nothing there (C9)."""
    yield tale.after(0)
    left.kins, person = tale.opens()
    left.kin = relative_of(tale.code)
    tale.does(tale.worker, case_of.BlockStaff(staff=StaffId(left.kin)), left.kins)
    yield tale.after(3)
    tale.lets_in(left.kins, person, social("0581", "barn"), Purpose.PROTECTION)
    known = case_of.RecordInformation(person=person, social="An aunt in Norrköping has a room.")
    tale.does(NILS, known, left.kins)
