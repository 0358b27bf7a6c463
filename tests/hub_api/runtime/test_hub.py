"""A hub's folder: made, opened again, opened by one process, and every damage to it said in one sentence."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from adapters.store.verification import verify
from adapters.vault.embedded import SqliteVault
from domain.case import commands as case
from domain.errors import SamradError, StoreBehind, Tampered, Unreadable
from domain.hub import GroundsAdopted, PolicyAdopted
from domain.vocabulary import Because, Compartment, Kind, Outcome
from hub_api.runtime import every_minute as clockwork
from hub_api.runtime.hub import Hub
from hub_api.runtime.proof import prove
from hub_api.runtime.settings import Settings
from hub_demo.county import PERSONAS
from projections.rebuild import DisposedMeanwhile, Rebuild, Rebuilt
from projections.store import Views
from tests.hub_api.stand import (
    ANNA,
    ASKS,
    KIM,
    MONDAY,
    PIA,
    SARA,
    Girl,
    agreed,
    disclosed,
    does,
    names,
    opened,
    settings,
    texts,
)

ROOT = Path(__file__).parents[3]
COMMAND_LINE = "import sys; from hub_api.cli import run; sys.exit(run(sys.argv[1:]))"
FILES = ("acts.db", "looks.db", "vault.db", "views.db")


@contextmanager
def living(folder: Path) -> Iterator[Hub]:
    hub = opened(folder)
    try:
        yield hub
    finally:
        hub.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub with a case in it, closed."""
    folder = tmp_path_factory.mktemp("written")
    hub = agreed(folder)
    girl = Girl(hub)
    disclosed(hub, girl, PIA)
    does(hub, KIM, ASKS)
    does(hub, SARA, case.Dispose(person=girl.person, compartments=frozenset({Compartment.CONTACT})), girl.case)
    for who in (SARA, PIA, ANNA):
        hub.gateway.look_now(who, Kind.CASE, girl.case, what="case")
    hub.follower.catch_up()
    hub.close()
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    shutil.copytree(written, tmp_path / "hub")
    return tmp_path / "hub"


# Opening.


def test_a_first_opening_adopts_the_policy_and_the_grounds_and_a_second_adopts_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        with living(tmp_path) as hub:
            assert [type(fact.event) for fact in hub.log.read(0, 10)] == [PolicyAdopted, GroundsAdopted]
            assert hub.register.policy_at(hub.core.now()).sha256


def test_what_was_recorded_is_there_when_the_hub_is_opened_again(folder: Path) -> None:
    with living(folder) as hub:
        proven = prove(hub, lambda *_: None)
        assert (proven.records, proven.disposed) == (hub.log.last(), 1)
        ((stream,),) = [{fact.stream for fact in hub.log.read(0, 100) if fact.kind is Kind.CASE}]
        assert texts(hub, SARA, stream) == {Compartment.IDENTITY, Compartment.SOCIAL}
        does(hub, ANNA, case.Close(outcome=Outcome.PROTECTED), stream, because=Because.NOT_AVAILABLE)
        assert names(hub, stream)[-1] == "case.closed"


def test_views_that_were_removed_are_made_again(folder: Path) -> None:
    with living(folder) as hub:
        before = [item.stream for item in hub.gateway.page_now(SARA, "cases", what="cases").items]
    for path in (folder / "data").glob("views.db*"):
        path.unlink()
    with living(folder) as hub:
        assert [item.stream for item in hub.gateway.page_now(SARA, "cases", what="cases").items] == before
        prove(hub, lambda *_: None)


def test_closing_twice_is_closing(folder: Path) -> None:
    hub = opened(folder)
    hub.close()
    hub.close()


def test_a_folder_belongs_to_one_process_at_a_time(folder: Path) -> None:
    with living(folder):
        with pytest.raises(SamradError, match=r"data is in use by another process"):
            opened(folder)
        program = subprocess.run(
            [sys.executable, "-c", COMMAND_LINE, "stats", "--table", "7", "--data", str(folder / "data")],
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'hub-api'}"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert program.returncode != 0
        assert "in use" in program.stderr
        assert "Traceback" not in program.stderr
    with living(folder) as hub:
        assert hub.log.last()


def test_a_hub_that_could_not_be_opened_leaves_its_folder_free(folder: Path) -> None:
    master = folder / "keys" / "master.json"
    kept = master.read_bytes()
    master.write_text("{}")
    with pytest.raises(SamradError):
        opened(folder)
    master.write_bytes(kept)
    with living(folder) as hub:
        assert hub.log.last()


