"""The one connection that appends: made when it is needed, and made again after it was lost.

A connection that breaks leaves its session on the server in doubt: it may be at work still, and commit what it was
given. So before anybody looks whether that was recorded, the session is ended: what it has not committed by then it
never will.
"""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult
from psycopg.rows import TupleRow

from adapters.postgresql.connect import Away, connect, place_of, server_of
from domain.errors import NotRecorded, SamradError

_APPENDING: Final = {
    "synchronous_commit": "on",
    "default_transaction_isolation": "read\\ committed",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "5s",
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",  # a plan made while the log was small is kept when it is large
    "jit": "off",
}
_PAUSE: Final = 0.05
_CALL: Final = b"samrad"
"""The name of the prepared question; the driver's own begin with an underscore."""
_WHO_AM_I: Final = (
    "SELECT pid, backend_start, current_setting('fsync') FROM pg_stat_activity WHERE pid = pg_backend_pid()"
)
_END: Final = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
    "WHERE pid = %b AND backend_start = %b AND pid <> pg_backend_pid()"
)


class Session:
    """A connection and what the server calls it. Whoever uses it holds a lock of their own."""

    def __init__(self, dsn: str, purpose: str) -> None:
        self._dsn = dsn
        self._purpose = purpose
        self._connection: psycopg.Connection[TupleRow] | None = None
        self._itself: tuple[int, datetime] | None = None
        self._doubted: list[tuple[int, datetime]] = []
        self._prepared = b""

    @property
    def connected(self) -> bool:
        """Whether there is a connection, as far as is known."""
        return self._connection is not None

    @property
    def lost(self) -> bool:
        """Whether there was a connection that is broken."""
        return self._connection is not None and self._connection.closed

    def open(self) -> None:
        """Connect if there is no connection, and end what is in doubt; `Away` if that cannot be done now."""
        if self._connection is not None:
            return
        connection = connect(self._dsn, self._purpose, _APPENDING)
        try:
            connection.prepare_threshold = None  # after a ROLLBACK the driver would let go of all that is prepared
            ((pid, since, fsync),) = connection.execute(_WHO_AM_I).fetchall()
            if fsync != "on":
                raise SamradError(f"{place_of(self._dsn)} runs with fsync = off: what it accepts may be lost")
            while self._doubted:
                if not all(ended for (ended,) in connection.execute(_END, self._doubted[-1])):
                    raise Away(f"{place_of(self._dsn)}: the session before is still at work", server_of(self._dsn))
                self._doubted.pop()
        except psycopg.OperationalError as error:
            connection.close()
            raise Away(f"{place_of(self._dsn)} does not answer: {error}", server_of(self._dsn)) from error
        except BaseException:
            connection.close()
            raise
        self._connection, self._itself, self._prepared = connection, (pid, since), b""

    def ask(self, question: str, *values: object) -> list[Any]:
        """The rows of an answer, as the driver gives them or with its error."""
        if self._connection is None:
            raise NotRecorded("there is no connection to append with")
        with self._connection.cursor(binary=True) as cursor:
            cursor.execute(question, values or None)
            return cursor.fetchall() if cursor.description else []

    def call(self, question: str, values: Sequence[bytes]) -> list[bytes]:
        """The one row of an answer, values and row in the server's binary form: for the one question that every group
        asks. To look at the type of each value takes the driver longer than all the rest that it does."""
        if self._connection is None:
            raise NotRecorded("there is no connection to append with")
        server, asked = self._connection.pgconn, question.encode()
        if self._prepared != asked:
            _good(server.prepare(_CALL, asked), ExecStatus.COMMAND_OK)
            self._prepared = asked
        result = server.exec_prepared(_CALL, values, [Format.BINARY] * len(values), Format.BINARY)
        _good(result, ExecStatus.TUPLES_OK)
        return [result.get_value(0, column) or b"" for column in range(result.nfields)]

    def again(self, until: float) -> None:
        """Connect anew after a loss, and end the session that was lost; `Away` if that cannot be done until then."""
        self.close()
        if self._itself is not None:
            self._doubted.append(self._itself)
            self._itself = None
        while True:
            try:
                return self.open()
            except Away:
                if time.monotonic() > until:
                    raise
                time.sleep(_PAUSE)

    def close(self) -> None:
        """Close the connection; the next `open` makes another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _good(result: PGresult, wanted: ExecStatus) -> None:
    if result.status != wanted:
        raise error_from_result(result)
