"""A hub on the shared servers, for tests that harm none of them; and a broker that may be harmed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_cluster.jars import class_path
from hub_cluster.java import java
from hub_cluster.kafka import Kafka
from hub_cluster.kafka_access import KafkaAccess
from hub_cluster.postgres_access import PostgresAccess
from tests.hub_api.servers.servers import Place
from tests.servers import available, own_folder

FORGETS = {
    "transactional.id.expiration.ms": "1500",
    "transaction.remove.expired.transaction.cleanup.interval.ms": "300",
    "producer.id.expiration.ms": "1500",
}


@pytest.fixture
def place(postgres: PostgresAccess, kafka: KafkaAccess, tmp_path: Path) -> Iterator[Place]:
    place = Place(postgres, kafka, tmp_path)
    place.prepare()
    yield place
    place.remove()


@pytest.fixture(scope="session")
def mortal() -> Iterator[Kafka]:
    """A broker that may be killed, and that soon forgets whoever sends nothing. One for all who harm it in turn."""
    available(java)
    available(class_path)
    with (
        own_folder() as folder,
        Kafka.start(folder / "k", settings=FORGETS, topics=(), keep=False, brief=True) as kafka,
    ):
        kafka.allow_hub(["t-"], prefixed=True)
        yield kafka
