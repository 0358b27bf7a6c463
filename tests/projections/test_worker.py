"""Workers share the work by set of views, and one that dies is replaced by another without a gap."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from domain.act import Fact
from domain.vocabulary import Kind
from projections.catalogue import ACTS, LOOKS
from projections.errors import Gap, ViewsUnusable
from projections.halts import Halt, stopped, tell
from projections.rebuild import renewed
from projections.runner import Runner
from projections.store import Views, ViewSet
from projections.worker import FollowedAhead, SetShare, Worker
from tests.projections.history import SOCIAL, MemoryLog, caught_up, requested, views_at
from tests.projections.test_runner import assert_equal_to_rebuild, history

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0


class Followed(MemoryLog):
    """A log in memory that can be waited at."""

    def __init__(self, facts: Sequence[Fact] = ()) -> None:
        super().__init__()
        self.facts = list(facts)
        self.closed = 0

    def wait(self, after: int, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while self.last() <= after and time.monotonic() < until:
            time.sleep(0.002)
        return self.last() > after

    def close(self) -> None:
        self.closed += 1


class Held:
    """Leases of one process: who holds which name."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders: dict[str, object] = {}

    def of(self, name: str) -> "OneLease":
        return OneLease(self, name)

    def take(self, name: str, who: object) -> bool:
        with self._lock:
            return self._holders.setdefault(name, who) is who

    def holder(self, name: str) -> object:
        return self._holders.get(name)

    def free(self, name: str, who: object) -> None:
        with self._lock:
            if self._holders.get(name) is who:
                del self._holders[name]


class OneLease:
    def __init__(self, held: Held, name: str) -> None:
        self._held = held
        self._name = name

    def take(self) -> bool:
        return self._held.take(self._name, self)

    def held(self) -> bool:
        return self._held.holder(self._name) is self

    def release(self) -> None:
        self._held.free(self._name, self)


def share(views: Views, view_set: ViewSet, log: Followed, held: Held) -> SetShare:
    ahead = FollowedAhead(log)
    runner = Runner(views, view_set, ahead, log.stream, largest_batch=20)
    return SetShare(view_set.name, runner, ahead, held.of(view_set.name))


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.005)


def test_a_worker_takes_what_is_there_and_then_what_comes(tmp_path: Path) -> None:
    log = Followed(history(100).facts)
    with closing(views_at(tmp_path)) as views:
        one = share(views, ACTS, log, Held())
        worker = Worker([one], asked_again=0.01)
        worker.start()
        until(lambda: one.runner.position() == 100)
        log.consult("one more", requested(), SOCIAL)
        until(lambda: one.runner.position() == 101)
        assert worker.holding == {"acts"}
        worker.stop()
        assert worker.holding == frozenset()
        assert one.lease.take()
        assert_equal_to_rebuild(views, log)


def test_two_workers_share_two_sets_and_one_takes_over_what_the_other_lets_go(tmp_path: Path) -> None:
    log, looks, held = Followed(history(60).facts), Followed(), Held()
    with closing(views_at(tmp_path)) as views:
        workers = [
            Worker([share(views, ACTS, log, held), share(views, LOOKS, looks, held)], asked_again=0.02)
            for _ in range(2)
        ]
        for worker in workers:
            worker.start()
        until(lambda: sorted(len(worker.holding) for worker in workers) == [1, 1])
        gone, left = workers
        gone.stop()
        until(lambda: left.holding == {"acts", "looks"})
        log.consult("one more", requested(), SOCIAL)
        until(lambda: Runner(views, ACTS, log, log.stream).position() == 61)
        left.stop()
        assert_equal_to_rebuild(views, log)


def test_a_worker_makes_anew_what_another_version_made_once_it_holds_the_lease(tmp_path: Path) -> None:
    log, held = Followed(history(20).facts), Held()
    with closing(views_at(tmp_path)) as views:
        caught_up(views, log, ViewSet("acts", ACTS.projections, edition=ACTS.edition - 1))
        one = share(views, ACTS, log, held)
        worker = Worker([replace(one, renew=partial(renewed, views, ACTS, log, log.stream))], asked_again=0.01)
        worker.start()
        until(lambda: not ACTS.outdated(views))
        log.consult("one more", requested(), SOCIAL)
        until(lambda: one.runner.position() == 21)
        worker.stop()
        assert_equal_to_rebuild(views, log)


def test_a_worker_that_has_lost_its_lease_works_no_more_until_it_has_it_again(tmp_path: Path) -> None:
    log, held = Followed(history(20).facts), Held()
    with closing(views_at(tmp_path)) as views:
        stood_by = threading.Event()
        one = replace(share(views, ACTS, log, held), stand_by=stood_by.set)
        worker = Worker([one], asked_again=0.01)
        worker.start()
        until(lambda: one.runner.position() == 20)
        other = held.of("acts")
        one.lease.release()
        until(lambda: other.take())
        until(lambda: worker.holding == frozenset())
        assert stood_by.wait(5)
        log.consult("one more", requested(), SOCIAL)
        time.sleep(0.05)
        assert one.runner.position() == 20
        other.release()
        until(lambda: one.runner.position() == 21)
        worker.stop()


