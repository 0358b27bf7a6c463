"""`samrad demo`: a week at the resource centre, on real figures and made-up people, or a quarter in its county."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.rule import Rule

import hub_api
from domain.access import AskedFor
from domain.errors import SamradError
from domain.vocabulary import Kind, Ref
from hub_api.cli.common import HERE, OUT, Data, opened, progress, say, steps
from hub_api.cli.serve import listen
from hub_api.cli.show import case_panel, looks_table, published_table, replay_table
from hub_api.identity.personas import Personas
from hub_api.runtime.hub import Hub
from hub_api.runtime.proof import prove
from hub_api.runtime.settings import on_servers
from hub_demo.check import (
    TUESDAY_EVENING,
    both_answers_stand,
    counts_agree,
    nothing_readable,
    proven,
    views_differ,
)
from hub_demo.county import PERSONAS, RUT
from hub_demo.quarter import BEGINS, stories
from hub_demo.quarter import play as play_quarter
from hub_demo.quarter_check import ends_as_it_should
from hub_demo.quarter_shown import show_quarter
from hub_demo.quarter_tale import PEOPLE
from hub_demo.story import Story
from hub_demo.week import START, Week, example_files, fresh, play

EXAMPLES: Final = Path(hub_api.__file__).parents[2] / "examples"
READERS: Final = {
    "samordnare-anna-exempel": "The coordinator: every act, no content",
    "socialsekreterare-sara-exempel": "A municipality: its own, and what others disclosed to it",
    "utredare-pia-exempel": "The Police: their own; what they read on a consent is closed again",
}


def demo(
    data: Data = HERE,
    examples: Annotated[
        Path, typer.Option("--examples", help="The folder with the support line's published years.")
    ] = EXAMPLES,
    quarter: Annotated[
        bool, typer.Option("--quarter", help="Play a county's quarter of some sixty cases instead of the week.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Serve nothing, ask nothing; say whether all is right.")
    ] = False,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Where to serve afterwards.")] = 8000,
) -> None:
    """Make a fresh hub, load the support line's years, play a week, and show one case as three readers see it.

    With --quarter: play a quarter of some sixty cases, and show one case as four readers see it and as it was known on
    three days, what waits and since when, and who looked. Every person in it is made up. The folder is made anew each
    time; one that holds no demo is left as it is.

    \b
    Examples:
      samrad demo
      samrad demo --quarter
      samrad demo --check --data /tmp/samrad-demo
    """
    if on_servers():
        raise SamradError("the demo plays in a folder of its own: leave SAMRAD_STORE and SAMRAD_SETTINGS out")
    files = () if quarter else example_files(examples)
    hub = Hub.open(fresh(data, BEGINS if quarter else START))
    try:
        right = the_quarter(hub, data, port) if quarter else the_week(hub, files, data, port)
        if not right:
            raise typer.Exit(1)
    finally:
        hub.close()
    if not check:
        # Opened anew: what is recorded from here on has the machine's own clock and chance.
        with opened(data, "demo") as living:
            listen(living, "127.0.0.1", port, Personas(PEOPLE if quarter else PERSONAS))


def the_week(hub: Hub, files: Sequence[Path], data: Path, port: int) -> bool:
    """Play the week, show it, and say whether it is right."""
    with progress("the support line's years", 3518) as advance:
        week = play(hub, files, advance)
    show(week)
    right = is_right(week, data)
    if right:
        how_to_go_on(hub, week.cast.case, data, port, counted=True)
    return right


def the_quarter(hub: Hub, data: Path, port: int) -> bool:
    """Play the quarter, show it, and say whether it is right."""
    with progress("a county's quarter", stories()) as advance:
        quarter = play_quarter(hub, advance)
    show_quarter(quarter)
    right = tell(ends_as_it_should(quarter))
    with steps() as told:
        found = prove(hub, told)
    right = tell((*proven(found), *nothing_readable(data, quarter, PEOPLE))) and right
    if right:
        how_to_go_on(hub, quarter.left.case, data, port, counted=False)
    return right


def is_right(week: Week, data: Path) -> bool:
    """Say what must be true of the week, and whether it is."""
    story = Story(week.hub)
    right = tell((*views_differ(story, week), *both_answers_stand(story, week), *counts_agree(story, week)))
    with steps() as told:
        found = prove(week.hub, told)
    return tell((*proven(found), *nothing_readable(data, week))) and right


def show(week: Week) -> None:
    """The case as three readers see it, as it was known on an earlier day, who looked; and a published table."""
    gateway, case = week.hub.gateway, week.cast.case
    units = week.hub.register.directory.at(week.hub.core.now())
    OUT.print(Rule("One case on Sunday evening, as three readers see it"))
    for who, title in READERS.items():
        OUT.print(
            case_panel(gateway.look_now(PERSONAS[who], Kind.CASE, case, what="case"), PERSONAS[who], units, title)
        )
    police = PERSONAS["utredare-pia-exempel"].unit
    OUT.print(Rule("The same case as it was known on Tuesday evening, replayed by the auditor"))
    then = gateway.replay_now(PERSONAS[RUT], case, as_of=TUESDAY_EVENING, as_unit=police)
    OUT.print(replay_table(then, police, units, "What the Police could open then, and what they had opened"))
    OUT.print(Rule("Who looked at it"))
    trail = gateway.trail_now(PERSONAS[RUT], AskedFor(subject=case), limit=200)
    OUT.print(looks_table(trail.items, units, "The trail, as the regional auditor reads it"))
    OUT.print(Rule("Counted from the log"))
    OUT.print(published_table(gateway.statistics_now(PERSONAS[RUT], 7)))


def tell(found: Iterable[tuple[str, bool]]) -> bool:
    """Say of each sentence whether it is true; whether all are."""
    right = True
    for sentence, is_true in found:
        OUT.print(
            f"[{'green' if is_true else 'bold red'}]{'✓' if is_true else '✗ not true:'}[/] {sentence}", highlight=False
        )
        right = right and is_true
    return right


def how_to_go_on(hub: Hub, shown: Ref, data: Path, port: int, *, counted: bool) -> None:
    """What to paste next; `counted` if there are figures of the support line to look at."""
    where = "" if data == HERE else f" --data {data}"
    base = f"http://127.0.0.1:{port}"
    case = hub.aliases.out(PERSONAS[RUT].unit, shown)
    OUT.print(Rule("Go on"))
    lines = (
        f"samrad serve --personas --port {port}{where}",
        f"curl -H 'Authorization: Persona samordnare-anna-exempel' {base}/v1/cases",
        f"curl -H 'Authorization: Persona utredare-pia-exempel' {base}/v1/cases",
        f"samrad replay {case} --as polisen.ost.utredning --as-of 2026-11-10{where}",
        *((f"samrad stats --table 6{where}",) if counted else ()),
        f"samrad verify{where}",
    )
    for line in lines:
        say(line)
