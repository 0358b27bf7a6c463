"""Who works where, as far as sign-in knows: so that a name which nobody has is no block and no act in one's own agency.

Until sign-in exists its place is taken by the personas (`personas.py`). A hub that has neither knows nobody, and then
no name is refused for it: its commands come from programs on the machine itself, a load or the demo. What was done is
not asked: that somebody acted in another unit may be hidden, and no answer may follow from it (F).
"""

from collections.abc import Iterable

from domain.act import Principal
from domain.identifiers import in_normal_form, normal_form
from domain.vocabulary import AgencyId, Purpose, StaffId, UnitId


class Staff:
    """The names that sign-in knows, by agency; each agency is asked about its own alone (B5)."""

    def __init__(self) -> None:
        self._names: dict[AgencyId, frozenset[StaffId]] | None = None
        self._purposes: dict[UnitId, frozenset[Purpose]] = {}

    def known_to_sign_in(self, principals: Iterable[Principal]) -> None:
        """From now on these are all who can sign in."""
        names: dict[AgencyId, set[StaffId]] = {}
        purposes: dict[UnitId, set[Purpose]] = {}
        for principal in map(in_normal_form, principals):
            names.setdefault(principal.agency, set()).add(principal.person)
            purposes.setdefault(principal.unit, set()).add(principal.purpose)
        self._names = {agency: frozenset(staff) for agency, staff in names.items()}
        self._purposes = {unit: frozenset(worked_for) for unit, worked_for in purposes.items()}

    def answers_for(self, unit: UnitId) -> frozenset[Purpose] | None:
        """The purposes for which somebody in that unit can look and act today; None where it is not known. A grant for
        another purpose opens nothing to anybody there (C1). How many they are, and who, is told to nobody."""
        return None if self._names is None else self._purposes.get(unit, frozenset())

    def nobody_answers(self, unit: UnitId, purpose: Purpose) -> bool:
        """Whether it is known that nobody in that unit works for that purpose."""
        answered = self.answers_for(unit)
        return answered is not None and purpose not in answered

    def lacks(self, agency: AgencyId, name: StaffId) -> bool:
        """Whether it is known that nobody of that name works in that agency."""
        return self._names is not None and normal_form(name) not in self._names.get(agency, frozenset())
