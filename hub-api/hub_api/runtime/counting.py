"""Counting: ticks that append statistical facts, shuffled, in one commit that no other tick can double (E1, E4)."""

from collections.abc import Collection, Sequence
from typing import Final, Protocol

from domain.act import Act
from domain.errors import SamradError
from domain.ports import Append, Draft, Recorded, Verdict
from domain.vocabulary import Kind, Ref
from hub_api.access.core import SYSTEM, Core
from projections.statistics import PendingTick, QuartersToCount, Series, counted_facts, due_period, tick

STATISTICS = Ref("7374617469737469637300000000000a")
"""The one stream of statistical facts."""
AT_ONCE: Final = 500
"""Facts that are sealed and appended together; all those of a tick stand or fall together, however many they are."""


class Appending(Protocol):
    """Of the log, what a tick needs."""

    def append(self, group: Sequence[Append], /) -> Sequence[Verdict]: ...


class Counting:
    """Counts the hub's own consultations when a quarter's time has come, and a loaded series when its load is whole."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def count_quarter(self) -> int:
        """The tick of the last quarter, if it is due and not made; how many ticks were recorded."""
        pending = self._core.statistics.pending()
        period = due_period(self._core.now(), pending.counted_to)
        return 0 if period is None else int(self._append(pending, period, Series.OWN))

    def published_years(self) -> frozenset[int]:
        """The years of which a loaded series is in the published tables."""
        return self._core.statistics.published_years()

    def count_loaded(self, years: Collection[int]) -> None:
        """A tick of what was loaded for each of those years; from then on they are published, and closed (E4)."""
        for year in sorted(years):
            self._count_year(QuartersToCount(f"{year:04}Q1", f"{year:04}Q4"))

    def _count_year(self, period: QuartersToCount) -> None:
        counted = False
        while not counted:
            if not self._core.follower.catch_up():
                raise SamradError("what was loaded is not counted yet: the views are behind; load it again later")
            pending = self._core.statistics.pending()
            nothing = not counted_facts(pending.waiting, period, Series.LOADED)
            counted = nothing or self._append(pending, period, Series.LOADED)

    def _append(self, pending: PendingTick, period: QuartersToCount, series: Series) -> bool:
        """False where another tick came first."""
        counted = counted_facts(pending.waiting, period, series)
        keyed = sorted((self._core.entropy.bytes(16), place) for place in range(len(counted)))
        events = tick([counted[place] for _, place in keyed], pending.upto, period, series)
        now = self._core.now()
        act = Act(id=self._core.entropy.ref(), by=SYSTEM, now=now, happened=now, known=now)

        def append(log: Appending) -> bool:
            for start in range(0, len(events), AT_ONCE):
                drafts = tuple(
                    Draft(STATISTICS, Kind.STATISTICS, version, act, event)
                    for version, event in enumerate(events[start : start + AT_ONCE], pending.version + start + 1)
                )
                if not isinstance(log.append([Append(drafts)])[0], Recorded):
                    return False  # the first of them, since nobody appends in between
            return True

        return self._core.writer.call(append).result()
