"""How far sets of views have come, asked often and cheaply: of the row alone, without the tables."""

from collections.abc import Sequence

import sqlalchemy as sa

from projections.store import TRACKING, Views, ViewSet


def positions(views: Views, sets: Sequence[ViewSet]) -> tuple[int, ...]:
    """The position of each set; 0 of one that was never begun."""
    asked = sa.select(TRACKING.c.application_name, TRACKING.c.notification_id)
    with views.glancing() as connection:
        found = {row.application_name: row.notification_id for row in connection.execute(asked)}
    return tuple(found.get(each.name, 0) for each in sets)
