"""What alembic runs: everything that is not there yet, in one transaction, on the connection that `migrate` holds."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="store_version",
    version_table_schema="samrad",
)
context.run_migrations()
