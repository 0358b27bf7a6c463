"""The high-water mark is written after a commit: what becomes of it changes nothing of what was recorded."""

import json
import logging
import shutil
from pathlib import Path

import pytest

from adapters.store.high_water import HighWater
from domain.errors import MarksUnusable, StoreBehind
from domain.ports import Recorded
from tests.adapters.stores import every_store
from tests.adapters.support import ENTROPY, Hub, one

MARKS = "high-water.json"


def recorded(hub: Hub) -> bool:
    (verdict,) = hub.log.append([one(ENTROPY.ref(), 1)])
    return isinstance(verdict, Recorded)


def alarms(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.levelno == logging.ERROR]


@every_store
def test_what_is_recorded_is_answered_so_though_the_file_of_marks_is_damaged(
    hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    path = hub.keys / MARKS
    assert recorded(hub)
    path.write_bytes(b"{ damaged")
    hub.mark._every = hub.mark._due = 0.0
    assert recorded(hub)
    assert recorded(hub)
    assert hub.log.last() == 3
    hub.close()
    assert alarms(caplog) == ["the high-water mark lags, it could not be written: MarksUnusable"]
    assert path.read_bytes() == b"{ damaged"
    with pytest.raises(MarksUnusable, match="is not a file of high-water marks"):
        HighWater(path)


def test_a_mark_that_could_not_be_written_is_told_once_and_written_when_it_can_be(
    hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    hub.mark._every = 0.0
    assert recorded(hub)
    shutil.rmtree(hub.keys)
    assert recorded(hub)
    assert recorded(hub)
    assert alarms(caplog) == ["the high-water mark lags, it could not be written: FileNotFoundError"]
    hub.keys.mkdir()
    assert recorded(hub)
    assert HighWater(hub.keys / MARKS).mark("acts") == 4
    shutil.rmtree(hub.keys)
    assert recorded(hub)
    assert len(alarms(caplog)) == 2


def test_what_cannot_be_written_is_not_tried_at_every_commit(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = list[Path]()

    def full(path: Path, _: bytes) -> None:
        tried.append(path)
        raise OSError(28, "No space left on device")

    hub.mark._every, hub.mark._due = 3600.0, 0.0  # however slow this machine is
    monkeypatch.setattr("adapters.store.high_water.write_whole", full)
    assert all(recorded(hub) for _ in range(5))
    assert tried.count(hub.keys / MARKS) == 1  # a hub of an earlier test may be let go, and try once more, only now


def test_marks_that_cannot_be_read_are_told_by_their_place(tmp_path: Path) -> None:
    with pytest.raises(MarksUnusable, match="cannot be read"):
        HighWater(tmp_path)


# Who else holds the file, and what a witness has seen.


def stored(file: Path) -> dict[str, tuple[int, str]]:
    return {name: (mark["position"], mark["chain"]) for name, mark in json.loads(file.read_bytes()).items()}


def test_a_mark_is_not_set_back_by_a_second_holder_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / MARKS
    first, second = HighWater(path, every=0.0), HighWater(path, every=0.0)
    second.note("acts", 9, b"\x09")
    first.note("acts", 5, b"\x05")
    assert stored(path) == {"acts": (9, "09")}
    first.note("acts", 12, b"\x0c")
    assert stored(path) == {"acts": (12, "0c")}
    second.note("looks", 3, b"\x03")
    assert stored(path) == {"acts": (12, "0c"), "looks": (3, "03")}
    assert (second.mark("acts"), second.mark("looks"), second.mark("neither")) == (12, 3, 0)


def test_the_higher_mark_of_file_and_witness_is_kept_in_both(tmp_path: Path) -> None:
    path, witness = tmp_path / MARKS, tmp_path / "witness.json"
    for file, positions in ((path, {"acts": 4, "looks": 9}), (witness, {"acts": 7, "looks": 2})):
        holder = HighWater(file, every=0.0)
        for name, position in positions.items():
            holder.note(name, position, bytes([position]))
    both = HighWater(path, every=0.0, witness=witness)
    assert (both.mark("acts"), both.mark("looks")) == (7, 9)
    both.note("acts", 8, b"\x08")
    assert stored(path) == stored(witness) == {"acts": (8, "08"), "looks": (9, "09")}


def test_where_one_file_cannot_be_written_the_other_is(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path, witness = tmp_path / "keys" / MARKS, tmp_path / "apart" / "witness.json"
    for away, left in ((path, witness), (witness, path)):
        for file in (path, witness):
            file.parent.mkdir(exist_ok=True)
        marks = HighWater(path, every=0.0, witness=witness)
        shutil.rmtree(away.parent)
        caplog.clear()
        noted = (marks.mark("acts") or 0) + 1
        marks.note("acts", noted, bytes([noted]))
        assert stored(left) == {"acts": (noted, f"{noted:02x}")}
        assert alarms(caplog) == ["the high-water mark lags, it could not be written: FileNotFoundError"]


def test_what_could_not_be_written_is_written_at_the_close(tmp_path: Path) -> None:
    path = tmp_path / "keys" / MARKS
    marks = HighWater(path, every=3600.0)
    marks.note("acts", 1, b"\x01")  # the folder is away
    path.parent.mkdir()
    marks.note("acts", 2, b"\x02")
    assert not path.exists()
    marks.close()
    assert stored(path) == {"acts": (2, "02")}
    path.unlink()
    marks.close()
    assert not path.exists()  # nothing more was noted


def test_a_mark_is_written_at_once_and_then_at_most_every_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, now = tmp_path / MARKS, 0.0
    monkeypatch.setattr("adapters.store.high_water.time.monotonic", lambda: now)
    marks = HighWater(path)
    for after, position, written in ((0.0, 1, 1), (0.5, 2, 1), (0.99, 3, 1), (1.0, 4, 4), (1.5, 5, 4), (2.0, 6, 6)):
        now = after  # the machine has just been started
        marks.note("acts", position, b"\x01")
        assert stored(path)["acts"][0] == written
    marks.note("acts", 7, b"\x07")
    marks.close()
    assert stored(path) == {"acts": (7, "07")}


def test_a_close_writes_nothing_where_nothing_was_noted(tmp_path: Path) -> None:
    path, witness = tmp_path / MARKS, tmp_path / "witness.json"
    HighWater(path, witness=witness).close()
    assert not path.exists()
    assert not witness.exists()


def test_what_was_noted_already_is_not_noted_again(tmp_path: Path) -> None:
    path = tmp_path / MARKS
    marks = HighWater(path, every=0.0)
    for position, chain in ((0, b"\x00"), (2, b"\x02"), (2, b"\xff"), (1, b"\x01")):
        marks.note("acts", position, chain)
    assert stored(path) == {"acts": (2, "02")}
    assert (marks.mark("acts"), HighWater(tmp_path / "none.json").mark("acts")) == (2, None)
    marks.note("looks", 1, b"\x01")
    assert stored(path)["looks"] == (1, "01")


def test_a_log_that_lacks_what_its_marks_have_seen_is_older_and_says_who_has_seen_it(hub: Hub) -> None:
    path, witness = hub.folder / MARKS, hub.folder / "witness.json"
    for _ in range(3):
        assert recorded(hub)
    position, chain, _ = hub.log.rows.end()
    HighWater(path, witness=witness).check("acts", hub.log.rows)
    for seen, last, says in (
        ({path: position}, position, ""),
        ({path: position + 1}, position, f"ends at position {position} but had come to {position + 1}: an older"),
        (
            {path: position, witness: position + 1},
            position,
            f"had come to {position + 1}, as its witness has seen: an older copy",
        ),
    ):
        for file, at in seen.items():
            HighWater(file, every=0.0).note("acts", at, chain)
        marks = HighWater(path, witness=witness if witness in seen else None)
        if says:
            with pytest.raises(StoreBehind, match=says):
                marks.check("acts", hub.log.rows)
        else:
            marks.check("acts", hub.log.rows)
        marks.check("another", hub.log.rows)
        for file in seen:
            file.unlink()
        assert hub.log.last() == last


def test_a_log_with_another_history_than_its_marks_have_seen_says_who_has_seen_it(hub: Hub) -> None:
    path, witness = hub.folder / MARKS, hub.folder / "witness.json"
    assert recorded(hub)
    HighWater(witness, every=0.0).note("acts", 1, b"another")
    with pytest.raises(
        StoreBehind, match=r"another history at position 1 than it had before, as its witness has seen$"
    ):
        HighWater(path, witness=witness).check("acts", hub.log.rows)
    with pytest.raises(StoreBehind, match=r"another history at position 1 than it had before$"):
        HighWater(witness).check("acts", hub.log.rows)


def test_what_is_given_up_sets_the_mark_back_in_every_file_and_keeps_the_other_logs(hub: Hub) -> None:
    path, witness = hub.folder / MARKS, hub.folder / "witness.json"
    assert recorded(hub)
    position, chain, _ = hub.log.rows.end()
    before = HighWater(path, every=0.0, witness=witness)
    before.note("acts", 5, b"\x05")
    before.note("looks", 7, b"\x07")
    marks = HighWater(path, every=0.0, witness=witness)
    marks.lower("acts", hub.log.rows)
    wanted = {"acts": (position, chain.hex()), "looks": (7, "07")}
    assert stored(path) == stored(witness) == wanted
    assert (marks.mark("acts"), marks.mark("looks")) == (position, 7)
    marks.check("acts", hub.log.rows)
    # What agrees is left as it is.
    path.unlink()
    marks.lower("acts", hub.log.rows)
    assert not path.exists()
    marks.note("acts", position + 1, b"\x0a")
    assert stored(path)["acts"] == (position + 1, "0a")


def test_a_log_that_was_given_up_whole_has_nothing_to_compare(hub: Hub) -> None:
    marks = HighWater(hub.folder / MARKS, every=0.0)
    marks.give_up("acts", 0, bytes(32))
    marks.check("acts", hub.log.rows)
    HighWater(hub.folder / MARKS).check("acts", hub.log.rows)
    assert stored(hub.folder / MARKS) == {"acts": (0, "00" * 32)}
    assert marks.mark("acts") == 0


def test_a_witness_that_is_new_is_told_of_once_and_one_without_a_folder_is_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, witness = tmp_path / MARKS, tmp_path / "witness.json"

    def warned(**opened: Path) -> bool:
        caplog.clear()
        HighWater(path, every=0.0, **opened).note("acts", 1, b"\x01")
        return "the witness holds nothing yet: from now on it is written" in caplog.messages

    assert not warned(witness=witness)  # a new hub: neither holds anything
    witness.unlink()
    assert not warned()
    assert warned(witness=witness)
    HighWater(path, every=0.0, witness=witness).note("acts", 2, b"\x02")
    assert not warned(witness=witness)
    with pytest.raises(MarksUnusable, match=r"witness.json cannot be read: there is no folder .*away$"):
        HighWater(path, witness=tmp_path / "away" / "witness.json")


@pytest.mark.parametrize(
    "content", [b"[]", b'{"acts": 1}', b'{"acts": {}}', b'{"acts": {"position": "?", "chain": ""}}']
)
def test_what_is_no_file_of_marks_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / MARKS).write_bytes(content)
    with pytest.raises(MarksUnusable, match=f"{MARKS} is not a file of high-water marks"):
        HighWater(tmp_path / MARKS)


def test_marks_are_kept_as_lines_that_a_person_can_read(tmp_path: Path) -> None:
    HighWater(tmp_path / MARKS, every=0.0).note("acts", 1, b"\x01")
    wanted = '{\n "acts": {\n  "position": 1,\n  "chain": "01"\n }\n}\n'
    assert (tmp_path / MARKS).read_text(encoding="utf-8") == wanted
