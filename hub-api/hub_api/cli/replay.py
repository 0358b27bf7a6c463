"""`samrad replay`: a case, or what came of it, as of an earlier time, and what a unit could see of it then."""

from typing import Annotated

import typer

from domain.identifiers import normal_form
from domain.registry import stored_name
from domain.time import format_instant
from domain.vocabulary import UnitId
from hub_api.access.seen import Seen
from hub_api.cli.common import HERE, OUT, Data, Json, auditor, directory, instant, opened, print_json
from hub_api.cli.show import replay_table


def replay(
    case: Annotated[
        str,
        typer.Argument(
            metavar="CASE",
            help="The alias of a case, consultation, referral, report or meeting, as the auditor's unit knows it.",
        ),
    ],
    unit: Annotated[str, typer.Option("--as", metavar="UNIT", help="The unit whose view is asked for.")],
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="T", help="A day (its end) or a time, Swedish clocks; else now.")
    ] = None,
    data: Data = HERE,
    as_json: Json = False,
) -> None:
    """Replay a case, or what else has an alias: what happened, what a unit could open then, and what it had opened.

    Sealed content stays sealed. The replay is on the trail like every look.

    \b
    Example:
      samrad replay 5rj2… --as polisen.ost.utredning --as-of 2026-11-10
    """
    moment = None if as_of is None else instant(as_of)
    with opened(data, "replay") as hub:
        reader = auditor(hub)
        units, named = directory(hub), UnitId(normal_form(unit))
        stream = hub.aliases.into(reader.unit, case)
        seen = hub.gateway.replay_now(reader, stream, as_of=moment, as_unit=named)
    if as_json:
        print_json(plain(seen))
    else:
        OUT.print(replay_table(seen, named, units, f"As of {format_instant(seen.at)}"))


def plain(seen: Seen) -> list[dict[str, object]]:
    """The replay as data: one object for each act."""
    return [
        {
            "version": fact.version,
            "event": stored_name(type(fact.event)),
            "happened": format_instant(fact.act.happened),
            "recorded": format_instant(fact.committed),
            "by": fact.act.by.unit,
            "ground": fact.act.ground,
            "could_open": sorted(seen.could.get(fact.id, ())),
            "opened": sorted(seen.opened.get(fact.version, ())),
            "opened_by": [
                {
                    "person": each.person,
                    "part": each.part,
                    "first": format_instant(each.first),
                    "last": format_instant(each.last),
                    "times": each.times,
                }
                for each in seen.opened_by.get(fact.version, ())
            ],
        }
        for fact in seen.facts
    ]
