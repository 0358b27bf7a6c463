"""What one decision is about: who looks is the `Principal`; here are what is looked at, on which grant, and the answer.

Every attribute is there in every value: a `forbid` whose condition could not be evaluated would be skipped. References
are their hexadecimal digits, and "" where there is none, because the policies compare texts.
"""

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from domain.vocabulary import (
    FOREVER,
    AgencyId,
    Compartment,
    Instant,
    Kind,
    Purpose,
    Ref,
    Role,
    StaffId,
    TableRow,
    UnitId,
)


class Action(StrEnum):
    """Units read; auditors audit."""

    READ = "read"
    AUDIT = "audit"


class Verdict(StrEnum):
    """`STUB`: one may know that something is there. `ABSENT`: indistinguishable from nothing."""

    ALLOW = "allow"
    STUB = "stub"
    ABSENT = "absent"


class Decision(Struct, frozen=True):
    """The outcome, with the rule and the ground that decided. Where no rule spoke, both are ""."""

    outcome: Verdict
    rule: str = ""
    ground: str = ""


class GrantKind(StrEnum):
    """On what a look rests: no grant, an assignment around a person, or a disclosure."""

    NONE = "none"
    ASSIGNMENT = "assignment"
    DISCLOSURE = "disclosure"


class Grant(Struct, frozen=True, kw_only=True):
    """What lets a unit in: an assignment around a person, or a disclosure of what its giver owns about one (C1, C2).

    `id` is the act's that gave it. `owner` is the unit whose parts it opens: who disclosed; "" for an assignment.
    `ended` is before its time; a grant whose period is over needs no event to count no more.
    """

    kind: GrantKind
    id: Ref | None = None
    holder: UnitId = UnitId("")
    subject: str = ""
    owner: UnitId = UnitId("")
    compartments: frozenset[Compartment] = frozenset()
    purpose: Purpose | Literal[""] = ""
    start: Instant = 0
    until: Instant = FOREVER
    ended: bool = False
    spoken: bool = False
    consent: Ref | None = None
    role: Role | None = None
    mandate: str | None = None

    def in_force(self, now: Instant) -> bool:
        """Whether it counts at `now`: half-open, and not ended before its time (C2)."""
        return self.start <= now < self.until and not self.ended


NO_GRANT = Grant(kind=GrantKind.NONE)
"""The look rests on no grant, but on whose the act is, to whom it is addressed, or a mandate."""


class Resource(Struct, frozen=True, kw_only=True):
    """One row of table F, of one act: its record, one of its sealed parts, or the mark that it leaves.

    `beside` are the parts of the same act that the grant in question opens; `sent` says that the act itself is a
    disclosure of its parts to its addressees (C6, F); `blocked` are the members of staff who are kept from the case
    (C9); `callers` are the tags of the keys that were given to anonymous callers (A4).
    """

    kind: Kind
    row: Compartment | TableRow
    subject: str = ""
    owner: UnitId
    owner_agency: AgencyId
    addressees: frozenset[UnitId] = frozenset()
    coordinator: UnitId = UnitId("")
    blocked: frozenset[StaffId] = frozenset()
    callers: frozenset[str] = frozenset()
    beside: frozenset[Compartment] = frozenset()
    sent: bool = False
