"""Where the embedded hub keeps its files, what the demo and tests seed; and whether the hub is on servers instead."""

import os
from pathlib import Path
from typing import Final

from msgspec import Struct

from domain.errors import SamradError
from domain.vocabulary import Instant

PREFIX: Final = "SAMRAD_"
OF_THE_COMMAND_LINE: Final = frozenset(
    {"SAMRAD_DATA", "SAMRAD_LANGUAGE", "SAMRAD_POSTGRES_PROGRAMS", "SAMRAD_JAVA", "SAMRAD_CLUSTER_CACHE"}
)
"""Read elsewhere: the folder of the embedded hub, in which language refusals are told, what `samrad cluster` runs and
where it keeps jars."""
WITNESS: Final = "SAMRAD_WITNESS"
"""Of both forms of the hub: the file of its outside witness."""
OF_BOTH_FORMS: Final = frozenset({WITNESS})
MARKS: Final = "high-water.json"
MASTER: Final = "master.json"
"""Both lie in the folder of the keys."""


class Settings(Struct, frozen=True, kw_only=True):
    """`data` holds the two logs, the vault and the views; `keys` the master keys and the high-water mark, never
    inside `data`, so that a copy of the data alone opens nothing."""

    data: Path
    keys: Path
    seed: str | None = None
    """Seeds identifiers and keys; only the demo and tests do so."""
    start: Instant | None = None
    """Where a seeded clock starts; it then moves only when told."""
    witness: Path | None = None
    """A second file of the high-water marks, at a place that no backup of the two folders takes along."""

    @classmethod
    def beside(cls, data: Path, *, seed: str | None = None, start: Instant | None = None) -> "Settings":
        """The usual places: the folder itself, and a sibling called `<folder>.keys` for what must not be in it. A
        folder may be named from within, as `.`; the root of everything has no sibling."""
        whole = Path(os.path.abspath(data))
        if not whole.name:
            raise SamradError(f"{data} cannot be the hub's folder: its keys lie in a sibling, and it has none")
        witness = os.environ.get(WITNESS) if seed is None else None
        return cls(
            data=whole,
            keys=whole.with_name(whole.name + ".keys"),
            seed=seed,
            start=start,
            witness=Path(witness) if witness else None,
        )

    @property
    def marks(self) -> Path:
        return self.keys / MARKS

    @property
    def master(self) -> Path:
        return self.keys / MASTER


def on_servers() -> bool:
    """Whether settings say that the hub is on servers. Without any it is embedded, and nothing more is loaded; a slip
    in one must not make it embedded: acts would go to a folder that nobody looks into."""
    others = OF_THE_COMMAND_LINE | OF_BOTH_FORMS
    if all(not name.upper().startswith(PREFIX) or name in others for name in os.environ):
        return False
    from hub_api.runtime.servers.settings import names_a_store

    return names_a_store()
