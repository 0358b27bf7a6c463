"""`samrad passwords` and `samrad prepare`: what servers have to know before the hub comes to them."""

from pathlib import Path
from typing import Annotated

import typer

from hub_api.cli.common import say


def passwords(
    to: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where they are to lie, one file each.")],
) -> None:
    """Make up a password for each role and user that has none in the folder yet; none is shown.

    \b
    Example:
      samrad passwords deploy/secrets
    """
    from hub_api.runtime.servers.passwords import make

    made = make(to)
    told = f"made for {', '.join(made)}" if made else "nothing was lacking"
    say(f"{to}: {told}")


def prepare(
    passwords: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The passwords of roles and users, as `samrad passwords` makes.")
    ],
) -> None:
    """Make databases and roles, and let users in at the brokers with their rights; `samrad migrate` comes next.

    It takes a role that may make roles and databases, and a user who may change users. Done again, it gives roles and
    users the passwords of the folder, and changes nothing else.

    \b
    Example:
      SAMRAD_STORE=postgresql://postgres@db/store SAMRAD_STORE_PASSWORD_FILE=postgres samrad prepare deploy/secrets
    """
    from hub_api.runtime.servers.prepare import prepare_all
    from hub_api.runtime.servers.settings import Production

    for done in prepare_all(Production.read(), passwords):
        say(done)
