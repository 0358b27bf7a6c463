"""The stores that a log may stand on, for tests that reach behind it."""

from adapters.application import CoordinationLog
from adapters.recorder import SqliteRecorder


def sqlite(log: CoordinationLog) -> SqliteRecorder:
    """The recorder of a log that is kept in a file."""
    assert isinstance(log.rows, SqliteRecorder)
    return log.rows
