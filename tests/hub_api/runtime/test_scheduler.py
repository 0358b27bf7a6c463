"""What time brings about: at its boundary, once, and no look waits for it."""

import threading
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import msgspec
import pytest

from adapters.store.application import CoordinationLog
from adapters.system import SystemEntropy
from domain.case import commands as case
from domain.case.events import Expired
from domain.consultation import commands as consultation
from domain.errors import NotRecorded, Refusal, SamradError
from domain.hub import ConsultationCounted, PeriodCounted
from domain.ports import Append, Verdict
from domain.time import day_end, day_start
from domain.vocabulary import About, Compartment, Instant, Kind, Outcome, Ref
from hub_api.runtime import counting
from hub_api.runtime.counting import STATISTICS
from hub_api.runtime.follower import Follower
from hub_api.runtime.hub import Hub
from tests.hub_api.stand import (
    ANNA,
    ASKS,
    DAY,
    KIM,
    PIA,
    SARA,
    TOMORROW,
    Girl,
    at,
    disclosed,
    does,
    let_in,
    names,
    texts,
)

BOUNDARY: Instant = day_end(TOMORROW)
PURGE = date(2026, 11, 12)


def run(hub: Hub) -> int:
    hub.follower.catch_up()
    return hub.scheduler.run_now()


@pytest.fixture(autouse=True)
def last_quarter_is_counted(hub: Hub) -> None:
    assert run(hub) == 1


def consented(hub: Hub, girl: Girl) -> Ref:
    consent = case.GiveConsent(
        person=girl.person,
        purpose=PIA.purpose,
        receiver=PIA.unit,
        compartments=frozenset({Compartment.SOCIAL}),
        last=TOMORROW,
    )
    return does(hub, SARA, consent, girl.case).created


def assigned(hub: Hub, girl: Girl) -> Ref:
    return let_in(hub, girl, PIA, last=TOMORROW)


def told(hub: Hub, girl: Girl) -> Ref:
    return disclosed(hub, girl, PIA)


@pytest.mark.parametrize("gives", [assigned, consented, told])
def test_a_grant_ends_at_its_boundary_and_once(hub: Hub, girl: Girl, gives: Any) -> None:
    grant = gives(hub, girl)
    at(hub, BOUNDARY - 1)
    assert run(hub) == 0
    at(hub, BOUNDARY)
    assert run(hub) == 1
    assert run(hub) == 0
    facts = hub.log.snapshot().stream(girl.case)
    assert [fact.event for fact in facts if isinstance(fact.event, Expired)] == [
        Expired(grant=grant, boundary=BOUNDARY)
    ]
    assert facts[-1].act.happened == BOUNDARY


def test_a_look_treats_a_grant_as_ended_before_the_scheduler_ran(hub: Hub, girl: Girl) -> None:
    told(hub, girl)
    at(hub, BOUNDARY - 1)
    assert texts(hub, PIA, girl.case) == {Compartment.SOCIAL, Compartment.IDENTITY}
    at(hub, BOUNDARY)
    before = hub.gateway.look_now(PIA, Kind.CASE, girl.case, what="case")
    assert {part for fact in before.facts for part in fact.shown} == set()
    assert run(hub) == 1
    after = hub.gateway.look_now(PIA, Kind.CASE, girl.case, what="case")
    assert (after.facts, after.existence, after.etag) == (before.facts, before.existence, before.etag)


