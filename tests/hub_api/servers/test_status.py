"""`samrad status` tells what is wrong with what it can reach, whatever else it cannot."""

from pathlib import Path

from hub_api.runtime.servers.opening import MARKS
from hub_api.runtime.servers.settings import Production
from hub_api.runtime.servers.status import look


def test_high_water_marks_that_are_damaged_or_cannot_be_read_are_told(tmp_path: Path) -> None:
    marks = tmp_path / MARKS
    marks.write_text("{ damaged")
    assert f"{marks} is not a file of high-water marks" in look(Production(keys=tmp_path)).wrong
    marks.unlink()
    marks.mkdir()
    assert f"{marks} cannot be read: Is a directory" in look(Production(keys=tmp_path)).wrong
