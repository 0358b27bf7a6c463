"""A request sent again after what it was about was disposed of: its first receipt, for as long as keys are promised."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.act import Principal
from domain.case import commands as case
from domain.command import Command
from domain.consultation import commands as consultation
from domain.errors import NotThere, Refusal
from domain.event import Gone
from domain.meeting import commands as meeting
from domain.time import DAY
from domain.vocabulary import Because, Kind, MeetingKind, Outcome, Ref
from hub_api.commands.handler import Asked
from hub_api.commands.load import Loaded, load, read
from hub_api.commands.receipts import PROMISED, KeyReused, Receipt, ReceiptGone
from hub_api.runtime.hub import Hub
from tests.hub_api.stand import (
    ASKS,
    KIM,
    LENA,
    NOW,
    OMAR,
    RELATED,
    SARA,
    Girl,
    agreed,
    at,
    does,
    later,
    names,
    opened,
    sent,
)

API = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
AFTER_IT = PROMISED + 31 * DAY
"""When a month's receipts have all been promised for long enough."""


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    hub = agreed(tmp_path)
    yield hub
    hub.close()


def disposed(hub: Hub, stream: Ref, *who: Principal) -> None:
    """The consultation is closed, and each of these units disposes of all that is its own in it."""
    does(hub, KIM, consultation.Close(outcome=Outcome.ADVICE_GIVEN), stream)
    for each in who:
        does(hub, each, consultation.Dispose(whole=True), stream)
    first = hub.log.snapshot().stream(stream)[0]
    assert isinstance(first.event, Gone) == (KIM in who)


def again(first: Receipt) -> Receipt:
    return msgspec.structs.replace(first, repeated=True)


def kept(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "data" / "vault.db")) as vault:
        found: int = vault.execute("SELECT count(*) FROM receipts").fetchone()[0]
    return found


def test_a_request_sent_again_after_its_disposal_gets_its_first_receipt(hub: Hub) -> None:
    first = sent(hub, KIM, ASKS, None, key="one")
    disposed(hub, first.stream, KIM)
    last = hub.log.last()
    assert sent(hub, KIM, ASKS, None, key="one") == again(first)
    assert first.said["reference"]
    assert hub.log.last() == last


@pytest.mark.parametrize(
    "other", [msgspec.structs.replace(ASKS, question="Something else?"), msgspec.structs.replace(ASKS, persons=2)]
)
def test_other_content_under_the_key_is_refused_after_the_disposal_too(hub: Hub, other: Command) -> None:
    first = sent(hub, KIM, ASKS, None, key="one")
    disposed(hub, first.stream, KIM)
    with pytest.raises(KeyReused):
        sent(hub, KIM, other, None, key="one")


def test_each_unit_has_its_own_receipts_whichever_disposed(hub: Hub) -> None:
    asked = sent(hub, KIM, ASKS, None, key="one")
    told = sent(hub, OMAR, consultation.IssueKey(tag=""), asked.stream, key="speak")
    disposed(hub, asked.stream, OMAR)
    for who, command, stream, key, first in (
        (KIM, ASKS, None, "one", asked),
        (OMAR, consultation.IssueKey(tag=""), asked.stream, "speak", told),
    ):
        assert sent(hub, who, command, stream, key=key) == again(first)
    assert told.said["caller_key"]


def test_all_that_one_request_was_told_is_told_again(hub: Hub) -> None:
    asked = Asked(principal=OMAR, commands=((ASKS, NOW), (consultation.IssueKey(tag=""), NOW)), key="both")
    (first,) = hub.commander.handle_many([asked])
    assert isinstance(first, Receipt)
    does(hub, OMAR, consultation.Close(outcome=Outcome.ADVICE_GIVEN), first.stream)
    does(hub, OMAR, consultation.Dispose(whole=True), first.stream)
    assert hub.commander.handle_many([asked]) == [again(first)]
    assert set(first.said) == {"reference", "caller_key"}


def test_what_a_case_gave_is_told_again_after_its_disposal(hub: Hub) -> None:
    opening = case.Open(coordinator=OMAR.unit)
    opened_ = sent(hub, SARA, opening, None, key="open")
    adding = case.AddPerson(identity="Exempla Exempelsson", minor=True)
    added = sent(hub, SARA, adding, opened_.stream, key="add")
    does(hub, OMAR, case.Close(outcome=Outcome.MOVED), opened_.stream, because=Because.NOT_AVAILABLE)
    does(hub, SARA, case.Dispose(whole=True), opened_.stream)
    assert isinstance(hub.log.snapshot().stream(opened_.stream)[1].event, Gone)
    assert sent(hub, SARA, opening, None, key="open") == again(opened_)
    assert sent(hub, SARA, adding, opened_.stream, key="add") == again(added)
    with pytest.raises(KeyReused):
        sent(hub, SARA, msgspec.structs.replace(adding, minor=False), opened_.stream, key="add")


def test_a_receipt_outlives_the_process_and_a_restore(hub: Hub, tmp_path: Path) -> None:
    first = sent(hub, KIM, ASKS, None, key="one")
    disposed(hub, first.stream, KIM)
    hub.vault.rotate()
    hub.close()
    restored = tmp_path / "restored"
    for part in ("data", "keys"):
        shutil.copytree(tmp_path / part, restored / part)
    for folder in (tmp_path, restored):
        reopened = opened(folder)
        try:
            assert sent(reopened, KIM, ASKS, None, key="one") == again(first)
        finally:
            reopened.close()


def test_the_period_that_is_promised_is_the_one_that_is_kept() -> None:
    (days,) = re.findall(r"for at\s+least (\d+) days", API)
    assert int(days) * DAY == PROMISED


