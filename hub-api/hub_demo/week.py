"""The demo's week: a fresh hub with a seeded clock and entropy, the county, the support line's years, and a story."""

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from msgspec import Struct

from domain.errors import SamradError
from domain.time import day_of
from hub_api.commands.load import Loaded, Progress, load, read, years_to_count
from hub_api.runtime.folder import DEMO, LOCK, alone_in, clear
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings
from hub_demo.cases import the_disposed, the_girl, the_other_county_seat
from hub_demo.consultations import ANNA, LENA, later, monday, tuesday
from hub_demo.county import PERSONAS, RUT, agreement, to_audit
from hub_demo.story import Cast, Story, moment

MARK: Final = DEMO
SEED: Final = "samrad demo"
START: Final = "Mon 07:00"
END: Final = "Sun 20:00"
ULLA: Final = "administrator-ulla-exempel"


class Week(Struct, frozen=True):
    """What a week left behind: the hub, who is called what, the sealed texts, and what was loaded."""

    hub: Hub
    cast: Cast
    texts: Sequence[str]
    loaded: Sequence[Loaded]


def fresh(data: Path, start: str = START) -> Settings:
    """The places of a new demo; an earlier demo there is cleared away, anything else is left as it is, and so is one
    that another process serves: what that had answered would be gone (invariant 2)."""
    settings = Settings.beside(data, seed=SEED, start=moment(start))
    _refuse_what_is_no_demo(settings)
    with alone_in(data):
        _refuse_what_is_no_demo(settings)  # as it is now that nobody else may change it
        mark = data / MARK
        clear(data, keep=MARK)  # killed here, it is still known as a demo that may be cleared away
        shutil.rmtree(settings.keys, ignore_errors=True)
        mark.write_text("Made by `samrad demo`; every person in it is made up.\n", encoding="utf-8")
    return settings


def _refuse_what_is_no_demo(settings: Settings) -> None:
    data, keys = settings.data, settings.keys
    if (data / MARK).is_file():
        return
    if data.exists() and any(each.name != LOCK for each in data.iterdir()):
        raise SamradError(f"{data} holds something that is no demo: nothing was changed; name another folder by --data")
    if keys.exists():
        raise SamradError(f"{keys} holds keys that are no demo's: nothing was changed; name another folder")


def example_files(folder: Path) -> list[Path]:
    """The support line's published years, oldest first."""
    found = sorted(folder.glob("support-line-*.jsonl"))
    if not found:
        raise SamradError(f"there are no example files in {folder}: name their folder by --examples")
    return found


def play(hub: Hub, files: Sequence[Path], progress: Progress) -> Week:
    """Conclude the agreement, load the files, and tell the week to its end."""
    story, cast = Story(hub), Cast()
    story.does(ULLA, agreement())
    loaded = [
        (file, load(file, hub.commander, PERSONAS[LENA], skip=False, progress=progress))
        for file in [read(path, _today(hub)) for path in files]
    ]
    hub.counting.count_loaded(years_to_count(loaded))
    story.tell(
        chapter(story, cast) for chapter in (monday, tuesday, the_girl, the_other_county_seat, the_disposed, later)
    )
    story.at(moment(END))
    story.does(ANNA, to_audit(RUT), cast.case)
    return Week(hub, cast, story.texts, [each for _, each in loaded])


def _today(hub: Hub) -> date:
    return day_of(hub.clock.now())
