"""R4: whoever received a disclosure is told that it ended and what to do; never why, nor by whom.

A withdrawn consent ends what rests on it in one act, maybe recorded by the coordinator, with a channel and a time of
its own; a unit that ends its disclosure does so one by one. So that nobody can tell the one from the other, an end is
shown to the receiver as an act of its own, of the unit whose disclosure it was, at the time at which it was recorded.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from domain.act import Act, Fact, Principal
from domain.case.events import Disclosed, DisclosureEnded


def as_released(fact: Fact, seen: Sequence[Fact], principal: Principal) -> Fact:
    """The fact as the principal is told of it; `seen` are the facts that they see."""
    event = fact.event
    if not isinstance(event, DisclosureEnded) or principal.unit != event.receiver:
        return fact
    given = (each.act.by for each in seen if isinstance(each.event, Disclosed) and each.act.id == event.grant)
    by = next(given, fact.act.by)
    at = fact.committed
    return replace(fact, act=Act(id=fact.id, by=by, now=at, happened=at, known=at))
