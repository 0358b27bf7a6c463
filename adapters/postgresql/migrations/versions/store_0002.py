"""The function that appends, and who may do what."""

from alembic import op

from adapters.postgresql.migrations.sql import SCHEMAS, run, statements

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for schema in SCHEMAS:
        run(op.get_bind(), statements("append.sql", schema))
        run(op.get_bind(), statements("rights.sql", schema))
