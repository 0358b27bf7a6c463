"""Records that were read lately are kept open; that changes nothing of what is found, nor outlives a key."""

import pytest

from adapters.store import mapper, recent
from domain.case.events import Disposed, Opened, PersonAdded
from domain.errors import Tampered
from domain.event import Gone
from domain.vocabulary import Kind, Ref
from tests.adapters.stores import sqlite
from tests.adapters.support import ENTROPY, Hub, behind_the_back, one, person


def kept(hub: Hub) -> int:
    """How many records the log's mapper keeps open."""
    return len(hub.log._facts._recent)


def read(hub: Hub, stream: Ref) -> list[type]:
    return [type(fact.event) for fact in hub.log.snapshot().stream(stream)]


def test_a_record_that_was_read_is_not_opened_again(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    case = ENTROPY.ref()
    hub.log.append([one(case, 1), one(case, 2, person())])
    first = hub.log.snapshot().stream(case)
    monkeypatch.setattr(mapper, "open_part", None)
    again = hub.log.snapshot().stream(case)
    assert [one is other for one, other in zip(first, again, strict=True)] == [True, True]
    assert all(not fact.shown for fact in again)


def test_a_byte_that_changed_since_it_was_read_is_found(hub: Hub) -> None:
    case = ENTROPY.ref()
    hub.log.append([one(case, 1)])
    assert read(hub, case) == [Opened]
    frame = bytearray(hub.log.rows.rows(0, 1)[0].frame)
    frame[-1] ^= 1
    behind_the_back(sqlite(hub.log).path, ("UPDATE records SET frame = ?", (bytes(frame),)))
    with pytest.raises(Tampered):
        read(hub, case)


@pytest.mark.parametrize("column", ["stream = randomblob(16)", "version = 7", "position = 9"])
def test_a_row_that_was_moved_since_it_was_read_is_found(hub: Hub, column: str) -> None:
    case = ENTROPY.ref()
    hub.log.append([one(case, 1)])
    assert read(hub, case) == [Opened]
    behind_the_back(sqlite(hub.log).path, (f"UPDATE records SET {column}", ()))
    row = hub.log.rows.rows(0, 1)[0]
    with pytest.raises(Tampered):
        hub.log._facts.to_fact_again(row.position, row.stream, row.version, row.frame)


def test_what_was_read_before_its_disposal_is_gone_after_it_and_kept_nowhere(hub: Hub) -> None:
    case = ENTROPY.ref()
    hub.log.append([one(case, 1), one(case, 2, person())])
    assert read(hub, case) == [Opened, PersonAdded]
    keys = tuple(key.id for key in hub.vault.keys_of(case))
    hub.log.append([one(case, 3, Disposed(keys=keys, whole=True))])
    hub.vault.delete(keys)

    assert read(hub, case) == [Gone, Gone, Disposed]
    hub.log.read(0, 10)
    assert kept(hub) == 0


def test_a_key_that_is_retired_opens_nothing_that_is_kept(hub: Hub) -> None:
    case = ENTROPY.ref()
    hub.log.append([one(case, 1), one(case, 2, person())])
    keys = tuple(key.id for key in hub.vault.keys_of(case))
    hub.log.append([one(case, 3, Disposed(keys=keys, whole=True))])
    rows = hub.log.rows.rows(0, 2)
    again = hub.log._facts.to_fact_again
    before = [again(row.position, row.stream, row.version, row.frame) for row in rows]
    hub.vault.delete(keys)
    after = [again(row.position, row.stream, row.version, row.frame) for row in rows]
    assert [type(fact.event) for fact in before] == [Opened, PersonAdded]
    assert [type(fact.event) for fact in after] == [Gone, Gone]


def test_no_more_is_kept_than_the_limits_say(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    case = ENTROPY.ref()
    hub.log.append([one(case, version) for version in range(1, 6)])
    monkeypatch.setattr(recent, "MOST_KEPT", sum(len(row.frame) for row in hub.log.rows.rows(3, 2)))
    read(hub, case)
    assert kept(hub) == 2
    hub.log._facts.forget()
    read(hub, case)  # what is forgotten counts no more
    assert kept(hub) == 2
    monkeypatch.setattr(recent, "LARGEST_KEPT", 0)
    hub.log._facts.forget()
    read(hub, case)
    assert kept(hub) == 0


def test_of_kinds_that_nobody_asked_for_it_is_seen_only_that_they_are_there(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.log.append([one(ENTROPY.ref(), 1)])
    opened: list[int] = []
    monkeypatch.setattr(hub.log, "fact", lambda row: opened.append(row.position))
    assert hub.log.read(0, 10, frozenset({Kind.AGREEMENT})) == []
    assert opened == []
    hub.log.read(0, 10, frozenset({Kind.CASE}))
    assert opened == [1]


def test_a_gap_among_the_kinds_that_nobody_asked_for_is_found(hub: Hub) -> None:
    hub.log.append([one(ENTROPY.ref(), 1), one(ENTROPY.ref(), 1)])
    behind_the_back(sqlite(hub.log).path, ("DELETE FROM records WHERE position = 1", ()))
    with pytest.raises(Tampered, match="position 1 is missing"):
        hub.log.read(0, 10, frozenset({Kind.AGREEMENT}))
