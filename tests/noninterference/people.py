"""Whom the pairs are shown to: every relation and role of table F has an observer, and so has who has none."""

from datetime import date
from typing import Final

from domain.act import Principal
from domain.agreement.commands import Conclude
from domain.agreement.events import Party, Unit
from domain.vocabulary import AgencyId, AgencyKind, Purpose, Role, StaffId, UnitId

CENTRE: Final = UnitId("centre.coordination")
LINE: Final = UnitId("line.advice")
SCHOOL: Final = UnitId("school.health")
CHILDREN: Final = UnitId("social.children")
ADULTS: Final = UnitId("social.adults")
ELSEWHERE: Final = UnitId("elsewhere.children")
POLICE: Final = UnitId("police.inquiry")
VICTIMS: Final = UnitId("police.victims")
CLINIC: Final = UnitId("region.clinic")
SHELTER: Final = UnitId("shelter.house")


def _person(unit: UnitId, role: Role, purpose: Purpose, name: str) -> Principal:
    agency = AgencyId(unit.partition(".")[0])
    return Principal(person=StaffId(name), agency=agency, unit=unit, role=role, purpose=purpose, assurance=3)


OBSERVERS: Final[dict[str, Principal]] = {
    name: _person(unit, role, purpose, name)
    for name, unit, role, purpose in (
        ("coordinator", CENTRE, Role.COORDINATOR, Purpose.COORDINATION),
        ("adviser", CENTRE, Role.ADVISER, Purpose.ADVICE),
        ("asker", SCHOOL, Role.HANDLER, Purpose.SUPPORT),
        ("passed_on_to", LINE, Role.ADVISER, Purpose.ADVICE),
        ("owner", CHILDREN, Role.HANDLER, Purpose.PROTECTION),
        ("blocked_colleague", CHILDREN, Role.HANDLER, Purpose.PROTECTION),
        ("other_unit", ADULTS, Role.HANDLER, Purpose.SUPPORT),
        ("receiver", POLICE, Role.HANDLER, Purpose.INVESTIGATION),
        ("receivers_other_unit", VICTIMS, Role.HANDLER, Purpose.PROTECTION),
        ("siblings_participant", CLINIC, Role.HANDLER, Purpose.CARE),
        ("guest", SHELTER, Role.HANDLER, Purpose.PROTECTION),
        ("outsider", ELSEWHERE, Role.HANDLER, Purpose.PROTECTION),
        ("agencys_auditor", UnitId("social.audit"), Role.AUDITOR, Purpose.AUDIT),
        ("regional_auditor", UnitId("centre.audit"), Role.REGIONAL_AUDITOR, Purpose.AUDIT),
        ("administrator", UnitId("centre.office"), Role.ADMINISTRATOR, Purpose.ADMINISTRATION),
    )
}
CALLER: Final = "anonymous_caller"
"""Who holds a caller's key and nothing else (A4): no sign-in, no unit."""
EVERYONE: Final = (*OBSERVERS, CALLER)

_HANDLERS: Final = frozenset({Role.HANDLER})


def _unit(unit: str, *purposes: Purpose, roles: frozenset[Role] = _HANDLERS) -> Unit:
    return Unit(id=UnitId(unit), name=unit, roles=roles, purposes=frozenset(purposes))


def _party(agency: str, kind: AgencyKind, *units: Unit) -> Party:
    return Party(id=AgencyId(agency), name=agency, kind=kind, units=units)


def agreement() -> Conclude:
    """Everyone but the shelter, which can only be a guest (B1)."""
    advising = frozenset({Role.ADVISER, Role.COORDINATOR, Role.HANDLER})
    auditing = frozenset({Role.AUDITOR, Role.REGIONAL_AUDITOR})
    children = (Purpose.PROTECTION, Purpose.SUPPORT)
    return Conclude(
        title="Cooperation",
        county="05",
        catchment=frozenset({"0580"}),
        parties=(
            _party(
                "centre",
                AgencyKind.RESOURCE_CENTRE,
                _unit(CENTRE, Purpose.COORDINATION, Purpose.ADVICE, roles=advising),
                _unit("centre.audit", Purpose.AUDIT, roles=auditing),
                _unit("centre.office", Purpose.ADMINISTRATION, roles=frozenset({Role.ADMINISTRATOR})),
            ),
            _party("line", AgencyKind.COUNTY_BOARD, _unit(LINE, Purpose.ADVICE, roles=advising)),
            _party("school", AgencyKind.SCHOOL, _unit(SCHOOL, Purpose.SUPPORT, Purpose.CARE)),
            _party(
                "social",
                AgencyKind.SOCIAL_SERVICES,
                _unit(CHILDREN, *children),
                _unit(ADULTS, *children),
                _unit("social.audit", Purpose.AUDIT, roles=auditing),
            ),
            _party("elsewhere", AgencyKind.SOCIAL_SERVICES, _unit(ELSEWHERE, *children)),
            _party(
                "police",
                AgencyKind.POLICE,
                _unit(POLICE, Purpose.INVESTIGATION, Purpose.PROTECTION),
                _unit(VICTIMS, Purpose.PROTECTION),
            ),
            _party("region", AgencyKind.HEALTH_CARE, _unit(CLINIC, Purpose.CARE)),
        ),
        responsible_body=AgencyId("centre"),
        first=date(2020, 1, 1),
    )
