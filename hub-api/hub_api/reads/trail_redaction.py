"""What of a look on the trail is told to whom: a row itself names nothing that its reader could not know without it.

A refused command names the matter that it was sent to, by whatever its sender wrote: of a matter that is not there for
the reader, whether because it is hidden or because there is none, nothing is told (F). And the rule by which something
was refused may follow from what is sealed in the command, from a block or from an ended grant: it is for who was
refused. Others are told of those rules alone that follow from what the agreements and the open fields say.
"""

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from domain.access import RATE
from domain.act import Principal
from domain.vocabulary import Ref
from projections.trail import LookRow

OPEN_TO_ALL: Final = frozenset({"B1", "B3", "B8", RATE})
"""The rules that are told to others, too: whom the agreements name, for what, and that the other side is kept out. And
that somebody sent too fast, which follows from how much they sent and from nothing that they sent."""


def redacted(row: LookRow, principal: Principal, is_there: Callable[[Ref], bool]) -> LookRow:
    """The row as this principal may be told it; `is_there` says whether there is such a matter for them."""
    about = row.about if row.about is not None and is_there(row.about) else None
    own = row.staff == principal.person and row.unit == principal.unit
    rule = row.rule if own or row.rule in OPEN_TO_ALL else None
    return row if (about, rule) == (row.about, row.rule) else replace(row, about=about, rule=rule)
