"""`samrad verify` on servers: store and topics hold the same records, byte by byte."""

from collections.abc import Callable
from contextlib import closing
from typing import Final

from adapters.kafka.comparison import agree
from adapters.kafka.frames import Frames
from adapters.kafka.topics import Use, check
from adapters.postgresql.reading import PostgresReading
from adapters.store.differences import Tell
from hub_api.runtime.open_parts import LOGS
from hub_api.runtime.servers.addresses import broker, carriage, database, topic
from hub_api.runtime.servers.settings import Production

BY: Final = "`samrad verify`"


def agree_all(
    settings: Production, progress: Callable[[str, int, int], None], tell: Tell | None = None
) -> dict[str, int]:
    """Compare both. `tell` is told each difference; without it the first one is an error. For each log, how many wait
    to be carried."""
    from_kafka, store = broker(settings, BY), database(settings, "store", BY)
    waiting = {}
    for log in LOGS:
        check(from_kafka, topic(settings, log), Use.READ)
        with (
            closing(PostgresReading(store, log)) as rows,
            closing(Frames(from_kafka, topic(settings, log), carriage(settings, log, BY))) as frames,
        ):
            for agreed in agree(rows, frames, tell):
                progress(f"topic of {log}", agreed.position, agreed.last)
                waiting[log] = agreed.waiting
    return waiting
