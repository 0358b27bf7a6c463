"""The command line `samrad`: one module for each command, one clear line for each error, exit status 0, 1 or 2.

It may touch everything of the hub; commands that stand beside the product are found by their entry points.
"""

import importlib.metadata
import os
import sqlite3
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from typer.exceptions import TyperException

from domain.errors import SamradError
from hub_api.cli.backup import backup
from hub_api.cli.common import LANGUAGE, OUT, said, warn
from hub_api.cli.keys import keys
from hub_api.cli.load import load
from hub_api.cli.migrate import migrate
from hub_api.cli.output import PROGRAM, by_its_name, called, shown
from hub_api.cli.output import prepare as prepare_streams
from hub_api.cli.prepare import passwords, prepare
from hub_api.cli.project import project
from hub_api.cli.rebuild import rebuild
from hub_api.cli.relay import relay
from hub_api.cli.replay import replay
from hub_api.cli.restore import restore
from hub_api.cli.serve import serve
from hub_api.cli.spoken import helped_in
from hub_api.cli.stats import stats
from hub_api.cli.status import status
from hub_api.cli.trail import trail
from hub_api.cli.verify import verify
from hub_api.wording.language import Language, of_terminal

TELL: Final = "please tell those who look after it"
app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
COMMANDS = (
    *(serve, load, replay, trail, rebuild, verify, stats),
    *(relay, project, passwords, prepare, migrate, backup, restore, status),
)
BESIDE: Final = "samrad.commands"
"""The entry points of commands that stand beside the product: what shows it, and what tries it on servers."""
for command in COMMANDS:
    app.command()(command)
for found in sorted(importlib.metadata.entry_points(group=BESIDE)):
    app.command(found.name)(found.load())
app.add_typer(keys)


def _version(asked: bool) -> None:
    if asked:
        OUT.print(f"samrad {release()}", highlight=False)
        raise typer.Exit


@app.callback()
def reader(
    language: Annotated[
        Language | None,
        typer.Option("--language", envvar="SAMRAD_LANGUAGE", help="In which language you read; else as LANG says."),
    ] = None,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is, and end."),
    ] = False,
) -> None:
    """Samråd: a regional hub for cooperation around people exposed to honour-related violence and oppression."""
    if language is not None:
        LANGUAGE.set(language)


def run(arguments: Sequence[str]) -> int:
    """Run one command line. Exit status: 0 done, 1 it did not go as asked, 2 the command line was not understood."""
    LANGUAGE.set(_language(arguments))
    command = typer.main.get_command(app)
    _in_words(command)
    try:
        status = command.main(list(arguments or ["--help"]), prog_name=PROGRAM.get(), standalone_mode=False)
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
    except Exception as error:  # noqa: BLE001 - its message may quote what was given (C7), its place may not
        return _failed(f"a fault of the program, {type(error).__name__} at {_place(error)}: {TELL}", 1)
    if not arguments:
        return 2
    return status if isinstance(status, int) else 0


def main() -> None:
    """The entry point of the program."""
    prepare_streams(sys.stdout, sys.stderr)
    PROGRAM.set(called(sys.argv[0]))
    sys.exit(run(sys.argv[1:]))


def _failed(message: str, status: int) -> int:
    warn(message)
    return status


def _language(arguments: Sequence[str]) -> Language:
    """What is asked for before the command, so that what is wrong with the rest of the line is said in it."""
    for given, value in pairwise([*arguments, ""]):
        name, _, with_it = given.partition("=")
        if name == "--language" and (with_it or value) in tuple(Language):
            return Language(with_it or value)
        if not given.startswith("-") and given not in tuple(Language):
            break
    told = os.environ.get("SAMRAD_LANGUAGE", "")
    return Language(told) if told in tuple(Language) else of_terminal(os.environ)


def _in_words(command: Any) -> None:
    """The help of a command and of all below it: in the reader's language, with the program as it was called."""
    language = LANGUAGE.get()
    command.help = _helped(language, command.help or "")
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = _helped(language, parameter.help)
    for below in getattr(command, "commands", {}).values():
        _in_words(below)


def _helped(language: Language, text: str) -> str:
    return shown(by_its_name(helped_in(language, text)), sys.stdout)


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "an unknown place" if trace is None else f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


def release() -> str:
    """Of what is installed; where nothing is, it runs from the source."""
    try:
        return importlib.metadata.version("samrad")
    except importlib.metadata.PackageNotFoundError:
        return "from source"
