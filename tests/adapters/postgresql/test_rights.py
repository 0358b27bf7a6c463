"""Who may do what in the three databases, read off the server: what is not meant here is no right, whoever has it."""

from collections.abc import Iterator
from contextlib import closing
from typing import Final

import pytest

from adapters.postgresql.rights import let_serve_read
from adapters.postgresql.roles import APPEND, OWNER, PROJECT, RELAY
from hub_api.runtime.servers.addresses import database
from hub_api.runtime.servers.addresses import views as views_at
from hub_cluster.postgres_access import PostgresAccess
from projections.catalogue import ACTS, LOOKS
from projections.store import Views
from tests.hub_api.servers.servers import Place

ANYBODY: Final = "public"
Rights = dict[str, dict[str, str]]
"""By what it is, for each role that may do anything with it what that is."""

EVERYTHING: Final = "DELETE INSERT REFERENCES SELECT TRIGGER TRUNCATE UPDATE"
LOOKS_AT: Final = "SELECT"
ENTERS: Final = dict.fromkeys((APPEND, RELAY, PROJECT), "USAGE")
READ: Final = {OWNER: EVERYTHING, APPEND: LOOKS_AT, RELAY: LOOKS_AT, PROJECT: LOOKS_AT}
CALLED: Final = {OWNER: "EXECUTE", APPEND: "EXECUTE"}
A_TRIGGERS: Final = dict.fromkeys((ANYBODY, OWNER, APPEND, RELAY, PROJECT), "EXECUTE")
"""Nobody can call it: it is a trigger's, and refuses."""
COUNTS: Final = {OWNER: "SELECT UPDATE USAGE"}
"""A sequence: whoever inserts into its table needs no right on it."""
PUBLIC: Final = {ANYBODY: "USAGE", OWNER: "CREATE USAGE", APPEND: "USAGE", RELAY: "USAGE", PROJECT: "USAGE"}
"""The schema that every database has: nobody but the owner puts anything there."""

ONE_LOG: Final = {
    "schema {}": {OWNER: "CREATE USAGE"} | ENTERS,
    "table {}.records": READ,
    "table {}.log_end": READ,
    "function {}.samrad_append": CALLED,
    "function {}.samrad_take_turn": CALLED,
    "function {}.refuse": A_TRIGGERS,
}
STORE: Final = {
    "database": {OWNER: "CONNECT CREATE TEMPORARY", APPEND: "CONNECT", RELAY: "CONNECT", PROJECT: "CONNECT"},
    "schema public": PUBLIC,
    "schema samrad": {OWNER: "CREATE USAGE"} | ENTERS,
    "table samrad.store_version": READ,
} | {name.format(log): rights for log in ("acts", "looks") for name, rights in ONE_LOG.items()}
VAULT: Final = {
    "database": {OWNER: "CONNECT CREATE TEMPORARY", APPEND: "CONNECT", PROJECT: "CONNECT"},
    "schema public": PUBLIC,
    "schema vault": {OWNER: "CREATE USAGE", APPEND: "USAGE", PROJECT: "USAGE"},
    "table vault.hub": {OWNER: EVERYTHING, APPEND: "INSERT SELECT UPDATE"},
    "table vault.keys": {OWNER: EVERYTHING, APPEND: "DELETE INSERT SELECT UPDATE", PROJECT: LOOKS_AT},
    "table vault.gone": {OWNER: EVERYTHING, APPEND: "INSERT SELECT UPDATE", PROJECT: LOOKS_AT},
    "table vault.receipts": {OWNER: EVERYTHING, APPEND: "DELETE INSERT SELECT"},
    "sequence vault.keys_number_seq": COUNTS,
    "sequence vault.gone_number_seq": COUNTS,
}
"""Who deletes keys tells of it in `gone`, and nobody deletes that; the right to update is what its lock asks for."""
A_VIEW: Final = {PROJECT: EVERYTHING, APPEND: LOOKS_AT}
VIEWS: Final = {
    "database": {OWNER: "CONNECT CREATE TEMPORARY", APPEND: "CONNECT", PROJECT: "CONNECT"},
    "schema public": PUBLIC | {PROJECT: "CREATE USAGE"},
    **{f"table public.{name}": A_VIEW for name in ("tracking", "generation", "shape", "stopped", "reported")},
    **{f"table public.{table.name}": A_VIEW for each in (ACTS, LOOKS) for table in each.tables(1).values()},
}

