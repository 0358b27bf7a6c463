"""Of several serving processes one has the turn: it alone has the hub open, the others stand by behind closed doors.

What one of them decides follows from what it has read and kept: keys that are gone, who is party, when it is. So a turn
that is lost ends everything: the door is closed, what was accepted is finished or fails, and the hub is opened anew
when the turn comes again. The scheduler goes with the turn, so that no two run.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Event, Thread
from typing import Final, Generic, Protocol, TypeVar

from starlette.types import ASGIApp

from domain.errors import NotRecorded, SamradError, StoreBehind
from hub_api.http.standby import Door
from hub_api.runtime.every_minute import clockwork
from hub_api.runtime.hub import Hub
from hub_api.runtime.servers.startup_wait import settle, waited_for

_log: Final = logging.getLogger("samrad.serve")
HEARTBEAT: Final = 0.5
"""Seconds between two looks at whether the turn is still this process's."""
HERE: Final = "here"
LOST: Final = "lost"
PAUSE: Final = 1.0
"""Seconds until what could not be opened is tried again."""


class NotMyTurn(SamradError):
    """Another process has the turn."""


T = TypeVar("T", bound="Turn")
PASSES: Final = (NotMyTurn, NotRecorded, StoreBehind)
"""What ends by itself or by somebody's hand while the process stands by; anything else ends the process."""


class Turn(Protocol):
    """The turn of this process, as long as it has it."""

    def held(self) -> bool:
        """Whether it has it still; asked of whoever gives turns."""
        ...

    def fresh(self) -> bool:
        """Whether that was answered so lately that nobody else can have it: a process may have been paused since."""
        ...


class Keeper(Generic[T]):
    """Keeps the hub open behind its door while it is this process's turn. `take` raises `NotMyTurn` otherwise."""

    def __init__(
        self,
        door: Door,
        take: Callable[[], AbstractContextManager[T]],
        opened: Callable[[T], AbstractContextManager[Hub]],
        application: Callable[[Hub], ASGIApp],
    ) -> None:
        self._door = door
        self._take = take
        self._opened = opened
        self._application = application
        self._ended = Event()
        self._said: tuple[str, str | None] = ("", None)
        self.failed: Exception | None = None
        """What ended it, if anything did but `stop`."""

    def run(self, failed: Callable[[], None]) -> None:
        """Until it is stopped; or until an error that does not pass, of which `failed` is told."""
        try:
            while not self._ended.is_set():
                self._try()
        except Exception as error:  # noqa: BLE001 - it is kept for whoever waits
            self.failed = error
            failed()

    def stop(self) -> None:
        """Close the door and the hub, and end."""
        self._ended.set()

    def _try(self) -> None:
        try:
            with self._take() as turn, self._opened(turn) as hub:
                self._serve(hub, turn)
        except PASSES as error:
            self._say(type(error).__name__, waited_for(error))
            self._ended.wait(PAUSE)

    def _serve(self, hub: Hub, turn: T) -> None:
        over = Event()
        scheduler = Thread(target=clockwork, args=(hub, over), name="clockwork")
        scheduler.start()
        application = self._application(hub)
        settle()
        self._door.admit_to(application, turn.fresh)
        self._say(HERE)
        try:
            while turn.held():
                if self._ended.wait(HEARTBEAT):
                    return
            self._say(LOST)
        finally:
            self._door.close()
            over.set()
            scheduler.join()

    def _say(self, state: str, server: str | None = None) -> None:
        """Once, however often it is so. Why a process stands by is a class of error, and which server is waited for."""
        if (state, server) == self._said:
            return
        self._said = state, server
        if state == HERE:
            _log.warning("this process has the turn: it records from now on")
        elif state == LOST:
            _log.warning("the turn was lost: nothing is taken until it comes again")
        elif server:
            _log.warning("this process stands by: %s, %s", state, server)
        else:
            _log.warning("this process stands by: %s", state)
