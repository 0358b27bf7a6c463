"""What the hub itself puts into a command: a reference to speak, a key's tag, the keys to be disposed of, and what the
sender knows of the case that it belongs to. No caller sends any of it."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any, Final

import msgspec
from msgspec import Struct

from domain.act import Principal
from domain.case.commands import Assign, BlockStaff, Close, Disclose, PurgeNote
from domain.case.commands import Dispose as DisposeOfCase
from domain.command import Command
from domain.consultation.commands import Dispose as DisposeOfConsultation
from domain.consultation.commands import IssueKey
from domain.consultation.events import KeyIssued, Requested
from domain.disclosing import carried
from domain.event import Event
from domain.meeting.commands import BlockStaff as BlockFromMeeting
from domain.meeting.commands import BookInterpreter, WriteMinutes
from domain.meeting.commands import Dispose as DisposeOfMeeting
from domain.meeting.minutes import ABOUT_NOBODY
from domain.referral.commands import Dispose as DisposeOfReferral
from domain.referral.events import Proposed
from domain.report.commands import Dispose as DisposeOfReport
from domain.report.events import Considered
from domain.vocabulary import Compartment, Instant, Ref, Role, UnitId
from domain.waiting import WaitsFor
from hub_api.access.core import Core
from hub_api.commands.references import References
from hub_api.wording.speakable import caller_key, caller_tag, reference

_ALL: Final = frozenset(Compartment) - {Compartment.RECORD, Compartment.ACCESS}
_CONTENT: Final = _ALL - {Compartment.COORDINATION}
CONTENT_OF: Final[dict[type[Command], frozenset[Compartment]]] = {
    DisposeOfConsultation: frozenset(
        {Compartment.ADVICE, Compartment.IDENTITY, Compartment.CONTACT, Compartment.WORKING_NOTE}
    ),
    DisposeOfReferral: _CONTENT,
    DisposeOfReport: _CONTENT,
    DisposeOfMeeting: _ALL,
}
"""What a disposal that is not of the whole takes: the content, and of a meeting all that stands beside the record."""
_CALLED: Final = (Requested, Proposed, Considered)
"""The acts that give what they open a reference to speak."""


class CompletionContext(Struct, frozen=True, kw_only=True):
    """What filling rests on. `said` is told to the sender, once."""

    principal: Principal
    stream: Ref
    tag: bytes
    now: Instant
    state: Any
    linked: References
    said: dict[str, str]


class Fills:
    """Fills what commands leave to the hub, field by field."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._caller_secret = core.vault.secret(b"caller-key")
        self._makers: dict[str, Callable[[Any, CompletionContext], object]] = {
            "reference": self._reference,
            "tag": self._tag,
            "keys": self._keys,
            "coordinator": _coordinator,
            "consented": _consented,
            "safe_contact": _safe_contact,
            "kept_out": _kept_out,
            "left_open": _left_open,
            "unknown_here": self._unknown_here,
            "unanswered": self._unanswered,
        }

    def fill(self, command: Command, desk: CompletionContext) -> Command:
        """The command with all that the hub fills in."""
        if not command.hub_fills:
            return command
        made = {field: self._makers[field](command, desk) for field in sorted(command.hub_fills)}
        return msgspec.structs.replace(command, **made)

    def told_before(self, event: Event, tag: bytes) -> dict[str, str]:
        """What was told when the event was recorded: told again to who repeats the request by its key."""
        if isinstance(event, _CALLED):
            return {"reference": event.reference}
        return {"caller_key": self._caller_key(tag)} if isinstance(event, KeyIssued) else {}

    def _reference(self, _: Command, desk: CompletionContext) -> str:
        desk.said["reference"] = reference(self._core.entropy)
        return desk.said["reference"]

    def _tag(self, _: IssueKey, desk: CompletionContext) -> str:
        desk.said["caller_key"] = self._caller_key(desk.tag)
        return caller_tag(self._caller_secret, desk.said["caller_key"])

    def _unknown_here(self, command: BlockStaff | BlockFromMeeting, desk: CompletionContext) -> bool:
        """C9: whether sign-in knows nobody of that name in the sender's own agency; of others nothing is asked."""
        return self._core.staff.lacks(desk.principal.agency, command.staff)

    def _unanswered(self, command: Assign | Disclose, _: CompletionContext) -> bool:
        """C1: whether nobody in the unit works for the purpose of the grant that it is given."""
        unit = command.unit if isinstance(command, Assign) else command.receiver
        return self._core.staff.nobody_answers(unit, command.purpose)

    def _caller_key(self, tag: bytes) -> str:
        """A key for an anonymous caller. A request that is repeated by its idempotency key is told the same one."""
        return caller_key(
            hmac.new(self._caller_secret, tag, hashlib.sha256).digest() if tag else self._core.entropy.bytes(32)
        )

    def _keys(self, command: Command, desk: CompletionContext) -> tuple[Ref, ...]:
        """The keys of what the acting unit owns and the command names; a purge on its date is the scheduler's too."""
        vault, own, stream = self._core.vault, desk.principal.unit, desk.stream
        match command:
            case PurgeNote(note=note):
                found = vault.keys_of(stream, None if desk.principal.role is Role.SYSTEM else own, None, note)
            case DisposeOfCase(whole=False, person=person, compartments=named):
                found = [key for key in vault.keys_of(stream, own, named) if key.scope.subject == person]
            case _:
                whole = getattr(command, "whole", True)
                found = vault.keys_of(stream, own, None if whole else CONTENT_OF[type(command)])
        return tuple(key.id for key in found)


def _coordinator(command: Any, desk: CompletionContext) -> UnitId | None:
    """B6: of the case, if its sender knows who coordinates it."""
    return desk.linked.case(command.case).coordinator


def _consented(command: WriteMinutes, desk: CompletionContext) -> frozenset[UnitId]:
    """C2: the receivers to whom a consent covers it that was given to this unit and is in force."""
    content = carried(command) - ABOUT_NOBODY
    return frozenset(
        consent.receiver
        for case in desk.linked.cases(command, desk.state)
        for consent in case.consents.values()
        if consent.receiver in command.to
        and (consent.by, consent.person) == (desk.principal.unit, command.person)
        and consent.purpose is (command.purpose or desk.principal.purpose)
        and content <= consent.compartments
        and consent.in_force(desk.now)
    )


def _safe_contact(command: WriteMinutes, desk: CompletionContext) -> bool:
    """C12: whether this unit knows of a safe contact with the person of whom the minutes are."""
    if command.person is None:
        return False
    known = (case.persons.get(command.person) for case in desk.linked.cases(command, desk.state))
    referral = desk.linked.referral_of(command)
    return any(person is not None and person.safe_contact for person in known) or (
        referral.person == command.person and referral.safe_contact
    )


def _left_open(_: Close, desk: CompletionContext) -> tuple[WaitsFor, ...]:
    """D2, D4: what of the case is open elsewhere, as far as the sender may know."""
    return desk.linked.left_open(desk.stream)


def _kept_out(command: BookInterpreter, desk: CompletionContext) -> bool:
    """C9: whether the case, as this unit knows it, keeps that interpreter out."""
    return command.interpreter is not None and desk.linked.case(desk.state.case).blocked(command.interpreter)
