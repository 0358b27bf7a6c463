"""A place on the servers for each test that wants one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_api.cluster.kafka_access import KafkaAccess
from hub_api.cluster.postgres_access import PostgresAccess
from tests.hub_api.production.servers import Place


@pytest.fixture
def place(postgres: PostgresAccess, kafka: KafkaAccess, tmp_path: Path) -> Iterator[Place]:
    place = Place(postgres, kafka, tmp_path)
    place.prepare()
    yield place
    place.remove()
