"""A backup is whole or not there; what is put back is served only if nothing is missing, as far as anybody knows."""

import os
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from sqlite3 import Connection
from typing import Final

import pytest

from adapters.store import backup as copying
from adapters.store.backup import VAULT
from domain.case.commands import AddPerson, Dispose, Open, RecordInformation
from domain.errors import MarksUnusable, SamradError, StoreBehind
from domain.vocabulary import Compartment, Ref
from hub_api.access.freshness import Readiness
from hub_api.cli import run
from hub_api.runtime.backups import PARTIAL, accept_loss, back_up, ends_of, restore
from hub_api.runtime.folder import STORES
from hub_api.runtime.hub import Hub
from hub_api.runtime.proof import prove
from hub_api.runtime.settings import Settings
from hub_demo.county import COORDINATION, agreement
from tests.hub_api.stand import ASKS, LENA, NOW, SARA, ULLA

KILLED: Final = 9
STAGES: Final = ("the first page", "a log", "the first folder", "the second folder")
DIES: Final = """
import os, sys
from pathlib import Path
from adapters.store import backup
from hub_api.runtime import backups
from hub_api.runtime.settings import Settings
stage, data, target = sys.argv[1:]
put, begun = backups._put, backup._copy
def copy(source, path, progress):
    if stage == "the first page":
        backup.PAGES = 1
        progress = lambda *_: os._exit(9)
    if stage == "a log" and path.name == "looks.db":
        os._exit(9)
    begun(source, path, progress)
placed = []
def into_place(beside, folder):
    if stage == "the first folder" or (stage == "the second folder" and placed):
        os._exit(9)
    put(beside, folder)
    placed.append(folder)
backup._copy, backups._put = copy, into_place
backups.back_up(Settings.beside(Path(data)), Path(target), None, lambda *_: None)
"""


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    opened = Hub.open(Settings.beside(tmp_path / "data"))
    opened.commander.handle_now(ULLA, agreement(), None, NOW)
    works(opened)
    yield opened
    opened.close()


def works(hub: Hub) -> tuple[Ref, Ref]:
    """Under keys of their own: a case, somebody in it, and what is written about them."""
    case = hub.commander.handle_now(SARA, Open(coordinator=COORDINATION), None, NOW).stream
    person = hub.commander.handle_now(SARA, AddPerson(identity="Testa Testsson", minor=True), case, NOW).created
    hub.commander.handle_now(SARA, RecordInformation(person=person, social="Is afraid."), case, NOW)
    return case, person


def disposes(hub: Hub, case: Ref, person: Ref) -> None:
    of = Dispose(person=person, compartments=frozenset({Compartment.SOCIAL}))
    hub.commander.handle_now(SARA, of, case, NOW)


def places(hub: Hub) -> Settings:
    return Settings.beside(hub.folder)


def silent(name: str, done: int, last: int) -> None:
    """Nobody looks."""


def proven(data: Path) -> tuple[int, int]:
    """How many records and looks there are in a folder whose hub opens, and of which all is right."""
    hub = Hub.open(Settings.beside(data))
    try:
        found = prove(hub, silent)
        return found.records, found.looks
    finally:
        hub.close()


def test_a_backup_of_a_hub_that_is_open_is_whole_private_and_opens_as_a_hub_of_its_own(
    hub: Hub, tmp_path: Path
) -> None:
    target = tmp_path / "backups" / "monday"
    acts, looks = back_up(places(hub), target, None, silent)
    assert {path.name for path in target.iterdir()} == set(STORES)
    assert {path.name for path in target.with_name("monday.keys").iterdir()} == {"master.json", "high-water.json"}
    for folder in (target, target.with_name("monday.keys")):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert proven(target) == (acts.position, looks.position) == (hub.log.last(), hub.looks_log.last())
    works(hub)


def test_what_is_recorded_while_it_is_copied_is_not_in_it_and_nothing_that_is_in_it_lacks_its_key(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "PAGES", 1)
    earlier = [works(hub) for _ in range(5)]
    before = hub.log.last()

    def meanwhile(name: str, done: int, last: int) -> None:
        if done % 5 == 1:
            works(hub)
        if name != VAULT and earlier:  # its key is in the copy of the vault still, and its record in that of the log
            disposes(hub, *earlier.pop())

    back_up(places(hub), tmp_path / "whole", None, meanwhile)
    assert not earlier
    assert hub.log.last() > before + 10
    assert proven(tmp_path / "whole")[0] == before


