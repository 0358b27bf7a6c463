"""What a command names in other aggregates: it is there if whoever sends the command may know of it, else it is not.

A case, a consultation, a report that one may not know of answers as what does not exist (F). A person is named within
a case that one knows, or within what one sees of the aggregate itself (A2, B5): there is no index of persons.
"""

from collections.abc import Callable
from typing import Any, Final

from domain.act import Principal
from domain.case.state import INITIAL as NO_CASE
from domain.case.state import Case
from domain.command import Command
from domain.errors import NotThere
from domain.meeting.commands import WriteMinutes
from domain.meeting.state import Meeting
from domain.ports import Snapshot
from domain.referral.state import INITIAL as NO_REFERRAL
from domain.referral.state import Referral
from domain.vocabulary import Instant, Kind, Ref
from hub_api.register import Register
from hub_api.seen import is_nothing, state_of
from hub_api.sight import sight

NAMED: Final = {
    "case": Kind.CASE,
    "consultation": Kind.CONSULTATION,
    "referral": Kind.REFERRAL,
    "report": Kind.REPORT,
    "meeting": Kind.MEETING,
}
"""The fields by which a command names another aggregate. Where the like word is a code, it holds no reference."""


class Linked:
    """What one principal knows at one instant of what their commands name; most name nothing, and then nothing is
    read."""

    def __init__(
        self, register: Register, snapshot: Callable[[], Snapshot], principal: Principal, now: Instant
    ) -> None:
        self._register = register
        self._snapshot = snapshot
        self._principal = principal
        self._now = now
        self._states: dict[tuple[Kind, Ref], Any] = {}

    def refuse_unknown(self, command: Command, state: Any) -> None:
        """`NotThere` for a command that names what its sender may not know of. `state` is what they know of the
        aggregate that it is about."""
        for field, kind in NAMED.items():
            stream = getattr(command, field, None)
            if isinstance(stream, Ref) and self._state(kind, stream) is None:
                raise NotThere
        if any(person not in self._people(command, state) for person in _persons(command)):
            raise NotThere

    def case(self, stream: Ref | None) -> Case:
        """What is known of a case; nothing, if it is not there for this principal."""
        found = None if stream is None else self._state(Kind.CASE, stream)
        return found if isinstance(found, Case) else NO_CASE

    def cases(self, command: WriteMinutes, state: Meeting) -> tuple[Case, ...]:
        """The cases by which who writes minutes may know whom they are about: the meeting's, if they know of which case
        it is, and the one that they name."""
        return self.case(state.case), self.case(command.case)

    def referral(self, stream: Ref | None) -> Referral:
        """What is known of a referral; nothing, if it is not there for this principal."""
        found = None if stream is None else self._state(Kind.REFERRAL, stream)
        return found if isinstance(found, Referral) else NO_REFERRAL

    def _people(self, command: Command, state: Any) -> frozenset[Ref]:
        """The persons whom the command may name."""
        if isinstance(command, WriteMinutes):
            referred = self.referral(command.referral).person
            known = frozenset(person for case in self.cases(command, state) for person in case.persons)
            return known | frozenset(state.persons) | frozenset(() if referred is None else {referred})
        return frozenset(self.case(getattr(command, "case", None)).persons)

    def _state(self, kind: Kind, stream: Ref) -> Any:
        known = (kind, stream)
        if known not in self._states:
            self._states[known] = self._seen(kind, stream)
        return self._states[known]

    def _seen(self, kind: Kind, stream: Ref) -> Any:
        snapshot = self._snapshot()
        history = snapshot.stream(stream)
        seen = sight(self._register.policy_at(self._now), self._principal, snapshot, history, self._now)
        return None if is_nothing(seen) or history[0].kind is not kind else state_of(kind, seen)


def _persons(command: Command) -> tuple[Ref, ...]:
    """The persons whom a command names that is about no case itself: a case's own command is decided on its state."""
    if command.kind is Kind.CASE:
        return ()
    person, persons = getattr(command, "person", None), getattr(command, "persons", ())
    named = persons if isinstance(persons, tuple) else ()  # a consultation counts them (A1)
    return named if person is None else (*named, person)
