"""One request as the routes meet it: who asks, in which language, under which aliases; its parts, read with care."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import msgspec
from starlette.requests import Request

from adapters.telemetry import trace
from domain.act import Principal
from domain.vocabulary import Instant
from hub_api.aliases import Aliases, UnitAliases
from hub_api.commander import Commander
from hub_api.gateway import Gateway
from hub_api.http.language import Language, preferred
from hub_api.http.problems import KEY, MALFORMED, NOT_JSON, QUERY, TOO_LARGE, Fixed
from hub_api.staff import Staff

LARGEST_BODY: Final = 256 * 1024
LONGEST_PAGE: Final = 200
USUAL_PAGE: Final = 50
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_KEY: Final = re.compile(rb"^[\x21-\x7e]{1,255}$")


class Served(Protocol):
    """What HTTP asks of the hub."""

    @property
    def commander(self) -> Commander: ...

    @property
    def gateway(self) -> Gateway: ...

    @property
    def aliases(self) -> Aliases: ...

    @property
    def staff(self) -> Staff: ...


class Stopped(Exception):
    """The request goes no further, and this is what its caller is told."""

    def __init__(self, told: Fixed) -> None:
        super().__init__(told.slug)
        self.told = told


class InvalidBody(Exception):
    """The body does not fit the command; `fields` are those that it may have."""

    def __init__(self, error: msgspec.DecodeError | UnicodeError, fields: tuple[str, ...]) -> None:
        super().__init__("a body does not fit")
        self.error = error
        self.fields = fields


class Call:
    """One request by one principal."""

    __slots__ = ("aliases", "hub", "language", "principal", "request")

    def __init__(self, request: Request, hub: Served, principal: Principal) -> None:
        self.request = request
        self.hub = hub
        self.principal = principal
        self.language = language_of(request)
        self.aliases: UnitAliases = hub.aliases.of(principal.unit)

    def query(self, *known: str) -> Mapping[str, str]:
        """The parameters of the address: those known and no others, each once."""
        given = self.request.query_params.multi_items()
        if len({name for name, _ in given}) != len(given) or any(name not in known for name, _ in given):
            raise Stopped(QUERY)
        return dict(given)

    def span(self, *known: str) -> tuple[str | None, int]:
        """Which page of a list: after which cursor, and how many at most."""
        query = self.query("after", "limit", *known)
        limit = whole_number(query.get("limit"), USUAL_PAGE)
        if not 1 <= limit <= LONGEST_PAGE:
            raise Stopped(QUERY)
        return query.get("after"), limit

    @property
    def idempotency_key(self) -> str | None:
        given = self.request.headers.get("idempotency-key")
        if given is None:
            return None
        if not _KEY.match(given.encode("latin-1")):
            raise Stopped(KEY)
        return given

    @property
    def if_match(self) -> str | None:
        """The gateway's part of the tag that was given. `*` asks for nothing: a command names what must be there."""
        given = self.request.headers.get("if-match")
        return None if given is None or given.strip() == "*" else given.strip().strip('"').partition(".")[0]

    def holds(self, etag: bytes) -> bool:
        """Whether the caller already has what carries that tag."""
        given = self.request.headers.get("if-none-match")
        if given is None:
            return False
        return etag.decode() in (tag.strip().removeprefix("W/") for tag in given.split(","))

    @property
    def trace(self) -> bytes:
        """The trace that the hub has begun for the request, as it is stored; never one that the caller sent."""
        return trace()


def language_of(request: Request) -> Language:
    """The language of a request, known or not from whom."""
    return preferred(request.headers.get("accept-language", "").encode("latin-1"))


async def body_of(request: Request) -> bytes:
    """The body, if it is JSON and not too long; it is read no further than that."""
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    if kind.strip().lower() != "application/json" or _foreign(parameters):
        raise Stopped(NOT_JSON)
    length = request.headers.get("content-length")
    if length is not None and (not length.isdigit() or int(length) > LARGEST_BODY):
        raise Stopped(TOO_LARGE)
    body = bytearray()
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise Stopped(MALFORMED)
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise Stopped(TOO_LARGE)
        if not message.get("more_body", False):
            return bytes(body)


def _foreign(parameters: str) -> bool:
    return parameters.strip().lower().replace(" ", "").replace('"', "") not in ("", "charset=utf-8")


def whole_number(given: str | None, otherwise: int) -> int:
    """A number in an address."""
    return otherwise if given is None else _read(given, int)


def instant(given: str | None) -> Instant | None:
    """A time in an address: microseconds since 1970 UTC, or RFC 3339 with its offset."""
    if given is None:
        return None
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 16 else _read(given, _micros)


def _micros(text: str) -> Instant:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its offset is two times a year not one time")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _read(text: str, reader: Callable[[str], int]) -> int:
    if not text.isascii() or len(text) > 40:
        raise Stopped(QUERY)
    try:
        return reader(text)
    except ValueError:
        raise Stopped(QUERY) from None
