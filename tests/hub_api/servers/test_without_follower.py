"""Lists wait for views that other processes bring up to date, not for ever, and many who wait ask once."""

import threading
import time
from typing import cast

import pytest

from hub_api.access.own_writes import NOTHING, LastWrites
from hub_api.access.register import Register
from hub_api.runtime.servers.without_follower import PAUSE, ViewProgress, WithoutFollower


class Elsewhere:
    """A log and its views, which another process brings up to date."""

    def __init__(self) -> None:
        self.recorded = 0
        self.held = 0
        self.asked = 0
        self.caught_up = 0

    def catch_up(self) -> None:
        self.caught_up += 1

    def views(self) -> tuple[int, ...]:
        self.asked += 1
        return (self.held,)


def waiting(there: Elsewhere, within: float) -> WithoutFollower:
    return WithoutFollower(
        cast(Register, there), ViewProgress(lambda: (there.recorded,), lambda: there.views()), within
    )


def test_what_the_views_hold_is_not_waited_for() -> None:
    there = Elsewhere()
    there.recorded = there.held = 7
    asks = waiting(there, 30)
    assert asks.catch_up()
    assert asks.catch_up()
    assert (there.asked, there.caught_up) == (1, 2)


def test_a_list_waits_for_what_was_recorded_before_it() -> None:
    there = Elsewhere()
    there.recorded = 7
    threading.Timer(0.05, lambda: setattr(there, "held", 7)).start()
    assert waiting(there, 30).catch_up()


def test_a_list_does_not_wait_for_what_is_recorded_after_it_was_asked_for() -> None:
    there = Elsewhere()
    there.recorded = there.held = 7
    asks = waiting(there, 30)
    read = there.views

    def meanwhile() -> tuple[int, ...]:
        there.recorded += 1
        return read()

    there.views = meanwhile  # type: ignore[method-assign]
    assert asks.catch_up()


def test_a_list_does_not_wait_for_ever() -> None:
    there = Elsewhere()
    there.recorded = 7
    begun = time.monotonic()
    assert not waiting(there, 0.05).catch_up()
    assert 0.05 <= time.monotonic() - begun < 5


def test_all_sets_of_views_are_waited_for() -> None:
    acts, looks = Elsewhere(), Elsewhere()
    acts.recorded = acts.held = looks.recorded = 7
    followed = ViewProgress(lambda: (acts.recorded, looks.recorded), lambda: (*acts.views(), *looks.views()))
    assert not WithoutFollower(cast(Register, acts), followed, 0.02).catch_up()


@pytest.mark.parametrize("many", [1, 12])
def test_however_many_wait_one_asks(many: int) -> None:
    there = Elsewhere()
    there.recorded = 7
    asks = waiting(there, 0.2)
    waiters = [threading.Thread(target=asks.catch_up) for _ in range(many)]
    for each in waiters:
        each.start()
    for each in waiters:
        each.join()
    assert there.asked <= 0.3 / PAUSE + 2


def test_views_that_stand_still_are_waited_for_once_and_again_when_they_move() -> None:
    there = Elsewhere()
    there.recorded = 7
    asks = waiting(there, 0.2)
    took = []
    for held in (0, 0, 1):
        there.held = held
        time.sleep(PAUSE)
        begun = time.monotonic()
        assert not asks.catch_up()
        took.append(time.monotonic() - begun)
    assert took[0] >= 0.2 > took[1]
    assert took[2] >= 0.2
    there.held = 7
    time.sleep(PAUSE)
    assert asks.catch_up()


# Lists.


def a_list(
    there: Elsewhere, own: LastWrites, *, lags: bool = False, within: float = 30, settled: float = 0.02
) -> tuple[bool, float]:
    """Whether a list is fresh, and how long it waited to say so."""
    asks = WithoutFollower(
        cast(Register, there),
        ViewProgress(lambda: (there.recorded, there.recorded), lambda: (*there.views(), there.held)),
        within,
        lambda: lags,
        settled,
    )
    begun = time.monotonic()
    return asks.fresh_for(own), time.monotonic() - begun


@pytest.mark.parametrize("recorded", [7, 8, 5_000])
def test_f_a_list_waits_for_nothing_that_others_recorded_and_asks_nothing(recorded: int) -> None:
    there = Elsewhere()
    there.held, there.recorded = 7, recorded
    fresh, took = a_list(there, NOTHING)
    assert fresh
    assert took < 5
    assert (there.asked, there.caught_up) == (0, 0)


@pytest.mark.parametrize("recorded", [7, 8, 5_000])
def test_f_views_that_nobody_keeps_up_are_behind_for_all_and_at_once(recorded: int) -> None:
    there = Elsewhere()
    there.held, there.recorded = 7, recorded
    for own in (NOTHING, LastWrites(acts=recorded, at=time.monotonic())):
        fresh, took = a_list(there, own, lags=True)
        assert not fresh
        assert took < 5
    assert there.asked == 0


def test_who_acts_and_looks_finds_what_they_did() -> None:
    there = Elsewhere()
    there.recorded = 7
    threading.Timer(0.05, lambda: setattr(there, "held", 7)).start()
    fresh, _ = a_list(there, LastWrites(acts=7, at=time.monotonic()))
    assert fresh
    assert there.held == 7


def test_f_who_acts_and_looks_waits_until_a_point_that_is_counted_from_their_act() -> None:
    """Whether the views held it after 1 ms or after 10, since others had acted too, does not show."""
    for after in (0.0, 0.01):
        there = Elsewhere()
        there.recorded = 7
        threading.Timer(after, lambda there=there: setattr(there, "held", 7)).start()
        fresh, took = a_list(there, LastWrites(acts=7, at=time.monotonic()), settled=0.25)
        assert fresh
        assert took >= 0.2


def test_who_acted_long_ago_waits_for_nothing() -> None:
    there = Elsewhere()
    there.recorded = there.held = 7
    fresh, took = a_list(there, LastWrites(acts=7, looks=7, at=time.monotonic() - 60), settled=30)
    assert fresh
    assert took < 5


def test_what_one_did_is_not_waited_for_for_ever() -> None:
    there = Elsewhere()
    there.recorded = 7
    fresh, took = a_list(there, LastWrites(acts=7, at=time.monotonic()), within=0.1)
    assert not fresh
    assert took >= 0.1
