"""A closed door lets nobody in and says nothing but that the process lives."""

import asyncio

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from hub_api.http.responses import Raw
from hub_api.http.standby import Door


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    await Raw(200, b'{"inside":true}')(scope, receive, send)


def asked(door: Door, method: str, path: str) -> httpx.Response:
    async def go() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://127.0.0.1") as browser:
            return await browser.request(method, path)

    return asyncio.run(go())


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/cases"), ("POST", "/v1/cases"), ("GET", "/health/ready")])
def test_a_closed_door_lets_nobody_in(method: str, path: str) -> None:
    door = Door()
    for opened in (False, True, False):
        (door.admit_to(inside) if opened else door.close())
        answer = asked(door, method, path)
        assert (answer.status_code, door.is_open) == ((200, True) if opened else (503, False))
        if not opened:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["retry-after"] == "5"


def test_whoever_waits_behind_a_closed_door_lives() -> None:
    assert asked(Door(), "GET", "/health/live").json() == {"status": "up"}


def test_a_door_whose_turn_may_be_over_lets_nobody_in_and_gives_nothing_out() -> None:
    door, may = Door(), [True, True]
    came_in: list[bool] = []

    async def noticing(scope: Scope, receive: Receive, send: Send) -> None:
        came_in.append(True)
        await inside(scope, receive, send)

    door.admit_to(noticing, lambda: may.pop(0))
    assert asked(door, "GET", "/v1/cases").status_code == 200
    may[:] = [False]
    assert asked(door, "GET", "/v1/cases").status_code == 503
    assert len(came_in) == 1
    may[:] = [True, False]  # paused in between
    answer = asked(door, "GET", "/v1/cases")
    assert (answer.status_code, len(came_in)) == (503, 2)
    assert b"inside" not in answer.content
    may[:] = [False]
    assert asked(door, "GET", "/health/live").json() == {"status": "up"}
