"""When consultations are counted, which of them a tick takes, and that each is counted once."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.act import Fact
from domain.hub import ConsultationCounted, Ticked
from domain.time import quarter_of
from domain.vocabulary import CallerCategory, Instant, Kind, Ref, UnitId
from projections.catalogue import ACTS
from projections.rebuild import Rebuild
from projections.runner import Runner
from projections.statistics import (
    Counted,
    QuartersToCount,
    Series,
    Statistics,
    Uncounted,
    counted_facts,
    due_period,
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
BEFORE = quarter_end("2025Q4")
"""The first quarter of 2026 has not been counted, all before it has."""


def waits(number: int, quarter: str = "2026Q1", source: str | None = None) -> Uncounted:
    return Uncounted(quarter, "05", CallerCategory.SCHOOL, number, source)


def how_many(waiting: Iterable[Uncounted]) -> int:
    return sum(each.consultations for each in waiting)


def make_tick(statistics: Statistics, log: MemoryLog, now: Instant) -> int:
    pending = statistics.pending()
    period = due_period(now, pending.counted_to)
    if period is None:
        return 0
    counted = counted_facts(pending.waiting, period, Series.OWN)
    for event in tick(counted, pending.upto, period, Series.OWN):
        log.append("statistics", event, HUB, kind=Kind.STATISTICS, now=now)
    return len(counted)


def test_e4_a_quarter_is_counted_in_stockholm_time() -> None:
    assert quarter_of(at("2026-03-31T21:59")) == "2026Q1"
    assert quarter_of(at("2026-03-31T22:00")) == "2026Q2"
    assert quarter_end("2026Q1") == at("2026-03-31T22:00")
    assert quarter_end("2026Q4") == at("2026-12-31T23:00")


def test_e4_a_quarter_is_counted_two_weeks_after_its_end_and_once() -> None:
    assert due_period(at("2026-04-14T21:59"), BEFORE) is None
    period = due_period(at("2026-04-14T22:00"), BEFORE)
    assert period is not None
    assert period.last == "2026Q1"
    assert due_period(at("2026-04-14T22:00"), quarter_end("2026Q1")) is None
    assert due_period(at("2026-07-14T21:59"), quarter_end("2026Q1")) is None
    assert due_period(at("2026-07-14T22:00"), quarter_end("2026Q1")) == QuartersToCount("2026Q2", "2026Q2")


def test_e4_what_is_recorded_late_waits_for_the_revision_of_the_year() -> None:
    late = [waits(1, "2026Q2"), waits(2, "2026Q3")]
    autumn = due_period(at("2026-10-20T12:00"), quarter_end("2026Q2"))
    assert autumn is not None
    assert [each.quarter for each in counted_facts(late, autumn, Series.OWN)] == ["2026Q3"]
    spring = due_period(at("2027-04-20T12:00"), quarter_end("2026Q4"))
    assert spring is not None
    assert [each.quarter for each in counted_facts(late, spring, Series.OWN)] == ["2026Q2", "2026Q3"]


def test_e4_a_hub_that_was_away_counts_all_quarters_since_and_misses_no_revision() -> None:
    assert due_period(at("2026-12-01T12:00"), quarter_end("2026Q1")) == QuartersToCount("2026Q2", "2026Q3")
    assert due_period(at("2027-09-01T12:00"), quarter_end("2026Q4")) == QuartersToCount(None, "2027Q2")


@given(waiting=st.lists(st.sampled_from(["2025Q4", "2026Q1", "2026Q2"]), max_size=60))
def test_e4_what_waits_moves_no_tick(waiting: list[str]) -> None:
    """One's own fifteen bring nothing about, however many hidden ones there are: a tick is there with none as well."""
    period = due_period(NOW, BEFORE)
    assert period == QuartersToCount(None, "2026Q1")
    taken = counted_facts([waits(number, quarter) for number, quarter in enumerate(waiting)], period, Series.OWN)
    assert len(tick(taken, 100, period, Series.OWN)) == 1 + sum(quarter <= "2026Q1" for quarter in waiting)


def test_e4_the_order_of_a_tick_says_nothing_of_the_order_of_recording() -> None:
    many = [waits(number) for number in range(1, 40)]
    period = QuartersToCount(None, "2026Q1")
    assert counted_facts(many, period, Series.OWN) == counted_facts(many[::-1], period, Series.OWN)


