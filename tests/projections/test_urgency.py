"""What waits comes in the order of its urgency, page by page, and no further than a page needs."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from domain.vocabulary import FOREVER, Instant, Kind, Role, UnitId
from domain.waiting import HOUR
from projections.catalogue import ACTS
from projections.store import Views, insert_rows
from projections.urgency import FIRST, Reading, Urgency, UrgencyRank, Urgent
from projections.view import LEAST
from projections.waits import WaitRow
from tests.projections.history import SOCIAL, MemoryLog, caught_up, views_at

pytestmark = pytest.mark.usefixtures("both")

NOW: Instant = 1000 * HOUR
LIMITS = {("referral_received", UnitId("bup")): 24, ("referral_received", UnitId("police")): 48}


class Wait(Struct, frozen=True):
    """A row of what waits for one unit."""

    stream: int
    position: int
    what: str
    on: str
    since: Instant
    until: Instant
    due: Instant | None

    @property
    def place(self) -> UrgencyRank:
        if self.due is not None:
            return UrgencyRank(self.due > NOW, self.since, self.position)
        limit = hours(UnitId(self.on), self.what)
        return UrgencyRank(limit is None or self.since > NOW - limit * HOUR, self.since, self.position)


def hours(on: UnitId, what: str) -> int | None:
    return LIMITS.get((what, on))


waits = st.builds(
    Wait,
    stream=st.integers(1, 12),
    position=st.integers(1, 10_000),
    what=st.sampled_from(["referral_received", "advice", "task"]),
    on=st.sampled_from(["bup", "police", "school"]),
    since=st.integers(900, 1000).map(lambda hour: hour * HOUR),
    until=st.sampled_from([NOW - 1, NOW, NOW + 1, NOW + HOUR, FOREVER, FOREVER, FOREVER]),
    due=st.none() | st.sampled_from([NOW - HOUR, NOW, NOW + 1]),
)
histories = st.lists(waits, max_size=40, unique_by=lambda wait: wait.position)


@pytest.fixture
def views(tmp_path: Path) -> Views:
    views = views_at(tmp_path)
    caught_up(views, MemoryLog())
    return views


def holding(views: Views, rows: Sequence[Wait]) -> Urgency:
    """The unit's waits are these, and nothing else."""
    with views.writing() as connection:
        table = ACTS.living(connection).tables["waits"]
        connection.execute(table.delete())
        insert_rows(connection, table, [as_row(row) for row in rows])
    return Urgency(views, ACTS)


def as_row(wait: Wait) -> tuple[int | str | None, ...]:
    known = (SOCIAL, f"{wait.stream:032x}", wait.position, wait.what, wait.on, wait.since, "everyone")
    return (*known, Kind.REFERRAL.value, LEAST, wait.until, wait.due)


def urgent(rows: Sequence[Wait]) -> list[tuple[UrgencyRank, int]]:
    """Each aggregate once, at its most urgent, by the definition."""
    found: dict[int, UrgencyRank] = {}
    for row in rows:
        if row.until > NOW:
            found[row.stream] = min(row.place, found.get(row.stream, row.place))
    return sorted((place, stream) for stream, place in found.items())


def shown(found: Sequence[Urgent]) -> list[tuple[UrgencyRank, int]]:
    return [(each.place, int(each.stream.hex, 16)) for each in found]


@given(rows=histories, batch=st.integers(1, 5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_d8_overdue_first_then_the_longest_wait_whatever_waits(views: Views, rows: list[Wait], batch: int) -> None:
    found = holding(views, rows).at(SOCIAL, Role.HANDLER, NOW, hours, batch=batch)
    assert shown(list(found)) == urgent(rows)


@given(rows=histories, size=st.integers(1, 4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_pages_go_on_where_the_one_before_ended_and_show_nothing_twice(
    views: Views, rows: list[Wait], size: int
) -> None:
    urgency = holding(views, rows)
    pages: list[Urgent] = []
    after = FIRST
    while page := list(islice(urgency.at(SOCIAL, Role.HANDLER, NOW, hours, after=after, batch=size), size)):
        pages += page
        after = page[-1].place
    assert shown(pages) == urgent(rows)


def test_a_page_reads_by_its_length_and_not_by_what_waits(views: Views, monkeypatch: pytest.MonkeyPatch) -> None:
    """B9: whoever fills a unit's board with requests does not keep it from its work."""
    flood = [Wait(number, number, "advice", "bup", number * HOUR, FOREVER, None) for number in range(1, 900)]
    urgency = holding(views, flood)
    read: list[WaitRow] = []
    select = Reading._select

    def counted(self: Reading, *given: Any, **named: Any) -> Iterator[WaitRow]:
        for row in select(self, *given, **named):
            read.append(row)
            yield row

    monkeypatch.setattr(Reading, "_select", counted)
    assert len(list(islice(urgency.at(SOCIAL, Role.HANDLER, NOW, hours, batch=10), 10))) == 10
    assert len(read) <= 40
