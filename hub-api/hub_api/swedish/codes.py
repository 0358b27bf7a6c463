"""The codes that a refusal may name, as the glossary has them in Swedish."""

from enum import StrEnum
from typing import Final

from domain.vocabulary import Compartment, Purpose, Role

CODES: Final[dict[type[StrEnum], dict[StrEnum, str]]] = {
    Role: {
        Role.COORDINATOR: "samordnare",
        Role.HANDLER: "handläggare",
        Role.ADVISER: "rådgivare",
        Role.AUDITOR: "granskare",
        Role.REGIONAL_AUDITOR: "regional granskare",
        Role.ADMINISTRATOR: "administratör",
        Role.CALLER: "anonym inringare med nyckel",
        Role.SYSTEM: "systemet",
    },
    Purpose: {
        Purpose.ADVICE: "råd",
        Purpose.SUPPORT: "stöd",
        Purpose.PROTECTION: "skydd",
        Purpose.INVESTIGATION: "utredning",
        Purpose.CARE: "vård",
        Purpose.COORDINATION: "samordning",
        Purpose.FOLLOW_UP: "uppföljning",
        Purpose.AUDIT: "granskning",
        Purpose.ADMINISTRATION: "administration",
    },
    Compartment: {
        Compartment.RECORD: "händelseuppgift",
        Compartment.COORDINATION: "samordning",
        Compartment.IDENTITY: "identitet",
        Compartment.CONTACT: "kontaktuppgift",
        Compartment.WHEREABOUTS: "vistelseort",
        Compartment.SOCIAL: "social uppgift",
        Compartment.HEALTH: "hälsouppgift",
        Compartment.POLICE: "polisuppgift",
        Compartment.RISK_MEMO: "promemoria om risk",
        Compartment.RISK_ASSESSMENT: "riskbedömning",
        Compartment.CHILD_STATEMENT: "barnets berättelse",
        Compartment.WORKING_NOTE: "arbetsanteckning",
        Compartment.ADVICE: "fråga och råd",
        Compartment.ACCESS: "åtkomst",
    },
}
"""By kind: a purpose and a compartment may have the same code."""
