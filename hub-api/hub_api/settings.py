"""Where the embedded hub keeps its files, what the demo and tests seed; and whether the hub is on servers instead."""

import os
from pathlib import Path
from typing import Final

from msgspec import Struct

from domain.vocabulary import Instant

PREFIX: Final = "SAMRAD_"
OF_THE_COMMAND_LINE: Final = frozenset(
    {"SAMRAD_DATA", "SAMRAD_LANGUAGE", "SAMRAD_POSTGRES_PROGRAMS", "SAMRAD_JAVA", "SAMRAD_CLUSTER_CACHE"}
)
"""Read elsewhere: the folder of the embedded hub, in which language refusals are told, what `samrad cluster` runs and
where it keeps jars."""


class Settings(Struct, frozen=True, kw_only=True):
    """`data` holds the two logs, the vault and the views; `keys` the master keys and the high-water mark, never
    inside `data`, so that a copy of the data alone opens nothing."""

    data: Path
    keys: Path
    seed: str | None = None
    """Seeds identifiers and keys; only the demo and tests do so."""
    start: Instant | None = None
    """Where a seeded clock starts; it then moves only when told."""

    @classmethod
    def beside(cls, data: Path, *, seed: str | None = None, start: Instant | None = None) -> "Settings":
        """The usual places: the folder itself, and a sibling called `<folder>.keys` for what must not be in it."""
        return cls(data=data, keys=data.with_name(data.name + ".keys"), seed=seed, start=start)


def on_servers() -> bool:
    """Whether settings say that the hub is on servers. Without any it is embedded, and nothing more is loaded; a slip
    in one must not make it embedded: acts would go to a folder that nobody looks into."""
    if all(not name.upper().startswith(PREFIX) or name in OF_THE_COMMAND_LINE for name in os.environ):
        return False
    from hub_api.production.settings import names_a_store

    return names_a_store()
