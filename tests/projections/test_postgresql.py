"""Views in PostgreSQL: the very rows of the embedded ones, for readers and workers who are many."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from domain.act import Fact
from domain.vocabulary import Kind, Role
from hub_api.runtime.hub import Hub
from hub_cluster.postgres_access import SUPERUSER, PostgresAccess
from hub_demo.week import example_files, fresh, play
from projections import postgresql
from projections.catalogue import ACTS, LOOKS
from projections.errors import ViewsUnusable
from projections.lists import Lists
from projections.rebuild import Rebuild, compare
from projections.runner import Runner
from projections.store import Views, ViewSet
from projections.view import Row
from tests.projections.history import SOCIAL, MemoryLog, caught_up, named, requested
from tests.projections.test_runner import assert_equal_to_rebuild, history

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """The demo's week, as the embedded hub has it."""
    hub = Hub.open(fresh(tmp_path_factory.mktemp("demo") / "data"))
    play(hub, example_files(EXAMPLES)[:1], lambda _: None)
    hub.follower.catch_up()
    yield hub
    hub.close()


@pytest.mark.parametrize("way", ["taken", "rebuilt"])
@pytest.mark.parametrize("view_set", [ACTS, LOOKS], ids=["acts", "looks"])
def test_the_demos_views_in_postgresql_equal_the_embedded_ones_row_by_row(
    week: Hub, on_postgresql: sa.URL, view_set: ViewSet, way: str
) -> None:
    log = week.log if view_set is ACTS else week.looks_log
    with closing(Views(on_postgresql)) as views:
        if way == "taken":
            Runner(views, view_set, log, lambda stream: log.snapshot().stream(stream), largest_batch=700).catch_up()
        else:
            rebuild = Rebuild(views, view_set, log)
            rebuild.swap(rebuild.beside())
        with week.views.living(view_set) as embedded, views.living(view_set) as here:
            assert embedded.position == here.position > 0
            assert compare(view_set, embedded, here) is None


def test_text_is_ordered_as_the_embedded_views_order_it(tmp_path: Path, on_postgresql: sa.URL) -> None:
    """By code points, whatever the server's locale: capitals first, å ä ö last, a hyphen is a character."""
    log = MemoryLog()
    for number, word in enumerate(("b", "B", "ä", "Å", "z", "a-b", "ab", "a b", "ö", "~", "𝔞", "ﬀ")):
        log.consult(f"consultation {number}", requested(county=word, source=word), SOCIAL)
    embedded, here = Views.at(tmp_path / "embedded.db"), Views(on_postgresql)
    with closing(embedded), closing(here):
        orders = []
        for views in (embedded, here):
            caught_up(views, log)
            with views.living(ACTS) as living:
                source = living.tables["requested"].c.source
                orders.append([row[0] for row in living.connection.execute(sa.select(source).order_by(source))])
        assert orders[0] == orders[1] == sorted(orders[0])


def test_a_database_of_another_encoding_is_refused(postgres: PostgresAccess) -> None:
    """It may order text otherwise than by code points, and hold other characters."""
    name = f"t_{uuid4().hex}"
    postgres.ask(f"CREATE DATABASE {name} ENCODING LATIN1 LOCALE 'C' TEMPLATE template0")
    try:
        with (
            closing(Views(postgres.url_of(SUPERUSER, name, "postgresql+psycopg"), reads_only=True)) as views,
            pytest.raises(ViewsUnusable, match="their database has the encoding LATIN1"),
            views.glancing(),
        ):
            pass
    finally:
        postgres.drop(name)


