"""How the demo's quarter ends: one case through four pairs of eyes and on three days, what waits, who looked."""

from typing import Final

from rich.rule import Rule

from domain.access import AskedFor
from domain.vocabulary import Kind
from hub_api.cli.common import OUT, directory
from hub_api.cli.show import case_panel, clock, looks_table, replay_table, waits_table
from hub_demo.consultations import ANNA, LEO
from hub_demo.county import POLICE_INVESTIGATION, RUT
from hub_demo.quarter import Quarter, three_days
from hub_demo.quarter_sent import PIA
from hub_demo.quarter_tale import PEOPLE

LONGEST: Final = 200


def show_quarter(quarter: Quarter) -> None:
    """The case that was called about within the hour, as four readers see it and as it was known; and what waits."""
    gateway, left = quarter.hub.gateway, quarter.left
    units = directory(quarter.hub)
    readers = {
        ANNA: "The coordinator: every act, no content",
        left.worker: "A municipality: its own, and what others disclosed to it",
        PIA: "The Police: their own; the memo that rested on a consent is closed again",
        LEO: "Health care: its own",
    }
    OUT.print(Rule("One case on the quarter's last evening, through four pairs of eyes"))
    for who, title in readers.items():
        OUT.print(
            case_panel(gateway.look_now(PEOPLE[who], Kind.CASE, left.case, what="case"), PEOPLE[who], units, title)
        )
    OUT.print(Rule("The same case as it was known on three days, replayed by the auditor"))
    for day in three_days():
        then = gateway.replay_now(PEOPLE[RUT], left.case, as_of=day, as_unit=POLICE_INVESTIGATION)
        OUT.print(replay_table(then, POLICE_INVESTIGATION, units, f"As of {clock(day)}: what the Police could open"))
    OUT.print(Rule("What waits, and since when"))
    board = gateway.board_now(PEOPLE[ANNA], limit=LONGEST)
    OUT.print(waits_table(board.items, board.at, units, "The coordinator's board: what is overdue first"))
    OUT.print(Rule("Who looked"))
    trail = gateway.trail_now(PEOPLE[RUT], AskedFor(subject=left.case), limit=LONGEST)
    OUT.print(looks_table(trail.items, units, "The trail of that case, as the regional auditor reads it"))
