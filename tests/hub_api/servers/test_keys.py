"""The command line of keys: made once, derived for projections alone, rotated on a schedule, and told when old."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from adapters.vault.key_partitions import Drawer
from adapters.vault.master_keys import DrawerKeys, MasterKeys
from domain.errors import SamradError
from hub_api.cli import run
from hub_api.runtime.hub import Hub
from hub_api.runtime.servers.settings import Production
from hub_api.runtime.servers.status import look
from hub_api.runtime.settings import Settings


def test_a_master_key_is_made_once_and_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "keys"
    assert run(["keys", "create", str(folder)]) == 0
    made = (folder / "master.json").read_bytes()
    assert run(["keys", "create", str(folder)]) == 1
    assert "never written over" in capsys.readouterr().err
    assert run(["keys", "create", str(folder), "--if-missing"]) == 0
    assert (folder / "master.json").read_bytes() == made


def test_a_projection_is_given_one_drawer_and_not_beside_the_master_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["keys", "create", str(tmp_path / "keys")]) == 0
    monkeypatch.setenv("SAMRAD_KEYS", str(tmp_path / "keys"))
    assert run(["keys", "derive", str(tmp_path / "keys" / "mine.json")]) == 1
    assert "must not reach the master key" in capsys.readouterr().err
    assert run(["keys", "derive", str(tmp_path / "projection" / "mine.json")]) == 0
    derived = DrawerKeys.load(tmp_path / "projection" / "mine.json")
    assert derived.cipher(1, Drawer.PROJECTED) is not None
    assert [derived.cipher(1, drawer) for drawer in (Drawer.WHOLE, Drawer.SEALED, Drawer.HUB)] == [None] * 3
    with pytest.raises(SamradError, match="no master key"):
        MasterKeys.load(tmp_path / "projection" / "mine.json", None)


def test_a_rotation_wraps_every_key_anew_and_older_epochs_are_forgotten_when_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    Hub.open(Settings.beside(data)).close()
    assert run(["keys", "rotate", "--data", str(data)]) == 0
    assert "keys are wrapped anew" in capsys.readouterr().out
    master = tmp_path / "data.keys" / "master.json"
    assert len(json.loads(master.read_text())["epochs"]) == 2
    assert run(["keys", "rotate", "--forget-older", "--data", str(data)]) == 0
    assert len(json.loads(master.read_text())["epochs"]) == 1
    hub = Hub.open(Settings.beside(data))
    assert hub.log.read(0, 10)
    hub.close()


@pytest.mark.parametrize(("days", "warned"), [(365, False), (366, True)])
def test_a_master_key_that_is_older_than_was_settled_is_told(tmp_path: Path, days: int, warned: bool) -> None:
    assert run(["keys", "create", str(tmp_path)]) == 0
    made = MasterKeys.load(tmp_path / "master.json", None).made
    assert made is not None
    status = look(Production(keys=tmp_path), today=made + timedelta(days=days))
    assert (status.master_epoch, status.master_made) == (1, made)
    assert [each for each in status.wrong if "run `samrad keys rotate`" in each] == (
        [f"the master key is {days} days old: run `samrad keys rotate`"] if warned else []
    )
    assert isinstance(made, date)
