"""Looks: on the trail before anything leaves, as much as is allowed at that time, and never a wrong list."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from domain.case import commands as case
from domain.errors import NotRecorded, NotThere, Refusal, SamradError
from domain.time import day_of
from domain.vocabulary import Compartment, Instant, Kind, Ref
from hub_api.access.seen import bits
from hub_api.http.app import create_app
from hub_api.http.time_grid import TimeGrid
from hub_api.identity.personas import Personas
from hub_api.reads.replay import NARROW
from hub_api.runtime.hub import Hub
from tests.adapters.stores import sqlite
from tests.hub_api.stand import (
    ANNA,
    BO,
    DAY,
    HOUR,
    KIM,
    LARS,
    NILS,
    NOW,
    PIA,
    RELATED,
    RUT,
    SARA,
    TOMORROW,
    Girl,
    at,
    disclosed,
    does,
    finds,
    last_look,
    later,
    let_in,
    looks,
    mandate,
    texts,
)


def test_a_look_is_on_the_trail_with_exactly_the_parts_shown(hub: Hub, girl: Girl) -> None:
    position = hub.log.last()
    seen = hub.gateway.look_now(SARA, Kind.CASE, girl.case, what="case")
    event = last_look(hub)
    assert looks(hub)[-1].act.by == SARA
    assert (event.what, event.position, event.denied) == ("case", position, ())
    ((stream, parts),) = [(each.stream, each.parts) for each in event.seen]
    assert stream == girl.case
    assert parts == tuple((fact.version, bits(fact.shown)) for fact in seen.facts)
    contact = next(fact for fact in seen.facts if fact.event.name == "case.safe_contact_set")
    assert (contact.version, bits(frozenset({Compartment.CONTACT}))) in parts


def test_what_was_asked_for_by_its_id_and_denied_is_on_the_trail(hub: Hub, girl: Girl) -> None:
    for unknown in (girl.case, Ref("f" * 32)):
        with pytest.raises(NotThere):
            hub.gateway.look_now(PIA, Kind.CASE, unknown, what="case")
        assert last_look(hub).denied == (unknown,)
        assert last_look(hub).seen == ()


def test_what_is_of_another_kind_is_not_there(hub: Hub, girl: Girl) -> None:
    with pytest.raises(NotThere):
        hub.gateway.look_now(SARA, Kind.CONSULTATION, girl.case, what="consultation")


def all_ways(hub: Hub, girl: Girl) -> list[Callable[[], object]]:
    gateway, key = hub.gateway, "bano-kilu-bano-kilu-bano-kilu"
    return [
        lambda: gateway.look_now(SARA, Kind.CASE, girl.case, what="case"),
        lambda: gateway.look_now(PIA, Kind.CASE, girl.case, what="case"),
        lambda: gateway.by_reference_now(SARA, Kind.CONSULTATION, "AAAA-2222", what="reference"),
        lambda: gateway.answer_for_key_now(key),
        lambda: gateway.page_now(SARA, "cases", what="cases"),
        lambda: gateway.page_now(SARA, "consultations", what="consultations"),
        lambda: gateway.page_now(ANNA, "inbox", what="inbox"),
        lambda: gateway.trail_now(RUT),
        lambda: gateway.replay_now(RUT, girl.case),
        lambda: gateway.statistics_now(RUT, 7),
        lambda: gateway.directory_now(KIM),
    ]


def test_whatever_is_asked_leaves_one_record(hub: Hub, girl: Girl) -> None:
    for way in all_ways(hub, girl):
        before = len(looks(hub))
        with suppress(NotThere):
            way()
        assert len(looks(hub)) == before + 1


def test_what_cannot_be_written_on_the_trail_is_not_shown(hub: Hub, girl: Girl) -> None:
    ways = all_ways(hub, girl)
    hub.looks.stop()
    for way in ways:
        with pytest.raises(NotRecorded):
            way()


def test_a_trail_that_is_locked_shows_nothing_and_the_next_look_is_made_again(
    hub: Hub, girl: Girl, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = sqlite3.connect(hub.folder / "looks.db", isolation_level=None)
    try:
        sqlite(hub.looks_log)._writer.set_authorizer(None)
        sqlite(hub.looks_log)._writer.execute("PRAGMA busy_timeout = 50")
        locked.execute("BEGIN IMMEDIATE")
        before = hub.looks_log.last()
        with pytest.raises(NotRecorded, match=r"looks\.db could not be written"):
            hub.gateway.look_now(SARA, Kind.CASE, girl.case, what="case")
        assert hub.looks_log.last() == before
        locked.execute("ROLLBACK")
    finally:
        locked.close()
    assert finds(hub, SARA, girl.case)


def test_over_http_an_answer_without_a_trail_is_503_and_empty(hub: Hub, girl: Girl) -> None:
    app = create_app(hub, Personas({"sara": SARA}), grid=TimeGrid(0))
    alias = hub.aliases.of(SARA.unit).out(girl.case)

    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:
            return await browser.get(f"/v1/cases/{alias}", headers={"authorization": "Persona sara"})

    assert asyncio.run(get()).status_code == 200
    hub.looks.stop()
    answer = asyncio.run(get())
    assert answer.status_code == 503
    assert "Exempla" not in answer.text
    assert "afraid" not in answer.text


def test_c2_a_disclosure_shows_its_parts_in_its_time_and_neither_before_nor_after(hub: Hub, girl: Girl) -> None:
    before = hub.clock.now()
    later(hub, HOUR)
    disclosed(hub, girl, PIA)
    during = hub.clock.now()
    assert texts(hub, PIA, girl.case) == {Compartment.SOCIAL, Compartment.IDENTITY}
    assert not finds(hub, PIA, girl.case, as_of=before)
    assert finds(hub, PIA, girl.case, as_of=during)
    at(hub, during + 3 * DAY)
    # The scheduler has not run: a look does not wait for it.
    assert texts(hub, PIA, girl.case) == set()
    seen = hub.gateway.look_now(PIA, Kind.CASE, girl.case, what="case", as_of=during)
    assert {part for fact in seen.facts for part in fact.shown} == set()


def test_c2_of_an_act_of_two_parts_an_earlier_day_shows_the_one_whose_disclosure_is_still_in_force(
    hub: Hub, girl: Girl
) -> None:
    two_parts = case.RecordInformation(person=girl.person, social="Afraid.", police="Reported.")
    act = does(hub, SARA, two_parts, girl.case).created
    last = day_of(hub.clock.now() + 30 * DAY)
    for part, until in ((Compartment.POLICE, TOMORROW), (Compartment.SOCIAL, last)):
        disclose = case.Disclose(
            person=girl.person, receiver=PIA.unit, compartments=frozenset({part}), purpose=PIA.purpose, last=until
        )
        does(hub, SARA, disclose, girl.case, ground="osl-10-2")
    during = hub.clock.now()

    def of_the_act(as_of: Instant | None) -> tuple[frozenset[Compartment], frozenset[Compartment]]:
        """The parts shown, and those known to be there but left sealed."""
        seen = hub.gateway.look_now(PIA, Kind.CASE, girl.case, what="case", as_of=as_of)
        ((shown, sealed),) = [(fact.shown, fact.sealed) for fact in seen.facts if fact.act.id == act]
        return shown, sealed

    both_parts = frozenset({Compartment.SOCIAL, Compartment.POLICE})
    assert of_the_act(during)[0] == both_parts
    at(hub, during + 3 * DAY)
    # Not even that there is another part: what is not open is not there.
    assert of_the_act(during) == of_the_act(None) == (frozenset({Compartment.SOCIAL}), frozenset())


def test_c9_who_is_kept_from_a_case_finds_nothing_of_it_as_of_an_earlier_day_either(hub: Hub, girl: Girl) -> None:
    before = hub.clock.now()
    assert finds(hub, RELATED, girl.case, as_of=before)
    does(hub, SARA, case.BlockStaff(staff=RELATED.person), girl.case)
    assert not finds(hub, RELATED, girl.case)
    assert not finds(hub, RELATED, girl.case, as_of=before)
    assert finds(hub, SARA, girl.case, as_of=before)


def test_c1_an_assignment_that_has_ended_shows_nothing_of_its_time(hub: Hub, girl: Girl) -> None:
    grant = let_in(hub, girl, PIA)
    during = hub.clock.now()
    before = hub.gateway.look_now(PIA, Kind.CASE, girl.case, what="case")
    does(hub, ANNA, case.EndAssignment(grant=grant), girl.case)
    after = hub.gateway.look_now(PIA, Kind.CASE, girl.case, what="case", as_of=during)
    assert before.existence
    assert not after.existence


def test_a_time_before_any_policy_shows_nothing(hub: Hub, girl: Girl) -> None:
    with pytest.raises(Refusal, match="no policy"):
        hub.gateway.look_now(SARA, Kind.CASE, girl.case, what="case", as_of=0)


def test_what_was_not_there_yet_is_not_there_as_of_then(hub: Hub, girl: Girl) -> None:
    then = hub.clock.now()
    does(hub, SARA, case.RecordInformation(person=girl.person, health="Later."), girl.case)
    seen = hub.gateway.look_now(SARA, Kind.CASE, girl.case, what="case", as_of=then)
    assert "health" not in {part for fact in seen.facts for part in fact.shown}
    assert seen.at == then


def test_who_looked_is_shown_by_mandate(hub: Hub, girl: Girl) -> None:
    let_in(hub, girl, PIA)
    for who in (SARA, PIA, ANNA):
        hub.gateway.look_now(who, Kind.CASE, girl.case, what="case")
    units = {who: {row.unit for row in hub.gateway.trail_now(who).items} for who in (SARA, PIA, LARS, RUT, NILS)}
    assert units[SARA] == {SARA.unit}
    assert units[PIA] == {PIA.unit}
    assert units[LARS] == {SARA.unit}
    assert units[RUT] >= {SARA.unit, PIA.unit, ANNA.unit}
    assert units[NILS] == set()


def test_the_trail_goes_on_where_its_page_ended(hub: Hub, girl: Girl) -> None:
    for _ in range(5):
        hub.gateway.look_now(SARA, Kind.CASE, girl.case, what="case")
    first = hub.gateway.trail_now(SARA, limit=3)
    second = hub.gateway.trail_now(SARA, limit=3, after=first.next)
    positions = [row.position for row in (*first.items, *second.items)]
    assert len(first.items) == 3
    assert positions == sorted(set(positions))
    assert second.next is None


def test_a_replay_by_mandate_tells_what_a_unit_could_open_and_what_it_did_open(hub: Hub, girl: Girl) -> None:
    mandate(hub, girl, RUT)  # R10
    disclosed(hub, girl, PIA)
    hub.gateway.look_now(PIA, Kind.CASE, girl.case, what="case")
    seen = hub.gateway.replay_now(RUT, girl.case, as_unit=PIA.unit)
    assert {part for fact in seen.facts for part in fact.shown} == set()
    assert {part for parts in seen.could.values() for part in parts} >= {Compartment.SOCIAL, Compartment.IDENTITY}
    assert {part for parts in seen.opened.values() for part in parts} >= {Compartment.SOCIAL, Compartment.IDENTITY}
    others = hub.gateway.replay_now(RUT, girl.case, as_unit=BO.unit)
    assert {part for parts in others.opened.values() for part in parts} == {NARROW}
    event = last_look(hub)
    assert (event.as_unit, event.denied) == (BO.unit, ())


def test_an_agencys_auditor_is_told_of_that_agencys_units_alone(hub: Hub, girl: Girl) -> None:
    disclosed(hub, girl, PIA)
    hub.gateway.look_now(PIA, Kind.CASE, girl.case, what="case")
    hub.gateway.look_now(SARA, Kind.CASE, girl.case, what="case")
    own = hub.gateway.replay_now(LARS, girl.case, as_unit=SARA.unit)
    assert own.could
    assert own.opened
    for unit in (PIA.unit, ANNA.unit):
        other = hub.gateway.replay_now(LARS, girl.case, as_unit=unit)
        assert (other.could, other.opened) == ({}, {})


def test_a_replay_is_for_auditors(hub: Hub, girl: Girl) -> None:
    with pytest.raises(NotThere):
        hub.gateway.replay_now(SARA, girl.case)
    assert last_look(hub).denied == (girl.case,)


def test_looks_beside_commands_see_whole_commands_and_are_all_on_the_trail(hub: Hub, girl: Girl) -> None:
    async def both() -> list[int]:
        async def write(number: int) -> None:
            inform = case.RecordInformation(person=girl.person, social=f"Note {number}.")
            await hub.commander.handle(SARA, inform, girl.case, NOW)

        async def read() -> int:
            seen = await hub.gateway.look(SARA, Kind.CASE, girl.case, what="case")
            assert [fact.version for fact in seen.facts] == list(range(1, len(seen.facts) + 1))
            page = await hub.gateway.page(SARA, "cases", what="cases")
            assert [item.stream for item in page.items] == [girl.case]
            return len(seen.facts)

        work = [write(number) if number % 2 else read() for number in range(40)]
        return [found for found in await asyncio.gather(*work) if found is not None]

    before = len(looks(hub))
    found = asyncio.run(both())
    assert len(looks(hub)) == before + 40
    assert all(5 <= count <= 25 for count in found)
    assert hub.looks_log.last() == len(hub.looks_log.read(0, 1000))


def test_a_closed_hub_shows_nothing(tmp_path: Path, hub: Hub, girl: Girl) -> None:
    hub.close()
    with pytest.raises(SamradError):
        hub.gateway.look_now(SARA, Kind.CASE, girl.case, what="case")
