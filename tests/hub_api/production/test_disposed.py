"""Who makes views finds what was disposed of by the records themselves, since its role reads no mark of it."""

import pytest

from adapters.postgresql.roles import PROJECT
from domain.consultation import commands as consultation
from domain.errors import Unreadable
from domain.vocabulary import Outcome
from hub_api.demo.county import agreement
from hub_api.production.projecting import opened_log, rebuild_all
from tests.hub_api.production.servers import Place, until
from tests.hub_api.stand import ASKS, KIM, NOW, ULLA, sent


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
