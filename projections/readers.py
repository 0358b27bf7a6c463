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
from domain.vocabulary import Role, Row, UnitId


class Readers(StrEnum):
    """For whom of a unit a row is: in what the unit coordinates there is one for its coordinators, with all that they
    may know, and one for the others there; in anything else there is one row."""

    EVERYONE = "everyone"
    COORDINATORS = "coordinators"
    OTHERS = "others"


class Reader(NamedTuple):
    """Those in a unit who know the same: its coordinators, in what it coordinates, or all others."""

    unit: UnitId
    coordinating: bool = False

    def rows_for(self, standing: Standing) -> Readers:
        """For whom a row of what these know is."""
        if self.coordinating:
            return Readers.COORDINATORS
        return Readers.OTHERS if self.unit == standing.coordinator else Readers.EVERYONE


AUDITORS: Final = frozenset({Role.AUDITOR, Role.REGIONAL_AUDITOR})


def rows_of(role: Role) -> tuple[Readers, ...]:
    """The rows of its unit that a role is shown. An auditor reads by mandate, nothing as the unit in which they sit."""
    if role in AUDITORS:
        return ()
    return (Readers.EVERYONE, Readers.COORDINATORS if role is Role.COORDINATOR else Readers.OTHERS)


def owners(fact: Fact) -> frozenset[UnitId]:
    """The unit whose act it is; none where time itself brought it about."""
    return frozenset() if fact.act.by.role is Role.SYSTEM else frozenset({fact.act.by.unit})


def addressees(fact: Fact, standing: Standing) -> frozenset[UnitId]:
    """The units to which the act is addressed, as everyone stands."""
    named = fact.event.addressees()
    if named:  # an act addressed to nobody is its unit's own, whoever else was drawn in (A2)
        named |= standing.passed_on_to
    return named | standing.audience(fact.event.audience())


def units(fact: Fact, standing: Standing) -> frozenset[UnitId]:
    """The units in which everyone reads the act."""
    return owners(fact) if fact.event.row is Row.STAFF_BLOCK else owners(fact) | addressees(fact, standing)


def reading(fact: Fact, standing: Standing) -> set[Reader]:
    """All who read the act by what it is, as everyone stands: their own, addressed to them, or in what they lead."""
    everyone, leads = units(fact, standing), standing.coordinator
    found = {Reader(unit) for unit in everyone}
    if leads in everyone or (leads and fact.event.row is not Row.STAFF_BLOCK):
        found.add(Reader(leads, coordinating=True))
    return found
