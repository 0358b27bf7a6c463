"""Each epoch of the master key tells the day on which it was made; a file from before that was kept still opens."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.drawers import Drawer
from adapters.master import DrawerKeys, MasterKeys
from adapters.system import SystemEntropy

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
