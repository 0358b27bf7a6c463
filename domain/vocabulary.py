"""The words of the hub: identifiers and closed lists of codes. The Swedish terms stand in `docs/glossary.md`."""

from enum import StrEnum
from typing import Final, NewType, Self, TypeAlias
from uuid import UUID

AgencyId = NewType("AgencyId", str)
"""An authority in the law's sense, or a private body (B1): `linkoping.social`, `polisen`."""
UnitId = NewType("UnitId", str)
"""A unit of an agency, the reader of need-to-know (F): `linkoping.social.barn`."""
StaffId = NewType("StaffId", str)
"""A member of staff, as sign-in names them; never a person who is helped."""
GroundId = NewType("GroundId", str)
"""A legal ground, as `domain/grounds.py` lists it: `consent`, `osl-10-2`."""
Instant: TypeAlias = int
"""Microseconds since 1970-01-01 00:00 UTC."""

FOREVER: Final[Instant] = 2**53 - 1
"""Later than anything: the end of a period that was given no end."""


class Ref:
    """An opaque identifier of something in the hub. Outside, each unit sees an alias of its own instead."""

    __slots__ = ("hex",)

    def __init__(self, hex: str) -> None:
        if len(hex) != 32 or hex.strip("0123456789abcdef"):
            raise ValueError("an opaque identifier is 32 hexadecimal digits")
        self.hex = hex

    @classmethod
    def of(cls, uuid: UUID) -> Self:
        return cls(uuid.hex)

    @property
    def uuid(self) -> UUID:
        return UUID(hex=self.hex)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ref) and self.hex == other.hex

    def __hash__(self) -> int:
        return hash(self.hex)

    def __repr__(self) -> str:
        return f"Ref({self.hex})"


class Kind(StrEnum):
    """The kinds of aggregate. The order is the code in the record and never changes."""

    HUB = "hub"
    AGREEMENT = "agreement"
    CASE = "case"
    CONSULTATION = "consultation"
    REFERRAL = "referral"
    REPORT = "report"
    MEETING = "meeting"
    STATISTICS = "statistics"
    ACCESS = "access"


class Compartment(StrEnum):
    """What is sealed apart from what; rules.md, section F, says who may open which."""

    RECORD = "record"
    COORDINATION = "coordination"
    IDENTITY = "identity"
    CONTACT = "contact"
    WHEREABOUTS = "whereabouts"
    SOCIAL = "social"
    HEALTH = "health"
    POLICE = "police"
    RISK_MEMO = "risk_memo"
    RISK_ASSESSMENT = "risk_assessment"
    CHILD_STATEMENT = "child_statement"
    WORKING_NOTE = "working_note"
    ADVICE = "advice"
    ACCESS = "access"


class TableRow(StrEnum):
    """The rows of table F that are not compartments: what governs the `record` part of some acts."""

    EXISTENCE = "existence"
    PARTICIPATION = "participation"
    STAFF_BLOCK = "staff_block"
    LABEL = "label"


class Existence(StrEnum):
    """What whoever takes part may know to be there, and no more than that (F, first row)."""

    CASE = "case"
    PROTECTION = "protection"
    SAFE_CONTACT = "safe_contact"


Mark: TypeAlias = tuple[Existence, Ref | None]
"""Something that is there, and the person in the case of whom; None if it is of nobody in particular."""


class AgencyKind(StrEnum):
    """The kinds of authority and private body that take part (B1)."""

    SOCIAL_SERVICES = "social_services"
    SCHOOL = "school"
    POLICE = "police"
    PROSECUTION = "prosecution"
    HEALTH_CARE = "health_care"
    RESOURCE_CENTRE = "resource_centre"
    COUNTY_BOARD = "county_board"
    BARNAHUS = "barnahus"
    SHELTER = "shelter"
    OTHER = "other"


class Purpose(StrEnum):
    """Purpose of use: why one looks or acts (C1)."""

    ADVICE = "advice"
    SUPPORT = "support"
    PROTECTION = "protection"
    INVESTIGATION = "investigation"
    CARE = "care"
    COORDINATION = "coordination"
    FOLLOW_UP = "follow_up"
    AUDIT = "audit"
    ADMINISTRATION = "administration"


class Role(StrEnum):
    """What a member of staff is there for; roles hold access, persons come and go (B6)."""

    COORDINATOR = "coordinator"
    HANDLER = "handler"
    ADVISER = "adviser"
    AUDITOR = "auditor"
    REGIONAL_AUDITOR = "regional_auditor"
    ADMINISTRATOR = "administrator"
    CALLER = "caller"
    """Someone without a name who comes back with a key (A4); never a member of staff."""
    SYSTEM = "system"


class Channel(StrEnum):
    """How an act took place (D1)."""

    TELEPHONE = "telephone"
    MEETING = "meeting"
    PAPER = "paper"
    VIDEO = "video"
    CHAT = "chat"
    VISIT = "visit"
    HUB = "hub"


class Because(StrEnum):
    """Why a *should* was not followed (rules.md, "Must, should, may")."""

    URGENT = "urgent"
    DANGER = "danger"
    PERSON_DECLINED = "person_declined"
    NOT_AVAILABLE = "not_available"
    NOT_APPLICABLE = "not_applicable"
    DONE_ELSEWHERE = "done_elsewhere"


