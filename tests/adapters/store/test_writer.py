"""The writing thread: groups of what has gathered, one verdict each, an orderly end."""

import asyncio
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from adapters.store.application import CoordinationLog
from adapters.store.looks import Looks
from adapters.store.record import Prepared
from adapters.store.verification import verify
from adapters.store.writer import Writer
from domain.access import Looked
from domain.errors import NotRecorded
from domain.ports import Append, Conflict, Draft, Recorded, Verdict
from domain.vocabulary import Kind
from tests.adapters.stores import beside, every_store, unwritable
from tests.adapters.support import ENTROPY, Hub, act, one, principal

LOOK = Looked(what="case", position=1)


@every_store
def test_commands_that_gather_are_committed_together_with_a_verdict_each(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups: list[int] = []
    append = hub.log.append_prepared

    def counted(group: Sequence[Prepared]) -> list[Verdict]:
        groups.append(len(group))
        return append(group)

    monkeypatch.setattr(hub.log, "append_prepared", counted)
    writer = Writer(hub.log)
    held, case = threading.Event(), ENTROPY.ref()
    writer.call(lambda _: held.wait(10))
    futures = [writer.submit(one(case, version)) for version in (1, 2, 2, 3)]
    held.set()

    assert [type(future.result(10)) for future in futures] == [Recorded, Recorded, Conflict, Recorded]
    assert groups == [4]
    writer.stop()


def test_the_last_attempt_reads_and_appends_under_the_append_lock(hub: Hub) -> None:
    writer, case = Writer(hub.log), ENTROPY.ref()
    writer.submit(one(case, 1)).result(10)

    def last_attempt(log: CoordinationLog) -> Verdict:
        version = len(log.snapshot().stream(case)) + 1
        competing = sqlite3.connect(hub.data / "acts.db", timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            competing.execute("BEGIN IMMEDIATE")
        competing.close()
        return log.append([one(case, version)])[0]

    assert isinstance(writer.call(last_attempt).result(10), Recorded)
    assert [fact.version for fact in hub.log.read(0, 5)] == [1, 2]
    writer.stop()


@every_store
def test_what_a_failing_function_appended_does_not_stand(hub: Hub) -> None:
    writer = Writer(hub.log)

    def fails(log: CoordinationLog) -> None:
        log.append([one(ENTROPY.ref(), 1)])
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        writer.call(fails).result(10)
    assert hub.log.last() == 0
    assert isinstance(writer.append_now(one(ENTROPY.ref(), 1)), Recorded)
    assert list(verify(hub.log))
    writer.stop()


@every_store
def test_when_one_append_under_the_lock_fails_none_of_them_stands(hub: Hub) -> None:
    stored = StoredEvent(ENTROPY.ref().uuid, 1, "other", b"state")

    def goes_on(log: CoordinationLog) -> None:
        log.append([one(ENTROPY.ref(), 1)])
        with pytest.raises(IntegrityError):
            log.rows.insert_events([stored, stored])

    with pytest.raises(NotRecorded, match="none of them stands"):
        Writer(hub.log).call(goes_on).result(10)
    assert hub.log.last() == 0


@every_store
def test_stopping_finishes_what_was_accepted_and_takes_no_more(hub: Hub) -> None:
    writer, case = Writer(hub.log), ENTROPY.ref()
    futures = [writer.submit(one(case, version)) for version in range(1, 51)]
    writer.stop()
    writer.stop()

    assert all(isinstance(future.result(0), Recorded) for future in futures)
    with pytest.raises(NotRecorded, match="being closed"):
        writer.submit(one(case, 51))
    with pytest.raises(NotRecorded, match="being closed"):
        writer.call(lambda log: log.last())


@every_store
def test_a_failed_group_fails_its_own_commands_and_the_next_one_goes_through(hub: Hub) -> None:
    writer, case = Writer(hub.log), ENTROPY.ref()
    hub.log.append([one(case, 1)])
    with unwritable(hub.log), pytest.raises(NotRecorded, match=f"{hub.log.rows.name} could not be written"):
        writer.submit(one(case, 2)).result(10)
    assert isinstance(writer.submit(one(case, 2)).result(10), Recorded)
    writer.stop()


@pytest.fixture
def looks(hub: Hub) -> Looks:
    return Looks(CoordinationLog(beside(hub), hub.vault, hub.clock, ENTROPY, hub.mark), hub.clock, ENTROPY)


@every_store
def test_looks_are_on_a_log_of_their_own_in_one_stream_of_this_process(hub: Hub, looks: Looks) -> None:
    async def many() -> None:
        await asyncio.gather(*(looks.write(principal(), LOOK) for _ in range(20)))

    asyncio.run(many())
    looks.write_now(act(), LOOK)

    facts = looks.log.read(0, 100)
    assert [fact.version for fact in facts] == list(range(1, 22))
    assert len({fact.stream for fact in facts}) == 1
    assert {fact.event for fact in facts} == {LOOK}
    assert list(verify(looks.log))
    assert hub.log.last() == 0
    looks.stop()
    looks.log.close()


@every_store
def test_a_look_that_cannot_be_written_is_an_error_and_the_next_one_is_written(looks: Looks) -> None:
    looks.write_now(principal(), LOOK)
    for _ in range(2):
        with unwritable(looks.log), pytest.raises(NotRecorded):
            asyncio.run(looks.write(principal(), LOOK))
    looks.write_now(principal(), LOOK)

    facts = looks.log.read(0, 10)
    assert [fact.version for fact in facts] == [1, 1]
    looks.stop()
    looks.log.close()


@every_store
def test_a_look_whose_version_was_taken_goes_to_a_new_stream(looks: Looks) -> None:
    looks.write_now(principal(), LOOK)
    taken = looks.log.read(0, 1)[0].stream
    looks.log.append([Append((Draft(taken, Kind.ACCESS, 2, act(), LOOK),))])

    looks.write_now(principal(), LOOK)

    assert looks.log.read(2, 1)[0].stream != taken
    looks.stop()
    looks.log.close()


def test_a_mark_that_cannot_be_read_is_one_clear_error(tmp_path: Path) -> None:
    Hub(tmp_path).close()
    (tmp_path / "data.keys" / "high-water.json").write_text("[]")
    with pytest.raises(Exception, match=r"high-water\.json is not a file of high-water marks"):
        Hub(tmp_path)


def test_a_mark_that_cannot_be_written_fails_no_append(tmp_path: Path) -> None:
    with Hub(tmp_path) as hub:
        shut = hub.keys.rename(tmp_path / "elsewhere")
        assert isinstance(hub.log.append([one(ENTROPY.ref(), 1)])[0], Recorded)
        shut.rename(hub.keys)
    Hub(tmp_path).close()
