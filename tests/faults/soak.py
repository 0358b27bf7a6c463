"""A long run of bad days: people at work, two of each process, and every few seconds something is killed or held up.

`scripts/soak --minutes 10 --seed 7`. Afterwards every command that was answered is on the log once and is answered
again as it was, nothing else is there, and store, Kafka and views agree. The seed chooses the troubles and their
order; what they strike is up to the machine.
"""

import argparse
import json
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from hub_api.runtime.hub import Hub
from hub_api.runtime.servers.opening import Opening, my_turn
from hub_api.runtime.servers.settings import Production
from hub_cluster.ports import LOOPBACK, free_port
from hub_cluster.processes import Specification, answers, at_once
from hub_cluster.running import Cluster, command
from hub_demo.county import agreement
from tests.faults.people import Person
from tests.faults.troubles import Troubles
from tests.hub_api.servers.servers import until
from tests.hub_api.stand import NOW, ULLA

PEOPLE: Final = 4
PEACE: Final = 4.0
SETTLED: Final = 180.0
BY: Final = "`scripts/soak`"
RECORDS: Final = {
    "cases": "case.opened",
    "add_person": "case.person_added",
    "record_information": "case.information_recorded",
}
TOGETHER: Final = ("relay 1", "relay 2", "project 1", "project 2", "serve 1", "serve 2")


@contextmanager
def hub_of(cluster: Cluster) -> Iterator[Hub]:
    """The hub, opened here while nobody serves."""
    settings = Production.of(cluster.environment("serve"))
    with my_turn(settings, BY) as lease:
        hub = Opening(settings=settings, by=BY, lease=lease).hub()
        try:
            yield hub
        finally:
            hub.close()


def begin(cluster: Cluster, doors: Sequence[int]) -> None:
    """An agreement between the parties, then two of each process."""
    with hub_of(cluster) as hub:
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
    for name in TOGETHER:
        what, _, number = name.partition(" ")
        door = doors[int(number) - 1]
        serves = what == "serve"
        cluster.processes.start(
            Specification(
                name=name,
                command=command(what, *(["--personas", "--port", str(door)] if serves else [])),
                environment=cluster.environment(what),
                ready=answers(LOOPBACK, door, "/health/live") if serves else at_once,
            )
        )


@contextmanager
def at_work(doors: Sequence[int]) -> Iterator[list[Person]]:
    """People at work; when this is left, each has finished what was begun."""
    ended = threading.Event()
    people = [Person(number, doors, ended) for number in range(PEOPLE)]
    threads = [threading.Thread(target=person.work, daemon=True) for person in people]
    for thread in threads:
        thread.start()
    try:
        yield people
    finally:
        ended.set()
        for thread in threads:
            thread.join(SETTLED)


def carried(cluster: Cluster) -> bool:
    """Whether all is on Kafka and in the views, and nothing is wrong."""
    status: dict[str, Any] = json.loads(cluster.run("status", "--json"))
    return not status["wrong"] and all(log["waiting"] == log["lagging"] == 0 for log in status["logs"].values())


def stands(cluster: Cluster, people: Sequence[Person], doors: Sequence[int]) -> str:
    """What is found afterwards, or an error that says what is wrong."""
    wrong = [each for person in people for each in person.wrong]
    assert not wrong, wrong
    until(lambda: carried(cluster), SETTLED)
    before = json.loads(cluster.run("verify", "--json"))
    done = [each for person in people for each in person.done]
    anyone = Person(0, doors, threading.Event())
    for each in done:
        again = anyone.asks(each.path, each.key, each.body)
        assert again == each.answer, (each, again)
    until(lambda: carried(cluster), SETTLED)
    after = json.loads(cluster.run("verify", "--json"))
    assert after["records"] == before["records"], "a command that was given again was recorded again"
    cluster.processes.stop()
    with hub_of(cluster) as hub:
        told = Counter(fact.event.name for fact in hub.log.read(0, 10**9))
    assert {name: told[event] for name, event in RECORDS.items()} == Counter(
        each.path.rpartition("/")[2] for each in done
    )
    assert after["looks"] >= sum(person.looked for person in people), "a look was answered that is not on the log"
    return f"{len(done)} commands and {sum(person.looked for person in people)} looks, each there once; {after}"


def soak(minutes: float, seed: int) -> None:
    """Say what happens while it happens, and at the end what was found."""
    doors = (free_port(), free_port())
    with tempfile.TemporaryDirectory(prefix="samrad-soak-") as folder, Cluster(Path(folder) / "hub") as cluster:
        begin(cluster, doors)
        troubles = Troubles(cluster, TOGETHER, chance := random.Random(seed))
        began = time.monotonic()
        with at_work(doors) as people:
            while (since := time.monotonic() - began) < 60 * minutes:
                time.sleep(chance.uniform(0, PEACE))
                said(f"{since:6.0f} s  {sum(len(each.done) for each in people):6} answered  {troubles.next()}")
        for name, times in sorted(troubles.ended.items()):
            said(f"{name} ended by itself {times} times and was started again")
        said(stands(cluster, people, doors))


def said(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - this is how it answers


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    soak(given.minutes, given.seed)
