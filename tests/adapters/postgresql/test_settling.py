"""What a lost connection leaves in doubt is settled: nothing that was accepted is lost, and nothing stands twice."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from adapters.postgresql.migrate import migrate
from adapters.postgresql.migrations.sql import append_lock
from adapters.postgresql.recorder import PostgresRecorder
from adapters.postgresql.roles import APPEND, OWNER
from adapters.store.outcomes import Earlier, Placed, Taken
from adapters.store.record import PLACE_SIZE, TOPIC, Prepared, Row
from adapters.system import SystemClock
from domain.errors import NotRecorded
from hub_cluster.postgres import Postgres
from hub_cluster.postgres_access import SUPERUSER
from tests.adapters.stores import Store
from tests.adapters.support import ENTROPY


@pytest.fixture
def recorder(store: Store) -> Iterator[PostgresRecorder]:
    recorder = store.recorder(SystemClock(), alone=True)
    recorder.append([command()])
    yield recorder
    recorder.close()


def command(stream: bytes | None = None, version: int = 1, tag: bytes = b"", more: int = 0) -> Prepared:
    stream = stream or ENTROPY.bytes(16)
    return Prepared(
        tuple(Row(ENTROPY.ref(), stream, version + ahead, TOPIC, ENTROPY.bytes(200)) for ahead in range(more + 1)),
        tag,
    )


def bodies(recorder: PostgresRecorder) -> list[bytes]:
    rows = recorder.rows(0, 100_000)
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    return [row.frame[PLACE_SIZE:] for row in rows]


def kill(store: Store) -> None:
    with store.connect(SUPERUSER) as connection:
        for pid in store.sessions():
            connection.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


def lost_after(store: Store, recorder: PostgresRecorder, monkeypatch: pytest.MonkeyPatch, what: str) -> list[str]:
    """The server does what it is asked, and its session is killed before it has answered; once."""
    session, done = recorder._session, list[str]()
    ask = session.ask

    def losing(asking: Callable[..., Any]) -> Callable[..., Any]:
        def asked(question: str, *values: object) -> Any:
            answer = asking(question, *values)
            if what in question and not done:
                done.append(question)
                kill(store)
                return ask("SELECT 1")
            return answer

        return asked

    for way in ("ask", "call"):
        monkeypatch.setattr(session, way, losing(getattr(session, way)))
    return done


@contextmanager
def locked(store: Store) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """Somebody holds the append lock."""
    with store.connect() as connection, connection.transaction():
        connection.execute(f"SELECT pg_advisory_xact_lock({append_lock('acts')})".encode())
        yield connection


def until_it_waits(store: Store) -> int:
    """The server's process that waits for the append lock."""
    with store.connect(SUPERUSER) as connection:
        for _ in range(500):
            found = connection.execute(
                "SELECT l.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
                "WHERE l.locktype = 'advisory' AND NOT l.granted AND a.datname = %s",
                (store.database,),
            ).fetchall()
            if found:
                return int(str(found[0][0]))
            time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_a_session_that_was_killed_while_idle_is_replaced(store: Store, recorder: PostgresRecorder) -> None:
    kill(store)
    assert recorder.append([command()]) == [Placed((2,))]


def test_an_append_whose_session_is_killed_before_it_commits_is_recorded_once(
    store: Store, recorder: PostgresRecorder
) -> None:
    sent = command()
    with ThreadPoolExecutor(1) as pool:
        with locked(store):
            outcome = pool.submit(recorder.append, [sent])
            until_it_waits(store)
            kill(store)
        assert outcome.result(20) == [Placed((2,))]
    assert bodies(recorder)[1:] == [sent.rows[0].body]


