"""Where a request comes from: what a trusted proxy says, and nothing that anybody else could have written."""

import asyncio
from collections.abc import Sequence

import httpx
import pytest

from domain.consultation import commands as consultation
from hub_api.access.key_attempts import AT_ONCE
from hub_api.http.app import create_app
from hub_api.http.sources import Sources
from hub_api.http.time_grid import SHORTEST, TimeGrid
from hub_api.runtime.hub import Hub
from tests.hub_api.stand import ASKS, OMAR, does

PROXIES = "192.0.2.10, 10.0.0.0/8, 2001:db8:ffff::/48"


def source(client: str | None, *forwarded: str, trusted: str = PROXIES) -> bytes:
    headers = [(b"x-forwarded-for", each.encode()) for each in forwarded]
    scope = {"client": None if client is None else (client, 5000), "headers": headers}
    return Sources(trusted).of(scope)


def test_without_a_trusted_proxy_the_header_says_nothing() -> None:
    assert source("203.0.113.5") == source("203.0.113.5", "198.51.100.7")
    assert source("203.0.113.5", "198.51.100.7", trusted="") == source("203.0.113.5")
    assert source("203.0.113.5") != source("203.0.113.6")


def test_behind_a_trusted_proxy_the_nearest_hop_that_is_none_is_the_source() -> None:
    caller = source("198.51.100.7")
    assert source("192.0.2.10", "198.51.100.7") == caller
    assert source("192.0.2.10", "198.51.100.7, 10.1.2.3") == caller
    assert source("192.0.2.10", "198.51.100.7", "10.1.2.3") == caller
    # Whatever the caller wrote stands to the left of what the proxy adds.
    assert source("192.0.2.10", "1.2.3.4, 198.51.100.7") == caller
    assert source("192.0.2.10", "10.9.9.9, 1.2.3.4, 198.51.100.7, 10.1.2.3") == caller


def test_what_cannot_be_read_makes_no_other_source() -> None:
    proxy = source("192.0.2.10")
    for wrong in ("", "unknown", "_hidden", "1.2.3.4.5", "198.51.100.7, nonsense", "198.51.100.7,"):
        assert source("192.0.2.10", wrong) == proxy
    assert source("192.0.2.10", "10.0.0.1") == source("10.0.0.1")


@pytest.mark.parametrize("written", ["198.51.100.7:443", "::ffff:198.51.100.7", "[::ffff:198.51.100.7]:443"])
def test_one_address_is_one_source_however_it_is_written(written: str) -> None:
    assert source("192.0.2.10", written) == source("198.51.100.7")


def test_one_network_of_ipv6_is_one_source() -> None:
    assert source("2001:db8:1:2::1") == source("2001:db8:1:2:ffff::9") == source("2001:db8:ffff::1", "2001:db8:1:2::7")
    assert source("2001:db8:1:2::1") != source("2001:db8:1:3::1")
    assert source("fe80::1%eth0") == source("fe80::2")


def test_who_has_no_address_is_one_source() -> None:
    assert source(None) == source(None, "198.51.100.7") == b""


@pytest.mark.parametrize("wrong", ["proxy.example", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.1 10.0.0.2"])
def test_what_is_no_network_is_refused_at_the_start(wrong: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Sources(wrong)


# Over HTTP.


def tried(hub: Hub, client: str, keys: Sequence[str], forwarded: str | None = None) -> list[httpx.Response]:
    """The answers to those keys, one after the other."""

    async def go() -> list[httpx.Response]:
        app = create_app(hub, None, grid=TimeGrid(SHORTEST), sources=Sources("192.0.2.10"))
        transport = httpx.ASGITransport(app, client=(client, 5000))
        headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
        async with httpx.AsyncClient(transport=transport, base_url="http://hub.example", headers=headers) as browser:
            return [await browser.post("/v1/answers", json={"key": key}) for key in keys]

    return asyncio.run(go())


def test_a4_who_tries_wrong_keys_locks_out_no_other_caller_and_nothing_tells_how_many_tried(hub: Hub) -> None:
    asked = does(hub, OMAR, ASKS)
    key = does(hub, OMAR, consultation.IssueKey(tag=""), asked.stream).said["caller_key"]
    wrong = ["-".join(["bano"] * 5 + [word]) for word in _words(32)]
    answers = tried(hub, "203.0.113.5", wrong)
    assert [answer.status_code for answer in answers] == [404] * AT_ONCE + [409] * (32 - AT_ONCE)
    assert len({answer.content for answer in answers[AT_ONCE:]}) == 1
    assert len({tuple(answer.headers.items()) for answer in answers[AT_ONCE:]}) == 1
    assert tried(hub, "203.0.113.5", [key])[0].status_code == 409  # attempts are counted, not hits
    assert tried(hub, "203.0.113.6", [key])[0].status_code == 200
    # Behind the proxy each caller is a source of their own; outside it nobody makes themselves another.
    assert tried(hub, "192.0.2.10", [key], "198.51.100.7")[0].status_code == 200
    assert tried(hub, "192.0.2.10", [key], "198.51.100.7, 203.0.113.5")[0].status_code == 409
    assert tried(hub, "203.0.113.5", [key], "198.51.100.8")[0].status_code == 409


def _words(count: int) -> list[str]:
    return [f"b{one}n{other}" if turn else f"k{one}l{other}" for turn in (0, 1) for one in "aiou" for other in "aiou"][
        :count
    ]