ASKED: Final = """
WITH roles AS (
    SELECT rolname::text AS role FROM pg_roles WHERE rolname LIKE 'samrad\\_%' UNION SELECT 'public'
), schemas AS (
    SELECT oid, nspname FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'
), relations AS (
    SELECT c.oid, nspname || '.' || relname AS name, relkind = 'S' AS counts FROM pg_class c
    JOIN schemas s ON s.oid = relnamespace WHERE relkind NOT IN ('i', 'I', 't', 'c')
), granted AS (
    SELECT 'database' AS thing, role, can FROM pg_database d, roles, unnest(ARRAY['CONNECT', 'CREATE', 'TEMPORARY']) can
    WHERE datname = current_database() AND has_database_privilege(role, d.oid, can)
    UNION ALL
    SELECT 'schema ' || nspname, role, can FROM schemas s, roles, unnest(ARRAY['CREATE', 'USAGE']) can
    WHERE has_schema_privilege(role, s.oid, can)
    UNION ALL
    SELECT 'table ' || name, role, can FROM relations r, roles,
        unnest(ARRAY['DELETE', 'INSERT', 'REFERENCES', 'SELECT', 'TRIGGER', 'TRUNCATE', 'UPDATE']) can
    WHERE NOT counts AND CASE WHEN can IN ('INSERT', 'REFERENCES', 'SELECT', 'UPDATE')
        THEN has_any_column_privilege(role, r.oid, can) ELSE has_table_privilege(role, r.oid, can) END
    UNION ALL
    SELECT 'sequence ' || name, role, can FROM relations r, roles, unnest(ARRAY['SELECT', 'UPDATE', 'USAGE']) can
    WHERE counts AND has_sequence_privilege(role, r.oid, can)
    UNION ALL
    SELECT 'function ' || nspname || '.' || proname, role, 'EXECUTE'
    FROM pg_proc p JOIN schemas s ON s.oid = pronamespace, roles WHERE has_function_privilege(role, p.oid, 'EXECUTE')
)
SELECT thing, role, string_agg(can, ' ' ORDER BY can) FROM granted GROUP BY thing, role
"""


@pytest.fixture(scope="module")
def place(postgres: PostgresAccess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The three databases as `samrad migrate` leaves them, and the views as `samrad project` makes them."""
    place = Place(postgres, None, tmp_path_factory.mktemp("rights"))
    place.migrate()
    projects = place.settings(PROJECT)
    let_serve_read(database(projects, "views", "this test"))
    with closing(Views(views_at(projects, "this test"))) as views:
        for each in (ACTS, LOOKS):
            each.prepare(views)
    yield place
    place.remove()


@pytest.mark.parametrize(("name", "meant"), [("store", STORE), ("vault", VAULT), ("views", VIEWS)])
def test_each_role_has_the_rights_that_are_meant_and_no_other(place: Place, name: str, meant: Rights) -> None:
    """A table, schema or function that is not named above fails here until somebody has decided about it."""
    found: Rights = {}
    for row in place.postgres.ask(ASKED, place.databases[name]).splitlines():
        thing, role, can = row.split("|")
        found.setdefault(thing, {})[role] = can
    assert found == meant


def test_no_role_of_the_hub_has_a_power_over_the_server_or_is_a_member_of_another(place: Place) -> None:
    powers = "rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
    assert place.postgres.ask(f"SELECT rolname FROM pg_roles WHERE rolname LIKE 'samrad%' AND ({powers})") == ""
    assert (
        place.postgres.ask("SELECT member::regrole FROM pg_auth_members WHERE member::regrole::text LIKE 'sam%'") == ""
    )
