"""The quarter's referrals and reports: answered, refused, sent elsewhere, or met by silence (D2, D3, C12)."""

from typing import Final

from domain.consultation.commands import Accept as TakeIn
from domain.consultation.commands import Advise
from domain.referral import commands as referral
from domain.report import commands as report
from domain.vocabulary import (
    CallerCategory,
    Channel,
    Compartment,
    Consideration,
    DeclineReason,
    Kind,
    Outcome,
    Purpose,
    Ref,
    ReportKind,
    ReportOutcome,
    UnitId,
)
from hub_demo.consultations import ANNA, OMAR, PAULA, asks
from hub_demo.county import CHILD_PSYCHIATRY, POLICE_INVESTIGATION, SHELTER, YOUTH_CLINIC
from hub_demo.quarter_tale import PHONE, YEAR, Tale
from hub_demo.story import Scenes

PIA: Final = "utredare-pia-exempel"
_TOLD: Final = frozenset({Compartment.CONTACT, Compartment.SOCIAL, Compartment.IDENTITY})


def _sent(tale: Tale) -> tuple[Ref, Ref, Ref]:
    """A case, its person, and a referral of theirs to child psychiatry; the person agrees, or the law gives it."""
    case, person = tale.opens()
    proposed = referral.Propose(reference="", receiver=CHILD_PSYCHIATRY, purpose=Purpose.CARE, case=case, person=person)
    sent = tale.does(tale.worker, proposed).stream
    agreed = tale.happens(0.7)
    if agreed:
        _agrees(tale, sent, None)
    _send(tale, sent, None, "consent" if agreed else "osl-26-9")
    return case, person, sent


def _agrees(tale: Tale, sent: Ref, receiver: UnitId | None) -> None:
    agrees = referral.PersonAgrees(receiver=receiver, compartments=_TOLD, last=YEAR)
    tale.does(tale.worker, agrees, sent, channel=Channel.VISIT)


def _send(tale: Tale, sent: Ref, receiver: UnitId | None, ground: str) -> None:
    carried = referral.Send(
        receiver=receiver,
        identity=tale.called,
        contact="Never at home. By the school, before noon.",
        must_not_learn="Parents and brothers.",
        social=tale.draw("Does not sleep.", "Has stopped eating.", "Asks for someone to talk to."),
    )
    tale.does(tale.worker, carried, sent, ground=ground)


def referral_answered(tale: Tale) -> Scenes:
    """Received, accepted, sought, met; some do not come the first time."""
    yield tale.after(0)
    case, person, sent = _sent(tale)
    yield tale.after(tale.draw(1, 2, 4))
    tale.looks(PAULA, Kind.REFERRAL, sent)
    tale.does(PAULA, referral.ConfirmReceipt(), sent)
    tale.does(PAULA, referral.ConfirmSafeContact(), sent)
    yield tale.after(tale.draw(2, 5))
    tale.does(PAULA, referral.Accept(), sent)
    for _ in range(tale.draw(0, 1, 2)):
        yield tale.after(2)
        tale.does(PAULA, referral.AttemptContact(), sent, channel=PHONE)
    if tale.happens(0.4):
        yield tale.after(5)
        tale.does(PAULA, referral.MissAppointment(), sent)
    yield tale.after(7)
    tale.does(PAULA, referral.MeetFirst(), sent, channel=Channel.VISIT)
    yield tale.after(30)
    tale.does(PAULA, referral.Complete(outcome=tale.draw(Outcome.SUPPORT_GOES_ON, Outcome.PROTECTED)), sent)
    tale.closes(case, person)


def referral_unanswered(tale: Tale) -> Scenes:
    """Nobody answers: it is asked after by telephone, and goes on waiting."""
    yield tale.after(0)
    _, _, sent = _sent(tale)
    if tale.happens(0.4):
        yield tale.after(2)
        tale.does(PAULA, referral.ConfirmReceipt(), sent)
    for days in (4, 10):
        yield tale.after(days)
        tale.does(tale.draw(tale.worker, ANNA), referral.Remind(), sent, channel=PHONE)


