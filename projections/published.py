"""The published tables of the national support line, made from recorded consultations as they were printed (E1).

Counts come from the log; shares are rounded half up, each for itself, and the total stands apart from its parts: the
shares of 2019 sum to 101, and the table says so. Table 10's ranks, and one share of 6,3 %, do not follow from counts
and are the source's own. What was never published is unknown, which is not zero (E2). Only what was loaded from the
line's own records is counted here, never a consultation of the hub.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec
from msgspec import Struct

from domain.errors import SamradError
from domain.vocabulary import CallerCategory
from projections.statistics import Counted

UNKNOWN: Final = "okänt"


class Shown(StrEnum):
    """How the numbers of a column are written."""

    COUNT = "count"
    SHARE = "share"
    RANK = "rank"


class Heading(Struct, frozen=True):
    title: str
    shown: Shown


class TableLine(Struct, frozen=True):
    """A label and its numbers, one for each column; None where it is unknown. `marks` stand behind the last number."""

    label: str
    numbers: tuple[int | None, ...]
    marks: str = ""


class Table(Struct, frozen=True):
    """A table as published. `unpublished` says what its source never told; `caveats` how to read it (E5)."""

    title: str
    first: str
    headings: tuple[Heading, ...]
    lines: tuple[TableLine, ...]
    source: str
    total: TableLine | None = None
    notes: tuple[str, ...] = ()
    unpublished: tuple[TableLine, ...] = ()
    caveats: tuple[str, ...] = ()


class NoSuchTable(SamradError):
    """A table, or a year of it, was asked for that the support line does not have."""


class Scheme(Struct, frozen=True):
    """How callers were categorised in one year's table: its title, its rows in their order, its notes (E2)."""

    title: str
    labels: tuple[tuple[CallerCategory, str], ...]
    notes: tuple[str, ...]
    source: str


_2018 = Scheme(
    "Tabell 12. De aktörer som ringde nationella stödtelefonen under 2018.",
    (
        (CallerCategory.SOCIAL_SERVICES, "Socialtjänst"),
        (CallerCategory.SCHOOL, "Skola/förskola"),
        (CallerCategory.OTHER, "Övriga*"),
        (CallerCategory.OTHER_AUTHORITY, "Övriga myndigheter**"),
        (CallerCategory.VOLUNTARY, "Ideella organisationer"),
        (CallerCategory.POLICE, "Polis"),
        (CallerCategory.EXPOSED_OR_RELATIVE, "Utsatta/närstående till utsatta"),
        (CallerCategory.HEALTH_CARE, "Hälso- och sjukvård (inkl. ungdomsmottagning)"),
    ),
    (
        "* T.ex. familjehem, hem för vård eller boende, arbetsgivare och okända.",
        "** T.ex. Arbetsförmedlingen, Migrationsverket, Kriminalvården, Inspektionen för vård och omsorg, "
        "Överförmyndarnämnden och Barnahus.",
    ),
    "Länsstyrelsen i Östergötland 2019b.",
)
_2019 = Scheme(
    "Tabell 7. De aktörer som ringde nationella stödtelefonen under 2019.",
    (
        (CallerCategory.SOCIAL_SERVICES, "Socialtjänst"),
        (CallerCategory.SCHOOL, "Skola/förskola"),
        (CallerCategory.OTHER, "Övriga*"),
        (CallerCategory.VOLUNTARY, "Ideella organisationer"),
        (CallerCategory.HEALTH_CARE, "Hälso- och sjukvård (inklusive ungdomsmottagning)"),
        (CallerCategory.POLICE, "Polis"),
        (CallerCategory.EXPOSED_OR_RELATIVE, "Utsatta/närstående till utsatta"),
        (CallerCategory.OTHER_AUTHORITY, "Övriga myndigheter**"),
    ),
    (
        "* Till exempel familjehem, behandlingshem, fastighetsbolag, studenter, jurister, journalister, politiker, "
        "oklart.",
        "** Till exempel Barnahus, Socialstyrelsen, Utrikesdepartementet.",
    ),
    "Länsstyrelsen Östergötland 2020c.",
)
SCHEMES: Final = {2018: _2018, 2019: _2019}
"""The categories by year, as their source words them. For 2014–2017 none were published."""

