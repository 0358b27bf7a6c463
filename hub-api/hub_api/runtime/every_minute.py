"""Every minute, what has come due is recorded."""

import logging
from threading import Event
from typing import Final

from hub_api.runtime.clocks import ClockWatch
from hub_api.runtime.hub import Hub

_log: Final = logging.getLogger("samrad.serve")
A_MINUTE = 60


def settle(hub: Hub) -> None:
    """Let the views hold all that is recorded, and what has come due be done and counted."""
    hub.settle_index()
    hub.follower.catch_up()
    while hub.scheduler.run_now():
        hub.follower.catch_up()
    hub.follower.catch_up()


def clockwork(hub: Hub, ended: Event) -> None:
    """Until it is ended, every minute; what failed one minute is tried again the next."""
    clock = ClockWatch(hub)
    while not ended.wait(A_MINUTE):
        try:
            clock.look()
            hub.parts.look()
            settle(hub)
        except Exception as error:  # noqa: BLE001 - the clock goes on whatever happens
            _log.error("what has come due waits: %s", type(error).__name__)
