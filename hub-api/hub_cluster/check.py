"""`samrad cluster --check`: the demo's quarter through PostgreSQL and Kafka, held to what it has to be.

The same quarter is played in a folder, from the same seed: every row of every view has to be the same. Then a client
that is none of ours reads the topics, the store is thrown away, and Kafka alone gives it back.
"""

import json
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from adapters.system import SystemEntropy
from adapters.vault.master_keys import MasterKeys
from domain.errors import SamradError
from domain.grounds import GROUNDS
from domain.registry import EVENTS
from domain.vocabulary import Compartment, Purpose, Role
from hub_api.runtime.hub import Hub
from hub_api.runtime.servers.opening import MASTER, Opening, my_turn
from hub_api.runtime.servers.settings import Production
from hub_api.runtime.settings import Settings
from hub_cluster.independent import BROKERS_OWN, Independent
from hub_cluster.kafka import TOPICS
from hub_cluster.kafka_access import KafkaAccess
from hub_cluster.ports import LOOPBACK
from hub_cluster.running import Cluster
from hub_demo.check import NAMES
from hub_demo.county import MUNICIPALITIES, parties
from hub_demo.quarter import BEGINS, Quarter, play, stories
from hub_demo.quarter_check import ends_as_it_should
from hub_demo.quarter_tale import PEOPLE
from hub_demo.story import moment
from hub_demo.week import SEED
from projections.catalogue import ACTS, LOOKS
from projections.rebuild import compare

Told = Iterator[tuple[str, bool]]
Progress = Callable[[str, int, int], None]
BY: Final = "`samrad cluster --check`"
PATIENT: Final = 30.0
"""Seconds that the play waits for the views: it goes on only with what it has done before."""
SHORTEST: Final = 5
"""Letters: what is shorter is found by chance in whatever is random."""


def check(cluster: Cluster, folder: Path, progress: Progress) -> Told:
    """Sentence by sentence, and whether each is true."""
    cluster.start_hub("relay", "project")
    with played_on_servers(cluster, progress) as quarter:
        with played_in_a_folder(folder, progress) as embedded:
            yield from same_rows(quarter.hub, embedded.hub)
        yield from ends_as_it_should(quarter)
        texts = quarter.texts
        ends = dict(zip(TOPICS, (quarter.hub.log.last(), quarter.hub.looks_log.last()), strict=True))
    yield from read_by_another(cluster.kafka, texts, ends)
    yield from served(cluster)
    yield from given_back(cluster)


@contextmanager
def played_on_servers(cluster: Cluster, progress: Progress) -> Iterator[Quarter]:
    """The quarter, told to a hub on the servers, while relay and projections run beside it."""
    settings = Production.of({**cluster.environment("serve"), "SAMRAD_FRESH_WITHIN": str(PATIENT)})
    with my_turn(settings, BY) as lease:
        hub = Opening(settings=settings, by=BY, lease=lease, seed=SEED, start=moment(BEGINS)).hub()
        try:
            yield played(hub, "the quarter, on the servers", progress)
        finally:
            hub.close()


@contextmanager
def played_in_a_folder(folder: Path, progress: Progress) -> Iterator[Quarter]:
    """The same quarter in one process. Its master key is made beforehand, as on the servers: chance goes alike then."""
    settings = Settings(data=folder / "data", keys=folder / "keys", seed=SEED, start=moment(BEGINS))
    MasterKeys.create(settings.keys / MASTER, settings.data, SystemEntropy())
    hub = Hub.open(settings)
    try:
        yield played(hub, "the quarter, in a folder", progress)
    finally:
        hub.close()


def played(hub: Hub, title: str, progress: Progress) -> Quarter:
    begun = 0

    def advance(by: int) -> None:
        nonlocal begun
        begun += by
        progress(title, begun, stories())

    return play(hub, advance)


