"""A process that begins before its servers do waits for them, and for nothing else."""

import gc
import logging
import threading
import weakref
from contextlib import ExitStack

import pytest

from adapters.kafka.access import BrokerUser
from adapters.kafka.errors import BrokerAway, WrongPassword
from adapters.postgresql.connect import Away
from adapters.postgresql.roles import PROJECT, RELAY
from hub_api.runtime.servers import startup_wait as beginning
from hub_api.runtime.servers.startup_wait import begun, settle
from tests.hub_api.servers.servers import Place

NOWHERE = "127.0.0.1:9"


class Tries:
    """What goes wrong at each try; then it goes well."""

    def __init__(self, *wrong: Exception) -> None:
        self._wrong = list(wrong)
        self.closed = 0

    def __call__(self, closing: ExitStack) -> str:
        closing.callback(self._close)
        if self._wrong:
            raise self._wrong.pop(0)
        return "begun"

    def _close(self) -> None:
        self.closed += 1


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beginning, "PAUSE", 0.001)


def test_servers_that_are_away_are_waited_for_and_said_to_be_once(caplog: pytest.LogCaptureFixture) -> None:
    broker, database = BrokerAway("x", "kafka:9092"), Away("x", "db:5432")
    tries = Tries(broker, broker, database, broker)
    with caplog.at_level(logging.WARNING), ExitStack() as closing:
        assert begun(tries, closing, threading.Event()) == "begun"
        assert tries.closed == 4
    assert tries.closed == 5
    said = [record.getMessage().rpartition(": ")[2] for record in caplog.records]
    assert said == ["BrokerAway, kafka:9092", "Away, db:5432", "BrokerAway, kafka:9092"]


def test_what_does_not_mend_itself_ends_the_process_with_its_line() -> None:
    tries = Tries(BrokerAway("x"), WrongPassword("the password is wrong"))
    with pytest.raises(WrongPassword, match="the password is wrong"), ExitStack() as closing:
        begun(tries, closing, threading.Event())
    assert tries.closed == 2


def test_who_is_told_to_end_waits_no_longer() -> None:
    ended = threading.Event()
    threading.Timer(0.05, ended.set).start()
    with ExitStack() as closing:
        assert begun(Tries(*[Away("x")] * 100_000), closing, ended) is None


@pytest.mark.parametrize(
    ("role", "user", "command"),
    [(RELAY, BrokerUser.RELAY, "relay"), (PROJECT, BrokerUser.PROJECTIONS, "project")],
)
def test_told_to_end_while_kafka_is_away_a_process_ends_in_order(
    place: Place, role: str, user: str, command: str
) -> None:
    with place.process(role, user, command, kafka=NOWHERE, log_json="true") as waiting:
        assert waiting.stderr is not None
        assert "a server does not answer, and is waited for: BrokerAway, 127.0.0.1:9" in waiting.stderr.readline()
        waiting.terminate()
        assert waiting.wait(10) == 0


class Work:
    """Something that holds itself."""

    def __init__(self) -> None:
        self.itself = self


def test_what_was_held_for_work_that_is_over_is_let_go_when_the_next_begins() -> None:
    work = Work()
    gone = weakref.ref(work)
    settle()
    del work
    gc.collect()
    assert gone() is not None
    settle()
    assert gone() is None
    gc.unfreeze()
