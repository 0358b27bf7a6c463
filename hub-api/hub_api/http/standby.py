"""The door before the hub: closed, the process lives and answers nothing else; open, the hub answers.

A process that waits for its turn to write, or whose store is older than it was, reads nothing out either: what it
would show may have been disposed of, blocked or withdrawn since. So does one that was paused: what queued up meanwhile
is not let in, and what was being answered is not given out, unless the turn is known to be its own still.
"""

from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub_api.http import problems
from hub_api.http.app import LIVES
from hub_api.http.calls import language_of
from hub_api.http.responses import Raw

_LIVE: Final = "/health/live"


class Door:
    """An ASGI application; whoever keeps the hub opens and closes it, from any thread."""

    def __init__(self) -> None:
        self._behind: ASGIApp | None = None
        self._may: Callable[[], bool] = lambda: True

    def admit_to(self, app: ASGIApp, may: Callable[[], bool] = lambda: True) -> None:
        """From now on the hub answers, whenever it still `may`: asked for each request, coming in and going out."""
        self._behind, self._may = app, may

    def close(self) -> None:
        """From now on nobody is let in; who is in, is answered."""
        self._behind = None

    @property
    def is_open(self) -> bool:
        return self._behind is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app, may = self._behind, self._may
        if app is not None and scope["type"] != "http":
            await app(scope, receive, send)
        elif app is not None and may():
            await app(scope, receive, _Leaving(scope, receive, send, may))
        elif scope["type"] == "http":
            await _closed(scope)(scope, receive, send)


class _Leaving:
    """What leaves by the door: an answer begins only while the hub may answer, else 503 goes out in its place."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, may: Callable[[], bool]) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._may = may
        self._begin: Message | None = None
        self._refused = False

    async def __call__(self, message: Message) -> None:
        if self._refused:
            return
        if message["type"] == "http.response.start":
            self._begin = message  # kept until the first of the body is there, so that nothing lies between them
            return
        if self._begin is not None:
            if not self._may():
                self._refused = True
                await _closed(self._scope)(self._scope, self._receive, self._send)
                return
            begin, self._begin = self._begin, None
            await self._send(begin)
        await self._send(message)


def _closed(scope: Scope) -> ASGIApp:
    """The answer of a closed door."""
    lives = scope["path"] == _LIVE and scope["method"] == "GET"
    return Raw(200, LIVES) if lives else problems.fixed(problems.UNAVAILABLE, language_of(Request(scope)))
