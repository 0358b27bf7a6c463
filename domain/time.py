"""Days and instants: dates are Europe/Stockholm, from 00:00 of the first day to 00:00 after the last."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from domain.vocabulary import FOREVER, Instant

STOCKHOLM = ZoneInfo("Europe/Stockholm")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FIRST = (datetime(1, 1, 2, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST = (datetime(9999, 12, 30, tzinfo=UTC) - _EPOCH) // _MICROSECOND
"""Between these every instant has a day in Stockholm."""
_AWARE = Annotated[datetime, Meta(tz=True)]
_LAST_DAY = date(2255, 1, 1)
"""Days from here on are as good as for ever: an instant fits in 53 bits."""

EARLIEST: Final[Instant] = -2_208_988_800_000_000
"""1900-01-01 00:00 UTC: nothing that is told to the hub lies before it."""
LATEST: Final[Instant] = 7_258_118_400_000_000
"""2200-01-01 00:00 UTC: nothing that is told to the hub lies after it; `FOREVER` is no time, but that there is none."""
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
DAY: Final[Instant] = 24 * 3600 * 1_000_000
TEN_YEARS: Final[Instant] = 3653 * DAY
"""As far ahead as anything is planned."""


def instant_of(moment: datetime) -> Instant:
    """The instant of an aware datetime."""
    if moment.tzinfo is None:
        raise ValueError("a time without an offset is no instant")
    return (moment - _EPOCH) // _MICROSECOND


def datetime_of(instant: Instant) -> datetime:
    """The instant as Stockholm's clocks show it."""
    return (_EPOCH + timedelta(microseconds=instant)).astimezone(STOCKHOLM)


@lru_cache(maxsize=1024)
def day_of(instant: Instant) -> date:
    """The Stockholm day in which the instant falls."""
    return datetime_of(instant).date()


def day_start(day: date) -> Instant:
    """00:00 of the day; summer time makes some days 23 or 25 hours long."""
    if day >= _LAST_DAY:
        return FOREVER
    return instant_of(datetime.combine(day, time(), STOCKHOLM))


def day_end(day: date) -> Instant:
    """00:00 after the day."""
    return FOREVER if day >= _LAST_DAY else day_start(day + timedelta(days=1))


def period(first: date | None, last: date | None, now: Instant) -> tuple[Instant, Instant]:
    """The half-open period of whole days from `first` to `last`; from now on, and for ever, where one is missing."""
    start = now if first is None else day_start(first)
    return start, FOREVER if last is None else day_end(last)


def quarter_of(instant: Instant) -> str:
    """The quarter of a Stockholm day, as coarse as statistics need it: `2019Q3`."""
    day = day_of(instant)
    return f"{day.year:04}Q{(day.month + 2) // 3}"


def parse_instant(text: str) -> Instant:
    """A time as RFC 3339 writes it, with its offset, as in `2026-03-02T09:30:00+01:00`, between 1900 and 2200;
    ValueError for anything else."""
    try:
        moment = msgspec.convert(text, _AWARE)
    except msgspec.ValidationError:
        raise ValueError("a time is written as 2026-03-02T09:30:00+01:00") from None
    if not FIRST_DAY.year - 1 <= moment.year <= LAST_DAY.year + 1:  # before it is reckoned with: it may have no UTC
        raise ValueError("a time lies between 1900 and 2200")
    instant = instant_of(moment)
    if not EARLIEST <= instant <= LATEST:
        raise ValueError("a time lies between 1900 and 2200")
    return instant


def format_instant(instant: Instant) -> str:
    """The instant as ISO 8601 with Stockholm's offset at that time; by its number, if no calendar has it."""
    if not _FIRST <= instant <= _LAST:
        return f"{instant} µs"
    return datetime_of(instant).isoformat(timespec="microseconds" if instant % 1_000_000 else "seconds")
