"""Two who write at once, and a clock that is set back: one order, one writer, and time that only goes on."""

import pytest

from domain.case.commands import Open
from domain.errors import NotRecorded
from hub_api.runtime.hub import Hub
from hub_demo.county import COORDINATION, agreement
from tests.hub_api.servers.servers import Place
from tests.hub_api.stand import DAY, MONDAY, NOW, SARA, ULLA


def opens(hub: Hub) -> None:
    hub.commander.handle_now(SARA, Open(coordinator=COORDINATION), None, NOW)


def test_invariant_2_who_has_lost_the_turn_without_hearing_of_it_records_nothing(place: Place) -> None:
    with place.hub(start=None, fresh_within=0) as first:
        first.commander.handle_now(ULLA, agreement(), None, NOW)
        opens(first)
        cut_off = (
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = '{}' AND application_name LIKE 'samrad lease serve %'"
        )
        place.postgres.ask(cut_off.format(place.databases["store"]))
        with place.hub(start=None, fresh_within=0) as second:
            opens(second)
            with pytest.raises(NotRecorded, match="another process has the turn"):
                opens(first)
            opens(second)
            opened = [fact for fact in second.log.read(0, 1000) if fact.event.name == "case.opened"]
            assert len(opened) == 3
    assert place.agrees()


def test_committed_time_never_goes_back_though_the_clock_is_set_back(place: Place) -> None:
    with place.hub(start=MONDAY, fresh_within=0) as hub:
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
        opens(hub)
        before = hub.log.last_committed()
    with place.hub(start=MONDAY - 3 * DAY, fresh_within=0) as hub:
        opens(hub)
        assert hub.core.now() >= before
        facts = hub.log.read(0, 1000)
        times = [fact.committed for fact in facts]
        assert times == sorted(times)
        assert facts[-1].act.now >= before
    assert place.agrees()
