"""The week's cases: who takes part around whom, and what is shared on which ground. Every person is made up."""

from datetime import date
from typing import Final

from domain.case.commands import (
    AddPerson,
    Assign,
    BlockStaff,
    Close,
    Disclose,
    Dispose,
    EnterPhase,
    ExpediteNote,
    GiveConsent,
    LinkConsultation,
    MarkProtection,
    Open,
    RecordInformation,
    Reopen,
    Retract,
    SetSafeContact,
    WithdrawConsent,
    WriteNote,
)
from domain.vocabulary import (
    Because,
    Channel,
    Compartment,
    Gender,
    Kind,
    Outcome,
    Phase,
    Protection,
    Purpose,
    Ref,
    Role,
    StaffId,
    UnitId,
)
from hub_demo.consultations import ANNA, LEO, NILS, SARA, VERA
from hub_demo.county import (
    CHILD_PSYCHIATRY,
    COORDINATION,
    EMERGENCY,
    POLICE_INVESTIGATION,
    POLICE_VICTIMS,
    PROSECUTOR,
    school,
    social,
)
from hub_demo.story import Cast, Scenes, Story

PIA: Final = "utredare-pia-exempel"
RELATED: Final = "socialsekreterare-slak-exempel"
"""A social worker who is related to the family, and is kept from the case (C9)."""
NEW_YEAR: Final = date(2026, 12, 31)


def assigned(person: Ref, unit: UnitId, purpose: Purpose) -> Assign:
    """A unit takes part around one person until the new year (B5, C1)."""
    return Assign(person=person, unit=unit, role=Role.HANDLER, purpose=purpose, last=NEW_YEAR)


def the_girl(story: Story, cast: Cast) -> Scenes:
    """The case that the demo shows, from Monday's meeting to Friday's change of mind."""
    yield "Mon 14:00"
    case = story.does(SARA, Open(coordinator=COORDINATION)).stream
    girl = story.does(
        SARA,
        AddPerson(
            gender=Gender.GIRL_OR_WOMAN,
            minor=True,
            identity="Exempla Exempelsson, born 2010",
            contact="A telephone at school: 000-000 00 01",
        ),
        case,
    ).created
    story.does(
        SARA,
        SetSafeContact(
            person=girl,
            contact="Through the school counsellor, weekdays 10–12. Never by post, never by text message.",
            must_not_learn="Parents, uncle, cousins.",
        ),
        case,
    )
    story.does(
        SARA,
        RecordInformation(person=girl, social="A trip is booked for Friday. She says that a wedding is planned there."),
        case,
        channel=Channel.MEETING,
        happened="Mon 13:10",
    )
    story.does(SARA, LinkConsultation(consultation=cast.girl_asked), case)
    yield "Mon 15:30"
    story.does(ANNA, EnterPhase(phase=Phase.ACUTE), case)
    story.does(ANNA, assigned(girl, POLICE_INVESTIGATION, Purpose.INVESTIGATION), case)
    story.does(ANNA, assigned(girl, EMERGENCY, Purpose.CARE), case)
    consent = _consents(story, case, girl)
    cast.case, cast.girl = case, girl
    yield from _tuesday(story, case, girl)
    yield from _wednesday(story, case, girl)
    yield from _thursday(story, case, girl)
    yield "Fri 15:30"
    story.does(SARA, WithdrawConsent(consent=consent), case, channel=Channel.VISIT)  # C2, R4
    yield "Fri 17:00"
    for who in (SARA, PIA, LEO):
        story.looks(who, Kind.CASE, case)


def _consents(story: Story, case: Ref, girl: Ref) -> Ref:
    """She agrees that the Police read who she is and what social services know (C2)."""
    told = frozenset({Compartment.IDENTITY, Compartment.CONTACT, Compartment.SOCIAL})
    consent = story.does(
        SARA,
        GiveConsent(
            person=girl,
            purpose=Purpose.INVESTIGATION,
            receiver=POLICE_INVESTIGATION,
            compartments=told,
            last=NEW_YEAR,
        ),
        case,
        channel=Channel.VISIT,
    ).created
    story.does(
        SARA,
        Disclose(
            person=girl,
            receiver=POLICE_INVESTIGATION,
            compartments=told,
            purpose=Purpose.INVESTIGATION,
            last=NEW_YEAR,
            consent=consent,
        ),
        case,
        ground="consent",
    )
    return consent


def _tuesday(story: Story, case: Ref, girl: Ref) -> Scenes:
    child = social("0580", "barn")
    yield "Tue 09:00"
    story.does(
        PIA,
        RecordInformation(
            person=girl,
            police="The exit ban is applied for. The ticket is for Friday 06:40.",
            risk_assessment="Structured assessment: high risk of being taken abroad, and of violence if it fails.",
            risk_memo="High risk until the flight has left, and again when the family learns of the ban.",
        ),
        case,
    )
    story.tries(
        PIA,
        Disclose(
            person=girl,
            receiver=child,
            compartments=frozenset({Compartment.RISK_ASSESSMENT}),
            purpose=Purpose.PROTECTION,
            last=NEW_YEAR,
        ),
        case,
        ground="osl-35-1",
    )  # C3: the memo is shared instead
    story.does(
        PIA,
        Disclose(
            person=girl,
            receiver=child,
            compartments=frozenset({Compartment.RISK_MEMO, Compartment.POLICE}),
            purpose=Purpose.PROTECTION,
            last=NEW_YEAR,
            balancing="Protection outweighs: social services must plan for Friday.",
        ),
        case,
        ground="osl-35-1",
        because=Because.DANGER,
    )
    story.looks(PIA, Kind.CASE, case)
    yield "Tue 13:40"
    story.does(SARA, MarkProtection(person=girl, level=Protection.CONFIDENTIALITY_MARKED), case)
    story.does(
        SARA,
        Disclose(
            person=girl,
            receiver=EMERGENCY,
            compartments=frozenset({Compartment.IDENTITY, Compartment.SOCIAL}),
            purpose=Purpose.CARE,
            last=date(2026, 11, 13),
        ),
        case,
        ground="osl-26-9",
    )
    yield "Tue 15:10"
    story.does(LEO, RecordInformation(person=girl, health="Bruises on both upper arms, some days old."), case)
    story.does(
        LEO,
        Disclose(
            person=girl,
            receiver=child,
            compartments=frozenset({Compartment.HEALTH}),
            purpose=Purpose.PROTECTION,
            last=NEW_YEAR,
        ),
        case,
        ground="osl-25-12",
        because=Because.URGENT,
    )


