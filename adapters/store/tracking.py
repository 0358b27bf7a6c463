"""How far a view has come, in the view's own file and within the view's own transaction."""

import sqlite3
import threading
from pathlib import Path

from eventsourcing.persistence import IntegrityError, Tracking, TrackingRecorder

from adapters.sqlite import connect

_TABLE = """
CREATE TABLE IF NOT EXISTS tracking (
    name TEXT PRIMARY KEY, position INTEGER NOT NULL
) STRICT, WITHOUT ROWID
"""


class SqliteTracking(TrackingRecorder):
    """One row per view, which only moves forward: a position that was reached once is refused the second time."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = connect(path)
        self._connection.execute(_TABLE)

    def insert_tracking(self, tracking: Tracking) -> None:
        with self._lock:
            self._insert_tracking(self._connection, tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        with self._lock:
            row = self._connection.execute(
                "SELECT position FROM tracking WHERE name = ?", (application_name,)
            ).fetchone()
        return None if row is None else row[0]

    @staticmethod
    def _insert_tracking(connection: sqlite3.Connection, tracking: Tracking) -> None:
        """Within the caller's transaction: what is projected and how far, both or neither."""
        moved = connection.execute(
            "INSERT INTO tracking VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET position = excluded.position "
            "WHERE position < excluded.position RETURNING position",
            (tracking.application_name, tracking.notification_id),
        ).fetchone()
        if moved is None:
            raise IntegrityError(f"{tracking.application_name} has passed position {tracking.notification_id} already")

    def close(self) -> None:
        with self._lock:
            self._connection.close()
