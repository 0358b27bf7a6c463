"""`samrad status`: what runs, how far behind, what is wrong."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.table import Table

from hub_api.cli.common import HERE, OUT, Data, Json, print_json, say, warn
from hub_api.runtime.folder import holder_of
from hub_api.runtime.settings import Settings, on_servers
from hub_api.runtime.status import HubStatus

COLUMNS: Final = ("store", "topic", "views", "waiting", "lagging")


class Work(StrEnum):
    SERVE = "serve"
    RELAY = "relay"
    PROJECT = "project"


def status(
    data: Data = HERE,
    as_json: Json = False,
    work: Annotated[
        Work | None,
        typer.Option("--work", help="Ask only whether some process does this work: for the health of a container."),
    ] = None,
) -> None:
    """Say what runs, how far everything has come, how much waits, and what is wrong; status 1 if anything is.

    `waiting` records are accepted and not on Kafka yet; `lagging` ones are not in the views yet.

    \b
    Examples:
      samrad status
      samrad status --json
      samrad status --data samrad-data
      samrad status --work relay
    """
    if work is not None:
        if lacking := _undone(data, work):
            warn(f"nobody does this work: {', '.join(lacking)}")
            raise typer.Exit(1)
        return
    found = _found(data)
    if as_json:
        print_json(found.as_data())
    else:
        table = Table("log", *COLUMNS, title="How far", title_justify="left")
        for name, log in found.logs.items():
            figures = (getattr(log, column) for column in COLUMNS)
            table.add_row(name, *("–" if figure is None else str(figure) for figure in figures))
        OUT.print(table)
        for name, runs in found.running.items():
            by = f", process {found.processes[name]}" if name in found.processes else ""
            OUT.print(f"[{'green' if runs else 'bold red'}]{'✓' if runs else '✗'}[/] {name}{by}", highlight=False)
        if found.master_epoch is not None:
            made = "an unknown day" if found.master_made is None else str(found.master_made)
            say(f"master key: epoch {found.master_epoch}, made on {made}")
        for sentence in found.wrong:
            warn(sentence)
    if found.wrong:
        raise typer.Exit(1)


def _found(data: Path) -> HubStatus:
    if not on_servers():
        from hub_api.runtime.embedded_status import look as look_into_folder

        return look_into_folder(Settings.beside(data))
    from hub_api.runtime.servers.settings import Production
    from hub_api.runtime.servers.status import look

    return look(Production.read())


def _undone(data: Path, work: Work) -> list[str]:
    if not on_servers():
        running = holder_of(Settings.beside(data).data) is not None
        return [] if work is Work.SERVE and running else [work]
    from hub_api.runtime.servers.settings import Production
    from hub_api.runtime.servers.status import undone

    return undone(Production.read(), work)
