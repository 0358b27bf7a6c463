"""An Apache Kafka broker of our own: KRaft, broker and controller in one, everybody with a password."""

import os
import shutil
import signal
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from pathlib import Path
from secrets import token_bytes
from typing import Final, Self

from hub_cluster.broker_settings import broker_settings
from hub_cluster.certificates import issue
from hub_cluster.jars import class_path
from hub_cluster.java import java
from hub_cluster.kafka_access import USERS, KafkaAccess
from hub_cluster.ports import free_port
from hub_cluster.process import DidNotStart, Process
from hub_cluster.processes import plain_environment
from hub_cluster.programs import run

TOPICS: Final = ("hub-a", "hub-b")
"""The topics of the two logs; their names tell nothing."""
READY: Final = 90.0
TRIES: Final = 5
HEAP: Final = 512
"""MiB."""
STARTED: Final = "Kafka Server started"
JVM: Final = ("-XX:+UseSerialGC", "-Xms64m", "-Djava.awt.headless=true", "--enable-native-access=ALL-UNNAMED")
BRIEF: Final = ("-XX:TieredStopAtLevel=1",)
"""Starts in two thirds of the time, and is slower for ever after."""
LOGGING: Final = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.log.kafka.server=info",
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.security=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
)


class Kafka(KafkaAccess):
    """A broker in one folder, with its data, its log, its certificate and the passwords of its users."""

    def __init__(
        self,
        folder: Path,
        *,
        ports: tuple[int, int] | None = None,
        settings: Mapping[str, str] | None = None,
        topics: Iterable[str] = TOPICS,
        keep: bool = True,
        brief: bool = False,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder, 0, 0)
        self.data = self.folder / "data"
        self.log = self.folder / "kafka.log"
        self.settings = dict(settings or {})
        """Further settings of the broker, over its own; they hold from the next `up`."""
        self._wanted = ports
        self._topics = tuple(topics)
        self._keep = keep
        self._brief = BRIEF if brief else ()
        self._java = java()
        self._class_path = class_path()
        self._process: Process | None = None

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        ports: tuple[int, int] | None = None,
        settings: Mapping[str, str] | None = None,
        topics: Iterable[str] = TOPICS,
        keep: bool = True,
        brief: bool = False,
    ) -> "Kafka":
        """A broker that answers, with its users, these topics and the users' rights on them. `ports` are those inside
        and outside. A folder that holds one is taken up again; `keep=False` removes it at `stop`. One that is
        `brief` is not to live long."""
        broker = cls(folder, ports=ports, settings=settings, topics=topics, keep=keep, brief=brief)
        broker.up()
        return broker

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def alive(self) -> bool:
        """Whether the broker's process runs."""
        return self._process is not None and self._process.alive

    @property
    def pid(self) -> int | None:
        """The broker's process, while it runs."""
        return None if self._process is None else self._process.pid

    def up(self) -> None:
        """Start it: on the ports it had before, else on those asked for, else on free ones."""
        fixed = (self.inside, self.outside) if self.inside else self._wanted
        for attempt in range(TRIES):
            self.inside, self.outside = fixed or (free_port(), free_port())
            try:
                self._begin(controller=free_port())
                break
            except DidNotStart as error:
                # Somebody was faster at a port: others will do, unless these have been told to somebody.
                if fixed or not error.port_taken or attempt == TRIES - 1:
                    raise
        if not (self.folder / "rights").exists():
            self.make(*self._topics)
            self.allow_hub(self._topics)
            (self.folder / "rights").touch()

    def stop(self) -> None:
        """End it in order: what it holds is on the disk."""
        if self._process is not None:
            self._process.stop()
        if not self._keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self) -> None:
        """SIGKILL. `up` begins again."""
        if self._process is not None:
            self._process.kill()

    def restart(self) -> None:
        """Stop and start, on the same ports."""
        if self._process is not None:
            self._process.stop()
        self.up()

    def pause(self) -> None:
        """The broker is there and does not answer."""
        if self._process is not None:
            self._process.pause()

    def resume(self) -> None:
        """It answers again."""
        if self._process is not None:
            self._process.resume()

    def _begin(self, controller: int) -> None:
        properties = self._configure(controller)
        if not (self.data / "meta.properties").exists():
            self._format(properties)
        self._process = Process(
            "Apache Kafka",
            [*self._jvm(), *self._brief, f"-Xmx{HEAP}m", *LOGGING, "kafka.Kafka", properties],
            log=self.log,
            environment=plain_environment(),
            folder=self.folder,
            stop_signal=signal.SIGTERM,
        )
        self._process.start()
        self._process.wait_until(lambda: self._process is not None and STARTED in self._process.said(), READY)

    def _configure(self, controller: int) -> Path:
        """Write the broker's settings: with a password in them, so for our eyes only."""
        _, certificate = issue(self.folder)
        settings = broker_settings(
            data=self.data,
            ports=(controller, self.inside, self.outside),
            certificate=certificate,
            password=self.password("broker"),
        )
        properties = self.folder / "server.properties"
        with os.fdopen(os.open(properties, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.writelines(f"{name}={value}\n" for name, value in (settings | self.settings).items())
        return properties

    def _format(self, properties: Path) -> None:
        """Make the data folder, with the users that are there from the beginning."""
        shutil.rmtree(self.data, ignore_errors=True)
        users = [
            part
            for user in ("broker", *USERS)
            for part in ("--add-scram", f"SCRAM-SHA-256=[name={user},password={self.password(user)}]")
        ]
        storage = (*self._jvm(), *BRIEF, "kafka.tools.StorageTool")
        cluster = urlsafe_b64encode(b"samrad" + token_bytes(10)).decode().rstrip("=")
        run(*storage, "format", "-t", cluster, "-c", properties, *users, environment=plain_environment())

    def _jvm(self) -> tuple[str, ...]:
        return (str(self._java), *JVM, "-cp", self._class_path)
