"""What waits to be counted, and that each consultation is counted once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.hub import ConsultationCounted
from domain.time import quarter_of
from domain.vocabulary import CallerCategory, Instant, Kind, Ref, UnitId
from projections.sets import ACTS
from projections.statistics import (
    TOGETHER,
    Counted,
    Statistics,
    Waiting,
    due_tick,
    quarter_end,
    tick,
)
from projections.store import Views
from tests.projections.history import CENTRE, SOCIAL, MemoryLog, caught_up, named, requested, views_at

pytestmark = pytest.mark.usefixtures("both")

HUB = UnitId("hub")


def at(text: str) -> Instant:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


LAST_QUARTER, NOW = at("2026-03-20T12:00"), at("2026-05-02T12:00")


def waits(number: int, happened: Instant = LAST_QUARTER, recorded: Instant | None = None) -> Waiting:
    quarter = quarter_of(happened)
    return Waiting(
        Ref(f"{number:032x}"),
        number,
        happened if recorded is None else recorded,
        quarter_end(quarter),
        quarter,
        "05",
        CallerCategory.SCHOOL,
        number,
        None,
    )


def make_tick(statistics: Statistics, log: MemoryLog, now: Instant) -> int:
    pending = statistics.pending()
    counted = due_tick(pending.waiting, now, pending.last_tick)
    if counted:
        for event in tick(counted, pending.upto):
            log.append("statistics", event, HUB, kind=Kind.STATISTICS, now=now)
    return len(counted)


def test_e4_a_quarter_is_counted_in_stockholm_time() -> None:
    assert quarter_of(at("2026-03-31T21:59")) == "2026Q1"
    assert quarter_of(at("2026-03-31T22:00")) == "2026Q2"
    assert quarter_end("2026Q1") == at("2026-03-31T22:00")
    assert quarter_end("2026Q4") == at("2026-12-31T23:00")


def test_e4_nothing_is_counted_before_its_quarter_is_over() -> None:
    many = [waits(number, happened=NOW) for number in range(1, 100)]
    assert due_tick(many, NOW, None) == []
    assert len(due_tick(many, at("2026-07-01T00:00"), NOW)) == 99


def test_e4_within_a_quarter_a_tick_waits_until_there_are_enough_to_hide_among() -> None:
    few = [waits(number, recorded=NOW) for number in range(1, TOGETHER)]
    assert due_tick(few, NOW, NOW) == []
    assert len(due_tick([*few, waits(TOGETHER, recorded=NOW)], NOW, NOW)) == TOGETHER


def test_e4_when_a_quarter_has_ended_the_few_are_counted_too() -> None:
    assert len(due_tick([waits(1)], NOW, LAST_QUARTER)) == 1
    assert len(due_tick([waits(1)], NOW, None)) == 1
    assert due_tick([waits(1, recorded=NOW)], NOW, None) == []


def test_e4_the_order_of_a_tick_tells_nothing_of_the_order_of_recording() -> None:
    many = [waits(number) for number in range(1, 40)]
    assert due_tick(many, NOW, None) == due_tick(many[::-1], NOW, None)


def test_every_consultation_is_counted_once_whatever_comes_between(tmp_path: Path) -> None:
    log, views = MemoryLog(), views_at(tmp_path)
    statistics = Statistics(views, ACTS)
    for number in range(30):
        log.consult(f"early {number}", requested(), SOCIAL, happened=LAST_QUARTER)
    log.consult("of this quarter", requested(), SOCIAL, happened=NOW)
    runner = caught_up(views, log)
    assert len(statistics.pending().waiting) == 31

    log.consult("recorded after the views were read", requested(), SOCIAL, happened=LAST_QUARTER)
    assert make_tick(statistics, log, NOW) == 30
    runner.catch_up()
    pending = statistics.pending()
    assert [(each.stream, each.quarter) for each in pending.waiting] == [
        (named("of this quarter"), "2026Q2"),
        (named("recorded after the views were read"), "2026Q1"),
    ]
    assert pending.version == 31
    assert pending.last_tick == NOW
    assert make_tick(statistics, log, NOW) == 0

    assert make_tick(statistics, log, at("2026-07-01T00:00")) == 2
    runner.catch_up()
    assert statistics.pending().waiting == ()
    assert sum(each.consultations for each in statistics.counts()) == 32
    views.close()


def test_a_tick_from_views_that_lag_meets_the_version_of_the_one_before(tmp_path: Path) -> None:
    log, views = MemoryLog(), views_at(tmp_path)
    statistics = Statistics(views, ACTS)
    log.consult("one", requested(), SOCIAL, happened=LAST_QUARTER)
    runner = caught_up(views, log)
    before = statistics.pending()
    make_tick(statistics, log, at("2026-07-01T00:00"))
    again = statistics.pending()
    assert again == before
    runner.catch_up()
    assert statistics.pending().version == before.version + 2
    views.close()


def test_counts_add_up_cell_by_cell_and_keep_unknown_apart(tmp_path: Path) -> None:
    log, views = MemoryLog(), views_at(tmp_path)
    for persons, county in ((1, "05"), (3, "05"), (2, None)):
        log.append(
            "statistics",
            ConsultationCounted(
                quarter="2019Q3", county=county, caller=CallerCategory.POLICE, persons=persons, source="Polis"
            ),
            CENTRE,
            kind=Kind.STATISTICS,
        )
        caught_up(views, log)  # each time another runner, that remembers nothing
    assert Statistics(views, ACTS).counts() == (
        Counted("2019Q3", None, CallerCategory.POLICE, "Polis", 1, 2),
        Counted("2019Q3", "05", CallerCategory.POLICE, "Polis", 2, 4),
    )
    views.close()


def test_the_views_of_nothing_are_empty(tmp_path: Path) -> None:
    views: Views = views_at(tmp_path)
    caught_up(views, MemoryLog())
    assert Statistics(views, ACTS).counts() == ()
    assert Statistics(views, ACTS).pending().waiting == ()
    views.close()
