"""The hub on PostgreSQL and Kafka: the same commands and looks as ever, through four processes' work."""

import time
from pathlib import Path

import pytest

from adapters.kafka.access import BrokerUser
from adapters.postgresql.roles import APPEND, PROJECT, RELAY
from adapters.system import SystemEntropy
from adapters.vault.master_keys import MasterKeys
from domain.errors import NotRecorded, SamradError
from hub_api.access.freshness import Readiness
from hub_api.runtime.hub import Hub
from hub_api.runtime.servers.status import look
from hub_api.runtime.settings import Settings
from hub_demo.consultations import monday, tuesday
from hub_demo.county import agreement
from hub_demo.story import Cast, Story, moment
from hub_demo.week import SEED, START
from hub_demo.week import ULLA as WEEK_ULLA
from projections.catalogue import ACTS, LOOKS
from projections.errors import ViewsUnusable
from projections.rebuild import compare
from tests.hub_api.servers.servers import Place, until
from tests.hub_api.stand import ANNA, NOW, PIA, SARA, ULLA, Girl, disclosed


def test_what_is_done_is_recorded_carried_projected_listed_and_proved(place: Place) -> None:
    with place.relaying(), place.projecting(), place.hub(fresh_within=30) as hub:
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
        girl = Girl(hub)
        disclosed(hub, girl, PIA)
        until(lambda: hub.parts.ready() is Readiness.READY)
        assert hub.follower.catch_up()  # a list waits for what its own unit did, and for nobody else
        for who in (ANNA, SARA, PIA):
            (case,) = hub.gateway.page_now(who, "cases", what="cases").items
            assert case.stream == girl.case
        assert hub.follower.catch_up()
        status = look(place.settings(APPEND, BrokerUser.AUDITOR))
        assert status.wrong == []
        for role in (RELAY, PROJECT):  # who may not append cannot try, and does not say that the store is full
            assert not [said for said in look(place.settings(role, BrokerUser.AUDITOR)).wrong if "records" in said]
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
        until(lambda: hub.parts.ready() is Readiness.READY)
        assert hub.follower.catch_up()
    views = place.databases["views"]
    with place.hub(fresh_within=0) as hub:
        place.postgres.ask("UPDATE shape SET shape = 'earlier' WHERE name = 'acts'", views)
        until(lambda: hub.parts.ready() is Readiness.BEHIND)
        with pytest.raises(ViewsUnusable):
            hub.gateway.page_now(SARA, "cases", what="cases")
        wrong = look(place.settings(APPEND, BrokerUser.AUDITOR)).wrong
        assert "another version of this program made the views: start this one's `samrad project`" in wrong
        with place.relaying(), place.projecting():
            until(lambda: hub.parts.ready() is Readiness.READY)
        (case,) = hub.gateway.page_now(SARA, "cases", what="cases").items
        assert case.stream == girl.case


def test_f_while_nobody_keeps_the_views_all_lists_are_behind_alike_and_at_once(place: Place) -> None:
    """Whether or not something hidden was recorded meanwhile: who did not record it waits for nothing."""
    with place.relaying(), place.hub(fresh_within=30) as hub:
        with place.projecting():
            hub.commander.handle_now(ULLA, agreement(), None, NOW)
            girl = Girl(hub)
            until(lambda: hub.parts.ready() is Readiness.READY)
        until(lambda: hub.parts.ready() is Readiness.BEHIND)
        for _ in range(2):
            begun = time.monotonic()
            assert not hub.follower.fresh_for(hub.core.own.last(PIA.unit))
            assert time.monotonic() - begun < 0.5
            assert hub.gateway.page_now(PIA, "cases", what="cases").items == ()
            disclosed(hub, girl, PIA)  # hidden from the views, since nobody takes it


def test_a_store_that_takes_no_records_is_told_by_readiness_and_status(place: Place) -> None:
    with place.hub(fresh_within=0) as hub:
        until(lambda: hub.parts.ready() is not Readiness.NOT_READY)
        last = hub.looks_log.last()
        place.postgres.ask(
            "ALTER TABLE looks.records ADD CONSTRAINT full_disk CHECK (false) NOT VALID", place.databases["store"]
        )
        with pytest.raises(NotRecorded):  # a look that cannot be on the trail
            hub.gateway.directory_now(ULLA)
        until(lambda: hub.parts.ready() is Readiness.NOT_READY)
        assert "the store takes no records: is its disk full?" in look(place.settings(APPEND)).wrong
        place.postgres.ask("ALTER TABLE looks.records DROP CONSTRAINT full_disk", place.databases["store"])
        until(lambda: hub.parts.ready() is not Readiness.NOT_READY)
        assert "the store takes no records: is its disk full?" not in look(place.settings(APPEND)).wrong
        assert hub.looks_log.last() == last
