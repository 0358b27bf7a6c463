"""What `samrad verify` and `samrad rebuild` open: logs and views as they stand, whatever is wrong with them.

An open hub has compared its marks, folded its register and brought its views up to date, and so is never one that has
to be repaired. Here nothing is read before it is proved.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from domain.errors import SamradError
from hub_api.runtime import embedded
from hub_api.runtime.proof import Provable
from hub_api.runtime.settings import Settings, on_servers
from projections.catalogue import ACTS, LOOKS
from projections.store import ViewSet


@contextmanager
def provable(data: Path, by: str) -> Iterator[Provable]:
    """The hub on servers if settings say so, else of a folder that exists; closed again at the end."""
    with ExitStack() as closing:
        if on_servers():
            from hub_api.runtime.servers.provable import open_provable

            yield open_provable(by, closing)
        else:
            yield in_folder(folder_of(data), closing)


def folder_of(data: Path) -> Settings:
    """The settings of a folder that exists."""
    if not data.is_dir():
        raise SamradError(f"there is no hub in {data}: begin with `samrad demo`, or name its folder by --data")
    return Settings.beside(data)


def in_folder(settings: Settings, closing: ExitStack) -> Provable:
    """The embedded hub: its views are brought up to date when they are asked for."""
    stores = embedded.open_stores(settings, closing, whole=False)

    runners = dict(zip((ACTS.name, LOOKS.name), embedded.runners_of(stores), strict=True))

    def catch_up(view_set: ViewSet) -> bool:
        runners[view_set.name]().catch_up()
        return True

    return Provable(
        log=stores.log,
        looks_log=stores.looks_log,
        views=stores.views,
        catch_up=catch_up,
        views_at="views.db",
        marks=stores.marks,
    )
