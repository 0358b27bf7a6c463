"""The store's database, empty and filled, is brought to the form that this program knows; what is wrong is one line."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from adapters.postgresql import migrate as migrating
from adapters.postgresql.connect import Away, connect
from adapters.postgresql.migrate import migrate
from adapters.postgresql.migrations.sql import NEWEST
from adapters.postgresql.recorder import PostgresRecorder
from adapters.postgresql.restore import Framed, restore
from adapters.postgresql.roles import APPEND, OWNER, create_roles
from adapters.store.outcomes import Placed
from adapters.store.record import TOPIC, Prepared, Row
from adapters.system import SystemClock
from domain.errors import SamradError
from hub_cluster.postgres_access import SUPERUSER, PostgresAccess
from tests.adapters.support import ENTROPY, Hub, one

MADE_BY = {
    "tables.sql": "3496e893aa0176eb79823f2c282f070e7cc355610b6465c67a1aa2c3578997d9",
    "append.sql": "9d16229730460c58f7f7d36eb58b5f9420897dd6b849aee5c85c3f79ffda9563",
    "columns.sql": "627824bffd03c0ea9336f56ede1732223b7115c15ad635691d5a61f18ab33a4e",
    "rights.sql": "4351b2e8bf9e0de073554a3b505603698e00a547d7d3d00a7250da62c8756a78",
}
"""The statements that there are databases of, by their SHA-256: what is new stands in a file of its own."""


def command(stream: bytes, version: int) -> Prepared:
    return Prepared((Row(ENTROPY.ref(), stream, version, TOPIC, b"body"),))


def test_a_database_that_is_filled_is_migrated_and_gone_on_with(
    hub: Hub, postgres: PostgresAccess, database: str
) -> None:
    owner = postgres.url_of(OWNER, database)
    case = ENTROPY.ref()
    hub.log.append([one(case, 1), one(case, 2)])
    migrate(owner, "0001")
    restore(owner, "acts", [Framed(row.frame, False) for row in hub.log.rows.rows(0, 9)])
    with pytest.raises(SamradError, match="run `samrad migrate`"):
        PostgresRecorder(owner, "acts", SystemClock())

    migrate(owner)
    migrate(owner)

    recorder = PostgresRecorder(postgres.url_of(APPEND, database), "acts", SystemClock())
    assert recorder.rows(0, 9) == hub.log.rows.rows(0, 9)
    assert recorder.append([command(case.uuid.bytes, 3)]) == [Placed((3,))]
    recorder.close()


def test_the_newest_version_is_the_one_that_this_program_asks_for() -> None:
    config = Config()
    config.set_main_option("script_location", migrating.__file__.replace("migrate.py", "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST


@pytest.mark.parametrize("file", MADE_BY)
def test_the_statements_that_databases_were_made_by_are_never_changed(file: str) -> None:
    found = Path(migrating.__file__).with_name("migrations") / file
    assert sha256(found.read_bytes()).hexdigest() == MADE_BY[file]


def test_a_database_without_logs_is_said_to_be_one(postgres: PostgresAccess, database: str) -> None:
    with pytest.raises(SamradError, match="run `samrad migrate`"):
        PostgresRecorder(postgres.url_of(OWNER, database), "acts", SystemClock())


def test_a_role_that_is_missing_is_named(
    postgres: PostgresAccess, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.postgresql.roles.RUNNING", ("samrad_append", "samrad_nobody"))
    with pytest.raises(SamradError, match="lacks the roles samrad_nobody"):
        migrate(postgres.url_of(OWNER, database))


@pytest.fixture
def role(postgres: PostgresAccess) -> Iterator[str]:
    name = f"r_{uuid4().hex}"
    yield name
    postgres.ask(f"DROP ROLE IF EXISTS {name}")


def test_a_role_is_made_with_its_password_and_may_do_nothing(postgres: PostgresAccess, role: str) -> None:
    for password in ("först'a", "andra"):
        create_roles(postgres.url_of(SUPERUSER), {role: password})
        with psycopg.connect(postgres.url_of(SUPERUSER), user=role, password=password) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    limits = f"SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles WHERE rolname = '{role}'"
    assert postgres.ask(limits) == "f"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "wrong"}, "refuses the password of samrad_append"),
        ({"user": "samrad_stranger", "password": "x"}, "refuses the password of samrad_stranger"),
        ({"dbname": "elsewhere"}, "has no such role or database for samrad_append, database elsewhere"),
    ],
)
def test_what_keeps_one_out_is_said_in_one_line_without_a_password(
    postgres: PostgresAccess, change: dict[str, str], said: str
) -> None:
    dsn = psycopg.conninfo.make_conninfo(postgres.url_of(APPEND), **change)
    with pytest.raises(SamradError, match=said) as told:
        connect(dsn, "test")
    assert not isinstance(told.value, Away)
    assert "\n" not in str(told.value)
    assert postgres.password(APPEND) not in str(told.value)


def test_a_server_that_is_away_is_told_apart() -> None:
    with pytest.raises(Away, match="does not answer samrad_append, database hub"):
        connect("postgresql://samrad_append:secret@127.0.0.1:1/hub", "test")


def test_a_server_that_may_lose_what_it_accepted_is_not_written_to(
    postgres: PostgresAccess, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(postgres.url_of(OWNER, database))
    recorder = PostgresRecorder(postgres.url_of(APPEND, database), "acts", SystemClock())
    monkeypatch.setattr("adapters.postgresql.session._WHO_AM_I", "SELECT pg_backend_pid(), now(), 'off'")
    with pytest.raises(SamradError, match="fsync = off"):
        recorder.append([command(ENTROPY.bytes(16), 1)])
    recorder.close()
