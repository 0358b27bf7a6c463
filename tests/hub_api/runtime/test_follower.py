"""The thread that follows the logs leaves the processor to those who act, and ends at once when it is told to."""

import time
from typing import cast

from hub_api.access.register import Register
from hub_api.runtime import follower
from hub_api.runtime.follower import Follower


class Counting:
    """Stands for the register; counts how often it is brought up to date."""

    def __init__(self) -> None:
        self.times = 0

    def catch_up(self) -> None:
        self.times += 1


def test_under_load_many_acts_are_taken_together() -> None:
    register = Counting()
    following = Follower(cast(Register, register), ())
    until = time.monotonic() + 3 * follower.PAUSE
    while time.monotonic() < until:
        following.poke()
        time.sleep(0.001)
    following.stop()
    assert 1 <= register.times <= 5


def test_whoever_asks_waits_for_no_pause() -> None:
    register = Counting()
    following = Follower(cast(Register, register), ())
    following.poke()
    for _ in range(20):
        following.catch_up()
    following.stop()
    assert register.times >= 20
