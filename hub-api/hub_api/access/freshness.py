"""How fresh lists are: whoever asks for one finds what they did themselves in it, and is told if the views lag.

What is told is a header that says so and nothing more: no position and no time, which would count what others did.
"""

from contextvars import ContextVar
from enum import StrEnum
from typing import Final, Protocol

from hub_api.access.own_writes import LastWrites


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
        """The views hold all that was recorded before this call; or they do not, and False says so. For programs, which
        tell nobody how long it took."""
        ...

    def fresh_for(self, own: LastWrites) -> bool:
        """Whether a list can be given as fresh, once the views hold what is one's own. How long that takes, and what
        it answers, does not depend on what others recorded."""
        ...


class Answering:
    """One request that is being answered."""

    __slots__ = ("at_once", "behind")

    def __init__(self) -> None:
        self.behind = False
        """Whether a list was given as it stood, without all that had been recorded."""
        self.at_once = False
        """Whether it is answered without waiting for its time: it says nothing of anybody, or has waited already."""


_ANSWERING: Final[ContextVar[Answering | None]] = ContextVar("answering", default=None)


def begin() -> Answering:
    """A request comes in: what its lists lack is noted here, in whichever thread they are read."""
    answering = Answering()
    _ANSWERING.set(answering)
    return answering


def at_once() -> None:
    """The request that is being answered says nothing of anybody, so its answer waits for no time of its own."""
    answering = _ANSWERING.get()
    if answering is not None:
        answering.at_once = True


def refresh(freshness: Freshness, own: LastWrites) -> None:
    """Wait for the views before a list is read; note for the request if they lag."""
    if not freshness.fresh_for(own):
        answering = _ANSWERING.get()
        if answering is not None:
            answering.behind = True
