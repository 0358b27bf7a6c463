"""Acts put on the log beneath the edge, as a version of this program wrote them that took more than this one does."""

from typing import Final

from domain.act import Act, Principal
from domain.event import Event
from domain.ports import Append, Draft, Recorded
from domain.vocabulary import Instant, Kind, Ref
from hub_api.runtime.hub import Hub

BEFORE_THE_FIRST_YEAR: Final[Instant] = -62135596800000001
AFTER_ALL_TIME: Final[Instant] = 2**63
IN_NANOSECONDS: Final[Instant] = 2 * 10**18


def put(
    hub: Hub, who: Principal, kind: Kind, event: Event, stream: Ref | None = None, happened: Instant | None = None
) -> Ref:
    """Somebody did that, and nothing asked whether it may be; the stream."""
    to = hub.entropy.ref() if stream is None else stream
    history, now = hub.log.snapshot().stream(to), hub.core.now()
    happened = now if happened is None else happened
    act = Act(id=hub.entropy.ref(), by=who, now=now, happened=happened, known=happened)
    draft = Draft(to, kind, history[-1].version + 1 if history else 1, act, event)
    assert isinstance(hub.writer.submit(Append((draft,))).result(), Recorded)
    hub.follower.poke()
    return to
