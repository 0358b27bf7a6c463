"""From a command to the views, through PostgreSQL, the relay, Kafka and the projections, each a process of its own.

Everything is idle before each command: nothing has to queue, and nothing is gathered. The time is the whole way, from
the command to where a list that holds it would be read. The servers have been at work for a while before: a broker that
was started just now runs every part of itself for the first time.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

from benchmarks import stage
from benchmarks.measure import Line
from domain.case.commands import Open
from domain.errors import SamradError
from hub_api.commands.handler import Circumstances
from hub_api.runtime.hub import Hub
from hub_api.runtime.servers.opening import Opening, my_turn
from hub_api.runtime.servers.settings import Production
from hub_api.runtime.servers.startup_wait import settle
from hub_cluster.running import Cluster
from hub_demo import county

BY = "the benchmark"
FIRST = 30
AT_WORK = 2_000
EACH = 4
"""Commands before, and how many of them are let come to the views together."""
REST = (0.05, 0.4)
"""Seconds of rest before a command, at random: no wait has a rhythm that a command could fall in with."""


def arriving(count: int, first: int = FIRST, before: int = AT_WORK) -> list[Line]:
    """One command after the other; the first ones are not counted."""
    chance = random.Random(1)  # noqa: S311 - no secret
    taken: list[float] = []
    with _served() as hub:
        for _ in range(0, before, EACH):
            _come(hub, EACH)
        settle()  # as the serving process does when it begins
        for _ in range(first + count):
            sleep(chance.uniform(*REST))
            began = perf_counter()
            _come(hub)
            taken.append(perf_counter() - began)
    after = [seconds * 1000 for seconds in taken[first:]]
    p99 = quantiles(after, n=100)[98]
    return [
        Line(
            what="a command in the views through Kafka, idle, p99",
            figure=f"{p99:.1f} ms (median {median(after):.1f})",
            floor="",
            value=p99,
            target=25,
            unit=" ms",
            least=False,
        )
    ]


def _come(hub: Hub, commands: int = 1) -> None:
    """So many commands, one after the other, and all of them in the views."""
    for _ in range(commands):
        hub.commander.handle_now(stage.COORDINATOR, Open(coordinator=stage.COORDINATOR.unit), None, Circumstances())
    if not hub.follower.catch_up():
        raise SamradError("the views did not come to hold the command")


@contextmanager
def _served() -> Iterator[Hub]:
    """The hub as it serves, in this process; relay and projections beside it, with the servers."""
    with TemporaryDirectory(prefix="samrad-bench-") as folder, Cluster(Path(folder) / "cluster") as cluster:
        settings = Production.of({**cluster.environment("serve"), "SAMRAD_FRESH_WITHIN": "30"})
        cluster.start_hub("relay", "project")
        with my_turn(settings, BY) as lease:
            hub = Opening(settings=settings, by=BY, lease=lease).hub()
            try:
                hub.commander.handle_now(stage.ADMINISTRATOR, county.agreement(), None, Circumstances())
                yield hub
            finally:
                hub.close()
