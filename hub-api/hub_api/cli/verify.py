"""`samrad verify`: recompute every hash and every view."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import msgspec
import typer

from adapters.store.differences import Difference, Tell
from hub_api.cli.common import HERE, Data, Json, print_json, say, steps, tell_of_set_aside, warn
from hub_api.runtime.proof import Progress, Proven, prove
from hub_api.runtime.provable import provable
from hub_api.runtime.settings import on_servers
from hub_api.runtime.verify_advice import advice

SHOWN: Final = 20
"""So many differences of one log, topic or view are told one by one; JSON has them all."""


def verify(data: Data = HERE, as_json: Json = False) -> None:
    """Recompute every hash, open every seal and make every view anew; status 1 if anything is not what was written.

    It goes on past what is wrong, names the matter that it is in by kind and stream, and says what to do. On servers
    Kafka is compared too, record by record. It takes the hub's keys, and the role that makes views.

    \b
    Examples:
      samrad verify
      samrad verify --data /srv/samrad --json
    """
    found: list[Difference] = []
    with provable(data, "`samrad verify`") as hub, steps() as progress:
        proven = prove(hub, progress, found.append)
        waiting = _agree(progress, found.append) if on_servers() else None
    if as_json:
        told = msgspec.to_builtins(proven) | ({} if waiting is None else {"waiting": waiting})
        print_json(told | {"differences": msgspec.to_builtins(found), "advice": advice(found)})
    elif not found:
        _say(proven, waiting)
    if not as_json:
        tell_of_set_aside(proven.set_aside)
    if found:
        if not as_json:
            _tell(found)
        raise typer.Exit(1)


def _say(proven: Proven, waiting: dict[str, int] | None) -> None:
    say(
        f"{proven.records} records and {proven.looks} looks are what was written, {proven.views} views are what "
        f"they give; {proven.disposed} parts were disposed of, as the log says."
    )
    if waiting is not None:
        say(f"Kafka holds the same, byte by byte; {sum(waiting.values())} records wait to be carried.")


def _tell(found: Sequence[Difference]) -> None:
    for place, here in groupby(found, lambda each: each.place):
        differences = list(here)
        for each in differences[:SHOWN]:
            warn(f"{each.error}: {each}")
        if len(differences) > SHOWN:
            warn(f"{place}: {len(differences) - SHOWN} more, with --json")
    for sentence in advice(found):
        warn(f"do: {sentence}")


def _agree(progress: Progress, tell: Tell) -> dict[str, int]:
    from hub_api.runtime.servers.comparison import agree_all
    from hub_api.runtime.servers.settings import Production

    return agree_all(Production.read(), progress, tell)
