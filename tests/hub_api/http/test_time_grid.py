"""What is not there leaves on a grid of time from the whole request's arrival, whatever it took to find out (F)."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, cast

import httpx
import pytest

from domain.errors import NotThere, Refusal
from hub_api.http.app import create_app
from hub_api.http.calls import Served
from hub_api.http.time_grid import STEP, Arrival, TimeGrid, Timer
from tests.hub_api.http.stage import FakeHub, Stage


class Hand:
    """A clock in the test's hand; waiting moves it to the instant that is waited for."""

    def __init__(self) -> None:
        self.now = 100.0
        self.left_at: list[float] = []

    async def until(self, instant: float) -> None:
        self.left_at.append(instant)
        self.now = max(self.now, instant)

    def grid(self) -> TimeGrid:
        return TimeGrid(0.25, 0.025, now=lambda: self.now, until=self.until)


class Slow(FakeHub):
    """Takes some time for each answer, and then has what it has."""

    def __init__(self, hand: Hand, took: float, answer: object) -> None:
        super().__init__()
        self._hand, self._took, self.answer = hand, took, answer

    def _given(self, **asked: Any) -> object:
        self._hand.now += self._took
        return super()._given(**asked)


def asked(hub: FakeHub, grid: TimeGrid, method: str, path: str, json: object = None) -> httpx.Response:
    app = create_app(cast(Served, hub), Stage().personas, grid=grid)

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:
            return await browser.request(method, path, json=json, headers={"authorization": "Persona polis"})

    return asyncio.run(go())


WAYS = (
    ("GET", f"/v1/cases/{'a' * 52}", None),
    ("GET", f"/v1/cases/{'a' * 52}?as_of=2026-01-01T00:00:00Z", None),
    ("GET", f"/v1/replay/{'a' * 52}", None),
    ("GET", f"/v1/cases/{'a' * 52}/consents/{'a' * 52}/withdrawal", None),
    ("GET", "/v1/consultations?reference=K7PM-2RXD", None),
    ("POST", "/v1/answers", {"key": "babo-babo-babo-babo-babo-babo"}),
    ("POST", f"/v1/cases/{'a' * 52}/end_assignment", {"grant": "a" * 52}),
)


@pytest.mark.parametrize(("method", "path", "body"), WAYS)
def test_f_not_there_leaves_at_the_same_point_however_long_it_took(method: str, path: str, body: object) -> None:
    left = []
    for took in (0.002, 0.2):
        hand = Hand()
        answer = asked(Slow(hand, took, NotThere()), hand.grid(), method, path, body)
        assert answer.status_code == 404
        left += hand.left_at
    assert left == [100.25, 100.25]


def test_f_what_takes_longer_than_a_step_leaves_at_a_later_point_and_raises_an_alarm(
    caplog: pytest.LogCaptureFixture,
) -> None:
    hand = Hand()
    asked(Slow(hand, 0.3, NotThere()), hand.grid(), *WAYS[0])
    assert hand.left_at == [100.5]
    assert "GridOverrun" in caplog.text
    caplog.clear()
    hand = Hand()
    asked(Slow(hand, 0.2, NotThere()), hand.grid(), *WAYS[0])
    assert "GridOverrun" not in caplog.text


@pytest.mark.parametrize("took", [0.002, 0.02])
def test_f_every_other_answer_leaves_on_a_fine_grid(took: float) -> None:
    hand = Hand()
    refused = asked(Slow(hand, took, Refusal("D9", "the case is closed")), hand.grid(), *WAYS[-1])
    assert refused.status_code == 409
    assert hand.left_at == [100.025]


def test_f_what_takes_longer_leaves_at_a_later_fine_point_and_raises_no_alarm(caplog: pytest.LogCaptureFixture) -> None:
    hand = Hand()
    asked(Slow(hand, 0.03, Refusal("D9", "the case is closed")), hand.grid(), *WAYS[-1])
    assert hand.left_at == [100.05]
    assert "GridOverrun" not in caplog.text


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_what_says_nothing_of_anybody_waits_for_nothing(path: str) -> None:
    hand = Hand()
    assert asked(Slow(hand, 0, None), hand.grid(), "GET", path).status_code == 200
    assert not hand.left_at


def test_f_a_body_whose_end_comes_late_does_not_choose_the_point() -> None:
    """Its last byte sent just before a point, 2 ms of work would leave at that point and 3 ms at the next."""
    hand = Hand()

    async def receive() -> dict[str, Any]:
        hand.now += 0.2475
        return {"type": "http.request", "body": b"{}", "more_body": False}

    arrival = Arrival(receive, lambda: hand.now)
    asyncio.run(cast(Callable[[], Any], arrival.receive)())
    for took in (0.002, 0.003):
        hand.now = arrival.at + took
        asyncio.run(hand.grid().leave_absent(arrival.at))
    assert hand.left_at == [arrival.at + 0.25] * 2


def test_who_waits_holds_up_nobody_and_is_woken_at_the_instant() -> None:
    async def one(timer: Timer, after: float, late: list[float]) -> None:
        until = time.monotonic() + after
        await timer.until(until)
        late.append(time.monotonic() - until)

    async def many(late: list[float]) -> int:
        timer = Timer(time.monotonic)
        waiting = [asyncio.create_task(one(timer, 0.02 + number / 10_000, late)) for number in range(200)]
        await asyncio.sleep(0.001)
        threads = threading.active_count()
        await asyncio.gather(*waiting)
        return threads

    for _ in range(20):  # a machine that is busy wakes anybody late; a timer that is late is so each time
        late = list[float]()
        before = threading.active_count()
        assert asyncio.run(many(late)) <= before + 1, "one thread wakes all of them"
        assert min(late) >= 0
        if sorted(late)[100] < 0.02:
            return
    pytest.fail("half of them were woken late, each time")


def test_who_goes_away_while_waiting_keeps_nobody_from_being_woken() -> None:
    async def go() -> None:
        timer = Timer(time.monotonic)
        gone = asyncio.create_task(_until(timer.until, 0.01))
        stays = asyncio.create_task(_until(timer.until, 0.02))
        await asyncio.sleep(0)
        gone.cancel()
        await stays

    asyncio.run(go())


def test_the_thread_that_wakes_ends_when_nobody_waits_and_comes_again() -> None:
    timer = Timer(time.monotonic)
    for _ in range(2):
        asyncio.run(_until(timer.until, 0.005))
        until = time.monotonic() + 5
        while any(thread.name == "time grid" for thread in threading.enumerate()) and time.monotonic() < until:
            time.sleep(0.001)
        assert not any(thread.name == "time grid" for thread in threading.enumerate())


def test_a_hub_that_is_served_has_a_grid_without_being_asked() -> None:
    begun = time.monotonic()
    app = create_app(cast(Served, Slow(Hand(), 0, NotThere())), Stage().personas)

    async def go() -> int:
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:
            return (await browser.get(WAYS[0][1], headers={"authorization": "Persona polis"})).status_code

    assert asyncio.run(go()) == 404
    assert time.monotonic() - begun >= STEP


async def _until(until: Callable[[float], Awaitable[None]], after: float) -> None:
    await until(time.monotonic() + after)