def test_a_seeded_hub_is_made_once(tmp_path: Path) -> None:
    seeded = Settings(data=tmp_path / "data", keys=tmp_path / "keys", seed="a seed", start=MONDAY)
    Hub.open(seeded).close()
    with pytest.raises(SamradError, match="seeded once"):
        Hub.open(seeded)
    with living(tmp_path) as hub:
        assert hub.log.last()


def test_the_clockwork_goes_on_after_a_minute_that_failed(monkeypatch: pytest.MonkeyPatch, hub: Hub) -> None:
    ended, minutes = Event(), list[int]()

    def failing(_: Hub) -> None:
        minutes.append(len(minutes))
        if len(minutes) == 3:
            ended.set()
        raise RuntimeError("whatever")

    monkeypatch.setattr(clockwork, "A_MINUTE", 0.001)
    monkeypatch.setattr(clockwork, "settle", failing)
    clockwork.clockwork(hub, ended)
    assert minutes == [0, 1, 2]


# Keys.


def test_a_hub_whose_master_keys_are_gone_is_given_no_new_ones(folder: Path) -> None:
    (folder / "keys" / "master.json").unlink()
    with pytest.raises(SamradError, match=r"there is no master key file at .*master\.json"):
        opened(folder)
    (folder / "data" / "vault.db").unlink()
    with pytest.raises(SamradError, match="there is no master key file"):
        opened(folder)
    assert not (folder / "keys" / "master.json").exists()


def test_another_hubs_master_key_opens_nothing(folder: Path, tmp_path: Path) -> None:
    agreed(tmp_path / "other").close()
    shutil.copy(tmp_path / "other" / "keys" / "master.json", folder / "keys" / "master.json")
    with pytest.raises(Unreadable, match=r"the master key in .*master\.json does not open .*vault\.db"):
        opened(folder)


def test_a_key_that_is_missing_with_no_disposal_on_the_log_is_no_disposal(folder: Path) -> None:
    with living(folder) as hub:
        (stream,) = {fact.stream for fact in hub.log.read(0, 100) if fact.kind is Kind.CASE}
        lost = next(key for key in hub.vault.keys_of(stream) if key.scope.compartment is Compartment.SOCIAL)
        hub.vault.delete([lost.id])
    with living(folder) as hub, pytest.raises(Unreadable, match="missing, and no disposal on the log names it"):
        hub.gateway.look_now(SARA, Kind.CASE, stream, what="case")


def test_a_vault_that_was_put_back_forgets_again_what_the_log_disposed_of(folder: Path, tmp_path: Path) -> None:
    with living(folder) as hub:
        (stream,) = {fact.stream for fact in hub.log.read(0, 100) if fact.kind is Kind.CASE}
        person = next(fact.event.subject() for fact in hub.log.snapshot().stream(stream) if fact.event.subject())
    kept = tmp_path / "vault.db"
    shutil.copy(folder / "data" / "vault.db", kept)
    with living(folder) as hub:
        assert Compartment.SOCIAL in texts(hub, SARA, stream)
        does(hub, SARA, case.Dispose(person=person, compartments=frozenset({Compartment.SOCIAL})), stream)
        keys = len(hub.vault.keys_of(stream))
    shutil.copy(kept, folder / "data" / "vault.db")
    with living(folder) as hub:
        assert Compartment.SOCIAL not in texts(hub, SARA, stream)
        assert len(hub.vault.keys_of(stream)) == keys


# Older copies and damage.


@pytest.mark.parametrize("name", ["acts.db", "looks.db"])
def test_an_older_copy_of_a_log_is_noticed_before_anything_is_served(folder: Path, tmp_path: Path, name: str) -> None:
    shutil.copy(folder / "data" / name, tmp_path / name)
    with living(folder) as hub:
        does(hub, KIM, ASKS)
        hub.gateway.directory_now(KIM)
    shutil.copy(tmp_path / name, folder / "data" / name)
    with pytest.raises(StoreBehind, match=rf"{name} ends at position \d+ but had come to \d+: an older copy"):
        opened(folder)


