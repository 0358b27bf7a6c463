"""All that waits in one aggregate, whatever its kind: on whom, for what and since when, as far as a state knows."""

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

import domain.case.waiting
import domain.meeting.waiting
from domain.aggregates import waiting
from domain.agreement.state import Directory
from domain.case.state import Case
from domain.consultation.state import Consultation
from domain.meeting.state import Meeting
from domain.vocabulary import Instant, Kind, UnitId
from domain.waiting import Waiting

_MANY: Final[dict[Kind, Callable[[Any, Instant, Directory], tuple[Waiting, ...]]]] = {
    Kind.CASE: domain.case.waiting.needs_now,
    Kind.MEETING: domain.meeting.waiting.needs_now,
}
"""The kinds in which several things can wait at once."""


def needs_now(state: Any, kind: Kind, now: Instant, directory: Directory) -> tuple[Waiting, ...]:
    """What waits at `now`, the longest wait first. A state that knows less knows of fewer waits, and of no others."""
    many = _MANY.get(kind)
    if many is not None:
        return many(state, now, directory)
    one = waiting(state, kind, now, directory)
    return () if one is None else (one,)


def waits_known_to(unit: UnitId, state: Any, kind: Kind, now: Instant, directory: Directory) -> tuple[Waiting, ...]:
    """The same, where the state is all that this unit knows. Who passed a consultation on is not told what became of it
    (F), and would wait for ever."""
    if isinstance(state, Consultation) and unit not in (state.asker, state.asked):
        return ()
    if isinstance(state, Meeting) and state.asked_again and not state.leads(unit):
        # F: a party is not told that another stays away, and would see it asked for ever.
        own = {who: since for who, since in state.asked_again.items() if who == unit}
        state = replace(state, asked_again=own)
    if isinstance(state, Case | Meeting) and state.handed:
        # F: who knows of a sending by another disclosure is not told that the safe contact was confirmed either.
        told = {key: sent for key, sent in state.handed.items() if unit in (sent.by, sent.to, state.coordinator)}
        state = replace(state, handed=told)
    return needs_now(state, kind, now, directory)
