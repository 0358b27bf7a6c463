"""Which columns those read who carry and who project."""

from alembic import op

from adapters.postgresql.migrations.sql import SCHEMAS, run, statements

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for schema in SCHEMAS:
        run(op.get_bind(), statements("columns.sql", schema))
