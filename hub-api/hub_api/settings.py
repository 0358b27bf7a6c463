"""Where the embedded hub keeps its files, what the demo and tests seed; and whether the hub is on servers instead."""

import os
from pathlib import Path

from msgspec import Struct

from domain.vocabulary import Instant


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
    """Whether settings say that the hub is on servers. Without any it is embedded, and nothing more is loaded."""
    if not (os.environ.get("SAMRAD_STORE") or os.environ.get("SAMRAD_SETTINGS")):
        return False
    from hub_api.production.settings import names_a_store

    return names_a_store()
