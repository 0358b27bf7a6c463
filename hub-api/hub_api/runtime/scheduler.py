"""The scheduler: what time brings about becomes an event, once (its idempotency key is made of grant and boundary).

A look does not wait for it: a grant that has reached its end is over for every reader at that instant.
"""

import logging
from typing import Final

from domain.agenda import Due
from domain.aggregates import due, fold
from domain.errors import NotFolded, SamradError, is_of_value
from domain.vocabulary import Instant, Kind, Ref
from hub_api.access.core import SYSTEM, Core
from hub_api.commands.handler import Circumstances, Commander
from hub_api.runtime.counting import Counting
from projections.schedule import DueCases

_log: Final = logging.getLogger("samrad.scheduler")


class Scheduler:
    """Asked every minute by `serve`, and whenever the demo's or a test's clock has moved."""

    def __init__(self, core: Core, commander: Commander, schedule: DueCases, counting: Counting) -> None:
        self._core = core
        self._counting = counting
        self._commander = commander
        self._schedule = schedule

    def run_now(self) -> int:
        """Record what has come due; how many commands that took."""
        self._core.log.finish_disposals()  # if the vault could not be written when one was recorded
        self._commander.receipts.forget(self._core.now())
        return self._ends_and_purges() + self._counting.count_quarter()

    def _ends_and_purges(self) -> int:
        now = self._core.now()
        done = 0
        for stream in self._schedule.due(now):
            for item in self._due_in(stream, now):
                done += self._send(item, stream)
        return done

    def _due_in(self, stream: Ref, now: Instant) -> tuple[Due, ...]:
        """What has come due in one case; one of which that cannot be said keeps no other waiting."""
        history = self._core.log.snapshot().stream(stream)
        try:
            return due(fold(Kind.CASE, history), Kind.CASE, now)
        except Exception as error:
            if not (is_of_value(error) or isinstance(error, NotFolded)):
                raise
            _log.error("of a case it cannot be said what has come due: %s", type(error).__name__)
            return ()

    def _send(self, item: Due, stream: Ref) -> int:
        """One command; one that fails does not keep the others waiting, and is sent again the next time."""
        circumstances = Circumstances(happened=item.at)
        try:
            receipt = self._commander.handle_now(SYSTEM, item.command, stream, circumstances, key=item.id.hex)
        except Exception as error:
            if not (isinstance(error, SamradError) or is_of_value(error)):
                raise
            _log.error("%s has come due and was not recorded: %s", item.command.name, type(error).__name__)
            return 0
        return int(not receipt.repeated)
