"""A hub in a folder of its own for every test that asks for one, a vault's database, and a database for logs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.postgresql.roles import OWNER
from hub_cluster.postgres_access import PostgresAccess
from tests.adapters.stores import Store, new_store
from tests.adapters.support import Hub


@pytest.fixture
def hub(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Hub]:
    """On SQLite, unless the test is one for `every_store`."""
    if getattr(request, "param", "sqlite") == "postgresql":
        store: Store = request.getfixturevalue("store")
        with Hub(tmp_path, rows=lambda _, clock: store.recorder(clock)) as hub:
            yield hub
    else:
        with Hub(tmp_path) as hub:
            yield hub


@pytest.fixture(scope="session")
def prepared(postgres: PostgresAccess) -> Iterator[Store]:
    """A database for the logs of one hub after the other."""
    with new_store(postgres) as store:
        yield store


@pytest.fixture
def store(prepared: Store) -> Store:
    """A database for the logs of one hub, empty, with nobody connected to it."""
    prepared.empty()
    return prepared


@pytest.fixture
def vault_url(postgres: PostgresAccess, database: str) -> str:
    """A database for one vault, as its owner."""
    return postgres.url_of(OWNER, database)
