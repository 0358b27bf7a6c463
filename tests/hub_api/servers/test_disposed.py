"""What was disposed of on servers: who makes views finds it by the records themselves, since its role reads no mark of
it; and a request is told its first receipt by whichever process serves."""

import msgspec
import pytest

from adapters.postgresql.roles import PROJECT
from domain.consultation import commands as consultation
from domain.errors import Unreadable
from domain.vocabulary import Outcome
from hub_api.commands.receipts import PROMISED, KeyReused, ReceiptGone
from hub_api.runtime.servers.project import opened_log, rebuild_all
from hub_demo.county import agreement
from tests.hub_api.servers.servers import Place, until
from tests.hub_api.stand import ASKS, DAY, KIM, MONDAY, NOW, ULLA, sent


def test_views_are_made_anew_of_what_was_disposed_of_whole(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with place.relaying(), place.projecting(), place.hub(start=None, fresh_within=30) as hub:
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
        until(place.carried)
        asked = sent(hub, KIM, ASKS, None).stream
        hub.commander.handle_now(KIM, consultation.Close(outcome=Outcome.ADVICE_GIVEN), asked, NOW)
        hub.commander.handle_now(KIM, consultation.Dispose(whole=True), asked, NOW)
        last = hub.log.last()
        until(place.carried)
    projects = place.settings(PROJECT)
    made, _ = rebuild_all(projects, lambda *_: None)
    assert made["acts"] == last
    with opened_log(projects, "acts") as log:
        assert [fact.event.name for fact in log.stream(asked)][-1] == "consultation.disposed"
        monkeypatch.setattr(type(log), "_read_disposals", lambda _: None)
    with opened_log(projects, "acts") as log, pytest.raises(Unreadable, match="no disposal on the log names it"):
        log.read(0, last)


def test_another_process_tells_the_first_receipt_of_what_was_disposed_of_as_long_as_promised(place: Place) -> None:
    with place.relaying(), place.projecting():
        with place.hub(fresh_within=30) as hub:
            hub.commander.handle_now(ULLA, agreement(), None, NOW)
            first = sent(hub, KIM, ASKS, None, key="one")
            hub.commander.handle_now(KIM, consultation.Close(outcome=Outcome.ADVICE_GIVEN), first.stream, NOW)
            hub.commander.handle_now(KIM, consultation.Dispose(whole=True), first.stream, NOW)
            again = msgspec.structs.replace(first, repeated=True)
            assert sent(hub, KIM, ASKS, None, key="one") == again
        with place.hub(fresh_within=30) as hub:
            assert sent(hub, KIM, ASKS, None, key="one") == again
            assert hub.vault.rotate()
            assert sent(hub, KIM, ASKS, None, key="one") == again
            with pytest.raises(KeyReused):
                sent(hub, KIM, msgspec.structs.replace(ASKS, persons=2), None, key="one")
        with place.hub(start=MONDAY + PROMISED + 31 * DAY, fresh_within=30) as hub:
            hub.scheduler.run_now()
            with pytest.raises(ReceiptGone):
                sent(hub, KIM, ASKS, None, key="one")
