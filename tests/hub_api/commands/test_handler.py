"""Commands from the door to the log: decided on what is seen, refused with no trace of content."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from adapters.store.record import Prepared
from domain.access import CommandRefused
from domain.act import Principal
from domain.case import commands as case
from domain.command import Command
from domain.errors import NotRecorded, NotThere, Refusal
from domain.ports import Append, Conflict, Verdict
from domain.vocabulary import Because, Kind, Outcome, Phase, Ref, Role, StaffId, UnitId
from hub_api.commands import handler as module
from hub_api.commands.handler import Asked, Changed, Circumstances
from hub_api.commands.receipts import Receipt
from hub_api.runtime.hub import Hub
from tests.hub_api.stand import (
    ANNA,
    ASKS,
    DAY,
    KIM,
    NOT_KNOWN,
    NOW,
    PIA,
    SARA,
    Girl,
    does,
    names,
    refusals,
    sent,
)


def test_of_two_commands_that_conflict_one_wins_and_the_other_is_refused_on_what_then_stands(
    hub: Hub, girl: Girl
) -> None:
    together = threading.Barrier(4)
    ended: list[Receipt | Refusal] = []

    def close() -> None:
        together.wait()
        try:
            ended.append(sent(hub, ANNA, case.Close(outcome=Outcome.PROTECTED), girl.case, circumstances=NOT_KNOWN))
        except Refusal as refusal:
            ended.append(refusal)

    threads = [threading.Thread(target=close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(each, Receipt) for each in ended) == 1
    assert {each.rule for each in ended if isinstance(each, Refusal)} == {"D9"}
    assert names(hub, girl.case).count("case.closed") == 1


def test_commands_that_do_not_exclude_each_other_all_stand_however_many_come_at_once(hub: Hub, girl: Girl) -> None:
    async def many() -> list[Receipt]:
        informing = (
            hub.commander.handle(
                SARA, case.RecordInformation(person=girl.person, social=f"Note {number}."), girl.case, NOW
            )
            for number in range(40)
        )
        return await asyncio.gather(*informing)

    before = len(names(hub, girl.case))
    receipts = asyncio.run(many())
    assert len({receipt.created for receipt in receipts}) == 40
    assert len(names(hub, girl.case)) == before + 40


def test_a_command_that_always_meets_another_is_decided_at_last_under_the_append_lock(
    hub: Hub, girl: Girl, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit, met = hub.writer.submit_together, []

    def always_too_late(group: Sequence[Prepared]) -> Any:
        met.append(group)
        before = hub.commander.handle_now(ANNA, case.RecordInformation(person=girl.person, social="x"), girl.case, NOW)
        assert not before.repeated
        return submit(group)

    monkeypatch.setattr(hub.writer, "submit_together", always_too_late)
    receipt = sent(hub, SARA, case.RecordInformation(person=girl.person, social="y"), girl.case)
    assert len(met) == module.ATTEMPTS
    assert hub.log.snapshot().stream(girl.case)[-1].act.id == receipt.created


def test_a_conflict_is_never_answered_as_recorded(hub: Hub, girl: Girl, monkeypatch: pytest.MonkeyPatch) -> None:
    def conflicting(group: list[Append]) -> list[Verdict]:
        return [Conflict() for _ in group]

    monkeypatch.setattr(hub.log, "append", conflicting)
    with pytest.raises(RuntimeError, match="met another"):
        hub.commander.handle_now(ANNA, case.EnterPhase(phase=Phase.ACUTE), girl.case, NOW)


def test_if_match_is_about_what_one_sees_and_nothing_else(hub: Hub, girl: Girl) -> None:
    does(hub, ANNA, case.Assign(person=girl.person, unit=PIA.unit, role=PIA.role, purpose=PIA.purpose), girl.case)
    etag = hub.gateway.look_now(PIA, Kind.CASE, girl.case, what="case").etag
    does(hub, SARA, case.RecordInformation(person=girl.person, social="Hidden from the Police."), girl.case)
    assert hub.gateway.look_now(PIA, Kind.CASE, girl.case, what="case").etag == etag
    sent(hub, PIA, case.RecordInformation(person=girl.person, police="Own."), girl.case, if_match=frozenset({etag}))
    with pytest.raises(Changed):
        sent(hub, PIA, case.RecordInformation(person=girl.person, police="Own."), girl.case, if_match=frozenset({etag}))


def test_a_refusal_leaves_who_when_and_which_rule_and_nothing_of_the_content(hub: Hub, girl: Girl) -> None:
    last, secret = hub.log.last(), "A text that nobody is to find"
    does(hub, ANNA, case.Close(outcome=Outcome.MOVED), girl.case, because=Because.NOT_AVAILABLE)
    with pytest.raises(Refusal, match="D9") as told:
        sent(hub, SARA, case.RecordInformation(person=girl.person, social=secret), girl.case)
    (refused,) = refusals(hub)
    assert refused.act.by == SARA
    assert refused.event == CommandRefused(command="case.record_information", rule="D9", stream=girl.case)
    assert secret not in str(told.value)
    assert secret not in repr(refused)
    assert hub.log.last() == last + 1


def test_a_refusal_that_cannot_be_recorded_is_not_told(hub: Hub, girl: Girl) -> None:
    hub.looks.stop()
    with pytest.raises(NotRecorded):
        sent(hub, ANNA, case.Reopen(), girl.case)


def test_what_one_may_not_know_of_answers_as_what_is_not_there(hub: Hub, girl: Girl) -> None:
    command = case.RecordInformation(person=girl.person, police="?")
    told = []
    for stream in (girl.case, Ref("f" * 32), does(hub, KIM, ASKS).stream):
        with pytest.raises(NotThere) as refusal:
            sent(hub, PIA, command, stream)
        told.append(str(refusal.value))
    assert len(set(told)) == 1


def test_nothing_but_an_opening_command_opens_and_an_opening_one_opens_anew(hub: Hub, girl: Girl) -> None:
    with pytest.raises(NotThere):
        sent(hub, SARA, case.EnterPhase(phase=Phase.ACUTE), None)
    with pytest.raises(NotThere):
        sent(hub, SARA, case.Open(coordinator=ANNA.unit), girl.case)


def test_a2_a_consultation_that_one_does_not_know_cannot_be_linked(hub: Hub, girl: Girl) -> None:
    hidden = does(hub, KIM, ASKS).stream
    for unknown in (hidden, girl.case, Ref("f" * 32)):
        with pytest.raises(NotThere):
            does(hub, SARA, case.LinkConsultation(consultation=unknown), girl.case)
    own = does(hub, SARA, ASKS).stream
    does(hub, SARA, case.LinkConsultation(consultation=own), girl.case)


@pytest.mark.parametrize("field", ["happened", "known"])
def test_d1_nothing_has_happened_in_the_future(hub: Hub, field: str) -> None:
    tomorrow = msgspec.convert({field: hub.clock.now() + DAY}, Circumstances)
    with pytest.raises(Refusal, match="D1"):
        sent(hub, KIM, ASKS, None, circumstances=tomorrow)


def test_d1_who_acted_and_who_wrote_it_down_are_two(hub: Hub, girl: Girl) -> None:
    colleague = Circumstances(acted_by=StaffId("kollega-exempel"))
    sent(hub, SARA, case.RecordInformation(person=girl.person, social="x"), girl.case, circumstances=colleague)
    act = hub.log.snapshot().stream(girl.case)[-1].act
    assert (act.by.person, act.written_by) == ("kollega-exempel", SARA.person)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (msgspec.structs.replace(ASKS, question="x" * 20_001), "from 1 to 20000 characters"),
        (msgspec.structs.replace(ASKS, county="Östergötland"), "of no form that is known"),
        (msgspec.structs.replace(ASKS, caller="nobody"), r"consultation\.request: `\$\.caller` is longer"),
    ],
)
def test_b7_a_program_cannot_record_what_could_not_be_read_again(hub: Hub, command: Command, why: str) -> None:
    last = hub.log.last()
    for handle in (sent, _now):
        with pytest.raises(Refusal, match=f"B7: .*{why}") as told:
            handle(hub, KIM, command, None)
        assert "xxx" not in str(told.value)
        assert "Östergötland" not in str(told.value)
    assert hub.log.last() == last
    assert {fact.event.rule for fact in refusals(hub) if isinstance(fact.event, CommandRefused)} == {"B7"}


def test_b7_a_character_that_postgresql_has_no_place_for_is_refused_and_its_name_in_letters_is_not(
    hub: Hub, girl: Girl
) -> None:
    for text in ("\0", "She says\0", "\\\0"):
        with pytest.raises(Refusal, match="number 0"):
            sent(hub, SARA, case.RecordInformation(person=girl.person, social=text), girl.case)
    for text in ("\\u0000", "\\\\u0000", "She says 0"):
        sent(hub, SARA, case.RecordInformation(person=girl.person, social=text), girl.case)


def _now(hub: Hub, who: Principal, command: Command, stream: Ref | None) -> Receipt:
    return hub.commander.handle_now(who, command, stream, NOW)


def test_b7_one_act_that_outgrows_a_record_is_refused_and_the_hub_goes_on(hub: Hub, girl: Girl) -> None:
    fields = ("social", "health", "police", "whereabouts", "risk_memo", "risk_assessment", "child_statement")
    huge = case.RecordInformation(person=girl.person, **dict.fromkeys(fields, "å" * 20_000))
    with pytest.raises(Refusal, match="B7"):
        sent(hub, SARA, huge, girl.case)
    ok = Asked(principal=KIM, commands=((ASKS, NOW),))
    answers = hub.commander.handle_many([Asked(principal=SARA, commands=((huge, NOW),), stream=girl.case), ok])
    assert [type(answer) for answer in answers] == [Refusal, Receipt]


@pytest.mark.parametrize(
    "command",
    [
        msgspec.structs.replace(ASKS, asked_of=UnitId("nobody.knows")),
        case.Open(coordinator=UnitId("nobody.knows")),
    ],
)
def test_b1_an_unknown_unit_is_named_and_refused(hub: Hub, command: Command) -> None:
    with pytest.raises(Refusal, match=r"B1: no agreement in force names the unit nobody\.knows"):
        sent(hub, SARA, command, None)


def test_b1_a_principal_whom_no_agreement_names_does_nothing(hub: Hub) -> None:
    stranger = msgspec.structs.replace(KIM, unit=UnitId("elsewhere"))
    with pytest.raises(Refusal, match="B1"):
        sent(hub, stranger, ASKS, None)


def test_a_role_of_the_hub_itself_sends_what_has_come_due_and_nothing_else(hub: Hub) -> None:
    clockwork = msgspec.structs.replace(KIM, role=Role.SYSTEM)
    with pytest.raises(Refusal, match="F"):
        sent(hub, clockwork, ASKS, None)