def test_nothing_is_appended_between_the_snapshots_of_the_files(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, at_work = copying._begin, list[threading.Thread]()

    def slowly(source: Connection) -> None:
        begin(source)
        if not at_work:
            at_work.append(threading.Thread(target=works, args=(hub,)))
            at_work[0].start()
        at_work[0].join(0.5)

    masters_for = copying._masters_for

    def after_it(vault: Connection, path: Path, data: Path) -> bytes:
        at_work[0].join(30)
        return masters_for(vault, path, data)

    monkeypatch.setattr(copying, "_begin", slowly)
    monkeypatch.setattr(copying, "_masters_for", after_it)
    before = hub.log.last()
    back_up(places(hub), tmp_path / "whole", None, silent)
    assert hub.log.last() > before, "it went on afterwards"
    assert proven(tmp_path / "whole")[0] == before


def test_a_backup_by_another_process_takes_nothing_away_from_under_the_hub(hub: Hub, tmp_path: Path) -> None:
    """SQLite's locks belong to a process: one that had let go of them would lose its write-ahead log to whoever closes
    the file last."""
    readers = [threading.Thread(target=hub.log.last), threading.Thread(target=lambda: hub.log.read(0, 10))]
    for reader in readers:
        reader.start()
        reader.join()
    done = subprocess.run(
        [sys.executable, "-c", DIES, "none", str(hub.folder), str(tmp_path / "whole")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert done.returncode == 0
    assert hub.parts.ready() is Readiness.READY
    works(hub)


@pytest.mark.parametrize("stage", STAGES)
def test_a_backup_that_is_killed_leaves_nothing_that_passes_for_one_and_the_next_is_whole(
    hub: Hub, tmp_path: Path, stage: str
) -> None:
    target = tmp_path / "whole"
    done = subprocess.run(
        [sys.executable, "-c", DIES, stage, str(hub.folder), str(target)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
        capture_output=True,
    )
    assert done.returncode == KILLED, done.stderr.decode()
    assert not target.exists()
    assert run(["serve", "--data", str(target)]) == run(["restore", str(target), "--data", str(tmp_path / "new")]) == 1
    assert not (tmp_path / "new").exists()
    back_up(places(hub), target, None, silent)
    assert proven(target)[0] == hub.log.last()
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(PARTIAL)]


@pytest.mark.parametrize(
    ("target", "keys", "said"),
    [
        ("data/inside", None, "inside the hub's own folder"),
        ("data.keys/inside", None, "inside the hub's own folder"),
        ("there", None, "never written over"),
        ("new", "new/keys", "must lie outside"),
        ("new", "data.keys", "inside the hub's own folder"),
        ("new", "others.keys", "is there already"),
        ("unfinished", None, "no unfinished backup"),
    ],
)
def test_a_backup_is_written_over_nothing(hub: Hub, tmp_path: Path, target: str, keys: str | None, said: str) -> None:
    for name in ("there", "others.keys", "unfinished.partial"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "somebodys").write_text("theirs")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(SamradError, match=said):
        back_up(places(hub), tmp_path / target, None if keys is None else tmp_path / keys, silent)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_backup_is_put_back_where_the_folder_was_lost_and_nothing_is_missing(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, target, keys = str(hub.folder), str(tmp_path / "b"), str(tmp_path / "elsewhere")
    assert run(["backup", target, "--keys", keys, "--data", data]) == 0
    last = hub.log.last()
    hub.close()
    assert run(["restore", target, "--keys", keys, "--data", data]) == 1
    assert "move it away first" in capsys.readouterr().err
    shutil.rmtree(data)
    shutil.rmtree(f"{data}.keys")
    assert run(["restore", target, "--data", data]) == 1
    assert "there is no master key file" in capsys.readouterr().err
    assert run(["restore", target, "--keys", keys, "--data", data, "--json"]) == 1
    assert '"missing": null' in capsys.readouterr().out, "there was no mark, so nobody knows"
    assert proven(Path(data))[0] == last
    shutil.rmtree(data)
    assert run(["restore", target, "--data", data]) == 0, "the keys are there"
    assert "nothing is missing" in capsys.readouterr().out
    assert proven(Path(data))[0] == last
    assert proven(tmp_path / "b" if (tmp_path / "b.keys").exists() else Path(data))[0] == last


def test_an_older_backup_is_served_only_when_somebody_has_accepted_the_loss(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places_, target = places(hub), tmp_path / "older"
    back_up(places_, target, None, silent)
    works(hub)
    hub.close()
    shutil.rmtree(places_.data)
    assert run(["restore", str(target), "--data", str(places_.data)]) == 1
    assert "acts: restored up to position" in (said := capsys.readouterr().out)
    assert "at least 3 that were accepted later are missing" in said
    with pytest.raises(StoreBehind):
        Hub.open(places_)
    assert run(["restore", "--accept-loss", "--data", str(places_.data)]) == 1
    assert proven(places_.data)[0] == ends_of(target)["acts"][0]
    assert run(["restore", "--accept-loss", "--data", str(places_.data)]) == 0


def test_keys_of_another_hub_do_not_open_a_backup_and_nothing_is_put_in_place(hub: Hub, tmp_path: Path) -> None:
    back_up(places(hub), tmp_path / "b", None, silent)
    other = Settings.beside(tmp_path / "other")
    Hub.open(other).close()
    shutil.rmtree(other.data)
    with pytest.raises(SamradError, match="does not open"):
        restore(other, tmp_path / "b", None)
    assert not other.data.exists()


@pytest.mark.parametrize("broken", STORES)
def test_what_is_no_whole_backup_is_not_restored(hub: Hub, tmp_path: Path, broken: str) -> None:
    back_up(places(hub), tmp_path / "b", None, silent)
    (tmp_path / "b" / broken).unlink()
    with pytest.raises(SamradError, match=f"no {broken} in it"):
        restore(Settings.beside(tmp_path / "new"), tmp_path / "b", None)
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "new.keys").exists()


def older_data_and_keys(hub: Hub, witness: Path | None) -> Settings:
    """A hub of which both folders are those of an earlier day, as somebody puts them back who has copies of both."""
    where = Settings(data=hub.folder, keys=places(hub).keys, witness=witness)
    hub.close()
    for folder in (where.data, where.keys):
        shutil.copytree(folder, folder.with_name(folder.name + ".earlier"))
    later = Hub.open(where)
    works(later)
    later.close()
    for folder in (where.data, where.keys):
        shutil.rmtree(folder)
        folder.with_name(folder.name + ".earlier").rename(folder)
    return where


def test_old_data_with_old_keys_goes_unnoticed_without_a_witness_and_with_one_is_refused(
    hub: Hub, tmp_path: Path
) -> None:
    (tmp_path / "far").mkdir()
    where = older_data_and_keys(hub, tmp_path / "far" / "witness.json")
    with pytest.raises(StoreBehind, match=r"had come to \d+, as its witness has seen: an older copy was put back"):
        Hub.open(where)
    Hub.open(Settings(data=where.data, keys=where.keys)).close()  # as the page says
    with pytest.raises(StoreBehind):
        Hub.open(where)
    acts, looks = accept_loss(where)
    assert (acts.missing, looks.missing) == (3, 0)
    Hub.open(where).close()


def test_the_witness_is_told_by_a_setting_on_the_command_line(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SAMRAD_WITNESS", str(tmp_path / "witness.json"))
    where = older_data_and_keys(hub, Settings.beside(hub.folder).witness)
    assert run(["verify", "--data", str(where.data)]) == 1
    assert "as its witness has seen" in capsys.readouterr().err
    assert run(["restore", "--accept-loss", "--data", str(where.data)]) == 1
    assert run(["verify", "--data", str(where.data)]) == 0


def test_a_witness_that_is_out_of_reach_at_the_start_is_told_and_later_keeps_nobody_from_recording(
    hub: Hub, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hub.close()
    far = tmp_path / "far"
    where = Settings(data=hub.folder, keys=places(hub).keys, witness=far / "witness.json")
    with pytest.raises(MarksUnusable, match="there is no folder"):
        Hub.open(where)
    far.mkdir()
    again = Hub.open(where)
    assert "the witness holds nothing yet: from now on it is written" in caplog.messages
    shutil.rmtree(far)
    works(again)
    again.close()
    assert "the high-water mark lags, it could not be written: FileNotFoundError" in caplog.messages
    far.mkdir()
    again = Hub.open(where)
    again.commander.handle_now(LENA, ASKS, None, NOW)
    last = again.log.last()
    again.close()
    assert f'"position": {last}' in (far / "witness.json").read_text()
