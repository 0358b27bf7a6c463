"""Numbers by key in little memory: what is out of hand is found as what is at hand."""

from pathlib import Path

import pytest

from adapters.store import spilled
from adapters.store.spilled import Spilled


@pytest.mark.parametrize("at_hand", [1, 7, 1000])
def test_each_key_has_the_number_that_it_was_given_last(at_hand: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spilled, "MOST_AT_HAND", at_hand)
    numbers, plain = Spilled(), dict[bytes, int]()
    for number in range(300):
        key = bytes([number * 7 % 64])
        assert numbers.get(key) == plain.get(key)
        numbers[key] = plain[key] = number
    assert [numbers.get(bytes([key])) for key in range(256)] == [plain.get(bytes([key])) for key in range(256)]
    assert len(numbers._at_hand) <= at_hand
    numbers.close()


def test_nothing_is_left_behind_and_nothing_is_known_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spilled, "MOST_AT_HAND", 0)
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path))
    numbers = Spilled()
    for number in range(2_000):
        numbers[number.to_bytes(2000, "big")] = number
    assert list(tmp_path.iterdir()) == []
    numbers.close()
    assert numbers.get((7).to_bytes(2000, "big")) is None
