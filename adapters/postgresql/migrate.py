"""Bring the store's database to the form that this program knows: empty or filled, by the role that owns it."""

from pathlib import Path
from typing import Any, Final

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from adapters.postgresql.connect import connect
from adapters.postgresql.migrations.sql import run
from adapters.postgresql.roles import RUNNING, require_roles

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('samrad.migrate'))"
_LET_IN: Final = f"""
DO $$ BEGIN
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO {", ".join(RUNNING)}', current_database());
END $$
"""


def migrate(dsn: str, to: str = "head") -> None:
    """Everything that is not there yet, in one transaction; done again, it does nothing. The roles must be there."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    engine = create_engine("postgresql+psycopg://", creator=lambda: _connection(dsn))
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(_LOCK)
            connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS samrad")
            config.attributes["connection"] = connection
            command.upgrade(config, to)
            run(connection, _LET_IN)
    finally:
        engine.dispose()


def _connection(dsn: str) -> psycopg.Connection[Any]:
    connection = connect(dsn, "samrad migrate")
    try:
        require_roles(connection)
        connection.autocommit = False
    except BaseException:
        connection.close()
        raise
    return connection
