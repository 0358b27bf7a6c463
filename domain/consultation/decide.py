"""Consultation, what follows from what is asked: requested → accepted | passed on → advice → followed up → closed."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import UNSET, Struct

from domain.act import Act
from domain.agreement.state import Directory
from domain.command import Command
from domain.consultation import commands as ask
from domain.consultation import events as then
from domain.consultation.state import Consultation, ConsultationStatus
from domain.errors import Caution, NotThere, Refusal
from domain.event import Event
from domain.labelling import LabelConsultation, label
from domain.limits import refuse_content
from domain.vocabulary import About, AgencyKind, InformedOf, Role, UnitId

ADVISING = frozenset({Role.ADVISER, Role.COORDINATOR})


class ConsultationContext(Struct, frozen=True):
    """What a decision rests on: the visible state, the act, and who the agreements of the day name."""

    state: Consultation
    act: Act
    directory: Directory

    @property
    def unit(self) -> UnitId:
        return self.act.by.unit

    def asker(self) -> UnitId:
        """The unit that asked; what one may not know of answers as what is not there (F)."""
        if self.state.asker is None:
            raise NotThere
        return self.state.asker

    def other_side(self) -> UnitId:
        """The unit that this act is addressed to; only the two sides act."""
        asker, asked = self.asker(), self.state.asked
        if asked is None or self.unit not in (asker, asked):
            raise Refusal(
                "B7", "only who asked and who now is asked act in a consultation", remedy="request one of your own"
            )
        return asked if self.unit == asker else asker

    def asked_to(self) -> UnitId:
        """The asker, if the acting unit is the one asked."""
        asker = self.asker()
        if self.unit != self.state.asked:
            # B7: the resource centre, or whoever was asked, speaks for itself; nobody in its name.
            raise Refusal("B7", "only the unit that was asked may do this", remedy="ask that unit")
        return asker

    def still_open(self) -> None:
        if self.state.status is ConsultationStatus.CLOSED:
            raise Refusal("D9", "the consultation is closed", remedy="reopen it")

    def can_advise(self, unit: UnitId) -> None:
        entry = self.directory.unit(unit)
        if entry is None:
            raise Refusal(
                "B1", f"no agreement in force names the unit {unit}", remedy="choose a unit that an agreement names"
            )
        if not entry.roles & ADVISING:
            # B3: who advises is agreed, never coded.
            raise Refusal("B3", "by agreement that unit does not advise", remedy="ask one that does")


def decide(state: Consultation, command: Command, act: Act, directory: Directory) -> Iterator[Event]:
    """The events that `command` brings about, or the rule that forbids it."""
    if not state.seen and not command.opens:
        raise NotThere
    if state.no_record:
        refuse_content(command)
    yield from _DECIDERS[type(command)](ConsultationContext(state, act, directory), command)


def _request(desk: ConsultationContext, command: ask.Request) -> Iterator[Event]:
    if desk.state.seen:
        raise Refusal("D1", "this consultation has been requested already", remedy="go on in it")
    desk.can_advise(command.asked_of)
    _count(command)
    entry = desk.directory.unit(desk.unit)
    no_record = command.no_record or (entry is not None and entry.keeps_no_record)
    if no_record:
        refuse_content(command)
    yield then.Requested(
        asked_of=command.asked_of,
        reference=command.reference,
        caller=command.caller,
        about=command.about,
        persons=command.persons,
        told=command.told,
        county=command.county,
        topic=command.topic,
        minor=command.minor,
        no_record=no_record,
        source=command.source,
        question=command.question or UNSET,
    )


def _count(command: ask.Request) -> None:
    # A1: about nobody, one or a group; the number agrees with it and no name is asked for (A9).
    fits = {
        About.NOBODY: command.persons == 0,
        About.ONE: command.persons == 1,
        About.GROUP: command.persons > 1,
    }
    if not fits[command.about]:
        raise Refusal(
            "A1",
            "the number of persons does not fit whom the consultation is about",
            remedy="say 0 for nobody, 1 for one person, 2 or more for a group",
        )


def _accept(desk: ConsultationContext, _: ask.Accept) -> Iterator[Event]:
    asker = desk.asked_to()
    desk.still_open()
    if desk.state.status not in (ConsultationStatus.REQUESTED, ConsultationStatus.PASSED_ON):
        raise Refusal("D1", "the consultation has been accepted already", remedy="nothing more is needed")
    yield then.Accepted(to=asker)


def _pass_on(desk: ConsultationContext, command: ask.PassOn) -> Iterator[Event]:
    asker = desk.asked_to()
    desk.still_open()
    if command.to == desk.unit:
        raise Refusal("D1", "a consultation is passed on to another unit", remedy="choose another unit")
    desk.can_advise(command.to)
    yield then.PassedOn(to=command.to, asker=asker)


def _advise(desk: ConsultationContext, command: ask.Advise) -> Iterator[Event]:
    asker = desk.asked_to()
    desk.still_open()
    if desk.act.by.role not in ADVISING:
        raise Refusal("B3", "advice is given in the role of adviser or coordinator", remedy="act in that role")
    if desk.state.status in (ConsultationStatus.REQUESTED, ConsultationStatus.PASSED_ON):
        # D1: who answers at once, as on the telephone, has taken it on by that.
        yield then.Accepted(to=asker)
    yield then.AdviceGiven(
        to=asker,
        adviser_role=desk.act.by.role,
        guidance=command.guidance,
        guidance_version=command.guidance_version,
        answer=command.answer or UNSET,
    )


def _follow_up(desk: ConsultationContext, command: ask.FollowUp) -> Iterator[Event]:
    to = desk.other_side()
    desk.still_open()
    if not desk.state.advice:
        raise Refusal("D1", "no advice has been given yet that could be followed up", remedy="give advice first")
    yield then.FollowedUp(to=to, note=command.note or UNSET)


def _contact_again(desk: ConsultationContext, command: ask.ContactAgain) -> Iterator[Event]:
    to = desk.other_side()
    if desk.unit not in {unit for unit, _ in desk.state.keys}:
        raise Refusal("A4", "this unit has given no key to come back with", remedy="give one, or request anew")
    if desk.state.status is ConsultationStatus.CLOSED:
        # D9: closed is never final, and who comes back is not met with a form.
        yield then.Reopened(to=to)
    yield then.ContactedAgain(to=to, minor=command.minor, question=command.question or UNSET)


def _issue_key(desk: ConsultationContext, command: ask.IssueKey) -> Iterator[Event]:
    to = desk.other_side()
    desk.still_open()
    if desk.unit in desk.state.identified_by:
        raise Refusal(
            "A4",
            "a key is for an anonymous person, and this unit knows who it is",
            remedy="reach the person by a safe contact",
        )
    yield then.KeyIssued(to=to, tag=command.tag)


def _inform(desk: ConsultationContext, command: ask.Inform) -> Iterator[Event]:
    to = desk.other_side()
    if command.told is InformedOf.NO_CONTACT:
        raise Refusal("A3", "it is recorded that the person was told, or why not", remedy="say which")
    yield then.Informed(to=to, told=command.told)


def _identify(desk: ConsultationContext, command: ask.Identify) -> Iterator[Event]:
    desk.other_side()
    desk.still_open()
    if not command.identity:
        raise Refusal("A2", "identification says who the person is", remedy="give the identity")
    if desk.state.direct_contact() and desk.state.told in (None, InformedOf.NO_CONTACT):
        # A3: what the person was told is recorded before they are identified; "not told, because" is an answer too.
        raise Refusal(
            "A3",
            "first record whether the person was told about anonymity and the duty to report",
            remedy="record that, or why not",
        )
    # A2: for this unit alone, so it is addressed to nobody.
    yield then.Identified(identity=command.identity, contact=command.contact or UNSET)


def _close(desk: ConsultationContext, command: ask.Close) -> Iterator[Event]:
    to = desk.other_side()
    desk.still_open()
    if desk.state.involve_social_services() and not _social_services_take_part(desk) and desk.act.because is None:
        raise Caution(
            "A4",
            "an anonymous minor came back: social services should be involved within reasonable time",
            remedy="involve them, or say why not",
        )
    yield then.Closed(to=to, outcome=command.outcome)


def _social_services_take_part(desk: ConsultationContext) -> bool:
    sides = (desk.directory.unit(unit) for unit in (desk.state.asker, desk.state.asked) if unit is not None)
    return any(entry is not None and entry.kind is AgencyKind.SOCIAL_SERVICES for entry in sides)


def _reopen(desk: ConsultationContext, _: ask.Reopen) -> Iterator[Event]:
    to = desk.other_side()
    if desk.state.status is not ConsultationStatus.CLOSED:
        raise Refusal("D9", "the consultation is not closed", remedy="go on in it")
    yield then.Reopened(to=to)


def _dispose(desk: ConsultationContext, command: ask.Dispose) -> Iterator[Event]:
    # Not only the two sides now: a unit that passed it on still owns what it wrote.
    if (
        command.whole
        and desk.unit in (desk.state.asker, desk.state.asked)
        and desk.state.status is not ConsultationStatus.CLOSED
    ):
        raise Refusal("D9", "a consultation that is open is not disposed of as a whole", remedy="close it first")
    if not command.keys:
        raise Refusal("F", "there is nothing of this unit's own to dispose of here", remedy="nothing more is needed")
    yield then.Disposed(keys=command.keys, whole=command.whole)


_DECIDERS: dict[type[Command], Callable[[ConsultationContext, Any], Iterator[Event]]] = {
    ask.Request: _request,
    ask.Accept: _accept,
    ask.PassOn: _pass_on,
    ask.Advise: _advise,
    ask.FollowUp: _follow_up,
    ask.ContactAgain: _contact_again,
    ask.IssueKey: _issue_key,
    ask.Inform: _inform,
    ask.Identify: _identify,
    ask.Close: _close,
    ask.Reopen: _reopen,
    LabelConsultation: label,
    ask.Dispose: _dispose,
}
