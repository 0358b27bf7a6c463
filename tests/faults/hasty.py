"""The hub's processes with all their times five times shorter, so that twelve seconds are as long as a minute.

`python -m tests.faults.hasty relay`, or any other command of `samrad`.
"""

from dataclasses import replace
from typing import Final

from adapters.kafka import relay, sending
from adapters.kafka.connection import Broker
from hub_api.cli import main
from hub_api.production import places, projecting, relaying
from hub_api.production.settings import Production

SHORTER: Final = 5


def hasty(settings: Production, by: str) -> Broker:
    broker = places.broker(settings, by)
    return replace(broker, patience=broker.patience / SHORTER)


if __name__ == "__main__":
    setattr(relaying, "broker", hasty)  # noqa: B010 - a name that both modules import
    setattr(projecting, "broker", hasty)  # noqa: B010
    setattr(sending, "TRANSACTION_MS", sending.TRANSACTION_MS // SHORTER)  # noqa: B010 - a constant
    relay.LONGEST_PAUSE /= SHORTER
    main()
