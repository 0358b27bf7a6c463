"""The store's time beside the machine's clock: committed time never goes back, so one that is ahead stays ahead.

A clock that was ahead for a minute leaves records that are dated ahead, and every later act carries that time until the
clock has come there: what is due comes early, and what is planned before it is refused. Nothing in a record can be
changed, so it has to be told at once, and beyond a day nobody serves such a store without saying so.
"""

import logging
from collections.abc import Mapping
from typing import Final

from domain.errors import StoreAhead
from domain.time import format_instant
from domain.vocabulary import Instant
from hub_api.access.freshness import Readiness
from hub_api.runtime.folder import DEMO
from hub_api.runtime.hub import Hub

_log: Final = logging.getLogger("samrad.store")
SECOND: Final = 1_000_000
DAY: Final = 24 * 3600 * SECOND
NOTICED: Final = 10 * SECOND
"""By so much two machines' clocks may differ."""
REFUSED: Final = DAY


def ahead(committed: Instant, now: Instant) -> int:
    """By how much a last committed time is ahead of the clock: 0 where that is within what clocks differ by."""
    found = committed - now
    return found if found > NOTICED else 0


def told(committed: Mapping[str, Instant], now: Instant) -> list[str]:
    """A sentence for each log whose last record is dated ahead of the clock."""
    return [
        f"the last record of {log} is dated {format_instant(last)}, this machine's clock says {format_instant(now)}: "
        f"{_long(last - now)} before it"
        for log, last in committed.items()
        if ahead(last, now)
    ]


def refuse_ahead(hub: Hub) -> None:
    """`StoreAhead` where the store is ahead of the clock by more than a day."""
    now, last = hub.clock.now(), _committed(hub)
    if max(last.values()) - now > REFUSED and not is_a_demo(hub):
        raise StoreAhead(
            f"{'; '.join(told(last, now))}. Set the clock right; if it is right, the clock was ahead when these were "
            "recorded: docs/operations.md says what to do, under `A clock that was ahead`"
        )


class ClockWatch:
    """Of one serving hub. `accepted` says that somebody serves it although its store is ahead."""

    def __init__(self, hub: Hub, *, accepted: bool = False) -> None:
        self._hub = hub
        self._accepted = accepted or is_a_demo(hub)
        self._told = False

    def look(self) -> None:
        """Every minute: an alarm, once until it is right again."""
        now, last = self._hub.clock.now(), max(_committed(self._hub).values())
        wrong = ahead(last, now) > 0 and not is_a_demo(self._hub)
        if wrong and not self._told:
            seconds = (last - now) // SECOND
            _log.error("the store is ahead of this machine's clock by %d seconds: %s", seconds, StoreAhead.__name__)
        self._told = wrong

    def ready(self) -> Readiness:
        """What the hub says of itself; not ready once its time is more than a day from the clock's."""
        last = max(_committed(self._hub).values())
        if last - self._hub.clock.now() > REFUSED and not self._accepted:
            return Readiness.NOT_READY
        return self._hub.parts.ready()


def is_a_demo(hub: Hub) -> bool:
    """Whether its days are those of a story, whatever the clock says."""
    return hub.parts.folder is not None and (hub.parts.folder / DEMO).is_file()


def _committed(hub: Hub) -> dict[str, Instant]:
    return {"acts": hub.log.last_committed(), "looks": hub.looks_log.last_committed()}


def _long(micros: int) -> str:
    if micros >= 2 * DAY:
        return f"{micros // DAY} days"
    seconds = micros // SECOND
    return f"{seconds // 3600} hours" if seconds >= 2 * 3600 else f"{seconds} seconds"
