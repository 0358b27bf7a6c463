"""Each request, watched: how long by the template of its address, how often by status; a refusal by its rule alone.

What a request says of itself is told nowhere: its address holds aliases and its query references, its headers a client,
its error whatever it is about (C7).
"""

from collections.abc import Mapping
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import Refusal
from domain.ports import Watch
from hub_api.http.routes import ANSWERS

UNKNOWN: Final = "other"
FAILED: Final = 500


class Watched:
    """Around everything that answers: a request ends when its response has begun and all of it was sent, or not."""

    def __init__(self, app: ASGIApp, watch: Watch, templates: Mapping[object, str]) -> None:
        self._app = app
        self._watch = watch
        self._templates = templates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = FAILED

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        request = self._watch.request()
        try:
            await self._app(scope, receive, noting)
        finally:
            # The address as it stands among the routes, without what was sent in it.
            request.ended(scope["method"], self._templates.get(scope.get("endpoint"), UNKNOWN), status)


def count(watch: Watch, error: Exception, scope: Scope) -> None:
    """A refusal is counted by its rule: that of a look apart from that of a command."""
    if isinstance(error, Refusal):
        watch.refused(error.rule, look=scope["method"] == "GET" or scope["path"] == ANSWERS.path)
