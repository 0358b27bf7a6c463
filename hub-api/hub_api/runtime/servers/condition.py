"""How the hub on servers is, as a clock samples it: whether the store records, and whether the views are kept up.

Nothing of it depends on what was recorded lately: those who keep the views report by the clock, whether or not
something came, and whether the store records is tried with a record that is taken back.
"""

from itertools import count
from typing import Final

from adapters.postgresql.lease import taken
from adapters.store.application import CoordinationLog
from adapters.store.rows import takes_records
from domain.errors import SamradError
from hub_api.access.freshness import Readiness
from hub_api.runtime.open_parts import LOGS
from hub_api.runtime.servers.relay import lease_of
from projections.catalogue import ACTS, LOOKS
from projections.reports import silent_for
from projections.store import Views

SILENT: Final = 3.0
"""Seconds after which views that nobody has reported are behind."""
SELDOM: Final = 10
"""Of how many samples one tries whether the store records, and whether somebody carries; after a failure, each does."""


class Condition:
    """What the samples are made of."""

    def __init__(self, log: CoordinationLog, looks_log: CoordinationLog, views: Views, store: str) -> None:
        self._logs = (log, looks_log)
        self._views = views
        self._store = store
        self._leases = frozenset(lease_of(each) for each in LOGS)
        self._samples = count()
        self._records = True
        self._carries = True

    def readiness(self) -> Readiness:
        """One sample."""
        seldom = next(self._samples) % SELDOM == 0
        if not self._store_records(seldom=seldom):
            return Readiness.NOT_READY
        return Readiness.READY if self._views_are_kept(seldom=seldom) else Readiness.BEHIND

    def _store_records(self, *, seldom: bool) -> bool:
        log, looks_log = self._logs
        try:
            log.rows.rows(log.last(), 1)
            failed = any(each.has_failed for each in self._logs)
            if seldom or failed or not self._records:
                self._records = takes_records(looks_log.rows)
                if self._records:
                    for each in self._logs:
                        each.has_failed = False
        except SamradError:
            self._records = False
        return self._records

    def _views_are_kept(self, *, seldom: bool) -> bool:
        try:
            if seldom or not self._carries:
                self._carries = self._leases <= set(taken(self._store, self._leases))
            silent = max(silent_for(self._views, (ACTS, LOOKS)).values())
            return self._carries and silent <= SILENT and not any(each.outdated(self._views) for each in (ACTS, LOOKS))
        except SamradError:
            return False
