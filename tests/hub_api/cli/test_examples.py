"""The example files: made by the program beside them, with the margins that were published (E1)."""

import json
import runpy
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[3] / "examples"
YEARS = range(2014, 2020)


def rows(year: int) -> list[dict[str, Any]]:
    return list(_parsed(EXAMPLES / f"support-line-{year}.jsonl"))[1:]


def _parsed(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def test_the_committed_files_are_what_their_program_makes(tmp_path: Path) -> None:
    runpy.run_path(str(EXAMPLES / "make_support_line.py"))["write"](tmp_path)
    for year in YEARS:
        name = f"support-line-{year}.jsonl"
        assert (tmp_path / name).read_bytes() == (EXAMPLES / name).read_bytes()


def test_e1_the_files_hold_the_published_consultations_and_persons_of_each_year() -> None:
    counted = {year: (len(rows(year)), sum(row["persons"] for row in rows(year))) for year in YEARS}
    assert counted == {
        2014: (187, 255),
        2015: (298, 443),
        2016: (455, 619),
        2017: (600, 798),
        2018: (959, 1081),
        2019: (1019, 1054),
    }


@pytest.mark.parametrize(
    ("year", "counts"),
    [
        (2018, {"Socialtjänst": 521, "Skola/förskola": 195, "Övriga": 61, "Övriga myndigheter": 44, "Polis": 35}),
        (2019, {"Socialtjänst": 552, "Skola/förskola": 179, "Övriga": 85, "Övriga myndigheter": 29, "Polis": 47}),
    ],
)
def test_e2_each_caller_carries_the_sources_own_word_that_year(year: int, counts: dict[str, int]) -> None:
    found = Counter(row["label"] for row in rows(year))
    assert {label: found[label] for label in counts} == counts
    assert len(found) == 8


def test_e2_what_was_never_published_is_unknown() -> None:
    for year in range(2014, 2018):
        assert {(row["caller"], row["label"], row["county"]) for row in rows(year)} == {("unknown", None, None)}
    assert Counter(row["county"] for row in rows(2018))[None] == 499
    assert {row["county"] for row in rows(2019)} == {None}


def test_the_first_year_begins_when_the_line_opened() -> None:
    days = [row["day"] for row in rows(2014)]
    assert days[0] == "2014-03-13"
    assert days == sorted(days)


def test_every_file_says_what_is_published_and_what_is_ours() -> None:
    for year in YEARS:
        header = next(_parsed(EXAMPLES / f"support-line-{year}.jsonl"))
        assert header["format"] == "samrad.consultations.v1"
        assert "is ours" in header["note"]
