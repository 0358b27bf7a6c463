"""The hub on servers of its own: databases, topics, keys and settings for its processes, which then run on them."""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self

import domain
import hub_api
from adapters.kafka.access import BrokerUser
from adapters.postgresql.roles import APPEND, OWNER, PROJECT, RELAY
from domain.errors import SamradError
from hub_cluster.kafka import Kafka
from hub_cluster.kafka_access import ADMINISTRATOR
from hub_cluster.ports import LOOPBACK, free_port
from hub_cluster.postgres import Postgres
from hub_cluster.processes import Processes, Server, Specification, Tell, answers, at_once, plain_environment

DATABASES: Final = ("store", "vault", "views")
AS_WHOM: Final[Mapping[str, tuple[str, str | None]]] = {
    "migrate": (OWNER, ADMINISTRATOR),
    "restore": (OWNER, BrokerUser.RESTORE),
    "relay": (RELAY, BrokerUser.RELAY),
    "project": (PROJECT, BrokerUser.PROJECTIONS),
    "serve": (APPEND, None),
    "status": (APPEND, BrokerUser.AUDITOR),
    "verify": (APPEND, BrokerUser.AUDITOR),
}
"""Each command's role in the databases and its user at the broker."""
BESIDE: Final[Mapping[tuple[str, str], str]] = {("verify", "views"): PROJECT}
"""Who comes to one database in another role: what verifies the views makes them anew beside the living ones."""
MASTER_KEY: Final = frozenset({"serve", "status", "verify", "restore"})
"""Who is told where the master keys are; nobody else opens everything."""
CARRIAGE_KEYS: Final = frozenset({"relay", "project"})
"""Who is told the keys of carriage and no master key; those who have that find them beside it."""
START: Final = "from hub_api.cli import main; main()"
ONCE: Final = 120.0
READY: Final = "/health/ready"


