"""docs/in-clear.md names every column that there is, and who reads it: on servers and in the embedded hub's files."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from adapters.postgresql.rights import let_serve_read
from adapters.postgresql.roles import APPEND, PROJECT, RELAY
from hub_api.runtime.hub import Hub
from hub_api.runtime.servers.addresses import database
from hub_api.runtime.servers.addresses import views as views_at
from hub_api.runtime.settings import Settings
from hub_cluster.postgres_access import PostgresAccess
from projections.catalogue import ACTS, LOOKS
from projections.store import Views
from tests.hub_api.servers.servers import Place

PAGE: Final = (Path(__file__).parents[3] / "docs" / "in-clear.md").read_text(encoding="utf-8")
ROLES: Final = {"append": APPEND, "relay": RELAY, "project": PROJECT}
ON_SERVERS_ALONE: Final = {"log_end", "store_version", "gone", "least", "drawer"}
Columns = dict[tuple[str, str], frozenset[str]]
"""By table and column, the roles that read it."""
ASKED: Final = """
SELECT table_name, column_name, role FROM information_schema.columns,
    unnest(ARRAY['samrad_append', 'samrad_relay', 'samrad_project']) AS role
WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
    AND has_schema_privilege(role, table_schema, 'USAGE')
    AND has_column_privilege(role, format('%I.%I', table_schema, table_name), column_name, 'SELECT')
    AND has_database_privilege(role, current_database(), 'CONNECT')
"""


def section(title: str) -> list[list[str]]:
    """The rows of the table in that part of the page."""
    (text,) = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line[:1] == "|"]
    return rows[2:]


def told(title: str) -> Columns:
    found: Columns = {}
    for row in section(title):
        if title == "The views":
            table, columns, _ = row
            found |= dict.fromkeys(((table, column) for column in columns.split(", ")), frozenset({APPEND, PROJECT}))
        else:
            table, column, _, roles = row
            found[table, column] = frozenset(ROLES[role] for role in roles.split(", "))
    return found


def living(table: str) -> str:
    """The name of a view's table without its generation."""
    return re.sub(r"_\d+$", "", table)


@pytest.fixture(scope="module")
def place(postgres: PostgresAccess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place(postgres, None, tmp_path_factory.mktemp("clear"))
    place.migrate()
    projects = place.settings(PROJECT)
    let_serve_read(database(projects, "views", "this test"))
    with closing(Views(views_at(projects, "this test"))) as views:
        for each in (ACTS, LOOKS):
            each.prepare(views)
    yield place
    place.remove()


@pytest.mark.parametrize(("title", "name"), [("The store", "store"), ("The vault", "vault"), ("The views", "views")])
def test_the_page_names_every_column_on_servers_and_who_reads_it(place: Place, title: str, name: str) -> None:
    found: dict[tuple[str, str], set[str]] = {}
    for line in place.postgres.ask(ASKED, place.databases[name]).splitlines():
        table, column, role = line.split("|")
        found.setdefault((living(table), column), set()).add(role)
    assert {each: frozenset(roles) for each, roles in found.items()} == told(title)


def test_no_role_that_only_reads_is_told_what_disposes_of_something() -> None:
    assert told("The store")["records", "disposal"] == {APPEND}


def test_the_page_names_every_column_of_the_embedded_files(tmp_path: Path) -> None:
    Hub.open(Settings.beside(tmp_path / "data")).close()
    files = {"acts.db": "The store", "looks.db": "The store", "vault.db": "The vault", "views.db": "The views"}
    for file, title in files.items():
        with closing(sqlite3.connect(tmp_path / "data" / file)) as opened:
            tables = [name for (name,) in opened.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            found = {
                (living(table), column[1])
                for table in tables
                if not table.startswith("sqlite_")
                for column in opened.execute(f"PRAGMA table_info({table})")
            }
        expected = {each for each in told(title) if not ON_SERVERS_ALONE.intersection(each)}
        assert found == expected, file
