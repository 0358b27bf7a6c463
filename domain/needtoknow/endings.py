"""When a disclosure ended, as its receiver is told (R4): by the day, and among the ends of a day in the order in which
the disclosures were given.

A withdrawn consent ends all that rests on it at one instant; a unit that ends its disclosures does so one by one, in
whatever order. An instant, or what stood between two of them, would tell the one from the other. That a disclosure has
ended counts at once all the same: only what is said of it afterwards is no finer than the day.
"""

from collections.abc import Iterable, Iterator, Sequence

from domain.act import Fact
from domain.case.events import Disclosed, DisclosureEnded
from domain.time import day_of, day_start
from domain.vocabulary import Instant, Ref, UnitId


def is_end_for(fact: Fact, unit: UnitId) -> bool:
    """Whether it tells that unit that it reads no more under a disclosure."""
    return isinstance(fact.event, DisclosureEnded) and fact.event.receiver == unit


def told_at(end: Fact, given: Instant) -> Instant:
    """The instant that is told for an end: its day's beginning, or when the disclosure was given, on the same day."""
    return max(day_start(day_of(end.committed)), given)


def told_order(facts: Sequence[Fact], unit: UnitId) -> Iterator[tuple[Fact, Instant]]:
    """The facts in the order in which that unit is told of them, each with the instant at which it was recorded as far
    as the unit is told."""
    given = _given(facts)
    told: list[tuple[tuple[Instant, bool, int], int]] = []
    for place, fact in enumerate(facts):
        if is_end_for(fact, unit):
            act = given.get(_grant(fact))
            at = told_at(fact, 0 if act is None else act.committed)
            told.append(((at, True, 0 if act is None else act.position), place))
        else:
            told.append(((fact.committed, False, 0), place))
    for (at, _, _), place in sorted(told):
        yield facts[place], at


def told_until(facts: Sequence[Fact], unit: UnitId, then: Instant) -> list[Fact]:
    """What the unit is told to have been recorded by then, in the order of the log."""
    given = _given(facts)
    return [fact for fact in facts if _recorded(fact, given, unit) <= then]


def _recorded(fact: Fact, given: dict[Ref | None, Fact], unit: UnitId) -> Instant:
    if not is_end_for(fact, unit):
        return fact.committed
    act = given.get(_grant(fact))
    return told_at(fact, 0 if act is None else act.committed)


def _given(facts: Iterable[Fact]) -> dict[Ref | None, Fact]:
    return {fact.act.id: fact for fact in facts if isinstance(fact.event, Disclosed)}


def _grant(fact: Fact) -> Ref | None:
    return fact.event.grant if isinstance(fact.event, DisclosureEnded) else None
