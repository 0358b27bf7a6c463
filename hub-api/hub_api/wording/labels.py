"""Each code that is shown, in words, in both languages. The build fails on a code without them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from domain.vocabulary import Instrument, MeetingKind, Place, PlacementEnd, Protected
from domain.waiting import Addressed, WaitsFor
from hub_api.wording.language import Language
from hub_api.wording.swedish.codes import CODES

_ENGLISH: Final[Mapping[type[StrEnum], Mapping[StrEnum, str]]] = {
    Instrument: {
        Instrument.FREDA: "FREDA",
        Instrument.PATRIARK: "PATRIARK",
        Instrument.POLICE_INITIAL: "the Police's initial assessment",
        Instrument.POLICE_STRUCTURED: "the Police's structured assessment",
        Instrument.POLICE_IN_DEPTH: "the Police's in-depth assessment",
    },
    MeetingKind: {
        MeetingKind.CONSULTATIVE_SAMRAD: "consultative samråd",
        MeetingKind.LEGAL_SAMRAD: "legal samråd",
    },
    Place: {
        Place.CRIME: "place of the crime",
        Place.HELP_SEEKING: "place where help is sought",
        Place.PLACEMENT: "sheltered placement",
    },
    PlacementEnd: {PlacementEnd.COMPROMISED: "known to those who must not know"},
    Protected: {
        Protected.YES: "got protection",
        Protected.PARTLY: "got protection in part",
        Protected.NO: "got no protection",
        Protected.DECLINED: "declined protection",
    },
}
"""Codes are English; here, by kind, those that need other words than their own."""
WAITS: Final[Mapping[WaitsFor, tuple[str, str]]] = {
    "consultation_answered": ("råd", "advice"),
    "invitation": ("svar på inbjudan", "an answer to the invitation"),
    "meeting_held": ("uppgift om att mötet hölls", "word that the meeting was held"),
    "meeting_time": ("en tid för mötet", "a time for the meeting"),
    "minutes": ("minnesanteckningar", "minutes"),
    "referral_answered": ("svar på remissen", "an answer to the referral"),
    "referral_completed": ("att remissen slutförs", "the referral to be completed"),
    "referral_received": ("att remissen tas emot", "the referral to be received"),
    "referral_sent": ("att remissen skickas", "the referral to be sent"),
    "referral_sent_on": ("att remissen skickas vidare", "the referral to be sent to another unit"),
    "report_made": ("att anmälan görs", "the report to be made"),
    "report_outcome_told": ("återkoppling om anmälan", "the outcome of the report"),
    "report_received": ("att anmälan tas emot", "the report to be received"),
    "risk_assessment": ("en ny riskbedömning", "a new assessment of risk"),
    "safe_contact_confirmed": (
        "bekräftelse av den säkra kontaktvägen",
        "the safe way of contact to be confirmed",
    ),
    "task": ("en uppgift", "a task"),
    "transfer": ("svar på överflyttningen", "an answer to the transfer"),
    "victim_contacted": ("kontakt med den utsatta", "contact with the victim"),
}


INBOX: Final[Mapping[Addressed, tuple[str, str]]] = {
    "assignment": ("ett uppdrag", "an assignment"),
    "consultation": ("en fråga om råd", "a question"),
    "disclosure": ("utlämnade uppgifter", "something disclosed"),
    "invitation": ("en inbjudan till ett möte", "an invitation to a meeting"),
    "meeting_moved": ("ett flyttat möte att svara på", "a meeting that was moved, to be answered"),
    "memo": ("en promemoria", "a memo"),
    "referral": ("en remiss", "a referral"),
    "referral_returned": ("en remiss som kom tillbaka", "a referral that came back"),
    "report": ("en anmälan", "a report"),
    "task": ("en uppgift", "a task"),
}


def label(code: StrEnum, language: Language) -> str:
    """A code in words."""
    if language is Language.SV:
        return CODES[type(code)][code]
    return _ENGLISH.get(type(code), {}).get(code) or code.value.replace("_", " ")


def in_inbox(what: Addressed, language: Language) -> str:
    """What waits in an inbox, in words."""
    return INBOX[what][language is Language.EN]


def waits_for(what: WaitsFor, language: Language) -> str:
    """What is waited for, in words."""
    return WAITS[what][language is Language.EN]