def test_many_rows_are_copied_and_deleted_at_once_as_few_are_one_by_one(
    on_postgresql: sa.URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = history(200)
    with closing(Views(on_postgresql)) as views:
        copied, real = list[int](), postgresql.copy

        def counting(connection: sa.Connection, target: sa.Table, rows: Sequence[Row]) -> None:
            copied.append(len(rows))
            real(connection, target, rows)

        monkeypatch.setattr(postgresql, "copy", counting)
        runner = Runner(views, ACTS, log, log.stream, largest_batch=150)
        assert runner.catch_up() == 200
        assert copied
        assert min(copied) >= postgresql.MANY
        runner.refold({fact.stream for fact in log.facts})
        assert_equal_to_rebuild(views, log)


def test_readers_read_on_while_a_rebuild_is_swapped_in_and_the_old_is_dropped(on_postgresql: sa.URL) -> None:
    log = history(120)
    with closing(Views(on_postgresql)) as views, closing(Views(on_postgresql, reads_only=True)) as readers:
        caught_up(views, log)
        lists = Lists(readers, ACTS)
        expected = lists.page(SOCIAL, Role.HANDLER, Kind.CASE)
        stopped, wrong = threading.Event(), list[object]()

        def reading() -> None:
            try:
                while not stopped.is_set():
                    found = lists.page(SOCIAL, Role.HANDLER, Kind.CASE)
                    if found != expected:
                        wrong.append(found)
            except Exception as error:  # noqa: BLE001 - told below, in the thread of the test
                wrong.append(error)

        threads = [threading.Thread(target=reading) for _ in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(6):
            rebuild = Rebuild(views, ACTS, log)
            rebuild.swap(rebuild.beside())
        stopped.set()
        for thread in threads:
            thread.join()
        assert expected
        assert wrong == []
        with views.reading() as connection:
            assert ACTS.standing(connection) == [7]


def test_who_is_about_to_read_and_who_drops_the_tables_do_not_wait_for_each_other(on_postgresql: sa.URL) -> None:
    """A reader locks table after table, and a look may come between any two of them."""
    log = history(40)
    with closing(Views(on_postgresql)) as views:
        caught_up(views, log)
        rebuild = Rebuild(views, ACTS, log)
        swapping = threading.Thread(target=rebuild.swap, args=(rebuild.beside(),))
        with views.reading() as connection:
            tables = ACTS.living(connection).tables
            for table in list(tables)[: len(tables) // 2]:
                assert postgresql.held(connection, {table: tables[table]})
            swapping.start()
            while not _waited_for(views):
                assert swapping.is_alive()
            assert postgresql.held(connection, tables)
        swapping.join()
        assert _living(views) == 2


def test_whoever_reads_keeps_the_tables_that_they_began_with(on_postgresql: sa.URL) -> None:
    log = history(40)
    with closing(Views(on_postgresql)) as views:
        caught_up(views, log)
        rebuild = Rebuild(views, ACTS, log)
        rebuilt = rebuild.beside()
        swapping = threading.Thread(target=rebuild.swap, args=(rebuilt,))
        with views.living(ACTS) as living:
            swapping.start()
            while Runner(views, ACTS, log, log.stream).position() and _living(views) == 1:
                pass  # until the swap is committed
            rows = living.connection.execute(living.tables["act_trail"].select()).all()
            assert swapping.is_alive()
        swapping.join()
        assert len(rows) == 40
        assert _living(views) == 2


def test_two_workers_at_once_on_one_set_write_each_batch_once(on_postgresql: sa.URL) -> None:
    log = history(300)
    taken = list[int]()

    def work(size: int) -> None:
        with closing(Views(on_postgresql)) as views:
            taken.append(Runner(views, ACTS, log, log.stream, largest_batch=size).catch_up())

    threads = [threading.Thread(target=work, args=(size,)) for size in (7, 11, 13)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 300
    with closing(Views(on_postgresql)) as views:
        assert_equal_to_rebuild(views, log)


def test_whoever_only_reads_makes_no_table_and_is_told_what_is_missing(on_postgresql: sa.URL) -> None:
    with closing(Views(on_postgresql, reads_only=True)) as views:
        with pytest.raises(ViewsUnusable, match="views in PostgreSQL"):
            Lists(views, ACTS).page(SOCIAL, Role.HANDLER, Kind.CASE)
        with views.reading() as connection:
            assert sa.inspect(connection).get_table_names() == []


def test_a_reading_sees_one_moment_and_writes_nothing(on_postgresql: sa.URL) -> None:
    log = history(20)
    with closing(Views(on_postgresql)) as views:
        runner = caught_up(views, log)
        with views.living(ACTS) as living:
            before = living.connection.execute(living.tables["act_trail"].select()).all()
            log.consult("one more", requested(), SOCIAL)
            runner.catch_up()
            assert living.connection.execute(living.tables["act_trail"].select()).all() == before
        with pytest.raises(ViewsUnusable, match="read-only"), views.living(ACTS) as living:
            living.connection.execute(living.tables["act_trail"].delete())


def test_after_the_server_has_cut_every_connection_the_next_reading_has_another(on_postgresql: sa.URL) -> None:
    log = history(20)
    with closing(Views(on_postgresql)) as views, closing(Views(on_postgresql)) as other:
        runner = caught_up(views, log)
        with other.writing() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        log.consult("one more", requested(), SOCIAL)
        assert runner.catch_up() == 1
        newest, *_ = Lists(views, ACTS).page(SOCIAL, Role.HANDLER, Kind.CONSULTATION)
        assert newest.stream == named("one more")


def test_a_batch_whose_connection_is_cut_is_taken_again_whole(on_postgresql: sa.URL) -> None:
    log = history(40)

    class Cutting(MemoryLog):
        """What is asked for a stream again cuts the connection of whoever is writing."""

        cut = True

        def stream(self, stream: object) -> Sequence[Fact]:
            if self.cut:
                self.cut = False
                with closing(Views(on_postgresql)) as other, other.writing() as connection:
                    connection.exec_driver_sql(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' "
                        "AND datname = current_database() AND pid <> pg_backend_pid()"
                    )
            return [fact for fact in self.facts if fact.stream == stream]

    cutting = Cutting()
    cutting.facts = log.facts
    with closing(Views(on_postgresql)) as views:
        runner = Runner(views, ACTS, cutting, cutting.stream, largest_batch=7, kept_acts=0)
        with pytest.raises(ViewsUnusable):
            runner.catch_up()
        assert 0 < runner.position() < 40
        runner.catch_up()
        assert_equal_to_rebuild(views, log)


def _living(views: Views) -> int:
    with views.reading() as connection:
        return ACTS.living(connection).generation


def _waited_for(views: Views) -> bool:
    """Whether somebody waits for a lock on a table."""
    asked = "SELECT 1 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE NOT l.granted"
    with views.glancing() as connection:
        return connection.exec_driver_sql(asked).first() is not None
