"""One way to reach PostgreSQL: what is sent is durable, nobody waits for ever, and what is wrong is one clear line."""

from collections.abc import Mapping
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from domain.errors import NotRecorded, SamradError

_LINE: Final[Mapping[str, int]] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_WRONG: Final = (
    ("password authentication failed", "refuses the password of"),
    ("no password supplied", "wants a password of"),
    ("is not permitted to log in", "lets nobody log in as"),
    ("no pg_hba.conf entry", "does not let in from this machine"),
    ("certificate verify failed", "shows a certificate that is not trusted by"),
    ("does not match host name", "shows a certificate of another host to"),
    ("root certificate file", "cannot be checked, since there is no root certificate, by"),
    ("server does not support SSL", "offers no encryption to"),
    ("does not exist", "has no such role or database for"),
    ("permission denied for database", "does not open the database to"),
)


class Away(NotRecorded):
    """The server does not answer now: it is down, starting, full, or out of reach."""


def connect(dsn: str, purpose: str, options: Mapping[str, str | int] | None = None) -> psycopg.Connection[TupleRow]:
    """A connection in autocommit mode with binary results; `purpose` is its name in the server's list, `options` are
    settings of the session. `Away` if the server does not answer, `SamradError` if it will not let us in."""
    given = conninfo_to_dict(dsn)
    settings = " ".join(f"-c {name}={value}" for name, value in (options or {}).items())
    wanted = f"{given.get('options') or ''} {settings}".strip()
    try:
        return psycopg.connect(make_conninfo(dsn, application_name=purpose, options=wanted, **_LINE), autocommit=True)
    except psycopg.OperationalError as error:
        raise _told(given, str(error)) from error


def place_of(dsn: str) -> str:
    """Where the server is, for messages: never the password."""
    given = conninfo_to_dict(dsn)
    return f"PostgreSQL at {given.get('host') or 'this machine'}, database {given.get('dbname') or given.get('user')}"


def _told(given: Mapping[str, object], said: str) -> SamradError:
    where = f"PostgreSQL at {given.get('host') or 'this machine'}"
    who = f"{given.get('user')}, database {given.get('dbname')}"
    for text, meaning in _WRONG:
        if text in said and "No such file" not in said:
            return SamradError(f"{where} {meaning} {who}")
    return Away(f"{where} does not answer {who}: {said.splitlines()[-1].strip()}")
