"""How a case, its trail and a table look on a terminal: what the gateway showed, and nothing added to it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from domain.access import CommandRefused
from domain.act import Fact, Principal
from domain.agreement.state import Directory
from domain.event import compartments
from domain.time import format_instant
from domain.vocabulary import Compartment, Existence, Instant, Ref, Role, UnitId
from hub_api.access.seen import Seen
from hub_api.wording.language import Language
from hub_api.wording.sentences import sentence
from projections.published import Table as Published
from projections.published import written
from projections.trail import LookRow

_EXISTS: Final = {
    Existence.CASE: "a case is there",
    Existence.PROTECTION: "protected identity",
    Existence.SAFE_CONTACT: "safe contact is agreed: ask before reaching out",
}
_DAY: Final[Instant] = 24 * 3_600_000_000
_HIDDEN: Final = frozenset(
    {"keys", "tag", "person", "grant", "consent", "note", "act", "block", "consultation", "sha256"}
)
"""Fields that hold opaque identifiers: they say nothing to a person."""


def case_panel(seen: Seen, reader: Principal, directory: Directory, title: str) -> Panel:
    """One case as one reader sees it: what may be known to be there, then each act with the parts that were opened."""
    marks = ", ".join(_EXISTS[mark] for mark in Existence if mark in seen.existence) or "no marks"
    opened = sum(len(fact.shown) for fact in seen.facts)
    head = Text(f"{_unit(reader.unit, directory)} · {reader.role} · purpose {reader.purpose}\n", style="bold")
    head.append(f"Known to be there: {marks}.\n", style="cyan")
    head.append(f"{len(seen.facts)} acts, {opened} sealed parts opened.", style="cyan")
    return Panel(Group(head, _acts(seen.facts, directory)), title=title, title_align="left")


def nothing_panel(reader: Principal, directory: Directory, title: str) -> Panel:
    """What whoever may not know of the case sees: the same as if it had never been."""
    body = Text(f"{_unit(reader.unit, directory)} · {reader.role} · purpose {reader.purpose}\n", style="bold")
    body.append("There is nothing here.", style="dim")
    return Panel(body, title=title, title_align="left")


def looks_table(
    looks: Iterable[LookRow], directory: Directory, title: str, alias: Callable[[Ref], str] | None = None
) -> Table:
    """Who looked, and what was refused: when, who, in which unit, and what was asked for; with `alias`, in which
    matter, by the first signs of its alias."""
    table = Table(title=title, title_justify="left")
    for heading in ("when", "who", "unit", "asked for", *(() if alias is None else ("matter",)), "outcome"):
        table.add_column(heading)
    for look in looks:
        who = "" if look.role == Role.CALLER else look.staff  # A4: a tag ties nobody's looks together
        matter = () if alias is None else ("" if look.about is None else f"{alias(look.about)[:8]}…",)
        asked = f"{look.what}" + ("" if look.as_of is None else f" as of {clock(look.as_of)}")
        asked += "" if look.as_unit is None else f" as {_unit(look.as_unit, directory)}"
        unit = "" if look.unit is None else _unit(look.unit, directory)
        refused = f"refused: {look.rule}" if look.rule else "refused"
        outcome = refused if look.event == CommandRefused.name else "shown"
        table.add_row(clock(look.committed), who, unit, asked, *matter, outcome)
    return table


def waits_table(waiting: Sequence[Seen], now: Instant, directory: Directory, title: str, longest: int = 20) -> Table:
    """What waits, on whom and since when; what is over the limit of its agreement is marked (D2, D8)."""
    table = Table(title=title, title_justify="left")
    for heading in ("in a", "waits for", "on", "since", "days", "limit"):
        table.add_column(heading)
    for seen in waiting[:longest]:
        for wait in seen.waits:
            over = "over" if wait.alarmed else "–" if wait.due is None else f"until {clock(wait.due)}"
            days = str((now - wait.since) // _DAY)
            row = (seen.kind, wait.what.replace("_", " "), _unit(wait.on, directory), clock(wait.since), days, over)
            table.add_row(*row, style="bold red" if wait.alarmed else None)
    if len(waiting) > longest:
        table.caption = f"… and {len(waiting) - longest} more"
    return table


def replay_table(seen: Seen, unit: UnitId, directory: Directory, title: str) -> Table:
    """A case as an auditor replays it: each act, what that unit could open of it then, what it in fact opened, and who
    there, from when."""
    table = Table(title=title, title_justify="left")
    for heading in ("when", "by", "act", f"{_unit(unit, directory)} could open", "had opened", "who, first"):
        table.add_column(heading)
    for fact in seen.facts:
        could, opened = seen.could.get(fact.id), seen.opened.get(fact.version)
        table.add_row(
            clock(fact.act.happened),
            _unit(fact.act.by.unit, directory),
            sentence(fact.event, Language.EN),
            "–" if could is None else ", ".join(sorted(could)),
            "–" if opened is None else ", ".join(sorted(opened)),
            "\n".join(f"{who} {clock(first)}" for who, first in _first_opened(seen, fact).items()) or "–",
        )
    return table


def _first_opened(seen: Seen, fact: Fact) -> dict[str, Instant]:
    """By person, when something of the act was first shown to them."""
    first: dict[str, Instant] = {}
    for each in seen.opened_by.get(fact.version, ()):
        first[each.person] = min(each.first, first.get(each.person, each.first))
    return first


def published_table(table: Published) -> RenderableType:
    """A published table as it was printed, with its source and its notes."""
    grid = Table(title=table.title, title_justify="left")
    grid.add_column(table.first)
    for heading in table.headings:
        grid.add_column(heading.title, justify="right")
    for line in table.lines:
        grid.add_row(line.label, *_cells(line.numbers, table, line.marks))
    for line in filter(None, (table.total, *table.unpublished)):
        grid.add_section()
        grid.add_row(line.label, *_cells(line.numbers, table, line.marks), style="bold")
    notes = [f"Källa: {table.source}", *table.notes, *table.caveats]
    return Group(grid, Text("\n".join(notes), style="dim"))


def clock(moment: Instant) -> str:
    """An instant as Stockholm's clocks show it, to the minute."""
    return format_instant(moment)[:16].replace("T", " ")


