"""One serving process has the turn; the others stand by, and none goes on without it."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Thread
from typing import cast

import pytest
from starlette.types import ASGIApp

from adapters.postgresql.connect import Away
from domain.errors import NotRecorded, SamradError, StoreBehind, Unreadable
from hub_api.http.standby import Door
from hub_api.runtime.hub import Hub
from hub_api.runtime.servers import turn_keeper as keeper
from hub_api.runtime.servers.turn_keeper import Keeper, NotMyTurn


class World:
    """Who has the turn, and what stands in the way of opening the hub."""

    def __init__(self) -> None:
        self.mine = True
        self.in_the_way: SamradError | None = None
        self.open = 0
        self.opened = 0
        self.most = 0
        self.door = Door()
        self.keeper = Keeper(self.door, self.take, self.hub, lambda _: cast(ASGIApp, object()))
        self.told: list[str] = []
        self.thread = Thread(target=self.keeper.run, args=(lambda: self.told.append("failed"),))

    @contextmanager
    def take(self) -> Iterator["World"]:
        if not self.mine:
            raise NotMyTurn("another has it")
        yield self

    def fresh(self) -> bool:
        """This one is never paused."""
        return True

    def held(self) -> bool:
        return self.mine

    @contextmanager
    def hub(self, turn: "World") -> Iterator[Hub]:
        assert turn is self
        if self.in_the_way is not None:
            raise self.in_the_way
        self.opened += 1
        self.open += 1
        self.most = max(self.most, self.open)
        try:
            yield cast(Hub, object())
        finally:
            assert not self.door.is_open
            self.open -= 1


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(keeper, "HEARTBEAT", 0.01)
    monkeypatch.setattr(keeper, "clockwork", lambda _, over: over.wait())
    monkeypatch.setattr(keeper, "PAUSE", 0.01)
    made = World()
    yield made
    made.keeper.stop()
    if made.thread.ident is not None:
        made.thread.join(10)
        assert not made.thread.is_alive()
    assert not made.door.is_open
    assert made.open == 0


def until(true: Callable[[], bool]) -> bool:
    for _ in range(500):
        if true():
            return True
        time.sleep(0.01)
    return False


def test_with_the_turn_the_door_is_open_and_without_it_closed(world: World) -> None:
    world.mine = False
    world.thread.start()
    time.sleep(0.05)
    assert not world.door.is_open
    for _ in range(2):
        world.mine = True
        assert until(lambda: world.door.is_open)
        world.mine = False
        assert until(lambda: not world.door.is_open and not world.open)
    assert (world.opened, world.most) == (2, 1)


@pytest.mark.parametrize("passes", [StoreBehind("older"), NotRecorded("away")])
def test_what_passes_is_waited_for_behind_a_closed_door(world: World, passes: SamradError) -> None:
    world.in_the_way = passes
    world.thread.start()
    time.sleep(0.05)
    assert not world.door.is_open
    assert world.thread.is_alive()
    world.in_the_way = None
    assert until(lambda: world.door.is_open)


def test_which_server_is_waited_for_is_said_once(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.in_the_way = Away("the vault does not answer", "vault:5432")
    world.thread.start()
    assert until(lambda: bool(caplog.records))
    time.sleep(0.05)
    assert [record.getMessage() for record in caplog.records] == ["this process stands by: Away, vault:5432"]


def test_what_does_not_pass_ends_the_process_with_its_reason(world: World) -> None:
    world.in_the_way = Unreadable("another master key")
    world.thread.start()
    assert until(lambda: world.told == ["failed"])
    assert world.keeper.failed is world.in_the_way


def test_a_turn_that_was_taken_is_given_back_when_the_hub_does_not_open() -> None:
    given_back: list[str] = []

    @contextmanager
    def take() -> Iterator[World]:
        try:
            yield World()
        finally:
            given_back.append("turn")

    def broken(_: World) -> AbstractContextManager[Hub]:
        raise Unreadable("another master key")

    Keeper(Door(), take, broken, lambda _: cast(ASGIApp, object())).run(lambda: None)
    assert given_back == ["turn"]
