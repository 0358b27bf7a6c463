"""Referral, what follows from what is asked for: the sender's steps, the receiver's, and what either side may do."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import UNSET, Struct

from domain.act import Act
from domain.agreement.state import Directory
from domain.command import Command
from domain.disclosing import (
    agreed_receiver,
    carried,
    legal_ground,
    refuse_oneself,
    refuse_unshareable,
    refuse_without_safe_contact,
    weighed,
)
from domain.errors import Caution, NotThere, Refusal
from domain.event import Event
from domain.labelling import LabelReferral, label
from domain.referral import commands as ask
from domain.referral import events as then
from domain.referral.state import TAKEN_ON, UNANSWERED, WITH_THE_RECEIVER, WITH_THE_SENDER, Referral, ReferralStatus
from domain.time import day_end
from domain.vocabulary import Compartment, Instant, Purpose, Ref, UnitId


class ReferralContext(Struct, frozen=True):
    """What a decision rests on: the visible state, the act, and who the agreements of the day name."""

    state: Referral
    act: Act
    directory: Directory

    @property
    def unit(self) -> UnitId:
        return self.act.by.unit

    @property
    def now(self) -> Instant:
        return self.act.now

    @property
    def person(self) -> Ref:
        """Whom it is about; what one may not know of answers as what is not there (F)."""
        if self.state.person is None:
            raise NotThere
        return self.state.person

    @property
    def receiver(self) -> UnitId:
        """The unit that it is meant for or has it."""
        if self.state.receiver is None:
            raise NotThere
        return self.state.receiver

    @property
    def sender(self) -> UnitId:
        """The unit whose referral it is."""
        if self.state.sender is None:
            raise NotThere
        return self.state.sender

    @property
    def purpose(self) -> Purpose:
        """What the person is referred for."""
        if self.state.purpose is None:
            raise NotThere
        return self.state.purpose

    def still_open(self) -> None:
        if self.state.ended:
            raise Refusal("D2", "this referral has ended", remedy="propose a new one")

    def sends(self) -> None:
        """Only the sender, and only while nothing has ended."""
        if self.unit != self.sender:
            raise Refusal("D2", "only the unit whose referral it is does this", remedy="ask that unit")
        self.still_open()

    def holds(self) -> UnitId:
        """The sender, if the acting unit is the one that has it now."""
        sender = self.sender
        self.still_open()
        if self.unit != self.receiver or self.state.status not in WITH_THE_RECEIVER:
            raise Refusal(
                "D2", "only the unit that it was sent to, and that has it still, does this", remedy="ask that unit"
            )
        return sender

    def helps(self) -> UnitId:
        """The sender, if the acting unit has taken the person on."""
        sender = self.holds()
        if self.state.status not in TAKEN_ON:
            raise Refusal("D2", "the referral has not been accepted", remedy="accept it first")
        return sender


def decide(state: Referral, command: Command, act: Act, directory: Directory) -> Iterator[Event]:
    """The events that `command` brings about, or the rule that forbids it."""
    if not state.seen and not command.opens:
        raise NotThere
    yield from _DECIDERS[type(command)](ReferralContext(state, act, directory), command)


# The sender.


def _propose(desk: ReferralContext, command: ask.Propose) -> Iterator[Event]:
    if desk.state.seen:
        raise Refusal("D2", "this referral has been proposed already", remedy="go on in it")
    refuse_oneself(desk.act, command.receiver)
    agreed_receiver(desk.directory, command.receiver, command.purpose)
    if command.case is not None and command.person is None:
        raise Refusal("B5", "a referral from a case is about one person in it", remedy="name the person")
    yield then.Proposed(
        reference=command.reference,
        receiver=command.receiver,
        purpose=command.purpose,
        person=command.person or desk.act.id,
        case=command.case,
        coordinator=command.coordinator,
    )


def _person_agrees(desk: ReferralContext, command: ask.PersonAgrees) -> Iterator[Event]:
    desk.sends()
    receiver = command.receiver or desk.receiver
    refuse_unshareable(command.compartments)
    refuse_oneself(desk.act, receiver)
    agreed_receiver(desk.directory, receiver, desk.purpose)
    until = day_end(command.last)
    if until <= desk.now:
        raise Refusal("C2", "the consent would be over already", remedy="name a day to come")
    yield then.PersonAgreed(person=desk.person, receiver=receiver, compartments=command.compartments, until=until)


def _person_declines(desk: ReferralContext, _: ask.PersonDeclines) -> Iterator[Event]:
    desk.sends()
    yield then.PersonDeclined(person=desk.person)


def _send(desk: ReferralContext, command: ask.Send) -> Iterator[Event]:
    desk.sends()
    if desk.state.status not in WITH_THE_SENDER:
        raise Refusal("D2", "another unit has it now", remedy="withdraw it, or wait until it comes back")
    receiver = command.receiver or desk.receiver
    refuse_oneself(desk.act, receiver)
    agreed_receiver(desk.directory, receiver, desk.purpose)
    content = carried(command)
    ground = legal_ground(desk.act, desk.directory, receiver, content)
    weighed(ground, command.balancing)
    # D2: the person agrees, or there is another ground. C2: to that receiver, and to no more than was agreed.
    if ground.needs_consent and not any(each.covers(receiver, content, desk.now) for each in desk.state.agreed):
        raise Refusal(
            "C2", "the person has not agreed to that receiver and content", remedy="ask them, or name another ground"
        )
    refuse_without_safe_contact(desk.act, known=bool(command.contact))
    yield then.Sent(
        receiver=receiver,
        reference=desk.state.reference or "",
        purpose=desk.purpose,
        # C8: each item says what it may be used for; the receiver passes it on only on a ground of its own.
        used_for=command.used_for or desk.purpose.value,
        person=desk.person,
        has_safe_contact=bool(command.contact),
        identity=command.identity or UNSET,
        contact=command.contact or UNSET,
        must_not_learn=command.must_not_learn or UNSET,
        # C5: guardians, relatives and possible perpetrators are told nothing by default.
        guardians=command.guardians or UNSET,
        social=command.social or UNSET,
        health=command.health or UNSET,
        police=command.police or UNSET,
        risk_memo=command.risk_memo or UNSET,
        child_statement=command.child_statement or UNSET,
        balancing=command.balancing or UNSET,
    )


def _give_safe_contact(desk: ReferralContext, command: ask.GiveSafeContact) -> Iterator[Event]:
    desk.sends()
    if desk.state.status not in WITH_THE_RECEIVER:
        raise Refusal("D2", "nobody has it who could use it", remedy="send it, with the safe contact")
    if not command.contact:
        raise Refusal(
            "C12", "safe contact says how, when and through whom the person can be reached", remedy="say that"
        )
    content = frozenset({Compartment.CONTACT})
    ground = legal_ground(desk.act, desk.directory, desk.receiver, content)
    if ground.needs_balancing:
        raise Refusal("C2", "that ground asks for a balancing note", remedy="name the ground that it was sent on")
    if ground.needs_consent and not any(each.covers(desk.receiver, content, desk.now) for each in desk.state.agreed):
        raise Refusal(
            "C2", "the person has not agreed to that receiver and content", remedy="ask them, or name another ground"
        )
    yield then.SafeContactGiven(
        receiver=desk.receiver,
        person=desk.person,
        contact=command.contact,
        must_not_learn=command.must_not_learn or UNSET,
        guardians=command.guardians or UNSET,
    )


def _withdraw(desk: ReferralContext, _: ask.Withdraw) -> Iterator[Event]:
    desk.sends()
    # R4: who has it is told that it is withdrawn, never why; who sent it back is told nothing.
    has_it = desk.state.status in WITH_THE_RECEIVER
    yield then.Withdrawn(to=desk.receiver if has_it else None)


def _signpost(desk: ReferralContext, command: ask.Signpost) -> Iterator[Event]:
    desk.sends()
    if desk.state.status not in WITH_THE_SENDER:
        raise Refusal("D2", "another unit has it now", remedy="withdraw it first")
    yield then.Signposted(unit=desk.receiver, told=command.told or UNSET)


# The receiver.


def _received(desk: ReferralContext, sender: UnitId) -> Iterator[Event]:
    """D2: who answers at once, as on the telephone, has received it by that."""
    if desk.state.status is ReferralStatus.SENT:
        yield then.ReceiptConfirmed(to=sender)


def _unanswered(desk: ReferralContext) -> UnitId:
    sender = desk.holds()
    if desk.state.status not in UNANSWERED:
        raise Refusal("D2", "it has been accepted already", remedy="complete it, and say how it ended")
    return sender


def _confirm_receipt(desk: ReferralContext, _: ask.ConfirmReceipt) -> Iterator[Event]:
    sender = desk.holds()
    if desk.state.status is not ReferralStatus.SENT:
        raise Refusal("D2", "receipt has been confirmed already", remedy="answer it")
    yield then.ReceiptConfirmed(to=sender)


def _confirm_safe_contact(desk: ReferralContext, _: ask.ConfirmSafeContact) -> Iterator[Event]:
    sender = desk.holds()
    if not desk.state.safe_contact:
        raise Refusal("C12", "no safe contact came with it", remedy="ask the sender for one")
    if desk.state.safe_contact_confirmed:
        raise Refusal("C12", "the safe contact has been confirmed already", remedy="go on with it")
    yield from _received(desk, sender)
    yield then.SafeContactConfirmed(to=sender)


def _accept(desk: ReferralContext, _: ask.Accept) -> Iterator[Event]:
    sender = _unanswered(desk)
    yield from _received(desk, sender)
    yield then.Accepted(to=sender)


def _decline(desk: ReferralContext, command: ask.Decline) -> Iterator[Event]:
    sender = _unanswered(desk)
    yield from _received(desk, sender)
    yield then.Declined(to=sender, reason=command.reason, explanation=command.explanation or UNSET)


def _redirect(desk: ReferralContext, command: ask.Redirect) -> Iterator[Event]:
    sender = _unanswered(desk)
    if command.to in (desk.unit, sender):
        raise Refusal("D2", "a referral is redirected to a third unit", remedy="decline it instead")
    agreed_receiver(desk.directory, command.to, desk.purpose)
    yield from _received(desk, sender)
    # C2: nothing moves by this; the sender sends it there on a ground of its own, or does not.
    yield then.Redirected(to=sender, named=command.to)


def _contact_attempted(desk: ReferralContext, _: ask.AttemptContact) -> Iterator[Event]:
    sender = desk.helps()
    _safely(desk)
    yield then.ContactAttempted(to=sender)


def _first_contact(desk: ReferralContext, _: ask.MeetFirst) -> Iterator[Event]:
    sender = desk.helps()
    if desk.state.met:
        raise Refusal("D2", "the first contact has been made already", remedy="complete it, when it is")
    _safely(desk)
    yield then.FirstContact(to=sender)


def _safely(desk: ReferralContext) -> None:
    """C12: nobody is reached for before it is understood how. What was done is told with a reason, not lost."""
    if not desk.state.safe_contact_confirmed and desk.act.because is None:
        raise Caution("C12", "the safe contact has not been confirmed", remedy="confirm it before reaching out")


def _did_not_attend(desk: ReferralContext, _: ask.MissAppointment) -> Iterator[Event]:
    yield then.DidNotAttend(to=desk.helps())


def _complete(desk: ReferralContext, command: ask.Complete) -> Iterator[Event]:
    sender = desk.helps()
    if not desk.state.met and desk.act.because is None:
        # D2: sent is not done, and accepted is not either.
        raise Caution("D2", "nobody has been in contact with the person yet", remedy="make contact, or say why not")
    yield then.Completed(to=sender, outcome=command.outcome)


# Others.


def _remind(desk: ReferralContext, _: ask.Remind) -> Iterator[Event]:
    sender = desk.sender
    if desk.unit not in (sender, desk.state.coordinator):
        raise Refusal("D2", "the sender, or the coordinator of the case, reminds", remedy="ask one of them")
    desk.still_open()
    if desk.state.status not in WITH_THE_RECEIVER:
        raise Refusal("D2", "there is nobody to remind: the sender has it", remedy="send it")
    yield then.Reminded(to=desk.receiver, sender=sender)


def _dispose(desk: ReferralContext, command: ask.Dispose) -> Iterator[Event]:
    state = desk.state
    works_on_it = desk.unit == state.sender or (desk.unit == state.receiver and state.status in WITH_THE_RECEIVER)
    if command.whole and works_on_it and not state.ended:
        raise Refusal("D9", "a referral that goes on is not disposed of as a whole", remedy="withdraw or complete it")
    if not command.keys:
        raise Refusal("F", "there is nothing of this unit's own to dispose of here", remedy="nothing more is needed")
    yield then.Disposed(keys=command.keys, whole=command.whole)


_DECIDERS: dict[type[Command], Callable[[ReferralContext, Any], Iterator[Event]]] = {
    ask.Propose: _propose,
    ask.PersonAgrees: _person_agrees,
    ask.PersonDeclines: _person_declines,
    ask.Send: _send,
    ask.GiveSafeContact: _give_safe_contact,
    ask.ConfirmReceipt: _confirm_receipt,
    ask.ConfirmSafeContact: _confirm_safe_contact,
    ask.Accept: _accept,
    ask.Decline: _decline,
    ask.Redirect: _redirect,
    ask.AttemptContact: _contact_attempted,
    ask.MeetFirst: _first_contact,
    ask.MissAppointment: _did_not_attend,
    ask.Complete: _complete,
    ask.Withdraw: _withdraw,
    ask.Remind: _remind,
    ask.Signpost: _signpost,
    LabelReferral: label,
    ask.Dispose: _dispose,
}
