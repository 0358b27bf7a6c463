"""A list whose views did not catch up is given as it stands, and says that they lag: no more than that."""

import asyncio

import httpx
import pytest

from hub_api.http.app import create_app
from hub_api.identity.personas import Personas
from hub_api.runtime.follower import Follower
from hub_api.runtime.hub import Hub
from tests.hub_api.stand import ANNA, Girl


def asked(hub: Hub, path: str) -> httpx.Response:
    app = create_app(hub, Personas({"anna": ANNA}))

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:
            return await browser.get(path, headers={"authorization": "Persona anna"})

    return asyncio.run(go())


@pytest.mark.parametrize("path", ["/v1/cases", "/v1/board", "/v1/tasks", "/v1/trail", "/v1/inbox", "/v1/statistics/7"])
def test_a_list_whose_views_lag_says_so_and_not_how_far(
    hub: Hub, girl: Girl, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    fresh = asked(hub, path)
    assert (fresh.status_code, fresh.headers.get("samrad-views")) == (200, None)
    monkeypatch.setattr(Follower, "catch_up", lambda _: False)
    stale = asked(hub, path)
    assert (stale.status_code, stale.headers["samrad-views"]) == (200, "behind")
    assert stale.headers.keys() - fresh.headers.keys() == {"samrad-views"}


def test_what_is_read_from_its_stream_never_lags(hub: Hub, girl: Girl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Follower, "catch_up", lambda _: False)
    answer = asked(hub, f"/v1/cases/{hub.aliases.out(ANNA.unit, girl.case)}")
    assert (answer.status_code, answer.headers.get("samrad-views")) == (200, None)
