"""Ways on: who acts, for whom and when, and the agreements that say so (A5, B1, B3, D1)."""

from datetime import date
from typing import Any, Final

from msgspec.structs import replace

from domain.act import Act
from domain.agreement.commands import Amend, Conclude, End
from domain.agreement.events import Party, Unit
from domain.agreement.state import Agreement, Directory
from domain.case import commands as case
from domain.vocabulary import AgencyId, AgencyKind, Purpose, Ref, Role
from tests.domain.stories import CENTRE, CONCLUDED, DAY, NOW, OUTSIDE, PARTIES, SILENT, SOCIAL, Story, by, given, ref
from tests.remedies.ways import Way, way

ADMINISTRATOR: Final = by(CENTRE, role=Role.ADMINISTRATOR, purpose=Purpose.ADMINISTRATION)
AGREEMENT: Final = Conclude(
    title="Samverkan",
    county="05",
    catchment=frozenset({"0580"}),
    parties=PARTIES,
    responsible_body=AgencyId("centre"),
    first=date(2026, 1, 1),
    last=date(2026, 12, 31),
)
AGREED: Final = given((AGREEMENT, ADMINISTRATOR))
_ENTRY: Final = Unit(
    id=OUTSIDE, name="Gävle", roles=frozenset({Role.HANDLER}), purposes=frozenset({Purpose.PROTECTION})
)
_JOINS: Final = Party(id=AgencyId("gavle"), name="Gävle", kind=AgencyKind.SOCIAL_SERVICES, units=(_ENTRY,))
_JOINED: Final = Story(
    directory=Directory(
        {
            Ref("a" * 32): Agreement(
                concluded=replace(CONCLUDED, parties=(*CONCLUDED.parties, _JOINS)), last=CONCLUDED.last
            )
        }
    )
)
"""An administrator had the unit named."""
_SAME_UNIT: Final = replace(PARTIES[1], id=AgencyId("annan"))
OPEN: Final = case.Open(coordinator=CENTRE)
OPENED: Final = given((OPEN, by(SOCIAL)), (case.AddPerson(), by(SOCIAL)))
PERSON: Final = ref(2)
_SILENT_TOO: Final = OPENED.then(
    case.Assign(person=PERSON, unit=SILENT, role=Role.HANDLER, purpose=Purpose.PROTECTION), by(CENTRE)
)


def _by(act: Act, **more: Any) -> Act:
    return replace(act, by=replace(act.by, **more))


WAYS: Final[tuple[Way, ...]] = (
    # Who acts, and when.
    way("ask an administrator to have it named in one", Story(), OPEN, by(OUTSIDE), on=_JOINED),
    way(
        "leave it to those who work with the matter",
        OPENED,
        case.AddPerson(),
        by(CENTRE, role=Role.AUDITOR),
        act_again=by(SOCIAL),
    ),
    way("act for the agency that it belongs to", Story(), OPEN, _by(by(SOCIAL), agency="centre"), act_again=by(SOCIAL)),
    way("act in a role that it has", Story(), OPEN, by(SOCIAL, role=Role.COORDINATOR), act_again=by(SOCIAL)),
    way("act for a purpose that it has", Story(), OPEN, by(SOCIAL, purpose=Purpose.CARE), act_again=by(SOCIAL)),
    way("give the time when it did", Story(), OPEN, replace(by(SOCIAL), happened=NOW + DAY), act_again=by(SOCIAL)),
    way("leave the text out", _SILENT_TOO, case.AddPerson(identity="Påhittad"), by(SILENT), again=case.AddPerson()),
    # The agreements.
    way("act in that role", Story(), AGREEMENT, by(CENTRE), act_again=ADMINISTRATOR),
    way("amend it", AGREED, AGREEMENT, ADMINISTRATOR, again=Amend(parties=(_JOINS,), first=date(2026, 4, 1))),
    way(
        "name one of the parties",
        Story(),
        replace(AGREEMENT, responsible_body=AgencyId("ingen")),
        ADMINISTRATOR,
        again=AGREEMENT,
    ),
    way(
        "conclude a new one",
        AGREED,
        Amend(first=date(2027, 1, 1)),
        ADMINISTRATOR,
        again=replace(AGREEMENT, first=date(2027, 1, 1), last=None),
        on=Story(),
    ),
    way(
        "name one of its parties",
        AGREED,
        Amend(left=frozenset({AgencyId("ingen")}), first=date(2026, 4, 1)),
        ADMINISTRATOR,
        again=Amend(left=frozenset({PARTIES[3].id}), first=date(2026, 4, 1)),
    ),
    way(
        "end the agreement",
        AGREED,
        Amend(left=frozenset({AgencyId("centre")}), first=date(2026, 4, 1)),
        ADMINISTRATOR,
        again=End(last=date(2026, 3, 31)),
    ),
    way(
        "give a later last day", AGREED, End(last=date(2025, 12, 31)), ADMINISTRATOR, again=End(last=date(2026, 3, 31))
    ),
    way("name it once", Story(), replace(AGREEMENT, parties=(*PARTIES, PARTIES[1])), ADMINISTRATOR, again=AGREEMENT),
    way(
        "list it under one party",
        Story(),
        replace(AGREEMENT, parties=(*PARTIES, _SAME_UNIT)),
        ADMINISTRATOR,
        again=AGREEMENT,
    ),
)
