"""What is carried tells a position and one of four sizes; it opens in its place, under its key, and nowhere else."""

from pathlib import Path

import pytest

from adapters.kafka.carriage import STEPS, Carriage, CarriageKeys, is_carried
from adapters.store.record import LARGEST_FRAME
from adapters.system import SystemEntropy
from domain.errors import SamradError, Tampered, Unreadable

ENTROPY = SystemEntropy()
OVERHEAD = 64


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "carriage.json"


@pytest.fixture
def keys(file: Path) -> CarriageKeys:
    return CarriageKeys.create(file, ENTROPY)


@pytest.fixture
def acts(keys: CarriageKeys) -> Carriage:
    return Carriage(keys, "acts", ENTROPY)


def frame(position: int, size: int = 900) -> bytes:
    return position.to_bytes(8, "big") + (bytes(range(256)) * 1025)[: size - 8]


@pytest.mark.parametrize("step", range(len(STEPS)))
def test_all_frames_of_one_step_have_one_size_and_come_back_whole(acts: Carriage, step: int) -> None:
    smallest = STEPS[step - 1] + 1 if step else 300
    for size in (smallest, (smallest + STEPS[step]) // 2, STEPS[step]):
        carried = acts.seal(frame(7, size))
        assert len(carried) == STEPS[step] + OVERHEAD
        assert acts.open(carried) == frame(7, size)
    assert STEPS[-1] == LARGEST_FRAME


def test_two_of_the_same_are_carried_as_two_others(acts: Carriage) -> None:
    one, other = acts.seal(frame(7)), acts.seal(frame(7))
    assert one[:32] == other[:32]
    assert one[32:] != other[32:]
    assert is_carried(one)
    assert not is_carried(frame(7))


@pytest.mark.parametrize("at", [0, 7, 9, 20, 40, 60, 500, -1])
def test_a_flipped_bit_anywhere_is_found(acts: Carriage, at: int) -> None:
    broken = bytearray(acts.seal(frame(7)))
    broken[at] ^= 1
    if 8 <= at < 16:
        assert not is_carried(bytes(broken))
        return
    with pytest.raises((Tampered, Unreadable)):
        acts.open(bytes(broken))


def test_what_is_carried_opens_in_its_own_log_and_at_its_own_position_alone(acts: Carriage, keys: CarriageKeys) -> None:
    carried = acts.seal(frame(7))
    with pytest.raises(Tampered):
        Carriage(keys, "looks", ENTROPY).open(carried)
    with pytest.raises(Tampered):
        acts.open((8).to_bytes(8, "big") + carried[8:])


def test_a_frame_of_another_position_is_refused_though_its_seal_is_right(acts: Carriage) -> None:
    """Whoever has the key of carriage, and that alone, moves nothing either."""
    moved = Carriage(acts._keys, "acts", ENTROPY)
    carried = moved.seal(frame(7))
    head = (8).to_bytes(8, "big") + carried[8:44]
    cipher = acts._keys.cipher(carried[16:32])
    assert cipher is not None
    content = cipher.decrypt(carried[32:44], carried[44:], acts._bound(carried[:8], carried[16:32]))
    forged = head + cipher.encrypt(carried[32:44], content, acts._bound(head[:8], head[16:32]))
    with pytest.raises(Tampered, match="not the frame of its position"):
        acts.open(forged)


@pytest.mark.parametrize("size", [0, 44, 100, STEPS[0] + OVERHEAD - 1, STEPS[0] + OVERHEAD + 1])
def test_what_has_no_size_of_what_is_carried_is_refused(acts: Carriage, size: int) -> None:
    with pytest.raises(Tampered, match="none of the sizes"):
        acts.open(acts.seal(frame(7, 5000))[:size])


def test_a_new_key_seals_and_the_older_ones_open_for_ever(acts: Carriage, keys: CarriageKeys, file: Path) -> None:
    before = acts.seal(frame(1))
    CarriageKeys.load(file).add(ENTROPY)  # another process
    unaware = acts.seal(frame(2))
    acts.refresh()
    after = acts.seal(frame(3))
    assert before[16:32] == unaware[16:32] != after[16:32]
    again = Carriage(CarriageKeys.load(file), "acts", ENTROPY)
    assert [again.open(each)[:8] for each in (before, unaware, after)] == [n.to_bytes(8, "big") for n in (1, 2, 3)]


def test_two_who_add_a_key_at_once_both_have_it_in_the_file(keys: CarriageKeys, file: Path) -> None:
    other = CarriageKeys.load(file)
    added = {keys.add(ENTROPY).id, other.add(ENTROPY).id}
    again = CarriageKeys.load(file)
    assert all(again.cipher(key) is not None for key in added)


def test_a_reader_that_meets_a_new_key_reads_the_file_again(acts: Carriage, file: Path) -> None:
    writer = Carriage(CarriageKeys.load(file), "acts", ENTROPY)
    CarriageKeys.load(file).add(ENTROPY)
    writer.refresh()
    assert acts.open(writer.seal(frame(4))) == frame(4)


def test_a_key_that_the_file_lacks_is_named_and_its_absence_is_no_tampering(acts: Carriage, tmp_path: Path) -> None:
    carried = acts.seal(frame(7))
    other = Carriage(CarriageKeys.create(tmp_path / "other.json", ENTROPY), "acts", ENTROPY)
    with pytest.raises(Unreadable, match=rf"key of carriage {carried[16:32].hex()}, which .*other\.json lacks"):
        other.open(carried)


def test_a_file_that_is_gone_keeps_nobody_from_going_on(acts: Carriage, file: Path) -> None:
    file.unlink()
    acts.refresh()
    assert acts.open(acts.seal(frame(7))) == frame(7)


def test_the_file_is_its_owners_alone_and_is_never_written_over(keys: CarriageKeys, file: Path, tmp_path: Path) -> None:
    with pytest.raises(SamradError, match="never written over"):
        CarriageKeys.create(file, ENTROPY)
    keys.copy_to(tmp_path / "relay" / "keys.json")
    copied = CarriageKeys.load(tmp_path / "relay" / "keys.json")
    assert copied.newest == keys.newest
    (tmp_path / "letter").write_text("somebody's")
    (tmp_path / "letter").chmod(0o600)
    with pytest.raises(SamradError, match="is not a file of carriage keys"):
        keys.copy_to(tmp_path / "letter")
    file.chmod(0o640)
    with pytest.raises(SamradError, match="can be read by others"):
        CarriageKeys.load(file)


@pytest.mark.parametrize(
    "content", ["{}", "[]", "no", '{"carriage": []}', '{"carriage": [{"id": "00", "key": "", "made": "2026-11-09"}]}']
)
def test_what_is_no_file_of_keys_is_told_in_one_line(file: Path, content: str) -> None:
    file.parent.mkdir()
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(SamradError, match=r"carriage\.json (is not|holds no)"):
        CarriageKeys.load(file)
