"""The hub on PostgreSQL and Kafka: the same commands and looks as ever, through four processes' work."""

from pathlib import Path

import pytest

from adapters.kafka.access import BrokerUser
from adapters.master import MasterKeys
from adapters.postgresql.roles import APPEND
from adapters.system import SystemEntropy
from domain.errors import SamradError
from hub_api.demo.consultations import monday, tuesday
from hub_api.demo.county import agreement
from hub_api.demo.story import Cast, Story, moment
from hub_api.demo.week import SEED, START
from hub_api.demo.week import ULLA as WEEK_ULLA
from hub_api.freshness import Readiness
from hub_api.hub import Hub
from hub_api.production.status import look
from hub_api.settings import Settings
from projections.errors import ViewsUnusable
from projections.rebuild import compare
from projections.sets import ACTS, LOOKS
from tests.hub_api.production.servers import Place, until
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


def told(hub: Hub) -> None:
    """Two days of the demo's week, and somebody who looks."""
    story, cast = Story(hub), Cast()
    story.does(WEEK_ULLA, agreement())
    story.tell(chapter(story, cast) for chapter in (monday, tuesday))
    hub.gateway.page_now(ANNA, "consultations", what="consultations")


def test_the_same_seed_gives_the_same_rows_on_servers_as_in_a_folder(place: Place, tmp_path: Path) -> None:
    embedded = Settings(data=tmp_path / "data", keys=tmp_path / "embedded", seed=SEED, start=moment(START))
    MasterKeys.create(embedded.keys / "master.json", embedded.data, SystemEntropy())
    here = Hub.open(embedded)
    try:
        told(here)
        with (
            place.relaying(),
            place.projecting(),
            place.hub(fresh_within=30, seed=SEED, start=moment(START)) as there,
        ):
            told(there)
            assert here.follower.catch_up()
            assert there.follower.catch_up()
            for view_set in (ACTS, LOOKS):
                with here.views.living(view_set) as left, there.views.living(view_set) as right:
                    assert compare(view_set, left, right) is None
                    assert left.position == right.position > 0
    finally:
        here.close()


def test_a_hub_on_servers_is_seeded_once(place: Place) -> None:
    with place.hub(fresh_within=0, seed=SEED, start=moment(START)):
        pass
    with pytest.raises(SamradError, match="seeded once"), place.hub(seed=SEED, start=moment(START)):
        pass


def test_views_that_another_version_made_are_told_and_made_anew(place: Place) -> None:
    with place.relaying(), place.projecting(), place.hub(fresh_within=30) as hub:
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
        girl = Girl(hub)
        assert hub.parts.ready() is Readiness.READY
        assert hub.follower.catch_up()
    views = place.databases["views"]
    with place.hub(fresh_within=0) as hub:
        assert hub.parts.ready() is Readiness.READY
        place.postgres.ask("UPDATE shape SET shape = 'earlier' WHERE name = 'acts'", views)
        assert hub.parts.ready() is Readiness.BEHIND
        with pytest.raises(ViewsUnusable):
            hub.gateway.page_now(SARA, "cases", what="cases")
        wrong = look(place.settings(APPEND, BrokerUser.AUDITOR)).wrong
        assert "another version of this program made the views: start this one's `samrad project`" in wrong
        with place.projecting():
            until(lambda: hub.parts.ready() is Readiness.READY)
        (case,) = hub.gateway.page_now(SARA, "cases", what="cases").items
        assert case.stream == girl.case
