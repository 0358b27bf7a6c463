"""A process that begins before its servers do: it waits for them, so that nobody has to start it again.

What is away comes back; that alone is waited for. A wrong password, a topic that is not there, a database of another
form do not mend themselves: those end the process with their one line.
"""

import gc
import logging
from collections.abc import Callable
from contextlib import ExitStack
from threading import Event
from typing import Final, TypeVar

from adapters.kafka.errors import BrokerAway
from adapters.postgresql.connect import Away
from adapters.telemetry.redaction import ServerAddress

_log: Final = logging.getLogger("samrad.process")
PAUSE: Final = 1.0
"""Seconds until it is tried again."""

T = TypeVar("T")


def begun(begin: Callable[[ExitStack], T], closing: ExitStack, ended: Event) -> T | None:
    """What it gives to begin, once the servers answer; None if it is told to end before they do. What is opened for it
    is closed with `closing`, and at once where it did not come to that."""
    said = ""
    while not ended.is_set():
        try:
            with ExitStack() as opened:
                made = begin(opened)
                closing.push(opened.pop_all())
                settle()
                return made
        except (BrokerAway, Away) as error:
            if said != error.server:
                said = error.server
                why = type(error).__name__
                _log.warning("a server does not answer, and is waited for: %s, %s", why, waited_for(error))
            ended.wait(PAUSE)
    return None


def waited_for(error: Exception) -> ServerAddress | None:
    """Which server it is that does not answer, if that is what is wrong."""
    return ServerAddress(error.server) if isinstance(error, BrokerAway | Away) else None


def settle() -> None:
    """What a process holds when its work begins it holds while it works: it is not searched for cycles again and again,
    while somebody waits. What was held for work that is over is let go."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
