"""A hub in a folder of its own for every test that asks for one, and a vault's database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_api.cluster.postgres_access import OWNER, PostgresAccess
from tests.adapters.support import Hub


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with Hub(tmp_path) as hub:
        yield hub


@pytest.fixture
def vault_url(postgres: PostgresAccess, database: str) -> str:
    """A database for one vault, as its owner."""
    return postgres.url_of(OWNER, database)
