"""What can go wrong with the hub on servers, and who sees to it that what has ended begins again."""

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from hub_cluster.postgres_access import SUPERUSER
from hub_cluster.process import Process
from hub_cluster.running import Cluster

Trouble = Callable[[], object]
BREAK_OFF: Final = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    f"WHERE backend_type = 'client backend' AND usename <> '{SUPERUSER}'"
)


class Troubles:
    """Each is over when it returns: what it killed runs again, and what stood still goes on."""

    def __init__(self, cluster: Cluster, names: tuple[str, ...], chance: random.Random) -> None:
        self.told = Counter[str]()
        self.ended = Counter[str]()
        """Processes that ended by themselves, as one may that cannot go on: whoever supervises it starts it again."""
        self._cluster = cluster
        self._chance = chance
        self._all: dict[str, Trouble] = {
            "PostgreSQL is killed": self._postgres_is_killed,
            "PostgreSQL is restarted": cluster.postgres.restart,
            "PostgreSQL does not answer": self._postgres_does_not_answer,
            "all connections are broken off": lambda: cluster.postgres.ask(BREAK_OFF),
            "Kafka is killed": self._kafka_is_killed,
            "Kafka is restarted": cluster.kafka.restart,
            "Kafka does not answer": self._kafka_does_not_answer,
        }
        for name in names:
            self._all |= self._of_a_process(name, cluster.processes[name])

    def next(self) -> str:
        """What happened this time, chosen at random."""
        what = self._chance.choice(sorted(self._all))
        self._all[what]()
        self.told[what] += 1
        for name in self._cluster.processes.ended():
            self.ended[name] += 1
            self._cluster.processes.restart(name)
        return what

    def _of_a_process(self, name: str, process: Process) -> Mapping[str, Trouble]:
        def killed() -> None:
            process.kill()
            self._pause(5)
            self._cluster.processes.restart(name)

        def told_to_end() -> None:
            process.stop()
            self._pause(5)
            self._cluster.processes.restart(name)

        def still() -> None:
            process.pause()
            self._pause(12)
            process.resume()

        return {f"{name} is killed": killed, f"{name} is told to end": told_to_end, f"{name} stands still": still}

    def _postgres_is_killed(self) -> None:
        self._cluster.postgres.kill()
        self._pause(4)
        self._cluster.postgres.up()

    def _postgres_does_not_answer(self) -> None:
        self._cluster.postgres.pause()
        self._pause(8)
        self._cluster.postgres.resume()

    def _kafka_is_killed(self) -> None:
        self._cluster.kafka.kill()
        self._pause(15)
        self._cluster.kafka.up()

    def _kafka_does_not_answer(self) -> None:
        self._cluster.kafka.pause()
        self._pause(15)
        self._cluster.kafka.resume()

    def _pause(self, most: float) -> None:
        time.sleep(self._chance.uniform(0, most))
