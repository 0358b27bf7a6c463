"""`samrad project`: from Kafka into the views, opening records and coordination and nothing else."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Final

from adapters.kafka.carriage import Carriage
from adapters.kafka.connection import Broker
from adapters.kafka.frames import Frames
from adapters.kafka.log import KafkaLog
from adapters.kafka.topics import Use, check
from adapters.postgresql.connect import connect
from adapters.postgresql.lease import Lease
from adapters.postgresql.read_only_log import OpenedLog
from adapters.postgresql.reading import PostgresReading
from adapters.postgresql.rights import let_serve_read
from adapters.postgresql.vault import PostgresKeys
from adapters.telemetry import UNWATCHED, followed
from adapters.vault.master_keys import DrawerKeys
from domain.errors import SamradError
from domain.ports import Watch
from hub_api.runtime.servers.addresses import broker, carriage, database, topic
from hub_api.runtime.servers.addresses import views as views_at
from hub_api.runtime.servers.settings import Production
from hub_api.runtime.servers.startup_wait import begun
from projections.catalogue import ACTS, LOOKS
from projections.halts import tell
from projections.rebuild import Rebuild, refuse_shortened, renewed
from projections.reports import report
from projections.runner import Runner
from projections.set_aside import SetAside, set_aside
from projections.store import Views, ViewSet
from projections.worker import SetShare, Worker

BY: Final = "`samrad project`"
REBUILDS: Final = "`samrad rebuild`"
SETS: Final = {each.name: each for each in (ACTS, LOOKS)}


def lease_of(view_set: ViewSet) -> str:
    """The name of the lease under which a set of views is kept."""
    return f"project {view_set.name}"


def project(settings: Production, names: Sequence[str], ended: threading.Event, watch: Watch = UNWATCHED) -> None:
    """Keep these sets of views up to date until told to stop: those of them whose leases nobody else has. What a thread
    has died of ends the process, so that whoever watches over it starts it again."""
    with ExitStack() as closing:
        worker = begun(partial(_worker, settings, names, watch), closing, ended)
        if worker is not None:
            worker.start(ended.set)
            ended.wait()
            worker.stop()
            if worker.died is not None:
                raise SamradError(f"{BY}: a thread died of {type(worker.died).__name__}") from worker.died


def _worker(settings: Production, names: Sequence[str], watch: Watch, closing: ExitStack) -> Worker:
    """Who keeps these sets, and in `closing` all that it needs; an error if anything is wrong."""
    from_kafka, store = broker(settings, BY), database(settings, "store", BY)
    for name in names:
        check(from_kafka, topic(settings, name), Use.READ)
    let_serve_read(database(settings, "views", BY))
    views = closing.enter_context(opened_views(settings))
    shares = []
    for name in names:
        view_set = SETS[name]
        opened = closing.enter_context(opened_log(settings, name))
        frames = ReadAhead(from_kafka, topic(settings, name), carriage(settings, name, BY), opened.expect)
        log = KafkaLog(frames, opened)
        closing.callback(log.close)
        shares.append(
            SetShare(
                name,
                Runner(
                    views,
                    view_set,
                    followed(watch, name, log),
                    opened.stream,
                    proven=opened.prove,
                    tell=partial(watch.set_aside, name),
                ),
                log,
                Lease(store, lease_of(view_set)),
                partial(renewed, views, view_set, opened, opened.stream, proven=opened.prove),
                partial(tell, views, view_set),
                partial(report, views, view_set),
                partial(watch.waits, "view", name, 0),
            )
        )
    return Worker(shares)


def rebuild_all(
    settings: Production, progress: Callable[[str, int, int], None], *, accept_loss: bool = False
) -> tuple[dict[str, int], dict[str, tuple[SetAside, ...]]]:
    """Make all views anew from the store, beside the living ones, and put them in their place; of how many records, and
    without which."""
    made: dict[str, int] = {}
    with opened_views(settings, REBUILDS) as views:
        for name, view_set in SETS.items():
            if not accept_loss:
                with opened_log(settings, name, REBUILDS) as log:
                    refuse_shortened(views, view_set, log.last())
        for name, view_set in SETS.items():
            with opened_log(settings, name, REBUILDS) as log:
                building = Rebuild(views, view_set, log, partial(progress, name), log.stream, log.prove)
                rebuilt = building.beside()
                building.swap(rebuilt)
                made[name] = rebuilt.position
        return made, set_aside(views, (ACTS, LOOKS))


@contextmanager
def opened_log(settings: Production, name: str, by: str = BY) -> Iterator[OpenedLog]:
    """A log as a projection may read it from the store."""
    with ExitStack() as closing:
        keys = PostgresKeys(
            partial(connect, database(settings, "vault", by), "samrad vault"),
            DrawerKeys.load(settings.needed("projection_keys", by)),
        )
        closing.callback(keys.close)
        rows = PostgresReading(database(settings, "store", by), name)
        closing.callback(rows.close)
        yield OpenedLog(rows, keys)


@contextmanager
def opened_views(settings: Production, by: str = BY) -> Iterator[Views]:
    """The views, to be written."""
    views = Views(views_at(settings, by))
    try:
        yield views
    finally:
        views.close()


class ReadAhead(Frames):
    """The frames of a topic; before a batch is opened, whoever opens it is told which are coming."""

    def __init__(
        self, from_kafka: Broker, topic: str, carriage: Carriage, expect: Callable[[Iterable[bytes]], None]
    ) -> None:
        super().__init__(from_kafka, topic, carriage)
        self._expect = expect

    def read(self, after: int, limit: int) -> Sequence[bytes]:
        """The frames after a position, as far as they were committed before this call; none if none waits."""
        frames = super().read(after, limit)
        if frames:
            self._expect(frames)
        return frames
