"""A hub in a folder of its own for every test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.support import Hub


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with Hub(tmp_path) as hub:
        yield hub
