"""Who floods the hub with commands is slowed, their unit reads it on its trail, and others notice nothing."""

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from adapters.telemetry import UNWATCHED
from domain.access import COMMANDS, RATE
from domain.act import Principal
from domain.aggregates import COMMANDS as ALL_COMMANDS
from domain.case import commands as case
from domain.errors import NotRecorded
from domain.ports import Watch
from hub_api.cli.serve import bound, listen
from hub_api.commands.rates import Rate, Rates
from hub_api.http import pacing
from hub_api.http.app import create_app
from hub_api.http.time_grid import TimeGrid
from hub_api.identity.personas import Personas
from hub_api.runtime.hub import Hub
from hub_api.runtime.servers import serve as serving
from hub_api.runtime.servers.settings import Production
from hub_demo.county import PERSONAS
from projections.trail import LookRow
from tests.adapters.telemetry.collector import attributes
from tests.hub_api.stand import ANNA, LARS, PIA, RELATED, RUT, SARA, Girl, agreed, does, refusals
from tests.hub_api.watched import Stood, county, told_of, watched

AT_ONCE: Final = 5
ASKED: Final = {
    "asked_of": ANNA.unit,
    "caller": "social_services",
    "about": "nobody",
    "persons": 0,
    "told": "no_contact",
    "question": "Vad gäller?",
}
OPENED: Final = {"coordinator": ANNA.unit}
WAITS: Final = 6
"""How many wait beyond those at once: three seconds' worth, two a second."""


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """For how long commands are held; nobody waits for it here."""
    held: list[float] = []

    async def sleep(seconds: float) -> None:
        held.append(seconds)

    monkeypatch.setattr(pacing, "sleep", sleep)
    return held


class Over:
    """A hub over HTTP where few commands pass at once and no time goes by."""

    def __init__(self, hub: Hub, watch: Watch = UNWATCHED) -> None:
        self.hub = hub
        rates = Rates(Rate(AT_ONCE, 2.0), now=lambda: 0.0)
        self._app = create_app(hub, Personas(PERSONAS), watch=watch, grid=TimeGrid(0), rates=rates)

    def send(
        self, who: Principal, path: str, body: object = None, times: int = 1, **headers: str
    ) -> list[httpx.Response]:
        """The same request, one after the other; without a body it is read."""
        dashed = {name.replace("_", "-"): text for name, text in headers.items()}
        sent = {"authorization": f"Persona {who.person}", **dashed}

        async def go() -> list[httpx.Response]:
            transport = httpx.ASGITransport(self._app, client=("127.0.0.1", 5000))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:
                method = "GET" if body is None else "POST"
                return [await browser.request(method, path, headers=sent, json=body) for _ in range(times)]

        return asyncio.run(go())

    def flood(self, who: Principal = SARA, times: int = 40) -> list[httpx.Response]:
        return self.send(who, "/v1/consultations", ASKED, times)


@pytest.fixture
def over(hub: Hub) -> Over:
    return Over(hub)


def told(hub: Hub, reader: Principal) -> list[LookRow]:
    return [row for row in hub.gateway.trail_now(reader, limit=200).items if row.what == COMMANDS]


def slowed(answers: Iterable[httpx.Response]) -> list[bool]:
    return ["samrad-rate" in answer.headers for answer in answers]


def test_a_flood_passes_waits_and_is_sent_away(over: Over, slept: list[float]) -> None:
    answers = over.flood()
    statuses = [answer.status_code for answer in answers]
    assert statuses == [201] * (AT_ONCE + WAITS) + [429] * (40 - AT_ONCE - WAITS)
    assert slowed(answers) == [False] * AT_ONCE + [True] * (40 - AT_ONCE)
    assert slept == [0.5, 1, 1.5, 2, 2.5, 3]


@pytest.mark.parametrize(("language", "title"), [("sv", "Du skickar fortare"), ("en", "You send faster")])
def test_who_is_sent_away_is_told_in_their_language_and_when_to_come_back(
    over: Over, language: str, title: str
) -> None:
    over.flood()
    (answer,) = over.send(SARA, "/v1/consultations", ASKED, accept_language=language)
    assert (answer.status_code, answer.headers["content-type"]) == (429, "application/problem+json")
    assert (answer.headers["retry-after"], answer.headers["content-language"]) == ("4", language)
    assert answer.json()["title"].startswith(title)
    assert answer.json()["type"] == "urn:samrad:problem:too-fast"
    assert answer.json()["remedy"]


