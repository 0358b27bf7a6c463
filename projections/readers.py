"""Who reads the record of an act in a unit, whoever looks: the audiences from which a unit's rows are folded (F).

One unit holds people who may know different things, so a row names for whom it was folded. What a unit did itself and
what is addressed to it is known to everyone there; of what it coordinates, the rest is known to its coordinators
alone. What a disclosure opens counts for its purpose and its time only, and moves no row by which anything is selected
or ordered: a row of one would have to change when nothing is recorded.
"""

from enum import StrEnum
from typing import Final, NamedTuple

from domain.act import Fact
from domain.needtoknow.standing import Standing
from domain.vocabulary import Compartment, Role, TableRow, UnitId


class Readers(StrEnum):
    """For whom of a unit a row is: in what the unit coordinates there is one for its coordinators, with all that they
    may know, and one for the others there; in anything else there is one row."""

    EVERYONE = "everyone"
    COORDINATORS = "coordinators"
    OTHERS = "others"


class UnitReaders(NamedTuple):
    """Those in a unit who know the same: its coordinators, in what it coordinates, or all others."""

    unit: UnitId
    coordinating: bool = False

    def rows_for(self, standing: Standing) -> Readers:
        """For whom a row of what these know is."""
        if self.coordinating:
            return Readers.COORDINATORS
        return Readers.OTHERS if self.unit == standing.coordinator else Readers.EVERYONE


AUDITORS: Final = frozenset({Role.AUDITOR, Role.REGIONAL_AUDITOR})


KEPT: Final = frozenset({TableRow.STAFF_BLOCK, TableRow.LABEL, Compartment.WHEREABOUTS})
"""The rows of table F whose acts only their own unit reads, but for who is let take part of whereabouts (C4, C9)."""


def rows_of(role: Role) -> tuple[Readers, ...]:
    """The rows of its unit that a role is shown. An auditor reads by mandate, nothing as the unit in which they sit."""
    if role in AUDITORS:
        return ()
    return (Readers.EVERYONE, Readers.COORDINATORS if role is Role.COORDINATOR else Readers.OTHERS)


class Audiences(NamedTuple):
    """Who reads one act by what it is, as everyone stands."""

    owners: frozenset[UnitId]
    """The unit whose act it is; none where time itself brought it about."""
    addressees: frozenset[UnitId]
    """The units to which it is addressed."""
    everyone: frozenset[UnitId]
    """The units in which everyone reads it."""
    reading: set[UnitReaders]
    """All who read it: their own, addressed to them, or in what they lead."""


def audiences(fact: Fact, standing: Standing) -> Audiences:
    """Who reads the act by what it is, as everyone stands."""
    event, by, leads = fact.event, fact.act.by, standing.coordinator
    owners: frozenset[UnitId] = frozenset() if by.role is Role.SYSTEM else frozenset({by.unit})
    addressees = event.addressees()
    if addressees:  # an act addressed to nobody is its unit's own, whoever else was drawn in (A2)
        addressees |= standing.passed_on_to
    addressees |= standing.audience(event.audience())
    kept_to_itself = standing.row_of(fact) in KEPT
    everyone = owners if kept_to_itself else owners | addressees
    reading = {UnitReaders(unit) for unit in everyone}
    if leads in everyone or (leads and not kept_to_itself):
        reading.add(UnitReaders(leads, coordinating=True))
    return Audiences(owners, addressees, everyone, reading)
