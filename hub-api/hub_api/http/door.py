"""The door before the hub: closed, the process lives and answers nothing else; open, the hub answers.

A process that waits for its turn to write, or whose store is older than it was, reads nothing out either: what it
would show may have been disposed of, blocked or withdrawn since.
"""

from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from hub_api.http import problems
from hub_api.http.app import LIVES
from hub_api.http.calls import language_of
from hub_api.http.responses import Raw

_LIVE: Final = "/health/live"


class Door:
    """An ASGI application; whoever keeps the hub opens and closes it, from any thread."""

    def __init__(self) -> None:
        self._behind: ASGIApp | None = None

    def admit_to(self, app: ASGIApp) -> None:
        """From now on the hub answers."""
        self._behind = app

    def close(self) -> None:
        """From now on nobody is let in; who is in, is answered."""
        self._behind = None

    @property
    def is_open(self) -> bool:
        return self._behind is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._behind
        if app is not None:
            await app(scope, receive, send)
        elif scope["type"] == "http":
            lives = scope["path"] == _LIVE and scope["method"] == "GET"
            answer = Raw(200, LIVES) if lives else problems.fixed(problems.UNAVAILABLE, language_of(Request(scope)))
            await answer(scope, receive, send)
