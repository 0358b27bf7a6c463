"""One way to reach PostgreSQL: what is sent is durable, nobody waits for ever, and what is wrong is one clear line."""

import re
from collections.abc import Mapping
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo
from psycopg.rows import TupleRow

from domain.errors import NotRecorded, SamradError

_LINE: Final[Mapping[str, int]] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_ABANDONED: Final = {"idle_in_transaction_session_timeout": "10s"}
"""Of a process that is paused in the middle of a transaction no lock stays for long."""
SECRET: Final = frozenset(each.keyword.decode() for each in Conninfo.get_defaults() if each.dispchar == b"*")
"""Of what may stand in an address, that which the driver itself would not show."""
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
_NO_VALUE: Final = re.compile(
    r'connection is bad: invalid "?(\w+(?: number)?)"?|invalid integer value .* option "(\w+)"'
)
"""What the driver refuses before it asks any server."""


class Away(NotRecorded):
    """The server does not answer now: it is down, starting, full, or out of reach. `server` is which, host and port."""

    def __init__(self, said: str, server: str = "PostgreSQL") -> None:
        super().__init__(said)
        self.server = server


def connect(dsn: str, purpose: str, options: Mapping[str, str | int] | None = None) -> psycopg.Connection[TupleRow]:
    """A connection in autocommit mode with binary results; `purpose` is its name in the server's list, `options` are
    settings of the session. `Away` if the server does not answer, `SamradError` if it will not let us in."""
    given = parsed(dsn)
    settings = " ".join(f"-c {name}={value}" for name, value in {**_ABANDONED, **(options or {})}.items())
    wanted = f"{given.get('options') or ''} {settings}".strip()
    try:
        return psycopg.connect(make_conninfo(dsn, application_name=purpose, options=wanted, **_LINE), autocommit=True)
    except psycopg.OperationalError as error:
        raise _told(given, str(error)) from error


def parsed(dsn: str) -> dict[str, str]:
    """What stands in an address. The driver's own error quotes what it does not understand, which may be a secret."""
    try:
        return {name: str(value) for name, value in conninfo_to_dict(dsn).items()}
    except psycopg.ProgrammingError:
        raise SamradError("PostgreSQL does not understand the address: look at what follows each ? and %") from None


def server_of(dsn: str) -> str:
    """Host and port of the server."""
    return _server(parsed(dsn))


def place_of(dsn: str) -> str:
    """Where the server is, for messages: never the password."""
    given = parsed(dsn)
    return f"PostgreSQL at {_server(given)}, database {given.get('dbname') or given.get('user')}"


def _server(given: Mapping[str, str]) -> str:
    return f"{given.get('host') or 'this machine'}:{given.get('port') or 5432}"


def _told(given: Mapping[str, str], said: str) -> SamradError:
    where = f"PostgreSQL at {_server(given)}"
    who = f"{given.get('user')}, database {given.get('dbname')}"
    for text, meaning in _WRONG:
        if text in said and "No such file" not in said:
            return SamradError(f"{where} {meaning} {who}")
    if found := _NO_VALUE.search(said):
        return SamradError(f"the address of {where} gives {found[1] or found[2]} a value that it cannot have")
    return Away(f"{where} does not answer {who}: {said.splitlines()[-1].strip()}", _server(given))
