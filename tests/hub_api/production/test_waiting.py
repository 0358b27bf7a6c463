"""Lists wait for views that other processes bring up to date, not for ever, and many who wait ask once."""

import threading
import time
from typing import cast

import pytest

from hub_api.production.waiting import PAUSE, Followed, Waiting
from hub_api.register import Register


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


def waiting(there: Elsewhere, within: float) -> Waiting:
    return Waiting(cast(Register, there), Followed(lambda: (there.recorded,), lambda: there.views()), within)


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
    followed = Followed(lambda: (acts.recorded, looks.recorded), lambda: (*acts.views(), *looks.views()))
    assert not Waiting(cast(Register, acts), followed, 0.02).catch_up()


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
