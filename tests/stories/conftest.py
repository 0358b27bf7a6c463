"""The county in which each story happens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.county import County, county


@pytest.fixture
def here(tmp_path: Path) -> Iterator[County]:
    with county(tmp_path) as told:
        yield told
