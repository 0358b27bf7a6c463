"""`samrad project` does not live on as if all were well when what keeps the views up has died."""

import threading

import pytest

from domain.errors import SamradError
from hub_api.runtime.servers import project as projecting
from hub_api.runtime.servers.settings import Production
from projections.worker import Worker


class Dies(Worker):
    """A worker whose thread dies as soon as it begins."""

    def __init__(self) -> None:
        super().__init__([])

    def start(self, died: object = None) -> None:
        assert callable(died)
        self.died = RuntimeError("nobody foresaw it")
        died()


def test_a_projection_whose_thread_has_died_ends_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projecting, "_worker", lambda *_: Dies())
    with pytest.raises(SamradError, match="died of RuntimeError"):
        projecting.project(Production(), ("acts",), threading.Event())
