"""How fast a person, and a unit, may send commands: who goes beyond it is slowed, and nobody else feels it.

A token bucket each: many pass at once, then so many a second. What is asked for next waits for its token, in the order
of asking; where that would take longer than `LONGEST_WAIT`, it is refused and takes none. So no more than what comes in
that time ever waits. What counts is that a command was sent, whatever becomes of it: an answer tells of no other.

Acute commands have buckets of their own and are never refused: an emergency is not blocked by form, nor by what else
its unit sends. Who is remembered is in memory alone, and logged nowhere (C7). One event loop asks: nothing is locked.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from typing import Final, TypeAlias

from msgspec import Struct

from domain.act import Principal
from domain.identifiers import in_normal_form

AT_ONCE: Final = 120
"""Commands of one person that pass at once: more than anybody types."""
PER_SECOND: Final = 2.0
SLOWEST: Final = 0.1
"""What a rate may be set to at the least."""
OF_A_UNIT: Final = 5
"""A unit may send so many times what a person may."""
LONGEST_WAIT: Final = 3.0
"""Seconds for which a command is held before it is taken; what would wait longer is refused."""
MOST_KEPT: Final = 20_000
"""Buckets that are remembered. Beyond it the one that was asked longest ago is forgotten, as if it were full."""

_Sender: TypeAlias = tuple[bool, str, str]


class Rate(Struct, frozen=True):
    """So many at once, then so many a second."""

    at_once: int = AT_ONCE
    per_second: float = PER_SECOND

    def times(self, number: int) -> "Rate":
        return Rate(self.at_once * number, self.per_second * number)


class Pace(Struct, frozen=True, kw_only=True):
    """When a command may go on, in seconds from now."""

    wait: float
    refused: bool = False
    begins: bool = False
    """Whether a spell of being slowed begins with it, which the sender's unit is told of once."""

    @property
    def retry_after(self) -> int:
        """Whole seconds after which it would not wait."""
        return max(1, ceil(self.wait))


class _Bucket(Struct, gc=False):
    """How many may pass at once; below nothing, so many wait."""

    rate: Rate
    left: float
    at: float
    slowed: bool = False

    def fill(self, now: float) -> None:
        self.left = min(self.rate.at_once, self.left + max(0.0, now - self.at) * self.rate.per_second)
        self.at = now
        self.slowed = self.slowed and self.left < self.rate.at_once

    @property
    def wait(self) -> float:
        return max(0.0, (1 - self.left) / self.rate.per_second)

    @property
    def is_much_used(self) -> bool:
        return self.left < self.rate.at_once / 2

    def take(self) -> None:
        self.left = max(self.left - 1, -LONGEST_WAIT * self.rate.per_second)


class Rates:
    """Who sent how much lately; `rate` is a person's. `now` counts seconds and is never set back."""

    def __init__(
        self, rate: Rate | None = None, now: Callable[[], float] = time.monotonic, most: int = MOST_KEPT
    ) -> None:
        self._of_person = Rate() if rate is None else rate
        self._of_unit = self._of_person.times(OF_A_UNIT)
        self._now = now
        self._most = most
        self._buckets: OrderedDict[_Sender, _Bucket] = OrderedDict()

    def has_to_wait(self, principal: Principal, *, acute: bool) -> bool:
        """Whether a command of theirs would wait now; nothing is counted."""
        return _wait(*self._buckets_of(principal, acute)) > 0

    def take(self, principal: Principal, *, acute: bool) -> Pace:
        """Count a command, unless it is refused."""
        person, unit = self._buckets_of(principal, acute)
        wait = _wait(person, unit)
        begins = wait > 0 and not person.slowed
        person.slowed = person.slowed or begins
        if wait > LONGEST_WAIT and not acute:
            return Pace(wait=wait, refused=True, begins=begins)
        person.take()
        unit.take()
        return Pace(wait=min(wait, LONGEST_WAIT), begins=begins)

    def not_told(self, principal: Principal, *, acute: bool) -> None:
        """Their unit could not be told that they are slowed: it is told with the next command."""
        self._buckets_of(principal, acute)[0].slowed = False

    def __len__(self) -> int:
        return len(self._buckets)

    def _buckets_of(self, principal: Principal, acute: bool) -> tuple[_Bucket, _Bucket]:
        """Those of the person in this unit, and of the unit: what somebody sends for another unit is not told here."""
        who, now = in_normal_form(principal), self._now()
        person = self._bucket((acute, who.unit, who.person), self._of_person, now)
        unit = self._bucket((acute, who.unit, ""), self._of_unit, now)
        while len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return person, unit

    def _bucket(self, sender: _Sender, rate: Rate, now: float) -> _Bucket:
        bucket = self._buckets.get(sender)
        if bucket is None:
            bucket = self._buckets[sender] = _Bucket(rate, rate.at_once, now)
        self._buckets.move_to_end(sender)
        bucket.fill(now)
        return bucket


def _wait(person: _Bucket, unit: _Bucket) -> float:
    """A unit's bucket holds up those of it who send much: never one who sends a little, for what colleagues send."""
    return max(person.wait, unit.wait) if person.is_much_used else person.wait
