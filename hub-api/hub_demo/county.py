"""Östergötland as the demo's county: authorities and codes that exist, units and people that are made up (B1, B3)."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from domain.act import Principal
from domain.agreement.commands import Conclude
from domain.agreement.events import Party, TimeLimit, Unit
from domain.case.mandates import GiveMandate
from domain.vocabulary import AgencyId, AgencyKind, Purpose, Role, StaffId, UnitId

COUNTY: Final = "05"
MUNICIPALITIES: Final = {
    "0509": "Ödeshög",
    "0512": "Ydre",
    "0513": "Kinda",
    "0560": "Boxholm",
    "0561": "Åtvidaberg",
    "0562": "Finspång",
    "0563": "Valdemarsvik",
    "0580": "Linköping",
    "0581": "Norrköping",
    "0582": "Söderköping",
    "0583": "Motala",
    "0584": "Vadstena",
    "0586": "Mjölby",
}
"""Official codes of Statistics Sweden."""

COORDINATION: Final = UnitId("resurscentrum-ostergotland.samordning")
CENTRE_AUDIT: Final = UnitId("resurscentrum-ostergotland.granskning")
CENTRE_OFFICE: Final = UnitId("resurscentrum-ostergotland.kansli")
LINE: Final = UnitId("lansstyrelsen-ostergotland.stodtelefon")
POLICE_INVESTIGATION: Final = UnitId("polisen.ost.utredning")
POLICE_VICTIMS: Final = UnitId("polisen.ost.brottsoffer")
EMERGENCY: Final = UnitId("region-ostergotland.akut")
CHILD_PSYCHIATRY: Final = UnitId("region-ostergotland.bup")
YOUTH_CLINIC: Final = UnitId("region-ostergotland.ungdom")
PROSECUTOR: Final = UnitId("aklagarmyndigheten.ost")
BARNAHUS: Final = UnitId("barnahus-linkoping.samrad")
SHELTER: Final = UnitId("skyddat-boende-exempel.boende")
YOUTH_CHAT: Final = UnitId("ungdomsjour-exempel.chatt")

RESPONSIBLE: Final = AgencyId("lansstyrelsen-ostergotland")
"""The body that the agreement names responsible for the centre's records (B3)."""
RUT: Final = "granskare-rut-exempel"

_AT_WORK: Final = frozenset({Role.HANDLER})
_ADVISING: Final = frozenset({Role.HANDLER, Role.ADVISER})


def slug(name: str) -> str:
    """A municipality's name as it stands in identifiers: `atvidaberg`."""
    return name.lower().translate(str.maketrans("åäö", "aao"))


def social(code: str, unit: str) -> UnitId:
    """A unit of a municipality's social welfare board: `barn`, `vuxen` or `granskning`."""
    return UnitId(f"{slug(MUNICIPALITIES[code])}.social.{unit}")


def school(code: str) -> UnitId:
    """The pupils' health unit of a municipality's school board."""
    return UnitId(f"{slug(MUNICIPALITIES[code])}.skola.elevhalsa")


def _unit(unit: UnitId, name: str, *purposes: Purpose, roles: frozenset[Role] = _AT_WORK) -> Unit:
    return Unit(id=unit, name=name, roles=roles, purposes=frozenset(purposes))


def _audit(agency: str) -> Unit:
    return _unit(UnitId(f"{agency}.granskning"), "Loggranskning", Purpose.AUDIT, roles=frozenset({Role.AUDITOR}))


def _boards(code: str, name: str) -> Iterator[Party]:
    """A municipality is two authorities here: its social welfare board and its school board (B1)."""
    board, schools = f"{slug(name)}.social", f"{slug(name)}.skola"
    yield Party(
        id=AgencyId(board),
        name=f"Socialnämnden, {name}",
        kind=AgencyKind.SOCIAL_SERVICES,
        municipality=code,
        units=(
            _unit(social(code, "barn"), "Barn och unga", Purpose.SUPPORT, Purpose.PROTECTION, Purpose.FOLLOW_UP),
            _unit(social(code, "vuxen"), "Våld i nära relation", Purpose.SUPPORT, Purpose.PROTECTION),
            _audit(board),
        ),
    )
    yield Party(
        id=AgencyId(schools),
        name=f"Skolnämnden, {name}",
        kind=AgencyKind.SCHOOL,
        municipality=code,
        units=(_unit(school(code), "Elevhälsan", Purpose.SUPPORT, Purpose.PROTECTION), _audit(schools)),
    )


