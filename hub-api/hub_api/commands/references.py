"""What a command names in other aggregates: it is there if whoever sends the command may know of it, else it is not.

A case, a consultation, a report that one may not know of answers as what does not exist (F). A person is named within
a case that one knows, or within what one sees of the aggregate itself (A2, B5): there is no index of persons.
"""

import hashlib
from collections.abc import Callable, Collection
from typing import Any, Final

import msgspec

from domain.act import Principal
from domain.agreement.state import Directory
from domain.case.state import INITIAL as NO_CASE
from domain.case.state import Case
from domain.closing import OF_MATTERS, left_open
from domain.command import Command
from domain.errors import NotThere
from domain.meeting.commands import WriteMinutes
from domain.meeting.state import Meeting
from domain.ports import KnownSnapshot
from domain.referral.state import INITIAL as NO_REFERRAL
from domain.referral.state import Referral
from domain.vocabulary import Instant, Kind, Ref
from domain.waiting import WaitsFor
from hub_api.access.access_index import AccessIndex
from hub_api.access.aliases import MatterRef
from hub_api.access.observing import Observing

NAMED: Final = {
    "case": Kind.CASE,
    "consultation": Kind.CONSULTATION,
    "referral": Kind.REFERRAL,
    "report": Kind.REPORT,
    "meeting": Kind.MEETING,
}
"""The fields by which a command names another aggregate. Where the like word is a code, it holds no reference."""


class References:
    """What one principal knows at one instant of what their commands name; most name nothing, and then nothing is
    read."""

    def __init__(
        self,
        observing: Observing,
        directory: Directory,
        access: AccessIndex,
        snapshot: Callable[[], KnownSnapshot],
        principal: Principal,
        now: Instant,
        about: Ref,
    ) -> None:
        self._observing = observing
        self._directory = directory
        self._access = access
        self._snapshot = snapshot
        self._principal = principal
        self._now = now
        self._about = about
        self._states: dict[tuple[Kind, Ref], Any] = {}

    def as_named(self, command: Command) -> Command:
        """The command, in which what was named within another matter than those that it is about names nothing: whether
        it is the same as something here, no answer tells (A2)."""
        here = {self._about, *(getattr(command, field, None) for field in NAMED)}
        named = {field: getattr(command, field) for field in command.__struct_fields__}
        if isinstance(command, WriteMinutes):  # about whom may be known by the case of the meeting, too: see `cases`
            named.pop("person")
        changed = {field: at for field, value in named.items() if (at := _within(here, value)) is not value}
        return msgspec.structs.replace(command, **changed) if changed else command

    def refuse_unknown(self, command: Command, state: Any) -> None:
        """`NotThere` for a command that names what its sender may not know of. `state` is what they know of the
        aggregate that it is about."""
        for field, kind in NAMED.items():
            stream = getattr(command, field, None)
            if isinstance(stream, Ref) and self._state(kind, stream) is None:
                raise NotThere
        if any(person not in self._people(command, state, person) for person in _persons(command)):
            raise NotThere

    def case(self, stream: Ref | None) -> Case:
        """What is known of a case; nothing, if it is not there for this principal."""
        found = None if stream is None else self._state(Kind.CASE, stream)
        return found if isinstance(found, Case) else NO_CASE

    def cases(self, command: WriteMinutes, state: Meeting) -> tuple[Case, ...]:
        """The cases by which who writes minutes may know whom they are about: the meeting's, if they know of which case
        it is, and the one that they name. A person who is named within one of these is known by that one alone (A2)."""
        by, cases = command.person, (state.case, command.case)
        if isinstance(by, MatterRef):
            cases = (
                state.case if by.matter in (self._about, state.case) else None,
                command.case if by.matter == command.case else None,
            )
        return self.case(cases[0]), self.case(cases[1])

    def referral_of(self, command: WriteMinutes) -> Referral:
        """The referral by which who writes minutes may know whom they are about, if they name them by that."""
        by = command.person
        return self._referral(None if isinstance(by, MatterRef) and by.matter != command.referral else command.referral)

    def _referral(self, stream: Ref | None) -> Referral:
        """What is known of a referral; nothing, if it is not there for this principal."""
        found = None if stream is None else self._state(Kind.REFERRAL, stream)
        return found if isinstance(found, Referral) else NO_REFERRAL

    def _people(self, command: Command, state: Any, named: Ref) -> frozenset[Ref]:
        """The persons whom the command may name as it does."""
        if isinstance(command, WriteMinutes):
            referred = self.referral_of(command).person
            known = frozenset(person for case in self.cases(command, state) for person in case.persons)
            here = not isinstance(named, MatterRef) or named.matter == self._about
            return known | frozenset(state.persons if here else ()) | frozenset(() if referred is None else {referred})
        return frozenset(self.case(getattr(command, "case", None)).persons)

    def _state(self, kind: Kind, stream: Ref) -> Any:
        known = (kind, stream)
        if known not in self._states:
            self._states[known] = self._seen(kind, stream)
        return self._states[known]

    def _seen(self, kind: Kind, stream: Ref) -> Any:
        snapshot = self._snapshot()
        if not self._access.may_know(self._principal, stream, snapshot.position):
            return None
        known = self._observing.know(self._principal, stream, snapshot, self._now, acts=False)
        return None if known.is_nothing or known.kind is not kind else known.state()

    def left_open(self, case: Ref) -> tuple[WaitsFor, ...]:
        """What is open in the matters of a case, as far as the principal may know of them (D2, D4)."""
        found: set[WaitsFor] = set()
        for stream in self._access.matters_of(case, self._snapshot().position):
            for kind in OF_MATTERS:
                state = self._state(kind, stream)
                if state is not None:
                    waits = left_open(case, self._principal.unit, state, kind, self._now, self._directory)
                    found |= {wait.what for wait in waits}
        return tuple(sorted(found))


def _within(here: Collection[object], value: Any) -> Any:
    """The value, or for what is named within a matter that is not among these an identifier that nothing has."""
    if isinstance(value, MatterRef) and value.matter not in here:
        return Ref(hashlib.sha256(bytes.fromhex(value.hex + value.matter.hex)).hexdigest()[:32])
    if isinstance(value, tuple):
        found = tuple(_within(here, each) for each in value)
        return value if all(one is other for one, other in zip(found, value, strict=True)) else found
    return value


def _persons(command: Command) -> tuple[Ref, ...]:
    """The persons whom a command names that is about no case itself: a case's own command is decided on its state."""
    if command.kind is Kind.CASE:
        return ()
    person, persons = getattr(command, "person", None), getattr(command, "persons", ())
    named = persons if isinstance(persons, tuple) else ()  # a consultation counts them (A1)
    return named if person is None else (*named, person)
