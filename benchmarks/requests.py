"""A command over HTTP, 32 callers at once: what stands behind the address, against a bare FastAPI POST.

Both applications are called in this process by the same bare client, so that neither a client library nor a socket is
in the ratio to soften it. Ours knows the caller, turns aliases back, folds what the caller may see, decides, seals,
appends with full durability and answers; the peer parses the same body and answers.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from time import perf_counter
from typing import Any

import msgspec
from fastapi import FastAPI
from pydantic import BaseModel

from benchmarks import stage
from benchmarks.measure import Line, by_turns, compared
from domain.vocabulary import UnitId
from hub_api.http.app import create_app
from hub_api.http.time_grid import TimeGrid
from hub_api.identity.personas import Personas
from hub_demo import county

CALLERS = 32
ACTS = 20
"""In each caller's case, before the first command."""

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]
Sent = tuple[str, bytes]


class Recorded(BaseModel):
    """What the peer answers: as much as our receipt says."""

    kind: str
    id: str
    created: str


class Information(BaseModel):
    """The body of the command on a case, as the peer parses it."""

    person: str
    social: str


class Asked(BaseModel):
    """The body of the opening command, as the peer parses it."""

    asked_of: str
    caller: str
    about: str
    persons: int
    told: str
    county: str
    question: str


def commands(rounds: int, each: int) -> list[Line]:
    """Each caller sends `each` commands: on a case of its own, and then opening consultations."""
    peer = bare()
    with stage.opened_hub() as hub:
        app = create_app(hub, Personas(county.PERSONAS), grid=TimeGrid(0))
        made = stage.cases(hub, CALLERS, ACTS)
        aliases = hub.aliases.of(stage.HANDLER.unit)
        on_cases = [
            (f"/v1/cases/{aliases.out(case)}/record_information", json(person=aliases.out(person), social=stage.TEXT))
            for case, person in made
        ]
        opening = [("/v1/consultations", json(**question()))] * CALLERS
        keys = count()
        lines = []
        for what, sent, asked_by in (
            (f"command on a case of {ACTS} acts and more", on_cases, "socialsekreterare-sara-exempel"),
            ("command that opens a consultation", opening, "kurator-kim-exempel"),
        ):

            def ours(_: int, sent: list[Sent] = sent, asked_by: str = asked_by) -> float:
                taken = all_send(app, sent, each, asked_by, keys)
                hub.follower.catch_up()
                return taken

            def theirs(_: int, sent: list[Sent] = sent, asked_by: str = asked_by) -> float:
                return all_send(peer, sent, each, asked_by, keys)

            taken = by_turns(rounds, ours, theirs)
            lines.append(compared(f"HTTP: {what}, {CALLERS} callers", CALLERS * each, "req", taken, target=0.4))
    return lines


def bare() -> FastAPI:
    """The peer: it takes the same bodies at the same addresses, and answers."""
    app = FastAPI()

    @app.post("/v1/cases/{alias}/record_information")
    async def record_information(alias: str, body: Information) -> Recorded:
        return Recorded(kind="case", id=alias, created=body.person)

    @app.post("/v1/consultations", status_code=201)
    async def consultations(body: Asked) -> Recorded:
        return Recorded(kind="consultation", id=body.asked_of, created=body.asked_of)

    return app


def all_send(app: App, sent: list[Sent], each: int, persona: str, keys: Iterator[int]) -> float:
    async def caller(path: str, body: bytes) -> None:
        for _ in range(each):
            await _post(app, path, body, persona, next(keys))

    async def everyone() -> float:
        began = perf_counter()
        await asyncio.gather(*(caller(path, body) for path, body in sent))
        return perf_counter() - began

    return asyncio.run(everyone())


async def _post(app: App, path: str, body: bytes, persona: str, key: int) -> None:
    headers = [
        (b"host", b"127.0.0.1:8000"),
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"authorization", f"Persona {persona}".encode()),
        (b"idempotency-key", str(key).encode()),
    ]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 5000),
        "server": ("127.0.0.1", 8000),
    }
    answers: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        answers.append(message)

    await app(scope, receive, send)
    if answers[0]["status"] not in (200, 201):
        raise RuntimeError(f"{path} answered {answers[0]['status']}: {answers[1]['body']!r}")


def question() -> dict[str, object]:
    return {
        "asked_of": UnitId(county.COORDINATION),
        "caller": "school",
        "about": "one",
        "persons": 1,
        "told": "no_contact",
        "county": county.COUNTY,
        "question": stage.TEXT,
    }


def json(**fields: object) -> bytes:
    return msgspec.json.encode(fields)
