"""When a set of views last held all that its log gave: told by the clock, whether or not there was something to take.

By that, and not by what waits, lists are called fresh or behind: a list that lags because of an act would tell of it.
Times are of the database's own clock, since who reports and who reads may run on different machines.
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from projections.store import REPORTED, Views, ViewSet

_NOW: Final = {
    "postgresql": "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)",
}
"""Microseconds since 1970."""
_SECOND: Final = 1_000_000


def report(views: Views, view_set: ViewSet) -> None:
    """That this set holds now all that its log gives."""
    now: sa.ColumnElement[int] = sa.literal_column(_NOW[views.backend])
    with views.writing() as connection:
        moved = connection.execute(REPORTED.update().where(REPORTED.c.name == view_set.name).values(at=now))
        if not moved.rowcount:
            connection.execute(REPORTED.insert().values(name=view_set.name, at=now))


def silent_for(views: Views, sets: Sequence[ViewSet]) -> dict[str, float]:
    """For how many seconds nobody has reported for each set; infinity where nobody ever has."""
    now: sa.ColumnElement[int] = sa.literal_column(_NOW[views.backend])
    age = now - REPORTED.c.at
    with views.glancing() as connection:
        found = {name: micros / _SECOND for name, micros in connection.execute(sa.select(REPORTED.c.name, age))}
    return {each.name: found.get(each.name, float("inf")) for each in sets}
