"""Make the files `support-line-2014.jsonl` … `-2019.jsonl` from the published tables of the national support line.

What is published are margins: consultations and exposed persons per year (table 6), who called in 2018 and 2019
(tables 12 and 7), and the consultations of eight counties in 2018 (table 10 and its footnotes). How these combine
within one record was never published. The combination here is ours; nothing follows from it, and every file says so.

    python3 examples/make_support_line.py [FOLDER]
"""

import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

SOURCE = "Länsstyrelsen Östergötland, in Vårdanalys 2020:8, tables 6, 7, 10 and 12"
NOTE = (
    "Margins as published; the combination of caller, county and persons within one record is ours, and so is the "
    "day: the source gives the year alone, so the year's records are spread evenly over its days. What was never "
    "published is unknown."
)

Caller = tuple[str, str | None]
Value = TypeVar("Value")

CASES_AND_PERSONS = {
    2014: (187, 255),
    2015: (298, 443),
    2016: (455, 619),
    2017: (600, 798),
    2018: (959, 1081),
    2019: (1019, 1054),
}
"""Table 6."""

OPENED = date(2014, 3, 13)
"""The first day of the support line; 2014 is a part of a year."""

CALLERS: dict[int, dict[Caller, int]] = {
    2018: {
        ("social_services", "Socialtjänst"): 521,
        ("school", "Skola/förskola"): 195,
        ("other", "Övriga"): 61,
        ("other_authority", "Övriga myndigheter"): 44,
        ("voluntary", "Ideella organisationer"): 39,
        ("police", "Polis"): 35,
        ("exposed_or_relative", "Utsatta/närstående till utsatta"): 35,
        ("health_care", "Hälso- och sjukvård (inkl. ungdomsmottagning)"): 29,
    },
    2019: {
        ("social_services", "Socialtjänst"): 552,
        ("school", "Skola/förskola"): 179,
        ("other", "Övriga"): 85,
        ("voluntary", "Ideella organisationer"): 49,
        ("health_care", "Hälso- och sjukvård (inklusive ungdomsmottagning)"): 47,
        ("police", "Polis"): 47,
        ("exposed_or_relative", "Utsatta/närstående till utsatta"): 31,
        ("other_authority", "Övriga myndigheter"): 29,
    },
}
"""Tables 12 and 7, each category with the source's own words that year."""

COUNTIES: dict[int, dict[str | None, int]] = {
    2018: {"14": 174, "12": 86, "05": 60, "01": 59, "22": 35, "19": 29, "24": 10, "18": 7}
}
"""Table 10 with its footnotes, by official county code; the other 13 counties were not published."""


def records(year: int) -> Iterator[dict[str, object]]:
    """The consultations of one year, in the order of their days."""
    cases, persons = CASES_AND_PERSONS[year]
    callers: list[Caller] = _spread(f"{year} caller", CALLERS.get(year, {}), ("unknown", None), cases)
    counties: list[str | None] = _spread(f"{year} county", COUNTIES.get(year, {}), None, cases)
    counts: list[int] = _spread(f"{year} persons", {2: persons - cases}, 1, cases)
    first = max(OPENED, date(year, 1, 1))
    days = (date(year + 1, 1, 1) - first).days
    for number, ((caller, label), county, count) in enumerate(zip(callers, counties, counts, strict=True)):
        yield {
            "id": f"{year}-{number + 1:04}",
            "day": (first + timedelta(days=number * days // cases)).isoformat(),
            "caller": caller,
            "label": label,
            "county": county,
            "persons": count,
        }


def _spread(purpose: str, counts: dict[Value, int], otherwise: Value, length: int) -> list[Value]:
    """`length` values with those counts, the rest `otherwise`, in an order that a hash decides: no library's
    random numbers, which another version of Python may draw otherwise."""
    values = [value for value, count in counts.items() for _ in range(count)]
    values += [otherwise] * (length - len(values))
    order = sorted(range(length), key=lambda place: sha256(f"{purpose} {place}".encode()).digest())
    return [values[place] for place in order]


def lines(year: int) -> Iterator[str]:
    """The file of one year, line by line."""
    header = {"format": "samrad.consultations.v1", "file": f"support-line-{year}", "source": SOURCE, "note": NOTE}
    for row in (header, *records(year)):
        yield json.dumps(row, ensure_ascii=False) + "\n"


def write(folder: Path) -> None:
    for year in CASES_AND_PERSONS:
        (folder / f"support-line-{year}.jsonl").write_text("".join(lines(year)), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
