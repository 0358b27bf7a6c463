"""`samrad backup`: a whole copy of an embedded hub, while it serves."""

from pathlib import Path
from typing import Annotated

import typer

from domain.errors import SamradError
from hub_api.cli.common import HERE, Data, Json, print_json, say, steps
from hub_api.runtime.backups import back_up
from hub_api.runtime.settings import Settings, on_servers


def backup(
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="The folder to make; it is not there yet.")],
    keys: Annotated[
        Path | None,
        typer.Option("--keys", help="Where its keys are to lie: another place, with other people. Else TARGET.keys."),
    ] = None,
    data: Data = HERE,
    as_json: Json = False,
) -> None:
    """Make a whole copy of the hub in a folder, while it is served or not; it is a secret, like the hub itself.

    The views are left out: they are made anew from the logs. Whoever has TARGET and its keys reads everything.

    \b
    Examples:
      samrad backup /mnt/backup/2026-11-30 --keys /mnt/safe/2026-11-30
      samrad restore /mnt/backup/2026-11-30 --keys /mnt/safe/2026-11-30 --data samrad-data
    """
    if on_servers():
        raise SamradError("on servers, back up store, vault and keys as docs/operations.md says under Back up")
    with steps() as progress:
        made = back_up(Settings.beside(data), target, keys, progress)
    if as_json:
        print_json({each.log: {"position": each.position} for each in made})
    else:
        ends = ", ".join(f"{each.log} up to position {each.position}" for each in made)
        say(f"{target}: {ends}")
