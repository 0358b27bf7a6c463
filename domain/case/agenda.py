"""What the scheduler has to do in a case and when: grants and consents reach their end, notes their purge date."""

from collections.abc import Iterator

from domain.agenda import Due, due_id
from domain.case.commands import Expire, PurgeNote
from domain.case.state import Case, Period
from domain.time import day_start
from domain.vocabulary import FOREVER


def agenda(state: Case) -> Iterator[Due]:
    """All that is to come or overdue, in no order. What has ended or was noted before is not among it."""
    entries: list[Period] = [*state.assignments.values(), *state.consents.values(), *state.disclosures.values()]
    for entry in entries:
        if not entry.ended and not entry.expired and entry.until < FOREVER:
            command = Expire(grant=entry.id, boundary=entry.until)
            yield Due(at=entry.until, id=due_id(entry.id, entry.until), command=command)
    for note in state.notes.values():
        if not note.purged and not note.expedited:
            at = day_start(note.purge_on)
            yield Due(at=at, id=due_id(note.id, at), command=PurgeNote(note=note.id))
