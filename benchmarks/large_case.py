"""What a command costs in a large case, beside what people would take instead, and what a second look at one costs.

Both take the same bodies at the same address from 32 callers in this process, each on a case of its own. Of the history
in which every fifth act changes how somebody stands, every fifth command does, too.
"""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import thread_time

from benchmarks import peer, stage
from benchmarks.measure import Line, at_most, by_turns, compared, expect
from benchmarks.requests import CALLERS, App, Sent, all_send, json
from domain.vocabulary import Kind, Purpose, Ref, Role
from hub_api.http.app import create_app
from hub_api.http.time_grid import TimeGrid
from hub_api.identity.personas import Personas
from hub_api.runtime.hub import Hub
from hub_demo import county

SIZES = (20, 100, 500, 2_000)
RATIOS = {20: 1.2, 2_000: 2.0}
"""What is to be reached beside the peer, by the acts of the case; between the two nothing is asked."""
KEYS = count()
"""Idempotency keys, none of them sent twice."""
GROWTH = 1.5
"""How much longer a command may take on the largest case than on the smallest."""


def commands(rounds: int, each: int, sizes: tuple[int, ...] = SIZES, callers: int = CALLERS) -> list[Line]:
    """Each caller records `each` informations in a case of its own, by the acts that it holds already."""
    with stage.opened_hub() as hub, TemporaryDirectory(prefix="samrad-peer-") as folder:
        library = peer.application(Path(folder))
        ours = create_app(hub, Personas(county.PERSONAS), grid=TimeGrid(0))
        lines, seconds = [], {}
        for acts in sizes:
            sent = _of_ours(hub, stage.cases(hub, callers, acts))
            known = peer.cases(library, callers, acts, "0" * 52, stage.TEXT)
            beside = [(f"/v1/cases/{case}/record_information", _body("0" * 52)) for case in known]
            taken = _by_turns(hub, rounds, each, (ours, sent), (peer.serving(library), beside))
            seconds[acts] = taken[0] / (callers * each)
            what = f"command on a case of {acts:,} acts, {callers} callers; floor: the library's cached aggregates"
            lines.append(compared(what, callers * each, "req", taken, RATIOS.get(acts, 0.0)))
        library.close()
        lines.append(_growth(seconds[sizes[0]], seconds[sizes[-1]], sizes))
        lines.append(_changing(hub, ours, rounds, each, sizes[-2], callers))
        return lines


def second_look(rounds: int, acts: int = 500) -> Line:
    """Processor time of the thread that answers a look, its parts opened and the look on the trail; seen before."""
    with stage.opened_hub() as hub:
        ((stream, _),) = stage.cases(hub, 1, acts)
        taken = []
        for _ in range(rounds + 1):
            began = thread_time()
            seen = hub.gateway.look_now(stage.HANDLER, Kind.CASE, stream, what="case")
            taken.append(thread_time() - began)
            expect(len(seen.facts), acts - 2)
    return at_most(f"second look at a case of {acts} acts, processor time", median(taken[1:]), 3)


def _of_ours(hub: Hub, made: list[tuple[Ref, Ref]]) -> list[Sent]:
    aliases = hub.aliases.of(stage.HANDLER.unit)
    return [(f"/v1/cases/{aliases.out(case)}/record_information", _body(aliases.out(person))) for case, person in made]


def _body(person: str) -> bytes:
    return json(person=person, social=stage.TEXT)


def _by_turns(
    hub: Hub, rounds: int, each: int, ours: tuple[App, list[Sent]], theirs: tuple[App, list[Sent]]
) -> tuple[float, ...]:
    def sending(app: App, sent: list[Sent]) -> Callable[[int], float]:
        def send(_: int) -> float:
            taken = all_send(app, sent, each, "socialsekreterare-sara-exempel", KEYS)
            hub.follower.catch_up()
            return taken

        send(0)  # whatever is kept is kept from now on, on either side
        return send

    return by_turns(rounds, sending(*ours), sending(*theirs))


def _growth(smallest: float, largest: float, sizes: tuple[int, ...]) -> Line:
    return Line(
        what=f"the same, a case of {sizes[-1]:,} acts beside one of {sizes[0]:,}",
        figure=f"{largest * 1e3:.2f} ms",
        floor=f"{smallest * 1e3:.2f} ms",
        value=largest / smallest,
        target=GROWTH,
        unit=" times",
        least=False,
    )


def _changing(hub: Hub, ours: App, rounds: int, each: int, acts: int, callers: int) -> Line:
    """Every fifth act lets a unit in, and so does every fifth command."""
    aliases = hub.aliases.of(stage.COORDINATOR.unit)
    places = [
        (f"/v1/cases/{aliases.out(case)}", aliases.out(person))
        for case, person in stage.cases(hub, callers, acts, changing=5)
    ]
    ordinary = [(f"{place}/record_information", _body(person)) for place, person in places]
    unit, purpose = county.POLICE_INVESTIGATION, Purpose.INVESTIGATION
    changing = [
        (f"{place}/assign", json(person=person, unit=unit, role=Role.HANDLER, purpose=purpose))
        for place, person in places
    ]

    def send(_: int) -> float:
        sent = [changing if nth % 5 == 4 else ordinary for nth in range(each)]
        taken = sum(all_send(ours, one, 1, "samordnare-anna-exempel", KEYS) for one in sent)
        hub.follower.catch_up()
        return taken

    send(0)
    (taken,) = by_turns(rounds, send)
    return at_most(f"command on a case of {acts:,} acts, every fifth changing who may know", taken / callers / each, 5)
