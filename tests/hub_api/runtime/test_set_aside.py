"""An accepted value that nothing can hold stops nobody: not the lists, not the boards, not the hub when it starts."""

import asyncio
import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

import domain.case.evolve as of_case
import domain.needtoknow.standing as standing_of
from domain import aggregates
from domain.agreement import state as of_agreement
from domain.agreement.events import Ended
from domain.case import commands as case
from domain.case import events as case_events
from domain.case.risk import AssessRisk, CircumstancesChanged
from domain.case.state import INITIAL
from domain.consultation.events import Requested
from domain.errors import NotFolded, SamradError, Tampered
from domain.meeting.events import Requested as Met
from domain.meeting.events import Scheduled, WorkDivided
from domain.vocabulary import (
    About,
    CallerCategory,
    InformedOf,
    Instrument,
    Kind,
    MeetingKind,
    Mode,
    Outcome,
    Ref,
    StaffId,
)
from hub_api.cli import run
from hub_api.cli.common import auditor
from hub_api.http.app import create_app
from hub_api.http.time_grid import TimeGrid
from hub_api.identity.personas import Personas
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings
from hub_api.wording import sentences
from hub_demo.county import PERSONAS, agreement
from projections.catalogue import ACTS, LOOKS
from projections.rebuild import Rebuild
from projections.set_aside import SetAside, set_aside
from projections.store import SHAPE
from tests.hub_api.beneath import AFTER_ALL_TIME, BEFORE_THE_FIRST_YEAR, IN_NANOSECONDS, put
from tests.hub_api.stand import ANNA, DAY, KIM, NILS, PIA, SARA, TOMORROW, ULLA, Girl, does, later, let_in

LISTS: Final = ("inbox", "cases", "consultations", "referrals", "reports", "meetings", "tasks", "board", "trail")
ADDRESSES: Final = {Kind.CONSULTATION: "consultations", Kind.MEETING: "meetings", Kind.CASE: "cases"}


class Wrong:
    """A consultation before the first year, a meeting after all time and its tasks, and what is sound beside them."""

    def __init__(self, hub: Hub) -> None:
        self.sound = self._asked(hub, None)
        self.asked = self._asked(hub, BEFORE_THE_FIRST_YEAR)
        self.met = put(hub, ANNA, Kind.MEETING, Met(meeting=MeetingKind.COORDINATION_MEETING))
        late = Scheduled(mode=Mode.VIDEO, start=AFTER_ALL_TIME, end=AFTER_ALL_TIME + 1)
        put(hub, ANNA, Kind.MEETING, late, self.met)
        for due in (AFTER_ALL_TIME, IN_NANOSECONDS, BEFORE_THE_FIRST_YEAR, None):
            put(hub, ANNA, Kind.MEETING, WorkDivided(to=SARA.unit, due=due), self.met)
        self.streams = {self.asked: Kind.CONSULTATION, self.met: Kind.MEETING}

    def _asked(self, hub: Hub, happened: int | None) -> Ref:
        asks = Requested(
            asked_of=ANNA.unit,
            reference="AAAA-BBBB" if happened is None else "CCCC-DDDD",
            caller=CallerCategory.SCHOOL,
            about=About.ONE,
            persons=1,
            told=InformedOf.NO_CONTACT,
            county="05",
        )
        return put(hub, KIM, Kind.CONSULTATION, asks, happened=happened)


@pytest.fixture
def wrong(hub: Hub) -> Wrong:
    return Wrong(hub)


def answered(hub: Hub, who: str, *paths: str) -> list[httpx.Response]:
    app = create_app(hub, Personas(PERSONAS), hub.parts.ready, grid=TimeGrid(0))

    async def go() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:
            headers = {"authorization": f"Persona {who}"}
            return [await browser.get(path, headers=headers) for path in paths]

    return asyncio.run(go())


def assert_everything_answers(hub: Hub, streams: dict[Ref, Kind]) -> None:
    """Every list of everybody, page by page too, and each aggregate for those who may see it."""
    for name, who in PERSONAS.items():
        lists = [f"/v1/{which}{limit}" for which in LISTS for limit in ("", "?limit=1")]
        found = answered(hub, name, *lists)
        assert {response.status_code for response in found} == {200}, (name, [each.url for each in found])
        own = [f"/v1/{ADDRESSES[kind]}/{hub.aliases.out(who.unit, stream)}" for stream, kind in streams.items()]
        assert {response.status_code for response in answered(hub, name, *own)} <= {200, 404}
    ready, live = answered(hub, "nobody", "/health/ready", "/health/live")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
    assert live.status_code == 200


