"""How fresh lists are: whoever asks for one waits for the views first, and is told if they did not catch up in time.

What is told is a header that says so and nothing more: no position and no time, which would count what others did.
"""

from contextvars import ContextVar
from enum import StrEnum
from typing import Final, Protocol


class Readiness(StrEnum):
    """What the hub says of itself to whoever sends it requests; no word of what it holds."""

    READY = "ready"
    BEHIND = "behind"
    """It takes commands; lists are given as they stand."""
    NOT_READY = "not ready"


class Freshness(Protocol):
    """Keeps lists fresh: by following the logs itself, or by waiting for the processes that do."""

    def poke(self) -> None:
        """Something was recorded."""
        ...

    def catch_up(self) -> bool:
        """The views hold all that was recorded before this call; or they do not, and False says so."""
        ...


class Answering:
    """One request that is being answered."""

    __slots__ = ("behind",)

    def __init__(self) -> None:
        self.behind = False
        """Whether a list was given as it stood, without all that had been recorded."""


_ANSWERING: Final[ContextVar[Answering | None]] = ContextVar("answering", default=None)


def begin() -> Answering:
    """A request comes in: what its lists lack is noted here, in whichever thread they are read."""
    answering = Answering()
    _ANSWERING.set(answering)
    return answering


def refresh(freshness: Freshness) -> None:
    """Bring the views up to date for a list; note for the request if they could not be."""
    if not freshness.catch_up():
        answering = _ANSWERING.get()
        if answering is not None:
            answering.behind = True
