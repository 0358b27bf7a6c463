"""One process has a lease, for as long as its connection lives."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.postgresql import lease as leases
from adapters.postgresql.connect import Away
from adapters.postgresql.lease import Lease
from adapters.postgresql.roles import APPEND, RELAY
from hub_cluster.postgres_access import SUPERUSER
from tests.adapters.stores import Store


def test_one_of_two_has_it_until_it_lets_go(store: Store) -> None:
    with Lease(store.url(APPEND), "relay") as first, Lease(store.url(RELAY), "relay") as second:
        assert first.take()
        assert first.take()
        assert not second.take()
        assert not second.held()
        first.release()
        assert not first.held()
        assert second.take()
        assert second.held()


def test_leases_of_other_names_are_others(store: Store) -> None:
    with Lease(store.url(), "relay of acts") as first, Lease(store.url(), "relay of looks") as second:
        assert first.take()
        assert second.take()


def test_who_loses_the_connection_has_lost_the_lease_and_knows_it(store: Store) -> None:
    with Lease(store.url(), "writer") as first, Lease(store.url(), "writer") as second:
        assert first.take()
        with store.connect(SUPERUSER) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE %s",
                ("samrad lease writer %",),
            )
        assert second.take()
        assert not first.held()
        assert not first.take()
        assert second.held()


def test_who_waits_gets_it_when_it_is_let_go(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "PAUSE", 0.02)
    with Lease(store.url(), "writer") as first, Lease(store.url(), "writer") as second:
        first.take()
        assert not second.wait(patience=0.05)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(second.wait)
            time.sleep(0.1)
            assert not waiting.done()
            first.release()
            assert waiting.result(5)


def test_who_is_told_to_stop_waits_no_longer(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "PAUSE", 0.02)
    stop = threading.Event()
    with Lease(store.url(), "writer") as first, Lease(store.url(), "writer") as second, ThreadPoolExecutor(1) as pool:
        first.take()
        waiting = pool.submit(second.wait, stop)
        stop.set()
        assert not waiting.result(5)


def test_a_server_that_is_away_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "PAUSE", 0.02)
    lease = Lease("postgresql://samrad_relay@127.0.0.1:1/hub", "relay")
    with pytest.raises(Away, match="does not answer"):
        lease.take()
    with pytest.raises(Away):
        lease.wait(patience=0.05)
    assert not lease.held()


def test_what_is_asked_by_the_lease_is_asked_while_it_is_held(store: Store) -> None:
    with Lease(store.url(), "writer") as lease:
        with pytest.raises(Away, match="not held"):
            lease.ask("SELECT 1")
        assert lease.take()
        assert lease.ask("SELECT 1") == 1
        with pytest.raises(Away, match="lost"):
            lease.ask("SELECT pg_terminate_backend(pg_backend_pid())")


def test_who_has_it_renews_it_without_doing_anything(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEWED", 0.02)
    monkeypatch.setattr(leases, "LASTS", 0.5)
    monkeypatch.setattr(leases, "_WATCHED", {**leases._WATCHED, "idle_session_timeout": "500ms"})
    with Lease(store.url(), "writer") as first, Lease(store.url(), "writer") as second:
        assert not first.fresh()
        assert first.take()
        for _ in range(20):
            time.sleep(0.05)
            assert first.fresh()
        assert not second.take()
        assert first.held()


def test_who_does_not_renew_it_stops_believing_in_it_before_the_server_gives_it_away(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a paused process does not; its thread is held up here by the lock that it asks under."""
    monkeypatch.setattr(leases, "LASTS", 0.3)
    monkeypatch.setattr(leases, "_WATCHED", {**leases._WATCHED, "idle_session_timeout": "600ms"})
    with Lease(store.url(), "writer") as first, Lease(store.url(), "writer") as second:
        assert first.take()
        assert first.fresh()
        with first._lock:
            believed, until = True, time.monotonic() + 10
            while not second.take():
                believed = first.fresh()
                assert time.monotonic() < until
                time.sleep(0.02)
        assert not believed
        assert not first.fresh()
        assert not first.held()
        assert second.held()


def test_one_is_believed_for_less_time_than_the_server_waits() -> None:
    assert 2 * leases.RENEWED < leases.LASTS < leases.SILENT
    assert leases._WATCHED["idle_session_timeout"] == f"{leases.SILENT}s"