def test_e1_a_tick_takes_the_hubs_own_or_a_loaded_series_and_never_both() -> None:
    mixed = [waits(1), waits(2, source="Skola")]
    period = QuartersToCount("2026Q1", "2026Q1")
    assert [each.persons for each in counted_facts(mixed, period, Series.OWN)] == [1]
    assert [each.persons for each in counted_facts(mixed, period, Series.LOADED)] == [2]


def test_every_consultation_is_counted_once_whatever_comes_between(tmp_path: Path) -> None:
    log, views = MemoryLog(), views_at(tmp_path)
    statistics = Statistics(views, ACTS)
    for number in range(30):
        log.consult(f"early {number}", requested(), SOCIAL, happened=LAST_QUARTER)
    log.consult("of this quarter", requested(), SOCIAL, happened=NOW)
    runner = caught_up(views, log)
    assert how_many(statistics.pending().waiting) == 31

    log.consult("recorded after the views were read", requested(), SOCIAL, happened=LAST_QUARTER)
    assert make_tick(statistics, log, NOW) == 30
    runner.catch_up()
    pending = statistics.pending()
    assert [(each.quarter, each.consultations) for each in pending.waiting] == [("2026Q1", 1), ("2026Q2", 1)]
    assert pending.version == 31
    assert pending.counted_to == quarter_end("2026Q1")
    assert make_tick(statistics, log, NOW) == 0

    assert make_tick(statistics, log, at("2026-07-20T00:00")) == 1
    runner.catch_up()
    assert [each.quarter for each in statistics.pending().waiting] == ["2026Q1"]
    assert make_tick(statistics, log, at("2027-05-20T00:00")) == 1
    runner.catch_up()
    assert statistics.pending().waiting == ()
    assert sum(each.consultations for each in statistics.counts()) == 32
    views.close()


def test_a_tick_of_an_earlier_version_took_whatever_was_over_when_it_was_made(tmp_path: Path) -> None:
    log, views = MemoryLog(), views_at(tmp_path)
    statistics = Statistics(views, ACTS)
    log.consult("counted", requested(), SOCIAL, happened=LAST_QUARTER)
    log.consult("of the running quarter", requested(persons=2), SOCIAL, happened=NOW)
    log.append("statistics", Ticked(upto=2, counted=1), HUB, kind=Kind.STATISTICS, now=NOW)
    log.consult("late", requested(persons=3), SOCIAL, happened=LAST_QUARTER)
    caught_up(views, log)
    pending = statistics.pending()
    assert [(each.quarter, each.persons) for each in pending.waiting] == [("2026Q1", 3), ("2026Q2", 2)]
    assert due_period(NOW, pending.counted_to) is None
    assert due_period(at("2026-07-20T12:00"), pending.counted_to) == QuartersToCount("2026Q2", "2026Q2")
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


def test_counts_go_on_from_their_rows_and_their_stream_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, views = MemoryLog(), views_at(tmp_path)

    def stream(wanted: Ref) -> Sequence[Fact]:
        assert wanted != named("statistics"), "it grows for ever"
        return log.stream(wanted)

    for number in range(4):
        log.consult(f"consultation {number}", requested(), SOCIAL)
        counted = ConsultationCounted(quarter="2019Q3", county="05", caller=CallerCategory.POLICE, persons=number)
        log.append("statistics", counted, CENTRE, kind=Kind.STATISTICS)
        Runner(views, ACTS, log, stream).catch_up()
    assert Statistics(views, ACTS).counts() == (Counted("2019Q3", "05", CallerCategory.POLICE, None, 4, 6),)
    with monkeypatch.context() as patched:
        patched.setattr("projections.building.MOST_KEPT", 1)
        patched.setattr("projections.building.LARGEST_BATCH", 1)
        again = Rebuild(views, ACTS, log, stream=stream)
        assert again.compare(again.beside()) is None
    views.close()


def test_the_views_of_nothing_are_empty(tmp_path: Path) -> None:
    views: Views = views_at(tmp_path)
    caught_up(views, MemoryLog())
    assert Statistics(views, ACTS).counts() == ()
    assert Statistics(views, ACTS).pending().waiting == ()
    views.close()
