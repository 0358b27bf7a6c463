"""The demo: a week that shows what it says, twice the same, and never in place of something else."""

import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from domain.errors import SamradError
from domain.vocabulary import Compartment, Kind
from hub_api.cli.show import case_panel
from hub_api.runtime.folder import LOCK
from hub_api.runtime.hub import Hub
from hub_api.runtime.proof import prove
from hub_api.runtime.settings import Settings
from hub_demo import check
from hub_demo.command import READERS
from hub_demo.county import PERSONAS
from hub_demo.story import Story
from hub_demo.week import MARK, Week, example_files, fresh, play

EXAMPLES = Path(__file__).parents[2] / "examples"
SHORT = EXAMPLES / "support-line-2014.jsonl"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "data"


@pytest.fixture(scope="module")
def week(folder: Path) -> Iterator[Week]:
    hub = Hub.open(fresh(folder))
    try:
        yield play(hub, example_files(EXAMPLES), lambda _: None)
    finally:
        hub.close()


def test_each_reader_of_the_case_sees_what_they_should_and_no_more(week: Week) -> None:
    found = dict(check.views_differ(Story(week.hub), week))
    assert [sentence for sentence, right in found.items() if not right] == []
    assert len(found) == 9


def test_d1_conflicting_advice_is_told_side_by_side(week: Week) -> None:
    assert all(right for _, right in check.both_answers_stand(Story(week.hub), week))


def test_e1_the_week_counts_the_published_figures_and_not_its_own_calls(week: Week) -> None:
    assert all(right for _, right in check.counts_agree(Story(week.hub), week))


def test_the_week_is_what_was_written(week: Week) -> None:
    proven = prove(week.hub, lambda *_: None)
    assert proven.disposed > 0
    assert all(right for _, right in check.proven(proven))


def test_the_data_folder_holds_none_of_its_names_and_notes(week: Week, folder: Path) -> None:
    assert all(right for _, right in check.nothing_readable(folder, week))


def test_the_search_for_readable_names_finds_one_that_is_there(week: Week, folder: Path) -> None:
    leak = folder / "leak"
    leak.write_text("… Exempelsson …", encoding="utf-8")
    try:
        assert not any(right for _, right in check.nothing_readable(folder, week))
    finally:
        leak.unlink()


def test_the_story_covers_what_a_week_holds(week: Week) -> None:
    told = {fact.event.name for fact in week.hub.log.read(0, 20_000)}
    assert told >= {
        "consultation.passed_on",
        "consultation.key_issued",
        "consultation.contacted_again",
        "consultation.followed_up",
        "consultation.identified",
        "consultation.reopened",
        "case.consultation_linked",
        "case.consent_given",
        "case.consent_withdrawn",
        "case.disclosure_ended",
        "case.expired",
        "case.safe_contact_set",
        "case.protection_marked",
        "case.staff_blocked",
        "case.note_purged",
        "case.note_expedited",
        "case.retracted",
        "case.reopened",
        "case.disposed",
    }


def test_what_was_not_disclosed_is_not_printed(week: Week) -> None:
    units = week.hub.register.directory.at(week.hub.core.now())
    printed = {}
    for who in READERS:
        page = Console(file=io.StringIO(), width=160)
        seen = week.hub.gateway.look_now(PERSONAS[who], Kind.CASE, week.cast.case, what="case")
        page.print(case_panel(seen, PERSONAS[who], units, who))
        assert isinstance(page.file, io.StringIO)
        printed[who] = page.file.getvalue()
    assert "Exempla Exempelsson" in printed["socialsekreterare-sara-exempel"]
    assert "Exempla Exempelsson" not in printed["samordnare-anna-exempel"]
    assert "Exempla Exempelsson" not in printed["utredare-pia-exempel"]
    assert Compartment.RISK_ASSESSMENT in printed["utredare-pia-exempel"]
    assert Compartment.RISK_ASSESSMENT not in printed["socialsekreterare-sara-exempel"]


def test_the_same_seed_gives_the_same_rows(tmp_path: Path) -> None:
    first, second = (_rows(tmp_path / name) for name in ("one", "two"))
    assert first == second
    assert len(first) > 500


def _rows(folder: Path) -> list[tuple[object, ...]]:
    hub = Hub.open(fresh(folder))
    try:
        play(hub, [SHORT], lambda _: None)
    finally:
        hub.close()
    rows: list[tuple[object, ...]] = []
    for name in ("acts.db", "looks.db"):
        with sqlite3.connect(f"file:{folder / name}?mode=ro", uri=True) as connection:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
            for (table,) in tables:
                rows += connection.execute(f"SELECT * FROM {table}").fetchall()
        connection.close()
    return rows


def test_a_folder_that_holds_no_demo_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "acts.db").write_bytes(b"somebody's")
    with pytest.raises(SamradError, match="no demo: nothing was changed"):
        fresh(tmp_path / "data")
    assert (tmp_path / "data" / "acts.db").read_bytes() == b"somebody's"


def test_keys_that_are_no_demos_are_left_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "data.keys").mkdir()
    (tmp_path / "data.keys" / "master.json").write_bytes(b"somebody's")
    with pytest.raises(SamradError, match="keys that are no demo's"):
        fresh(tmp_path / "data")
    assert (tmp_path / "data.keys" / "master.json").read_bytes() == b"somebody's"


def test_an_earlier_demo_is_made_anew(tmp_path: Path) -> None:
    fresh(tmp_path / "data")
    (tmp_path / "data" / "acts.db").touch()
    fresh(tmp_path / "data")
    assert {path.name for path in (tmp_path / "data").iterdir()} == {MARK, LOCK}


def test_a_story_is_never_told_to_a_living_hub(tmp_path: Path) -> None:
    hub = Hub.open(Settings.beside(tmp_path / "data"))
    try:
        with pytest.raises(SamradError, match="never to a living one"):
            Story(hub)
    finally:
        hub.close()
