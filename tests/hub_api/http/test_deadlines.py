"""Whoever sends half a request, or takes no answer, holds neither a connection nor the process."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import ClassVar, Final

import pytest
import uvicorn
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from hub_api.http.app import SERVER_OPTIONS
from hub_api.http.calls import RequestStopped, body_of
from hub_api.http.deadlines import Deadlines, TimedProtocol
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings
from hub_cluster.ports import free_port
from hub_demo.county import COORDINATION, PERSONAS, agreement
from tests.hub_api.stand import NOW, ULLA

SHORT: Final = Deadlines(head=0.3, body=0.3, taken=0.3, ending=0.2)
PATIENCE: Final = 5.0
PROGRAM: Final = (sys.executable, "-c", "from hub_api.cli import main; main()")
HEAD: Final = b"POST /v1/cases HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 64\r\n"
LONG: Final = 50_000_000


class Hasty(TimedProtocol):
    deadlines: ClassVar[Deadlines] = SHORT


class Application:
    """Reads the body as the hub does; what it was given whole, and what it was told does not come, is noted."""

    def __init__(self) -> None:
        self.whole: list[bytes] = []
        self.broken = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = b"x" * (LONG if scope["path"] == "/long" else 2)
        if scope["method"] == "POST" and scope["path"] != "/early":
            try:
                self.whole.append(await body_of(Request(scope, receive)))
            except RequestStopped:
                self.broken += 1
                answer = b"broken"
        length = str(len(answer)).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        await send({"type": "http.response.body", "body": answer})


@asynccontextmanager
async def serving(protocol: type[TimedProtocol] = Hasty) -> AsyncIterator[tuple[Application, int, uvicorn.Server]]:
    application = Application()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        options = {**SERVER_OPTIONS, "http": protocol}
        server = uvicorn.Server(uvicorn.Config(application, log_level=None, **options))
        served = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield application, listening.getsockname()[1], server
        finally:
            server.should_exit = True
            await asyncio.wait_for(served, PATIENCE)


def asked(*parts: bytes, pause: float = 0.0, protocol: type[TimedProtocol] = Hasty) -> tuple[Application, bytes]:
    """Send these parts with pauses between them; what was answered until the server ended the connection, and when."""

    async def run() -> tuple[Application, bytes]:
        async with serving(protocol) as (application, port, _):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            answered = asyncio.create_task(reader.read())
            for part in parts:
                if not answered.done():
                    writer.write(part)
                    await asyncio.sleep(pause)
            answer = await asyncio.wait_for(answered, PATIENCE)
            writer.close()
            return application, answer

    return asyncio.run(run())


def drip(content: bytes) -> Sequence[bytes]:
    return [content[place : place + 1] for place in range(len(content))]


@pytest.mark.parametrize(
    ("parts", "pause"),
    [([b""], 0.0), ([b"POST /v1/ca"], 0.0), ([HEAD], 0.0), (drip(HEAD), 0.05)],
    ids=["nothing", "a line", "a head without its end", "a byte now and then"],
)
def test_half_a_head_is_answered_with_408_in_time(parts: Sequence[bytes], pause: float) -> None:
    application, answer = asked(*parts, pause=pause)
    assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b"connection: close" in answer
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["type"] == "urn:samrad:problem:too-slow"
    assert (application.whole, application.broken) == ([], 0)


@pytest.mark.parametrize(
    ("parts", "pause"),
    [([HEAD + b"\r\n"], 0.0), ([HEAD + b"\r\n", b'{"half": '], 0.0), ([HEAD + b"\r\n", *drip(b" " * 60)], 0.05)],
    ids=["no body", "half a body", "a byte now and then"],
)
def test_half_a_body_is_answered_with_408_in_time_and_its_command_is_not_begun(
    parts: Sequence[bytes], pause: float
) -> None:
    application, answer = asked(*parts, pause=pause)
    assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert answer.count(b"HTTP/1.1") == 1
    assert (application.whole, application.broken) == ([], 1)


def test_a_body_has_a_deadline_of_its_own() -> None:
    class HastyHead(TimedProtocol):
        deadlines: ClassVar[Deadlines] = Deadlines(head=0.3, body=5.0, taken=0.3, ending=0.2)

    application, answer = asked(
        HEAD + b"Connection: close\r\n\r\n", b" " * 32, b" " * 32, pause=0.3, protocol=HastyHead
    )
    assert answer.startswith(b"HTTP/1.1 200")
    assert application.whole == [b" " * 64]


def test_408_is_told_in_the_language_of_whoever_asks() -> None:
    _, answer = asked(HEAD + b"Accept-Language: sv\r\n\r\n")
    assert b"kom inte fram hel" in answer


def test_a_second_request_on_a_connection_has_the_same_deadline() -> None:
    whole = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    _, answer = asked(whole, whole[:20], pause=0.1)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"HTTP/1.1 408" in answer


def test_an_answer_that_came_before_the_body_is_not_followed_by_another() -> None:
    _, answer = asked(HEAD.replace(b"/v1/cases", b"/early") + b"\r\n", b"half")
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.count(b"HTTP/1.1") == 1


def test_a_request_that_comes_in_time_in_pieces_is_taken() -> None:
    body = b'{"reference": "something that is exactly sixty-four bytes long"}'
    assert len(body) == 64
    application, answer = asked(HEAD + b"Connection: close\r\n\r\n", body[:30], body[30:], pause=0.05)
    assert answer.startswith(b"HTTP/1.1 200")
    assert application.whole == [body]


def test_an_answer_that_nobody_reads_is_let_go() -> None:
    async def run() -> int:
        async with serving() as (_, port, server):
            with socket.create_connection(("127.0.0.1", port)) as caller:
                caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                caller.sendall(b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
                until = time.monotonic() + PATIENCE
                seen = 0
                while time.monotonic() < until:
                    await asyncio.sleep(0.05)
                    seen = max(seen, len(server.server_state.connections))
                    if seen and not server.server_state.connections:
                        return seen
            raise AssertionError("the connection was still held")

    assert asyncio.run(run()) == 1


@pytest.mark.parametrize("sent", [b"", b"POST /v1/ca", HEAD, HEAD + b"\r\n", HEAD + b'\r\n{"half": '])
def test_a_server_that_is_told_to_end_waits_for_no_half_request(sent: bytes) -> None:
    class Patient(TimedProtocol):
        deadlines: ClassVar[Deadlines] = Deadlines(head=60, body=60, taken=60, ending=0.2)

    async def run() -> float:
        async with serving(Patient) as (application, port, server):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            await asyncio.sleep(0.2)
            begun = time.monotonic()
            server.should_exit = True
            while server.server_state.connections:
                await asyncio.sleep(0.02)
                assert time.monotonic() < begun + PATIENCE
            writer.close()
            assert application.whole == []
            return time.monotonic() - begun

    assert asyncio.run(run()) < PATIENCE


@contextmanager
def served(data: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`samrad serve` as people run it."""
    port = free_port()
    process = subprocess.Popen(
        [*PROGRAM, "serve", "--personas", "--port", str(port), "--data", str(data)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until = time.monotonic() + 30
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            assert time.monotonic() < until
            time.sleep(0.05)
        yield process, port
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    hub = Hub.open(Settings.beside(tmp_path / "data"))
    hub.commander.handle_now(ULLA, agreement(), None, NOW)
    hub.close()
    return tmp_path / "data"


def test_serve_ends_with_0_when_told_to_while_requests_are_half_sent_and_what_was_accepted_is_recorded(
    data: Path,
) -> None:
    body = json.dumps({"coordinator": COORDINATION}).encode()
    head = (
        b"POST /v1/cases HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Persona socialsekreterare-sara-exempel\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    with served(data) as (process, port), ExitStack() as open_until_the_end:

        def caller(sent: bytes) -> socket.socket:
            connection = open_until_the_end.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
            connection.sendall(sent)
            return connection

        for half in (b"", head[:40], head[:-2], head, head + body[:5]):
            caller(half)
        asking = [caller(head + body) for _ in range(8)]
        answers = [asking[0].recv(4096)]
        process.send_signal(signal.SIGTERM)
        for connection in asking[1:]:
            with suppress(ConnectionResetError):  # of those it had not read a byte yet
                answers.append(connection.recv(4096))
        answered = [answer for answer in answers if answer.startswith(b"HTTP/1.1 201")]
        assert answered
        _, error = process.communicate(timeout=30)
        assert process.returncode == 0
        assert "Traceback" not in error
    hub = Hub.open(Settings.beside(data))
    try:
        page = hub.gateway.page_now(PERSONAS["samordnare-anna-exempel"], "cases", what="cases")
        assert len(page.items) == len(answered)
    finally:
        hub.close()