def test_the_attempt_counts_and_not_what_comes_of_it(over: Over) -> None:
    hidden = over.send(SARA, f"/v1/cases/{'a' * 52}/reopen", {}, 40)
    nonsense = over.send(PIA, "/v1/cases", {"x": 1}, 40)
    accepted = over.send(ANNA, "/v1/cases", OPENED, 40)
    retry = [[answer.headers.get("retry-after") for answer in answers] for answers in (hidden, nonsense, accepted)]
    assert retry[0] == retry[1] == retry[2]
    assert {answer.status_code for answer in hidden} == {404, 429}
    assert {answer.status_code for answer in nonsense} == {422, 429}


def test_what_was_recorded_under_a_key_is_answered_whoever_is_slowed(over: Over) -> None:
    (first,) = over.send(SARA, "/v1/consultations", ASKED, idempotency_key="mine")
    over.flood()
    again = over.send(SARA, "/v1/consultations", ASKED, 20, idempotency_key="mine")
    assert {(answer.status_code, answer.content) for answer in again} == {(201, first.content)}
    assert not any(slowed(again))
    (new,) = over.send(SARA, "/v1/consultations", ASKED, idempotency_key="other")
    assert new.status_code == 429


def test_reading_is_not_slowed(over: Over) -> None:
    over.flood()
    answers = over.send(SARA, "/v1/consultations", times=20)
    assert {answer.status_code for answer in answers} == {200}
    assert not any(slowed(answers))


def test_an_acute_command_passes_in_the_midst_of_a_flood(over: Over, slept: list[float]) -> None:
    over.flood()
    slept.clear()
    acute = over.send(SARA, "/v1/reports", {"unit": "x"}, AT_ONCE)
    assert {answer.status_code for answer in acute} == {422}  # read, and not held up
    assert not slept
    assert 429 not in {answer.status_code for answer in over.send(SARA, "/v1/reports", {"unit": "x"}, 40)}


def test_an_acute_command_does_not_fail_for_what_is_only_told_of_it(over: Over) -> None:
    over.hub.looks.stop()
    statuses = [answer.status_code for answer in over.send(SARA, "/v1/meetings", {"x": 1}, 40)]
    assert set(statuses) == {422}
    assert 503 in [answer.status_code for answer in over.flood()]


def test_what_is_acute() -> None:
    assert {command.name for command in ALL_COMMANDS.values() if command.acute} == {
        *("report.consider", "report.consider_crime", "report.identify", "report.make", "report.supplement"),
        *("meeting.request", "meeting.call_now", "meeting.block_staff"),
        *("case.block_staff", "case.mark_protection", "case.leave_place"),
        *("case.withdraw_consent", "case.end_disclosure", "case.end_assignment"),
    }


def test_its_unit_is_told_once_and_so_are_its_auditors_and_nobody_else(over: Over) -> None:
    over.flood()
    for reader in (SARA, RELATED, LARS, RUT):
        (row,) = told(over.hub, reader)
        assert (row.staff, row.unit, row.rule, row.about) == (SARA.person, SARA.unit, RATE, None)
    for reader in (ANNA, PIA):
        assert not told(over.hub, reader)


def test_c9_the_trail_does_not_say_what_was_sent_fast(over: Over) -> None:
    girl = Girl(over.hub)
    alias = over.hub.aliases.of(SARA.unit).out(girl.case)
    block = {"staff": RELATED.person}
    over.send(SARA, f"/v1/cases/{alias}/block_staff", block, 40)
    assert COMMANDS in {getattr(fact.event, "command", "") for fact in refusals(over.hub)}
    rows = over.hub.gateway.trail_now(RELATED, limit=200).items
    assert {row.what for row in rows if row.staff == SARA.person and row.rule == RATE} == {COMMANDS}
    assert "case.block_staff" not in {row.what for row in rows}


