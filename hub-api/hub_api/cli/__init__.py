"""The command line `samrad`: one module for each command, one clear line for each error, exit status 0, 1 or 2."""

import os
import sqlite3
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.exceptions import TyperException

from domain.errors import SamradError
from hub_api.cli.backup import backup
from hub_api.cli.cluster import cluster
from hub_api.cli.common import ERRORS, LANGUAGE, said
from hub_api.cli.demo import demo
from hub_api.cli.keys import keys
from hub_api.cli.load import load
from hub_api.cli.migrate import migrate
from hub_api.cli.prepare import passwords, prepare
from hub_api.cli.project import project
from hub_api.cli.rebuild import rebuild
from hub_api.cli.relay import relay
from hub_api.cli.replay import replay
from hub_api.cli.restore import restore
from hub_api.cli.serve import serve
from hub_api.cli.stats import stats
from hub_api.cli.status import status
from hub_api.cli.verify import verify
from hub_api.http.language import Language, of_terminal

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
COMMANDS = (
    *(demo, serve, load, replay, rebuild, verify, stats),
    *(relay, project, passwords, prepare, migrate, backup, restore, status, cluster),
)
for command in COMMANDS:
    app.command()(command)
app.add_typer(keys)


@app.callback()
def reader(
    language: Annotated[
        Language | None,
        typer.Option("--language", envvar="SAMRAD_LANGUAGE", help="Why something is refused; else as LANG says."),
    ] = None,
) -> None:
    """Samråd: a regional hub for cooperation around people exposed to honour-related violence and oppression."""
    LANGUAGE.set(of_terminal(os.environ) if language is None else language)


def run(arguments: Sequence[str]) -> int:
    """Run one command line. Exit status: 0 done, 1 it did not go as asked, 2 the command line was not understood."""
    try:
        status = typer.main.get_command(app).main(
            list(arguments or ["--help"]), prog_name="samrad", standalone_mode=False
        )
    except TyperException as error:
        return _failed(error.format_message(), getattr(error, "exit_code", 2))
    except typer.Abort:
        return _failed("broken off", 1)
    except BrokenPipeError:
        # Whoever read our output has enough; the interpreter must not complain when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (SamradError, sqlite3.Error, OSError) as error:
        return _failed(said(error), 1)
    if not arguments:
        return 2
    return status if isinstance(status, int) else 0


def main() -> None:
    """The entry point of the program."""
    sys.exit(run(sys.argv[1:]))


def _failed(message: str, status: int) -> int:
    ERRORS.print(f"samrad: {' '.join(message.split())}", highlight=False, markup=False, soft_wrap=True)
    return status
