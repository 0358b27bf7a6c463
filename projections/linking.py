"""Which consultations were linked to which case (A2): who is kept from the case is kept from them, too (C9)."""

from collections.abc import Iterator

import sqlalchemy as sa

from domain.act import Fact
from domain.case.events import ConsultationLinked
from domain.vocabulary import Compartment, Kind, Ref
from projections.store import Views, ViewSet
from projections.view import Flat, Row, View, number, ref

LINKED = View("linked", (ref("stream"), ref("consultation"), number("position", key=True)))
Link = tuple[Ref, Ref]
"""A consultation, and the case that it was linked to."""


def link_in(fact: Fact) -> Link | None:
    """The link that this fact makes, if it makes one."""
    if isinstance(fact.event, ConsultationLinked) and Compartment.RECORD not in fact.disposed:
        return fact.event.consultation, fact.stream
    return None


def _rows(fact: Fact) -> Iterator[tuple[str, Row]]:
    link = link_in(fact)
    if link is not None:
        consultation, case = link
        yield "linked", (case.hex, consultation.hex, fact.position)


LINKING = Flat(frozenset({Kind.CASE}), (LINKED,), _rows)


class ConsultationLinks:
    """The links up to a position of the log."""

    def __init__(self, views: Views, view_set: ViewSet) -> None:
        self._views = views
        self._set = view_set

    def all(self) -> tuple[tuple[Link, ...], int]:
        """Every link, and the position up to which they are all there."""
        with self._views.living(self._set) as living:
            row = living.tables["linked"].c
            found = living.connection.execute(sa.select(row.consultation, row.stream))
            return tuple((Ref(consultation), Ref(case)) for consultation, case in found), living.position
