"""`samrad status`: what runs, how far behind, what is wrong."""

from enum import StrEnum
from typing import Annotated, Final

import typer
from rich.table import Table

from hub_api.cli.common import ERRORS, OUT, Json, print_json

COLUMNS: Final = ("store", "topic", "views", "waiting", "lagging")


class Work(StrEnum):
    SERVE = "serve"
    RELAY = "relay"
    PROJECT = "project"


def status(
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
      samrad status --work relay
    """
    from hub_api.production.settings import Production
    from hub_api.production.status import look, undone

    if work is not None:
        if lacking := undone(Production.read(), work):
            ERRORS.print(f"samrad: nobody does this work: {', '.join(lacking)}", highlight=False)
            raise typer.Exit(1)
        return
    found = look(Production.read())
    if as_json:
        print_json(found.as_data())
    else:
        table = Table("log", *COLUMNS, title="How far", title_justify="left")
        for name, log in found.logs.items():
            figures = (getattr(log, column) for column in COLUMNS)
            table.add_row(name, *("–" if figure is None else str(figure) for figure in figures))
        OUT.print(table)
        for name, runs in found.running.items():
            OUT.print(f"[{'green' if runs else 'bold red'}]{'✓' if runs else '✗'}[/] {name}", highlight=False)
        if found.master_epoch is not None:
            made = "an unknown day" if found.master_made is None else str(found.master_made)
            OUT.print(f"master key: epoch {found.master_epoch}, made on {made}", highlight=False)
        for sentence in found.wrong:
            ERRORS.print(f"samrad: {sentence}", markup=False, highlight=False, soft_wrap=True)
    if found.wrong:
        raise typer.Exit(1)
