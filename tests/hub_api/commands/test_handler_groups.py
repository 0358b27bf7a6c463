"""Many requests in one commit, and disposals: what follows from a command follows once it is durable."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import pytest

from adapters.store.verification import verify
from domain import aggregates
from domain.access import CommandRefused
from domain.agreement.commands import End
from domain.case import commands as case
from domain.command import Command
from domain.consultation import commands as consultation
from domain.errors import NotThere, Refusal
from domain.event import Event
from domain.ports import Verdict
from domain.vocabulary import Compartment, Kind, Outcome, Phase, Purpose
from hub_api.commands import handler as module
from hub_api.commands.handler import Asked
from hub_api.commands.receipts import Receipt
from hub_api.runtime.hub import Hub
from tests.hub_api.stand import (
    ANNA,
    ASKS,
    BO,
    DAY,
    KIM,
    NILS,
    NOT_KNOWN,
    NOW,
    PIA,
    SARA,
    ULLA,
    Girl,
    at,
    does,
    names,
    refusals,
    texts,
)

SOCIAL = frozenset({Compartment.SOCIAL})
NAME = frozenset({Compartment.IDENTITY})


def test_of_many_requests_each_is_recorded_whole_or_refused_whole(hub: Hub) -> None:
    def asked(question: str, *more: Command) -> Asked:
        first = msgspec.structs.replace(ASKS, question=question)
        return Asked(principal=KIM, commands=tuple((each, NOW) for each in (first, *more)), key=question)

    closes = consultation.Close(outcome=Outcome.ADVICE_GIVEN)
    group = [asked("one", closes), asked("two", closes, closes), asked("three")]
    answers = hub.commander.handle_many(group)
    assert [type(answer) for answer in answers] == [Receipt, Refusal, Receipt]
    facts = hub.log.read(0, 100)
    assert [fact.event.name for fact in facts if fact.kind is Kind.CONSULTATION] == [
        "consultation.requested",
        "consultation.closed",
        "consultation.requested",
    ]
    (refused,) = refusals(hub)
    assert refused.event == CommandRefused(command="consultation.request", rule="D9")
    again = hub.commander.handle_many(group[::2])
    assert [isinstance(answer, Receipt) and answer.repeated for answer in again] == [True, True]


def test_the_same_request_twice_in_one_group_is_recorded_once(hub: Hub) -> None:
    asked = Asked(principal=KIM, commands=((ASKS, NOW),), key="one")
    first, second = hub.commander.handle_many([asked, asked])
    assert isinstance(first, Receipt)
    assert second == msgspec.structs.replace(first, repeated=True)


def test_two_requests_of_one_group_on_one_case_are_decided_one_after_the_other(hub: Hub, girl: Girl) -> None:
    def asked(*commands: Command) -> Asked:
        return Asked(principal=ANNA, commands=tuple((each, NOT_KNOWN) for each in commands), stream=girl.case)

    close = case.Close(outcome=Outcome.MOVED)
    inform = case.RecordInformation(person=girl.person, social="x")
    answers = hub.commander.handle_many([asked(inform), asked(inform, close), asked(close)])
    assert [type(answer) for answer in answers] == [Receipt, Receipt, Refusal]
    assert names(hub, girl.case)[-3:] == ["case.information_recorded", "case.information_recorded", "case.closed"]


def test_a_later_command_of_a_request_knows_what_an_earlier_one_sealed(
    hub: Hub, girl: Girl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A2: who was named by an earlier command of the same request is known to be named."""
    told: list[Any] = []
    decide = aggregates.decide

    def watched(state: Any, *more: Any) -> Iterator[Event]:
        told.append(state)
        return decide(state, *more)

    monkeypatch.setattr(module, "decide", watched)
    asked = Asked(
        principal=SARA,
        commands=(
            (case.AddPerson(identity="Exempla Exempelsson"), NOW),
            (case.EnterPhase(phase=Phase.ACUTE), NOW),
        ),
        stream=girl.case,
    )
    (receipt,) = hub.commander.handle_many([asked])
    assert isinstance(receipt, Receipt)
    assert told[-1].persons[receipt.created].identified_by == {SARA.unit}


