"""`samrad relay`: from the store to Kafka, each record once and in order; it holds the key of carriage and opens no
part of any record."""

import threading
from contextlib import ExitStack
from functools import partial
from typing import Final

from adapters.kafka.relay import Relay
from adapters.kafka.topics import Use, check
from adapters.postgresql.lease import Lease
from adapters.postgresql.reading import PostgresReading
from adapters.telemetry import UNWATCHED
from domain.ports import Watch
from hub_api.runtime.open_parts import LOGS
from hub_api.runtime.servers.addresses import broker, carriage, database, topic
from hub_api.runtime.servers.settings import Production
from hub_api.runtime.servers.startup_wait import begun

BY: Final = "`samrad relay`"


def lease_of(log: str) -> str:
    """The name of the lease under which a log is carried."""
    return f"relay {log}"


def relay(settings: Production, ended: threading.Event, watch: Watch = UNWATCHED) -> None:
    """Carry both logs until told to stop; what a person has to look at ends both, and is raised."""
    failed: list[Exception] = []
    with ExitStack() as closing:
        relays = begun(partial(_relays, settings, watch), closing, ended) or []

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


def _relays(settings: Production, watch: Watch, closing: ExitStack) -> list[Relay]:
    """A relay of each log, and in `closing` what they hold; an error if anything is wrong."""
    to_kafka, store = broker(settings, BY), database(settings, "store", BY)
    for log in LOGS:
        check(to_kafka, topic(settings, log), Use.WRITE)
    relays: list[Relay] = []
    for log in LOGS:
        rows = PostgresReading(store, log)
        closing.callback(rows.close)
        lease = closing.enter_context(Lease(store, lease_of(log)))
        sealing = carriage(settings, log, BY)
        relays.append(Relay(to_kafka, topic(settings, log), rows, lease, sealing, name=log, watch=watch))
    return relays
