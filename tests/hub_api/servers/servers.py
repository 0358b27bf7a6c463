"""A hub on real servers: databases and topics of its own, its keys, and what each of its processes is told."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from adapters.kafka.access import BrokerUser
from adapters.kafka.carriage import FILE as CARRIAGE
from adapters.kafka.carriage import Carriage, CarriageKeys
from adapters.postgresql.roles import APPEND, OWNER, PROJECT, RELAY
from adapters.system import SystemEntropy
from adapters.vault.key_partitions import Drawer
from adapters.vault.master_keys import MasterKeys
from domain.vocabulary import Instant
from hub_api.runtime.hub import Hub
from hub_api.runtime.proof import prove
from hub_api.runtime.servers.comparison import agree_all
from hub_api.runtime.servers.migrate import migrate_all
from hub_api.runtime.servers.opening import MASTER, Opening, my_turn
from hub_api.runtime.servers.project import project
from hub_api.runtime.servers.provable import open_provable
from hub_api.runtime.servers.relay import relay
from hub_api.runtime.servers.settings import Production, setting
from hub_api.runtime.servers.status import look
from hub_api.runtime.status import HubStatus
from hub_cluster.kafka_access import ADMINISTRATOR, KafkaAccess
from hub_cluster.ports import LOOPBACK
from hub_cluster.postgres_access import PostgresAccess
from tests.hub_api.stand import MONDAY

DATABASES = ("store", "vault", "views")
PATIENCE = 30.0
ROOT = Path(__file__).parents[3]
PROGRAM = (sys.executable, "-c", "from hub_api.cli import main; main()")
Watched = Callable[[Production, threading.Event], None]


class Place:
    """Where it all is; `settings` are those of a process by its role."""

    def __init__(self, postgres: PostgresAccess, kafka: KafkaAccess | None, folder: Path) -> None:
        self.postgres = postgres
        self.kafka = kafka
        self.keys = folder / "keys"
        self.projection_keys = folder / "projection" / "keys.json"
        self.carriage_keys = folder / "carriage" / "keys.json"
        name = uuid4().hex
        self.topics = {"topic_acts": f"t-{name}-a", "topic_looks": f"t-{name}-b"}
        self.databases = {each: postgres.database(f"t_{name}_{each}", OWNER) for each in DATABASES}

    def prepare(self) -> None:
        """What an operator does once: schema and topics, the master key, the keys of who projects and who carries."""
        self.migrate()
        masters = MasterKeys.create(self.keys / MASTER, None, SystemEntropy())
        masters.write_drawer(Drawer.PROJECTED, self.projection_keys)
        CarriageKeys.create(self.keys / CARRIAGE, SystemEntropy()).copy_to(self.carriage_keys)

    def carriage(self, log: str) -> Carriage:
        """What seals and opens the records of a log on their way."""
        return Carriage(CarriageKeys.load(self.carriage_keys), log, SystemEntropy())

    def migrate(self) -> None:
        for _ in migrate_all(self.settings(OWNER, None if self.kafka is None else ADMINISTRATOR)):
            pass

    def settings(self, role: str, user: str | None = None, **more: Any) -> Production:
        return Production(**{**self._told(role, user), **more})

    def environment(self, role: str, user: str | None = None, **more: str) -> dict[str, str]:
        """The same for a process of its own."""
        told = {setting(name): str(value) for name, value in {**self._told(role, user), **more}.items()}
        others = {name: value for name, value in os.environ.items() if not name.startswith("SAMRAD_")}
        return {**others, **told, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'hub-api'}"}

    @contextmanager
    def process(
        self, role: str, user: str | None, *arguments: str, program: Sequence[str] = PROGRAM, **more: str
    ) -> Iterator["subprocess.Popen[str]"]:
        """One of the hub's commands as a process of its own, with more settings if there are; killed at the end, if it
        still runs."""
        environment = self.environment(role, user, **more)
        started = subprocess.Popen([*program, *arguments], env=environment, stderr=subprocess.PIPE, text=True)
        try:
            yield started
        finally:
            started.kill()
            started.communicate()

    @contextmanager
    def hub(self, *, start: Instant | None = MONDAY, seed: str | None = None, **more: Any) -> Iterator[Hub]:
        """The hub, with the turn."""
        settings = self.settings(APPEND, **more)
        with my_turn(settings, "this test") as lease:
            hub = Opening(settings=settings, by="this test", lease=lease, start=start, seed=seed).hub()
            try:
                yield hub
            finally:
                hub.close()

    @contextmanager
    def relaying(self) -> Iterator[None]:
        with at_work(relay, self.settings(RELAY, BrokerUser.RELAY)):
            yield

    @contextmanager
    def projecting(self) -> Iterator[None]:
        def both(settings: Production, ended: threading.Event) -> None:
            project(settings, ("acts", "looks"), ended)

        with at_work(both, self.settings(PROJECT, BrokerUser.PROJECTIONS)):
            yield

    def verified(self) -> dict[str, int]:
        """What `samrad verify` does: the first thing that is wrong is an error; else how many wait in each log."""
        told = self._told(PROJECT, None)
        by_projections = {name: told[name] for name in ("views", "views_password")}
        with ExitStack() as closing:
            opened = open_provable("this test", closing, self.settings(APPEND, **by_projections))
            prove(opened, lambda *_: None)
        return agree_all(self.settings(APPEND, BrokerUser.AUDITOR), lambda *_: None)

    def agrees(self) -> bool:
        """Whether, once relay and projections have come as far, store, topics and views hold the same."""
        with self.relaying(), self.projecting():
            return self.verified() == {"acts": 0, "looks": 0}

    def status(self) -> HubStatus:
        """How the hub is."""
        return look(self.settings(APPEND, BrokerUser.AUDITOR))

    def carried(self) -> bool:
        """Whether everything that is recorded is on Kafka and in the views."""
        return all(log.waiting == log.lagging == 0 for log in self.status().logs.values())

    def remove(self) -> None:
        for name in self.databases.values():
            self.postgres.drop(name)

    def _told(self, role: str, user: str | None) -> dict[str, Any]:
        told: dict[str, Any] = dict(self.topics)
        for each, database in self.databases.items():
            told[each] = f"postgresql://{role}@{LOOPBACK}:{self.postgres.port}/{database}"
            told[f"{each}_password"] = self.postgres.password(role)
        if user is not None and self.kafka is not None:
            told |= {
                "kafka": self.kafka.bootstrap,
                "kafka_user": str(user),
                "kafka_password": self.kafka.password(user),
            }
        if role in (RELAY, PROJECT):
            told["carriage_keys"] = self.carriage_keys
        if role == PROJECT:
            told["projection_keys"] = self.projection_keys
        if role == APPEND:
            told["keys"] = self.keys
        return told


@contextmanager
def at_work(work: Watched, settings: Production) -> Iterator[None]:
    """Work in a thread until the end; what it raised is raised here."""
    ended, failed = threading.Event(), list[BaseException]()

    def run() -> None:
        try:
            work(settings, ended)
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(PATIENCE)
    if failed:
        raise failed[0]


def until(true: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait until it is so; what cannot be asked yet is not so."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with suppress(OSError):
            if true():
                return
        time.sleep(0.02)
    raise AssertionError("it did not come to that")
