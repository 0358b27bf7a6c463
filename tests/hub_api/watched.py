"""A watched hub over HTTP, and a collector on this machine that catches all that it tells."""

import asyncio
import io
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from adapters.telemetry import Telemetry, opened
from adapters.telemetry.logs import configured
from domain.ports import Watch
from domain.vocabulary import GroundId, Kind
from hub_api.http.app import create_app
from hub_api.http.routes import ROUTES
from hub_api.http.time_grid import TimeGrid
from hub_api.identity.personas import Personas
from hub_api.runtime.hub import Hub
from hub_demo.check import NAMES
from hub_demo.county import MUNICIPALITIES, PERSONAS, agreement
from tests.adapters.telemetry.collector import Collector, collecting
from tests.hub_api.stand import agreed, settings

ANNAS = "samordnare-anna-exempel"
SARAS = "socialsekreterare-sara-exempel"
PIAS = "utredare-pia-exempel"
TOKEN = "collectors-own"
CODES = ("osl-10-2", "osl-10-27", "forced_marriage", "genital_mutilation", "child_statement", "working_note")
OUR_OWN = {"consent", "hub"}
"""Words of the demo that stand in our own code too: of a route's template, and what the hub calls itself."""

Request = tuple[str, str, str | None, Mapping[str, Any]]
"""Method, address, who sends it, and the rest."""


class Stood:
    """A watched hub over HTTP, and whoever collects what it tells."""

    def __init__(self, folder: Path, collector: Collector, watch: Watch, hub: Hub) -> None:
        self.folder = folder
        self.collector = collector
        self.hub = hub
        self.app: FastAPI = create_app(hub, Personas(PERSONAS), watch=watch, grid=TimeGrid(0))
        self.aliases: set[str] = set()

    def send(self, method: str, path: str, persona: str | None = ANNAS, **more: Any) -> httpx.Response:
        return self.together((method, path, persona, more))[0]

    def together(self, *requests: Request) -> list[httpx.Response]:
        """Send them at once."""

        async def go() -> list[httpx.Response]:
            transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 5000))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:
                return await asyncio.gather(*(_one(browser, *request) for request in requests))

        answers = asyncio.run(go())
        for answer in answers:
            self.aliases |= set(re.findall(r"\b[a-z2-7]{52}\b|\b[a-z2-7]{77}\b", answer.text))
        return answers


async def _one(
    browser: httpx.AsyncClient, method: str, path: str, persona: str | None, more: Mapping[str, Any]
) -> httpx.Response:
    headers = {"user-agent": "Exempelwebbläsare".encode(), **more.get("headers", {})}
    if persona is not None:
        headers["authorization"] = f"Persona {persona}"
    rest = {name: value for name, value in more.items() if name != "headers"}
    return await browser.request(method, path, headers=headers, **rest)


def watched(folder: Path, told: Callable[[Stood], None], open_hub: Callable[[Watch], Hub]) -> tuple[Collector, str]:
    """Let something be told; all that came of it, and the lines that were written."""
    lines = io.StringIO()
    with collecting() as collector:
        telemetry = Telemetry(
            endpoint=collector.endpoint, headers={"x-token": TOKEN}, traces_a_second=10_000, seconds=600
        )
        with (
            opened(telemetry, "serve", [route.path for route in ROUTES]) as way,
            configured(way.watch, handlers=way.handlers, json=True, level=logging.DEBUG, stream=lines),
        ):
            hub = open_hub(way.watch)
            try:
                told(Stood(folder, collector, way.watch, hub))
            finally:
                hub.close()
    return collector, lines.getvalue()


def needles_of(hub: Hub, texts: Iterable[str]) -> set[str]:
    """What the demo calls everybody and everything in this hub, sealed or not, and these texts."""
    found = {*NAMES, *texts, *MUNICIPALITIES.values(), *PERSONAS, *CODES}
    for principal in PERSONAS.values():
        found |= {principal.person, principal.agency, principal.unit}
    for party in agreement().parties:
        found |= {party.id, party.name}
        found |= {unit.id for unit in party.units} | {unit.name for unit in party.units if unit.name != "Samråd"}
    for log in (hub.log, hub.looks_log):
        for fact in log.read(0, 100_000):
            found |= {fact.id.hex, fact.stream.hex, fact.act.id.hex, fact.act.by.unit, fact.act.by.person}
            found |= {text for name in ("reference",) if (text := getattr(fact.event, name, ""))}
            if fact.kind is not Kind.ACCESS:
                found |= {fact.act.ground} if isinstance(fact.act.ground, str) else set[GroundId]()
    return {text for text in found if len(text) > 2} - OUR_OWN


def told_of(needles: set[str], everything: bytes) -> list[str]:
    """Those that are in it, as they are written or as the bytes of an id."""
    lower = everything.lower()
    refs = [bytes.fromhex(needle) for needle in needles if re.fullmatch("[0-9a-f]{32}", needle)]
    return [each for each in needles if each.lower().encode() in lower] + [
        ref.hex() for ref in refs if ref in everything
    ]


def county(folder: Path) -> Callable[[Watch], Hub]:
    def open_hub(watch: Watch) -> Hub:
        agreed(folder).close()
        return Hub.open(settings(folder), watch)

    return open_hub


def fresh_settings(folder: Path) -> Any:
    from tests.hub_api.stand import settings

    return settings(folder)
