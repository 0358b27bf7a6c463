"""`samrad trail`: who looked at what, as the regional auditor reads it."""

from collections.abc import Callable, Iterator
from typing import Annotated, Final

import typer

from domain.access import AskedFor
from domain.act import Principal
from domain.errors import SamradError
from domain.identifiers import asked_for as named
from domain.time import format_instant
from domain.vocabulary import Ref, Role, StaffId, UnitId
from hub_api.cli.common import (
    HERE,
    OUT,
    Data,
    Json,
    auditor,
    directory,
    end_of,
    first_of,
    opened,
    print_json,
)
from hub_api.cli.show import looks_table
from hub_api.reads.audits import TrailPage
from hub_api.runtime.hub import Hub

A_PAGE: Final = 200


def trail(
    matter: Annotated[
        str | None,
        typer.Option("--matter", metavar="ALIAS", help="At one matter, as the auditor's unit knows it."),
    ] = None,
    person: Annotated[str | None, typer.Option("--person", help="By one member of staff.")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="By one unit.")] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="T", help="From that time on: a day (its beginning) or a time.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="T", help="Before that time, or to the end of that day.")
    ] = None,
    data: Data = HERE,
    as_json: Json = False,
) -> None:
    """Show who looked, at what and when, and what was refused. Asking for it is on the trail, too.

    \b
    Example:
      samrad trail --matter 5rj2… --unit polisen.ost.utredning --from 2026-11-09 --to 2026-11-10
    """
    start, end = (None if text is None else bound(text) for text, bound in ((since, first_of), (until, end_of)))
    if start is not None and end is not None and end <= start:
        raise typer.BadParameter("--to does not lie after --from")
    with opened(data, "trail") as hub:
        reader = auditor(hub)
        asked_for = AskedFor(
            subject=None if matter is None else hub.aliases.into(reader.unit, matter),
            staff=None if person is None else StaffId(_name("--person", person)),
            unit=None if unit is None else UnitId(_name("--unit", unit)),
            start=start,
            end=end,
        )
        pages, units, aliases = tuple(_pages(hub, reader, asked_for)), directory(hub), hub.aliases.of(reader.unit)
    if as_json:
        print_json([told for page in pages for told in plain(page, aliases.out)])
    else:
        OUT.print(looks_table((row for page in pages for row in page.items), units, "Who looked", aliases.out))


def _pages(hub: Hub, reader: Principal, asked_for: AskedFor) -> Iterator[TrailPage]:
    """All that is asked for, page by page."""
    after = None
    while True:
        page = hub.gateway.trail_now(reader, asked_for, after=after, limit=A_PAGE)
        yield page
        if (after := page.next) is None:
            return


def plain(page: TrailPage, alias: Callable[[Ref], str]) -> Iterator[dict[str, object]]:
    """The looks of a page as data, matters by their aliases."""
    for row in page.items:
        yield {
            "at": format_instant(row.committed),
            "agency": row.agency,
            "unit": row.unit,
            "person": None if row.role == Role.CALLER else row.staff,  # A4: a tag ties nobody's looks together
            "role": row.role,
            "purpose": row.purpose,
            "event": row.event,
            "what": row.what,
            "rule": row.rule,
            "about": None if row.about is None else alias(row.about),
            "as_of": None if row.as_of is None else format_instant(row.as_of),
            "as_unit": row.as_unit,
        }


def _name(option: str, text: str) -> str:
    try:
        return named(text)
    except ValueError:
        raise SamradError(f"{option} names nobody: it is empty, or not of signs that can be written") from None
