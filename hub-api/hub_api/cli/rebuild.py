"""`samrad rebuild`: make the views again from the log."""

from functools import partial
from pathlib import Path

from hub_api.cli.common import HERE, OUT, Data, Json, opened, print_json, steps
from hub_api.proof import Progress, stream_of
from hub_api.settings import on_servers
from projections.rebuild import Rebuild
from projections.sets import ACTS, LOOKS


def rebuild(data: Data = HERE, as_json: Json = False) -> None:
    """Make the views again from the logs and the present keys, beside the living ones, and put them in their place.

    On servers it takes what `samrad project` takes; looks go on meanwhile.

    \b
    Example:
      samrad rebuild --data samrad-data
    """
    with steps() as tell:
        made = _on_servers(tell) if on_servers() else _in_folder(data, tell)
    if as_json:
        print_json(made)
    else:
        for name, position in made.items():
            OUT.print(f"{name}: rebuilt from {position} records")


def _in_folder(data: Path, tell: Progress) -> dict[str, int]:
    made: dict[str, int] = {}
    with opened(data, "rebuild") as hub:
        for view_set, log in ((ACTS, hub.log), (LOOKS, hub.looks_log)):
            building = Rebuild(
                hub.views, view_set, log, partial(tell, view_set.name), partial(stream_of, log), log.prove
            )
            rebuilt = building.beside()
            building.swap(rebuilt)
            made[view_set.name] = rebuilt.position
    return made


def _on_servers(tell: Progress) -> dict[str, int]:
    from hub_api.production.projecting import rebuild_all
    from hub_api.production.settings import Production

    return rebuild_all(Production.read(), tell)
