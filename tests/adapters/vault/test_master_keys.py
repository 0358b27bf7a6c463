"""Each epoch of the master key tells the day on which it was made; a file from before that was kept still opens."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.system import SystemEntropy
from adapters.vault.key_partitions import Drawer
from adapters.vault.master_keys import DrawerKeys, MasterKeys
from domain.errors import SamradError

ENTROPY = SystemEntropy()


def test_an_epoch_tells_the_day_on_which_it_was_made(tmp_path: Path) -> None:
    masters = MasterKeys.create(tmp_path / "master.json", None, ENTROPY)
    today = datetime.now(UTC).date()
    assert masters.made == today
    masters.add(ENTROPY)
    masters.write_drawer(Drawer.PROJECTED, tmp_path / "drawer.json")
    assert MasterKeys.load(tmp_path / "master.json", None).made == today
    assert DrawerKeys.load(tmp_path / "drawer.json").made == today


@pytest.mark.parametrize("made", [None, "last summer", 7])
def test_a_file_that_tells_no_day_still_opens(tmp_path: Path, made: object) -> None:
    path = tmp_path / "master.json"
    key = MasterKeys.create(path, None, ENTROPY).cipher(1)
    stored = json.loads(path.read_text())
    for epoch in stored["epochs"]:
        epoch.pop("made")
        if made is not None:
            epoch["made"] = made
    path.write_text(json.dumps(stored))
    masters = MasterKeys.load(path, None)
    assert masters.made is None
    assert key is not None
    assert masters.cipher(1) is not None
    masters.add(ENTROPY)
    assert MasterKeys.load(path, None).made == datetime.now(UTC).date()


def test_two_who_begin_an_epoch_at_once_begin_two(tmp_path: Path) -> None:
    path = tmp_path / "master.json"
    MasterKeys.create(path, None, ENTROPY)
    one, other = MasterKeys.load(path, None), MasterKeys.load(path, None)
    assert (one.add(ENTROPY), other.add(ENTROPY)) == (2, 3)
    whole = MasterKeys.load(path, None)
    assert whole.newest == 3
    assert one.cipher(2) is not None
    sealed = one.cipher(2).encrypt(b"n" * 12, b"wrapped", None)  # type: ignore[union-attr]
    assert whole.cipher(2).decrypt(b"n" * 12, sealed, None) == b"wrapped"  # type: ignore[union-attr]


def test_forgetting_older_epochs_leaves_what_another_has_begun_since(tmp_path: Path) -> None:
    path = tmp_path / "master.json"
    MasterKeys.create(path, None, ENTROPY).add(ENTROPY)
    one = MasterKeys.load(path, None)
    assert MasterKeys.load(path, None).add(ENTROPY) == 3
    assert one.forget_older() == 1
    whole = MasterKeys.load(path, None)
    assert [whole.cipher(epoch) is not None for epoch in (1, 2, 3)] == [False, True, True]


def test_what_is_no_file_of_derived_keys_is_never_written_over(tmp_path: Path) -> None:
    masters = MasterKeys.create(tmp_path / "master.json", None, ENTROPY)
    other = MasterKeys.create(tmp_path / "other" / "master.json", None, ENTROPY)
    somebodys = tmp_path / "acts.db"
    somebodys.write_bytes(b"somebody's")
    somebodys.chmod(0o600)
    for path in (other.path, somebodys):
        before = path.read_bytes()
        with pytest.raises(SamradError, match="is not a file of"):
            masters.write_drawer(Drawer.PROJECTED, path)
        assert path.read_bytes() == before
    for _ in range(2):
        masters.write_drawer(Drawer.PROJECTED, tmp_path / "drawer.json")


def test_a_file_that_is_no_such_file_any_more_is_named(tmp_path: Path) -> None:
    path = tmp_path / "master.json"
    masters = MasterKeys.create(path, None, ENTROPY)
    stored = json.loads(path.read_text())
    path.write_text(json.dumps({**stored, "epochs": "none"}))
    with pytest.raises(SamradError, match=re.escape(str(path))):
        masters.reload()
