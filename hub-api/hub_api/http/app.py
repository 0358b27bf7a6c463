"""The application: routes, the guard before them, and one answer to every way in which a request can end.

Routes are Starlette's, on FastAPI's application: bodies are read and written by msgspec in one step, so nothing of
FastAPI's own parsing stands between a request and its command.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.routing import Route as Address
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.telemetry import UNWATCHED
from domain.access import RATE
from domain.errors import NotThere, Refusal, SamradError
from domain.ports import Watch
from hub_api.access import freshness
from hub_api.access.freshness import Readiness
from hub_api.commands.handler import Changed
from hub_api.commands.rates import Rates
from hub_api.commands.receipts import KeyReused, ReceiptGone
from hub_api.http import problems
from hub_api.http.api import openapi, reads
from hub_api.http.api.commands import handle
from hub_api.http.calls import Call, InvalidBody, RequestStopped, Served, language_of
from hub_api.http.deadlines import ENDS, TimedProtocol
from hub_api.http.pacing import NOTICE as SLOWED_NOTICE
from hub_api.http.pacing import SLOWED, pace
from hub_api.http.request_metrics import Watched, count
from hub_api.http.responses import JSON, Headers, Raw
from hub_api.http.routes import ROUTES, Route, RouteKind
from hub_api.http.sources import Sources
from hub_api.http.time_grid import TimeGrid
from hub_api.identity.personas import NOTICE, STARTED, Personas
from hub_api.wording.language import Language

log = logging.getLogger("samrad.http")

SERVER_OPTIONS: Final[dict[str, Any]] = {
    "access_log": False,
    "log_config": None,
    "server_header": False,
    "proxy_headers": False,
    "lifespan": "off",
    "http": TimedProtocol,
    "timeout_graceful_shutdown": ENDS,
}
"""How uvicorn is to run: no log of addresses, and none of its own making (C7), no name of the server, no client address
but the real one; and nobody holds a connection, or the process, by sending half a request."""
NO_TELEMETRY: Final[TelemetryConfig] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""FastAPI's own would send addresses, queries and the messages of exceptions to whatever collector the environment of
the process names, or a library has set up (C7). What is told of a request is told by `request_metrics.py`."""
LIVES: Final = b'{"status":"up"}'
_PERSONAS: Final = (b"samrad-personas", NOTICE.encode())
_BEHIND: Final = (b"samrad-views", b"behind")
"""All that is told of views that did not catch up in time; how far they are would count what others did."""

Endpoint = Callable[[Request], Awaitable[Response]]


Ready = Callable[[], Readiness]


def create_app(
    hub: Served,
    personas: Personas | None = None,
    ready: Ready = lambda: Readiness.READY,
    watch: Watch = UNWATCHED,
    grid: TimeGrid | None = None,
    sources: Sources | None = None,
    rates: Rates | None = None,
) -> FastAPI:
    """The hub over HTTP. Without `personas` nobody is known, and every route that asks who answers 401. `ready` may
    take its time; an open hub is ready, until whoever runs it knows better. "Not there" leaves on the points of `grid`.
    `sources` knows the proxies before the hub; without it, there are none. `rates` says how fast anybody may send
    commands; without it, as fast as they can: `samrad serve` always has one.
    """
    app = FastAPI(
        title="Samråd",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry=NO_TELEMETRY,
    )
    templates: dict[object, str] = {}
    for route in ROUTES:
        endpoint = _endpoint(route, hub, personas, ready, sources or Sources(), rates)
        templates[endpoint] = route.path
        app.router.routes.append(Address(route.path, endpoint, methods=[route.method]))
    app.add_exception_handler(HTTPException, _no_such_route)
    app.add_middleware(Guard, personas=personas, watch=watch, grid=grid or TimeGrid())
    if watch is not UNWATCHED:
        app.add_middleware(Watched, watch=watch, templates=templates)
    if personas is not None:
        hub.staff.known_to_sign_in(personas.everyone())
        log.warning(STARTED)
    return app


class Guard:
    """Before every route: with personas, nobody but this machine. After it: a problem for whatever was raised, and for
    what is not there at its time."""

    def __init__(self, app: ASGIApp, personas: Personas | None, watch: Watch, grid: TimeGrid) -> None:
        self._app = app
        self._personas = personas
        self._watch = watch
        self._grid = grid

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        arrival = self._grid.arrival(receive)
        answering = freshness.begin()
        always = () if self._personas is None else (_PERSONAS,)
        out = _saying_so(send, always, answering, lambda: self._grid.leave(arrival.at), scope)
        if self._personas is not None and not self._personas.may_connect(scope):
            await problems.fixed(problems.ELSEWHERE, language_of(Request(scope)))(scope, receive, out)
            return
        try:
            await self._app(scope, arrival.receive, out)
        except Exception as error:  # noqa: BLE001 - no error leaves the hub as a stack trace, whatever it is
            count(self._watch, error, scope)
            if isinstance(error, NotThere):
                await self._grid.leave_absent(arrival.at)
                answering.at_once = True
            await _told(error, language_of(Request(scope)))(scope, receive, out)
        finally:
            if SLOWED in scope:
                self._watch.refused(RATE, look=False)


