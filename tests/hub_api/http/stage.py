"""A stage for HTTP: the application over a hub that answers what a test tells it, and remembers what it was asked."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import httpx

from domain.access import AskedFor
from domain.act import Act, Fact, Principal
from domain.event import Event
from domain.vocabulary import (
    AgencyId,
    Existence,
    Kind,
    Purpose,
    Ref,
    Role,
    StaffId,
    UnitId,
)
from hub_api.access.aliases import Aliases
from hub_api.access.freshness import Readiness
from hub_api.http.app import create_app
from hub_api.http.calls import Served
from hub_api.http.time_grid import TimeGrid
from hub_api.identity.personas import Personas
from hub_api.identity.staff import Staff
from hub_api.reads.gateway import Seen

POLICE = Principal(
    person=StaffId("utredare"),
    agency=AgencyId("polisen"),
    unit=UnitId("polisen.ost.utredning"),
    role=Role.HANDLER,
    purpose=Purpose.INVESTIGATION,
    assurance=3,
)
SOCIAL = Principal(
    person=StaffId("socialsekreterare"),
    agency=AgencyId("linkoping.social"),
    unit=UnitId("linkoping.social.barn"),
    role=Role.HANDLER,
    purpose=Purpose.PROTECTION,
    assurance=3,
)
NOW = 1_790_000_000_000_000


class Asked(dict[str, Any]):
    """What the hub was asked last, by argument."""


class FakeHub:
    """Gateway and commander at once: gives `answer`, or raises it."""

    def __init__(self) -> None:
        self.aliases = Aliases(bytes(32))
        self.staff = Staff()
        self.answer: object = None
        self.asked: list[Asked] = []

    @property
    def gateway(self) -> "FakeHub":
        return self

    @property
    def commander(self) -> "FakeHub":
        return self

    async def handle(self, principal: Principal, command: object, stream: object, act: object, **more: Any) -> object:
        return self._given(principal=principal, command=command, stream=stream, act=act, **more)

    async def look(self, principal: Principal, kind: Kind, stream: Ref, **more: Any) -> object:
        return self._given(principal=principal, kind=kind, stream=stream, **more)

    async def page(self, principal: Principal, which: str, **more: Any) -> object:
        return self._given(principal=principal, which=which, **more)

    async def by_reference(self, principal: Principal, kind: Kind, reference: str, **more: Any) -> object:
        return self._given(principal=principal, kind=kind, reference=reference, **more)

    async def board(self, principal: Principal, **more: Any) -> object:
        return self._given(principal=principal, **more)

    async def tasks(self, principal: Principal, **more: Any) -> object:
        return self._given(principal=principal, **more)

    async def upcoming(self, principal: Principal, **more: Any) -> object:
        return self._given(principal=principal, **more)

    async def closing(self, principal: Principal, case: Ref) -> object:
        return self._given(principal=principal, case=case)

    async def answer_for_key(self, key: str, source: bytes) -> object:
        return self._given(key=key, source=source)

    async def trail(self, principal: Principal, asked_for: AskedFor, **more: Any) -> object:
        return self._given(principal=principal, asked_for=asked_for, **more)

    async def replay(self, principal: Principal, stream: Ref, **more: Any) -> object:
        return self._given(principal=principal, stream=stream, **more)

    async def statistics(self, principal: Principal, table: int) -> object:
        return self._given(principal=principal, table=table)

    async def directory(self, principal: Principal) -> object:
        return self._given(principal=principal)

    def _given(self, **asked: Any) -> object:
        self.asked.append(Asked(asked))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Stage:
    """Sends requests as a persona, from this machine unless told otherwise."""

    def __init__(self) -> None:
        self.hub = FakeHub()
        self.personas: Personas | None = Personas({"polis": POLICE, "social": SOCIAL})
        self.ready = Readiness.READY
        self.client = ("127.0.0.1", 5000)
        self.host = "http://127.0.0.1:8000"

    def send(
        self,
        method: str,
        path: str,
        persona: str | None = "polis",
        *,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        sent = dict(headers or {})
        if persona is not None:
            sent["authorization"] = f"Persona {persona}"
        app = create_app(cast(Served, self.hub), self.personas, lambda: self.ready, grid=TimeGrid(0))

        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(app, client=self.client)
            async with httpx.AsyncClient(transport=transport, base_url=self.host) as browser:
                octets = [(name.encode(), text.encode()) for name, text in sent.items()]
                return await browser.request(method, path, headers=octets, json=json, content=content)

        return asyncio.run(go())

    def get(self, path: str, persona: str | None = "polis", **headers: str) -> httpx.Response:
        return self.send("GET", path, persona, headers={name.replace("_", "-"): text for name, text in headers.items()})

    def post(self, path: str, json: object, persona: str | None = "polis", **headers: str) -> httpx.Response:
        dashed = {name.replace("_", "-"): text for name, text in headers.items()}
        return self.send("POST", path, persona, headers=dashed, json=json)


def ref(number: int) -> Ref:
    return Ref(f"{number:032x}")


def fact_of(event: Event, number: int = 1, by: Principal = SOCIAL, **more: Any) -> Fact:
    """An event in its place, called by its number."""
    kind = Kind(event.name.partition(".")[0])
    shown = frozenset(more.pop("shown", ()))
    act = Act(id=ref(1000 + number), by=by, now=NOW + number, happened=NOW - 5, known=NOW - 4, request="f" * 64, **more)
    return Fact(
        id=ref(2000 + number),
        stream=ref(1),
        kind=kind,
        version=777_000 + number,
        position=888_000 + number,
        committed=NOW + number,
        act=act,
        event=event,
        shown=shown,
    )


def seen_of(kind: Kind, *facts: Fact, existence: frozenset[Existence] = frozenset(), **more: Any) -> Seen:
    return Seen(
        stream=ref(1), kind=kind, facts=facts, existence=existence, grants=(), state=None, etag="mark", at=NOW, **more
    )
