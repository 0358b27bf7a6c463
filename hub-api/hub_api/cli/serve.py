"""`samrad serve`: the hub over HTTP."""

from threading import Event, Thread
from typing import Annotated

import typer
import uvicorn

from hub_api.cli.common import ERRORS, HERE, Data, opened, settle
from hub_api.demo.county import PERSONAS
from hub_api.http.app import SERVER_OPTIONS, create_app
from hub_api.hub import Hub
from hub_api.personas import STARTED, Personas, refuse_to_bind_elsewhere

A_MINUTE = 60


def serve(
    data: Data = HERE,
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port to listen on.")] = 8000,
    personas: Annotated[
        bool, typer.Option("--personas", help="Let anybody on this machine play the demo's people. Never in earnest.")
    ] = False,
) -> None:
    """Serve the hub over HTTP until it is interrupted.

    \b
    Examples:
      samrad serve --personas
      curl -H 'Authorization: Persona samordnare-anna-exempel' http://127.0.0.1:8000/v1/cases
    """
    if personas:
        refuse_to_bind_elsewhere(host)
    with opened(data) as hub:
        if personas:
            ERRORS.print(STARTED, markup=False)
        listen(hub, host, port, Personas(PERSONAS) if personas else None)


def listen(hub: Hub, host: str, port: int, personas: Personas | None) -> None:
    """Answer requests, and every minute record what has come due."""
    server = uvicorn.Server(
        uvicorn.Config(create_app(hub, personas), host=host, port=port, log_level="warning", **SERVER_OPTIONS)
    )
    ended = Event()
    clockwork = Thread(target=_clockwork, args=(hub, ended), name="clockwork")
    clockwork.start()
    try:
        server.run()
    finally:
        ended.set()
        clockwork.join()


def _clockwork(hub: Hub, ended: Event) -> None:
    while not ended.wait(A_MINUTE):
        settle(hub)
