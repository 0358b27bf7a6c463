"""`samrad restore`: an empty store written anew from Kafka; an embedded hub, from a backup."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Protocol

import typer

from domain.errors import SamradError
from hub_api.cli.common import HERE, Data, Json, print_json, say, steps
from hub_api.runtime import backups
from hub_api.runtime.settings import Settings, on_servers


class RestoredLog(Protocol):
    """One log: how far it is restored, and how much is missing, if that can be told."""

    @property
    def log(self) -> str: ...

    @property
    def position(self) -> int: ...

    @property
    def missing(self) -> int | None: ...


def restore(
    backup: Annotated[
        Path | None,
        typer.Argument(metavar="[BACKUP]", help="Of an embedded hub: the folder that `samrad backup` made."),
    ] = None,
    keys: Annotated[Path | None, typer.Option("--keys", help="The backup's keys, if not in BACKUP.keys.")] = None,
    data: Data = HERE,
    accept_loss: Annotated[
        bool,
        typer.Option(
            "--accept-loss", help="What is missing is lost: let `samrad serve` take commands again without it."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Write an empty store anew from Kafka alone, to the same bytes, and say how far that went and what is missing.

    How much is missing is told by the high-water mark, which may lag by a second: that many at least. Where there is
    none, it cannot be told (null in JSON). It ends with 1 unless nothing is missing.

    What was accepted while Kafka was away is not there. `samrad serve` refuses commands while the store ends before
    its high-water mark; --accept-loss moves the mark back, once you have looked for an own backup of the store.

    An embedded hub is restored from a backup, into a folder that is not there or empty. Keys that are there stay, and
    their mark and the witness tell what is missing. Without BACKUP, --accept-loss moves these back to what is there.

    \b
    Examples:
      samrad migrate && samrad restore
      samrad restore --accept-loss
      samrad restore /mnt/backup/2026-11-30 --data samrad-data
    """
    if on_servers():
        if backup is not None or keys is not None:
            raise SamradError("on servers the store is restored from Kafka: leave BACKUP and --keys out")
        restored = _from_kafka(accept_loss=accept_loss)
    else:
        restored = _in_folder(Settings.beside(data), backup, keys, accept_loss=accept_loss)
    if as_json:
        print_json({each.log: {"position": each.position, "missing": each.missing} for each in restored})
    else:
        for each in restored:
            say(f"{each.log}: restored up to position {each.position}; {_lost(each)}")
    if any(each.missing != 0 for each in restored):
        raise typer.Exit(1)


def _from_kafka(*, accept_loss: bool) -> Sequence[RestoredLog]:
    from hub_api.runtime.servers.restore import restore_all
    from hub_api.runtime.servers.settings import Production

    with steps() as progress:
        return restore_all(Production.read(), progress, accept_loss=accept_loss)


def _in_folder(hub: Settings, backup: Path | None, keys: Path | None, *, accept_loss: bool) -> Sequence[RestoredLog]:
    if backup is not None:
        return backups.restore(hub, backup, keys, accept_loss=accept_loss)
    if not accept_loss or keys is not None:
        raise SamradError("name the backup that is to be restored; without one there is --accept-loss alone")
    if not hub.data.is_dir():
        raise SamradError(f"there is no hub in {hub.data}")
    return backups.accept_loss(hub)


def _lost(restored: RestoredLog) -> str:
    if restored.missing is None:
        return "what is missing cannot be told: there is no high-water mark"
    if restored.missing:
        return f"at least {restored.missing} that were accepted later are missing"
    return "nothing is missing up to the high-water mark"
