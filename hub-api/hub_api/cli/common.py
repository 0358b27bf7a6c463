"""What the commands share: where the data are, how they print, how they show that something takes time."""

import json
import re
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from pathlib import Path
from threading import Event
from typing import Annotated, Any, Final, NoReturn, Protocol, TypeAlias

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from domain.act import Principal
from domain.agreement.state import Directory
from domain.errors import Refusal, SamradError
from domain.identifiers import is_name, normal_form
from domain.time import EARLIEST, FIRST_DAY, LAST_DAY, LATEST, STOCKHOLM, day_end, day_start, instant_of
from domain.vocabulary import FOREVER, Instant, Purpose, Role, StaffId
from hub_api.cli.output import by_its_name, shows_everything, whoever_runs
from hub_api.cli.spoken import said_in
from hub_api.commands.load import BadLine
from hub_api.runtime.clocks import refuse_ahead
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings, on_servers
from hub_api.wording.language import Language
from hub_api.wording.refusals import in_one_line

OUT: Final = Console(emoji=False)
ERRORS: Final = Console(stderr=True, emoji=False)  # `file:100:` is a place, no picture

Data: TypeAlias = Annotated[
    Path, typer.Option("--data", envvar="SAMRAD_DATA", help="The folder that holds the hub's logs, vault and views.")
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
HERE: Final = Path("samrad-data")
_A_DAY: Final = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}")
_TO_THE_MINUTE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}")
LANGUAGE: Final = ContextVar("LANGUAGE", default=Language.EN)
"""In which language whoever runs this command line reads why something is refused."""


def said(error: Exception) -> str:
    """What is wrong, in one line; a refusal in the words of the catalogue and in the reader's language."""
    if isinstance(error, BadLine) and isinstance(error.wrong, SamradError):
        return f"{error.place}: {said(error.wrong)}"
    return in_one_line(error, LANGUAGE.get()) if isinstance(error, Refusal) else said_in(LANGUAGE.get(), str(error))


def say(text: str, *, style: str | None = None) -> None:
    """A sentence on standard output, in the reader's language."""
    OUT.print(
        by_its_name(said_in(LANGUAGE.get(), text)), markup=False, highlight=False, soft_wrap=True, style=style or ""
    )


def warn(text: str) -> None:
    """One line on standard error, likewise."""
    line = " ".join(said_in(LANGUAGE.get(), text).split())
    ERRORS.print(f"samrad: {by_its_name(line)}", markup=False, highlight=False, soft_wrap=True)


@contextmanager
def opened(data: Path, command: str, *, writes: bool = False) -> Iterator[Hub]:
    """The hub, for one command: on servers if settings say so, else of a folder that exists. Closed at the end."""
    if on_servers():
        from hub_api.runtime.servers.opening import opened as opened_on_servers

        with opened_on_servers(f"`samrad {command}`", writes=writes) as hub:
            yield hub
        return
    if not data.is_dir():
        raise SamradError(f"there is no hub in {data}: begin with `samrad demo`, or name its folder by --data")
    hub = Hub.open(Settings.beside(data))
    try:
        if writes:
            refuse_ahead(hub)
        yield hub
    finally:
        hub.close()


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Told to end by whoever runs it, the process finishes what it has accepted and closes everything first."""
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def until_ended(work: Callable[[Event], None]) -> None:
    """Do work that goes on until the process is told to end; it is told, and ends by itself."""
    ended = Event()
    before = {each: signal.signal(each, lambda *_: ended.set()) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        work(ended)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _end(*_: object) -> NoReturn:
    raise SystemExit(0)


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error while something long goes on, on a terminal only; yields what moves it forward."""
    with steps() as tell:
        done = 0

        def advance(by: int) -> None:
            nonlocal done
            done += by
            tell(title, done, total)

        yield advance


@contextmanager
def steps() -> Iterator[Callable[[str, int, int], None]]:
    """One bar for each thing that is told of: its name, how far it has come, how far it goes."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=ERRORS, transient=True, disable=not ERRORS.is_terminal) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(name: str, done: int, last: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name)
            bar.update(tasks[name], completed=done, total=last)

        yield tell


class LeftOut(Protocol):
    """An act that a view is made without."""

    def says(self, log: str) -> str: ...


def tell_of_set_aside(found: Mapping[str, Sequence[LeftOut]]) -> None:
    """Name what the views are made without, for whoever looks after the hub."""
    for log, acts in found.items():
        for each in acts:
            warn(each.says(log))


def print_json(value: Any) -> None:
    """One JSON document on standard output, in one line."""
    typer.echo(json.dumps(value, ensure_ascii=not shows_everything(sys.stdout), sort_keys=True))


def directory(hub: Hub) -> Directory:
    """Who is party to the cooperation today."""
    return hub.register.directory.at(hub.core.now())


def auditor(hub: Hub) -> Principal:
    """Whoever runs this command line, as the regional auditor: records and looks, no sealed content (F)."""
    for entry in directory(hub).units():
        if Role.REGIONAL_AUDITOR in entry.roles:
            return Principal(
                person=StaffId(normal_form(whoever_runs())),
                agency=entry.agency,
                unit=entry.id,
                role=Role.REGIONAL_AUDITOR,
                purpose=Purpose.AUDIT,
                assurance=3,
            )
    raise SamradError("no agreement in force names a unit of regional auditors")


def staff(option: str, text: str) -> StaffId:
    """The name of a member of staff, in its normal form."""
    name = normal_form(text)
    if not is_name(name):
        raise SamradError(f"{option} is no name as sign-in has it: it is empty, too long, or has signs that none has")
    return StaffId(name)


def instant(text: str) -> Instant:
    """A time as people type it: `2026-11-11` or `20261111`, the end of that day in Stockholm, or `2026-11-11T14:30`."""
    return _typed(text, lambda day: day_end(day) - 1)


def first_of(text: str) -> Instant:
    """Where a period begins: at that time, or with that day."""
    return _typed(text, day_start)


def end_of(text: str) -> Instant:
    """Where a period ends, itself no part of it: at that time, or after that day."""
    return _typed(text, day_end)


def _typed(text: str, of_day: Callable[[date], Instant]) -> Instant:
    try:
        moment = of_day(date.fromisoformat(text)) if _A_DAY.fullmatch(text) else _moment(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time; write 2026-11-11 or 2026-11-11T14:30") from None
    if not EARLIEST <= moment <= LATEST:
        raise typer.BadParameter(f"{text!r} does not lie between 1900 and 2200")
    return moment


def _moment(text: str) -> Instant:
    """To the minute or finer; any other form could be meant for another time than it is read as."""
    if not _TO_THE_MINUTE.match(text):
        raise ValueError("no time of day")
    moment = datetime.fromisoformat(text)
    if not FIRST_DAY.year <= moment.year <= LAST_DAY.year + 1:  # before it is reckoned with: it may have no UTC
        return FOREVER
    return instant_of(moment if moment.tzinfo else moment.replace(tzinfo=STOCKHOLM))
