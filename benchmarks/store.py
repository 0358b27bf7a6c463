"""The store on PostgreSQL beside the library's stock recorder: one caller, and thirty-two at once."""

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from adapters.postgresql.migrate import migrate
from adapters.postgresql.recorder import PostgresRecorder
from adapters.postgresql.roles import APPEND, OWNER
from adapters.store.application import CoordinationLog
from adapters.store.loop_groups import Turns
from adapters.store.record import TOPIC, Prepared, Row
from adapters.store.writer import Writer
from adapters.system import SystemClock, SystemEntropy
from adapters.vault.embedded import SqliteVault
from adapters.vault.master_keys import MasterKeys
from benchmarks.measure import Line, by_turns, compared
from domain.errors import SamradError
from domain.ports import Append, Recorded, Verdict
from domain.vocabulary import Ref
from hub_cluster.postgres import Postgres

CALLERS = 32
SIZE = 470
FIRST = 10
NOTHING = Append(())


def append(rounds: int, each: int) -> list[Line]:
    """Acts of 470 bytes, each durable before its caller goes on; `each` by every caller."""
    with _server() as (ours, stock):
        _ours(ours, FIRST, [])  # connections are made, and what is asked again and again is planned
        _stock(stock, CALLERS, FIRST)
        alone = by_turns(
            rounds, lambda _: _one_of_ours(ours, each * CALLERS), lambda _: _stock(stock, 1, each * CALLERS)
        )
        waits: list[float] = []
        many = by_turns(rounds, lambda _: _ours(ours, each, waits), lambda _: _stock(stock, CALLERS, each))
    p99 = quantiles(waits, n=100)[98] * 1000
    return [
        compared("PostgreSQL, one caller", each * CALLERS, "acts", alone, target=2.5),
        compared(f"PostgreSQL, {CALLERS} callers", each * CALLERS, "acts", many, target=25),
        Line(
            what=f"PostgreSQL, {CALLERS} callers, p99",
            figure=f"{p99:.2f} ms (median {median(waits) * 1000:.2f})",
            floor="",
            value=p99,
            target=2,
            unit=" ms",
            least=False,
        ),
    ]


class Sealed(CoordinationLog):
    """The log as it is, handed acts that are sealed already: sealing is no part of what is compared."""

    sealed: Iterator[Prepared] = iter(())

    def prepare(self, append: Append) -> Prepared:
        return next(self.sealed)


def _sealed() -> Prepared:
    stream = os.urandom(16)
    return Prepared((Row(Ref(stream.hex()), stream, 1, TOPIC, os.urandom(SIZE)),))


def _one_of_ours(log: CoordinationLog, count: int) -> float:
    acts = [_sealed() for _ in range(count)]
    began = perf_counter()
    for act in acts:
        log.append_prepared([act])
    return perf_counter() - began


def _ours(log: Sealed, each: int, waits: list[float]) -> float:
    log.sealed = iter([_sealed() for _ in range(each * CALLERS)])
    writer = Writer(log)
    turns = Turns(writer)

    async def caller() -> None:
        for _ in range(each):
            began = perf_counter()
            if not isinstance(await turns.append(NOTHING, _nobody), Recorded):
                raise SamradError("an act was not recorded")
            waits.append(perf_counter() - began)

    async def everyone() -> float:
        began = perf_counter()
        await asyncio.gather(*(caller() for _ in range(CALLERS)))
        return perf_counter() - began

    taken = asyncio.run(everyone())
    writer.stop()
    return taken


def _nobody(verdict: Verdict) -> None:
    """Nobody is told first."""


def _stock(recorder: PostgresApplicationRecorder, callers: int, each: int) -> float:
    events = [[StoredEvent(uuid4(), 1, TOPIC, os.urandom(SIZE)) for _ in range(each)] for _ in range(callers)]

    def caller(own: list[StoredEvent]) -> None:
        for event in own:
            recorder.insert_events([event])

    threads = [threading.Thread(target=caller, args=(own,)) for own in events]
    began = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return perf_counter() - began


@contextmanager
def _server() -> Iterator[tuple[Sealed, PostgresApplicationRecorder]]:
    with TemporaryDirectory(prefix="samrad-bench-") as folder, Postgres.start(Path(folder) / "server") as server:
        name = server.database("bench", OWNER)
        migrate(server.url_of(OWNER, name))
        entropy = SystemEntropy()
        data = Path(folder) / "data"
        data.mkdir()
        masters = MasterKeys.create(Path(folder) / "keys" / "master.json", data, entropy)
        vault = SqliteVault(data / "vault.db", masters, entropy)
        clock = SystemClock()
        rows = PostgresRecorder(server.url_of(APPEND, name), "acts", clock, alone=True)
        log = Sealed(rows, vault, clock, entropy)
        where = conninfo_to_dict(server.url_of(OWNER, name))
        with PostgresDatastore(
            dbname=str(where["dbname"]),
            host=str(where["host"]),
            port=str(where["port"]),
            user=str(where["user"]),
            password=str(where["password"]),
            pool_size=CALLERS,
            schema="samrad",
        ) as datastore:
            stock = PostgresApplicationRecorder(datastore, events_table_name="stock")
            stock.create_table()
            yield log, stock
        log.close()
        vault.close()
