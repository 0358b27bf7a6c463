"""R2, R4: who is told that something changed is not told why.

An invited unit is told time, mode and status of a meeting (R2), the receiver of a referral that it was withdrawn (R4).
The act that told them is another's, with a reason, a ground, a channel and times of its own: what a meeting is called
or cancelled for would show by them. So it is shown as an act at the time at which it was recorded, and no more.

Whoever received a disclosure is told that it ended and what to do; never why, nor by whom (R4).

A withdrawn consent ends what rests on it in one act, maybe recorded by the coordinator, with a channel and a time of
its own; a unit that ends its disclosure does so one by one. So that nobody can tell the one from the other, an end is
shown to the receiver as an act of its own, of the unit whose disclosure it was, at the time at which it was recorded.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from domain.act import Act, Fact, Principal
from domain.case.events import Disclosed, DisclosureEnded
from domain.meeting.events import Invited, Told
from domain.referral.events import Withdrawn
from domain.vocabulary import Ref


def as_released(fact: Fact, seen: Sequence[Fact], principal: Principal) -> Fact:
    """The fact as the principal is told of it; `seen` are the facts that they see."""
    event = fact.event
    if is_notice(fact, principal):
        return replace(fact, act=_bare(fact, fact.act.id, fact.act.by))
    if not isinstance(event, DisclosureEnded) or principal.unit != event.receiver:
        return fact
    given = (each.act.by for each in seen if isinstance(each.event, Disclosed) and each.act.id == event.grant)
    by = next(given, fact.act.by)
    return replace(fact, act=_bare(fact, fact.id, by))


def is_notice(fact: Fact, principal: Principal) -> bool:
    """Whether it only tells this principal's unit how something now stands (R2, R4): nothing is shown beside it."""
    event = fact.event
    return isinstance(event, Invited | Told | Withdrawn) and principal.unit == event.to


def _bare(fact: Fact, id: Ref, by: Principal) -> Act:
    """An act of which nothing is told but who did it, and when it was recorded."""
    at = fact.committed
    return Act(id=id, by=by, now=at, happened=at, known=at)
