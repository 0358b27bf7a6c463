"""How the hub on servers is, is sampled from who reports and what can be written, never from what was recorded."""

from typing import Any, cast

import pytest

from adapters.store.application import CoordinationLog
from domain.errors import NotRecorded
from hub_api.access.freshness import Readiness
from hub_api.runtime.servers import condition
from hub_api.runtime.servers.condition import SELDOM, SILENT, Condition
from projections.errors import ViewsUnusable
from projections.store import Views, ViewSet

INFINITE = float("inf")


class Rows:
    """A store that answers, or is away."""

    def __init__(self) -> None:
        self.away = False

    def rows(self, after: int, limit: int) -> list[object]:
        if self.away:
            raise NotRecorded("away")
        return []


class Log:
    """A log on which so much was recorded."""

    def __init__(self) -> None:
        self.rows = Rows()
        self.recorded = 0
        self.has_failed = False

    def last(self) -> int:
        return self.recorded


class Servers:
    """All that a sample asks, in the test's hand."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.log, self.looks_log = Log(), Log()
        self.silent: dict[str, float] | Exception = {"acts": 0.1, "looks": 0.2}
        self.carried = frozenset({"relay acts", "relay looks"})
        self.records = True
        self.outdated = False
        self.tried = self.asked = 0
        patch.setattr(condition, "silent_for", self._silent)
        patch.setattr(condition, "taken", self._taken)
        patch.setattr(condition, "takes_records", self._takes)
        patch.setattr(ViewSet, "outdated", lambda *_: self.outdated)
        logs = cast(CoordinationLog, self.log), cast(CoordinationLog, self.looks_log)
        self.condition = Condition(*logs, cast(Views, None), "store")

    def _silent(self, *_: object) -> dict[str, float]:
        if isinstance(self.silent, Exception):
            raise self.silent
        return self.silent

    def _taken(self, *_: object) -> frozenset[str]:
        self.asked += 1
        return self.carried

    def _takes(self, _: Any) -> bool:
        self.tried += 1
        return self.records

    def sampled(self, times: int = 1) -> Readiness:
        return [self.condition.readiness() for _ in range(times)][-1]


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Servers:
    return Servers(monkeypatch)


@pytest.mark.parametrize("recorded", [0, 1, 100_000])
def test_f_what_was_recorded_makes_no_difference(servers: Servers, recorded: int) -> None:
    servers.log.recorded = servers.looks_log.recorded = recorded
    assert servers.sampled() is Readiness.READY
    servers.silent = {"acts": SILENT + 1, "looks": 0.1}
    assert servers.sampled() is Readiness.BEHIND


@pytest.mark.parametrize("silent", [SILENT + 0.1, INFINITE])
@pytest.mark.parametrize("name", ["acts", "looks"])
def test_views_that_nobody_has_reported_for_are_behind(servers: Servers, name: str, silent: float) -> None:
    servers.silent = {"acts": 0.1, "looks": 0.1, name: silent}
    assert servers.sampled() is Readiness.BEHIND


def test_views_that_are_away_or_of_another_version_are_behind(servers: Servers) -> None:
    servers.outdated = True
    assert servers.sampled() is Readiness.BEHIND
    servers.outdated, servers.silent = False, ViewsUnusable("away", "PostgreSQL")
    assert servers.sampled() is Readiness.BEHIND


def test_where_nobody_carries_the_views_are_behind_and_that_is_asked_seldom(servers: Servers) -> None:
    assert servers.sampled(SELDOM) is Readiness.READY
    assert servers.asked == 1
    servers.carried = frozenset({"relay acts"})
    assert servers.sampled() is Readiness.BEHIND
    servers.carried = frozenset({"relay acts", "relay looks"})
    assert servers.sampled() is Readiness.READY, "and it is asked each time until somebody does"


def test_a_store_that_is_away_is_not_ready(servers: Servers) -> None:
    servers.log.rows.away = True
    assert servers.sampled() is Readiness.NOT_READY
    servers.log.rows.away = False
    assert servers.sampled() is Readiness.READY


def test_what_could_not_be_recorded_is_tried_until_it_can_be(servers: Servers) -> None:
    assert servers.sampled(SELDOM) is Readiness.READY
    assert servers.tried == 1
    servers.log.has_failed, servers.records = True, False
    assert servers.sampled(2) is Readiness.NOT_READY
    assert servers.log.has_failed
    servers.records = True
    assert servers.sampled() is Readiness.READY
    assert not servers.log.has_failed


def test_a_full_disk_is_found_though_nobody_records(servers: Servers) -> None:
    assert servers.sampled() is Readiness.READY
    servers.records = False
    assert servers.sampled(SELDOM) is Readiness.NOT_READY
