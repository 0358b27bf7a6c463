"""The demo's quarter: sixty cases that are what they say, twice the same, and over in seconds."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from domain.act import Fact
from domain.vocabulary import Kind
from hub_api.cli import run
from hub_api.cli.show import texts
from hub_api.runtime.hub import Hub
from hub_api.runtime.proof import prove
from hub_demo import check
from hub_demo.consultations import ANNA
from hub_demo.county import agreement
from hub_demo.quarter import BEGINS, ENDS, Quarter, play, stories
from hub_demo.quarter_check import ends_as_it_should
from hub_demo.quarter_sent import PIA
from hub_demo.quarter_tale import PEOPLE
from hub_demo.story import Scenes, Story, moment
from hub_demo.week import ULLA, fresh

SECONDS = 15.0
"""Of the processor: how busy others keep the disk says nothing of the quarter."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("quarter") / "data"


@pytest.fixture(scope="module")
def told(folder: Path) -> Iterator[tuple[Quarter, float, list[int]]]:
    hub = Hub.open(fresh(folder, BEGINS))
    begun: list[int] = []
    try:
        before = time.process_time()
        yield play(hub, begun.append), time.process_time() - before, begun
    finally:
        hub.close()


@pytest.fixture(scope="module")
def quarter(told: tuple[Quarter, float, list[int]]) -> Quarter:
    return told[0]


def test_the_quarter_ends_as_it_should(quarter: Quarter) -> None:
    found = dict(ends_as_it_should(quarter))
    assert [sentence for sentence, right in found.items() if not right] == []
    assert len(found) == 15


def test_the_quarter_plays_in_fifteen_seconds_and_says_how_far_it_has_come(
    told: tuple[Quarter, float, list[int]],
) -> None:
    _, seconds, begun = told
    assert seconds <= SECONDS
    assert sum(begun) == stories()
    assert 55 <= stories() <= 65


def test_a_quarter_in_which_a_relative_finds_the_case_is_not_right(quarter: Quarter) -> None:
    wrong = replace(quarter, left=replace(quarter.left, kin=quarter.left.worker, kins=quarter.left.case))
    untrue = [sentence for sentence, right in ends_as_it_should(wrong) if not right]
    assert untrue == ["a relative who works in the unit that has the case finds nothing (C9)"]


def test_b8_a_quarter_in_which_both_roles_share_a_case_is_not_right(quarter: Quarter) -> None:
    wrong = replace(quarter, left=replace(quarter.left, victims=quarter.left.clients))
    untrue = [sentence for sentence, right in ends_as_it_should(wrong) if not right]
    assert len(untrue) == 1
    assert untrue[0].endswith("(B8)")


def test_f_what_the_police_read_of_the_case_is_not_read_by_its_coordinator(quarter: Quarter) -> None:
    seen = {who: [text for _, _, text in texts(_look(quarter, who))] for who in (ANNA, PIA)}
    assert "The patrol found two cousins in a car." in seen[PIA]
    assert seen[ANNA] == []


def _look(quarter: Quarter, who: str) -> Sequence[Fact]:
    return quarter.hub.gateway.look_now(PEOPLE[who], Kind.CASE, quarter.left.case, what="case").facts


def test_the_quarter_is_what_was_written(quarter: Quarter) -> None:
    assert all(right for _, right in check.proven(prove(quarter.hub, lambda *_: None)))


def test_the_quarters_folder_holds_none_of_its_names_and_notes(quarter: Quarter, folder: Path) -> None:
    assert len(quarter.texts) > 400
    assert all(right for _, right in check.nothing_readable(folder, quarter, PEOPLE))


def test_the_search_looks_for_everyone_who_is_at_work(quarter: Quarter, folder: Path) -> None:
    leak = folder / "leak"
    leak.write_text(f"… {quarter.left.worker} …", encoding="utf-8")
    try:
        assert not any(right for _, right in check.nothing_readable(folder, quarter, PEOPLE))
    finally:
        leak.unlink()


def test_everyone_at_work_in_the_quarter_is_of_the_agreement_and_says_that_they_do_not_exist() -> None:
    units = {unit.id: (party.id, unit) for party in agreement().parties for unit in party.units}
    for name, who in PEOPLE.items():
        agency, unit = units[who.unit]
        assert (who.person, who.agency) == (name, agency)
        assert who.role in unit.roles
        assert who.purpose in unit.purposes
        assert name.endswith("-exempel")


def test_what_would_be_after_the_end_is_not_told(tmp_path: Path) -> None:
    heard: list[str] = []

    def chapter() -> Scenes:
        yield "2026-09-01 08:00"
        heard.append("first")
        yield "2026-11-30 08:00"
        heard.append("too late")

    hub = Hub.open(fresh(tmp_path / "data", BEGINS))
    try:
        story = Story(hub, PEOPLE)
        story.does(ULLA, agreement())
        story.tell([chapter()], moment(ENDS))
    finally:
        hub.close()
    assert heard == ["first"]


def test_the_same_seed_tells_the_same_quarter(quarter: Quarter, tmp_path: Path) -> None:
    hub = Hub.open(fresh(tmp_path / "data", BEGINS))
    try:
        play(hub)
    finally:
        hub.close()
    assert _frames(tmp_path / "data") == _frames(quarter.hub.folder)


def _frames(folder: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{folder / 'acts.db'}?mode=ro", uri=True) as connection:
        (table,) = connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%frame%'").fetchone()
        rows = connection.execute(f"SELECT * FROM {table}").fetchall()
    connection.close()
    assert len(rows) > 700
    return rows


def test_demo_quarter_check_shows_how_it_ends_and_ends_with_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(tmp_path / "data")
    assert run(["demo", "--quarter", "--check", "--data", data]) == 0
    printed = capsys.readouterr().out
    for heading in ("through four pairs of eyes", "known on three days", "What waits, and since when", "Who looked"):
        assert heading in printed
    assert "not true" not in printed
    assert f"samrad verify --data {data}" in printed