class Cluster:
    """Servers and hub in one folder; the keys lie in its sibling `<folder>.keys`. Leaving the context stops all."""

    def __init__(self, folder: Path, *, port: int | None = None, personas: bool = False) -> None:
        self.folder = folder.resolve()
        self.keys = self.folder.with_name(self.folder.name + ".keys")
        self.port = port or free_port()
        self.postgres: Postgres
        self.kafka: Kafka
        self.processes: Processes
        self._personas = personas
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as closing:
            self.postgres = closing.enter_context(Postgres.start(self.folder / "postgresql"))
            self.kafka = closing.enter_context(Kafka.start(self.folder / "kafka"))
            self.processes = closing.enter_context(Processes(self.folder / "logs"))
            self.prepare()
            self._closing = closing.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def start_hub(self, *names: str) -> None:
        """The hub's own processes, the serving one last: it is ready when its lists are; or those that are named."""
        wanted = (
            Specification(name="relay", command=command("relay"), environment=self.environment("relay"), ready=at_once),
            Specification(
                name="project", command=command("project"), environment=self.environment("project"), ready=at_once
            ),
            Specification(
                name="serve",
                command=command("serve", "--port", str(self.port), *(["--personas"] if self._personas else [])),
                environment=self.environment("serve"),
                ready=answers(LOOPBACK, self.port, READY),
            ),
        )
        self.processes.start(*(each for each in wanted if not names or each.name in names))

    def keep(self, until: threading.Event, tell: Tell) -> int:
        """Until the event is set, start again what ends by itself; how often that was. Which process each is stands in
        a file beside its logs, for whoever tries what happens when one is gone."""
        servers: dict[str, Server] = {"PostgreSQL": self.postgres, "Kafka": self.kafka}
        return self.processes.keep(until, servers, tell, self._write_pids)

    @property
    def pids(self) -> Path:
        """Which process each is, a line for each."""
        return self.folder / "logs" / "processes"

    @property
    def logs(self) -> tuple[Path, ...]:
        """What each of them has said."""
        return (self.postgres.log, self.kafka.log, *sorted(self.processes.logs.glob("*.log")))

    def _write_pids(self, pids: Mapping[str, int | None]) -> None:
        lines = (f"{name} {'–' if pid is None else pid}\n" for name, pid in pids.items())
        self.pids.write_text("".join(lines), encoding="utf-8")

    def run(self, *arguments: str, name: str | None = None) -> str:
        """Run one of the hub's commands to its end, with the settings of that command; what it printed."""
        done = subprocess.run(
            command(*arguments),
            env=self.environment(name or arguments[0]),
            capture_output=True,
            text=True,
            timeout=ONCE,
            check=False,
        )
        if done.returncode:
            raise SamradError(
                f"`samrad {' '.join(arguments)}` failed: {' '.join((done.stderr or done.stdout).split())}"
            )
        return done.stdout

    def environment(self, name: str) -> dict[str, str]:
        """The environment of one command: its settings, and no password but its own."""
        return plain_environment(PYTHONPATH=":".join(roots()), PYTHONUNBUFFERED="1") | self._settings(name)

    def settings_of(self, *names: str) -> dict[str, Path]:
        """A settings file for each of these commands, for whoever runs it from another terminal."""
        folder = self.folder / "settings"
        folder.mkdir(mode=0o700, exist_ok=True)
        files = {name: folder / f"{name}.toml" for name in names}
        for name, file in files.items():
            given = {setting.removeprefix("SAMRAD_").lower(): value for setting, value in self._settings(name).items()}
            file.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in given.items()), encoding="utf-8")
        return files

    def _settings(self, name: str) -> dict[str, str]:
        role, user = AS_WHOM[name]
        found: dict[str, str] = {}
        for database in DATABASES:
            setting = f"SAMRAD_{database.upper()}"
            comes_as = BESIDE.get((name, database), role)
            found[setting] = f"postgresql://{comes_as}@{LOOPBACK}:{self.postgres.port}/{database}"
            found[f"{setting}_PASSWORD_FILE"] = str(self.postgres.password_file(comes_as))
        if user is not None:
            found["SAMRAD_KAFKA"] = self.kafka.bootstrap
            found["SAMRAD_KAFKA_USER"] = str(user)
            found["SAMRAD_KAFKA_PASSWORD_FILE"] = str(self.kafka.password_file(user))
        if name in MASTER_KEY:
            found["SAMRAD_KEYS"] = str(self.keys)
        if name == "project":
            found["SAMRAD_PROJECTION_KEYS"] = str(self._projection_keys)
        if name in CARRIAGE_KEYS:
            found["SAMRAD_CARRIAGE_KEYS"] = str(self._carriage_keys)
        return found

    @property
    def _carriage_keys(self) -> Path:
        return self.keys.with_name(self.keys.name.removesuffix(".keys") + ".carriage.keys") / "keys.json"

    @property
    def _projection_keys(self) -> Path:
        return self.keys.with_name(self.keys.name.removesuffix(".keys") + ".projection.keys") / "keys.json"

    def prepare(self) -> None:
        """Databases, tables, topics and keys: what is there stays as it is."""
        for database in DATABASES:
            self.postgres.database(database, OWNER)
        self.run("migrate")
        self.run("keys", "create", str(self.keys), "--if-missing", name="serve")
        self._projection_keys.parent.mkdir(mode=0o700, exist_ok=True)
        self.run("keys", "derive", str(self._projection_keys), name="serve")
        self._carriage_keys.parent.mkdir(mode=0o700, exist_ok=True)
        self.run("keys", "carriage", str(self._carriage_keys), name="serve")


def command(*arguments: str) -> tuple[str, ...]:
    """`samrad` with these arguments, by the Python that runs us."""
    return (sys.executable, "-c", START, *arguments)


def roots() -> list[str]:
    """Where our packages are, installed or not."""
    return sorted({str(Path(str(package.__file__)).resolve().parents[1]) for package in (domain, hub_api)})
