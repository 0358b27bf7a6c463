"""Where the log ends: known from the last commit by who is alone with the folder, read by everyone else."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.store.application import CoordinationLog
from adapters.store.verification import verify
from domain.errors import NotRecorded
from tests.adapters.stores import sqlite
from tests.adapters.support import ENTROPY, Hub, one


@pytest.fixture
def alone(hub: Hub) -> Iterator[CoordinationLog]:
    path = hub.data / "alone.db"
    log = CoordinationLog(path, hub.vault, hub.clock, ENTROPY, alone=True)
    yield log
    log.close()


def as_stored(path: Path) -> tuple[int, bytes]:
    connection = sqlite3.connect(path)
    last: tuple[int, bytes] = connection.execute("SELECT max(position), chain FROM records").fetchone()
    connection.close()
    return last


def test_who_is_alone_knows_the_end_from_the_last_commit(
    alone: CoordinationLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone.append([one(ENTROPY.ref(), 1), one(ENTROPY.ref(), 1)])
    monkeypatch.setattr(alone.rows, "_ask", None)
    assert alone.rows.end()[:2] == as_stored(sqlite(alone).path)
    alone.append([one(ENTROPY.ref(), 1)])
    assert alone.last() == 3
    assert alone.rows.end()[:2] == as_stored(sqlite(alone).path)


def test_what_failed_or_was_undone_moves_no_end(alone: CoordinationLog) -> None:
    alone.append([one(ENTROPY.ref(), 1)])
    before = alone.rows.end()

    def fails() -> None:
        with alone.exclusive():
            alone.append([one(ENTROPY.ref(), 1)])
            assert alone.rows.end() == before
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fails()
    assert alone.rows.end() == before
    sqlite(alone)._writer.set_authorizer(lambda action, *_: action == sqlite3.SQLITE_INSERT)
    with pytest.raises(NotRecorded):
        alone.append([one(ENTROPY.ref(), 1)])
    sqlite(alone)._writer.set_authorizer(None)
    assert alone.rows.end() == before

    with alone.exclusive():
        for _ in range(2):
            alone.append([one(ENTROPY.ref(), 1)])
    assert alone.last() == 3
    assert list(verify(alone))


def test_who_is_not_alone_reads_what_another_appended(hub: Hub) -> None:
    path = hub.data / "shared.db"
    logs = [CoordinationLog(path, hub.vault, hub.clock, ENTROPY) for _ in range(2)]
    for expected, log in enumerate([*logs, *logs], 1):
        log.append([one(ENTROPY.ref(), 1)])
        assert [other.last() for other in logs] == [expected, expected]
    assert list(verify(logs[0]))
    for log in logs:
        log.close()
