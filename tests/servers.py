"""The real servers for tests: one of each kind for a whole run, shared by its workers, gone when the last one is.

A worker that wants a server takes a shared lock on a file; whoever comes first starts a keeper, which starts the
server and then waits for that lock to be free of everybody. The system releases locks of processes that die, so that
nothing is left running however a run ends. What cannot be had is a loud skip here and a failure where CI is set.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final, NoReturn
from uuid import uuid4

import pytest

from adapters.postgresql.roles import OWNER
from hub_cluster.jars import class_path
from hub_cluster.java import java
from hub_cluster.kafka import Kafka
from hub_cluster.kafka_access import KafkaAccess
from hub_cluster.postgres import Postgres
from hub_cluster.postgres_access import PostgresAccess
from hub_cluster.postgres_programs import programs
from hub_cluster.process import Missing

LOUD: Final = "NOT TRIED with the real servers: "
RUN: Final = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid4().hex
PLACE: Final = Path(tempfile.gettempdir()) / f"samrad-servers-{RUN[:16]}"
ROOT: Final = Path(__file__).parents[1]
PATIENCE: Final = 110.0
PREFIX: Final = "t-"
"""On every topic of the shared broker whose name begins so, the hub's users have their rights."""
FIXTURES: Final = {"postgres", "own_postgres", "database", "kafka", "own_kafka", "topic"}
"""Whoever uses one of these is marked `servers`."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresAccess]:
    """PostgreSQL, shared by all tests of a run: use `database` for a database of your own; never stop it."""
    available(programs)
    with shared("postgres") as told:
        yield PostgresAccess(Path(told["folder"]), told["port"])


@pytest.fixture
def database(postgres: PostgresAccess) -> Iterator[str]:
    """An empty database for one test, owned by `samrad_owner`; its name."""
    name = postgres.database(f"t_{uuid4().hex}", OWNER)
    yield name
    postgres.drop(name)


@pytest.fixture
def own_postgres() -> Iterator[Callable[..., Postgres]]:
    """Starts servers for one test alone, to stop, kill and pause."""
    available(programs)
    with own_folder() as folder:
        started: list[Postgres] = []

        def start(name: str = "postgres", **settings: Any) -> Postgres:
            started.append(Postgres.start(folder / name, **settings))
            return started[-1]

        try:
            yield start
        finally:
            for server in started:
                server.stop()


@pytest.fixture(scope="session")
def kafka() -> Iterator[KafkaAccess]:
    """Apache Kafka, shared by all tests of a run: use `topic` for a name of your own; never stop it."""
    available(java)
    with shared("kafka") as told:
        yield KafkaAccess(Path(told["folder"]), told["inside"], told["outside"])


@pytest.fixture
def topic(kafka: KafkaAccess) -> str:
    """A name that no other test has, for a topic that the test makes; the hub's users have their rights on it."""
    return f"{PREFIX}{uuid4().hex}"


@pytest.fixture
def own_kafka() -> Iterator[Callable[..., Kafka]]:
    """Starts brokers for one test alone, to stop, kill and pause."""
    available(java)
    available(class_path)
    with own_folder() as folder:
        started: list[Kafka] = []

        def start(name: str = "kafka", **settings: Any) -> Kafka:
            started.append(Kafka.start(folder / name, brief=True, **settings))
            return started[-1]

        try:
            yield start
        finally:
            for broker in started:
                broker.stop()


def available(find: Callable[[], object]) -> None:
    """Skip loudly, or fail where CI is set, if a part cannot be had."""
    try:
        find()
    except Missing as error:
        unavailable(str(error))


def unavailable(why: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(why, pytrace=False)
    pytest.skip(LOUD + why)


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder with a short path that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="samrad-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def shared(kind: str) -> Iterator[dict[str, Any]]:
    """What the keeper of that server tells about it, which runs as long as we are in here."""
    place = PLACE / kind
    users = hold(place)
    try:
        with (place / "start.lock").open("a") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            if not (place / "told.json").exists():
                start_keeper(kind, place)
            told = json.loads((place / "told.json").read_text())
        if "missing" in told:
            unavailable(told["missing"])
        yield told
    finally:
        users.close()


def hold(place: Path) -> IO[str]:
    """A shared lock of the users' file that is there, not of one that a keeper has just removed."""
    while True:
        place.mkdir(parents=True, exist_ok=True)
        users = None
        try:
            users = (place / "users.lock").open("a")
            fcntl.flock(users, fcntl.LOCK_SH)
            if os.fstat(users.fileno()).st_ino == (place / "users.lock").stat().st_ino:
                return users
        except FileNotFoundError:
            pass
        if users is not None:
            users.close()


def start_keeper(kind: str, place: Path) -> None:
    """Start the process that starts the server, and wait until it tells where that is."""
    with (place / "keeper.log").open("ab") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.servers", kind, str(place)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "hub-api")))},
            start_new_session=True,
        )
    KEEPERS.append(keeper)
    until = time.monotonic() + PATIENCE
    while not (place / "told.json").exists():
        if keeper.poll() is not None or time.monotonic() > until:
            keeper.kill()
            pytest.fail(f"the {kind} of the tests did not start: {(place / 'keeper.log').read_text()}", pytrace=False)
        time.sleep(0.02)


KEEPERS: Final[list["subprocess.Popen[bytes]"]] = []
"""Held, so that one that outlives us is no leak in Python's eyes."""


def keep(kind: str, place: Path) -> None:
    """The keeper: start the server, tell where it is, end it when nobody uses it any more."""
    try:
        server, told = STARTS[kind](place / "server")
    except Missing as error:
        server, told = None, {"missing": str(error)}
    beside = place / "told.new"
    beside.write_text(json.dumps(told))
    beside.rename(place / "told.json")
    with (place / "users.lock").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        if server is not None:
            server.stop()
        shutil.rmtree(place, ignore_errors=True)
        with suppress(OSError):  # the other kind is still there
            place.parent.rmdir()


def start_postgres(folder: Path) -> tuple[Any, dict[str, Any]]:
    server = Postgres.start(folder, keep=False)
    return server, {"folder": str(folder), "port": server.port}


def start_kafka(folder: Path) -> tuple[Any, dict[str, Any]]:
    broker = Kafka.start(folder, topics=(), keep=False, brief=True)
    broker.allow_hub([PREFIX], prefixed=True)
    return broker, {"folder": str(folder), "inside": broker.inside, "outside": broker.outside}


STARTS: Final[dict[str, Callable[[Path], tuple[Any, dict[str, Any]]]]] = {
    "postgres": start_postgres,
    "kafka": start_kafka,
}

if __name__ == "__main__":
    keep(sys.argv[1], Path(sys.argv[2]))