def everything_of(hub: Hub) -> tuple[SetAside, ...]:
    hub.follower.catch_up()
    return set_aside(hub.views, (ACTS, LOOKS))["acts"]


def test_lists_boards_and_trails_of_everybody_answer_beside_a_value_that_nothing_holds(hub: Hub, wrong: Wrong) -> None:
    assert [(each.view, each.error) for each in everything_of(hub)] == [
        ("requested", "OverflowError"),
        ("tasks", "NumberOutOfRange"),
    ]
    assert_everything_answers(hub, wrong.streams)
    for who, stream in (("kurator-kim-exempel", wrong.asked), ("samordnare-anna-exempel", wrong.met)):
        alias = hub.aliases.out(PERSONAS[who].unit, stream)
        (seen,) = answered(hub, who, f"/v1/{ADDRESSES[wrong.streams[stream]]}/{alias}")
        assert len(seen.json()["acts"]) == len(hub.log.snapshot().stream(stream))
    (tasks,) = answered(hub, "socialsekreterare-sara-exempel", "/v1/tasks")
    dues = [task.get("due") for task in tasks.json()["items"]]
    assert dues == [BEFORE_THE_FIRST_YEAR, None, IN_NANOSECONDS]


def test_a_page_of_tasks_goes_on_from_one_that_was_due_before_1970(hub: Hub, wrong: Wrong) -> None:
    first = hub.gateway.tasks_now(SARA, limit=1)
    second = hub.gateway.tasks_now(SARA, limit=1, after=first.next)
    assert [page.items[0].task.due for page in (first, second)] == [BEFORE_THE_FIRST_YEAR, None]