def test_two_that_run_at_once_record_it_once(hub: Hub, girl: Girl) -> None:
    for gives in (assigned, consented, told):
        gives(hub, girl)
    hub.follower.catch_up()
    at(hub, BOUNDARY)
    done: list[int] = []
    threads = [threading.Thread(target=lambda: done.append(hub.scheduler.run_now())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(hub, girl.case).count("case.expired") == 3
    assert sum(done) == 3


def test_what_was_ended_by_hand_does_not_expire(hub: Hub, girl: Girl) -> None:
    grant = assigned(hub, girl)
    does(hub, ANNA, case.EndAssignment(grant=grant), girl.case)
    at(hub, BOUNDARY)
    assert run(hub) == 0
    assert "case.expired" not in names(hub, girl.case)


def test_c6_a_purged_note_is_gone_for_its_writer_too_and_its_key_with_it(hub: Hub, girl: Girl) -> None:
    note = case.WriteNote(person=girl.person, purge_on=PURGE, text="Working material.")
    note_id = does(hub, SARA, note, girl.case).created
    assert Compartment.WORKING_NOTE in texts(hub, SARA, girl.case)
    (key,) = hub.vault.keys_of(girl.case, single=note_id)
    stored = (hub.folder / "vault.db").read_bytes() + (hub.folder / "vault.db-wal").read_bytes()
    assert bytes.fromhex(key.id.hex) in stored
    at(hub, day_start(PURGE) - 1)
    assert run(hub) == 0
    at(hub, day_start(PURGE))
    assert run(hub) == 1
    assert run(hub) == 0
    assert Compartment.WORKING_NOTE not in texts(hub, SARA, girl.case)
    stored = (hub.folder / "vault.db").read_bytes() + (hub.folder / "vault.db-wal").read_bytes()
    assert bytes.fromhex(key.id.hex) not in stored
    assert names(hub, girl.case)[-1] == "case.note_purged"


def test_c6_a_note_that_its_unit_purged_is_not_purged_again(hub: Hub, girl: Girl) -> None:
    note = does(hub, SARA, case.WriteNote(purge_on=PURGE, text="Working material."), girl.case).created
    does(hub, SARA, case.PurgeNote(note=note), girl.case)
    at(hub, day_start(PURGE))
    assert run(hub) == 0


def test_what_is_overdue_is_done_when_the_hub_comes_back(hub: Hub, girl: Girl) -> None:
    assigned(hub, girl)
    at(hub, BOUNDARY + 20 * DAY)
    assert run(hub) == 1
    expired = hub.log.snapshot().stream(girl.case)[-1]
    assert expired.act.happened == BOUNDARY
    assert expired.committed == BOUNDARY + 20 * DAY


def test_what_fails_in_one_case_keeps_no_other_waiting(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    girls = [Girl(hub) for _ in range(3)]
    for girl in girls:
        assigned(hub, girl)
    hub.follower.catch_up()
    at(hub, BOUNDARY)
    handle = hub.commander.handle_now

    def failing(who: Any, command: Any, stream: Any, *more: Any, **named: Any) -> Any:
        if stream == girls[0].case:
            raise SamradError("whatever")
        return handle(who, command, stream, *more, **named)

    with monkeypatch.context() as patched:
        patched.setattr(hub.commander, "handle_now", failing)
        assert run(hub) == 2
    assert run(hub) == 1
    assert all(names(hub, girl.case).count("case.expired") == 1 for girl in girls)


def test_views_that_lag_make_nothing_happen_twice(hub: Hub, girl: Girl) -> None:
    assigned(hub, girl)
    hub.follower.catch_up()
    at(hub, BOUNDARY)
    assert [hub.scheduler.run_now() for _ in range(3)] == [1, 0, 0]
    assert names(hub, girl.case).count("case.expired") == 1


# Statistics.


def counted(hub: Hub) -> list[ConsultationCounted]:
    facts = hub.log.snapshot().stream(STATISTICS)
    return [fact.event for fact in facts if isinstance(fact.event, ConsultationCounted)]


def closed(hub: Hub, many: int) -> None:
    for _ in range(many):
        stream = does(hub, KIM, ASKS).stream
        does(hub, KIM, consultation.Close(outcome=Outcome.ADVICE_GIVEN), stream)


def test_e1_each_consultation_is_counted_once_however_often_it_is_asked(hub: Hub) -> None:
    closed(hub, 5)
    at(hub, hub.clock.now() + 200 * DAY)
    ticks = 0
    for _ in range(5):
        ticks += run(hub)
    assert len(counted(hub)) == 5
    assert ticks >= 1
    last = hub.log.snapshot().stream(STATISTICS)[-1].event
    assert isinstance(last, PeriodCounted)


def test_e1_a_tick_of_many_facts_is_recorded_whole_or_not_at_all(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "AT_ONCE", 2)
    closed(hub, 5)
    at(hub, hub.clock.now() + 200 * DAY)
    hub.follower.catch_up()
    last, append, appended = hub.log.last(), CoordinationLog.append, list[int]()

    def failing(log: CoordinationLog, group: Sequence[Append]) -> list[Verdict]:
        appended.append(len(group[0].drafts))
        if len(appended) == 2:
            raise NotRecorded("the disk is full")
        return append(log, group)

    with monkeypatch.context() as patched:
        patched.setattr(CoordinationLog, "append", failing)
        with pytest.raises(NotRecorded):
            hub.scheduler.run_now()
    assert appended == [2, 2]
    assert hub.log.last() == last

    assert run(hub) == 1
    facts = hub.log.read(last, 100)
    assert [fact.version for fact in facts] == [2, 3, 4, 5, 6, 7]
    assert len({fact.committed for fact in facts}) == 1
    assert len(counted(hub)) == 5
    assert isinstance(facts[-1].event, PeriodCounted)


def test_e1_a_tick_that_lagging_views_ask_for_again_is_not_recorded_again(hub: Hub) -> None:
    closed(hub, 3)
    at(hub, hub.clock.now() + 200 * DAY)
    assert isinstance(hub.follower, Follower)
    hub.follower.stop()
    hub.follower.catch_up()
    assert [hub.scheduler.run_now() for _ in range(3)] == [1, 0, 0]
    assert len(counted(hub)) == 3


def test_e1_what_is_counted_stands_in_no_order_of_its_consultations(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each order is as likely as another: it follows from random bytes alone."""
    orders = set()
    pending = hub.scheduler._core.statistics.pending
    appended: list[Append] = []

    class Kept:
        def append(self, group: Sequence[Append]) -> None:
            appended.extend(group)
            raise NotImplementedError

    def kept(function: Callable[[Kept], bool]) -> None:
        function(Kept())

    persons = (1, 2, 3, 4, 5, 6)
    for number in persons:
        does(hub, KIM, msgspec.structs.replace(ASKS, persons=number, about=About.GROUP if number > 1 else About.ONE))
    monkeypatch.setattr(hub.writer, "call", kept)
    at(hub, hub.clock.now() + 200 * DAY)
    hub.follower.catch_up()
    assert sum(each.consultations for each in pending().waiting) == len(persons)
    for _ in range(20):
        with pytest.raises(NotImplementedError):
            hub.scheduler.run_now()
        events = [draft.event for draft in appended.pop().drafts]
        orders.add(tuple(event.persons for event in events if isinstance(event, ConsultationCounted)))
    assert len(orders) > 10
    assert all(sorted(order) == list(persons) for order in orders)
    assert isinstance(hub.entropy, SystemEntropy)


def test_e4_a_tick_is_recorded_by_the_clock_alone_with_nothing_to_count_too(hub: Hub) -> None:
    ticks = []
    for days in (0, 30, 60, 90):
        at(hub, hub.clock.now() + days * DAY)
        ticks.append(run(hub))
    assert ticks == [0, 0, 1, 1]  # 9 November, 9 December, 7 February, 8 May
    assert [type(fact.event) for fact in hub.log.snapshot().stream(STATISTICS)] == [PeriodCounted] * 3
    assert counted(hub) == []


def test_e1_nobody_adds_to_a_published_table_by_a_request(hub: Hub) -> None:
    with pytest.raises(Refusal, match="E1"):
        does(hub, KIM, msgspec.structs.replace(ASKS, source="Skola/förskola"))
    does(hub, KIM, ASKS)


def test_nobody_but_the_hub_sends_what_has_come_due(hub: Hub, girl: Girl) -> None:
    grant = assigned(hub, girl)
    at(hub, BOUNDARY)
    with pytest.raises(SamradError):
        does(hub, ANNA, case.Expire(grant=grant, boundary=BOUNDARY), girl.case)
    assert "case.expired" not in names(hub, girl.case)
