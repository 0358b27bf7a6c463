"""What leaves the hub over HTTP: bytes under fixed headers that tell nothing."""

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response

Headers = Sequence[tuple[bytes, bytes]]

JSON: Final = (b"content-type", b"application/json")
PROBLEM_JSON: Final = (b"content-type", b"application/problem+json")
EVERYWHERE: Final[Headers] = (
    (b"cache-control", b"no-store"),
    (b"vary", b"Authorization, Accept-Language"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
"""On every response: nothing is kept on the way, framed, guessed at or passed on."""


class Raw(Response):
    """A response whose headers are ready as they stand: nothing is computed twice on the way out."""

    def __init__(self, status: int, body: bytes, headers: Headers = (JSON,)) -> None:
        self.status_code = status
        self.body = body
        self.background = None
        self.raw_headers = [*EVERYWHERE, *headers]
        if status != 304:
            self.raw_headers.append((b"content-length", str(len(body)).encode()))
