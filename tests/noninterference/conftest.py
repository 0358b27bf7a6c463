"""The histories without an edit, played once for all edits that the same observers may know of."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
import pytest

from tests.noninterference.edits import EDITS
from tests.noninterference.pairs import NO_EDIT, Edit, Half, play

GROUPS: dict[frozenset[str], int] = {}
for _edit in EDITS:
    GROUPS.setdefault(frozenset(_edit.visible), len(GROUPS))


class Bases:
    """By who may know of the edit (they look last, and send no command), and by how much is tried."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._played: dict[tuple[frozenset[str], bool], Half] = {}

    def of(self, edit: Edit, *, thorough: bool = False) -> Half:
        """The other half for that edit."""
        group = frozenset(edit.visible), thorough
        if group not in self._played:
            plain = msgspec.structs.replace(NO_EDIT, visible=edit.visible)
            self._played[group] = play(
                self._folder, f"base-{len(self._played)}", plain, turn=turn_of(edit, thorough), thorough=thorough
            )
        return self._played[group]


def turn_of(edit: Edit, thorough: bool) -> int | None:
    """In which of its ways each command is sent: all, where it is thorough."""
    return None if thorough else GROUPS[frozenset(edit.visible)]


IN_MEMORY: Final = Path("/dev/shm")
"""Where there is such a folder, the hubs are kept there: what a disk keeps is tested elsewhere, and takes its time."""


def _folder() -> str | None:
    return str(IN_MEMORY) if IN_MEMORY.is_dir() else None


@pytest.fixture(scope="session")
def bases() -> Iterator[Bases]:
    with TemporaryDirectory(dir=_folder()) as folder:
        yield Bases(Path(folder))


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    with TemporaryDirectory(dir=_folder()) as folder:
        yield Path(folder)
