"""The legal grounds for a disclosure, as versioned data with the days they are in force (C2, invariant 7).

THESE ARE SETTINGS FOR COUNSEL. The texts are short working descriptions, not the law; before a ground is used in
earnest, the responsible body's counsel reviews its text, between whom it applies, what it can open and since when,
and switches it on. The hub enforces what stands here; it does not judge whether a ground fits the single case.

OSL is the Public Access to Information and Secrecy Act (2009:400), SoL the Social Services Act.
"""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct

from domain.vocabulary import AgencyKind, Compartment, GroundId

_REVIEW_SV: Final = " Inställning som ska granskas av jurist före användning."
_REVIEW_EN: Final = " A setting for counsel to review before use."

SHAREABLE: Final = frozenset(
    {
        Compartment.IDENTITY,
        Compartment.CONTACT,
        Compartment.WHEREABOUTS,
        Compartment.SOCIAL,
        Compartment.HEALTH,
        Compartment.POLICE,
        Compartment.RISK_MEMO,
        Compartment.CHILD_STATEMENT,
        Compartment.ADVICE,
    }
)
"""What a disclosure can open at all; `risk_assessment` (C3) and `working_note` (C6) are never among them."""

_ANYONE = frozenset(AgencyKind)
_PUBLIC = _ANYONE - {AgencyKind.SHELTER, AgencyKind.OTHER}
_NARROW = SHAREABLE - {Compartment.WHEREABOUTS, Compartment.CHILD_STATEMENT}
_REPORT = frozenset({Compartment.IDENTITY, Compartment.CONTACT, Compartment.SOCIAL, Compartment.POLICE})
_SINCE = date(2009, 6, 30)


class Ground(Struct, frozen=True, kw_only=True):
    """One legal ground. `compartments` bounds what it can open; `on` is whether the hub ships with it switched on."""

    id: GroundId
    sv: str
    en: str
    source: str
    givers: frozenset[AgencyKind]
    receivers: frozenset[AgencyKind]
    compartments: frozenset[Compartment]
    needs_consent: bool = False
    needs_balancing: bool = False
    first: date = _SINCE
    last: date | None = None
    on: bool = True

    def in_force(self, day: date) -> bool:
        return self.on and self.first <= day and (self.last is None or day <= self.last)


def _ground(
    id: str,
    source: str,
    sv: str,
    en: str,
    *,
    givers: frozenset[AgencyKind] = _PUBLIC,
    receivers: frozenset[AgencyKind] = _PUBLIC,
    opens: frozenset[Compartment] = _NARROW,
    consent: bool = False,
    balancing: bool = False,
    first: date = _SINCE,
    on: bool = True,
) -> Ground:
    return Ground(
        id=GroundId(id),
        source=source,
        sv=sv + _REVIEW_SV,
        en=en + _REVIEW_EN,
        givers=givers,
        receivers=receivers,
        compartments=opens,
        needs_consent=consent,
        needs_balancing=balancing,
        first=first,
        on=on,
    )


_HEALTH = frozenset({AgencyKind.HEALTH_CARE})
_SOCIAL = frozenset({AgencyKind.SOCIAL_SERVICES})
_LAW = frozenset({AgencyKind.POLICE, AgencyKind.PROSECUTION})
_CARE = _HEALTH | _SOCIAL

