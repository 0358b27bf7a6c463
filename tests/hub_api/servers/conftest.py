"""A place on the servers for each test that wants one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_cluster.kafka_access import KafkaAccess
from hub_cluster.postgres_access import PostgresAccess
from tests.hub_api.servers.servers import Place


@pytest.fixture
def place(postgres: PostgresAccess, kafka: KafkaAccess, tmp_path: Path) -> Iterator[Place]:
    place = Place(postgres, kafka, tmp_path)
    place.prepare()
    yield place
    place.remove()