def texts(facts: Sequence[Fact]) -> Iterator[tuple[Compartment, str, str]]:
    """The sealed texts that were opened: compartment, field, text."""
    for fact in facts:
        for field, compartment in compartments(type(fact.event)).items():
            value = getattr(fact.event, field)
            if isinstance(value, str):
                yield compartment, field, value


def _acts(facts: Sequence[Fact], directory: Directory) -> Table:
    table = Table(box=None, pad_edge=False, expand=True, padding=(0, 1, 0, 0))
    table.add_column("when", style="dim", width=16)
    table.add_column("by", style="dim", ratio=2)
    table.add_column("what", ratio=5)
    for fact in facts:
        what = Text(sentence(fact.event, Language.EN))
        if details := ", ".join(_details(fact, directory)):
            what.append(f" {details}", style="dim")
        for compartment, field, text in texts([fact]):
            what.append(f"\n  {compartment}: ", style="yellow")
            what.append(text if field == compartment else f"{field.replace('_', ' ')}: {text}")
        if fact.disposed:
            what.append("\n  disposed of: " + ", ".join(sorted(fact.disposed)), style="red")
        table.add_row(clock(fact.act.happened), _unit(fact.act.by.unit, directory), what)
    return table


def _details(fact: Fact, directory: Directory) -> Iterator[str]:
    sealed = compartments(type(fact.event))
    if fact.act.ground is not None:
        yield f"ground {fact.act.ground}"
    for field in fact.event.__struct_fields__:
        if field not in sealed and field not in _HIDDEN and field not in ("start", "until", "boundary"):
            value = getattr(fact.event, field)
            if value is not None and value is not False and not isinstance(value, Ref):
                yield f"{field.replace('_', ' ')} {_plain(value, directory)}"


def _plain(value: Any, directory: Directory) -> str:
    if isinstance(value, frozenset | tuple):
        return " + ".join(sorted(_plain(each, directory) for each in value))
    if isinstance(value, str) and directory.unit(UnitId(value)) is not None:
        return _unit(UnitId(value), directory)
    return "yes" if value is True else str(msgspec.to_builtins(value))


def _unit(unit: UnitId, directory: Directory) -> str:
    entry = directory.unit(unit)
    return unit if entry is None else f"{entry.agency_name}: {entry.name}"


def _cells(numbers: Sequence[int | None], table: Published, marks: str) -> list[str]:
    cells = [written(number, heading.shown) for number, heading in zip(numbers, table.headings, strict=True)]
    return [*cells[:-1], cells[-1] + marks]
