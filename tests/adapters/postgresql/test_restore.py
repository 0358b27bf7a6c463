"""A log is written anew from its frames: to the same bytes, into an empty store alone, or not at all."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from adapters.postgresql.restore import Framed, restore
from adapters.postgresql.roles import APPEND, OWNER
from adapters.store.record import PLACE_SIZE, frame, place
from adapters.store.verification import verify
from domain.case.events import Disposed
from domain.errors import NotRecorded, SamradError, Tampered
from domain.ports import Repeated
from tests.adapters.stores import Store
from tests.adapters.support import ENTROPY, Hub, one, person


@pytest.fixture
def hub(tmp_path: Path, store: Store) -> Hub:
    return Hub(tmp_path, rows=lambda _, clock: store.recorder(clock))


@pytest.fixture
def stored(hub: Hub) -> list[Framed]:
    """What a relay has carried away of the hub's log."""
    case = ENTROPY.ref()
    hub.log.append([one(case, 1), one(case, 2, person()), one(case, 3, Disposed(keys=()), tag=b"t" * 32)])
    rows, columns = hub.log.rows.rows(0, 9), hub.log.rows.columns(0, 9)
    return [Framed(row.frame, bool(beside[2])) for row, beside in zip(rows, columns, strict=True)]


def test_a_restored_log_is_the_same_to_the_last_byte_and_goes_on(hub: Hub, store: Store, stored: list[Framed]) -> None:
    before = hub.log.rows.rows(0, 9), hub.log.rows.columns(0, 9), hub.log.rows.end()
    store.empty()

    tip = restore(store.url(OWNER), "acts", stored)

    assert (hub.log.rows.rows(0, 9), hub.log.rows.columns(0, 9), hub.log.rows.end()) == before
    assert tip == before[2]
    assert [checked.position for checked in verify(hub.log)] == [3]
    assert [row.position for row in hub.log.rows.disposals(0)] == [3]
    again = hub.log.append([one(ENTROPY.ref(), 1, tag=b"t" * 32), one(ENTROPY.ref(), 1)])
    assert isinstance(again[0], Repeated)
    assert [checked.position for checked in verify(hub.log)] == [4]
    hub.close()


def test_only_an_empty_log_is_restored(hub: Hub, store: Store, stored: list[Framed]) -> None:
    with pytest.raises(SamradError, match="holds 3 records"):
        restore(store.url(OWNER), "acts", stored)
    assert restore(store.url(OWNER), "looks", stored)[0] == 3
    hub.close()


def test_who_appends_may_not_restore(hub: Hub, store: Store, stored: list[Framed]) -> None:
    store.empty()
    with pytest.raises(NotRecorded, match="permission denied"):
        restore(store.url(APPEND), "acts", stored)
    hub.close()


Change = Callable[[list[Framed]], list[Framed]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda frames: frames[1:], "position 1 is missing"),
        (lambda frames: [frames[0], frames[2]], "position 2 is missing"),
        (lambda frames: [*frames[:2], _moved(frames[2], 3, 0)], "committed time goes back"),
        (lambda frames: [frames[0], _moved(frames[2], 2, place(frames[1].frame)[1])], "not the next one of its stream"),
        (lambda frames: [Framed(frames[0].frame[:-1], False)], "position|form|part|length"),
    ],
    ids=["first", "middle", "time", "version", "form"],
)
def test_frames_that_are_no_whole_log_leave_the_store_empty(
    hub: Hub, store: Store, stored: list[Framed], change: Change, said: str
) -> None:
    store.empty()
    with pytest.raises(Tampered, match=said):
        restore(store.url(OWNER), "acts", change(stored))
    assert hub.log.last() == 0
    assert hub.log.rows.rows(0, 9) == []
    hub.close()


def _moved(framed: Framed, position: int, committed: int) -> Framed:
    return Framed(frame(position, committed, framed.frame[PLACE_SIZE:]), framed.disposal)


def test_what_breaks_half_way_leaves_the_store_empty(hub: Hub, store: Store, stored: list[Framed]) -> None:
    store.empty()

    def breaking() -> Iterator[Framed]:
        yield from stored
        raise psycopg.OperationalError("gone")

    with pytest.raises(NotRecorded, match="empty as before"):
        restore(store.url(OWNER), "acts", breaking())
    assert hub.log.last() == 0
    hub.close()
