"""`samrad project`: from Kafka into the views, opening records and coordination and nothing else."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial

from adapters.kafka.connection import Broker
from adapters.kafka.frames import Frames
from adapters.kafka.log import KafkaLog
from adapters.kafka.topics import Use, check
from adapters.master import DrawerKeys
from adapters.postgresql.connect import connect
from adapters.postgresql.lease import Lease
from adapters.postgresql.opened import OpenedLog
from adapters.postgresql.reading import PostgresReading
from adapters.postgresql.rights import let_serve_read
from adapters.postgresql.vault import PostgresKeys
from adapters.telemetry import UNWATCHED, followed
from domain.ports import Watch
from hub_api.production.places import broker, database, topic
from hub_api.production.places import views as views_at
from hub_api.production.settings import Production
from hub_api.production.work import LOOK, Step, Work, all_of
from projections.runner import Runner
from projections.sets import ACTS, LOOKS
from projections.store import Views, ViewSet

BY = "`samrad project`"
SETS = {each.name: each for each in (ACTS, LOOKS)}


def lease_of(view_set: ViewSet) -> str:
    """The name of the lease under which a set of views is kept."""
    return f"project {view_set.name}"


def project(settings: Production, names: Sequence[str], ended: threading.Event, watch: Watch = UNWATCHED) -> None:
    """Keep these sets of views up to date until told to stop."""
    from_kafka = broker(settings, BY)
    store = database(settings, "store", BY)
    for name in names:
        check(from_kafka, topic(settings, name), Use.READ)
    let_serve_read(database(settings, "views", BY))
    all_of(
        [
            Work(
                f"project {name}",
                Lease(store, lease_of(SETS[name])),
                partial(_opened, settings, SETS[name], from_kafka, watch),
                ended,
            )
            for name in names
        ],
        ended,
    )


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


@contextmanager
def _opened(settings: Production, view_set: ViewSet, from_kafka: Broker, watch: Watch) -> Iterator[Step]:
    """All that one set of views needs, and what takes one batch of it."""
    with opened_views(settings) as views, opened_log(settings, view_set.name) as store:
        log = KafkaLog(ReadAhead(from_kafka, topic(settings, view_set.name), store.expect), store)
        try:
            runner = Runner(views, view_set, followed(watch, view_set.name, log), store.stream)

            def step() -> int:
                taken = runner.step()
                if not taken:
                    log.wait(runner.position(), LOOK)
                return taken

            yield step
        finally:
            log.close()


class ReadAhead(Frames):
    """The frames of a topic; before a batch is opened, whoever opens it is told which are coming."""

    def __init__(self, from_kafka: Broker, topic: str, expect: Callable[[Iterable[bytes]], None]) -> None:
        super().__init__(from_kafka, topic)
        self._expect = expect

    def read(self, after: int, limit: int) -> Sequence[bytes]:
        """The frames after a position, as far as they were committed before this call; none if none waits."""
        frames = super().read(after, limit)
        if frames:
            self._expect(frames)
        return frames