def _regional() -> Iterator[Party]:
    yield Party(
        id=AgencyId("polisen"),
        name="Polismyndigheten, Polisregion Öst",
        kind=AgencyKind.POLICE,
        units=(
            _unit(POLICE_INVESTIGATION, "Utredning", Purpose.INVESTIGATION, Purpose.PROTECTION),
            _unit(POLICE_VICTIMS, "Brottsoffer- och personsäkerhet", Purpose.PROTECTION, Purpose.SUPPORT),
            _audit("polisen"),
        ),
    )
    yield Party(
        id=AgencyId("region-ostergotland"),
        name="Region Östergötland",
        kind=AgencyKind.HEALTH_CARE,
        units=(
            _unit(EMERGENCY, "Akutkliniken", Purpose.CARE),
            _unit(CHILD_PSYCHIATRY, "Barn- och ungdomspsykiatrin", Purpose.CARE, Purpose.PROTECTION),
            _unit(YOUTH_CLINIC, "Ungdomsmottagningen", Purpose.CARE, Purpose.SUPPORT),
            _audit("region-ostergotland"),
        ),
    )
    yield Party(
        id=AgencyId("aklagarmyndigheten"),
        name="Åklagarmyndigheten",
        kind=AgencyKind.PROSECUTION,
        units=(_unit(PROSECUTOR, "Åklagarkammaren", Purpose.INVESTIGATION), _audit("aklagarmyndigheten")),
    )
    yield Party(
        id=AgencyId("barnahus-linkoping"),
        name="Barnahus Linköping",
        kind=AgencyKind.BARNAHUS,
        municipality="0580",
        units=(_unit(BARNAHUS, "Samråd", Purpose.PROTECTION, Purpose.SUPPORT), _audit("barnahus-linkoping")),
    )


def _centre_and_line() -> Iterator[Party]:
    yield Party(
        id=AgencyId("resurscentrum-ostergotland"),
        name="Resurscentrum Östergötland",
        kind=AgencyKind.RESOURCE_CENTRE,
        units=(
            _unit(
                COORDINATION,
                "Samordning",
                Purpose.COORDINATION,
                Purpose.ADVICE,
                Purpose.FOLLOW_UP,
                roles=frozenset({Role.COORDINATOR, Role.ADVISER, Role.HANDLER}),
            ),
            _unit(CENTRE_AUDIT, "Granskning", Purpose.AUDIT, roles=frozenset({Role.AUDITOR, Role.REGIONAL_AUDITOR})),
            _unit(
                CENTRE_OFFICE,
                "Kansli",
                Purpose.ADMINISTRATION,
                roles=frozenset({Role.ADMINISTRATOR}),
            ),
        ),
    )
    yield Party(
        id=AgencyId("lansstyrelsen-ostergotland"),
        name="Länsstyrelsen Östergötland",
        kind=AgencyKind.COUNTY_BOARD,
        units=(
            _unit(LINE, "Nationella stödtelefonen", Purpose.ADVICE, Purpose.FOLLOW_UP, roles=_ADVISING),
            _audit("lansstyrelsen-ostergotland"),
        ),
    )


def _private() -> Iterator[Party]:
    yield Party(
        id=AgencyId("skyddat-boende-exempel"),
        name="Skyddat boende Exempel",
        kind=AgencyKind.SHELTER,
        units=(_unit(SHELTER, "Boendet", Purpose.PROTECTION, Purpose.SUPPORT),),
    )
    yield Party(
        id=AgencyId("ungdomsjour-exempel"),
        name="Ungdomsjouren Exempel",
        kind=AgencyKind.OTHER,
        units=(
            Unit(
                id=YOUTH_CHAT,
                name="Chatten",
                roles=_ADVISING,
                purposes=frozenset({Purpose.ADVICE, Purpose.SUPPORT}),
                keeps_no_record=True,  # A5
            ),
        ),
    )


def parties() -> tuple[Party, ...]:
    """Everyone who agreed."""
    boards = (party for code, name in MUNICIPALITIES.items() for party in _boards(code, name))
    return (*_centre_and_line(), *boards, *_regional(), *_private())


