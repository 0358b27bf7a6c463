"""A lease: of all processes that want a name, one has it, for as long as the server hears of it.

It is an advisory lock on a connection of its own, renewed each second by a thread of its own. A process that dies has
lost it without doing anything; so has one that is paused, since the server ends a connection that is silent for some
seconds, by its own clock. The other way round, a process that hears nothing of the server does not know whether it has
it still, and so has to think that it has not: `held` asks the server, and `fresh` says without asking whether that was
answered so lately that nobody else can have it.
"""

import hashlib
import os
import socket
import threading
import time
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Final, Self

import psycopg

from adapters.postgresql.connect import Away, connect, server_of

SILENT: Final = 5
"""Seconds without a word after which the server ends a connection, and the lease with it: a paused process's too."""
LASTS: Final = 4.0
"""Seconds for which an answer of the server is believed; less than `SILENT`, so that two never believe it at once."""
RENEWED: Final = 1.0
"""Seconds between two questions whether it is held still."""
_WATCHED: Final[Mapping[str, str | int]] = {
    "idle_session_timeout": f"{SILENT}s",
    "statement_timeout": "5s",
    "tcp_keepalives_idle": 5,
    "tcp_keepalives_interval": 2,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
PAUSE: Final = 0.5
_TAKEN: Final = (
    "SELECT (classid::bigint << 32) | objid::bigint, coalesce(application_name, '') "
    "FROM pg_locks LEFT JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted "
    "AND objsubid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Lease:
    """A lease of that name in that database, not taken yet. Any thread may ask it; no reading role is too small."""

    def __init__(self, dsn: str, name: str) -> None:
        self._dsn = dsn
        self._name = name
        self._number = _number_of(name)
        self._lock = threading.Lock()
        self._connection: psycopg.Connection[Any] | None = None
        self._confirmed = -LASTS
        self._over = threading.Event()

    @property
    def name(self) -> str:
        return self._name

    def take(self) -> bool:
        """Take it if nobody has it; whether it is ours now. `Away` if the server does not answer."""
        with self._lock:
            if self._held():
                return True
            connection = connect(self._dsn, f"samrad lease {self._name} {_this_process()}", _WATCHED)
            asked = now()
            try:
                ((taken,),) = connection.execute("SELECT pg_try_advisory_lock(%s)", (self._number,)).fetchall()
            except psycopg.Error as error:
                connection.close()
                raise Away(f"the lease {self._name!r} could not be asked for: {error}", server_of(self._dsn)) from error
            if taken:
                self._connection, self._confirmed, self._over = connection, asked, threading.Event()
                threading.Thread(target=self._renew, args=(self._over,), name="lease", daemon=True).start()
            else:
                connection.close()
            return bool(taken)

    def wait(self, stop: threading.Event | None = None, patience: float = float("inf")) -> bool:
        """Wait until it is ours, for as long as the patience lasts and nobody says stop; whether it is. A server that
        is away is waited for as well."""
        until = time.monotonic() + patience
        stopped = stop or threading.Event()
        while not stopped.is_set():
            try:
                if self.take():
                    return True
            except Away:
                if time.monotonic() + PAUSE > until:
                    raise
            if time.monotonic() + PAUSE > until:
                return False
            stopped.wait(PAUSE)
        return False

    def held(self) -> bool:
        """Whether it is ours, as the server says now; once it is lost it stays so until it is taken again."""
        with self._lock:
            return self._held()

    def fresh(self) -> bool:
        """Whether the server has confirmed it so lately that nobody else can have it; nothing is asked for that."""
        return now() - self._confirmed < LASTS

    def ask(self, question: str) -> Any:
        """What the server answers on the very connection that holds the lease: it is asked while that is held, or it is
        an error, `Away`."""
        with self._lock:
            if self._connection is None:
                raise Away(f"the lease {self._name!r} is not held")
            try:
                ((answer,),) = self._connection.execute(question, binary=True).fetchall()
            except psycopg.Error as error:
                raise Away(f"the lease {self._name!r} is lost, or could not be used: {error}") from error
            return answer

    def release(self) -> None:
        """Let it go. Done again, it does nothing."""
        with self._lock:
            if self._connection is not None:
                self._lose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _held(self) -> bool:
        if self._connection is None:
            return False
        asked = now()
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error:
            self._lose()
            return False
        self._confirmed = asked
        return True

    def _lose(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection, self._confirmed = None, -LASTS
        self._over.set()

    def _renew(self, over: threading.Event) -> None:
        """Let the server hear of us, as long as this is the same lease."""
        while not over.wait(RENEWED):
            with self._lock:
                if not over.is_set():
                    self._held()


def now() -> float:
    """Seconds of a clock that goes on while this process, or this machine, is paused."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def taken(dsn: str, names: Iterable[str]) -> dict[str, str]:
    """Those of the leases that somebody has now, and which process of which machine that is."""
    numbers = {_number_of(name): name for name in names}
    with connect(dsn, "samrad status") as connection:
        rows = connection.execute(_TAKEN).fetchall()
    return {numbers[number]: said.rpartition(" ")[2].replace("@", " on ") for number, said in rows if number in numbers}


def _this_process() -> str:
    """So that whoever looks after the hub finds it; no more of the machine's name than a connection's name has room
    for."""
    return f"{os.getpid()}@{socket.gethostname()[:24]}"


def _number_of(name: str) -> int:
    return int.from_bytes(hashlib.sha256(b"samrad.lease." + name.encode()).digest()[:8], "big", signed=True)
