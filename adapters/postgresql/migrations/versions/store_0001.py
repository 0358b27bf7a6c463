"""The records and the end of each log, which nobody changes."""

from alembic import op

from adapters.postgresql.migrations.sql import SCHEMAS, run, statements

revision = "0001"
down_revision = None


def upgrade() -> None:
    for schema in SCHEMAS:
        run(op.get_bind(), statements("tables.sql", schema))
