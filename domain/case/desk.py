"""What a decision about a case rests on, and who takes part in it as far as the acting unit may know."""

from msgspec import Struct

from domain.act import Act
from domain.agreement.state import Directory
from domain.case.state import Case, Person
from domain.errors import NotThere, Refusal
from domain.vocabulary import Instant, Purpose, Ref, UnitId


class CaseContext(Struct, frozen=True):
    """The visible state, the act, and whom the agreements of the day name."""

    state: Case
    act: Act
    directory: Directory

    @property
    def unit(self) -> UnitId:
        return self.act.by.unit

    @property
    def now(self) -> Instant:
        return self.act.now

    def leads(self) -> bool:
        """Whether the unit opened the case or coordinates it (B6)."""
        return self.unit in (self.state.opened_by, self.state.coordinator)

    def takes_part(self, person: Ref | None = None) -> bool:
        """Whether the unit works in the case, for the person where one is named. Its kind of agency, its seat and its
        former assignments count for nothing (C1), nor does an assignment for another purpose or person (B5)."""
        if self.leads():
            return True
        return any(
            grant.unit == self.unit
            and grant.purpose is self.act.by.purpose
            and grant.in_force(self.now)
            and person in (None, grant.person)
            for grant in self.state.assignments.values()
        )

    def works(self, person: Ref | None = None) -> None:
        """C1: who adds to a case takes part in it now, for that person and purpose."""
        if not self.takes_part(person):
            raise Refusal("C1", "this unit has no assignment in force for this purpose", remedy="ask the coordinator")
        self.still_open()

    def works_about(self, ref: Ref) -> Person:
        person = self.person(ref)
        self.works(ref)
        return person

    def person(self, ref: Ref) -> Person:
        """The person, if this unit may know that they are there."""
        found = self.state.persons.get(ref)
        if found is None:
            raise NotThere
        return found

    def lead(self) -> None:
        """B6: the coordinator, or who opened the case, answers for its course."""
        if not self.leads():
            raise Refusal(
                "B6", "the coordinator or the unit that opened the case does this", remedy="ask the coordinator"
            )

    def still_open(self) -> None:
        if self.state.closed:
            raise Refusal("D9", "the case is closed", remedy="reopen it")

    def can_be_asked(self, unit: UnitId, person: Ref) -> None:
        """B1: who is asked for something of its own is in an agreement, or a guest around that person now. It answers
        for whatever purpose it works for, and nothing is disclosed by asking."""
        guests = (grant for grant in self.state.participants(self.now) if grant.guest and grant.person == person)
        if self.directory.unit(unit) is None and all(grant.unit != unit for grant in guests):
            raise Refusal("B1", f"no agreement in force names the unit {unit}", remedy="let it in as a guest")

    def can_receive(self, unit: UnitId, purpose: Purpose, person: Ref) -> None:
        """B1, B3: a receiver is in an agreement, with that purpose, or a guest in this case now."""
        entry = self.directory.unit(unit)
        if entry is not None:
            if purpose not in entry.purposes:
                raise Refusal(
                    "B3",
                    f"by agreement that unit does not work for {purpose.value}",
                    remedy="choose another purpose or another unit",
                )
            return
        if not any(
            grant.guest and grant.unit == unit and grant.person == person and grant.purpose is purpose
            for grant in self.state.participants(self.now)
        ):
            raise Refusal("B1", f"no agreement in force names the unit {unit}", remedy="let it in as a guest")
