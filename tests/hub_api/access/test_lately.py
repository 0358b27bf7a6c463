"""What was used lately is kept, never more than was said, and the longest unused goes first."""

from hub_api.access.lately import Lately


def test_no_more_is_kept_than_was_said_and_the_unused_goes_first() -> None:
    kept = Lately[int, str](100)
    for number in range(1_000):
        kept.put(number, str(number), 7)
        assert kept.get(3 if number > 3 else number) is not None, "what is asked for stays"
        assert kept.weight <= 100
    assert (kept.get(999), kept.get(3), kept.get(500)) == ("999", "3", None)


def test_a_newer_value_takes_the_place_of_the_one_before() -> None:
    kept = Lately[int, str](100)
    for number in range(100):
        kept.put(1, str(number), 10)
    assert (kept.get(1), kept.weight) == ("99", 10)
    kept.put(2, "too much", 51)
    assert kept.get(2) is None
    kept.put(1, "too much", 51)
    assert kept.get(1) is None, "not the older one either"


def test_what_is_dropped_is_gone() -> None:
    kept = Lately[int, str](100)
    kept.put(1, "one", 10)
    kept.put(2, "two", 10)
    kept.drop(1)
    assert (kept.get(1), kept.get(2), kept.weight) == (None, "two", 10)
    kept.clear()
    assert (kept.get(2), kept.weight) == (None, 0)