def referral_refused(tale: Tale) -> Scenes:
    """It comes back, with a reason or a better address; its sender sends it on, takes it back, or leaves it."""
    yield tale.after(0)
    _, _, sent = _sent(tale)
    yield tale.after(tale.draw(2, 6))
    tale.looks(PAULA, Kind.REFERRAL, sent)
    if tale.in_turn(True, False):
        tale.does(PAULA, referral.Redirect(to=YOUTH_CLINIC), sent)
    else:
        reason = tale.draw(DeclineReason.NO_CAPACITY, DeclineReason.NOT_OUR_TASK, DeclineReason.OTHER_HELP_NEEDED)
        tale.does(PAULA, referral.Decline(reason=reason, explanation="There is no room before the new year."), sent)
    yield tale.after(2)
    match tale.in_turn("on", "back", "told", "left", "on"):
        case "on":
            _agrees(tale, sent, YOUTH_CLINIC)
            _send(tale, sent, YOUTH_CLINIC, "consent")
        case "back":
            tale.does(tale.worker, referral.PersonDeclines(), sent, channel=Channel.VISIT)
            tale.does(tale.worker, referral.Withdraw(), sent)
        case "told":
            tale.does(tale.worker, referral.Signpost(told="The youth clinic's open hour, on Tuesdays."), sent)
        case _:
            tale.story.tries(tale.worker, referral.Send(receiver=SHELTER), sent)  # C2: no ground, no sending


def asked_and_reported(tale: Tale) -> Scenes:
    """A counsellor asks about somebody without a name; when the name is known the report is made (A1, D3)."""
    yield tale.after(0)
    question = asks(CallerCategory.SCHOOL, "A pupil is afraid to go home. What is ours to do?", minor=True)
    asked = tale.does(tale.counsellor, question, channel=PHONE).stream
    tale.does(OMAR, TakeIn(), asked, channel=PHONE)
    tale.does(OMAR, Advise(answer="The duty to report is yours; ask us again at any hour."), asked, channel=PHONE)
    yield tale.after(tale.draw(0, 3, 14))
    considered = report.Consider(
        reference="", about=ReportKind.CONCERN_CHILD, outcome=Consideration.REPORT, consultation=asked
    )
    concern = tale.does(tale.counsellor, considered).stream
    contact = "Through the counsellor, before noon."
    tale.does(tale.counsellor, report.Identify(identity=tale.called), concern)
    crime = tale.happens(0.4)
    outcome = Consideration.REPORT if crime else Consideration.NO_REPORT
    tale.does(tale.counsellor, report.ConsiderCrime(outcome=outcome, reasons="What she told on Friday."), concern)
    made = report.Make(
        receiver=tale.unit,
        crime_suspected=crime,
        identity=tale.called,
        contact=contact,
        social="Is kept from school trips and sport.",
        child_statement="I am not allowed to choose.",
    )
    tale.does(tale.counsellor, made, concern, ground="child-concern")
    if crime:
        _to_the_police(tale, contact)
    if tale.turn in (3, 8):
        return  # nobody confirms it: the silence is in view
    yield tale.after(tale.draw(0, 1))
    tale.looks(tale.worker, Kind.REPORT, concern)
    tale.does(tale.worker, report.ConfirmReceipt(), concern)
    tale.does(tale.worker, report.ConfirmSafeContact(), concern)
    case, person = tale.opens()
    yield tale.after(14)
    inquiry = tale.draw(ReportOutcome.INQUIRY_OPENED, ReportOutcome.INQUIRY_OPENED, ReportOutcome.NO_INQUIRY)
    tale.does(tale.worker, report.TellOutcome(outcome=inquiry), concern)
    if inquiry is ReportOutcome.NO_INQUIRY:
        tale.closes(case, person)


def _to_the_police(tale: Tale, contact: str) -> None:
    considered = report.Consider(reference="", about=ReportKind.CRIME, outcome=Consideration.REPORT, ongoing=True)
    crime = tale.does(tale.counsellor, considered).stream
    made = report.Make(
        receiver=POLICE_INVESTIGATION, identity=tale.called, contact=contact, police="Blows, by an elder brother."
    )
    tale.does(tale.counsellor, made, crime, ground="osl-10-21")
    tale.does(PIA, report.ConfirmReceipt(), crime)