YEARS: Final = {
    2014: "2014 (fr.o.m. 13 mars)",
    2015: "2015",
    2016: "2016",
    2017: "2017",
    2018: "2018",
    2019: "2019",
}

_CAVEATS = (
    "2014 är inget helt år: statistiken börjar den 13 mars 2014.",
    "En linje var öppen till och med 2018, två linjer från och med 2019.",
    "Tabellen visar hur stödtelefonen användes, inte hur många som utsätts.",
)

_COUNTIES = (
    ("14", "Västra Götaland", 1),
    ("12", "Skånes län", 2),
    ("01", "Stockholms län**", 4),
    ("22", "Västernorrland***", 10),
    ("24", "Västerbottens län", 20),
    ("18", "Örebro", 21),
)
"""Table 10's counties in its order, with the rank that the source gives them."""

_CASES = Heading("Antal ärenden", Shown.COUNT)
_SHARE = Heading("Andel", Shown.SHARE)


def percent(part: int, whole: int) -> int:
    """A whole percentage, rounded half up, in whole numbers all the way."""
    return (200 * part + whole) // (2 * whole)


def calls(counts: Iterable[Counted]) -> Table:
    """Table 6: consultations and exposed persons, year by year: two different counts, and no sum of them (A6, E5)."""
    loaded = _loaded(counts)
    return Table(
        "Tabell 6. Statistik över inkomna samtal till stödtelefonen.",
        "År",
        (Heading("Antal ärenden till stödtelefonen", Shown.COUNT), Heading("Antal utsatta personer", Shown.COUNT)),
        tuple(
            TableLine(label, (_known(_consultations(of)), _known(sum(each.persons for each in of))))
            for label, of in ((label, _of_year(loaded, year)) for year, label in YEARS.items())
        ),
        "Länsstyrelsen Östergötland 2020c.",
        caveats=_CAVEATS,
    )


def callers(counts: Iterable[Counted], year: int) -> Table:
    """Tables 7 (2019) and 12 (2018): who called. For the other years the categories are unknown, the total is not."""
    if year not in YEARS:
        raise NoSuchTable(f"the support line's years are {min(YEARS)}–{max(YEARS)}, not {year}")
    of = _of_year(_loaded(counts), year)
    whole = _consultations(of)
    by_caller = {caller: _consultations(each for each in of if each.caller is caller) for caller in CallerCategory}
    unknown = by_caller[CallerCategory.UNKNOWN]
    scheme = SCHEMES.get(year) or _unpublished_scheme(year)
    # E2: where callers are unknown, a category with nobody in it is unknown too, and not empty.
    numbers = [by_caller[caller] or (None if unknown or not whole else 0) for caller, _ in scheme.labels]
    lines = [
        TableLine(label, (number, None if number is None else percent(number, whole)))
        for (_, label), number in zip(scheme.labels, numbers, strict=True)
    ]
    if 0 < unknown < whole:
        lines.append(TableLine("Okänt", (unknown, percent(unknown, whole))))
    shares = [line.numbers[1] for line in lines]
    marks, notes = _rounding([share for share in shares if share is not None], "*" * (len(scheme.notes) + 1))
    return Table(
        scheme.title,
        "Myndighet",
        (_CASES, _SHARE),
        tuple(lines),
        scheme.source,
        total=TableLine("Totalt", (_known(whole), 100 if whole else None), marks),
        notes=(*scheme.notes, *notes),
        caveats=_CAVEATS[2:],
    )


