"""What a set of views stands still for, where other processes see it: the error's name and the position, no content.

A record that cannot be read stops a set for as long as nobody does something about it. It is told beside the views, as
whoever looks after the hub reads those and no process's log.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from msgspec import Struct

from projections.positions import positions
from projections.store import STOPPED, Views, ViewSet


class Halt(Struct, frozen=True):
    """The position before which a set stands still, and the name of the error that stops it there."""

    position: int
    error: str


def tell(views: Views, view_set: ViewSet, error: Exception | None) -> None:
    """That the set is stopped by this error at the position after its own; or, without one, that it goes on."""
    now = {} if error is None else {view_set.name: _now(views, view_set, error)}
    if stopped(views, (view_set,)) == now:
        return
    with views.writing() as connection:
        connection.execute(STOPPED.delete().where(STOPPED.c.name == view_set.name))
        for name, each in now.items():
            connection.execute(STOPPED.insert().values(name=name, position=each.position, error=each.error))


def stopped(views: Views, sets: Sequence[ViewSet]) -> dict[str, Halt]:
    """Those of the sets that are stopped, by name."""
    asked = sa.select(STOPPED).where(STOPPED.c.name.in_([each.name for each in sets]))
    with views.reading() as connection:
        return {row.name: Halt(row.position, row.error) for row in connection.execute(asked)}


def _now(views: Views, view_set: ViewSet, error: Exception) -> Halt:
    return Halt(positions(views, (view_set,))[0] + 1, type(error).__name__)
