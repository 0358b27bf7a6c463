"""What is asked of sets of views from outside: how far they have come, of a row alone; and whether they have the form
that this program gives them."""

from collections.abc import Sequence

import sqlalchemy as sa

from projections.store import TRACKING, Views, ViewSet


def positions(views: Views, sets: Sequence[ViewSet]) -> tuple[int, ...]:
    """The position of each set; 0 of one that was never begun."""
    asked = sa.select(TRACKING.c.application_name, TRACKING.c.notification_id)
    with views.reading() as connection:
        found = {row.application_name: row.notification_id for row in connection.execute(asked)}
    return tuple(found.get(each.name, 0) for each in sets)


def in_form(views: Views, sets: Sequence[ViewSet]) -> bool:
    """Whether the living tables have the columns that this program reads: an older program may have made them, and
    then they are rebuilt."""
    with views.reading() as connection:
        for each in sets:
            tables = each.living(connection).tables
            there = sa.inspect(connection).get_multi_columns(filter_names=[table.name for table in tables.values()])
            found = {table: {column["name"] for column in columns} for (_, table), columns in there.items()}
            if any(found.get(table.name) != set(table.c.keys()) for table in tables.values()):
                return False
    return True
