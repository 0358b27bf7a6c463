"""One request as the routes meet it: who asks, in which language, under which aliases; its parts, read with care."""

import re
from collections.abc import Callable, Sequence
from typing import Final, Protocol, TypeVar

import msgspec
from starlette.requests import Request

from adapters.telemetry import trace
from domain.act import Principal
from hub_api.access.aliases import Aliases, UnitAliases
from hub_api.commands.handler import Commander
from hub_api.commands.strict_json import half_of_a_character, repeated_name
from hub_api.http.parameters import Parameter, Query, read
from hub_api.http.problems import INVALID, KEY, MALFORMED, NOT_JSON, TOO_LARGE, Fixed, Misfit
from hub_api.http.responses import Headers
from hub_api.identity.staff import Staff
from hub_api.reads.gateway import Gateway
from hub_api.wording.language import Language, preferred

LARGEST_BODY: Final = 256 * 1024
KEY_FORM: Final = r"^[!-~]{1,255}$"
_KEY: Final = re.compile(KEY_FORM.encode().removesuffix(b"$") + rb"\Z")
_TWICE: Final = ("this name stands there twice", "namnet står där två gånger")
_HALF: Final = ("a text holds one half of a character", "en text innehåller ett halvt tecken")

T = TypeVar("T")


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


class RequestStopped(Exception):
    """The request goes no further, and this is what its caller is told."""

    def __init__(self, told: Fixed, headers: Headers = ()) -> None:
        super().__init__(told.slug)
        self.told = told
        self.headers = headers


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

    def query(self, *known: Parameter) -> Query:
        """The parameters of the address: those known and no others, each once."""
        return read(self.request.query_params.multi_items(), known)

    @property
    def idempotency_key(self) -> str | None:
        given = self.request.headers.getlist("idempotency-key")
        if not given:
            return None
        if len(given) > 1 or not _KEY.match(given[0].encode("latin-1")):
            raise RequestStopped(KEY)
        return given[0]

    @property
    def if_match(self) -> frozenset[str] | None:
        """The gateway's part of the tags that were given. `*` asks for nothing: a command names what must be there. A
        weak tag says that something is nearly what it was, which is no match (RFC 9110, 13.1.1)."""
        given = self._tags("if-match")
        if not given or "*" in given:
            return None
        return frozenset(tag.strip('"').partition(".")[0] for tag in given if not tag.startswith("W/"))

    def holds(self, etag: bytes) -> bool:
        """Whether the caller already has what carries that tag, or has anything at all."""
        given = self._tags("if-none-match")
        return "*" in given or etag.decode() in (tag.removeprefix("W/") for tag in given)

    def _tags(self, header: str) -> list[str]:
        lines = self.request.headers.getlist(header)
        return [tag for line in lines for each in line.split(",") if (tag := each.strip())]

    @property
    def trace(self) -> bytes:
        """The trace that the hub has begun for the request, as it is stored; never one that the caller sent."""
        return trace()


def language_of(request: Request) -> Language:
    """The language of a request, known or not from whom."""
    return preferred(request.headers.get("accept-language", "").encode("latin-1"))


def decoded(body: bytes, fields: Sequence[str], decode: Callable[[bytes], T]) -> T:
    """What a body says; `InvalidBody` or `Misfit` if it does not fit. `fields` are those that it may have."""
    try:
        found = decode(body)
    except (msgspec.DecodeError, UnicodeError) as error:
        if not isinstance(error, msgspec.ValidationError) and (place := half_of_a_character(body)) is not None:
            raise Misfit(INVALID, _of_ours(place, fields), *_HALF) from None
        raise InvalidBody(error, tuple(fields)) from None
    except RecursionError:  # lists within lists, deeper than anything here is
        raise RequestStopped(MALFORMED) from None
    if (place := repeated_name(body)) is not None:
        raise Misfit(INVALID, place, *_TWICE)
    return found


def _of_ours(place: str, fields: Sequence[str]) -> str:
    """C7: of a place in a body that was not understood, the field of ours in which it lies."""
    first = re.split(r"[.\[]", place, maxsplit=1)[0]
    return first if first in fields else ""


async def body_of(request: Request) -> bytes:
    """The body, if it is JSON and not too long; it is read no further than that."""
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    if kind.strip().lower() != "application/json" or _foreign(parameters):
        raise RequestStopped(NOT_JSON)
    length = request.headers.get("content-length")
    if length is not None and (not length.isdigit() or int(length) > LARGEST_BODY):
        raise RequestStopped(TOO_LARGE)
    body = bytearray()
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise RequestStopped(MALFORMED)
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise RequestStopped(TOO_LARGE)
        if not message.get("more_body", False):
            return bytes(body)


def _foreign(parameters: str) -> bool:
    return parameters.strip().lower().replace(" ", "").replace('"', "") not in ("", "charset=utf-8")
