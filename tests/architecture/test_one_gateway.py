"""All reads of case data go through one gateway: the rule holds, and it bites."""

from pathlib import Path

import pytest

from tests.architecture.gateway_permits import PERMITTED, Way
from tests.architecture.one_gateway import findings, modules, violations

ROOT = Path(__file__).parents[2]


def test_nothing_reaches_case_data_beside_the_gateway() -> None:
    found = [str(finding) for module, source in modules(ROOT) for finding in violations(module, source)]
    assert not found, "\n".join(found)


def test_a_permission_that_a_module_does_not_use_is_withdrawn() -> None:
    sources = dict(modules(ROOT))
    idle = {
        permit.module: permit.ways - {finding.way for finding in findings(permit.module, sources[permit.module])}
        for permit in PERMITTED
        if permit.module in sources
    }
    assert not {module: ways for module, ways in idle.items() if ways}


def test_every_permission_says_why() -> None:
    assert all(len(permit.reason) > 30 for permit in PERMITTED)


@pytest.mark.parametrize(
    ("way", "planted"),
    [
        (Way.SNAPSHOT, "facts = store.snapshot()"),
        (Way.SNAPSHOT, "take = store.snapshot"),
        (Way.SNAPSHOT, "getattr(store, 'snapshot')()"),
        (Way.STREAM, "facts = snapshot.stream(case)"),
        (Way.STREAM, "facts, mark = snapshot.read_whole(case)"),
        (Way.STREAM, "facts, mark = snapshot.read_on(case, 3, mark)"),
        (Way.OPEN, "fact = snapshot.open(fact, {Compartment.IDENTITY})"),
        (Way.OPEN, "fact = snapshot.open(fact=fact, compartments=everything)"),
        (Way.OPEN, "fact = snapshot.open(*arguments)"),
        (Way.OPEN, "fact = snapshot.open(**arguments)"),
        (Way.OPEN, "opened = map(snapshot.open, facts)"),
        (Way.OPEN, "getattr(snapshot, 'open')(fact, everything)"),
        (Way.STREAM, "getattr(snapshot, 'stream')(case)"),
        (Way.LOG, "getattr(log, 'read')(0, 100)"),
        (Way.LOG, "facts = log.read(0, 100)"),
        (Way.LOG, "facts = log.read(after=0, limit=100)"),
        (Way.QUERY, "rows = connection.execute('SELECT * FROM cases')"),
        (Way.QUERY, "rows = connection.scalars(statement)"),
        (Way.QUERY, "statement = select(cases)"),
        (Way.QUERY, "statement = text('SELECT 1')"),
        (Way.CORE, "rows = gateway._core.trail.looks(everyone)"),
        (Way.CORE, "from hub_api.access.core import SYSTEM, Core"),
        (Way.VAULT, "key = core.vault.get(key_id)"),
        (Way.VIEWS, "with hub.views.reading() as connection: pass"),
        (Way.VIEWS, "rows = core.lists.cases(unit)"),
        (Way.DATABASE, "import sqlite3"),
        (Way.DATABASE, "from sqlalchemy.orm import Session"),
        (Way.DATABASE, "def late() -> None:\n    import sqlalchemy as sa"),
        (Way.ADAPTERS, "from adapters.vault.embedded import SqliteVault"),
        (Way.ADAPTERS, "import adapters.vault.sealing"),
        (Way.PROJECTIONS, "from projections.store import Views"),
    ],
)
def test_a_planted_way_round_the_gateway_fails_the_build(way: Way, planted: str) -> None:
    assert way in {finding.way for finding in violations("hub_api.routes", planted)}


def test_the_commander_decides_on_records_and_opens_nothing() -> None:
    assert violations("hub_api.commands.handler", "facts = store.snapshot().stream(case)") == []
    assert violations("hub_api.commands.handler", "fact = snapshot.open(fact, compartments)")


def test_a_projection_folds_the_log_and_opens_nothing() -> None:
    assert violations("projections.lists", "connection.execute(select(rows)); log.read(0, 9)") == []
    assert violations("projections.lists", "fact = snapshot.open(fact, compartments)")


@pytest.mark.parametrize(
    "harmless",
    [
        "path.open('rb')",
        "path.open(encoding='utf-8')",
        "os.open(path, flags)",
        "Hub.open(settings)",
        "file.read()",
        "file.read(4)",
        "fact.stream",
        "from projections.published import written",
        "from hub_api.access.core import SYSTEM",
        "now = hub.core.now()",
    ],
)
def test_what_is_no_case_data_is_read_as_ever(harmless: str) -> None:
    assert violations("hub_api.commands.load", harmless) == []
