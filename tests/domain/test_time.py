"""Days are Stockholm's, whole, with summer time as it is."""

from datetime import date, datetime

import pytest
from hypothesis import given, strategies

from domain.time import day_end, day_of, day_start, format_instant, instant_of, parse_instant, period, quarter_of
from domain.vocabulary import FOREVER

HOUR = 3_600_000_000


def test_a_day_of_summer_time_is_an_hour_shorter() -> None:
    day = date(2026, 3, 29)
    assert day_end(day) - day_start(day) == 23 * HOUR


def test_a_period_ends_at_midnight_after_its_last_day() -> None:
    start, until = period(date(2026, 5, 1), date(2026, 5, 1), now=0)
    assert format_instant(start) == "2026-05-01T00:00:00+02:00"
    assert format_instant(until) == "2026-05-02T00:00:00+02:00"


def test_a_period_without_days_is_from_now_for_ever() -> None:
    assert period(None, None, now=17) == (17, FOREVER)


def test_no_day_is_later_than_for_ever() -> None:
    assert day_start(date.max) == day_end(date.max) == FOREVER


@pytest.mark.parametrize(
    ("time", "quarter"),
    [
        ("2019-06-30T23:59:59+02:00", "2019Q2"),
        ("2019-06-30T22:00:00+00:00", "2019Q3"),
        ("2018-12-31T23:30:00+00:00", "2019Q1"),
    ],
)
def test_e4_a_quarter_is_that_of_the_stockholm_day(time: str, quarter: str) -> None:
    assert quarter_of(parse_instant(time)) == quarter


@pytest.mark.parametrize("text", ["2019-06-30T23:59:59", "yesterday", ""])
def test_a_time_without_an_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"offset|written as"):
        parse_instant(text)


def test_a_naive_time_is_no_instant() -> None:
    with pytest.raises(ValueError, match="offset"):
        instant_of(datetime(2026, 1, 1))  # noqa: DTZ001


@given(strategies.integers(min_value=0, max_value=2**52))
def test_an_instant_survives_being_written_and_falls_in_its_day(instant: int) -> None:
    assert parse_instant(format_instant(instant)) == instant
    day = day_of(instant)
    assert day_start(day) <= instant < day_end(day)
