"""Invariant 2 between store and topic: killed, shut out, cut off or forgotten, each record is there once, in order."""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from adapters.kafka.connection import Broker
from adapters.kafka.relay import Point
from adapters.kafka.topics import create
from adapters.store.verification import verify
from hub_cluster.kafka import Kafka
from hub_cluster.kafka_access import ADMINISTRATOR, KafkaAccess
from tests.adapters.kafka.rig import Topic, append, stored, until
from tests.adapters.support import Hub
from tests.faults.relaying import carriage_of

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'hub-api'}"}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with Hub(tmp_path) as hub:
        yield hub


def made(kafka: KafkaAccess, folder: Path) -> Topic:
    name = f"t-{uuid4().hex}"
    create(Broker(kafka.bootstrap, ADMINISTRATOR, kafka.password(ADMINISTRATOR)), name)
    return Topic(name, kafka, carriage_of(folder / "carriage.json"))


def agreed(topic: Topic, hub: Hub) -> None:
    """What `samrad verify` proves of a log: each record is what was written, and the topic holds the same bytes."""
    assert [checked.position for checked in verify(hub.log)][-1] == hub.log.last()
    assert topic.everything(hub.log.last()) == stored(hub)


class Process:
    """A relay in a process of its own."""

    def __init__(
        self,
        topic: Topic,
        hub: Hub,
        point: Point | None = None,
        times: int = 1,
        lease: Path | None = None,
        patience: float = 3.0,
    ) -> None:
        secret = hub.folder / "password"
        secret.write_text(topic.kafka.password("relay"))
        order = {
            "addresses": topic.kafka.bootstrap,
            "password": str(secret),
            "patience": patience,
            "store": str(hub.data / "acts.db"),
            "topic": topic.name,
            "carriage": str(hub.folder / "carriage.json"),
            "point": None if point is None else point.value,
            "times": times,
            "lease": None if lease is None else str(lease),
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.relaying", json.dumps(order)],
            cwd=ROOT,
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.position = -1
        self.points: list[Point] = []
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def until(self, position: int) -> None:
        until(lambda: self.position >= position or self._process.poll() is not None, 30)
        assert self.position == position

    def dies(self) -> None:
        assert self._process.wait(30) == -signal.SIGKILL
        self._heard()

    def kill(self) -> None:
        self._process.kill()
        self.dies()

    def stop(self) -> None:
        self._process.terminate()
        assert self._process.wait(30) == 0
        self._heard()

    def _heard(self) -> None:
        self._listening.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.strip().isdigit():
                self.position = int(line)
            else:
                self.points.append(Point(line.strip()))


@contextmanager
def appending(hub: Hub, every: float = 0.002) -> Iterator[None]:
    """Somebody records all the while."""
    done = threading.Event()

    def go_on() -> None:
        while not done.wait(every):
            append(hub, 3, 3)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_a_relay_killed_at_any_point_leaves_each_record_once_in_order(kafka: KafkaAccess, hub: Hub) -> None:
    topic = made(kafka, hub.folder)
    for point in Point:
        append(hub, 5, 2)
        Process(topic, hub, point).dies()
    append(hub, 5)
    second = Process(topic, hub, Point.FLUSHED, 2)
    second.until(len(stored(hub)))
    append(hub, 2)
    second.dies()
    last = Process(topic, hub)
    last.until(len(stored(hub)))
    last.stop()
    agreed(topic, hub)


def test_two_relays_at_once_carry_each_record_once(kafka: KafkaAccess, hub: Hub) -> None:
    """Without a lease they shut each other out, again and again; nothing comes twice by it."""
    topic = made(kafka, hub.folder)
    with appending(hub):
        first, second = Process(topic, hub), Process(topic, hub)
        until(lambda: min(first.position, second.position) >= 30, 30)
        second.kill()
    first.until(len(stored(hub)))
    first.stop()
    agreed(topic, hub)


def test_a_relay_stands_by_while_another_holds_the_lease_and_takes_over_when_that_is_killed(
    kafka: KafkaAccess, hub: Hub, tmp_path: Path
) -> None:
    topic = made(kafka, hub.folder)
    append(hub, 3)
    first = Process(topic, hub, lease=tmp_path / "lease")
    first.until(3)
    second = Process(topic, hub, lease=tmp_path / "lease")
    until(lambda: second.position == 0)
    append(hub, 3)
    first.until(6)
    assert second.position == 0
    with appending(hub):
        first.kill()
        until(lambda: second.position > 6)
    second.until(len(stored(hub)))
    second.stop()
    agreed(topic, hub)


def test_a_broker_killed_and_one_that_is_silent_under_load_loses_and_doubles_nothing(mortal: Kafka, hub: Hub) -> None:
    topic = made(mortal, hub.folder)
    relay = Process(topic, hub, patience=1.0)
    with appending(hub):
        relay_has(relay, 20)
        mortal.kill()
        time.sleep(0.5)
        mortal.up()
        relay_has(relay, relay.position + 50)
        mortal.pause()
        time.sleep(2.5)
        mortal.resume()
        relay_has(relay, relay.position + 50)
    relay.until(len(stored(hub)))
    relay.stop()
    agreed(topic, hub)


def test_while_the_broker_is_away_a_relay_stops_when_it_is_told_to(mortal: Kafka, hub: Hub) -> None:
    topic = made(mortal, hub.folder)
    append(hub, 2)
    relay = Process(topic, hub, patience=60.0)
    relay.until(2)
    mortal.pause()
    try:
        append(hub, 2)
        time.sleep(0.3)
        began = time.monotonic()
        relay.stop()
        assert time.monotonic() - began < 30  # whatever is slow here, it does not wait for the broker
    finally:
        mortal.resume()
    last = Process(topic, hub)
    last.until(4)
    last.stop()
    agreed(topic, hub)


def test_a_relay_that_the_broker_has_forgotten_begins_again(mortal: Kafka, hub: Hub) -> None:
    topic = made(mortal, hub.folder)
    relay = Process(topic, hub)
    append(hub, 1)
    relay.until(1)
    time.sleep(2.5)
    append(hub, 1)
    relay.until(2)
    relay.stop()
    assert relay.points.count(Point.INITIALISED) == 2
    agreed(topic, hub)


def test_a_broker_whose_disk_is_full_is_waited_for(mortal: Kafka, hub: Hub) -> None:
    topic = made(mortal, hub.folder)
    relay = Process(topic, hub)
    append(hub, 3)
    relay.until(3)
    segment = next((mortal.data / f"{topic.name}-0").glob("*.log"))
    assert mortal.pid is not None
    resource.prlimit(mortal.pid, resource.RLIMIT_FSIZE, (segment.stat().st_size + 10_000, resource.RLIM_INFINITY))
    append(hub, 40, 40)
    until(lambda: not mortal.alive, 30)
    mortal.kill()
    assert relay.position == 3
    mortal.up()
    relay.until(43)
    relay.stop()
    agreed(topic, hub)


def relay_has(relay: Process, position: int) -> None:
    until(lambda: relay.position >= position, 30)