def test_a_log_that_is_gone_is_an_older_copy_too(folder: Path) -> None:
    (folder / "data" / "acts.db").unlink()
    with pytest.raises(StoreBehind, match=r"acts\.db ends at position 0"):
        opened(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_none_of_ours_is_named(folder: Path, name: str) -> None:
    for path in (folder / "data").glob(f"{name}-*"):
        path.unlink()
    (folder / "data" / name).write_bytes(b"somebody's letter " * 5000)
    with pytest.raises(SamradError, match=name.replace(".", r"\.")):
        opened(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_byte_is_named_or_changes_nothing(folder: Path, tmp_path: Path, name: str) -> None:
    """Wherever it falls: one error that names the file, or it fell where nothing is."""
    chance = random.Random(name)
    original = (folder / "data" / name).read_bytes()
    with living(folder) as hub:
        expected = prove(hub, lambda *_: None)
    told: list[str] = []
    for number in range(30):
        damaged = tmp_path / str(number)
        shutil.copytree(folder, damaged)
        content = bytearray(original)
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        (damaged / "data" / name).write_bytes(content)
        shutil.rmtree(damaged / "keys")
        shutil.copytree(folder / "keys", damaged / "keys")
        try:
            with living(damaged) as hub:
                assert prove(hub, lambda *_: None).records == expected.records
        except SamradError as error:
            told.append(str(error))
    assert told
    assert [error for error in told if name not in error] == []


def test_a_flipped_byte_of_a_record_is_told_with_its_place(folder: Path) -> None:
    with living(folder) as hub:
        frame = hub.log.rows.rows(4, 1)[0].frame
    path = folder / "data" / "acts.db"
    content = bytearray(path.read_bytes())
    place = content.index(frame[60:120]) + 40
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(Tampered, match="position 5"), living(folder) as hub:
        list(verify(hub.log))


def test_a_flipped_byte_of_a_wrapped_key_is_told_with_its_file(folder: Path) -> None:
    with living(folder) as hub:
        (stream,) = {fact.stream for fact in hub.log.read(0, 100) if fact.kind is Kind.CASE}
        key = next(key for key in hub.vault.keys_of(stream) if key.scope.compartment is Compartment.SOCIAL)
        assert isinstance(hub.vault, SqliteVault)
        wrapped = hub.vault._rows("WHERE id = ?", bytes.fromhex(key.id.hex))[0].wrapped
    path = folder / "data" / "vault.db"
    content = bytearray(path.read_bytes())
    content[content.index(wrapped) + 100] ^= 1
    path.write_bytes(content)
    with pytest.raises(Tampered, match=r"vault\.db"), living(folder) as hub:
        hub.gateway.look_now(SARA, Kind.CASE, stream, what="case")


def test_a_row_of_a_view_that_was_changed_is_told_by_proof(folder: Path) -> None:
    views = Views.at(folder / "data" / "views.db")
    with views.writing() as connection:
        connection.exec_driver_sql("UPDATE unit_stream_1 SET owner = 1 - owner")
    views.close()
    named = r"views\.db, unit_stream: the row of unit=.*, stream=\w+, readers=\w+ is not"
    with living(folder) as hub, pytest.raises(Tampered, match=named):
        prove(hub, lambda *_: None)


def test_an_aggregate_that_was_disposed_of_during_a_proof_is_compared_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare, left = Rebuild.compare, [DisposedMeanwhile("unit_stream")]

    def disposed_of_once(building: Rebuild, rebuilt: Rebuilt) -> object:
        if left:
            raise left.pop()
        return compare(building, rebuilt)

    monkeypatch.setattr(Rebuild, "compare", disposed_of_once)
    with living(folder) as hub:
        assert prove(hub, lambda *_: None).views > 0
    assert not left


def test_views_that_are_ahead_of_the_log_are_refused(folder: Path) -> None:
    views = Views.at(folder / "data" / "views.db")
    with views.writing() as connection:
        connection.exec_driver_sql("UPDATE tracking SET notification_id = notification_id + 5")
    views.close()
    with pytest.raises(SamradError, match=r"position 16, but the log ends at 11.*`samrad verify` says what to do"):
        opened(folder)


# What can be read in the folder.


def test_invariant_5_the_logs_and_the_vault_name_no_unit_agency_or_person(folder: Path) -> None:
    """Where they stand open, they locate people, for ever; the views hold ids and codes, and no names (invariant 5)."""
    words = {SARA.unit, SARA.agency, ANNA.unit, KIM.unit, "0580", *PERSONAS}
    for path in (folder / "data").iterdir():
        held = path.read_bytes()
        assert [word for word in ("Exempla", "Exempelsson", "afraid", "after school") if word.encode() in held] == []
        if not path.name.startswith("views.db"):
            assert [word for word in words if word.encode() in held] == []


def test_what_the_hub_makes_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    with living(tmp_path):
        place = settings(tmp_path)
        made = (place.data, place.keys, *place.data.iterdir(), *place.keys.iterdir())
        assert {path.name for path in made if path.stat().st_mode & 0o077} == set()
