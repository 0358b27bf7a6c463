"""A topic of its own for every test that asks for one."""

from pathlib import Path

import pytest

from adapters.kafka.carriage import Carriage, CarriageKeys
from adapters.kafka.connection import Broker
from adapters.kafka.topics import create
from adapters.system import SystemEntropy
from hub_cluster.kafka_access import ADMINISTRATOR, KafkaAccess
from tests.adapters.kafka.rig import Topic


@pytest.fixture
def topic(kafka: KafkaAccess, topic: str, tmp_path: Path) -> Topic:
    """An empty topic, made as the hub makes its own."""
    create(Broker(kafka.bootstrap, ADMINISTRATOR, kafka.password(ADMINISTRATOR)), topic)
    keys = CarriageKeys.create(tmp_path / "carriage" / "keys.json", SystemEntropy())
    return Topic(topic, kafka, Carriage(keys, "acts", SystemEntropy()))
