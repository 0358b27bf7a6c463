"""The high-water mark is written after a commit: what becomes of it changes nothing of what was recorded."""

import logging
import shutil
from pathlib import Path

import pytest

from adapters.high_water import HighWater
from domain.errors import MarksUnusable
from domain.ports import Recorded
from tests.adapters.stores import every_store
from tests.adapters.support import ENTROPY, Hub, one

MARKS = "high-water.json"


def recorded(hub: Hub) -> bool:
    (verdict,) = hub.log.append([one(ENTROPY.ref(), 1)])
    return isinstance(verdict, Recorded)


def alarms(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.levelno == logging.ERROR]


@every_store
def test_what_is_recorded_is_answered_so_though_the_file_of_marks_is_damaged(
    hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    path = hub.keys / MARKS
    assert recorded(hub)
    path.write_bytes(b"{ damaged")
    hub.mark._every = hub.mark._due = 0.0
    assert recorded(hub)
    assert recorded(hub)
    assert hub.log.last() == 3
    hub.close()
    assert alarms(caplog) == ["the high-water mark lags, it could not be written: MarksUnusable"]
    assert path.read_bytes() == b"{ damaged"
    with pytest.raises(MarksUnusable, match="is not a file of high-water marks"):
        HighWater(path)


def test_a_mark_that_could_not_be_written_is_told_once_and_written_when_it_can_be(
    hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    hub.mark._every = 0.0
    assert recorded(hub)
    shutil.rmtree(hub.keys)
    assert recorded(hub)
    assert recorded(hub)
    assert alarms(caplog) == ["the high-water mark lags, it could not be written: FileNotFoundError"]
    hub.keys.mkdir()
    assert recorded(hub)
    assert HighWater(hub.keys / MARKS).mark("acts") == 4
    shutil.rmtree(hub.keys)
    assert recorded(hub)
    assert len(alarms(caplog)) == 2


def test_what_cannot_be_written_is_not_tried_at_every_commit(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = list[Path]()

    def full(path: Path, _: bytes) -> None:
        tried.append(path)
        raise OSError(28, "No space left on device")

    hub.mark._every, hub.mark._due = 3600.0, 0.0  # however slow this machine is
    monkeypatch.setattr("adapters.high_water.write_whole", full)
    assert all(recorded(hub) for _ in range(5))
    assert tried.count(hub.keys / MARKS) == 1  # a hub of an earlier test may be let go, and try once more, only now


def test_marks_that_cannot_be_read_are_told_by_their_place(tmp_path: Path) -> None:
    with pytest.raises(MarksUnusable, match="cannot be read"):
        HighWater(tmp_path)
