"""Report, what follows from what is asked for. Its duty is its maker's, and nobody declines it (D3)."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from msgspec import UNSET, Struct
from msgspec.structs import asdict

from domain.act import Act
from domain.agreement.state import Directory
from domain.command import Command
from domain.disclosing import carried, legal_ground, refuse_oneself, weighed
from domain.errors import Caution, NotThere, Refusal
from domain.event import Event
from domain.labelling import LabelReport, label
from domain.report import commands as ask
from domain.report import events as then
from domain.report.state import Report, ReportStatus
from domain.vocabulary import AgencyKind, Because, Consideration, Duty, Instant, Ref, ReportKind, UnitId

TAKES: Final = {ReportKind.CONCERN_CHILD: AgencyKind.SOCIAL_SERVICES, ReportKind.CRIME: AgencyKind.POLICE}
"""To whom what is reported (D3)."""


class ReportContext(Struct, frozen=True):
    """What a decision rests on: the visible state, the act, and who the agreements of the day name."""

    state: Report
    act: Act
    directory: Directory

    @property
    def unit(self) -> UnitId:
        return self.act.by.unit

    @property
    def person(self) -> Ref:
        """Whom it is about; what one may not know of answers as what is not there (F)."""
        if self.state.person is None:
            raise NotThere
        return self.state.person

    @property
    def concern_known(self) -> Instant:
        if self.state.concern_known is None:
            raise NotThere
        return self.state.concern_known

    @property
    def about(self) -> ReportKind:
        if self.state.about is None:
            raise NotThere
        return self.state.about

    @property
    def receiver(self) -> UnitId:
        """The unit to which it was handed over."""
        if self.state.receiver is None:
            raise Refusal("D3", "the report has not been made", remedy="make it")
        return self.state.receiver

    def bears(self) -> None:
        """D3: a report is made by whoever bears the duty; nobody discharges it for them."""
        if self.state.reporter is None:
            raise NotThere
        if self.unit != self.state.reporter:
            raise Refusal("D3", "a report is made by the unit that bears the duty", remedy="make one of your own")

    def not_made(self) -> None:
        if self.state.made:
            raise Refusal("D3", "the report has been made", remedy="supplement it")

    def received(self) -> UnitId:
        """The reporter, if the acting unit is the one to which it was made."""
        reporter = self.state.reporter
        if self.unit != self.receiver or reporter is None:
            raise Refusal("D3", "only the unit to which the report was made does this", remedy="ask that unit")
        return reporter


def decide(state: Report, command: Command, act: Act, directory: Directory) -> Iterator[Event]:
    """The events that `command` brings about, or the rule that forbids it."""
    if not state.seen and not command.opens:
        raise NotThere
    yield from _DECIDERS[type(command)](ReportContext(state, act, directory), command)


# Whoever bears the duty.


def _consider(desk: ReportContext, command: ask.Consider) -> Iterator[Event]:
    if desk.state.seen:
        raise Refusal("D3", "this has been considered already", remedy="reconsider it")
    if command.case is not None and command.person is None:
        raise Refusal("B5", "a report from a case is about one person in it", remedy="name the person")
    if desk.act.known > desk.act.happened:
        raise Refusal("D3", "a concern is known before it is decided on", remedy="say when it became known")
    _why_not(desk, command, command.duty)
    yield then.Considered(
        reference=command.reference,
        about=command.about,
        duty=command.duty,
        outcome=command.outcome,
        person=command.person or desk.act.id,
        ongoing=command.ongoing,
        case=command.case,
        coordinator=command.coordinator,
        consultation=command.consultation,
        reasons=command.reasons or UNSET,
    )


def _why_not(desk: ReportContext, command: ask.Consider | ask.Reconsider, duty: Duty | None) -> None:
    if command.outcome is Consideration.REPORT:
        return
    if duty is Duty.BY_LAW and desk.act.because is Because.DONE_ELSEWHERE:
        # D3: neither advice that was asked for nor what another did discharges it.
        raise Refusal("D3", "what others do, or a consultation, never discharges the duty", remedy="make the report")
    if not command.reasons and desk.act.because is None:
        raise Caution("D3", "why no report is made should be recorded", remedy="say the reasons")


def _reconsider(desk: ReportContext, command: ask.Reconsider) -> Iterator[Event]:
    desk.bears()
    desk.not_made()
    if desk.act.happened < desk.concern_known:
        raise Refusal("D3", "a concern is known before it is decided on", remedy="say when this was decided")
    _why_not(desk, command, desk.state.duty)
    yield then.Reconsidered(
        outcome=command.outcome, ongoing=command.ongoing, person=desk.person, reasons=command.reasons or UNSET
    )


def _consider_crime(desk: ReportContext, command: ask.ConsiderCrime) -> Iterator[Event]:
    desk.bears()
    if desk.about is not ReportKind.CONCERN_CHILD:
        raise Refusal(
            "D3", "this stands beside a concern for a child", remedy="consider the report of the crime itself"
        )
    # P:2386-2400: carefully considered, and the consideration recorded; the report itself is one of its own.
    yield then.CrimeConsidered(outcome=command.outcome, person=desk.person, reasons=command.reasons or UNSET)


def _make(desk: ReportContext, command: ask.Make) -> Iterator[Event]:
    desk.bears()
    desk.not_made()
    entry = desk.directory.unit(command.receiver)
    if entry is None:
        raise Refusal(
            "B1",
            f"no agreement in force names the unit {command.receiver}",
            remedy="choose a unit that an agreement names",
        )
    if entry.kind is not TAKES[desk.about]:
        to = "social services" if desk.about is ReportKind.CONCERN_CHILD else "the Police"
        raise Refusal("D3", f"such a report is made to {to}", remedy="name a unit of theirs")
    _on_duty(desk, command, command.receiver)
    decided = desk.state.decided if desk.state.considered is Consideration.REPORT else desk.act.happened
    if decided is None or desk.act.happened < max(decided, desk.concern_known):
        raise Refusal("D3", "a report is handed over after it was decided on", remedy="say when it was handed over")
    _crime(desk, command)
    if not command.contact and desk.act.because is None:
        # C12, which never delays D3: any reason goes through, and is recorded.
        raise Caution("C12", "there is no safe contact with it", remedy="say how the person can be reached safely")
    known = desk.state.identity_known.get(desk.unit)
    yield then.Made(
        receiver=command.receiver,
        reference=desk.state.reference or "",
        about=desk.about,
        duty=desk.state.duty or Duty.ANYONE,
        ongoing=desk.state.ongoing,
        concern_known=desk.concern_known,
        identity_known=desk.act.known if known is None and command.identity else known,
        decided=decided,
        crime_suspected=command.crime_suspected or desk.state.crime_suspected,
        # C8: each item says what it may be used for.
        used_for=command.used_for or desk.about.value,
        **_content(desk, command),
    )


def _crime(desk: ReportContext, command: ask.Make) -> None:
    suspected = command.crime_suspected and desk.about is ReportKind.CONCERN_CHILD
    if suspected and desk.state.crime_considered is None and desk.act.because is None:
        raise Caution(
            "D3", "whether the suspected crime is reported too should be considered", remedy="consider it, and say so"
        )


def _supplement(desk: ReportContext, command: ask.Supplement) -> Iterator[Event]:
    desk.bears()
    receiver = desk.receiver
    if not carried(command):
        raise Refusal("D3", "there is nothing to hand over", remedy="say what is new")
    _on_duty(desk, command, receiver)
    yield then.Supplemented(receiver=receiver, **_content(desk, command))


def _on_duty(desk: ReportContext, command: ask.Make | ask.Supplement, receiver: UnitId) -> None:
    """C2: a report is a disclosure on a ground; D3: no consent precedes it, so none is its ground."""
    refuse_oneself(desk.act, receiver)
    ground = legal_ground(desk.act, desk.directory, receiver, carried(command))
    if ground.needs_consent:
        raise Refusal("D3", "no consent precedes a report", remedy="name the duty or the ground that it is made on")
    weighed(ground, command.balancing)


def _content(desk: ReportContext, command: ask.Make | ask.Supplement) -> dict[str, Any]:
    given = {name: text or UNSET for name, text in asdict(command).items() if name in ask.CONTENT}
    return {**given, "person": desk.person, "has_safe_contact": bool(command.contact)}


# Whoever received it, and either.


def _confirm_receipt(desk: ReportContext, _: ask.ConfirmReceipt) -> Iterator[Event]:
    reporter = desk.received()
    if desk.state.status is not ReportStatus.MADE:
        raise Refusal("D3", "receipt has been confirmed already", remedy="tell the outcome, when there is one")
    yield then.ReceiptConfirmed(to=reporter)


def _confirm_safe_contact(desk: ReportContext, _: ask.ConfirmSafeContact) -> Iterator[Event]:
    reporter = desk.received()
    if not desk.state.safe_contact:
        raise Refusal("C12", "no safe contact came with it", remedy="ask whoever made the report for one")
    if desk.state.safe_contact_confirmed:
        raise Refusal("C12", "the safe contact has been confirmed already", remedy="go on with it")
    yield then.SafeContactConfirmed(to=reporter)


def _tell_outcome(desk: ReportContext, command: ask.TellOutcome) -> Iterator[Event]:
    reporter = desk.received()
    if desk.state.status is ReportStatus.MADE:
        # D3: who tells what came of it has received it by that.
        yield then.ReceiptConfirmed(to=reporter)
    yield then.OutcomeTold(to=reporter, outcome=command.outcome)


def _identify(desk: ReportContext, command: ask.Identify) -> Iterator[Event]:
    if desk.unit not in (desk.state.reporter, desk.state.receiver):
        raise Refusal(
            "A2", "only who reports and who receives the report say whom it is about", remedy="ask one of them"
        )
    if not command.identity:
        raise Refusal("A2", "identification says who the person is", remedy="give the identity")
    # A2: for this unit alone, so it is addressed to nobody.
    yield then.Identified(person=desk.person, identity=command.identity, contact=command.contact or UNSET)


def _dispose(desk: ReportContext, command: ask.Dispose) -> Iterator[Event]:
    awaited = desk.state.status is not ReportStatus.ANSWERED and desk.state.considered is not Consideration.NO_REPORT
    if command.whole and awaited:
        raise Refusal("D9", "a report that waits is not disposed of as a whole", remedy="tell its outcome first")
    if not command.keys:
        raise Refusal("F", "there is nothing of this unit's own to dispose of here", remedy="nothing more is needed")
    yield then.Disposed(keys=command.keys, whole=command.whole)


_DECIDERS: dict[type[Command], Callable[[ReportContext, Any], Iterator[Event]]] = {
    ask.Consider: _consider,
    ask.Reconsider: _reconsider,
    ask.ConsiderCrime: _consider_crime,
    ask.Identify: _identify,
    ask.Make: _make,
    ask.Supplement: _supplement,
    ask.ConfirmReceipt: _confirm_receipt,
    ask.ConfirmSafeContact: _confirm_safe_contact,
    ask.TellOutcome: _tell_outcome,
    LabelReport: label,
    ask.Dispose: _dispose,
}
