"""A hub of the demo's county, and a case in it, for whoever asks for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_api.runtime.hub import Hub
from tests.hub_api.stand import Girl, agreed


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    hub = agreed(tmp_path)
    yield hub
    hub.close()


@pytest.fixture
def girl(hub: Hub) -> Girl:
    return Girl(hub)
