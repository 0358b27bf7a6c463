"""The published tables come out of recorded consultations exactly as they were printed (E1, E2, E5)."""

import json

import pytest

from domain.vocabulary import CallerCategory
from projections.published import (
    NoSuchTable,
    Table,
    as_json,
    as_text,
    callers,
    calls,
    percent,
    published,
)
from projections.statistics import Counted

C = CallerCategory
CASES_AND_PERSONS = {
    2014: (187, 255),
    2015: (298, 443),
    2016: (455, 619),
    2017: (600, 798),
    2018: (959, 1081),
    2019: (1019, 1054),
}
CALLERS = {
    2018: {
        C.SOCIAL_SERVICES: 521,
        C.SCHOOL: 195,
        C.OTHER: 61,
        C.OTHER_AUTHORITY: 44,
        C.VOLUNTARY: 39,
        C.POLICE: 35,
        C.EXPOSED_OR_RELATIVE: 35,
        C.HEALTH_CARE: 29,
    },
    2019: {
        C.SOCIAL_SERVICES: 552,
        C.SCHOOL: 179,
        C.OTHER: 85,
        C.VOLUNTARY: 49,
        C.HEALTH_CARE: 47,
        C.POLICE: 47,
        C.EXPOSED_OR_RELATIVE: 31,
        C.OTHER_AUTHORITY: 29,
    },
}
COUNTIES_2018 = {"14": 174, "12": 86, "05": 60, "01": 59, "22": 35, "19": 29, "24": 10, "18": 7}


def line() -> list[Counted]:
    """The line's records, with what was never published left unknown."""
    found = []
    for year, (cases, persons) in CASES_AND_PERSONS.items():
        rest = cases
        for caller, number in CALLERS.get(year, {}).items():
            left = number
            if year == 2018 and caller is C.SOCIAL_SERVICES:
                for county, of_county in COUNTIES_2018.items():
                    found.append(Counted("2018Q2", county, caller, "Socialtjänst", of_county, 0))
                    left -= of_county
            found.append(Counted(f"{year}Q1", None, caller, "etikett", left, 0))
            rest -= number
        if rest:
            found.append(Counted(f"{year}Q4", None, C.UNKNOWN, "okänt", rest, 0))
        found.append(Counted(f"{year}Q3", None, C.UNKNOWN, "okänt", 0, persons))
    return found


LINE = line()


def rows(table: Table) -> list[tuple[str, tuple[int | None, ...]]]:
    return [(each.label, each.numbers) for each in table.lines]


def test_e1_table_6_is_as_published() -> None:
    assert rows(published(6, LINE)) == [
        ("2014 (fr.o.m. 13 mars)", (187, 255)),
        ("2015", (298, 443)),
        ("2016", (455, 619)),
        ("2017", (600, 798)),
        ("2018", (959, 1081)),
        ("2019", (1019, 1054)),
    ]
    assert published(6, LINE).total is None


def test_e1_table_7_is_as_published_and_its_shares_sum_to_101() -> None:
    table = published(7, LINE)
    assert rows(table) == [
        ("Socialtjänst", (552, 54)),
        ("Skola/förskola", (179, 18)),
        ("Övriga*", (85, 8)),
        ("Ideella organisationer", (49, 5)),
        ("Hälso- och sjukvård (inklusive ungdomsmottagning)", (47, 5)),
        ("Polis", (47, 5)),
        ("Utsatta/närstående till utsatta", (31, 3)),
        ("Övriga myndigheter**", (29, 3)),
    ]
    assert sum(share or 0 for _, (_, share) in rows(table)) == 101
    assert table.total is not None
    assert table.total.numbers == (1019, 100)
    assert "*** De avrundade andelarna summerar till 101 procent." in table.notes


