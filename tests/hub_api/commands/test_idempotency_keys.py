"""A request under its idempotency key is recorded once, and answered by its first receipt whatever came between."""

import asyncio
import hashlib
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.aggregates import COMMANDS
from domain.case import commands as case
from domain.command import Command
from domain.consultation import commands as consultation
from domain.errors import Refusal
from domain.event import Gone, encode_ref
from domain.meeting import commands as meeting
from domain.vocabulary import Because, Kind, MeetingKind, Outcome, StaffId
from hub_api.commands.handler import Asked, Changed, Circumstances
from hub_api.commands.receipts import KeyReused, Receipt
from hub_api.runtime.hub import Hub
from tests.hub_api.stand import (
    ANNA,
    ASKS,
    KIM,
    NOT_KNOWN,
    NOW,
    OMAR,
    RELATED,
    SARA,
    Girl,
    does,
    names,
    opened,
    sent,
)


def test_the_same_request_under_its_key_is_recorded_once_and_answered_by_its_first_receipt(hub: Hub) -> None:
    first = sent(hub, KIM, ASKS, None, key="one")
    again = sent(hub, KIM, ASKS, None, key="one")
    assert again == msgspec.structs.replace(first, repeated=True)
    assert first.said["reference"]
    assert names(hub, first.stream) == ["consultation.requested"]


def test_a_callers_key_is_told_again_the_same(hub: Hub) -> None:
    stream = sent(hub, OMAR, ASKS, None).stream
    first = sent(hub, OMAR, consultation.IssueKey(tag=""), stream, key="speak")
    assert first.said["caller_key"]
    assert sent(hub, OMAR, consultation.IssueKey(tag=""), stream, key="speak").said == first.said


def test_each_callers_key_is_another_where_no_request_is_repeated(hub: Hub) -> None:
    stream = sent(hub, OMAR, ASKS, None).stream
    keys = {sent(hub, OMAR, consultation.IssueKey(tag=""), stream).said["caller_key"] for _ in range(3)}
    assert len(keys) == 3


def test_what_is_told_is_told_again_wherever_it_stands_in_the_request(hub: Hub) -> None:
    asked = Asked(principal=OMAR, commands=((ASKS, NOW), (consultation.IssueKey(tag=""), NOW)), key="both")
    (first,), (again,) = hub.commander.handle_many([asked]), hub.commander.handle_many([asked])
    assert isinstance(first, Receipt)
    assert isinstance(again, Receipt)
    assert set(first.said) == {"reference", "caller_key"}
    assert again.said == first.said


def test_a_key_comes_before_if_match_and_before_every_rule(hub: Hub, girl: Girl) -> None:
    etag = hub.gateway.look_now(ANNA, Kind.CASE, girl.case, what="case").etag
    close = case.Close(outcome=Outcome.PROTECTED)
    first = sent(hub, ANNA, close, girl.case, circumstances=NOT_KNOWN, key="close", if_match=frozenset({etag}))
    # It is closed now, and has changed: neither is said to who only asks again.
    again = sent(hub, ANNA, close, girl.case, circumstances=NOT_KNOWN, key="close", if_match=frozenset({etag}))
    assert again == msgspec.structs.replace(first, repeated=True)
    with pytest.raises(Changed):
        sent(hub, ANNA, close, girl.case, circumstances=NOT_KNOWN, key="another", if_match=frozenset({etag}))
    with pytest.raises(Refusal, match="D9"):
        sent(hub, ANNA, close, girl.case, circumstances=NOT_KNOWN, key="another")


def test_a_refused_request_left_no_receipt_so_its_key_may_succeed_later(hub: Hub, girl: Girl) -> None:
    reopen = case.Reopen()
    with pytest.raises(Refusal, match="D9"):
        sent(hub, ANNA, reopen, girl.case, key="reopen")
    does(hub, ANNA, case.Close(outcome=Outcome.MOVED), girl.case, because=Because.NOT_AVAILABLE)
    assert not sent(hub, ANNA, reopen, girl.case, key="reopen").repeated


@pytest.mark.parametrize(
    ("command", "circumstances"),
    [
        (msgspec.structs.replace(ASKS, question="Something else?"), NOW),
        (ASKS, Circumstances(because=Because.URGENT)),
    ],
)
def test_a_key_that_was_used_for_another_content_is_an_error(
    hub: Hub, command: Command, circumstances: Circumstances
) -> None:
    sent(hub, KIM, ASKS, None, key="one")
    with pytest.raises(KeyReused):
        sent(hub, KIM, command, None, key="one", circumstances=circumstances)
    assert hub.log.last() == 4


