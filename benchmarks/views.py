"""The views in PostgreSQL: caught up from far behind, made again beside the living ones, and in how much memory."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import sqlalchemy as sa

from benchmarks import stage
from benchmarks.measure import Line, by_turns, compared
from benchmarks.writing import EXAMPLES, _load
from domain.act import Act, Fact
from domain.consultation.events import AdviceGiven, Requested
from domain.event import Event
from domain.vocabulary import About, CallerCategory, InformedOf, Kind, Ref, Role
from hub_cluster.postgres import Postgres
from projections import postgresql
from projections.catalogue import ACTS
from projections.prefetch import Ahead
from projections.rebuild import Rebuild
from projections.runner import Runner
from projections.store import Views, ViewSet
from projections.view import Row

FEW, MANY = 100_000, 1_000_000


def views(rounds: int, files: Sequence[Path] = EXAMPLES, few: int = FEW, many: int = MANY) -> list[Line]:
    """On the support line's years, from the embedded log; the floor is the same rows by COPY, in one transaction."""
    with stage.opened_hub() as hub, _database() as url:
        _load(hub, list(files))
        count = hub.log.last()

        def stream(wanted: Ref) -> Sequence[Fact]:
            return hub.log.snapshot().stream(wanted)

        def catching_up(number: int) -> float:
            with closing(_empty(url, f"taken_{number}")) as made:
                ahead = Ahead(hub.log)
                runner = Runner(made, ACTS, ahead, stream)
                began = perf_counter()
                runner.catch_up()
                taken = perf_counter() - began
                ahead.end()
                return taken

        def rebuilding(number: int) -> float:
            with closing(_empty(url, f"rebuilt_{number}")) as made:
                again = Rebuild(made, ACTS, hub.log, stream=stream)
                began = perf_counter()
                again.swap(again.beside())
                return perf_counter() - began

        rows = _rows(hub.views)

        def copying(number: int) -> float:
            with closing(_empty(url, f"copied_{number}")) as made:
                ACTS.prepare(made)
                began = perf_counter()
                with made.writing() as connection:
                    for name, target in ACTS.tables(1).items():
                        if rows[name]:
                            postgresql.copy(connection, target, rows[name])
                return perf_counter() - began

        taken, rebuilt, floor = by_turns(rounds, catching_up, rebuilding, copying)
        peaks = [_peak_of(url, events) for events in (few, many)]
    return [
        compared("views in PostgreSQL, caught up from far behind", count, "acts", (taken, floor), target=0.6),
        compared("views in PostgreSQL, made again", count, "acts", (rebuilt, floor), target=0.6),
        Line(
            what=f"memory of a catch-up over {many:,} acts, of that over {few:,}",
            figure=f"{peaks[1]} MiB",
            floor=f"{peaks[0]} MiB",
            value=peaks[1] / peaks[0],
            target=1.2,
            unit=" times",
            least=False,
        ),
    ]


class Consultations:
    """A log of so many acts without end, made when it is read: consultations of two acts each."""

    def __init__(self, count: int) -> None:
        self._count = count

    def read(self, after: int, limit: int) -> Sequence[Fact]:
        return [self._fact(position) for position in range(after + 1, min(after + limit, self._count) + 1)]

    def last(self) -> int:
        return self._count

    def stream(self, stream: Ref) -> Sequence[Fact]:
        first = 2 * int(stream.hex, 16) + 1
        return [self._fact(position) for position in (first, first + 1)]

    def _fact(self, position: int) -> Fact:
        stream, version = divmod(position - 1, 2)
        by = stage.HANDLER if version == 0 else stage.ADVISER
        now = 1_790_000_000_000_000 + position
        return Fact(
            id=Ref(f"{position:032x}"),
            stream=Ref(f"{stream:032x}"),
            kind=Kind.CONSULTATION,
            version=version + 1,
            position=position,
            committed=now,
            act=Act(id=Ref(f"{position:032x}"), by=by, now=now, happened=now, known=now),
            event=_event(version),
        )


def _event(version: int) -> Event:
    if version:
        return AdviceGiven(to=stage.HANDLER.unit, adviser_role=Role.ADVISER)
    return Requested(
        asked_of=stage.ADVISER.unit,
        reference="AAAA-BBBB",
        caller=CallerCategory.SOCIAL_SERVICES,
        about=About.ONE,
        persons=1,
        told=InformedOf.NO_CONTACT,
    )


def take(url: str, count: int) -> None:
    """Take so many acts and print the most memory that it needed, in MiB."""
    with closing(_empty(sa.make_url(url), f"memory_{count}")) as made:
        log = Consultations(count)
        ahead = Ahead(log)
        Runner(made, ACTS, ahead, log.stream).catch_up()
        ahead.end()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)  # noqa: T201 - this is how it answers


def _peak_of(url: sa.URL, count: int) -> int:
    root = Path(__file__).parents[1]
    ran = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", "benchmarks.views", url.render_as_string(hide_password=False), str(count)],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(root), str(root / "hub-api")))},
    )
    return int(ran.stdout)


@contextmanager
def _database() -> Iterator[sa.URL]:
    """A server of its own, gone afterwards."""
    with TemporaryDirectory(prefix="samrad-bench-") as folder, Postgres.start(Path(folder) / "postgres") as server:
        yield sa.make_url(server.url_of(driver="postgresql+psycopg"))


def _empty(url: sa.URL, schema: str) -> Views:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.schema.DropSchema(schema, cascade=True, if_exists=True))
        connection.execute(sa.schema.CreateSchema(schema))
    engine.dispose()
    return Views(url.update_query_dict({"options": f"-csearch_path={schema}"}))


def _rows(made: Views, view_set: ViewSet = ACTS) -> dict[str, list[Row]]:
    with made.living(view_set) as living:
        return {
            name: [tuple(row) for row in living.connection.execute(target.select())]
            for name, target in living.tables.items()
        }


if __name__ == "__main__":
    take(sys.argv[1], int(sys.argv[2]))
