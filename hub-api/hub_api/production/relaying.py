"""`samrad relay`: from the store to Kafka, each record once and in order; it holds no key and opens nothing."""

import threading
from contextlib import ExitStack
from typing import Final

from adapters.kafka.relay import Relay
from adapters.kafka.topics import Use, check
from adapters.postgresql.lease import Lease
from adapters.postgresql.reading import PostgresReading
from adapters.telemetry import UNWATCHED
from domain.ports import Watch
from hub_api.parts import LOGS
from hub_api.production.places import broker, database, topic
from hub_api.production.settings import Production

BY: Final = "`samrad relay`"


def lease_of(log: str) -> str:
    """The name of the lease under which a log is carried."""
    return f"relay {log}"


class TakenWhenFree:
    """A lease as the relay asks for it: if it is free, it is taken."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease

    def held(self) -> bool:
        return self._lease.take()


def relay(settings: Production, ended: threading.Event, watch: Watch = UNWATCHED) -> None:
    """Carry both logs until told to stop; what a person has to look at ends both, and is raised."""
    to_kafka, store = broker(settings, BY), database(settings, "store", BY)
    for log in LOGS:
        check(to_kafka, topic(settings, log), Use.WRITE)
    failed: list[Exception] = []
    with ExitStack() as closing:
        relays: list[Relay] = []
        for log in LOGS:
            rows = PostgresReading(store, log)
            closing.callback(rows.close)
            lease = closing.enter_context(Lease(store, lease_of(log)))
            relays.append(Relay(to_kafka, topic(settings, log), rows, TakenWhenFree(lease), name=log, watch=watch))

        def carry(each: Relay) -> None:
            try:
                each.run()
            except Exception as error:  # noqa: BLE001 - it is raised below, where the process ends
                failed.append(error)
                ended.set()

        threads = [threading.Thread(target=carry, args=(each,), name="relay") for each in relays]
        for thread in threads:
            thread.start()
        ended.wait()
        for each in relays:
            each.stop()
        for thread in threads:
            thread.join()
    if failed:
        raise failed[0]
