"""The scheduler: what time brings about becomes an event, once (its idempotency key is made of grant and boundary).

A look does not wait for it: a grant that has reached its end is over for every reader at that instant.
"""

import logging
from typing import Final

from domain.act import Act
from domain.agenda import Due
from domain.aggregates import due, fold
from domain.errors import SamradError
from domain.ports import Append, Draft, Recorded
from domain.vocabulary import Kind, Ref
from hub_api.commander import Circumstances, Commander
from hub_api.core import SYSTEM, Core
from projections.schedule import Schedule
from projections.statistics import due_tick, tick

_log: Final = logging.getLogger("samrad.scheduler")

STATISTICS = Ref("7374617469737469637300000000000a")
"""The one stream of statistical facts."""


class Scheduler:
    """Asked every minute by `serve`, and whenever the demo's or a test's clock has moved."""

    def __init__(self, core: Core, commander: Commander, schedule: Schedule) -> None:
        self._core = core
        self._commander = commander
        self._schedule = schedule

    def run_now(self) -> int:
        """Record what has come due; how many commands that took."""
        self._core.log.finish_disposals()  # if the vault could not be written when one was recorded
        return self._ends_and_purges() + self._count()

    def _ends_and_purges(self) -> int:
        now = self._core.now()
        done = 0
        for stream in self._schedule.due(now):
            history = self._core.log.snapshot().stream(stream)
            for item in due(fold(Kind.CASE, history), Kind.CASE, now):
                done += self._send(item, stream)
        return done

    def _send(self, item: Due, stream: Ref) -> int:
        """One command; one that fails does not keep the others waiting, and is sent again the next time."""
        circumstances = Circumstances(happened=item.at)
        try:
            receipt = self._commander.handle_now(SYSTEM, item.command, stream, circumstances, key=item.id.hex)
        except SamradError as error:
            _log.error("%s has come due and was not recorded: %s", item.command.name, type(error).__name__)
            return 0
        return int(not receipt.repeated)

    def _count(self) -> int:
        """E1: statistical facts, shuffled, in one append that no other tick can double."""
        now = self._core.now()
        pending = self._core.statistics.pending()
        counted = due_tick(pending.waiting, now, pending.last_tick)
        if not counted:
            return 0
        keyed = sorted((self._core.entropy.bytes(16), place) for place in range(len(counted)))
        events = tick([counted[place] for _, place in keyed], pending.upto)
        act = Act(id=self._core.entropy.ref(), by=SYSTEM, now=now, happened=now, known=now)
        drafts = tuple(
            Draft(STATISTICS, Kind.STATISTICS, version, act, event)
            for version, event in enumerate(events, pending.version + 1)
        )
        return int(isinstance(self._core.writer.submit(Append(drafts)).result(), Recorded))
