"""What `samrad verify` finds wrong with a folder it names one by one, and what it says to do about it helps."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub_api.cli import run
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings
from hub_api.runtime.verify_advice import FROM_BACKUP, GIVE_UP, KEEP, NEWER_VAULT, REBUILD
from tests.adapters.support import behind_the_back
from tests.hub_api.stand import ASKS, KIM, NOW, SARA, Girl, agreed, does

FLIPPED = (
    "UPDATE records SET frame = CAST(substr(frame, 1, 300) || x'00' || substr(frame, 302) AS BLOB) WHERE position = ?"
)
Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub with two matters in it, closed."""
    folder = tmp_path_factory.mktemp("written")
    hub = agreed(folder)
    Girl(hub)
    does(hub, KIM, ASKS)
    does(hub, KIM, ASKS)
    hub.gateway.directory_now(SARA)
    hub.follower.catch_up()
    hub.close()
    (folder / "keys").rename(folder / "data.keys")
    return folder


@pytest.fixture
def data(written: Path, tmp_path: Path) -> Path:
    shutil.copytree(written, tmp_path / "hub")
    return tmp_path / "hub" / "data"


def rows(data: Path) -> list[tuple[int, str]]:
    with sqlite3.connect(data / "acts.db") as store:
        return [(position, stream.hex()) for position, stream in store.execute("SELECT position, stream FROM records")]


def cut(data: Path, count: int = 2) -> int:
    """Take the last records away; where the log ends then."""
    end = len(rows(data)) - count
    behind_the_back(data / "acts.db", ("DELETE FROM records WHERE position > ?", (end,)))
    return end


def verified(data: Path, capsys: Captured) -> dict[str, Any]:
    capsys.readouterr()
    status = run(["verify", "--data", str(data), "--json"])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert status == (1 if told["differences"] else 0)
    return told


def put_back(data: Path, written: Path) -> None:
    for name in ("data", "data.keys"):
        shutil.rmtree(data.with_name(name))
        shutil.copytree(written / name, data.with_name(name))


def test_every_difference_is_named_with_its_matter_and_what_is_right_is_not(data: Path, capsys: Captured) -> None:
    stored = rows(data)
    for position in (4, len(stored)):
        behind_the_back(data / "acts.db", (FLIPPED, (position,)))
    behind_the_back(data / "acts.db", ("DELETE FROM records WHERE position = 6", ()))
    told = verified(data, capsys)
    of_log = [each for each in told["differences"] if each["place"] == "acts.db"]
    assert [each["position"] for each in of_log] == [4, 6, len(stored)]
    streams = dict(stored)
    assert [each["stream"] for each in of_log] == [streams[4], None, streams[len(stored)]]
    assert of_log[0]["kind"] in ("agreement", "case")
    assert of_log[-1]["kind"] == "consultation"
    assert told["records"] == len(stored)
    assert told["advice"][:2] == [KEEP, FROM_BACKUP]


def test_the_command_tells_each_in_a_line_and_nothing_of_its_content(data: Path, capsys: Captured) -> None:
    for position in (4, 5):
        behind_the_back(data / "acts.db", ("UPDATE records SET tag = x'01' WHERE position = ?", (position,)))
    streams = dict(rows(data))
    assert run(["verify", "--data", str(data)]) == 1
    told = capsys.readouterr().err.splitlines()
    for position in (4, 5):
        named = [line for line in told if f"acts.db, position {position}: the request tag is not the frame's (" in line]
        assert named
        assert streams[position] in named[0]
    assert told[-1] == f"samrad: do: {FROM_BACKUP}"


def test_a_hub_with_a_broken_agreement_is_walked_to_its_end(data: Path, capsys: Captured) -> None:
    """Nothing but the proof opens it: the register is folded from this record."""
    behind_the_back(data / "acts.db", (FLIPPED, (3,)))
    assert verified(data, capsys)["records"] == len(rows(data))


def test_the_newest_backup_put_back_helps(data: Path, written: Path, capsys: Captured) -> None:
    behind_the_back(data / "acts.db", ("UPDATE records SET tag = x'01' WHERE position = 4", ()))
    assert FROM_BACKUP in verified(data, capsys)["advice"]
    put_back(data, written)
    assert verified(data, capsys)["differences"] == []


def test_a_log_that_was_cut_is_told_by_the_mark_and_by_the_views(data: Path, capsys: Captured) -> None:
    end = cut(data)
    told = verified(data, capsys)
    assert [(each["place"], each["error"]) for each in told["differences"]] == [
        ("acts.db", "StoreBehind"),
        ("views.db of acts", "LogBehind"),
    ]
    assert told["differences"][0]["position"] == end + 1
    assert told["advice"] == [KEEP, FROM_BACKUP, GIVE_UP]


def unmarked(data: Path) -> None:
    (data.with_name("data.keys") / "high-water.json").unlink()


def marked(_: Path) -> None:
    """As it is."""


@pytest.mark.parametrize("mark", [unmarked, marked])
def test_what_is_lost_is_given_up_only_when_somebody_says_so(
    data: Path, written: Path, mark: Callable[[Path], None], capsys: Captured
) -> None:
    end = cut(data)
    mark(data)
    assert verified(data, capsys)["advice"] == [KEEP, FROM_BACKUP, GIVE_UP]
    assert run(["rebuild", "--data", str(data)]) == 1
    assert verified(data, capsys)["differences"] != []
    assert run(["rebuild", "--accept-loss", "--data", str(data)]) == 0
    assert verified(data, capsys)["differences"] == []
    with_hub(data, lambda hub: hub.commander.handle_now(KIM, ASKS, None, NOW))
    assert len(rows(data)) == end + 1
    assert verified(data, capsys)["differences"] == []
    put_back(data, written)
    assert verified(data, capsys)["differences"] == []


def test_a_key_that_is_missing_is_told_for_each_record_and_a_newer_vault_helps(
    data: Path, written: Path, capsys: Captured
) -> None:
    def lose(hub: Hub) -> None:
        case = next(fact.stream for fact in hub.log.read(0, 100) if fact.kind.value == "case")
        hub.vault.delete([key.id for key in hub.vault.keys_of(case)])

    with_hub(data, lose)
    told = verified(data, capsys)
    assert {each["error"] for each in told["differences"]} == {"Unreadable"}
    assert len([each for each in told["differences"] if each["place"] == "acts.db"]) > 1
    assert NEWER_VAULT in told["advice"]
    shutil.copy(written / "data" / "vault.db", data / "vault.db")
    assert verified(data, capsys)["differences"] == []


def test_views_that_are_wrong_are_made_again(data: Path, capsys: Captured) -> None:
    with sqlite3.connect(data / "views.db", isolation_level=None) as views:
        views.execute("UPDATE unit_stream_1 SET owner = 1 - owner")
    assert verified(data, capsys)["advice"] == [REBUILD]
    assert run(["rebuild", "--data", str(data)]) == 0
    assert verified(data, capsys)["differences"] == []


def test_verify_changes_nothing_that_is_wrong(data: Path, capsys: Captured) -> None:
    behind_the_back(data / "acts.db", ("UPDATE records SET tag = x'01' WHERE position = 4", ()))
    assert verified(data, capsys)["differences"] == verified(data, capsys)["differences"]


def with_hub(data: Path, work: Callable[[Hub], object]) -> None:
    hub = Hub.open(Settings.beside(data))
    try:
        work(hub)
    finally:
        hub.close()
