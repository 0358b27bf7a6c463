"""What hinders a process from reaching PostgreSQL is told apart, each in one clear line without a secret."""

import pytest

from adapters.postgresql.connect import Away, connect, place_of, server_of
from domain.errors import SamradError

NOBODY = "postgresql://relay:hush@127.0.0.1:9/store"


@pytest.mark.parametrize("wrong", ["?application_name=hush%zz", "?hush=hush", "?options=-c%20hush=hush"])
def test_an_address_that_is_not_understood_is_not_quoted(wrong: str) -> None:
    for ask in (place_of, server_of, lambda dsn: connect(dsn, "test")):
        with pytest.raises(SamradError, match="PostgreSQL does not understand the address") as told:
            ask(NOBODY + wrong)
        assert "hush" not in str(told.value)


@pytest.mark.parametrize(
    ("address", "named"),
    [
        (f"{NOBODY}?sslmode=hush", "sslmode"),
        (f"{NOBODY}?target_session_attrs=hush", "target_session_attrs"),
        (f"{NOBODY}?ssl_min_protocol_version=hush", "ssl_min_protocol_version"),
        (f"{NOBODY}?tcp_user_timeout=1&keepalives=hush", "keepalives"),
        ("postgresql://relay:hush@127.0.0.1:0/store", "port number"),
    ],
)
def test_a_value_that_there_is_not_is_no_server_that_is_away(address: str, named: str) -> None:
    with pytest.raises(SamradError, match=f"gives {named} a value that it cannot have") as told:
        connect(address, "test")
    assert not isinstance(told.value, Away)
    assert "hush" not in str(told.value)
    assert "\n" not in str(told.value)


def test_a_server_that_is_away_is_named() -> None:
    with pytest.raises(Away, match=r"PostgreSQL at 127\.0\.0\.1:9 does not answer relay, database store") as told:
        connect(NOBODY, "test")
    assert told.value.server == "127.0.0.1:9"
