"""`samrad rebuild`: make the views again from the log."""

from functools import partial

from hub_api.cli.common import HERE, OUT, Data, Json, opened, print_json, steps
from projections.rebuild import Rebuild
from projections.sets import ACTS, LOOKS


def rebuild(data: Data = HERE, as_json: Json = False) -> None:
    """Make the views again from the logs and the present keys, beside the living ones, and put them in their place.

    \b
    Example:
      samrad rebuild --data samrad-data
    """
    made: dict[str, int] = {}
    with opened(data) as hub, steps() as tell:
        for view_set, log in ((ACTS, hub.log), (LOOKS, hub.looks_log)):
            building = Rebuild(hub.views, view_set, log, partial(tell, view_set.name))
            rebuilt = building.beside()
            building.swap(rebuilt)
            made[view_set.name] = rebuilt.position
    if as_json:
        print_json(made)
    else:
        for name, position in made.items():
            OUT.print(f"{name}: rebuilt from {position} records")