def test_a_hub_that_such_a_value_had_stopped_opens_again_and_says_what_is_set_aside(
    hub: Hub, wrong: Wrong, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found = everything_of(hub)
    with hub.views.writing() as connection:  # as the version left them that knew nothing of setting aside
        connection.execute(SHAPE.update().values(shape="another"))
    hub.close()
    caplog.clear()
    again = Hub.open(Settings(data=tmp_path / "data", keys=tmp_path / "keys"))
    try:
        assert everything_of(again) == found
        said = [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR]
        assert len([line for line in said if line.startswith("UnusableValue: in ")]) == len(found)
        assert_everything_answers(again, wrong.streams)
        building = Rebuild(again.views, ACTS, again.log, stream=again.log.snapshot().stream)
        building.swap(building.beside())
        assert everything_of(again) == found
    finally:
        again.close()


def test_the_commands_of_whoever_looks_after_the_hub_name_it_and_end_in_no_traceback(
    hub: Hub, wrong: Wrong, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = everything_of(hub)
    alias = hub.aliases.out(auditor(hub).unit, wrong.asked)
    hub.close()
    (tmp_path / "data.keys").symlink_to(tmp_path / "keys")
    named = [f"samrad: {each.says('acts')}" for each in found]
    data = ["--data", str(tmp_path / "data")]
    for command in (["verify"], ["rebuild"], ["verify"]):
        assert run([*command, *data]) == 0
        assert [line for line in capsys.readouterr().err.splitlines() if line.startswith("samrad: ")] == named
    assert run(["status", *data]) == 1
    assert set(named) <= set(capsys.readouterr().err.splitlines())
    assert run(["verify", "--json", *data]) == 0
    told = json.loads(capsys.readouterr().out)["set_aside"]
    assert told == {
        "acts": [{"view": each.view, "position": each.position, "error": each.error} for each in found],
        "looks": [],
    }
    assert run(["stats", "--table", "6", *data]) == 0
    for form in ([], ["--json"]):
        assert run(["replay", alias, "--as", KIM.unit, *form, *data]) == 0
    assert f"{BEFORE_THE_FIRST_YEAR} µs" in capsys.readouterr().out


def test_invariant_6_a_view_made_without_another_act_than_the_log_gives_is_found_by_verify(
    hub: Hub, wrong: Wrong, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    everything_of(hub)
    with hub.views.writing() as connection:
        table = ACTS.living(connection).tables[ACTS.set_aside.name]
        connection.execute(table.update().where(table.c.view == "tasks").values(error="ValueError"))
    hub.close()
    (tmp_path / "data.keys").symlink_to(tmp_path / "keys")
    assert run(["verify", "--data", str(tmp_path / "data")]) == 1
    assert "acts_set_aside" in capsys.readouterr().err


def test_a_record_whose_chain_does_not_hold_stops_the_views_whatever_it_says(
    hub: Hub, wrong: Wrong, tmp_path: Path
) -> None:
    (bad, *_) = everything_of(hub)
    with hub.views.writing() as connection:
        connection.execute(SHAPE.update().values(shape="another"))
    hub.close()
    with closing(sqlite3.connect(tmp_path / "data" / "acts.db")) as rows, rows:
        table = next(
            name
            for (name,) in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if "chain" in {column[1] for column in rows.execute(f"PRAGMA table_info({name})")}
        )
        for (trigger,) in rows.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            rows.execute(f"DROP TRIGGER {trigger}")
        rows.execute(f"UPDATE {table} SET chain = zeroblob(32) WHERE position = ?", (bad.position,))
    with pytest.raises(Tampered, match=f"position {bad.position}"):
        Hub.open(Settings(data=tmp_path / "data", keys=tmp_path / "keys"))


def test_verify_and_rebuild_give_back_the_room_that_they_took(hub: Hub, tmp_path: Path) -> None:
    for _ in range(40):
        Girl(hub)
    hub.follower.catch_up()
    hub.views.compact()
    hub.close()
    (tmp_path / "data.keys").symlink_to(tmp_path / "keys")
    views = tmp_path / "data" / "views.db"
    before = views.stat().st_size
    for command in ("verify", "rebuild"):
        assert run([command, "--data", str(tmp_path / "data")]) == 0
        assert views.stat().st_size < before * 1.1


# No purge and no expiry waits for it.


def test_c2_what_has_come_due_elsewhere_waits_for_no_case_that_cannot_be_folded(
    hub: Hub, girl: Girl, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(hub, girl, PIA, last=TOMORROW)
    other = Girl(hub)
    let_in(hub, other, PIA, last=TOMORROW)
    later(hub, 3 * DAY)
    hub.follower.catch_up()
    due = aggregates.due

    def fails(state: Any, *more: Any) -> Any:
        if any(ref == girl.person for ref in state.persons):
            raise OverflowError
        return due(state, *more)

    monkeypatch.setattr("hub_api.runtime.scheduler.due", fails)
    hub.scheduler.run_now()
    assert hub.log.snapshot().stream(girl.case)[-1].event.name == "case.assigned"
    assert hub.log.snapshot().stream(other.case)[-1].event.name == "case.expired"


def test_d7_a_new_assessment_answers_a_change_of_whatever_day(hub: Hub, girl: Girl) -> None:
    change = CircumstancesChanged(person=girl.person)
    put(hub, SARA, Kind.CASE, change, girl.case, happened=BEFORE_THE_FIRST_YEAR)
    made = AssessRisk(
        person=girl.person,
        instrument=Instrument.PATRIARK,
        authority=True,
        trained=True,
        assessed=TOMORROW,
        valid_until=TOMORROW,
        assessment="High.",
    )
    later(hub, 2 * DAY)
    does(hub, SARA, made, girl.case)
    assert hub.gateway.look_now(SARA, Kind.CASE, girl.case, what="case").state.persons[girl.person].risk_due is None
    assert everything_of(hub) == ()


# What is folded for a look, a command, the register: the same wall.


def _fails(*_: object) -> Any:
    raise OverflowError


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[type[Any]], None]]:
    def breaks(event: type[Any]) -> None:
        monkeypatch.setattr(of_case, "_PARTS", {**of_case._PARTS, event: _fails})

    return breaks  # type: ignore[return-value]


def test_one_act_that_cannot_be_folded_leaves_all_others_of_its_case_to_be_seen_and_acted_on(
    hub: Hub, girl: Girl, broken: Callable[[type[Any]], None]
) -> None:
    before = hub.gateway.look_now(SARA, Kind.CASE, girl.case, what="case")
    broken(case_events.InformationRecorded)
    seen = hub.gateway.look_now(SARA, Kind.CASE, girl.case, what="case")
    assert [fact.id for fact in seen.facts] == [fact.id for fact in before.facts]
    assert girl.person in seen.state.persons
    does(hub, SARA, case.SetSafeContact(person=girl.person, contact="By text."), girl.case)


def test_what_follows_from_an_act_and_fails_is_left_out_and_nothing_else(
    hub: Hub, girl: Girl, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    change = put(hub, SARA, Kind.CASE, CircumstancesChanged(person=girl.person), girl.case)
    monkeypatch.setattr("domain.case.waiting._waits", _fail_of_a_change)
    seen = hub.gateway.look_now(SARA, Kind.CASE, change, what="case")
    assert seen.state != INITIAL
    assert seen.state.persons[girl.person].risk_due is None
    assert "UnusableValue: a look is given without" in caplog.text


def _fail_of_a_change(state: Any, *_: Any) -> Iterator[Any]:
    if any(person.risk_due is not None for person in state.persons.values()):
        raise OverflowError
    yield from ()


def test_an_act_that_cannot_be_put_into_words_is_left_out_of_the_answer_and_no_other(
    hub: Hub, girl: Girl, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sentences.sentence

    def says(event: Any, language: Any) -> str:
        return _fails() if isinstance(event, case_events.SafeContactSet) else real(event, language)

    path = f"/v1/cases/{hub.aliases.out(SARA.unit, girl.case)}"
    (before,) = answered(hub, "socialsekreterare-sara-exempel", path)
    monkeypatch.setattr("hub_api.http.api.act_bodies.sentence", says)
    (seen,) = answered(hub, "socialsekreterare-sara-exempel", path)
    kept = [act for act in before.json()["acts"] if not act["event"].startswith("case.safe_contact_set")]
    assert seen.json()["acts"] == kept
    assert len(kept) == len(before.json()["acts"]) - 1


def test_d9_what_is_closed_stays_closed_where_its_closing_cannot_be_folded(
    hub: Hub, girl: Girl, broken: Callable[[type[Any]], None]
) -> None:
    put(hub, SARA, Kind.CASE, case_events.Closed(outcome=Outcome.MOVED), girl.case)
    broken(case_events.Closed)
    with pytest.raises(NotFolded):
        does(hub, SARA, case.SetSafeContact(person=girl.person, contact="By text."), girl.case)
    assert hub.gateway.look_now(SARA, Kind.CASE, girl.case, what="case").facts


def test_c1_where_it_cannot_be_said_how_everyone_stands_each_unit_is_left_with_its_own_acts(
    hub: Hub, girl: Girl, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(hub, girl, PIA)
    does(hub, SARA, case.BlockStaff(staff=StaffId(NILS.person)), girl.case)
    hub.gateway.look_now(PIA, Kind.CASE, girl.case, what="case")
    folds: dict[Any, Any] = {**standing_of._FOLDS, case_events.Assigned: _fails}
    monkeypatch.setattr(standing_of, "_FOLDS", folds)
    hub.core.observing.forget()  # another version of the program begins with nothing kept
    for who in (PIA, NILS):
        with pytest.raises(SamradError, match="nothing here"):
            hub.gateway.look_now(who, Kind.CASE, girl.case, what="case")
    seen = hub.gateway.look_now(SARA, Kind.CASE, girl.case, what="case")
    assert {fact.act.by.unit for fact in seen.facts} == {SARA.unit}


def test_b3_an_agreement_that_cannot_be_folded_counts_for_nobody_and_the_others_stand(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = does(hub, ULLA, agreement()).stream
    put(hub, ULLA, Kind.AGREEMENT, Ended(last=TOMORROW), other)
    real = of_agreement.evolve

    def evolve(state: Any, fact: Any) -> Any:
        return _fails() if isinstance(fact.event, Ended) else real(state, fact)

    monkeypatch.setattr(of_agreement, "evolve", evolve)
    hub.close()
    again = Hub.open(Settings(data=tmp_path / "data", keys=tmp_path / "keys"))
    try:
        today = again.directory.at(again.core.now())
        assert len(today.agreements()) == 1
        assert today.unit(SARA.unit) is not None
    finally:
        again.close()
