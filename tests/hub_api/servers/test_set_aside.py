"""On servers, too, a value that no view can hold stops nobody: lists are fresh, and the operator is told."""

import pytest

from adapters.kafka.access import BrokerUser
from adapters.postgresql.roles import APPEND, PROJECT
from hub_api.access.freshness import Readiness
from hub_api.runtime.servers.project import rebuild_all
from hub_api.runtime.servers.status import look
from hub_demo.county import agreement
from projections.catalogue import ACTS, LOOKS
from projections.set_aside import set_aside
from tests.hub_api.runtime.test_set_aside import Wrong, answered, assert_everything_answers
from tests.hub_api.servers.servers import Place, until
from tests.hub_api.stand import DAY, NOW, PIA, SARA, TOMORROW, ULLA, Girl, later, let_in

NAMED = [("requested", "OverflowError"), ("tasks", "NumberOutOfRange")]


def test_such_a_value_freezes_no_list_and_is_named_to_the_operator_alone(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    with place.relaying(), place.hub(fresh_within=30) as hub:
        with place.projecting():
            hub.commander.handle_now(ULLA, agreement(), None, NOW)
            girl = Girl(hub)
            let_in(hub, girl, PIA, last=TOMORROW)
            wrong = Wrong(hub)
            assert hub.follower.catch_up()
            assert hub.parts.ready() is Readiness.READY
            assert_everything_answers(hub, wrong.streams)
            (response,) = answered(hub, "socialsekreterare-sara-exempel", "/v1/tasks")
            assert "samrad-views" not in response.headers
            found = set_aside(hub.views, (ACTS, LOOKS))
            assert [(each.view, each.error) for each in found["acts"]] == NAMED
            status = look(place.settings(APPEND, BrokerUser.AUDITOR))
            assert status.wrong == [each.says("acts") for each in found["acts"]]
            assert status.logs["acts"].set_aside == found["acts"]
            assert status.as_data()["logs"]["acts"]["set_aside"][0]["view"] == "requested"
            later(hub, 3 * DAY)  # no expiry waits for it
            hub.scheduler.run_now()
            assert hub.log.snapshot().stream(girl.case)[-1].event.name == "case.expired"
        caplog.clear()
        made, aside = rebuild_all(place.settings(PROJECT), lambda *_: None)
        assert (made["acts"], aside) == (hub.log.last(), found)
        place.postgres.ask("UPDATE shape SET shape = 'earlier'", place.databases["views"])
        with place.projecting():  # as after an upgrade from a version that stood still before it
            until(lambda: ACTS.made(hub.views) and LOOKS.made(hub.views))
            Girl(hub)
            assert hub.follower.catch_up()
            assert set_aside(hub.views, (ACTS, LOOKS)) == found
            assert len(hub.gateway.page_now(SARA, "cases", what="cases").items) == 2
            until(place.carried)
            assert place.verified() == {"acts": 0, "looks": 0}
    assert "UnusableValue: in tasks the act at position" in caplog.text
