"""Keeps the views and the register up with the logs: on a thread of its own, and at once where a list is asked for."""

import logging
import threading
from typing import Final

from hub_api.access.own_writes import LastWrites
from hub_api.access.register import Register
from projections.runner import Runner

_log: Final = logging.getLogger("samrad.views")
PAUSE: Final = 0.1
"""Seconds between two batches of the thread's own, so that under load it takes many acts at once and leaves the
processor to those who act. Nobody waits for it: whoever asks for a list has the views caught up first."""


class Follower:
    """One at a time brings the views up to date; whoever asks meanwhile waits for it, and then for what came since."""

    def __init__(self, register: Register, runners: tuple[Runner, ...]) -> None:
        self._register = register
        self._runners = runners
        self._one = threading.Lock()
        self._something = threading.Event()
        self._stopped = threading.Event()
        self.stopped_by: Exception | None = None
        """What stopped the views, if anything did: a gap, a broken seal. Whoever asks for a list meets it too, since a
        list is given only after the views have caught up."""
        self._thread = threading.Thread(target=self._follow, name="follower", daemon=True)
        self._thread.start()

    def poke(self) -> None:
        """Something was recorded."""
        self._something.set()

    def catch_up(self) -> bool:
        """The views hold all that was recorded before this call."""
        with self._one:
            self._register.catch_up()
            for runner in self._runners:
                runner.catch_up()
        return True

    def fresh_for(self, own: LastWrites) -> bool:
        """The views hold all that was recorded. How long that took does not show: answers leave on a grid of time."""
        return self.catch_up()

    def stop(self) -> None:
        self._stopped.set()
        self._something.set()
        self._thread.join()

    def _follow(self) -> None:
        while True:
            self._something.wait()
            self._something.clear()
            if self._stopped.is_set():
                return
            try:
                self.catch_up()
                self.stopped_by = None
            except Exception as error:  # noqa: BLE001 - it is kept, and the next record is another attempt
                self.stopped_by = error
                _log.error("the views stopped: %s", type(error).__name__)
            self._stopped.wait(PAUSE)