class CallerCategory(StrEnum):
    """Who asks, as the national support line counts it (E1, tables 7 and 12)."""

    SOCIAL_SERVICES = "social_services"
    SCHOOL = "school"
    OTHER = "other"
    VOLUNTARY = "voluntary"
    HEALTH_CARE = "health_care"
    POLICE = "police"
    EXPOSED_OR_RELATIVE = "exposed_or_relative"
    OTHER_AUTHORITY = "other_authority"
    UNKNOWN = "unknown"


class About(StrEnum):
    """Whom a consultation is about (A1)."""

    NOBODY = "nobody"
    ONE = "one"
    GROUP = "group"


class InformedOf(StrEnum):
    """Whether the person was told about anonymity and about the duty to report (A3)."""

    TOLD = "told"
    NO_CONTACT = "no_contact"
    NOT_TOLD_URGENT = "not_told_urgent"
    NOT_TOLD_LANGUAGE = "not_told_language"
    NOT_TOLD_OTHER = "not_told_other"


class Gender(StrEnum):
    """Open on purpose (A7)."""

    GIRL_OR_WOMAN = "girl_or_woman"
    BOY_OR_MAN = "boy_or_man"
    NON_BINARY = "non_binary"
    TRANS_EXPERIENCE = "trans_experience"
    OTHER = "other"
    UNKNOWN = "unknown"


class Protection(StrEnum):
    """Levels of protected identity (C11)."""

    CONFIDENTIALITY_MARKED = "confidentiality_marked"
    PROTECTED_REGISTRATION = "protected_registration"
    ASSUMED_IDENTITY = "assumed_identity"


class Phase(StrEnum):
    """How far a case has come (D9)."""

    ACUTE = "acute"
    MIDDLE = "middle"
    LONG_TERM = "long_term"


class Outcome(StrEnum):
    """How a case or a consultation ended, as far as is known; closed is never final (D9)."""

    ADVICE_GIVEN = "advice_given"
    PROTECTED = "protected"
    SUPPORT_GOES_ON = "support_goes_on"
    DECLINED_BY_PERSON = "declined_by_person"
    MOVED = "moved"
    OTHER = "other"
    UNKNOWN = "unknown"


class ToDo(StrEnum):
    """What the receiver of an ended disclosure is to do; never why it ended (R4)."""

    READ_NO_MORE = "read_no_more"
    RETURN_OR_DESTROY_COPIES = "return_or_destroy_copies"
    KEEP_WHAT_LAW_REQUIRES = "keep_what_law_requires"


class MeetingKind(StrEnum):
    """The kinds of joint meeting (D4). Only a forum can be without a case (B4)."""

    CONSULTATIVE_SAMRAD = "consultative_samrad"
    LEGAL_SAMRAD = "legal_samrad"
    COORDINATION_MEETING = "coordination_meeting"
    FORUM = "forum"


class Mode(StrEnum):
    """How people meet, and how an interpreter takes part (D5, D12)."""

    ON_SITE = "on_site"
    VIDEO = "video"
    TELEPHONE = "telephone"
    CHAT = "chat"
    MOBILE_VISIT = "mobile_visit"


class ReportOrder(StrEnum):
    """How a samråd stood to the police report; the order is shown, never forced (D6)."""

    BEFORE_REPORT = "before_report"
    WITH_REPORT = "with_report"
    AFTER_REPORT = "after_report"
    NO_REPORT = "no_report"
    UNKNOWN = "unknown"


class Instrument(StrEnum):
    """With what a risk was assessed; the Police know three steps (D7)."""

    FREDA = "freda"
    PATRIARK = "patriark"
    POLICE_INITIAL = "police_initial"
    POLICE_STRUCTURED = "police_structured"
    POLICE_IN_DEPTH = "police_in_depth"
    OTHER = "other"


class Motive(StrEnum):
    """Whether honour is the motive; it often appears late (A10)."""

    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    REFUTED = "refuted"


class Place(StrEnum):
    """Four places that are not one (D10)."""

    RESIDENCE = "residence"
    CRIME = "crime"
    HELP_SEEKING = "help_seeking"
    PLACEMENT = "placement"


class PlacementEnd(StrEnum):
    """How a placement ended (D11)."""

    OWN_HOME = "own_home"
    PLACED_AGAIN = "placed_again"
    COMPROMISED = "compromised"
    RETURNED = "returned"


class Protected(StrEnum):
    """The answer to whether the victim got protection (D13)."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    DECLINED = "declined"
    UNKNOWN = "unknown"


class DeclineReason(StrEnum):
    """Why a unit does not take on a referral; it goes back to its sender (D2)."""

    NOT_OUR_TASK = "not_our_task"
    OUTSIDE_AREA = "outside_area"
    NO_CAPACITY = "no_capacity"
    OTHER_HELP_NEEDED = "other_help_needed"
    PERSON_DECLINED = "person_declined"
    OTHER = "other"


class ReportKind(StrEnum):
    """What is reported (D3)."""

    CONCERN_CHILD = "concern_child"
    CRIME = "crime"


class Duty(StrEnum):
    """Whether whoever reports is bound to (D3)."""

    BY_LAW = "by_law"
    ANYONE = "anyone"


class Consideration(StrEnum):
    """What came of considering whether to report (D3)."""

    REPORT = "report"
    NO_REPORT = "no_report"


class ReportOutcome(StrEnum):
    """What the receiver of a report tells whoever made it (D3)."""

    INQUIRY_OPENED = "inquiry_opened"
    NO_INQUIRY = "no_inquiry"
    INVESTIGATION_OPENED = "investigation_opened"
    NO_INVESTIGATION = "no_investigation"
    KNOWN_ALREADY = "known_already"
    HANDED_ON = "handed_on"
    OTHER = "other"