def test_what_stops_one_set_is_told_and_holds_up_no_other(tmp_path: Path) -> None:
    log, looks, held = Followed(history(10).facts), Followed(), Held()
    missing = log.facts.pop(4)
    with closing(views_at(tmp_path)) as views:
        shares = [share(views, ACTS, log, held), share(views, LOOKS, looks, held)]
        worker = Worker(shares, asked_again=0.01)
        worker.start()
        until(lambda: "acts" in worker.stopped_by and log.closed > 1)
        assert isinstance(worker.stopped_by["acts"], Gap)
        looks.append("process", requested(), SOCIAL, kind=Kind.ACCESS)
        until(lambda: shares[1].runner.position() == 1)
        assert shares[0].runner.position() == 0
        log.facts.insert(4, missing)
        until(lambda: shares[0].runner.position() == 10)
        until(lambda: worker.stopped_by == {})
        worker.stop()


def test_a_worker_that_is_killed_is_replaced_by_another_without_a_gap(tmp_path: Path, on_postgresql: sa.URL) -> None:
    """Two processes, one lease in PostgreSQL: the one that works is killed in the midst of it, the other goes on."""
    dsn = on_postgresql.set(drivername="postgresql", query={}).render_as_string(hide_password=False)
    program = (
        "import sys; from pathlib import Path; from adapters.postgresql.lease import Lease;"
        "from projections.runner import Runner; from projections.catalogue import ACTS;"
        "from projections.worker import SetShare, Worker;"
        "from tests.projections.history import views_at; from tests.projections.test_runner import history;"
        "from tests.projections.test_worker import Followed;"
        "log = Followed(history(1_500).facts); views = views_at(Path(sys.argv[1]));"
        "runner = Runner(views, ACTS, log, log.stream, largest_batch=5);"
        "worker = Worker([SetShare('acts', runner, log, Lease(sys.argv[2], 'views acts'))], asked_again=0.05);"
        "worker.start(); print('ready', flush=True);"
        "[print(','.join(worker.holding), runner.position(), flush=True) for _ in iter(lambda: worker.wait(0.02), 1)]"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path), dsn],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join((".", "hub-api"))},
        )
        for _ in range(2)
    ]
    try:
        holder = next(
            process for process in _by_turns(processes) if (process.stdout and _says(process).startswith("acts"))
        )
        while int(_says(holder).rpartition(" ")[2]) < 100:
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        (other,) = [process for process in processes if process is not holder]
        while _says(other) != "acts 1500":
            pass
    finally:
        for process in processes:
            process.kill()
            with process:
                process.wait()
    with closing(views_at(tmp_path)) as views:
        assert_equal_to_rebuild(views, history(1_500))


def _by_turns(processes: Sequence["subprocess.Popen[str]"]) -> "Sequence[subprocess.Popen[str]]":
    return [*processes] * 2_000


def _says(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "it has ended"
    return line.strip()


def test_what_stops_a_set_is_told_by_name_and_position_until_it_goes_on(tmp_path: Path) -> None:
    log, held = Followed(history(20).facts), Held()
    missing = log.facts.pop(10)
    with closing(views_at(tmp_path)) as views:
        views_of = partial(stopped, views, (ACTS, LOOKS))
        one = replace(share(views, ACTS, log, held), tell=partial(tell, views, ACTS))
        worker = Worker([one], asked_again=0.01)
        worker.start()
        until(lambda: bool(views_of()))
        assert views_of() == {"acts": Halt(one.runner.position() + 1, "Gap")}
        log.facts.insert(10, missing)
        until(lambda: one.runner.position() == 20)
        until(lambda: not views_of())
        worker.stop()
        assert_equal_to_rebuild(views, log)


def test_where_the_views_are_away_nothing_is_told_and_it_is_tried_again(tmp_path: Path) -> None:
    log, held = Followed(history(20).facts), Held()
    told: list[Exception | None] = []

    def away(error: Exception | None) -> None:
        told.append(error)
        if len(told) < 3:
            raise ViewsUnusable("away")

    with closing(views_at(tmp_path)) as views:
        one = replace(share(views, ACTS, log, held), tell=away)
        worker = Worker([one], asked_again=0.01)
        worker.start()
        until(lambda: told[-1:] == [None] and len(told) > 2)
        worker.stop()
        assert isinstance(told[1], ViewsUnusable)
        assert_equal_to_rebuild(views, log)


@pytest.mark.parametrize("where", ["tell", "close"])
def test_a_worker_that_dies_of_what_nobody_foresaw_lets_go_of_its_lease_and_says_so(tmp_path: Path, where: str) -> None:
    log, held, died = Followed(history(20).facts), Held(), threading.Event()
    log.facts.pop(10)

    def unforeseen(*_: object) -> None:
        raise RuntimeError(where)

    with closing(views_at(tmp_path)) as views:
        one = share(views, ACTS, log, held)
        if where == "tell":
            one = replace(one, tell=unforeseen)
        else:
            vars(log)["close"] = unforeseen
        worker = Worker([one], asked_again=0.01)
        worker.start(died.set)
        assert died.wait(PATIENCE)
        assert str(worker.died) == where
        assert worker.holding == frozenset()
        assert held.of("acts").take()
        worker.stop()