GROUNDS: Final[tuple[Ground, ...]] = (
    _ground(
        "consent",
        "OSL 10:1, 12:2",
        "Den enskilde har samtyckt till att sekretessen efterges, för detta ändamål och denna mottagare.",
        "The person has consented to waive secrecy, for this purpose and this receiver.",
        givers=_ANYONE,
        receivers=_ANYONE,
        opens=SHAREABLE,
        consent=True,
    ),
    _ground(
        "osl-10-2",
        "OSL 10:2",
        "Utlämnandet är nödvändigt för att den utlämnande myndigheten ska kunna fullgöra sin verksamhet.",
        "The disclosure is necessary for the disclosing authority to carry out its own activity.",
        opens=_NARROW - {Compartment.HEALTH, Compartment.ADVICE},
    ),
    _ground(
        "osl-10-3",
        "OSL 10:3",
        "Partsinsyn: uppgiften lämnas till den som är part i ärendet, med de begränsningar lagen anger.",
        "Access for a party to a matter, within the limits that the act sets.",
        opens=frozenset({Compartment.SOCIAL, Compartment.POLICE}),
    ),
    _ground(
        "osl-10-15a",
        "OSL 10:15 a",
        "Uppgiftslämnande mellan myndigheter enligt 10 kap. 15 a §; undantagna sekretesser ska prövas. Avstängd.",
        "Disclosure between authorities under chapter 10, section 15 a; exempted secrecies apply. Ships off.",
        balancing=True,
        first=date(2025, 12, 1),
        on=False,
    ),
    _ground(
        "osl-10-18c",
        "OSL 10:18 c",
        "Uppgiftslämnande enligt 10 kap. 18 c §, under de förutsättningar som anges där.",
        "Disclosure under chapter 10, section 18 c, on the conditions stated there.",
        receivers=_LAW | _SOCIAL,
        opens=_REPORT,
    ),
    _ground(
        "osl-10-21",
        "OSL 10:21",
        "Misstanke om sådana brott mot den som inte har fyllt arton år som paragrafen räknar upp.",
        "Suspicion of such crimes against a person under eighteen as the section lists.",
        receivers=_LAW,
        opens=_REPORT | {Compartment.HEALTH},
    ),
    _ground(
        "osl-10-23",
        "OSL 10:23",
        "Misstanke om begånget brott av den svårhetsgrad som paragrafen anger.",
        "Suspicion of a committed crime of the gravity that the section states.",
        receivers=_LAW,
        opens=_REPORT,
    ),
    _ground(
        "osl-10-24",
        "OSL 10:24",
        "Misstanke om begånget brott i övriga fall som paragrafen anger.",
        "Suspicion of a committed crime in the further cases that the section states.",
        receivers=_LAW,
        opens=_REPORT,
    ),
    _ground(
        "osl-10-27",
        "OSL 10:27",
        "Generalklausulen: intresset av att uppgiften lämnas har företräde framför det intresse sekretessen skyddar.",
        "The general clause: the interest in disclosure takes precedence over what secrecy protects, as weighed.",
        opens=_NARROW - {Compartment.HEALTH},
        balancing=True,
    ),
    _ground(
        "osl-10-28",
        "OSL 10:28",
        "Uppgiftsskyldighet som följer av lag eller förordning; den särskilda föreskriften med datum ska anges.",
        "A duty to give information by act or ordinance; the particular dated duty is to be named.",
        opens=_REPORT | {Compartment.HEALTH},
    ),
    _ground(
        "osl-25-12",
        "OSL 25:12",
        "Hälso- och sjukvården lämnar uppgift som behövs för nödvändig vård, behandling eller annat stöd.",
        "Health care gives what is needed for necessary care, treatment or other support.",
        givers=_HEALTH,
        receivers=_CARE,
        opens=_NARROW - {Compartment.POLICE, Compartment.ADVICE},
    ),
    _ground(
        "osl-26-9",
        "OSL 26:9",
        "Socialtjänsten lämnar uppgift som behövs för nödvändig vård, behandling eller annat stöd.",
        "Social services give what is needed for necessary care, treatment or other support.",
        givers=_SOCIAL,
        receivers=_CARE,
        opens=_NARROW - {Compartment.POLICE, Compartment.ADVICE},
    ),
    _ground(
        "osl-12-3",
        "OSL 12:3",
        "Sekretess till skydd för underårig i förhållande till vårdnadshavare, och vem som förfogar över den.",
        "Secrecy that protects a minor in relation to guardians, and who may waive it.",
        opens=frozenset({Compartment.SOCIAL}),
        consent=True,
    ),
    _ground(
        "osl-35-1",
        "OSL 35:1",
        "Uppgift i förundersökning eller annan brottsbekämpande verksamhet, efter skadeprövning.",
        "Information in a preliminary investigation or other law enforcement, after the test of harm.",
        givers=_LAW,
        opens=frozenset({Compartment.POLICE, Compartment.RISK_MEMO}),
        balancing=True,
    ),
    _ground(
        "child-concern",
        "SoL, anmälan om oro för barn",
        "Skyldighet att anmäla kännedom eller misstanke om att ett barn far illa till socialnämnden.",
        "The duty to report knowledge or suspicion that a child fares ill to the social welfare board.",
        givers=_ANYONE,
        receivers=_SOCIAL,
        opens=SHAREABLE,
    ),
    _ground(
        "own-act",
        "Rådgivning utan uppgift om enskild",
        "Avidentifierad rådgivning: inget röjs om en person som går att peka ut.",
        "De-identified advice: nothing is disclosed about a person who could be pointed out.",
        givers=_ANYONE,
        receivers=_ANYONE,
        opens=frozenset({Compartment.ADVICE}),
    ),
)


def grounds_at(day: date) -> dict[GroundId, Ground]:
    """The grounds that are switched on and in force on a Stockholm day."""
    return {ground.id: ground for ground in GROUNDS if ground.in_force(day)}


def _canonical() -> Iterator[bytes]:
    for ground in GROUNDS:
        yield msgspec.json.encode(ground, order="deterministic")


def grounds_sha256() -> str:
    """The name under which the log adopts this list (invariant 7)."""
    return sha256(b"\n".join(_canonical())).hexdigest()