def test_where_the_trail_cannot_be_written_the_next_command_tells(over: Over, monkeypatch: pytest.MonkeyPatch) -> None:
    written = over.hub.commander.slowed

    async def fails(*_: object) -> None:
        raise NotRecorded("not now")

    monkeypatch.setattr(over.hub.commander, "slowed", fails)
    assert over.flood(times=AT_ONCE + 1)[-1].status_code == 503
    monkeypatch.setattr(over.hub.commander, "slowed", written)
    over.flood(times=3)
    assert len(told(over.hub, SARA)) == 1


def test_another_unit_gets_the_same_answers_and_sees_no_sign(tmp_path: Path, slept: list[float]) -> None:
    """Two hubs alike, one of them flooded: who works elsewhere is answered the same, and never held up."""
    answers = [_others_answers(tmp_path / name, flooded=name == "flooded") for name in ("quiet", "flooded")]
    assert answers[0] == answers[1]
    assert len(slept) == 3 * WAITS  # each for what they sent themselves


def _others_answers(folder: Path, *, flooded: bool) -> list[tuple[Any, ...]]:
    folder.mkdir()
    hub = agreed(folder)
    try:
        over = Over(hub)
        if flooded:
            answers = over.send(SARA, "/v1/cases", {"coordinator": SARA.unit, "x": 1}, 40)
            assert answers[-1].status_code == 429
        own = [
            answer
            for path, body in (("/v1/consultations", ASKED), ("/v1/cases", OPENED), (f"/v1/cases/{'a' * 52}/close", {}))
            for answer in over.send(PIA, path, body, 4)
        ]
        read = [over.send(PIA, path)[0] for path in ("/v1/inbox", "/v1/board", "/v1/trail", "/v1/tasks")]
        return [(answer.status_code, _said(answer.headers)) for answer in (*own, *read)]
    finally:
        hub.close()


def _said(headers: Mapping[str, str]) -> set[tuple[str, str]]:
    """What headers say, without what differs between any two answers: aliases, in an address and a tag of it."""
    return {(name, value) for name, value in headers.items() if name not in ("location", "etag")}


def test_programs_in_the_hub_itself_are_not_slowed(over: Over) -> None:
    over.flood()
    for _ in range(AT_ONCE * 5):
        does(over.hub, SARA, case.Open(coordinator=ANNA.unit))
    assert not [fact for fact in refusals(over.hub) if getattr(fact.event, "rule", "") != RATE]


def test_it_is_counted_by_its_kind_alone(tmp_path: Path) -> None:
    def flood(stood: Stood) -> None:
        over = Over(stood.hub, stood.hub.parts.watch)
        over.flood(times=AT_ONCE + WAITS + 3)

    collector, lines = watched(tmp_path, flood, county(tmp_path))
    metric = collector.metrics()["samrad.refusals"]
    (point,) = metric.sum.data_points
    assert attributes(point) == {"samrad.rule": RATE}
    assert point.as_int == WAITS + 3
    assert not told_of({SARA.person, SARA.unit, SARA.agency}, collector.everything + lines.encode())


class Stopped(Exception):
    pass


def test_serving_has_the_limit_in_both_forms(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Rates] = []

    def created(*parts: object) -> None:
        given.extend(part for part in parts if isinstance(part, Rates))
        raise Stopped

    monkeypatch.setitem(listen.__globals__, "create_app", created)
    monkeypatch.setattr(serving, "create_app", created)
    with bound("127.0.0.1", 0) as listening:
        monkeypatch.setitem(listen.__globals__, "bound", lambda *_: listening)
        for rates in (None, Rates(Rate(3, 1.0))):
            with pytest.raises(Stopped):
                listen(hub, "127.0.0.1", 0, None, rates=rates)
    with pytest.raises(Stopped):
        serving._app(None, Production(commands_at_once=7), hub, accept_clock=False)
    assert [_at_once(rates) for rates in given] == [120, 3, 7]


def _at_once(rates: Rates) -> int:
    return next(n for n in range(1000) if rates.take(SARA, acute=False).wait)