def counties(counts: Iterable[Counted]) -> Table:
    """Table 10: the counties that the evaluation chose, 2018. The ranks, and 6,3 %, are the source's own notes."""
    of = _of_year(_loaded(counts), 2018)
    whole = _consultations(of)
    by_county = {county: _consultations(each for each in of if each.county == county) for county in _county_codes(of)}

    def cases(county: str) -> int | None:
        return by_county.get(county)

    def share(county: str) -> int | None:
        number = cases(county)
        return None if number is None else percent(number, whole)

    return Table(
        "Tabell 10. Antal och andel ärenden till stödtelefonen i de län som vi har valt ut till intervjuer.",
        "Län",
        (_CASES, _SHARE, Heading("Använder stödtelefonen (1–21)*", Shown.RANK)),
        tuple(TableLine(label, (cases(county), share(county), rank)) for county, label, rank in _COUNTIES),
        "Länsstyrelsen i Östergötland 2019b.",
        notes=(
            "* 1 står för flest ärenden av 21 län.",
            f"** Östergötland: {written(cases('05'), Shown.COUNT)} ärenden, 6,3 %, plats 3.",
            f"*** Västmanland: {written(cases('19'), Shown.COUNT)} ärenden, "
            f"{written(share('19'), Shown.SHARE)}, plats 11.",
            "Rangen och andelen 6,3 % är källans egna uppgifter och följer inte av antalen ovan.",
        ),
        unpublished=(TableLine("Övriga 13 län", (None, None, None)),),
        caveats=_CAVEATS[2:],
    )


TABLES: Final[dict[int, Callable[[Sequence[Counted]], Table]]] = {
    6: calls,
    7: lambda counts: callers(counts, 2019),
    10: counties,
    12: lambda counts: callers(counts, 2018),
}


def published(number: int, counts: Sequence[Counted]) -> Table:
    """The table of that number."""
    if number not in TABLES:
        raise NoSuchTable(f"there is no table {number}: the support line's tables are 6, 7, 10 and 12")
    return TABLES[number](counts)


def written(number: int | None, shown: Shown) -> str:
    """A number as Swedish tables write it: `1 019`, `54 %`, `okänt`."""
    if number is None:
        return UNKNOWN
    return {
        Shown.COUNT: f"{number:,}".replace(",", " "),
        Shown.SHARE: f"{number} %",
        Shown.RANK: str(number),
    }[shown]


def as_text(table: Table) -> str:
    """The table as plain text, in the order in which it was printed."""
    body = [*table.lines, *([table.total] if table.total else [])]
    cells = [
        [written(number, heading.shown) for number, heading in zip(line.numbers, table.headings, strict=True)]
        for line in body
    ]
    marks = max(len(line.marks) for line in body)
    grid = [[table.first, *(heading.title for heading in table.headings)]]
    for line, texts in zip(body, cells, strict=True):
        grid.append([line.label, *texts[:-1], texts[-1] + line.marks.ljust(marks)])
    widths = [max(len(row[at]) for row in grid) for at in range(len(grid[0]))]
    rows = [
        "  ".join(
            text.rjust(width) if at else text.ljust(width)
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in grid
    ]
    parts = [table.title, "", *rows, "", f"Källa: {table.source}", *table.notes]
    if table.unpublished:
        parts.append(f"Aldrig publicerat: {', '.join(line.label for line in table.unpublished)} ({UNKNOWN}).")
    return "\n".join(part.rstrip() for part in [*parts, *table.caveats]) + "\n"


def as_json(table: Table) -> dict[str, Any]:
    """The table as plain data; null where a number is unknown."""
    found: dict[str, Any] = msgspec.to_builtins(table)
    return found


def _loaded(counts: Iterable[Counted]) -> list[Counted]:
    return [each for each in counts if each.source is not None]


def _of_year(counts: Sequence[Counted], year: int) -> list[Counted]:
    return [each for each in counts if each.year == year]


def _consultations(counts: Iterable[Counted]) -> int:
    return sum(each.consultations for each in counts)


def _county_codes(counts: Iterable[Counted]) -> set[str]:
    return {each.county for each in counts if each.county is not None}


def _known(number: int) -> int | None:
    """A year of which nothing was loaded is unknown, and not a year without calls (E2)."""
    return number or None


def _rounding(shares: Sequence[int], mark: str) -> tuple[str, tuple[str, ...]]:
    """The footnote of a total whose parts do not sum to 100."""
    summed = sum(shares)
    if not shares or summed == 100:
        return "", ()
    return mark, (f"{mark} De avrundade andelarna summerar till {summed} procent.",)


def _unpublished_scheme(year: int) -> Scheme:
    return Scheme(
        f"De aktörer som ringde nationella stödtelefonen under {year} (aldrig publicerat).",
        tuple((caller, label.rstrip("*")) for caller, label in _2019.labels),
        (),
        "Länsstyrelsen Östergötland 2020c.",
    )
