"""`samrad keys`: a key of carriage is made with the master key, handed on alone, rotated, and never written over."""

from pathlib import Path

import pytest

from adapters.kafka.carriage import CarriageKeys
from adapters.vault.master_keys import MasterKeys
from hub_api.cli import run


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a new hub on servers."""
    folder = tmp_path / "keys"
    monkeypatch.setenv("SAMRAD_STORE", "postgresql://samrad_append@127.0.0.1/store")
    monkeypatch.setenv("SAMRAD_KEYS", str(folder))
    assert run(["keys", "create", str(folder)]) == 0
    return folder


def test_a_hub_from_before_is_given_one_and_what_is_there_stays(keys: Path) -> None:
    first = CarriageKeys.load(keys / "carriage.json").newest
    assert run(["keys", "create", str(keys), "--if-missing"]) == 0
    assert CarriageKeys.load(keys / "carriage.json").newest == first
    (keys / "carriage.json").unlink()
    master = (keys / "master.json").read_bytes()
    assert run(["keys", "create", str(keys), "--if-missing"]) == 0
    assert CarriageKeys.load(keys / "carriage.json").newest != first
    assert (keys / "master.json").read_bytes() == master


def test_it_is_handed_on_without_any_other_key_and_again_after_a_rotation(keys: Path, tmp_path: Path) -> None:
    to = tmp_path / "carriage" / "keys.json"
    assert run(["keys", "carriage", str(to)]) == 0
    before = CarriageKeys.load(to).newest
    assert to.stat().st_mode & 0o077 == 0
    assert run(["keys", "rotate-carriage", str(keys)]) == 0
    assert run(["keys", "carriage", str(to)]) == 0
    after = CarriageKeys.load(to)
    assert after.newest.id != before.id
    assert after.cipher(before.id) is not None, "what was sealed under it is read for ever"
    assert MasterKeys.load(keys / "master.json", None).newest == 1


def test_whoever_is_given_it_reaches_no_master_key(keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["keys", "carriage", str(keys / "copy.json")]) == 1
    assert "must not reach the master key" in capsys.readouterr().err
    assert not (keys / "copy.json").exists()
