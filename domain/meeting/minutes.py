"""The minutes: what was said, sealed by compartment and sent, so that each party has what it may know (D4, F)."""

from collections.abc import Iterator

from msgspec import UNSET

from domain.disclosing import (
    agreed_receiver,
    carried,
    legal_ground,
    refuse_oneself,
    refuse_unshareable,
    refuse_without_safe_contact,
    weighed,
)
from domain.errors import Refusal
from domain.event import Event
from domain.meeting.commands import ConfirmSafeContact, WriteMinutes
from domain.meeting.desk import MeetingContext
from domain.meeting.events import MeetingStatus, MinutesWritten, SafeContactConfirmed
from domain.safe_contact_handover import to_confirm
from domain.vocabulary import Compartment, Purpose

ABOUT_NOBODY = frozenset({Compartment.COORDINATION, Compartment.ADVICE})
"""What minutes say about nobody who could be pointed out (A1, B7): no ground is asked for it."""


def write_minutes(desk: MeetingContext, command: WriteMinutes) -> Iterator[Event]:
    """Send them: after the meeting, by who was there or leads it, to those who were there, on a ground (C2, F)."""
    state = desk.state
    if state.status is not MeetingStatus.HELD:
        raise Refusal("D4", "minutes are of a meeting that was held", remedy="record first that it was held")
    if desk.unit not in state.present() and not state.leads(desk.unit):
        raise Refusal("D4", "who was there writes the minutes", remedy="ask who called the meeting")
    if command.to - state.present():
        raise Refusal(
            "D4", "minutes go to those who were present", remedy="leave the others out, or disclose it to them"
        )
    for unit in sorted(command.to):
        refuse_oneself(desk.act, unit)
    content = carried(command) - ABOUT_NOBODY
    if not carried(command):
        raise Refusal("D4", "minutes say something", remedy="write what was said")
    named = tuple(ref for ref in (command.case, command.referral) if ref is not None)
    if not desk.case_bearing() and (command.person is not None or named or content):
        # B4: what is said about someone belongs to a meeting that bears the case.
        raise Refusal("B4", "a forum that bears no case takes nobody's identity", remedy="leave out whom it is about")
    if named and command.person is None:
        raise Refusal("A2", "a case is named for the person in it", remedy="name the person, or leave the case out")
    if command.person is not None and not content:
        # F: so the record, which names the person, tells no more than that something was said about them.
        raise Refusal("D4", "minutes name a person for what was said about them", remedy="say it, or leave them out")
    if content:
        _disclose(desk, command, content)
    yield MinutesWritten(
        to=command.to,
        person=command.person,
        known_by=named,
        # C8: each item says what it may be used for.
        used_for=command.used_for or (_purpose(desk, command).value if content else None),
        has_safe_contact=bool(content) and command.safe_contact,
        summary=command.summary or UNSET,
        advice=command.advice or UNSET,
        social=command.social or UNSET,
        health=command.health or UNSET,
        police=command.police or UNSET,
        risk_memo=command.risk_memo or UNSET,
        child_statement=command.child_statement or UNSET,
        balancing=command.balancing or UNSET,
    )


def confirm_safe_contact(desk: MeetingContext, command: ConfirmSafeContact) -> Iterator[Event]:
    """C12: who got minutes about a person confirms to who wrote them that they can be reached safely."""
    sent = to_confirm(desk.state.handed.values(), command.minutes, desk.unit)
    yield SafeContactConfirmed(minutes=sent.id, person=sent.person, to=sent.by, known_by=sent.known_by)


def _purpose(desk: MeetingContext, command: WriteMinutes) -> Purpose:
    return command.purpose or desk.act.by.purpose


def _disclose(desk: MeetingContext, command: WriteMinutes, content: frozenset[Compartment]) -> None:
    """C2: the same is asked for each receiver as of any other disclosure."""
    if command.person is None:
        raise Refusal("C2", "what is said about someone says about which person", remedy="name the person in the case")
    refuse_unshareable(content)
    for unit in sorted(command.to):
        agreed_receiver(desk.directory, unit, _purpose(desk, command))
        ground = legal_ground(desk.act, desk.directory, unit, content)
        weighed(ground, command.balancing)
        if ground.needs_consent and unit not in command.consented:
            raise Refusal(
                "C2",
                "no consent in force covers that receiver, purpose and content",
                remedy="ask the person, or state another ground",
            )
    refuse_without_safe_contact(desk.act, known=command.safe_contact)
