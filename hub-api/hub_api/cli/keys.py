"""`samrad keys`: make, rotate and derive the keys that everything else is wrapped under."""

from pathlib import Path
from typing import Annotated, Final

import typer

from adapters.kafka.carriage import FILE as CARRIAGE
from adapters.kafka.carriage import CarriageKeys
from adapters.system import SystemEntropy
from adapters.vault.key_partitions import Drawer
from adapters.vault.master_keys import MasterKeys
from domain.errors import SamradError
from hub_api.cli.common import HERE, Data, opened, say

keys = typer.Typer(
    name="keys",
    help="Make, rotate and derive the keys that everything else is wrapped under.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
MASTER: Final = "master.json"


@keys.command()
def create(
    to: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where they are to lie; never beside a backup.")],
    if_missing: Annotated[
        bool, typer.Option("--if-missing", help="Leave a master key that is there already as it is, without an error.")
    ] = False,
) -> None:
    """Make a master key and a key of carriage for a new hub on servers. What is there already is never written over.

    \b
    Example:
      samrad keys create /etc/samrad/keys
    """
    if if_missing and (to / MASTER).exists():
        _create_carriage(to / CARRIAGE)
        say(f"{to / MASTER} is there already")
        return
    made = MasterKeys.create(to / MASTER, None, SystemEntropy())
    _create_carriage(to / CARRIAGE)
    say(f"{made.path}: epoch {made.newest}")


def _create_carriage(path: Path) -> None:
    """Hubs from before there was a key of carriage have master keys and none of these."""
    if not path.exists():
        made = CarriageKeys.create(path, SystemEntropy())
        say(f"{made.path}: a key of carriage")


@keys.command(name="rotate-carriage")
def rotate_carriage(
    to: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the keys lie.")],
) -> None:
    """Make a new key of carriage, under which records are sealed on their way to Kafka from now on.

    `samrad keys carriage` hands it to the relay and to projections; nothing has to be restarted. Where they have files
    of their own, projections are given it first. Older keys stay, since the topics are never written anew.

    \b
    Example:
      samrad keys rotate-carriage /etc/samrad/keys
    """
    CarriageKeys.load(to / CARRIAGE).add(SystemEntropy())
    say(f"{to / CARRIAGE}: a new key of carriage")


@keys.command()
def carriage(
    to: Annotated[Path, typer.Argument(metavar="FILE", help="The file for who carries, as SAMRAD_CARRIAGE_KEYS.")],
) -> None:
    """Write the keys of carriage, which open no part of any record, from SAMRAD_KEYS; again after a rotation.

    \b
    Example:
      SAMRAD_KEYS=/etc/samrad/keys samrad keys carriage /etc/samrad/carriage/keys.json
    """
    CarriageKeys.load(_master_folder("carriage", to) / CARRIAGE).copy_to(to)
    say(f"{to}: what records are carried under")


@keys.command()
def add(
    to: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the master key lies.")],
) -> None:
    """Begin a new epoch of the master key, under which nothing is wrapped yet: the first step of a rotation on servers.

    Projections must know an epoch before anything is wrapped under it: `samrad keys derive` comes next, then
    `samrad keys rotate`.

    \b
    Example:
      samrad keys add /etc/samrad/keys
    """
    epoch = MasterKeys.load(to / MASTER, None).add(SystemEntropy())
    say(f"{to / MASTER}: epoch {epoch}")


@keys.command()
def rotate(
    data: Data = HERE,
    forget: Annotated[
        bool, typer.Option("--forget-older", help="Delete older epochs: what was disposed of is erased, for ever.")
    ] = False,
) -> None:
    """Wrap every key under a new epoch of the master key; what is sealed is not touched. Run it on a schedule.

    An epoch that `samrad keys add` has begun is taken; else one is begun. Older epochs open older backups of the vault.
    When the last of those has expired, --forget-older deletes them.

    \b
    Examples:
      samrad keys rotate
      samrad keys rotate --forget-older
    """
    with opened(data, "keys rotate") as hub:
        if forget:
            say(f"{hub.vault.forget_older_epochs()} older epochs are deleted")
        else:
            say(f"{hub.vault.rotate()} keys are wrapped anew")


@keys.command()
def derive(
    to: Annotated[Path, typer.Argument(metavar="FILE", help="The file for projections, as SAMRAD_PROJECTION_KEYS.")],
) -> None:
    """Write what projections can open and nothing more, from the master key in SAMRAD_KEYS; again after a rotation.

    \b
    Example:
      SAMRAD_KEYS=/etc/samrad/keys samrad keys derive /etc/samrad/projection/keys.json
    """
    MasterKeys.load(_master_folder("derive", to) / MASTER, None).write_drawer(Drawer.PROJECTED, to)
    say(f"{to}: records and coordination, no content")


def _master_folder(command: str, to: Path) -> Path:
    """Where the master keys are, which nobody who is given `to` may reach."""
    from hub_api.runtime.servers.settings import Production

    folder = Path(Production.read().needed("keys", f"`samrad keys {command}`"))
    if to.resolve().parent == folder.resolve():
        raise SamradError("whoever is given these keys must not reach the master key: write them to another folder")
    return folder
