"""Trying callers' keys: each source and each key waits for itself, ever longer, and nobody for others (A4)."""

from typing import Final

import pytest

from adapters.system import SeededClock
from hub_api.access.key_attempts import AT_ONCE, LONGEST_WAIT, MOST_KEPT, SECOND, Attempts

ONE, OTHER = b"\x0a\x00\x00\x01", b"\x0a\x00\x00\x02"
HOUR: Final = 3600 * SECOND


@pytest.fixture
def clock() -> SeededClock:
    return SeededClock(1_794_207_600_000_000)


@pytest.fixture
def attempts(clock: SeededClock) -> Attempts:
    return Attempts(clock, b"s" * 32)


def tries(attempts: Attempts, source: bytes, times: int, key: str = "key") -> int:
    """How many of so many attempts with ever other keys pass."""
    return sum(attempts.allow(source, f"{key}-{number}".encode()) for number in range(times))


def test_a4_thirty_wrong_keys_from_one_source_keep_that_one_waiting_and_nobody_else(attempts: Attempts) -> None:
    assert tries(attempts, ONE, 30) == AT_ONCE
    assert not attempts.allow(ONE, b"the right key")
    assert attempts.allow(OTHER, b"the right key")


def test_a4_one_key_that_many_try_waits_by_itself(attempts: Attempts) -> None:
    passed = [attempts.allow(bytes([10, 0, 0, number]), b"the same") for number in range(30)]
    assert passed == [True] * AT_ONCE + [False] * (30 - AT_ONCE)
    assert attempts.allow(bytes([10, 0, 0, 29]), b"another")


def test_a4_the_wait_grows_with_each_attempt_and_has_an_end(attempts: Attempts, clock: SeededClock) -> None:
    tries(attempts, ONE, AT_ONCE)
    waits = []
    for _ in range(14):
        begun = clock.now()
        while not attempts.allow(ONE, f"next {clock.now()}".encode()):
            clock.set(clock.now() + SECOND // 2)
        waits.append(clock.now() - begun)
    assert waits[0] < waits[2] < waits[4] < waits[-1] <= LONGEST_WAIT
    assert waits[-1] > 30 * SECOND


def test_a4_in_a_day_a_source_tries_no_more_than_somebody_could_by_hand(attempts: Attempts, clock: SeededClock) -> None:
    passed = 0
    for second in range(24 * 3600):
        clock.set(clock.now() + SECOND)
        passed += attempts.allow(ONE, str(second).encode())
    assert AT_ONCE < passed < 1_600


def test_a4_who_tries_on_while_waiting_waits_no_longer_for_it(attempts: Attempts, clock: SeededClock) -> None:
    tries(attempts, ONE, AT_ONCE)
    for _ in range(1000):
        attempts.allow(ONE, b"impatient")
    clock.set(clock.now() + 2 * SECOND)
    assert attempts.allow(ONE, b"calm")


def test_a4_attempts_are_forgotten_with_time(attempts: Attempts, clock: SeededClock) -> None:
    assert tries(attempts, ONE, 20) == AT_ONCE
    clock.set(clock.now() + HOUR)
    assert tries(attempts, ONE, 20, "later") == AT_ONCE


def test_a4_a_quarter_of_an_hour_is_always_enough(attempts: Attempts, clock: SeededClock) -> None:
    for second in range(7200):
        clock.set(clock.now() + SECOND)
        attempts.allow(ONE, str(second).encode())
    clock.set(clock.now() + LONGEST_WAIT)
    assert attempts.allow(ONE, b"the right key")


def test_a4_a_flood_from_many_sources_keeps_nobody_waiting_and_takes_no_more_memory(
    attempts: Attempts, clock: SeededClock
) -> None:
    for number in range(3 * MOST_KEPT):
        attempts.allow(number.to_bytes(4, "big"), str(number).encode())
    assert len(attempts) <= MOST_KEPT
    assert attempts.allow(OTHER, b"the right key")
    assert tries(attempts, ONE, 30) == AT_ONCE


def test_a4_a_clock_that_is_set_back_locks_nobody_out(attempts: Attempts, clock: SeededClock) -> None:
    tries(attempts, ONE, 30)
    clock.set(clock.now() - 24 * HOUR)
    assert attempts.allow(ONE, b"the right key")


def test_c7_no_source_and_no_key_is_kept_as_it_is(attempts: Attempts) -> None:
    attempts.allow(b"\xc0\x00\x02\x07", b"bano-kilu")
    kept = repr(attempts._tries).encode()
    assert len(attempts) == 2
    assert b"bano" not in kept
    assert b"\xc0\x00\x02\x07" not in b"".join(attempts._tries)
    other_secret = Attempts(SeededClock(0), b"t" * 32)
    other_secret.allow(b"\xc0\x00\x02\x07", b"bano-kilu")
    assert attempts._tries.keys().isdisjoint(other_secret._tries)
