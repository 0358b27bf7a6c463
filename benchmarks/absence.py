"""Whether time tells what is hidden: as a probability of being slower, which a busy machine makes noisy and not wrong.

A member of staff who is blocked from a case asks for it, and for what does not exist, by turns and in an order drawn
anew; and for their list in two hubs, of which one hides ten cases from them. How often the hidden one takes longer
(Mann and Whitney's statistic) is one half where time tells nothing. Answers are timed in this process, from the call
of the application to the first byte, so that no socket softens them.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from statistics import median, quantiles
from time import perf_counter
from typing import Any, Final

from msgspec.structs import replace

from benchmarks import stage
from benchmarks.measure import Line, at_most
from domain.case.commands import BlockStaff
from domain.errors import NotThere
from domain.vocabulary import Kind, Ref
from hub_api.commands.handler import Circumstances
from hub_api.http.app import create_app
from hub_api.http.time_grid import STEP, TimeGrid
from hub_api.identity.personas import Personas
from hub_api.runtime.hub import Hub
from hub_demo import county

BLOCKED: Final = "socialsekreterare-slak-exempel"
ABSENT: Final = Ref("5" * 32)
AT_ONCE: Final = 32
"""Requests under way together: each waits for its grid, and one after the other they would take an hour."""
TOGETHER: Final = 10
"""Of how many answers a median is taken by who measures with patience."""
SHARE: Final = 0.03
"""How far from one half the probability may be."""

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]
Ask = Callable[[], Awaitable[float]]


def absence(each: int, acts: Sequence[int] = (300, 2_000)) -> list[Line]:
    """`each` requests for what is hidden and as many for what is not there, on cases of so many acts."""
    lines = []
    with stage.opened_hub() as hub:
        for many in acts:
            stream = hidden_case(hub, many)
            for warm in (True, False):
                ask = by_alias(hub, stream, warm=warm)
                said = f"a hidden case of {many:,} acts, {'read before' if warm else 'cold'}"
                lines += compared(said, *asyncio.run(by_turns(each, ask(stream), ask(ABSENT))))
        lines.append(longest(hub, stream, min(each, 1_000)))
    with stage.opened_hub() as hides, stage.opened_hub() as empty:
        for _ in range(10):
            hidden_case(hides, 25)
        hides.follower.catch_up()
        lists = [a_list(create_app(each_hub, Personas(county.PERSONAS))) for each_hub in (hides, empty)]
        lines += compared("a list without ten cases that are hidden", *asyncio.run(by_turns(each, *lists)))
    return lines


def hidden_case(hub: Hub, acts: int) -> Ref:
    """A case in which the unit takes part, and from which one of the unit is blocked."""
    ((stream, _),) = stage.cases(hub, 1, acts - 1)
    block = BlockStaff(staff=county.PERSONAS[BLOCKED].person)
    hub.commander.handle_now(stage.HANDLER, block, stream, Circumstances())
    return stream


def by_alias(hub: Hub, stream: Ref, *, warm: bool) -> Callable[[Ref], Ask]:
    """How a stream is asked for by its alias: after others of the unit have read the hidden one, or with no record of
    it kept open."""
    app = create_app(hub, Personas(county.PERSONAS), grid=TimeGrid(STEP))
    aliases = hub.aliases.of(county.PERSONAS[BLOCKED].unit)
    hub.gateway.look_now(stage.HANDLER, Kind.CASE, stream, what="case")

    def asking(what: Ref) -> Ask:
        path = f"/v1/cases/{aliases.out(what)}"

        async def ask() -> float:
            if not warm:
                hub.log.forget()
                hub.core.observing.forget()
            return await timed(app, path, 404)

        return ask

    return asking


def a_list(app: App) -> Ask:
    async def ask() -> float:
        return await timed(app, "/v1/cases", 200)

    return ask


def longest(hub: Hub, stream: Ref, each: int) -> Line:
    """What a step of the grid has to be above: a case is read and judged, by who is of its unit and signed in too
    weakly, so that what they have does not decide it."""
    weak = replace(stage.HANDLER, assurance=1)
    taken = []
    for _ in range(each):
        hub.log.forget()
        hub.core.observing.forget()
        began = perf_counter()
        with suppress(NotThere):
            hub.gateway.look_now(weak, Kind.CASE, stream, what="case")
        taken.append(perf_counter() - began)
    highest = quantiles(taken, n=1000)[998] if len(taken) > 1 else taken[0]
    return at_most("cold, read whole and not there: p99.9 against a step of the grid", highest, STEP * 1e3)


async def by_turns(each: int, hidden: Ask, absent: Ask) -> tuple[list[float], list[float]]:
    """So many of each, in an order drawn anew for each pair, some pairs under way together."""
    taken: tuple[list[float], list[float]] = ([], [])
    left = iter(range(each))
    chance = random.Random(1)  # noqa: S311 - an order of requests

    async def lane(number: int) -> None:
        await asyncio.sleep(number * STEP / AT_ONCE)
        for _ in left:
            order = [(taken[0], hidden), (taken[1], absent)]
            chance.shuffle(order)
            for into, ask in order:
                into.append(await ask())

    await asyncio.gather(*(lane(number) for number in range(AT_ONCE)))
    return taken


def compared(what: str, hidden: list[float], absent: list[float]) -> list[Line]:
    """How often the hidden one took longer, of single answers and of medians of ten."""
    figure = f"{median(hidden) * 1e3:.2f} ms, absent {median(absent) * 1e3:.2f}"
    medians = [[median(many[at : at + TOGETHER]) for at in range(0, len(many), TOGETHER)] for many in (hidden, absent)]
    return [_line(what, figure, hidden, absent), _line("the same, medians of ten", figure, *medians)]


def _line(what: str, figure: str, hidden: Sequence[float], absent: Sequence[float]) -> Line:
    slower = probability_of_being_slower(hidden, absent)
    return Line(
        what=what,
        figure=f"slower with {slower:.3f}; {figure}",
        floor="0.500",
        value=abs(slower - 0.5),
        target=SHARE,
        least=False,
    )


def probability_of_being_slower(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """That one of ours is greater than one of theirs, what is equal counted half (Mann and Whitney's U over pairs)."""
    ranked = sorted([*((value, True) for value in ours), *((value, False) for value in theirs)])
    ranks, at = 0.0, 0
    while at < len(ranked):
        end = at
        while end < len(ranked) and ranked[end][0] == ranked[at][0]:
            end += 1
        ranks += (at + 1 + end) / 2 * sum(mine for _, mine in ranked[at:end])
        at = end
    return (ranks - len(ours) * (len(ours) + 1) / 2) / (len(ours) * len(theirs))


async def timed(app: App, path: str, status: int) -> float:
    """Seconds until the first byte."""
    headers = [(b"host", b"127.0.0.1:8000"), (b"authorization", f"Persona {BLOCKED}".encode())]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 5000),
        "server": ("127.0.0.1", 8000),
    }
    came: list[tuple[float, int]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            came.append((perf_counter(), message["status"]))

    began = perf_counter()
    await app(scope, receive, send)
    ((at, answered),) = came
    if answered != status:
        raise RuntimeError(f"{path} answered {answered}")
    return at - began