def test_nothing_follows_from_a_group_before_it_is_durable(
    hub: Hub, girl: Girl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that goes before the event that names it would be a hole that nobody can explain."""
    dispose = Asked(
        principal=SARA,
        commands=((case.Dispose(person=girl.person, compartments=SOCIAL), NOW),),
        stream=girl.case,
    )
    deleted_at: list[bool] = []
    delete = hub.vault.delete

    def watched(keys: Any) -> int:
        seen: list[str] = []
        reader = threading.Thread(target=lambda: seen.extend(names(hub, girl.case)))
        reader.start()
        reader.join()
        deleted_at.append(seen[-1] == "case.disposed")
        return delete(keys)

    monkeypatch.setattr(hub.vault, "delete", watched)
    hub.commander.handle_many([dispose])
    hub.commander.handle_now(SARA, case.Dispose(person=girl.person, compartments=NAME), girl.case, NOW)
    assert deleted_at == [True, True]


def test_what_is_disposed_of_can_be_opened_by_nobody_and_the_log_says_so(hub: Hub, girl: Girl) -> None:
    assert "social" in texts(hub, SARA, girl.case)
    keys = len(hub.vault.keys_of(girl.case))
    does(
        hub,
        SARA,
        case.Dispose(person=girl.person, compartments=SOCIAL),
        girl.case,
    )
    assert "social" not in texts(hub, SARA, girl.case)
    assert "identity" in texts(hub, SARA, girl.case)
    assert len(hub.vault.keys_of(girl.case)) == keys - 1
    assert list(verify(hub.log))[-1].disposed == 1


def test_a_unit_disposes_of_its_own_and_of_nobody_elses(hub: Hub, girl: Girl) -> None:
    does(hub, ANNA, case.Assign(person=girl.person, unit=PIA.unit, role=PIA.role, purpose=PIA.purpose), girl.case)
    with pytest.raises(Refusal, match="nothing of this unit's own"):
        does(hub, PIA, case.Dispose(person=girl.person), girl.case)


def test_a_disposal_that_nobody_waits_for_any_more_deletes_its_keys_all_the_same(hub: Hub, girl: Girl) -> None:
    """Whoever asked has gone away, by a connection that closed, while the writing thread was at it."""
    command = case.Dispose(person=girl.person, compartments=SOCIAL)
    appending, gone = threading.Event(), threading.Event()
    append = hub.log.append_prepared

    def slowly(group: Any) -> list[Verdict]:
        appending.set()
        gone.wait(5)
        return append(group)

    async def leave() -> None:
        asking = asyncio.create_task(hub.commander.handle(SARA, command, girl.case, NOW))
        await asyncio.to_thread(appending.wait, 5)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        gone.set()

    hub.log.append_prepared = slowly  # type: ignore[method-assign]
    keys = len(hub.vault.keys_of(girl.case))
    asyncio.run(leave())
    hub.writer.call(lambda _: None).result()
    assert names(hub, girl.case)[-1] == "case.disposed"
    assert len(hub.vault.keys_of(girl.case)) == keys - 1


def test_a_disposal_whose_keys_could_not_be_deleted_stands_and_the_scheduler_finishes_it(
    hub: Hub, girl: Girl, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Any) -> int:
        raise OSError("no space left on the device")

    keys = hub.vault.keys_of(girl.case)
    with monkeypatch.context() as patched:
        patched.setattr(hub.vault, "delete", full)
        does(
            hub,
            SARA,
            case.Dispose(person=girl.person, compartments=SOCIAL),
            girl.case,
        )
    left = [bytes.fromhex(key.id.hex) for key in keys]
    assert len(hub.vault.present(left)) == len(keys)
    assert "social" not in texts(hub, SARA, girl.case)
    hub.scheduler.run_now()
    assert len(hub.vault.present(left)) == len(keys) - 1


def test_c6_a_unit_purges_its_own_note_early_and_no_other_units(hub: Hub, girl: Girl) -> None:
    assign = case.Assign(person=girl.person, unit=NILS.unit, role=NILS.role, purpose=Purpose.PROTECTION)
    does(hub, ANNA, assign, girl.case)
    note = does(hub, SARA, case.WriteNote(purge_on=date(2026, 12, 1), text="Working."), girl.case).created
    with pytest.raises(NotThere):
        does(hub, NILS, case.PurgeNote(note=note), girl.case)
    does(hub, SARA, case.PurgeNote(note=note), girl.case)
    assert "working_note" not in texts(hub, SARA, girl.case)


def test_what_a_new_agreement_says_holds_for_the_very_next_command(hub: Hub) -> None:
    agreement = next(fact.stream for fact in hub.log.read(0, 10) if fact.kind is Kind.AGREEMENT)
    does(hub, BO, ASKS)
    does(hub, ULLA, End(last=date(2026, 11, 9)), agreement)
    at(hub, hub.clock.now() + DAY)
    with pytest.raises(Refusal, match="B1"):
        does(hub, BO, ASKS)
