"""Ways on with mandates to audit a case: who gives one, who decided, and for how long (B3, B6, R10)."""

from datetime import date
from typing import Final

from msgspec.structs import replace

from domain.case.mandates import EndMandate, GiveMandate
from domain.vocabulary import AgencyId, StaffId
from tests.domain.stories import by
from tests.remedies.of_cases import BEGUN, LEADS, OURS
from tests.remedies.ways import Way, nothing_more, way

GIVE: Final = GiveMandate(
    auditor=StaffId("rut"),
    agency=AgencyId("centre"),
    decided_by=AgencyId("centre"),
    decision="2026-1",
    last=date(2026, 4, 1),
)
GIVEN: Final = BEGUN.then(GIVE, LEADS)
ITS: Final = GIVEN.facts[-1].act.id
END: Final = EndMandate(mandate=ITS)
ENDED: Final = GIVEN.then(END, LEADS)

WAYS: Final[tuple[Way, ...]] = (
    way("ask the coordinator", BEGUN, GIVE, OURS, act_again=LEADS),
    way("ask the coordinator", GIVEN, END, OURS, act_again=LEADS),
    way(
        "have a colleague give it", BEGUN, GIVE, replace(LEADS, by=by(LEADS.by.unit, person="rut").by), act_again=LEADS
    ),
    way(
        "name the body that decided, which an agreement names responsible",
        BEGUN,
        replace(GIVE, decided_by=AgencyId("polisen.ost")),
        LEADS,
        again=GIVE,
    ),
    way("give a later last day", BEGUN, replace(GIVE, last=date(2026, 3, 1)), LEADS, again=GIVE),
    nothing_more(ENDED, END, LEADS, lambda state: state.mandates[ITS].ended),
)