def test_an_append_that_committed_and_was_not_answered_is_told_as_it_was(
    store: Store, recorder: PostgresRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, tag = ENTROPY.bytes(16), ENTROPY.bytes(32)
    recorder.append([command(stream, tag=tag)])
    told: list[int] = []
    recorder.when_committed(lambda position, _: told.append(position))
    done = lost_after(store, recorder, monkeypatch, "samrad_append")
    group = [command(more=2), command(stream), command(tag=tag), command(stream, 2)]

    outcomes = recorder.append(group)

    assert done
    assert outcomes[:2] == [Placed((3, 4, 5)), Taken()]
    assert isinstance(outcomes[2], Earlier)
    assert [row.position for row in outcomes[2].rows] == [2]
    assert outcomes[3] == Placed((6,))
    assert bodies(recorder)[2:] == [row.body for prepared in (group[0], group[3]) for row in prepared.rows]
    assert told == [6]
    another = store.recorder(SystemClock())
    assert recorder.end() == another.end()
    another.close()


def test_a_session_that_is_still_at_work_when_the_line_breaks_can_never_commit_behind_our_back(
    store: Store, recorder: PostgresRecorder
) -> None:
    sent = command()
    with ThreadPoolExecutor(1) as pool:
        with locked(store):
            outcome = pool.submit(recorder.append, [sent])
            lost = until_it_waits(store)
            cut(recorder)
            wait_until(lambda: store.sessions() not in ([], [lost]) and lost not in store.sessions())
        assert outcome.result(20) == [Placed((2,))]
    assert bodies(recorder)[1:] == [sent.rows[0].body]


def cut(recorder: PostgresRecorder) -> None:
    """The line to the server breaks; the server does not notice."""
    connection = recorder._session._connection
    assert connection is not None
    line = socket.socket(fileno=os.dup(connection.fileno()))
    line.shutdown(socket.SHUT_RD)
    line.close()


def wait_until(met: Callable[[], bool]) -> None:
    until = time.monotonic() + 15
    while not met():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_several_appends_whose_commit_was_not_answered_stand(
    store: Store, recorder: PostgresRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = lost_after(store, recorder, monkeypatch, "COMMIT")
    with recorder.exclusive():
        recorder.append([command(more=1)])
        recorder.append([command()])
    assert done
    assert len(bodies(recorder)) == 4
    assert recorder.end()[0] == 4


@pytest.mark.parametrize("when", ["between", "at the commit"])
def test_several_appends_whose_session_is_lost_before_they_commit_are_none_of_them(
    store: Store, recorder: PostgresRecorder, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    ask = recorder._session.ask

    def asked(question: str, *values: object) -> list[Any]:
        if question == "COMMIT":
            kill(store)
        return ask(question, *values)

    def appended() -> None:
        with recorder.exclusive():
            recorder.append([command()])
            if when == "between":
                kill(store)
                recorder.append([command()])
            monkeypatch.setattr(recorder._session, "ask", asked)

    with pytest.raises(NotRecorded, match="nothing was recorded"):
        appended()
    assert len(bodies(recorder)) == 1
    assert recorder.append([command()]) == [Placed((2,))]


def test_the_append_lock_is_taken_on_a_new_session_if_the_old_one_is_gone(
    store: Store, recorder: PostgresRecorder
) -> None:
    kill(store)
    with recorder.exclusive():
        recorder.append([command()])
    assert len(bodies(recorder)) == 2


def test_a_reader_whose_connection_was_lost_asks_again(store: Store, recorder: PostgresRecorder) -> None:
    with store.connect(SUPERUSER) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = %s AND pid <> pg_backend_pid()",
            (store.database,),
        )
    assert [row.position for row in recorder.rows(0, 9)] == [1]


class Server:
    """A server of one test's own, with a store on it."""

    def __init__(self, server: Postgres) -> None:
        self.server = server
        self.store = Store(server, server.database("hub"))
        migrate(self.store.url(OWNER))

    def recorder(self, patience: float = 15.0) -> PostgresRecorder:
        return PostgresRecorder(self.store.url(APPEND), "acts", SystemClock(), alone=True, patience=patience)


@pytest.fixture
def own_server(own_postgres: Callable[..., Postgres]) -> Server:
    return Server(own_postgres())


def test_while_the_server_is_away_nothing_is_accepted_and_afterwards_all_goes_on(own_server: Server) -> None:
    recorder = own_server.recorder(patience=0.3)
    recorder.append([command()])
    own_server.server.stop()
    for _ in range(2):
        with pytest.raises(NotRecorded, match="does not answer"):
            recorder.append([command()])
        with pytest.raises(NotRecorded, match="does not answer"):
            recorder.rows(0, 1)
        with pytest.raises(NotRecorded, match="does not answer"), recorder.exclusive():
            pass
    own_server.server.up()
    assert recorder.append([command()]) == [Placed((2,))]
    assert len(bodies(recorder)) == 2
    recorder.close()


def test_what_was_accepted_while_the_server_was_restarted_and_killed_is_there_once(own_server: Server) -> None:
    recorder = own_server.recorder()
    recorder.append([command()])
    stop = threading.Event()

    def load() -> tuple[list[bytes], list[bytes]]:
        accepted, refused = [], []
        while not stop.is_set():
            sent = command()
            try:
                (outcome,) = recorder.append([sent])
            except NotRecorded:
                refused.append(sent.rows[0].body)
                continue
            assert isinstance(outcome, Placed)
            accepted.append(sent.rows[0].body)
        return accepted, refused

    with ThreadPoolExecutor(2) as pool:
        loads: list[Future[tuple[list[bytes], list[bytes]]]] = [pool.submit(load) for _ in range(2)]
        time.sleep(0.2)
        own_server.server.restart()
        time.sleep(0.3)
        own_server.server.kill()
        own_server.server.up()
        time.sleep(0.3)
        stop.set()
        results = [each.result(30) for each in loads]
    accepted = [body for each, _ in results for body in each]
    stored = bodies(recorder)[1:]
    assert accepted
    assert sorted(stored) == sorted(accepted)
    assert [refused for _, refused in results] == [[], []]
    recorder.close()
