"""Where the views of a test lie: in its folder, or in PostgreSQL for those that ask for both databases."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa

from adapters.postgresql.roles import OWNER
from hub_cluster.postgres_access import PostgresAccess
from tests.projections.history import ADDRESS, OPENED


@pytest.fixture(scope="session")
def views_database(postgres: PostgresAccess) -> Iterator[sa.URL]:
    """One database for the views of all tests of a worker, each in a schema of its own."""
    name = postgres.database(f"views_{sha256(str(id(postgres)).encode()).hexdigest()[:12]}", OWNER)
    yield sa.make_url(postgres.url_of(OWNER, name, "postgresql+psycopg"))
    postgres.drop(name)


@pytest.fixture
def on_postgresql(views_database: sa.URL, tmp_path: Path) -> Iterator[sa.URL]:
    """The views that are opened `at` the test's folder lie in PostgreSQL."""
    schema = f"s_{sha256(str(tmp_path).encode()).hexdigest()[:12]}"
    engine = sa.create_engine(views_database)
    with engine.begin() as connection:
        connection.execute(sa.schema.CreateSchema(schema))
    engine.dispose()
    url = views_database.update_query_dict({"options": f"-csearch_path={schema}"})
    (tmp_path / ADDRESS).write_text(url.render_as_string(hide_password=False))
    yield url
    while OPENED:
        OPENED.pop().close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def both(request: pytest.FixtureRequest) -> str:
    """Run this test on both databases."""
    if request.param == "postgresql":
        request.getfixturevalue("on_postgresql")
    return str(request.param)