def test_to_the_last_day_that_is_promised_the_receipt_is_there_and_later_it_is_forgotten(
    hub: Hub, tmp_path: Path
) -> None:
    recorded = hub.clock.now()
    first = sent(hub, KIM, ASKS, None, key="one")
    disposed(hub, first.stream, KIM)
    keys = len(hub.vault.keys_of(Ref("0" * 32)))
    at(hub, recorded + PROMISED)
    hub.scheduler.run_now()
    assert sent(hub, KIM, ASKS, None, key="one") == again(first)
    assert kept(tmp_path) == 1, "of what came with no key there is no receipt"

    at(hub, recorded + AFTER_IT)
    hub.scheduler.run_now()
    last = hub.log.last()
    with pytest.raises(ReceiptGone):
        sent(hub, KIM, ASKS, None, key="one")
    assert hub.log.last() == last, "it is not recorded again all the same"
    assert kept(tmp_path) == 0
    assert len(hub.vault.keys_of(Ref("0" * 32))) == keys - 1


def test_of_requests_that_are_promised_no_longer_nothing_is_kept(hub: Hub, tmp_path: Path) -> None:
    first = sent(hub, KIM, ASKS, None, key="one")
    later(hub, AFTER_IT)
    assert sent(hub, KIM, ASKS, None, key="one") == again(first), "what is not disposed of gives its receipt for ever"
    disposed(hub, first.stream, KIM)
    assert kept(tmp_path) == 0
    with pytest.raises(ReceiptGone):
        sent(hub, KIM, ASKS, None, key="one")


def test_what_is_kept_says_nothing_of_what_was_asked_and_not_whose_it_was(hub: Hub, tmp_path: Path) -> None:
    first = sent(hub, KIM, ASKS, None, key="one")
    disposed(hub, first.stream, KIM)
    (fact,) = [fact for fact in hub.log.snapshot().stream(first.stream) if fact.version == 1]
    row = hub.vault.receipt(hub.commander.receipts.tag(KIM, "one"))
    assert row is not None
    told = (first.created.hex, first.said["reference"], first.stream.hex, KIM.person, KIM.unit, fact.id.hex)
    stored = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("vault.db*"))
    for text in told:
        assert text.encode() not in stored
    assert bytes.fromhex(first.stream.hex) not in stored
    key = hub.vault.get(row.key)
    assert key is not None
    assert key.scope.stream != first.stream, "it is sealed under no key of the matter"


def test_c9_whoever_is_kept_out_has_no_receipt_after_the_disposal_either(hub: Hub) -> None:
    girl = Girl(hub)
    inform = case.RecordInformation(person=girl.person, social="Is well.")
    first = sent(hub, SARA, inform, girl.case, key="one")
    block = does(hub, OMAR, case.BlockStaff(staff=SARA.person, elsewhere=True), girl.case).created
    does(hub, OMAR, case.Close(outcome=Outcome.MOVED), girl.case, because=Because.NOT_AVAILABLE)
    does(hub, RELATED, case.Dispose(whole=True), girl.case)
    with pytest.raises(NotThere):
        sent(hub, SARA, inform, girl.case, key="one")
    does(hub, OMAR, case.LiftBlock(block=block), girl.case)
    assert sent(hub, SARA, inform, girl.case, key="one") == again(first)


@pytest.mark.parametrize("whole", [case, meeting], ids=["case", "meeting"])
def test_c9_no_block_is_disposed_of_while_it_keeps_somebody_out(hub: Hub, whole: Any) -> None:
    """So who is kept out finds neither the matter nor their receipts through a disposal by the unit that set it."""
    if whole is case:
        stream = Girl(hub).case
        does(hub, SARA, case.BlockStaff(staff=RELATED.person), stream)
        does(hub, OMAR, case.Close(outcome=Outcome.MOVED), stream, because=Because.NOT_AVAILABLE)
    else:
        stream = does(hub, SARA, meeting.Request(meeting=MeetingKind.COORDINATION_MEETING)).stream
        does(hub, SARA, meeting.BlockStaff(staff=RELATED.person), stream)
        does(hub, SARA, meeting.Cancel(), stream)
    with pytest.raises(Refusal, match="C9: a block of this unit's is in force"):
        does(hub, SARA, whole.Dispose(whole=True), stream)


LINE_OF = '{"id": "1", "day": "2019-01-02", "caller": "school", "persons": 1, "label": "%s"}'


def loaded(hub: Hub, folder: Path, label: str) -> Loaded:
    path = folder / "count.jsonl"
    header = '{"format": "samrad.consultations.v1", "file": "count-2019", "source": "our own count"}'
    path.write_text(f"{header}\n{LINE_OF % label}\n", encoding="utf-8")
    return load(read(path, date(2026, 11, 9)), hub.commander, LENA, skip=True, progress=lambda _: None)


def test_a_line_that_was_loaded_before_its_disposal_is_there_already_and_with_another_label_refused(
    hub: Hub, tmp_path: Path
) -> None:
    assert loaded(hub, tmp_path, "Skola").recorded == 1
    stream = hub.log.read(hub.log.last() - 1, 1)[0].stream
    does(hub, LENA, consultation.Dispose(whole=True), stream)
    recorded = names(hub, stream)
    assert loaded(hub, tmp_path, "Skola").repeated == 1
    (bad,) = loaded(hub, tmp_path, "Skola/förskola").skipped
    assert "it was loaded before with another content" in str(bad)

    later(hub, AFTER_IT)
    hub.scheduler.run_now()
    assert loaded(hub, tmp_path, "Skola").repeated == 1, "it is not counted twice when nothing is promised any more"
    assert names(hub, stream) == recorded
    assert {fact.stream for fact in hub.log.read(0, 100) if fact.kind is Kind.CONSULTATION} == {stream}