def _wednesday(story: Story, case: Ref, girl: Ref) -> Scenes:
    yield "Wed 09:00"
    brother = story.does(
        SARA,
        AddPerson(gender=Gender.BOY_OR_MAN, minor=True, secondary=True, identity="Exempel Exempelsson, born 2008"),
        case,
    ).created
    story.does(ANNA, assigned(brother, social("0581", "barn"), Purpose.PROTECTION), case)
    story.does(SARA, BlockStaff(staff=StaffId(RELATED)), case)
    yield "Wed 11:20"
    place = frozenset({Compartment.WHEREABOUTS})
    story.does(
        SARA,
        RecordInformation(person=girl, whereabouts="Placed at the made-up address Ingenstansvägen 0."),
        case,
        because=Because.DANGER,
    )
    story.tries(
        SARA,
        Disclose(
            person=girl,
            receiver=POLICE_VICTIMS,
            compartments=place | {Compartment.IDENTITY},
            purpose=Purpose.PROTECTION,
            last=NEW_YEAR,
        ),
        case,
        ground="consent",
    )  # C4: whereabouts are disclosed singly
    consent = story.does(
        SARA,
        GiveConsent(
            person=girl, purpose=Purpose.PROTECTION, receiver=POLICE_VICTIMS, compartments=place, last=NEW_YEAR
        ),
        case,
        channel=Channel.VISIT,
    ).created
    story.does(
        SARA,
        Disclose(
            person=girl,
            receiver=POLICE_VICTIMS,
            compartments=place,
            purpose=Purpose.PROTECTION,
            last=NEW_YEAR,
            consent=consent,
        ),
        case,
        ground="consent",
    )


def _thursday(story: Story, case: Ref, girl: Ref) -> Scenes:
    yield "Thu 09:30"
    story.does(
        SARA,
        WriteNote(person=girl, purge_on=date(2026, 11, 14), text="Ring the counsellor again; she sounded tired."),
        case,
    )
    note = story.does(
        SARA, WriteNote(person=girl, purge_on=date(2026, 11, 30), text="Does not sleep. Ask child psychiatry."), case
    ).created
    story.does(
        SARA,
        ExpediteNote(
            note=note, person=girl, receiver=CHILD_PSYCHIATRY, memo="She has not slept since Monday and asks for help."
        ),
        case,
        ground="osl-26-9",
    )  # C6
    story.does(
        SARA,
        Disclose(
            person=girl,
            receiver=school("0580"),
            compartments=frozenset({Compartment.SOCIAL}),
            purpose=Purpose.PROTECTION,
            last=date(2026, 11, 12),
            spoken=True,
            balancing="The school must know not to call home.",
        ),
        case,
        ground="osl-10-27",
        channel=Channel.TELEPHONE,
        happened="Thu 09:05",
    )  # C2: said on the telephone, written down afterwards


def the_other_county_seat(story: Story, _: Cast) -> Scenes:
    """Norrköping's case: disclosed to the prosecutor, something taken back, closed and reopened (D9)."""
    yield "Tue 16:20"
    case = story.does(NILS, Open(coordinator=COORDINATION)).stream
    person = story.does(
        NILS, AddPerson(gender=Gender.BOY_OR_MAN, minor=True, identity="Testo Testsson, born 2009"), case
    ).created
    story.does(NILS, SetSafeContact(person=person, contact="Through the football coach, after training."), case)
    mistaken = story.does(
        NILS, RecordInformation(person=person, social="He is said to be engaged to a cousin."), case
    ).created
    story.does(
        NILS,
        Disclose(
            person=person,
            receiver=PROSECUTOR,
            compartments=frozenset({Compartment.IDENTITY, Compartment.SOCIAL}),
            purpose=Purpose.INVESTIGATION,
            last=NEW_YEAR,
        ),
        case,
        ground="osl-10-23",
    )
    yield "Thu 13:00"
    story.does(NILS, Retract(act=mistaken, person=person), case)
    story.does(NILS, Close(outcome=Outcome.SUPPORT_GOES_ON), case, because=Because.NOT_AVAILABLE)
    yield "Sat 11:00"
    story.does(ANNA, Reopen(), case, channel=Channel.TELEPHONE, because=Because.URGENT)


def the_disposed(story: Story, cast: Cast) -> Scenes:
    """A case whose owner disposes of all that is its own: keys deleted and named on the log."""
    yield "Wed 13:30"
    case = story.does(VERA, Open(coordinator=COORDINATION)).stream
    person = story.does(
        VERA, AddPerson(gender=Gender.GIRL_OR_WOMAN, identity="Påhitta Påhittsson, born 1991"), case
    ).created
    story.does(VERA, RecordInformation(person=person, social="It turned out to be another person altogether."), case)
    story.does(VERA, Close(outcome=Outcome.OTHER), case, because=Because.NOT_APPLICABLE)
    story.does(VERA, Dispose(whole=True), case)
    cast.disposed = case
