"""A relay in a process of its own, which may be told to die at a point of its way.

`python -m tests.faults.relaying ORDER`, with ORDER as JSON: where the store is, the broker and the topic, at which
point and at the how manieth time to die, and the file whose lock is the lease (none: it always holds).
"""

import fcntl
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from adapters.kafka.carriage import Carriage, CarriageKeys
from adapters.kafka.connection import Broker
from adapters.kafka.relay import Point, Relay
from adapters.store.recorder import SqliteRecorder
from adapters.system import SystemClock, SystemEntropy


class FileLease:
    """Whoever holds the lock of a file has the lease, until its process ends."""

    def __init__(self, path: str | None) -> None:
        self._file = None if path is None else os.open(path, os.O_CREAT | os.O_RDWR)

    def take(self) -> bool:
        if self._file is None:
            return True
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    held = take  # the lock of a file is not lost


class Telling:
    """Says at which point it is, and kills this process at one of them, with nothing tidied up."""

    def __init__(self, point: str | None, times: int) -> None:
        self._point = point
        self._left = times

    def __call__(self, point: Point) -> None:
        say(point.value)
        if point.value == self._point:
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def carriage_of(path: Path) -> Carriage:
    """What seals the records of the acts, under the keys in a file that is made if it is not there."""
    keys = CarriageKeys.load(path) if path.exists() else CarriageKeys.create(path, SystemEntropy())
    return Carriage(keys, "acts", SystemEntropy())


def main(order: dict[str, Any]) -> None:
    password = Path(order["password"]).read_text()
    broker = Broker(order["addresses"], "relay", password, patience=order["patience"])
    store = SqliteRecorder(Path(order["store"]), SystemClock())
    at = Telling(order["point"], order["times"])
    relay = Relay(broker, order["topic"], store, FileLease(order["lease"]), carriage_of(Path(order["carriage"])), at=at)
    signal.signal(signal.SIGTERM, lambda *_: relay.stop())
    threading.Thread(target=tell, args=(relay,), daemon=True).start()
    relay.run()


def tell(relay: Relay) -> None:
    """Say how far it is, whenever that changes."""
    told = -1
    while True:
        if relay.state.position != told:
            told = relay.state.position
            say(told)
        time.sleep(0.01)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
