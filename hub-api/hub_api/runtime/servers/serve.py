"""`samrad serve` on servers: HTTP at once, and the hub behind its door when it is this process's turn."""

import socket
from functools import partial
from threading import Thread
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from hub_api.commands.rates import Rate, Rates
from hub_api.http.app import SERVER_OPTIONS, create_app
from hub_api.http.routes import ROUTES
from hub_api.http.sources import Sources
from hub_api.http.standby import Door
from hub_api.http.time_grid import TimeGrid
from hub_api.identity.personas import Personas
from hub_api.runtime.clocks import ClockWatch
from hub_api.runtime.hub import Hub
from hub_api.runtime.servers.opening import in_turn, my_turn
from hub_api.runtime.servers.settings import Production
from hub_api.runtime.servers.turn_keeper import Keeper
from hub_api.runtime.telemetry_setup import telling

BY: Final = "`samrad serve`"


def serve(listening: socket.socket, personas: Personas | None, *, accept_clock: bool = False) -> None:
    """Answer until told to end; then finish what was accepted, and give the turn back."""
    settings = Production.read()
    with telling(settings, "serve", (route.path for route in ROUTES)) as watch:
        door = Door()
        server = uvicorn.Server(uvicorn.Config(door, log_level=None, **SERVER_OPTIONS))
        keeper = Keeper(
            door,
            partial(my_turn, settings, BY),
            partial(in_turn, settings, BY, watch, accept_clock=accept_clock),
            partial(_app, personas, settings, accept_clock=accept_clock),
        )

        def end() -> None:
            server.should_exit = True

        keeping = Thread(target=keeper.run, args=(end,), name="keeper")
        keeping.start()
        try:
            server.run(sockets=[listening])
        finally:
            keeper.stop()
            keeping.join()
        if keeper.failed is not None:
            raise keeper.failed


def _app(personas: Personas | None, settings: Production, hub: Hub, *, accept_clock: bool) -> ASGIApp:
    grid, sources = TimeGrid(settings.absence_step, settings.answer_step), Sources(settings.trusted_proxies)
    ready = ClockWatch(hub, accepted=accept_clock).ready
    rates = Rates(Rate(settings.commands_at_once, settings.commands_per_second))
    return create_app(hub, personas, ready, hub.parts.watch, grid, sources, rates)
