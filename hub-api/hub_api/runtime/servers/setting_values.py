"""What a value of a setting has to look like: whatever no waiting would mend is refused at the start.

What is wrong is told without the value, which may hold a secret; a path to a file is none.
"""

import re
import ssl
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator

from adapters.postgresql.connect import SECRET, parsed
from domain.errors import SamradError
from hub_api.http.sources import trusted_proxies

_DATABASE: Final = re.compile(r"postgresql://([^@/?]+@)?[^@/?]+/[^/?]+(\?.*)?")
_SSLMODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


def _database(url: str) -> str:
    if not _DATABASE.fullmatch(url):
        raise ValueError("write postgresql://user@host:port/database")
    try:
        told = parsed(url)
    except SamradError as error:
        raise ValueError(str(error)) from None
    if SECRET & set(told):
        raise ValueError("leave the password out of the address and give it in a file")
    if not all(_is_port(port) for port in told.get("port", "").split(",") if port):
        raise ValueError("the port in the address is none: write a number from 1 to 65535")
    if told.get("sslmode", "require") not in _SSLMODES:
        raise ValueError(f"there is no such sslmode: write one of {', '.join(_SSLMODES)}")
    return url


def _brokers(text: str) -> str:
    for broker in text.split(","):
        host, _, port = broker.strip().rpartition(":")
        if not host or not _is_port(port):
            raise ValueError("write host:port, several with commas between them; a port is a number from 1 to 65535")
    return text


def _topic(text: str) -> str:
    if not text.isascii() or not text.replace("-", "").replace(".", "").replace("_", "").isalnum():
        raise ValueError("a topic's name is letters, digits, dots and dashes")
    return text


def _collector(url: str) -> str:
    try:
        parts = urlsplit(url)
        named = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        named = False
    if not named:
        raise ValueError("write http://host:port or https://host:port")
    if parts.username is not None:
        raise ValueError("leave the password out of the address: a collector is given a token, in a file")
    return url


def _authority(path: Path) -> Path:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        raise ValueError(f"the file {path} holds no certificate (PEM)") from None
    except OSError as error:
        raise ValueError(f"the file {path} cannot be read: {error.strerror}") from None
    return path


def _proxies(text: str) -> str:
    try:
        trusted_proxies(text)
    except ValueError:
        raise ValueError("write addresses or networks, such as 10.0.0.0/8, with commas between them") from None
    return text


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text[:6]) < 2**16


Database = Annotated[str, AfterValidator(_database)]
Brokers = Annotated[str, AfterValidator(_brokers)]
Proxies = Annotated[str, AfterValidator(_proxies)]
Topic = Annotated[str, AfterValidator(_topic)]
Collector = Annotated[str, AfterValidator(_collector)]
Authority = Annotated[Path, AfterValidator(_authority)]
