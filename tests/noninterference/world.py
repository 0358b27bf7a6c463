"""One hub in a folder of its own, acted on by name and asked over HTTP in process, on a clock that stands still."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import msgspec
from msgspec import Struct

from adapters.system import SeededClock
from domain.act import Principal
from domain.case import commands as case
from domain.command import Command
from domain.errors import Refusal
from domain.vocabulary import Instant, Ref
from hub_api.access.aliases import within
from hub_api.commands.handler import Circumstances
from hub_api.commands.receipts import Receipt
from hub_api.http.app import create_app
from hub_api.http.time_grid import TimeGrid
from hub_api.identity.personas import Personas
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings
from tests.noninterference.people import EVERYONE, OBSERVERS

START: Final[Instant] = 1_772_445_600_000_000
"""2026-03-02 11:00 in Stockholm."""
HOUR: Final = 3_600_000_000


T = TypeVar("T")


class Answer(Struct, frozen=True):
    """What came back, byte by byte."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def header(self, name: bytes) -> str:
        return next((value.decode() for given, value in self.headers if given == name), "")


async def _here(look: Callable[[], T]) -> T:
    return look()


class World:
    """What was created is called by name in `refs`, what the hub told once in `said`; `texts` replaces content."""

    def __init__(self, folder: Path, seed: str, texts: Mapping[str, str] | None = None) -> None:
        self.hub = Hub.open(Settings.beside(folder / seed, seed=seed, start=START))
        self.refs: dict[str, Ref] = {}
        self.said: dict[str, str] = {}
        self._texts = texts or {}
        self._loop = asyncio.new_event_loop()
        self._app = create_app(self.hub, Personas(OBSERVERS), self.hub.parts.ready, grid=TimeGrid(0))
        # One request at a time: a look may as well be taken in this thread, which spares most of a pair's time.
        self.hub.gateway._in_reader = _here  # type: ignore[method-assign]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._loop.close()
        self.hub.close()

    # What happens.

    def clock(self, hours: float) -> None:
        """Let it be so many hours after the start."""
        assert isinstance(self.hub.clock, SeededClock)
        self.hub.clock.set(START + int(hours * HOUR))

    def text(self, name: str) -> str:
        """Some content of that name: in the pair's other half it may be another."""
        return self._texts.get(name, f"what is said of {name}")

    def do(
        self, who: str, command: Command, on: str | None = None, name: str = "", key: str = "", **how: Any
    ) -> Receipt:
        """Have it recorded. What it opens is called `name`, and so is what it creates in what is there already."""
        principal: Principal = OBSERVERS[who]
        stream = None if on is None else self.refs[on]
        receipt = self.hub.commander.handle_now(principal, command, stream, Circumstances(**how), key=key or None)
        if name:
            self.refs[name] = receipt.stream if on is None else within(receipt.stream, receipt.created)
            self.said |= {f"{name}.{what}": told for what, told in receipt.said.items()}
        return receipt

    def refused(self, who: str, command: Command, on: str) -> None:
        """Have it refused."""
        try:
            self.do(who, command, on)
        except Refusal:
            return
        raise AssertionError(f"{command.name} was to be refused")

    def person(self, name: str = "person") -> Ref:
        return self.refs[name]

    # What is asked over HTTP.

    def alias(self, who: str, name: str) -> str:
        return self.hub.aliases.out(OBSERVERS[who].unit, self.refs[name])

    def send(
        self, method: str, path: str, who: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request, as that persona if it is one."""
        given = {"host": "127.0.0.1", **(headers or {})}
        if who in OBSERVERS:
            given["authorization"] = f"Persona {who}"
        content = b""
        if method == "POST":
            content = msgspec.json.encode(body)
            given |= {"content-type": "application/json", "content-length": str(len(content))}
        return self._loop.run_until_complete(self._ask(method, path, given, content, _address(who)))

    async def _ask(self, method: str, path: str, headers: Mapping[str, str], content: bytes, address: str) -> Answer:
        place, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": place,
            "raw_path": place.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": (address, 5000),
            "server": ("127.0.0.1", 8000),
        }
        said: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Any) -> None:
            said.append(message)

        await self._app(scope, receive, send)
        body = b"".join(message.get("body", b"") for message in said[1:])
        return Answer(said[0]["status"], tuple((name, value) for name, value in said[0]["headers"]), body)


def _address(who: str) -> str:
    """Everybody sits at a machine of their own: attempts with callers' keys are limited for each (A4)."""
    return f"127.0.1.{EVERYONE.index(who) + 1}"


def purge(world: World, who: str, note: str) -> Receipt:
    """Purge a note by its name."""
    return world.do(who, case.PurgeNote(note=world.refs[note]), "case")
