"""What `samrad status` finds out, of either form of the hub."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from projections.set_aside import SetAside

MOST_NAMED: Final = 20
"""Acts that are set aside, by a sentence each."""
KEY_DAYS: Final = 365
"""A master key that is older is to be rotated, unless settings say otherwise."""


class LogStatus(Struct, kw_only=True):
    """One log: how far store, topic and views have come; None where that was not asked, or could not be told."""

    store: int | None = None
    mark: int | None = None
    topic: int | None = None
    views: int | None = None
    waiting: int | None = None
    """Records that are accepted and not on Kafka yet: what would be missing if the store were lost now."""
    waiting_at_most: int | None = None
    """The same as far as it can be told while Kafka is away: views read from Kafka, and what they hold is there."""
    lagging: int | None = None
    """Records that are in the store and not in the views yet."""
    stopped_at: int | None = None
    """The position before which the views stand still, until somebody has looked at it."""
    stopped_by: str | None = None
    """What stops them there, by the name of the error."""
    set_aside: tuple[SetAside, ...] = ()
    """The acts that views are made without, as they cannot hold their values."""


class HubStatus(Struct, kw_only=True):
    """All of it. `wrong` holds a sentence for each thing that somebody has to look at."""

    logs: dict[str, LogStatus]
    running: dict[str, bool]
    """Of each work that one process does at a time, whether one does."""
    processes: dict[str, str] = {}
    """Of the work that a process of this machine does, which process: those that say so."""
    master_epoch: int | None = None
    master_made: date | None = None
    carriage_made: date | None = None
    wrong: list[str]

    def as_data(self) -> dict[str, Any]:
        """For programs."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found


def tell_of_set_aside(status: HubStatus, found: Mapping[str, tuple[SetAside, ...]]) -> None:
    """Name what the views are made without."""
    for name, acts in found.items():
        status.logs[name].set_aside = acts
        status.wrong.extend(each.says(name) for each in acts[:MOST_NAMED])
        if len(acts) > MOST_NAMED:
            status.wrong.append(f"of {name}, {len(acts) - MOST_NAMED} acts more are set aside: `--json` names all")


def aged(status: HubStatus, key_days: int, today: date | None = None) -> None:
    """Say that it is time to rotate a key, if it is."""
    for what, made, command in (
        ("the master key", status.master_made, "`samrad keys rotate`"),
        ("the key of carriage", status.carriage_made, "`samrad keys rotate-carriage`"),
    ):
        age = 0 if made is None else ((today or datetime.now(UTC).date()) - made).days
        if age > key_days:
            status.wrong.append(f"{what} is {age} days old: run {command}")