def _saying_so(
    send: Send, always: Headers, answering: freshness.Answering, its_time: Callable[[], Awaitable[None]], scope: Scope
) -> Send:
    """Let an answer leave at its time, and add to it: `always`, that lists lag, that its sender is slowed."""

    async def with_notice(message: Message) -> None:
        if message["type"] == "http.response.start":
            if not answering.at_once:
                await its_time()
            behind = (_BEHIND,) if answering.behind else ()
            slowed = (SLOWED_NOTICE,) if SLOWED in scope else ()
            message["headers"] = [*message["headers"], *always, *behind, *slowed]
        await send(message)

    return with_notice


def _endpoint(
    route: Route, hub: Served, personas: Personas | None, ready: Ready, sources: Sources, rates: Rates | None
) -> Endpoint:
    """What answers on a route; its caller is known first, so that a stranger learns nothing of bodies and fields."""
    form, read = route.form, route.read

    def call_of(request: Request) -> Call:
        principal = None
        if personas is not None:
            principal = personas.principal(request.headers.get("authorization", "").encode("latin-1"))
        if principal is None:
            raise RequestStopped(problems.NO_SIGN_IN if personas is None else problems.UNKNOWN_CALLER)
        return Call(request, hub, principal)

    async def command(request: Request) -> Response:
        assert form is not None  # noqa: S101 - for the type checker: chosen below only where it is
        call = call_of(request)
        if rates is not None:
            await pace(call, form.command, rates)
        return await handle(call, form)

    async def view(request: Request) -> Response:
        assert read is not None  # noqa: S101
        return await read(call_of(request))

    async def anonymous(request: Request) -> Response:
        return await reads.answers(request, hub, sources)

    if form is not None:
        return command
    if read is not None:
        return view
    return anonymous if route.kind is RouteKind.ANONYMOUS else _public(route, personas, ready)


def _public(route: Route, personas: Personas | None, ready: Ready) -> Endpoint:
    reference = openapi.document(personas=personas is not None)

    async def live(request: Request) -> Response:
        freshness.at_once()
        return Raw(200, LIVES)

    async def ready_now(request: Request) -> Response:
        freshness.at_once()
        told = await asyncio.to_thread(ready)
        if told is Readiness.NOT_READY:
            raise RequestStopped(problems.UNAVAILABLE)
        return Raw(200, b'{"status":"%s"}' % told.encode())

    async def described(request: Request) -> Response:
        return Raw(200, reference, (JSON,))

    return {"live": live, "ready": ready_now, "openapi": described}[route.name]


def _told(error: Exception, language: Language) -> Response:
    """What the caller is told of an error: of the hub's own faults, nothing but that there was one."""
    match error:
        case RequestStopped(told=told, headers=headers):
            return problems.fixed(told, language, headers)
        case InvalidBody(error=why, fields=fields):
            return problems.invalid(why, language, fields)
        case problems.Misfit():
            return problems.misfit(error, language)
        case Refusal():
            return problems.refused(error, language)
        case Changed():
            return problems.fixed(problems.CHANGED, language)
        case KeyReused():
            return problems.fixed(problems.KEY_REUSED, language)
        case ReceiptGone():
            return problems.fixed(problems.RECEIPT_GONE, language)
    log.error("a request ended in %s at %s", type(error).__name__, _place(error))  # no message: it may quote (C7)
    return problems.fixed(problems.UNAVAILABLE if isinstance(error, SamradError) else problems.FAULT, language)


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "an unknown place" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"


async def _no_such_route(request: Request, error: Exception) -> Response:
    """404 and 405 of addresses that are not ours: problems like all others."""
    language = language_of(request)
    if isinstance(error, HTTPException) and error.status_code == 405:
        return problems.fixed(problems.METHOD, language, ((b"allow", _methods_at(request)),))
    return problems.fixed(problems.NO_ROUTE, language)


def _methods_at(request: Request) -> bytes:
    """All methods that an address takes: each of them has a route of its own."""
    taken: set[str] = set()
    for route in request.app.router.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            taken |= route.methods
    return ", ".join(sorted(taken)).encode("latin-1")
