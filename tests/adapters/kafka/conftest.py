"""A topic of its own for every test that asks for one."""

import pytest

from adapters.kafka.connection import Broker
from adapters.kafka.topics import create
from hub_api.cluster.kafka_access import ADMINISTRATOR, KafkaAccess
from tests.adapters.kafka.rig import Topic


@pytest.fixture
def topic(kafka: KafkaAccess, topic: str) -> Topic:
    """An empty topic, made as the hub makes its own."""
    create(Broker(kafka.bootstrap, ADMINISTRATOR, kafka.password(ADMINISTRATOR)), topic)
    return Topic(topic, kafka)
