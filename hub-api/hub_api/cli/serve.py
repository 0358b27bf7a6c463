"""`samrad serve`: the hub over HTTP."""

import socket
from threading import Event, Thread
from typing import Annotated

import typer
import uvicorn

from adapters.telemetry.logs import configured
from domain.errors import SamradError
from hub_api.cli.common import HERE, Data, ending_in_order, opened, say
from hub_api.commands.rates import AT_ONCE, PER_SECOND, SLOWEST, Rate, Rates
from hub_api.http.app import SERVER_OPTIONS, create_app
from hub_api.http.sources import Sources
from hub_api.http.time_grid import SHORTEST, STEP, TimeGrid
from hub_api.identity.personas import Personas, refuse_to_bind_elsewhere, whom_to_play
from hub_api.runtime.clocks import ClockWatch, refuse_ahead
from hub_api.runtime.every_minute import clockwork
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import on_servers


def serve(
    data: Data = HERE,
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port to listen on.")] = 8000,
    personas: Annotated[
        bool, typer.Option("--personas", help="Let anybody on this machine play the demo's people. Never in earnest.")
    ] = False,
    accept_clock: Annotated[
        bool,
        typer.Option("--accept-clock", help="Serve though the store is ahead of the clock; acts carry its time."),
    ] = False,
    absence_step: Annotated[
        float,
        typer.Option(
            "--absence-step",
            min=SHORTEST,
            max=5,
            help="Seconds between the points of time at which `not there` is answered. On servers it is a setting.",
        ),
    ] = STEP,
    trusted_proxies: Annotated[
        str,
        typer.Option(
            "--trusted-proxies",
            help="The proxies whose X-Forwarded-For is believed, with commas between. On servers it is a setting.",
        ),
    ] = "",
    commands_at_once: Annotated[
        int,
        typer.Option(
            "--commands-at-once",
            min=1,
            max=100_000,
            help="Commands that one person may send at once before they are slowed. On servers it is a setting.",
        ),
    ] = AT_ONCE,
    commands_per_second: Annotated[
        float,
        typer.Option(
            "--commands-per-second",
            min=SLOWEST,
            max=10_000,
            help="Commands a second that one person may send after those. On servers it is a setting.",
        ),
    ] = PER_SECOND,
) -> None:
    """Serve the hub over HTTP until it is interrupted.

    On servers one process records at a time; another stands by, and answers nothing but that it lives.

    \b
    Examples:
      samrad serve --personas
      curl -H 'Authorization: Persona samordnare-anna-exempel' http://127.0.0.1:8000/v1/cases
    """
    if personas:
        refuse_to_bind_elsewhere(host)
    played = Personas(whom_to_play()) if personas else None
    sources = _sources(trusted_proxies)
    with ending_in_order():
        if on_servers():
            from hub_api.runtime.servers.serve import serve as serve_on_servers

            with bound(host, port) as listening:
                told(listening, played)
                serve_on_servers(listening, played, accept_clock=accept_clock)
            return
        with opened(data, "serve") as hub:
            if not accept_clock:
                refuse_ahead(hub)
            rates = Rates(Rate(commands_at_once, commands_per_second))
            listen(hub, host, port, played, TimeGrid(absence_step), sources, rates, accept_clock=accept_clock)


def _sources(trusted: str) -> Sources:
    try:
        return Sources(trusted)
    except ValueError:
        raise typer.BadParameter("write addresses or networks, such as 10.0.0.0/8, with commas between them") from None


def listen(
    hub: Hub,
    host: str,
    port: int,
    personas: Personas | None,
    grid: TimeGrid | None = None,
    sources: Sources | None = None,
    rates: Rates | None = None,
    *,
    accept_clock: bool = False,
) -> None:
    """Answer requests, and every minute record what has come due."""
    listening = bound(host, port)
    told(listening, personas)
    clock = ClockWatch(hub, accepted=accept_clock)
    app = create_app(hub, personas, clock.ready, hub.parts.watch, grid, sources, Rates() if rates is None else rates)
    server = uvicorn.Server(uvicorn.Config(app, log_level=None, **SERVER_OPTIONS))
    ended = Event()
    scheduler = Thread(target=clockwork, args=(hub, ended), name="clockwork")
    scheduler.start()
    try:
        with configured():  # nothing that a library says is printed as it is (C7)
            server.run(sockets=[listening])
    finally:
        ended.set()
        scheduler.join()
        listening.close()


def told(listening: socket.socket, personas: Personas | None) -> None:
    """Where the hub is reached, and what is lacking for anybody to be let in."""
    host, port, *_ = listening.getsockname()
    say(f"Serving on http://{f'[{host}]' if ':' in host else host}:{port}; end it with Ctrl-C.", style="bold")
    if personas is None:
        say(
            "Nobody can sign in: this version knows its callers by personas alone. To try it on this machine, start "
            "it with --personas."
        )
    else:
        say("Whom you may play: `samrad personas`")


def bound(host: str, port: int) -> socket.socket:
    """The place to listen on, taken before anything starts, so that one that is taken already is said in a line."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise SamradError(f"cannot listen on {host}, port {port}: {error.strerror}") from None
    except UnicodeError:  # what the name of a machine cannot be
        raise SamradError(f"cannot listen on {host}, port {port}: no machine has such a name") from None
