"""`samrad load`: take in consultations that were counted elsewhere."""

from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from domain.act import Principal
from domain.errors import SamradError
from domain.identifiers import normal_form
from domain.time import day_of
from domain.vocabulary import Purpose, Role, StaffId, UnitId
from hub_api.cli.common import ERRORS, HERE, Data, Json, directory, opened, print_json, progress, said, say, staff, warn
from hub_api.commands.load import File, Loaded, read, years_to_count
from hub_api.commands.load import load as load_file
from hub_api.runtime.every_minute import settle
from hub_api.runtime.hub import Hub


class OnError(StrEnum):
    STOP = "stop"
    SKIP = "skip"


def load(
    files: Annotated[list[Path], typer.Argument(help="JSON lines, see docs/load-format.md.")],
    unit: Annotated[str, typer.Option("--unit", help="The unit that took the contacts, and acts in loading them.")],
    by: Annotated[str, typer.Option("--by", help="The member of staff who loads, as the trail will name them.")],
    data: Data = HERE,
    on_error: Annotated[
        OnError, typer.Option("--on-error", help="At a wrong line: record nothing of its file, or leave it out.")
    ] = OnError.STOP,
    as_json: Json = False,
) -> None:
    """Take in consultations that were counted elsewhere, each line once however often it is run.

    A year is counted when all its lines are there, and then closed: load all files of a year together.

    \b
    Example:
      samrad load examples/support-line-2019.jsonl \\
        --unit lansstyrelsen-ostergotland.stodtelefon --by lena-exempel
    """
    outcomes: list[tuple[File, Loaded]] = []
    with opened(data, "load", writes=True) as hub:
        principal = adviser(hub, UnitId(normal_form(unit)), staff("--by", by))
        for path in files:
            with (
                closing(read(path, day_of(hub.clock.now()))) as file,
                progress(path.name, file.count) as advance,
            ):
                loaded = load_file(
                    file,
                    hub.commander,
                    principal,
                    skip=on_error is OnError.SKIP,
                    progress=advance,
                    published=hub.counting.published_years(),
                )
            outcomes.append((file, loaded))
            for bad in loaded.skipped:
                warn(f"left out: {said(bad)}")
            if as_json:
                print_json({**msgspec.structs.asdict(loaded), "skipped": [said(bad) for bad in loaded.skipped]})
            else:
                counts = f"{loaded.recorded} recorded, {loaded.repeated} there already, {len(loaded.skipped)} left out"
                say(f"{path}: {counts}")
        hub.counting.count_loaded(years_to_count(outcomes))
        settle(hub)
    if any(loaded.skipped for _, loaded in outcomes):
        ERRORS.print(
            "samrad: years of files with lines left out are in no table: mend or remove those lines and load again",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
        raise typer.Exit(1)


def adviser(hub: Hub, unit: UnitId, by: StaffId) -> Principal:
    """Somebody who advises in that unit."""
    entry = directory(hub).unit(unit)
    if entry is None:
        raise SamradError(f"no agreement in force names the unit {unit}")
    return Principal(person=by, agency=entry.agency, unit=unit, role=Role.ADVISER, purpose=Purpose.ADVICE, assurance=3)