def test_e1_table_12_is_as_published_in_its_own_order() -> None:
    table = published(12, LINE)
    assert rows(table) == [
        ("Socialtjänst", (521, 54)),
        ("Skola/förskola", (195, 20)),
        ("Övriga*", (61, 6)),
        ("Övriga myndigheter**", (44, 5)),
        ("Ideella organisationer", (39, 4)),
        ("Polis", (35, 4)),
        ("Utsatta/närstående till utsatta", (35, 4)),
        ("Hälso- och sjukvård (inkl. ungdomsmottagning)", (29, 3)),
    ]
    assert table.total is not None
    assert table.total.numbers == (959, 100)
    assert not table.total.marks
    assert not any("avrundade" in note for note in table.notes)


def test_e1_table_10_has_the_sources_ranks_and_its_notes() -> None:
    table = published(10, LINE)
    assert rows(table) == [
        ("Västra Götaland", (174, 18, 1)),
        ("Skånes län", (86, 9, 2)),
        ("Stockholms län**", (59, 6, 4)),
        ("Västernorrland***", (35, 4, 10)),
        ("Västerbottens län", (10, 1, 20)),
        ("Örebro", (7, 1, 21)),
    ]
    assert any("60 ärenden, 6,3 %, plats 3" in note for note in table.notes)
    assert any("29 ärenden, 3 %, plats 11" in note for note in table.notes)
    assert [(each.label, each.numbers) for each in table.unpublished] == [("Övriga 13 län", (None, None, None))]


def test_e2_categories_that_were_never_published_are_unknown_and_not_empty() -> None:
    table = callers(LINE, 2016)
    assert {numbers for _, numbers in rows(table)} == {(None, None)}
    assert table.total is not None
    assert table.total.numbers == (455, 100)
    assert "okänt" in as_text(table)


def test_e2_an_unknown_caller_among_known_ones_has_a_line_of_its_own() -> None:
    counts = [*LINE, Counted("2019Q2", None, C.UNKNOWN, "oklart", 1, 1)]
    table = callers(counts, 2019)
    assert rows(table)[-1] == ("Okänt", (1, 0))
    assert table.total is not None
    assert table.total.numbers[0] == 1020


def test_e1_without_records_every_number_is_unknown() -> None:
    assert {numbers for _, numbers in rows(calls([]))} == {(None, None)}
    assert {numbers for _, numbers in rows(published(7, []))} == {(None, None)}
    assert {numbers[:2] for _, numbers in rows(published(10, []))} == {(None, None)}


def test_e1_the_hubs_own_consultations_are_not_in_the_lines_tables() -> None:
    own = Counted("2019Q2", "05", C.POLICE, None, 3, 3)
    assert published(6, [*LINE, own]) == published(6, LINE)
    assert published(7, [*LINE, own]) == published(7, LINE)


def test_e5_a_series_shows_its_caveats_and_is_never_called_prevalence() -> None:
    text = as_text(published(6, LINE))
    assert "2014 är inget helt år: statistiken börjar den 13 mars 2014." in text
    assert "två linjer från och med 2019" in text
    assert not any(word in text.lower() for word in ("prevalens", "förekomst", "omfattningen av våld"))


def test_numbers_are_written_as_swedish_tables_write_them() -> None:
    text = as_text(published(7, LINE))
    assert "1 019  100 %***" in text
    assert "552   54 %" in text
    assert "Källa: Länsstyrelsen Östergötland 2020c." in text


def test_a_table_is_plain_data_too() -> None:
    plain = json.loads(json.dumps(as_json(callers(LINE, 2015))))
    assert plain["total"]["numbers"] == [298, 100]
    assert plain["lines"][0]["numbers"] == [None, None]


@pytest.mark.parametrize(("part", "whole", "share"), [(1, 200, 1), (1, 201, 0), (5, 1000, 1), (0, 7, 0), (7, 7, 100)])
def test_e1_shares_are_rounded_half_up(part: int, whole: int, share: int) -> None:
    assert percent(part, whole) == share


def test_a_table_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(NoSuchTable, match="6, 7, 10 and 12"):
        published(8, LINE)
    with pytest.raises(NoSuchTable, match="2014–2019"):
        callers(LINE, 2020)
