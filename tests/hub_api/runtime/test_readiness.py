"""Readiness is sampled by a clock: who asks is answered from the last sample, and learns of nobody's act."""

import errno
import os
import time
from pathlib import Path

import pytest

from domain.case import commands as case
from domain.errors import NotRecorded
from domain.vocabulary import UnitId
from hub_api.access.freshness import Readiness
from hub_api.access.own_writes import NOTHING, LastWrites, OwnWrites
from hub_api.runtime.hub import Hub
from hub_api.runtime.readiness import Sampled, has_room
from hub_demo.county import COORDINATION
from tests.hub_api.stand import SARA, Girl, does, sent


class Samples:
    """Says what it is told to say, and counts how often it is asked."""

    def __init__(self, *said: Readiness | Exception) -> None:
        self.said = list(said)
        self.asked = 0

    def __call__(self) -> Readiness:
        self.asked += 1
        said = self.said[min(self.asked, len(self.said)) - 1]
        if isinstance(said, Exception):
            raise said
        return said


def test_however_often_it_is_asked_the_clock_alone_samples() -> None:
    samples = Samples(Readiness.READY, Readiness.BEHIND)
    sampled = Sampled(samples, every=30)
    try:
        assert {sampled() for _ in range(1_000)} == {Readiness.READY}
        assert samples.asked == 1
        sampled.take()  # as the clock does
        assert {sampled() for _ in range(1_000)} == {Readiness.BEHIND}
        assert samples.asked == 2
    finally:
        sampled.stop()


def test_the_clock_goes_on_whatever_a_sample_meets(caplog: pytest.LogCaptureFixture) -> None:
    samples = Samples(NotRecorded("away"), RuntimeError("broken"), Readiness.READY)
    sampled = Sampled(samples, every=0.01)
    try:
        assert sampled() is Readiness.NOT_READY
        until = time.monotonic() + 10
        while sampled() is not Readiness.READY:
            assert time.monotonic() < until
            time.sleep(0.005)
    finally:
        sampled.stop()
    assert "RuntimeError" in caplog.text
    assert "broken" not in caplog.text


def test_a_sample_that_is_old_says_nothing_any_more() -> None:
    now = [0.0]
    sampled = Sampled(Samples(Readiness.READY), every=30, stale=10, now=lambda: now[0])
    try:
        assert sampled() is Readiness.READY
        now[0] = 10.1
        assert sampled() is Readiness.NOT_READY
    finally:
        sampled.stop()


def test_a_hub_whose_disk_is_full_is_not_ready(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    assert hub.parts.ready() is Readiness.READY
    monkeypatch.setattr(os, "posix_fallocate", full)
    until_it_is(hub, Readiness.NOT_READY)
    monkeypatch.undo()
    until_it_is(hub, Readiness.READY)


def test_a_hub_that_could_not_record_is_not_ready_until_it_can(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hub.parts.ready() is Readiness.READY

    def full(*_: object) -> None:
        raise NotRecorded("acts.db could not be written")

    monkeypatch.setattr(hub.log, "_append", full)
    with pytest.raises(NotRecorded):
        sent(hub, SARA, case.Open(coordinator=COORDINATION), None)
    assert hub.log.has_failed
    until_it_is(hub, Readiness.NOT_READY)
    monkeypatch.undo()
    until_it_is(hub, Readiness.READY)


def test_room_is_tried_and_nothing_of_it_stays(tmp_path: Path) -> None:
    assert has_room(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not has_room(tmp_path / "is not there")


def test_one_unit_does_not_wait_for_what_another_recorded() -> None:
    now = [5.0]
    own = OwnWrites(lambda: now[0])
    police, social = UnitId("police"), UnitId("social")
    own.acted(police, 7)
    now[0] = 6.0
    own.looked(police, 9)
    assert own.last(social) == own.last(social, looks=True) == NOTHING
    assert own.last(police) == LastWrites(acts=7, looks=0, at=5.0)
    assert own.last(police, looks=True) == LastWrites(acts=7, looks=9, at=6.0)
    own.acted(police, 3)
    assert own.last(police).acts == 7


def test_what_a_unit_did_and_looked_at_is_its_own(hub: Hub, girl: Girl) -> None:
    does(hub, SARA, case.Open(coordinator=COORDINATION))
    acts = hub.log.last()
    hub.gateway.page_now(SARA, "cases", what="cases")
    own = hub.core.own.last(SARA.unit, looks=True)
    assert (own.acts, own.looks) == (acts, hub.looks_log.last())


def until_it_is(hub: Hub, readiness: Readiness) -> None:
    until = time.monotonic() + 10
    while hub.parts.ready() is not readiness:
        assert time.monotonic() < until
        time.sleep(0.02)
