"""The trace that is under way in this context: what a record carries with it, and what a log line is found by.

It is the hub's own. What a caller sends as its trace is not gone on with: those 25 bytes would stand open on the log
for ever, and a caller may have put anything into them, or use one trace for all that it does in a case (invariant 5).
"""

from contextvars import ContextVar, Token
from typing import Final

SIZE: Final = 25
NONE: Final = bytes(SIZE)
_current: Final[ContextVar[bytes]] = ContextVar("samrad-trace", default=b"")


def trace() -> bytes:
    """Trace id, span id and flags; b"" if nothing is traced here."""
    return _current.get()


def enter(trace: bytes) -> Token[bytes]:
    return _current.set(trace)


def leave(token: Token[bytes]) -> None:
    _current.reset(token)