def agreement() -> Conclude:
    """The county's agreement as one command."""
    return Conclude(
        title="Överenskommelse om samverkan i Östergötland (exempel)",
        county=COUNTY,
        catchment=frozenset(MUNICIPALITIES),
        parties=parties(),
        limits=(
            TimeLimit(what="consultation_answered", hours=24),
            TimeLimit(what="victim_contacted", hours=24),
            TimeLimit(what="follow_up_after_closing", hours=6 * 30 * 24),
            TimeLimit(what="referral_received", hours=72),
            TimeLimit(what="referral_answered", hours=14 * 24),
            TimeLimit(what="report_received", hours=24),
            TimeLimit(what="minutes", hours=72),
            TimeLimit(what="invitation", hours=72),
            TimeLimit(what="risk_assessment", hours=72),
            TimeLimit(what="transfer", hours=14 * 24),
            TimeLimit(what="safe_contact_confirmed", hours=72),
        ),
        responsible_body=RESPONSIBLE,
        follow_up="Parterna följer upp överenskommelsen varje år i november.",
        first=date(2014, 1, 1),
        last=date(2028, 12, 31),
    )


def to_audit(auditor: str) -> GiveMandate:
    """The mandate to audit a case that the responsible body decided on, for one of the county's auditors (R10)."""
    return GiveMandate(
        auditor=StaffId(auditor),
        agency=PERSONAS[auditor].agency,
        decided_by=RESPONSIBLE,
        decision="LST 2026-114",
        last=date(2027, 12, 31),
    )


def _persona(unit: UnitId, agency: str, role: Role, purpose: Purpose, person: str) -> tuple[str, Principal]:
    principal = Principal(
        person=StaffId(person), agency=AgencyId(agency), unit=unit, role=role, purpose=purpose, assurance=3
    )
    return person, principal


CENTRE: Final = "resurscentrum-ostergotland"
LINKOPING: Final = "linkoping.social"
NORRKOPING: Final = "norrkoping.social"

PERSONAS: Final[dict[str, Principal]] = dict(
    (
        _persona(COORDINATION, CENTRE, Role.COORDINATOR, Purpose.COORDINATION, "samordnare-anna-exempel"),
        _persona(COORDINATION, CENTRE, Role.ADVISER, Purpose.ADVICE, "radgivare-omar-exempel"),
        _persona(CENTRE_OFFICE, CENTRE, Role.ADMINISTRATOR, Purpose.ADMINISTRATION, "administrator-ulla-exempel"),
        _persona(CENTRE_AUDIT, CENTRE, Role.REGIONAL_AUDITOR, Purpose.AUDIT, "granskare-rut-exempel"),
        _persona(LINE, "lansstyrelsen-ostergotland", Role.ADVISER, Purpose.ADVICE, "stodtelefon-lena-exempel"),
        _persona(social("0580", "barn"), LINKOPING, Role.HANDLER, Purpose.PROTECTION, "socialsekreterare-sara-exempel"),
        _persona(social("0580", "barn"), LINKOPING, Role.HANDLER, Purpose.PROTECTION, "socialsekreterare-slak-exempel"),
        _persona(social("0580", "vuxen"), LINKOPING, Role.HANDLER, Purpose.SUPPORT, "socialsekreterare-vera-exempel"),
        _persona(
            UnitId("linkoping.social.granskning"), LINKOPING, Role.AUDITOR, Purpose.AUDIT, "loggranskare-lars-exempel"
        ),
        _persona(
            social("0581", "barn"), NORRKOPING, Role.HANDLER, Purpose.PROTECTION, "socialsekreterare-nils-exempel"
        ),
        _persona(school("0580"), "linkoping.skola", Role.HANDLER, Purpose.SUPPORT, "kurator-kim-exempel"),
        _persona(POLICE_INVESTIGATION, "polisen", Role.HANDLER, Purpose.INVESTIGATION, "utredare-pia-exempel"),
        _persona(POLICE_VICTIMS, "polisen", Role.HANDLER, Purpose.PROTECTION, "brottsoffer-bo-exempel"),
        _persona(EMERGENCY, "region-ostergotland", Role.HANDLER, Purpose.CARE, "lakare-leo-exempel"),
        _persona(CHILD_PSYCHIATRY, "region-ostergotland", Role.HANDLER, Purpose.CARE, "psykolog-paula-exempel"),
        _persona(PROSECUTOR, "aklagarmyndigheten", Role.HANDLER, Purpose.INVESTIGATION, "aklagare-asta-exempel"),
        _persona(SHELTER, "skyddat-boende-exempel", Role.HANDLER, Purpose.PROTECTION, "boende-britt-exempel"),
        _persona(YOUTH_CHAT, "ungdomsjour-exempel", Role.ADVISER, Purpose.ADVICE, "jour-joni-exempel"),
    )
)
"""People at work in the demo: each says by name what they do and that they do not exist."""
