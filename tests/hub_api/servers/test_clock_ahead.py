"""On servers too, a store that is days ahead of the machine's clock is told, and served only if somebody says so."""

from functools import partial
from pathlib import Path

import pytest

from adapters.postgresql.roles import APPEND
from adapters.system import SystemClock
from adapters.telemetry import UNWATCHED
from domain.errors import StoreAhead, StoreBehind
from hub_api.runtime.clocks import DAY
from hub_api.runtime.servers.opening import MARKS, in_turn, my_turn, opened
from hub_api.runtime.servers.status import look
from tests.hub_api.servers.servers import Place


def test_a_store_that_is_days_ahead_is_refused_told_and_served_when_that_is_accepted(place: Place) -> None:
    with place.hub(start=SystemClock().now() + 243 * DAY) as hub:
        assert hub.log.last()
    settings = place.settings(APPEND)
    serving = partial(in_turn, settings, "this test", UNWATCHED)
    with my_turn(settings, "this test") as lease:
        with pytest.raises(StoreAhead, match=r"24[23] days before it"), serving(lease):
            pass
        with serving(lease, accept_clock=True) as hub:
            assert hub.log.last()
    wrong = look(place.settings(APPEND, keys=place.keys)).wrong
    assert [each for each in wrong if each.startswith("the last record of acts is dated 2")]


def test_what_loads_is_refused_and_what_only_reads_is_not(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with place.hub(start=SystemClock().now() + 243 * DAY) as hub:
        assert hub.log.last()
    for name, value in place.environment(APPEND).items():
        if name.startswith("SAMRAD_"):
            monkeypatch.setenv(name, value)
    with pytest.raises(StoreAhead), opened("`samrad load`", writes=True):
        pass
    with opened("`samrad replay`", writes=False) as hub:
        assert hub.log.last()


def test_the_witness_sees_an_older_store_that_comes_with_older_keys(place: Place, tmp_path: Path) -> None:
    witness = tmp_path / "witness.json"
    with place.hub(witness=witness) as hub:
        assert hub.log.last()
    seen = witness.read_text()
    (place.keys / MARKS).unlink()  # as with the keys of the very first day
    witness.write_text(seen.replace('"position": ', '"position": 1'))
    with place.hub():
        pass
    with pytest.raises(StoreBehind, match="as its witness has seen"), place.hub(witness=witness):
        pass
