"""What one turn of an event loop decides is appended and answered as one group."""

import asyncio
from collections.abc import Sequence

import pytest

from adapters.store.loop_groups import Turns
from adapters.store.record import Prepared
from adapters.store.writer import Writer
from domain.errors import NotRecorded
from domain.ports import Append, Conflict, Recorded, Verdict
from tests.adapters.stores import every_store, unwritable
from tests.adapters.support import ENTROPY, Hub, one


@pytest.fixture
def groups(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The size of each group that is appended."""
    sizes: list[int] = []
    append = hub.log.append_prepared

    def counted(group: Sequence[Prepared]) -> list[Verdict]:
        sizes.append(len(group))
        return append(group)

    monkeypatch.setattr(hub.log, "append_prepared", counted)
    return sizes


def nobody(verdict: Verdict) -> None:
    """Nobody is told first."""


@every_store
def test_callers_that_go_on_together_share_each_commit(hub: Hub, groups: list[int]) -> None:
    turns = Turns(Writer(hub.log))

    async def caller() -> None:
        case = ENTROPY.ref()
        for version in (1, 2, 3):
            assert isinstance(await turns.append(one(case, version), nobody), Recorded)

    async def everyone() -> None:
        await asyncio.gather(*(caller() for _ in range(20)))

    for _ in range(2):  # another loop is another turn
        asyncio.run(everyone())
    assert groups == [20] * 6


@every_store
def test_each_of_a_group_has_a_verdict_of_its_own_and_is_noted_first(hub: Hub) -> None:
    turns, case = Turns(Writer(hub.log)), ENTROPY.ref()
    noted: list[type] = []
    answered: list[type] = []

    async def caller(append: Append) -> None:
        verdict = await turns.append(append, lambda told: noted.append(type(told)))
        assert len(noted) == 3
        answered.append(type(verdict))

    async def everyone() -> None:
        await asyncio.gather(*(caller(one(case, version)) for version in (1, 1, 2)))

    asyncio.run(everyone())
    assert answered == noted == [Recorded, Conflict, Recorded]


@every_store
def test_who_goes_away_takes_no_other_with_them_and_what_was_handed_over_stands(hub: Hub) -> None:
    turns, noted = Turns(Writer(hub.log)), list[Verdict]()

    async def everyone() -> None:
        going, staying = (asyncio.create_task(turns.append(one(ENTROPY.ref(), 1), noted.append)) for _ in range(2))
        await asyncio.sleep(0)
        going.cancel()
        assert isinstance(await staying, Recorded)
        assert going.cancelled()

    asyncio.run(everyone())
    assert [type(verdict) for verdict in noted] == [Recorded, Recorded]
    assert hub.log.last() == 2


@every_store
def test_a_group_that_cannot_be_written_is_an_error_for_each_and_noted_by_nobody(hub: Hub) -> None:
    writer = Writer(hub.log)
    turns, noted = Turns(writer), list[Verdict]()

    async def everyone() -> list[Verdict | BaseException]:
        appends = (turns.append(one(ENTROPY.ref(), 1), noted.append) for _ in range(3))
        return await asyncio.gather(*appends, return_exceptions=True)

    with unwritable(hub.log):
        assert [type(came) for came in asyncio.run(everyone())] == [NotRecorded] * 3
    writer.stop()
    assert [type(came) for came in asyncio.run(everyone())] == [NotRecorded] * 3
    assert noted == []
    assert hub.log.last() == 0
