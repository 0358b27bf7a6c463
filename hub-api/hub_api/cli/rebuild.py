"""`samrad rebuild`: make the views again from the log."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from hub_api.cli.common import HERE, Data, Json, print_json, say, steps, tell_of_set_aside
from hub_api.runtime.proof import Progress, stream_of
from hub_api.runtime.provable import folder_of, in_folder
from hub_api.runtime.settings import on_servers
from projections.catalogue import ACTS, LOOKS
from projections.rebuild import Rebuild, refuse_shortened
from projections.set_aside import SetAside, set_aside

Made: TypeAlias = tuple[dict[str, int], dict[str, tuple[SetAside, ...]]]
"""Of how many records the views of each log were made, and without which."""


def rebuild(
    data: Data = HERE,
    accept_loss: Annotated[
        bool,
        typer.Option("--accept-loss", help="Go on without what the logs have lost at their end, for ever."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Make the views again from the logs and the present keys, beside the living ones, and put them in their place.

    On servers it takes what `samrad project` takes; looks go on meanwhile. Where views or high-water mark remember more
    than the logs hold, records were lost, and it refuses: put the newest backup back. --accept-loss is for when there
    is none.

    \b
    Example:
      samrad rebuild --data samrad-data
    """
    with steps() as tell:
        made, aside = _on_servers(tell, accept_loss) if on_servers() else _in_folder(data, tell, accept_loss)
    if as_json:
        print_json(made)
    else:
        for name, position in made.items():
            say(f"{name}: rebuilt from {position} records")
    tell_of_set_aside(aside)


def _in_folder(data: Path, tell: Progress, accept_loss: bool) -> Made:
    made: dict[str, int] = {}
    with ExitStack() as closing:
        hub = in_folder(folder_of(data), closing)
        logs = ((ACTS, hub.log), (LOOKS, hub.looks_log))
        for view_set, log in logs:
            if not accept_loss:
                refuse_shortened(hub.views, view_set, log.last())
                if hub.marks is not None:
                    hub.marks.check(view_set.name, log.rows)
            log.finish_disposals()
        for view_set, log in logs:
            building = Rebuild(
                hub.views, view_set, log, partial(tell, view_set.name), partial(stream_of, log), log.prove
            )
            rebuilt = building.beside()
            building.swap(rebuilt)
            made[view_set.name] = rebuilt.position
            if accept_loss and hub.marks is not None:
                hub.marks.lower(view_set.name, log.rows)
        return made, set_aside(hub.views, (ACTS, LOOKS))


def _on_servers(tell: Progress, accept_loss: bool) -> Made:
    from hub_api.runtime.servers.project import rebuild_all
    from hub_api.runtime.servers.settings import Production

    return rebuild_all(Production.read(), tell, accept_loss=accept_loss)