def test_another_person_with_the_same_key_makes_another_request(hub: Hub) -> None:
    one, other = sent(hub, SARA, ASKS, None, key="one"), sent(hub, RELATED, ASKS, None, key="one")
    assert not other.repeated
    assert one.stream != other.stream


def test_no_two_principals_share_a_key_by_how_they_are_named(hub: Hub) -> None:
    one = msgspec.structs.replace(KIM, person=StaffId("a\nb"))
    other = msgspec.structs.replace(KIM, person=StaffId("a"))
    sent(hub, one, ASKS, None, key="c")
    assert not sent(hub, other, ASKS, None, key="b\nc").repeated


def test_a_key_outlives_the_process_and_a_restore(hub: Hub, tmp_path: Path) -> None:
    first = sent(hub, KIM, ASKS, None, key="one")
    hub.close()
    restored = tmp_path / "restored"
    for part in ("data", "keys"):
        shutil.copytree(tmp_path / part, restored / part)
    for folder in (tmp_path, restored):
        again = opened(folder)
        try:
            assert sent(again, KIM, ASKS, None, key="one") == msgspec.structs.replace(first, repeated=True)
        finally:
            again.close()


def test_a_request_whose_record_was_disposed_of_since_is_not_recorded_again(hub: Hub) -> None:
    receipt = sent(hub, KIM, ASKS, None, key="one")
    does(hub, KIM, consultation.Close(outcome=Outcome.ADVICE_GIVEN), receipt.stream)
    does(hub, KIM, consultation.Dispose(whole=True), receipt.stream)
    assert isinstance(hub.log.snapshot().stream(receipt.stream)[0].event, Gone)
    last = hub.log.last()
    again = sent(hub, KIM, ASKS, None, key="one")
    assert again.repeated
    assert again.stream == receipt.stream
    assert hub.log.last() == last


def test_a_request_that_is_in_flight_twice_is_recorded_once(hub: Hub, girl: Girl) -> None:
    async def twice() -> list[Receipt | BaseException]:
        close = case.Close(outcome=Outcome.PROTECTED)
        both = (hub.commander.handle(ANNA, close, girl.case, NOT_KNOWN, key="close") for _ in range(8))
        return await asyncio.gather(*both, return_exceptions=True)

    found = asyncio.run(twice())
    assert [each for each in found if isinstance(each, BaseException)] == []
    assert names(hub, girl.case).count("case.closed") == 1


def test_the_first_receipt_is_given_though_it_was_recorded_while_this_one_was_decided(
    hub: Hub, girl: Girl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look for the key and the decision nothing fits: a close that is there is the key's own."""
    close = case.Close(outcome=Outcome.PROTECTED)
    snapshot = hub.log.snapshot
    first: list[Receipt] = []

    def racing(position: int | None = None) -> Any:
        taken = snapshot(position)
        if not first:
            monkeypatch.setattr(hub.log, "snapshot", snapshot)
            first.append(hub.commander.handle_now(ANNA, close, girl.case, NOT_KNOWN, key="close"))
        return taken

    monkeypatch.setattr(hub.log, "snapshot", racing)
    again = sent(hub, ANNA, close, girl.case, circumstances=NOT_KNOWN, key="close")
    assert again == msgspec.structs.replace(first[0], repeated=True)


def test_a_request_that_leaves_out_what_came_later_is_the_same_as_one_of_before(hub: Hub) -> None:
    """The request's hash is on the log, and a key is promised to give its first receipt after an upgrade too."""
    for command in COMMANDS.values():
        fields = {field.name: field for field in msgspec.structs.fields(command)}
        assert all(not fields[later].default for later in command.later), "what is left out says nothing"
    stream = sent(hub, ANNA, meeting.Request(meeting=MeetingKind.COORDINATION_MEETING), None).stream
    invite = meeting.Invite(unit=KIM.unit)
    sent(hub, ANNA, invite, stream, key="invite")
    (fact,) = (fact for fact in hub.log.snapshot().stream(stream) if fact.event.name == "meeting.invited")
    said = ("meeting.invite", {"unit": KIM.unit, "offender_side": False}, NOW)
    written = msgspec.json.encode(([said], stream), enc_hook=encode_ref, order="deterministic")
    assert fact.act.request == hashlib.sha256(written).hexdigest()
    with pytest.raises(KeyReused):
        sent(hub, ANNA, meeting.Invite(unit=KIM.unit, units=frozenset({SARA.unit})), stream, key="invite")