def same_rows(on_servers: Hub, embedded: Hub) -> Told:
    """Every row of every view, in the order of its keys."""
    for hub in (on_servers, embedded):
        if not hub.follower.catch_up():
            raise SamradError(f"the views did not catch up within {PATIENT:.0f} seconds: is `samrad project` well?")
    for view_set in (ACTS, LOOKS):
        with on_servers.views.living(view_set) as there, embedded.views.living(view_set) as here:
            difference = compare(view_set, there, here)
            where = "" if difference is None else f", but for {difference.view}: {difference.living} is no row there"
            yield (
                f"{len(view_set.views)} views of {view_set.name} hold the rows that the embedded hub gives{where}",
                difference is None and there.position == here.position,
            )


def read_by_another(kafka: KafkaAccess, texts: Iterable[str], ends: Mapping[str, int]) -> Told:
    """A client that shares no line with ours reads every topic that there is, and those of the logs to their `ends`."""
    sought = {*texts, *NAMES, *PEOPLE, *agencies_and_places(), *codes()}
    words = [text.encode() for text in sorted(sought) if len(text) >= SHORTEST]
    with closing(Independent(kafka)) as independent:
        listed = independent.topics()
        names = {each.name for each in listed}
        yield (
            f"the broker lists {', '.join(sorted(names - BROKERS_OWN))}, and of its own "
            f"{', '.join(sorted(names & BROKERS_OWN)) or 'none'}",
            names >= set(ends),
        )
        for topic in listed:
            if topic.name not in BROKERS_OWN:
                found = independent.everything(topic, ends.get(topic.name, 0))
                yield (
                    f"an independent client reads {found.count} records of {topic.name}",
                    found.count == ends.get(topic.name, found.count),
                )
                readable = [word.decode() for word in words if word in found.told]
                yield (
                    f"and none of {len(words)} names, notes, places, agencies, people and codes"
                    + "".join(f", but {word}" for word in readable),
                    not readable,
                )


def agencies_and_places() -> set[str]:
    """Everybody who is party, and the county's municipalities."""
    units = {unit for party in parties() for unit in party.units}
    return {
        *(name for who in PEOPLE.values() for name in (who.agency, who.unit)),
        *(name for party in parties() for name in (party.id, party.name)),
        *(name for unit in units for name in (unit.id, unit.name)),
        *MUNICIPALITIES.values(),
    }


def codes() -> set[str]:
    """What kind of act it was, on which ground, and of what it speaks."""
    return {*EVENTS, *(ground.id for ground in GROUNDS), *Compartment, *Purpose, *Role}


def served(cluster: Cluster) -> Told:
    """The hub's own processes, over HTTP."""
    cluster.start_hub("serve")
    told = json.loads(_asked(cluster, "/health/ready"))
    yield "the serving process took the turn and says that it is ready", told["status"] in ("ready", "behind")
    status = json.loads(cluster.run("status", "--json"))
    yield "`samrad status` finds nothing wrong" + "".join(f"; {each}" for each in status["wrong"]), not status["wrong"]
    yield from _verified(cluster)


def given_back(cluster: Cluster) -> Told:
    """The event store is dropped, and restored from Kafka alone."""
    before = cluster.postgres.ask("SELECT position, chain FROM acts.log_end", "store")
    cluster.processes.stop()
    cluster.postgres.drop("store")
    cluster.prepare()
    yield "the event store is empty", cluster.postgres.ask("SELECT position FROM acts.log_end", "store") == "0"
    cluster.run("restore")
    after = cluster.postgres.ask("SELECT position, chain FROM acts.log_end", "store")
    yield "Kafka alone gives it back, to the last position and the same chain of hashes", before == after
    cluster.start_hub()
    yield from _verified(cluster)


def _verified(cluster: Cluster) -> Told:
    found = json.loads(cluster.run("verify", "--json"))
    waiting = sum(found["waiting"].values())
    yield (
        f"`samrad verify`: {found['records']} records, {found['looks']} looks and {found['views']} views agree in "
        f"store, log and views; {waiting} records wait to be carried",
        waiting == 0,
    )


def _asked(cluster: Cluster, path: str) -> bytes:
    with urllib.request.urlopen(f"http://{LOOPBACK}:{cluster.port}{path}", timeout=PATIENT) as answer:
        found: bytes = answer.read()
        return found
