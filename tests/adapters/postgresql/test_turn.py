"""Of those who append one has the turn; what comes late from who has lost it is refused by the store itself."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from adapters.postgresql.connect import Away
from adapters.postgresql.lease import Lease
from adapters.postgresql.recorder import PostgresRecorder, take_turn
from adapters.postgresql.roles import APPEND
from adapters.store.outcomes import Placed
from adapters.system import SystemClock
from domain.errors import NotRecorded, StoreBehind
from hub_cluster.postgres_access import SUPERUSER
from tests.adapters.postgresql.test_settling import command, kill
from tests.adapters.stores import Store


@pytest.fixture
def closing() -> Iterator[ExitStack]:
    with ExitStack() as closing:
        yield closing


def writer(store: Store, closing: ExitStack) -> tuple[Lease, PostgresRecorder]:
    """Who has the lease, and appends in its turn."""
    lease = closing.enter_context(Lease(store.url(), "serve"))
    assert lease.take()
    recorder = PostgresRecorder(store.url(APPEND), "acts", SystemClock(), alone=True, turn=take_turn(lease, "acts"))
    closing.callback(recorder.close)
    return lease, recorder


def cut_off(store: Store) -> None:
    """The server loses who holds the lease, and that one hears nothing of it."""
    with store.connect(SUPERUSER) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s "
            "AND application_name LIKE 'samrad lease serve %%'",
            (store.database,),
        )


def test_who_has_lost_the_turn_records_nothing_even_if_it_does_not_know_it(store: Store, closing: ExitStack) -> None:
    _, first = writer(store, closing)
    assert isinstance(first.append([command()])[0], Placed)
    cut_off(store)
    assert isinstance(first.append([command()])[0], Placed)  # nobody else has the turn yet
    _, second = writer(store, closing)
    with pytest.raises(NotRecorded, match="another process has the turn to write acts"):
        first.append([command()])
    with pytest.raises(NotRecorded, match="another process has the turn"), first.exclusive():
        first.append([command()])
    nobodys = store.recorder(SystemClock())
    closing.callback(nobodys.close)
    with pytest.raises(NotRecorded, match="another process has the turn"):
        nobodys.append([command()])
    assert isinstance(second.append([command()])[0], Placed)
    assert second.end()[0] == 3


def test_a_turn_begins_when_nothing_of_the_one_before_is_under_way(store: Store, closing: ExitStack) -> None:
    _, first = writer(store, closing)
    taken = threading.Event()
    ends: list[int] = []

    def take() -> None:
        _, second = writer(store, closing)
        ends.append(second.end()[0])
        taken.set()

    with first.exclusive():
        first.append([command()])
        cut_off(store)
        thread = threading.Thread(target=take)
        thread.start()
        assert not taken.wait(0.3)
        first.append([command()])
    thread.join()
    assert ends == [2]
    with pytest.raises(NotRecorded):
        first.append([command()])


def test_no_turn_is_taken_by_who_has_not_the_lease(store: Store, closing: ExitStack) -> None:
    lease, first = writer(store, closing)
    cut_off(store)
    with pytest.raises(Away, match="lost"):
        take_turn(lease, "acts")
    first.append([command()])


def test_invariant_2_a_writer_goes_on_only_in_the_history_that_it_wrote(store: Store, closing: ExitStack) -> None:
    """An older copy is put back under its feet: what it appended there would be another history."""
    _, recorder = writer(store, closing)
    recorder.append([command(), command()])
    chain = recorder.chain_at(1)
    assert chain is not None
    store.behind_the_back(
        "DELETE FROM acts.records WHERE position = 2",
        f"UPDATE acts.log_end SET position = 1, chain = decode('{chain.hex()}', 'hex')",
    )
    kill(store)
    for _ in range(2):
        with pytest.raises(StoreBehind, match="acts lacks position 2 as it was recorded: an older copy was put back"):
            recorder.append([command()])
    with pytest.raises(StoreBehind), recorder.exclusive():
        pass
    assert recorder.rows(1, 9) == []


def test_who_appends_may_append_and_take_the_turn_and_call_nothing_else_of_a_log(store: Store) -> None:
    with store.connect(SUPERUSER) as connection:
        functions = connection.execute(
            "SELECT pronamespace::regnamespace::text, proname FROM pg_proc WHERE prorettype <> 'trigger'::regtype "
            "AND pronamespace IN ('acts'::regnamespace, 'looks'::regnamespace, 'samrad'::regnamespace) "
            "AND has_function_privilege(%s, oid, 'EXECUTE') ORDER BY 1, 2",
            (APPEND,),
        ).fetchall()
    assert functions == [(log, name) for log in ("acts", "looks") for name in ("samrad_append", "samrad_take_turn")]
