"""A start knows who is party, and which policy is in force, without reading the whole log; what it misses, it says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.store.outcomes import Stored
from adapters.store.recorder import SqliteRecorder
from domain.act import Fact
from domain.errors import Tampered
from domain.vocabulary import Kind
from hub_api.access import sealed_copy
from hub_api.commands.handler import Circumstances
from hub_api.runtime.hub import Hub
from hub_demo.county import COORDINATION, agreement
from tests.adapters.support import behind_the_back
from tests.hub_api.stand import ULLA, Girl, opened


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_copy, "OFTEN", 1)


def closed_after(folder: Path, *works: Callable[[Hub], object]) -> tuple[list[Fact], int]:
    """A hub that was opened, worked in and closed; its acts of the register, and its last position."""
    hub = opened(folder)
    try:
        for work in works:
            work(hub)
        hub.follower.catch_up()
        acts = [fact for fact in hub.log.read(0, 1000) if fact.kind in (Kind.HUB, Kind.AGREEMENT)]
        return acts, hub.log.last()
    finally:
        hub.close()


def concluded(hub: Hub) -> None:
    hub.commander.handle_now(ULLA, agreement(), None, Circumstances())


@pytest.mark.usefixtures("often")
def test_a_start_reads_the_acts_of_the_register_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    acts, last = closed_after(tmp_path, concluded, Girl)
    assert len(acts) < last
    read: set[int] = set()
    rows = SqliteRecorder.rows

    def counted(self: SqliteRecorder, after: int, limit: int) -> list[Stored]:
        found = rows(self, after, limit)
        read.update(row.position for row in found if self.name == "acts.db")
        return found

    monkeypatch.setattr(SqliteRecorder, "rows", counted)
    hub = opened(tmp_path)
    try:
        assert read == {fact.position for fact in acts}
        assert hub.directory.at(hub.core.now()).unit(COORDINATION) is not None
        assert hub.register.policy_at(hub.core.now()).sha256
    finally:
        hub.close()


@pytest.mark.usefixtures("often")
def test_what_is_agreed_after_the_file_was_written_counts_too(tmp_path: Path) -> None:
    closed_after(tmp_path)
    file = tmp_path / "keys" / "register"
    before = file.read_bytes()
    closed_after(tmp_path, concluded)
    file.write_bytes(before)  # as after a crash
    hub = opened(tmp_path)
    try:
        assert hub.directory.at(hub.core.now()).unit(COORDINATION) is not None
    finally:
        hub.close()


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_file_that_is_not_whole_is_made_again(tmp_path: Path, damage: str) -> None:
    closed_after(tmp_path, concluded)
    file = tmp_path / "keys" / "register"
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    if damage == "gone":
        file.unlink()
    closed_after(tmp_path, concluded, Girl)
    assert file.read_bytes() != content
    hub = opened(tmp_path)
    try:
        assert hub.directory.at(hub.core.now()).unit(COORDINATION) is not None
    finally:
        hub.close()


@pytest.mark.usefixtures("often")
def test_an_act_of_the_register_that_is_taken_away_stops_the_start(tmp_path: Path) -> None:
    """Else an agreement that was ended would count again."""
    acts, _ = closed_after(tmp_path, concluded, Girl)
    behind_the_back(tmp_path / "data" / "acts.db", ("DELETE FROM records WHERE position = ?", (acts[-1].position,)))
    with pytest.raises(Tampered):
        opened(tmp_path).close()


@pytest.mark.usefixtures("often")
def test_an_act_of_another_kind_in_the_place_of_one_of_the_register_stops_the_start(tmp_path: Path) -> None:
    acts, last = closed_after(tmp_path, concluded, Girl)
    other = f"(SELECT frame FROM records WHERE position = {last - 1})"
    behind_the_back(
        tmp_path / "data" / "acts.db",
        (f"UPDATE records SET frame = {other} WHERE position = ?", (acts[-1].position,)),
    )
    with pytest.raises(Tampered):
        opened(tmp_path).close()
