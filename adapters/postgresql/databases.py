"""Databases of the hub, made once by a role that may make them."""

from typing import Final

from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from adapters.postgresql.connect import connect

MAINTENANCE: Final = "postgres"
"""The database that every server has: from there, others are made."""


def on_the_server(dsn: str) -> str:
    """The same server, as the same role, whatever database is named."""
    return make_conninfo(dsn, dbname=MAINTENANCE)


def create_database(dsn: str, owner: str) -> bool:
    """The database that is named, empty, its owner's and closed to everybody else; whether it was not there."""
    name = str(conninfo_to_dict(dsn)["dbname"])
    with connect(on_the_server(dsn), "samrad prepare") as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            return False
        made = sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner))
        connection.execute(made)
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    return True
