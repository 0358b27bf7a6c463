"""What the scheduler has to do and when: in each case, the ends of grants and consents and the purge dates of notes."""

from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from domain.act import Fact
from domain.aggregates import AGGREGATES
from domain.vocabulary import Instant, Kind, Ref
from projections.store import Views, ViewSet
from projections.view import Folded, Rows, View, instant, ref

AGENDA = View("agenda", (ref("stream"), ref("item", key=True), instant("at")), indexes=(("at",),))


class _State(Struct):
    case: Any


def _fold(state: _State, fact: Fact) -> None:
    state.case = AGGREGATES[Kind.CASE].evolve(state.case, fact)


def _rows(stream: Ref, state: _State) -> Rows:
    return {"agenda": {(stream.hex, due.id.hex, due.at) for due in AGGREGATES[Kind.CASE].agenda(state.case)}}


SCHEDULING = Folded(frozenset({Kind.CASE}), (AGENDA,), lambda: _State(AGGREGATES[Kind.CASE].initial), _fold, _rows)


class DueCases:
    """Which cases have something due."""

    def __init__(self, views: Views, view_set: ViewSet) -> None:
        self._views = views
        self._set = view_set

    def due(self, now: Instant) -> tuple[Ref, ...]:
        """The cases in which something has come due by `now`, the longest overdue first."""
        with self._views.living(self._set) as living:
            agenda = living.tables["agenda"].c
            first = sa.func.min(agenda.at)
            found = living.connection.execute(
                sa.select(agenda.stream).where(agenda.at <= now).group_by(agenda.stream).order_by(first, agenda.stream)
            )
            return tuple(Ref(stream) for (stream,) in found)
