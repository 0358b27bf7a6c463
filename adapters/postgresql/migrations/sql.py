"""The SQL files beside this module, made for one log: its schema and the number of its append lock."""

import hashlib
from pathlib import Path

from sqlalchemy import Connection

NEWEST = "0003"
"""The newest version that this program knows."""
SCHEMAS = ("acts", "looks")
"""The two logs of a hub, in one database."""


def append_lock(schema: str) -> int:
    """The number of the advisory lock under which a log is appended to."""
    return int.from_bytes(hashlib.sha256(b"samrad.append." + schema.encode()).digest()[:8], "big", signed=True)


def statements(file: str, schema: str) -> str:
    """The statements of a file for the log in that schema."""
    text = Path(__file__).with_name(file).read_text(encoding="utf-8")
    return text.replace("@schema@", schema).replace("@lock@", str(append_lock(schema)))


def run(connection: Connection, text: str) -> None:
    """Several statements at once, in which nothing is a parameter."""
    connection.execution_options(no_parameters=True).exec_driver_sql(text)
