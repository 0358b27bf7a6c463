"""A log is proved while it is in use: up to where it ended when the proof began."""

from collections.abc import Callable

import pytest

from adapters.store import spilled
from adapters.store.verification import Checked, verify
from tests.adapters.stores import every_store
from tests.adapters.support import ENTROPY, Hub, one


@pytest.fixture(autouse=True, params=[1, spilled.MOST_AT_HAND], ids=["spilled", "at hand"])
def at_hand(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a log of many streams, and as with one of few."""
    monkeypatch.setattr(spilled, "MOST_AT_HAND", request.param)


@every_store
@pytest.mark.parametrize("question", ["rows", "columns"])
def test_what_is_recorded_while_a_log_is_proved_is_left_to_the_next_proof(
    hub: Hub, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.log.append([one(ENTROPY.ref(), 1), one(ENTROPY.ref(), 1)])
    asked: Callable[[int, int], object] = getattr(hub.log.rows, question)

    def recorded_meanwhile(after: int, limit: int) -> object:
        hub.log.append([one(ENTROPY.ref(), 1)])
        return asked(after, limit)

    monkeypatch.setattr(hub.log.rows, question, recorded_meanwhile)
    assert list(verify(hub.log)) == [Checked(position=2, last=2, disposed=0)]
