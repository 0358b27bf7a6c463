"""A store that is ahead of the machine's clock is told; beyond a day nobody serves it who does not say so."""

import json
import logging
import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest

from adapters.system import SystemClock
from domain.errors import StoreAhead
from hub_api.access.freshness import Readiness
from hub_api.cli import run
from hub_api.runtime.clocks import DAY, ClockWatch, refuse_ahead
from hub_api.runtime.folder import DEMO
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings
from hub_demo.county import LINE, agreement
from tests.hub_api.stand import ASKS, LENA, NOW, ULLA, at

MINUTE: Final = 60_000_000
SMALL: Final = Path(__file__).parents[3] / "examples" / "support-line-2014.jsonl"


def now() -> int:
    return SystemClock().now()


def recorded(data: Path, when: int | None) -> Settings:
    """A hub where something was recorded when the clock said that."""
    where = Settings.beside(data)
    hub = Hub.open(Settings(data=where.data, keys=where.keys, start=when))
    hub.commander.handle_now(ULLA, agreement(), None, NOW)
    hub.close()
    return where


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where `serve` has come to listen; it does not."""
    found: list[str] = []

    def listen(hub: Hub, *_: Any, **__: Any) -> None:
        found.append(str(hub.folder))

    monkeypatch.setattr(import_module("hub_api.cli.serve"), "listen", listen)
    return found


@pytest.fixture
def ahead(tmp_path: Path) -> Settings:
    return recorded(tmp_path / "data", now() + 243 * DAY)


def test_a_store_that_is_days_ahead_is_not_served_and_nothing_is_loaded_into_it(
    ahead: Settings, served: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    there = ["--data", str(ahead.data)]
    for arguments in (["serve"], ["load", str(SMALL), "--unit", LINE, "--by", "lena-exempel"]):
        assert run([*arguments, *there]) == 1
        error = capsys.readouterr().err
        assert "the last record of acts is dated" in error
        assert "242 days before it" in error or "243 days before it" in error
        assert "A clock that was ahead" in error
    assert served == []
    for arguments in (["verify"], ["backup", str(ahead.data.with_name("b"))]):
        assert run([*arguments, *there]) == 0, "what only reads goes on"


def test_status_names_it_and_what_is_right_is_not_told(
    ahead: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["status", "--json", "--data", str(ahead.data)]) == 1
    (wrong,) = json.loads(capsys.readouterr().out)["wrong"]
    assert wrong.startswith("the last record of acts is dated 2")
    recorded(tmp_path / "right", None)
    assert run(["status", "--data", str(tmp_path / "right")]) == 0
    recorded(tmp_path / "a-minute", now() + 3 * MINUTE)
    assert run(["status", "--data", str(tmp_path / "a-minute")]) == 1
    assert "seconds before it" in capsys.readouterr().err


def test_the_way_on_from_a_backup_from_before_it(
    tmp_path: Path, served: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """As docs/operations.md says, under *A clock that was ahead*, 1 and 2."""
    where = recorded(tmp_path / "data", None)
    there = ["--data", str(where.data)]
    assert run(["backup", str(tmp_path / "before"), *there]) == 0
    hub = Hub.open(Settings(data=where.data, keys=where.keys, start=now() + 243 * DAY))
    hub.commander.handle_now(LENA, ASKS, None, NOW)
    hub.close()
    assert run(["serve", *there]) == 1
    assert run(["backup", str(tmp_path / "whatever-comes"), *there]) == 0
    where.data.rename(tmp_path / "moved-away")
    assert run(["restore", str(tmp_path / "before"), "--accept-loss", *there]) == 1
    assert "accepted later are missing" in capsys.readouterr().out
    assert run(["serve", *there]) == 0
    assert run(["status", *there]) == 0
    assert run(["verify", *there]) == 0
    assert served == [str(where.data)]


def test_the_way_on_without_one_is_to_say_so(
    ahead: Settings, served: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The same, 3."""
    there = ["--data", str(ahead.data)]
    assert run(["serve", "--accept-clock", *there]) == 0
    assert served == [str(ahead.data)]
    assert run(["status", *there]) == 1, "it goes on naming it"
    hub = Hub.open(ahead)
    try:
        last = hub.log.last_committed()
        hub.commander.handle_now(LENA, ASKS, None, NOW)
        assert hub.log.last_committed() == last, "its time stands still"
    finally:
        hub.close()


def test_a_demo_has_the_days_of_its_story(ahead: Settings, served: list[str]) -> None:
    (ahead.data / DEMO).touch()
    assert run(["serve", "--personas", "--data", str(ahead.data)]) == 0
    assert run(["status", "--data", str(ahead.data)]) == 0
    assert served


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    where = Settings.beside(tmp_path / "data")
    opened = Hub.open(Settings(data=where.data, keys=where.keys, start=now()))
    opened.commander.handle_now(ULLA, agreement(), None, NOW)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("by", "ready", "alarms", "refused"),
    [
        (0, Readiness.READY, 0, False),
        (5_000_000, Readiness.READY, 0, False),
        (MINUTE, Readiness.READY, 1, False),
        (DAY, Readiness.READY, 1, False),
        (DAY + MINUTE, Readiness.NOT_READY, 1, True),
    ],
)
def test_a_clock_that_is_set_back_while_it_serves_is_an_alarm_and_beyond_a_day_it_is_not_ready(
    hub: Hub, by: int, ready: Readiness, alarms: int, refused: bool, caplog: pytest.LogCaptureFixture
) -> None:
    begun = hub.log.last_committed()
    clock, accepted = ClockWatch(hub), ClockWatch(hub, accepted=True)
    at(hub, begun - by)
    for _ in range(3):
        clock.look()
    told = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.getMessage().rpartition(": ")[2] for record in told] == ["StoreAhead"] * alarms
    assert clock.ready() is ready
    assert accepted.ready() is Readiness.READY
    if refused:
        with pytest.raises(StoreAhead):
            refuse_ahead(hub)
    else:
        refuse_ahead(hub)
    at(hub, begun)
    clock.look()
    at(hub, begun - by)
    clock.look()
    again = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(again) == 2 * alarms, "it is told again after it was right"


def test_status_of_a_folder_names_the_process_that_has_it_and_what_is_missing(
    hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    there = ["--data", str(hub.folder)]
    assert run(["status", "--json", *there]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["running"] == {"serve": True}
    assert list(found["processes"]) == ["serve"]
    assert found["logs"]["acts"]["store"] == hub.log.last()
    assert run(["status", "--work", "serve", *there]) == 0
    hub.close()
    assert run(["status", "--work", "serve", *there]) == 1
    assert "nobody does this work: serve" in capsys.readouterr().err
    (hub.folder / "acts.db").unlink()
    shutil.rmtree(hub.folder.with_name("data.keys"))
    assert run(["status", *there]) == 1
    error = capsys.readouterr().err
    assert "there is no acts.db in" in error
    assert "there is no master key file" in error
    assert not (hub.folder / "acts.db").exists(), "asking makes nothing"
