"""The folder of an embedded hub: one process has it, and what that has answered is never in a file that is gone."""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from adapters.store.in_place import InPlace
from domain.errors import FilesGone, InUse, SamradError
from hub_api.access.freshness import Readiness
from hub_api.cli import run
from hub_api.http.app import create_app
from hub_api.identity.personas import Personas
from hub_api.runtime.folder import FILES, LOCK, STORES, alone_in, holder_of
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings
from hub_demo.county import PERSONAS, agreement
from hub_demo.week import MARK, fresh
from tests.hub_api.stand import ANNA, ASKS, LENA, NOW, ULLA

ELSEWHERE = "import sys; from hub_api.cli import run; sys.exit(run(sys.argv[1:]))"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """An open hub whose folder is marked as a demo's."""
    data = tmp_path / "data"
    data.mkdir()
    (data / MARK).write_text("a demo")
    opened = Hub.open(Settings.beside(data))
    opened.commander.handle_now(ULLA, agreement(), None, NOW)
    yield opened
    opened.close()


def inodes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in folder.iterdir()}


@pytest.mark.parametrize(
    "arguments",
    [
        ["demo", "--check"],
        ["demo", "--quarter", "--check"],
        ["rebuild"],
        ["keys", "rotate"],
        ["load", "none.jsonl", "--unit", "u", "--by", "b"],
        ["serve"],
    ],
)
def test_what_would_replace_or_change_a_folder_that_is_served_is_refused_as_in_use(
    hub: Hub, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before, keys = inodes(hub.folder), inodes(hub.folder.with_name("data.keys"))
    linked = hub.folder.with_name("linked")
    linked.symlink_to(hub.folder)
    for data in (hub.folder, linked):
        assert run([*arguments, "--data", str(data)]) == 1
        assert f"is in use by another process, {os.getpid()}" in capsys.readouterr().err
    assert inodes(hub.folder) == before
    assert inodes(hub.folder.with_name("data.keys")) == keys
    hub.commander.handle_now(LENA, ASKS, None, NOW)


def test_a_demo_is_not_cleared_away_by_another_process_while_it_is_served(hub: Hub) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, "demo", "--check", "--data", str(hub.folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "in use" in done.stderr) == (1, True)
    assert {*STORES, LOCK, MARK} <= set(inodes(hub.folder))


def test_a_demo_whose_hub_is_closed_is_made_anew_and_keeps_the_file_of_its_lock(hub: Hub) -> None:
    before = inodes(hub.folder)
    hub.close()
    settings = fresh(hub.folder)
    assert set(inodes(settings.data)) == {LOCK, MARK}
    assert inodes(settings.data)[LOCK] == before[LOCK]
    assert not settings.keys.exists()
    assert holder_of(settings.data) is None


def test_what_is_no_demo_is_left_as_it_is(hub: Hub) -> None:
    hub.close()
    (hub.folder / MARK).unlink()
    before = inodes(hub.folder)
    with pytest.raises(SamradError, match="is no demo: nothing was changed"):
        fresh(hub.folder)
    assert inodes(hub.folder) == before


def test_who_has_the_folder_is_known_by_its_process(tmp_path: Path) -> None:
    assert holder_of(tmp_path) is None
    with alone_in(tmp_path):
        assert holder_of(tmp_path) == os.getpid()
        with pytest.raises(InUse, match=str(os.getpid())), alone_in(tmp_path):
            raise AssertionError("two had it")
    assert holder_of(tmp_path) is None


def test_a_lock_whose_file_was_removed_is_not_taken_for_the_folders(tmp_path: Path) -> None:
    with alone_in(tmp_path):
        (tmp_path / LOCK).unlink()
        with alone_in(tmp_path):  # another hub's now: the one before finds its files gone
            assert (tmp_path / LOCK).exists()


def take_away(path: Path, how: str) -> None:
    away = path.with_name(path.name + ".away") if path.name != "data" else path.with_name("elsewhere")
    path.rename(away)
    if how == "replaced":
        shutil.copytree(away, path) if away.is_dir() else shutil.copy2(away, path)


def put_back(path: Path) -> None:
    away = path.with_name(path.name + ".away") if path.name != "data" else path.with_name("elsewhere")
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    away.rename(path)


@pytest.mark.parametrize("how", ["removed", "replaced"])
@pytest.mark.parametrize("name", [*FILES, ""])
def test_a_hub_whose_files_are_gone_or_replaced_takes_nothing_and_is_not_ready(
    hub: Hub, name: str, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = hub.folder / name if name else hub.folder
    before = hub.log.last(), hub.looks_log.last()
    take_away(path, how)
    for _ in range(2):
        with pytest.raises(FilesGone):
            hub.commander.handle_now(LENA, ASKS, None, NOW)
        with pytest.raises(FilesGone):  # no look leaves unless it is on the trail
            hub.gateway.page_now(LENA, "consultations", what="consultations")
    assert hub.parts.ready() is Readiness.NOT_READY
    alarms = [record for record in caplog.records if record.message.startswith("the files of the hub are gone")]
    assert len(alarms) == 1
    put_back(path)
    until = time.monotonic() + 10
    while hub.parts.ready() is not Readiness.READY:  # it is sampled by a clock
        assert time.monotonic() < until
        time.sleep(0.05)
    assert (hub.log.last(), hub.looks_log.last()) == before
    hub.commander.handle_now(LENA, ASKS, None, NOW)


def test_what_is_committed_into_a_file_that_is_gone_is_not_answered_as_recorded(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    require, calls = InPlace.require, list[None]()

    def gone_after_the_first(self: InPlace) -> None:
        require(self)
        if not calls:  # between the question before the append and the commit
            calls.append(None)
            take_away(hub.folder, "removed")

    monkeypatch.setattr(InPlace, "require", gone_after_the_first)
    with pytest.raises(FilesGone):
        hub.commander.handle_now(LENA, ASKS, None, NOW)
    monkeypatch.undo()
    put_back(hub.folder)


def test_over_http_it_is_503_for_commands_and_lists_and_not_ready(hub: Hub) -> None:
    app = create_app(hub, Personas(PERSONAS), hub.parts.ready)
    take_away(hub.folder, "removed")

    async def asked() -> list[int]:
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            who = {"authorization": "Persona samordnare-anna-exempel"}
            opening = client.post("/v1/cases", json={"coordinator": ANNA.unit}, headers=who)
            answers = [await client.get("/health/ready"), await client.get("/v1/cases", headers=who), await opening]
            return [answer.status_code for answer in answers]

    assert asyncio.run(asked()) == [503, 503, 503]
    put_back(hub.folder)
    assert asyncio.run(asked())[0] == 200


def test_it_is_told_within_a_minute_though_nobody_asks(hub: Hub) -> None:
    take_away(hub.folder, "removed")
    with pytest.raises(FilesGone):
        hub.parts.look()
    put_back(hub.folder)
    hub.parts.look()
