"""The hub on PostgreSQL and Kafka: the same commands and looks as ever, through four processes' work."""

from adapters.kafka.access import BrokerUser
from adapters.postgresql.roles import APPEND
from hub_api.demo.county import agreement
from hub_api.production.status import look
from tests.hub_api.production.servers import Place
from tests.hub_api.stand import ANNA, NOW, PIA, SARA, ULLA, Girl, disclosed


def test_what_is_done_is_recorded_carried_projected_listed_and_proved(place: Place) -> None:
    with place.relaying(), place.projecting(), place.hub(fresh_within=30) as hub:
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
        girl = Girl(hub)
        disclosed(hub, girl, PIA)
        for who in (ANNA, SARA, PIA):
            (case,) = hub.gateway.page_now(who, "cases", what="cases").items
            assert case.stream == girl.case
        assert hub.follower.catch_up()
        status = look(place.settings(APPEND, BrokerUser.AUDITOR))
        assert status.wrong == []
        assert set(status.running.values()) == {True}
        assert {log.waiting for log in status.logs.values()} == {0}
        assert {log.lagging for log in status.logs.values()} == {0}
