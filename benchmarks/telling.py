"""What it costs to be watched: the same commands over HTTP, by a hub that sends to a collector and by one that looks
away. The collector is a process of its own that reads what comes and drops it.

`few` traces a second is how the hub is set; `every` request is what it would cost to trace them all.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count

from adapters.telemetry import UNWATCHED, Telemetry, opened
from benchmarks import stage
from benchmarks.measure import Line, by_turns, compared
from benchmarks.requests import CALLERS, all_send, json, question
from domain.ports import Watch
from hub_api.http.app import create_app
from hub_api.http.routes import ROUTES
from hub_api.http.time_grid import TimeGrid
from hub_api.identity.personas import Personas
from hub_demo import county

SENDS_EVERY = 1.0
"""Seconds, a tenth of what is usual, so that a short run holds some of it."""
_COLLECTOR = """
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()
    def log_message(self, *_): pass
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


def telling(rounds: int, each: int) -> list[Line]:
    """Each of the callers opens `each` consultations, with and without a watch."""
    lines = []
    for what, traces_a_second in (("few", Telemetry().traces_a_second), ("every", 1_000_000)):
        with ExitStack() as parts:
            endpoint = parts.enter_context(_collector())
            telemetry = Telemetry(endpoint=endpoint, traces_a_second=traces_a_second, seconds=SENDS_EVERY)
            way = parts.enter_context(opened(telemetry, "serve", [route.path for route in ROUTES]))
            watched = _sending(parts, way.watch, each)
            unwatched = _sending(parts, UNWATCHED, each)
            taken = by_turns(rounds, watched, unwatched)
        target = 0.95 if what == "few" else 0.0
        lines.append(compared(f"HTTP: watched, {what} traced, {CALLERS} callers", CALLERS * each, "req", taken, target))
    return lines


def _sending(parts: ExitStack, watch: Watch, each: int) -> Callable[[int], float]:
    hub = parts.enter_context(stage.opened_hub(watch))
    app = create_app(hub, Personas(county.PERSONAS), watch=watch, grid=TimeGrid(0))
    sent = [("/v1/consultations", json(**question()))] * CALLERS
    keys = count()

    def work(_: int) -> float:
        taken = all_send(app, sent, each, "kurator-kim-exempel", keys)
        hub.follower.catch_up()
        return taken

    return work


@contextmanager
def _collector() -> Iterator[str]:
    process = subprocess.Popen([sys.executable, "-c", _COLLECTOR], stdout=subprocess.PIPE, text=True)  # noqa: S603 - ourselves
    try:
        assert process.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.communicate()
