"""What of a record is told to whom: nothing in it that follows from what is sealed more narrowly.

A unit says why it did not follow a *should* in answer to what it sent: that whereabouts of a protected person are
needed (C11), that no safe contact came along (C12). So the reason tells what an act carries, and is the acting unit's
own to read. Other fields that follow from sealed ones are named by their event (`Event.follows`). Both hold for what
was recorded before, too.
"""

from collections.abc import Sequence

from msgspec import UNSET
from msgspec.structs import replace

from domain.act import Fact


def withhold(fact: Fact, fields: Sequence[str], *, own: bool) -> Fact:
    """The fact without these fields of its record and, unless it is the reader's own, without the reason given."""
    if fields:
        fact = replace(fact, event=replace(fact.event, **dict.fromkeys(fields, UNSET)))
    if fact.act.because is not None and not own:
        fact = replace(fact, act=replace(fact.act, because=None))
    return fact
