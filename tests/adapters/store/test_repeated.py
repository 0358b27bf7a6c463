"""A request that is sent again is recorded once, in whatever group and for whatever stream it comes."""

import pytest

from domain.case.events import Opened
from domain.ports import Append, Recorded, Repeated
from tests.adapters.stores import every_store
from tests.adapters.support import CENTRE, ENTROPY, Hub, act, draft, one


@every_store
def test_the_same_request_is_recorded_once_and_answered_the_same(hub: Hub) -> None:
    tag, request = ENTROPY.bytes(32), "ab" * 32
    case = ENTROPY.ref()
    first = Append((draft(case, 1, Opened(coordinator=CENTRE), by=act(request=request)),), tag)

    (recorded,) = hub.log.append([first])
    again = hub.log.append([one(ENTROPY.ref(), 1, tag=tag), one(case, 1, tag=tag)])

    assert isinstance(recorded, Recorded)
    assert again == [Repeated(recorded.ids, recorded.position, request)] * 2
    assert hub.log.last() == 1


@every_store
def test_the_same_request_twice_in_one_group_is_recorded_once(hub: Hub) -> None:
    tag = ENTROPY.bytes(32)
    verdicts = hub.log.append([one(ENTROPY.ref(), 1, tag=tag), one(ENTROPY.ref(), 1, tag=tag)])

    assert [type(verdict) for verdict in verdicts] == [Recorded, Repeated]
    assert hub.log.last() == 1


@every_store
@pytest.mark.parametrize("others", [0, 2])
def test_the_same_request_that_would_begin_another_stream_is_recorded_once(hub: Hub, others: int) -> None:
    tag = ENTROPY.bytes(32)
    first = hub.log.append([one(ENTROPY.ref(), 1, tag=tag)])[0]
    beside = [one(ENTROPY.ref(), 1, tag=ENTROPY.bytes(32)) for _ in range(others)]

    again, *rest = hub.log.append([one(ENTROPY.ref(), 1, tag=tag), *beside])

    assert isinstance(first, Recorded)
    assert isinstance(again, Repeated)
    assert (again.ids, again.position) == (first.ids, 1)
    assert [type(verdict) for verdict in rest] == [Recorded] * others
    assert hub.log.last() == 1 + others


@every_store
def test_the_request_tag_is_in_the_frame_and_survives_a_restore_from_frames(hub: Hub) -> None:
    tag = ENTROPY.bytes(32)
    hub.log.append([one(ENTROPY.ref(), 1, tag=tag)])
    assert tag in hub.log.rows.rows(0, 1)[0].frame
