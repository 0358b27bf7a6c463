"""R2, R4: who is told that something changed is not told why.

An invited unit is told time, mode and status of a meeting (R2), the receiver of a referral that it was withdrawn (R4).
The act that told them is another's, with a reason, a ground, a channel and times of its own: what a meeting is called
or cancelled for would show by them. So it is shown as an act at the time at which it was recorded, and no more.

Whoever received a disclosure is told that it ended and what to do; never why, nor by whom (R4).

A withdrawn consent ends what rests on it in one act, maybe recorded by the coordinator, with a channel and a time of
its own; a unit that ends its disclosures does so one by one. So that nobody can tell the one from the other, an end is
shown to the receiver as an act of its own, of the unit whose disclosure it was, by its day and in the order in which
the disclosures were given (`domain/needtoknow/endings.py`).
"""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from domain.act import Act, Fact, Principal
from domain.case.events import Disclosed, DisclosureEnded
from domain.meeting.events import Invited, Told
from domain.needtoknow.endings import told_order
from domain.referral.events import Withdrawn
from domain.vocabulary import Instant, Ref


def released(seen: Sequence[Fact], principal: Principal) -> Iterator[tuple[Fact, Fact]]:
    """Each fact that the principal sees, and that fact as they are told of it, in the order in which they are."""
    for fact, at in told_order(seen, principal.unit):
        yield fact, _as_released(fact, at, seen, principal)


def _as_released(fact: Fact, at: Instant, seen: Sequence[Fact], principal: Principal) -> Fact:
    event = fact.event
    if is_notice(fact, principal):
        return replace(fact, act=_bare(fact.act.id, fact.act.by, at))
    if not isinstance(event, DisclosureEnded) or principal.unit != event.receiver:
        return fact
    given = (each.act.by for each in seen if isinstance(each.event, Disclosed) and each.act.id == event.grant)
    by = next(given, fact.act.by)
    return replace(fact, committed=at, act=_bare(fact.id, by, at))


def is_notice(fact: Fact, principal: Principal) -> bool:
    """Whether it only tells this principal's unit how something now stands (R2, R4): nothing is shown beside it."""
    event = fact.event
    return isinstance(event, Invited | Told | Withdrawn) and principal.unit == event.to


def _bare(id: Ref, by: Principal, at: Instant) -> Act:
    """An act of which nothing is told but who did it, and when it was recorded."""
    return Act(id=id, by=by, now=at, happened=at, known=at)
