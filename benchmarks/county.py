"""What a county asks of the hub: the coordinator's board, a long timeline in sentences, and a quarter as a whole."""

from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks import stage
from benchmarks.measure import Line, at_most, by_turns, expect
from domain.case.risk import CircumstancesChanged
from domain.ports import Append
from domain.vocabulary import Kind
from hub_api.http.api import bodies
from hub_api.runtime.hub import Hub
from hub_api.wording.language import Language
from hub_demo.quarter import BEGINS, play
from hub_demo.week import fresh

GROUP = 250


def board(rounds: int, count: int = 1000, acts: int = 10) -> list[Line]:
    """The first page of what waits in so many open cases, each of which waits for a new assessment of risk."""
    with stage.opened_hub() as hub:
        for start in range(0, count, GROUP):
            group: list[Append] = []
            for _ in range(min(GROUP, count - start)):
                case = stage.Case(hub)
                changed = CircumstancesChanged(person=case.person, asked=stage.HANDLER.unit)
                notes = (case.note() for _ in range(acts - 4))
                group += [*case.began(), *notes, case.next(stage.HANDLER, changed)]
            stage.append_all(hub, group)
        hub.follower.catch_up()

        def page(_: int) -> float:
            began = perf_counter()
            found = hub.gateway.board_now(stage.COORDINATOR)
            taken = perf_counter() - began
            expect(len(found.items), min(50, count))
            return taken

        def in_sentences(_: int) -> float:
            aliases = hub.aliases.of(stage.COORDINATOR.unit)
            began = perf_counter()
            aliases.encode(bodies.board(hub.gateway.board_now(stage.COORDINATOR), Language.SV))
            return perf_counter() - began

        looked, written = by_turns(rounds, page, in_sentences)
    return [
        at_most(f"board of {count:,} open cases of {acts} acts, first page", looked, 50),
        at_most("the same, written as it leaves the hub", written, 50),
    ]


def timeline(rounds: int, acts: int = 500) -> Line:
    """One case of so many acts, opened, each in a sentence, written as it leaves the hub."""
    with stage.opened_hub() as hub:
        ((stream, _),) = stage.cases(hub, 1, acts)
        aliases = hub.aliases.of(stage.HANDLER.unit)

        def told(_: int) -> float:
            began = perf_counter()
            seen = hub.gateway.look_now(stage.HANDLER, Kind.CASE, stream, what="case")
            aliases.encode(bodies.body(seen, stage.HANDLER, Language.SV))
            taken = perf_counter() - began
            expect(len(seen.facts), acts - 2)  # of the beginning, the assignment alone is the handler's to see
            return taken

        (taken,) = by_turns(rounds, told)
    return at_most(f"timeline of {acts} acts, opened and in sentences, written as it leaves the hub", taken, 50)


def quarter(rounds: int) -> Line:
    """A county's quarter through the application's own commands, from an empty folder."""
    with TemporaryDirectory(prefix="samrad-bench-") as folder:

        def played(number: int) -> float:
            hub = Hub.open(fresh(Path(folder) / str(number), BEGINS))
            try:
                began = perf_counter()
                play(hub)
                return perf_counter() - began
            finally:
                hub.close()

        (taken,) = by_turns(rounds, played)
    return Line(
        what="a county's quarter", figure=f"{taken:.1f} s", floor="", value=taken, target=15, unit=" s", least=False
    )
