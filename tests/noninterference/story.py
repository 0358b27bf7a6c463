"""The history that the pairs share: consultations, a case with two persons, what was shared, what the units did
together, and how it ended."""

from datetime import date
from typing import Final

from domain.case import commands as case
from domain.consultation import commands as consultation
from domain.vocabulary import (
    About,
    CallerCategory,
    Channel,
    Compartment,
    GroundId,
    InformedOf,
    Kind,
    Outcome,
    Phase,
    Purpose,
    Role,
    StaffId,
)
from tests.noninterference.matters import MATTERS, Step
from tests.noninterference.people import (
    CENTRE,
    LINE,
    OBSERVERS,
    POLICE,
    agreement,
)
from tests.noninterference.world import World

CONSENT: Final = GroundId("consent")
NECESSARY: Final = GroundId("osl-10-2")
DAY: Final = 24
UNTIL: Final = date(2026, 5, 31)
_BLOCKED: Final = case.BlockStaff(staff=StaffId("blocked_colleague"), elsewhere=True)


def request(
    asked_of: str, world: World, question: str, caller: CallerCategory = CallerCategory.SCHOOL
) -> consultation.Request:
    return consultation.Request(
        asked_of=LINE if asked_of == "line" else CENTRE,
        reference="",
        caller=caller,
        about=About.ONE,
        persons=1,
        told=InformedOf.TOLD,
        county="05",
        question=world.text(question),
    )


def look(who: str, name: str) -> Step:
    """Someone looks, so that auditors meet the alias of it in the trail."""
    return lambda world: world.hub.gateway.look_now(OBSERVERS[who], Kind.CASE, world.refs[name], what="case")


def record(who: str, person: str, name: str, **compartments: str) -> Step:
    """Someone records information, each text called by its own name."""

    def step(world: World) -> object:
        texts = {field: world.text(text) for field, text in compartments.items()}
        return world.do(who, case.RecordInformation(person=world.refs[person], **texts), "case", name)

    return step


def assign(
    who: str,
    unit: str,
    role: Role,
    purpose: Purpose,
    person: str,
    name: str,
    last: date | None = None,
    *,
    guest: bool = False,
) -> Step:
    def step(world: World) -> object:
        command = case.Assign(
            person=world.refs[person], unit=OBSERVERS[unit].unit, role=role, purpose=purpose, last=last, guest=guest
        )
        return world.do(who, command, "case", name)

    return step


def _consent(world: World) -> object:
    command = case.GiveConsent(
        person=world.person(),
        purpose=Purpose.INVESTIGATION,
        receiver=POLICE,
        compartments=frozenset({Compartment.SOCIAL}),
        last=date(2026, 6, 30),
    )
    return world.do("owner", command, "case", "consent")


def disclose_on_consent(name: str, last: date) -> Step:
    """The owner lets the police take part of what is social, on the person's consent."""

    def step(world: World) -> object:
        command = case.Disclose(
            person=world.person(),
            receiver=POLICE,
            compartments=frozenset({Compartment.SOCIAL}),
            purpose=Purpose.INVESTIGATION,
            last=last,
            consent=world.refs["consent"],
            balancing=world.text("balancing"),
        )
        return world.do("owner", command, "case", name, ground=CONSENT)

    return step


def _disclose_by_law(world: World) -> object:
    command = case.Disclose(
        person=world.person(),
        receiver=POLICE,
        compartments=frozenset({Compartment.RISK_MEMO}),
        purpose=Purpose.INVESTIGATION,
        last=date(2026, 4, 30),
    )
    return world.do("owner", command, "case", "by_law", ground=NECESSARY)


def _pass_time(world: World) -> object:
    world.hub.follower.catch_up()  # the schedule is read from a view
    return world.hub.scheduler.run_now()


STORY: Final[tuple[tuple[str, float, Step], ...]] = (
    ("agreed", 0, lambda w: w.do("administrator", agreement(), None, "agreement")),
    ("asked", 1, lambda w: w.do("asker", request("centre", w, "question"), None, "asked", key="first")),
    ("key", 2, lambda w: w.do("asker", consultation.IssueKey(tag=""), "asked", "key", key="the key")),
    ("accepted", 3, lambda w: w.do("coordinator", consultation.Accept(), "asked", channel=Channel.TELEPHONE)),
    ("advised", 4, lambda w: w.do("adviser", consultation.Advise(answer=w.text("answer")), "asked", "advice")),
    ("asked_more", 5, lambda w: w.do("asker", request("centre", w, "second_question"), None, "passed")),
    ("passed_on", 6, lambda w: w.do("coordinator", consultation.PassOn(to=LINE), "passed")),
    ("advised_there", 7, lambda w: w.do("passed_on_to", consultation.Advise(answer=w.text("their_answer")), "passed")),
    (
        "clinic_asked",
        8,
        lambda w: w.do(
            "siblings_participant",
            request("centre", w, "clinics_question", CallerCategory.HEALTH_CARE),
            None,
            "clinics",
        ),
    ),
    ("owners_asked", 8.5, lambda w: w.do("owner", request("centre", w, "owners_question"), None, "owners")),
    ("adults_asked", 9, lambda w: w.do("other_unit", request("centre", w, "adults_question"), None, "adults")),
    ("opened", 10, lambda w: w.do("coordinator", case.Open(coordinator=CENTRE), None, "case")),
    (
        "person",
        11,
        lambda w: w.do(
            "coordinator", case.AddPerson(identity=w.text("name"), contact=w.text("phone")), "case", "person"
        ),
    ),
    ("sibling", 12, lambda w: w.do("coordinator", case.AddPerson(secondary=True), "case", "sibling")),
    (
        "blocked",
        13,
        lambda w: w.do("coordinator", _BLOCKED, "case", "block"),
    ),
    ("owner_assigned", 14, assign("coordinator", "owner", Role.HANDLER, Purpose.PROTECTION, "person", "owners")),
    (
        "receiver_assigned",
        15,
        assign(
            "coordinator",
            "receiver",
            Role.HANDLER,
            Purpose.INVESTIGATION,
            "person",
            "receivers",
            last=date(2026, 3, 12),
        ),
    ),
    (
        "clinic_assigned",
        16,
        assign(
            "coordinator",
            "siblings_participant",
            Role.HANDLER,
            Purpose.CARE,
            "sibling",
            "clinics_grant",
            last=date(2026, 12, 31),
        ),
    ),
    (
        "guest_assigned",
        17,
        assign(
            "coordinator",
            "guest",
            Role.HANDLER,
            Purpose.PROTECTION,
            "person",
            "guests",
            last=date(2026, 9, 30),
            guest=True,
        ),
    ),
    (
        "safe_contact",
        20,
        lambda w: w.do(
            "owner", case.SetSafeContact(person=w.person(), contact=w.text("safe_contact")), "case", "safe_contact"
        ),
    ),
    (
        "recorded",
        21,
        record(
            "owner",
            "person",
            "recorded",
            social="social",
            whereabouts="whereabouts",
            risk_memo="risk_memo",
            risk_assessment="risk_assessment",
            child_statement="child_statement",
        ),
    ),
    ("police_recorded", 22, record("receiver", "person", "police_recorded", police="police")),
    ("clinic_recorded", 23, record("siblings_participant", "sibling", "clinic_recorded", health="health")),
    (
        "note",
        24,
        lambda w: w.do(
            "owner",
            case.WriteNote(person=w.person(), purge_on=date(2026, 8, 1), text=w.text("note")),
            "case",
            "note",
        ),
    ),
    ("consented", 25, _consent),
    ("disclosed", 26, disclose_on_consent("on_consent", UNTIL)),
    ("disclosed_again", 26.5, disclose_on_consent("on_consent_too", date(2026, 6, 30))),
    ("disclosed_by_law", 27, _disclose_by_law),
    ("looked", 28, look("owner", "case")),
    ("phase", 29, lambda w: w.do("coordinator", case.EnterPhase(phase=Phase.ACUTE), "case")),
    *MATTERS,
    ("days", 12 * DAY, _pass_time),
    (
        "withdrawn",
        12 * DAY + 1,
        lambda w: w.do("owner", case.WithdrawConsent(consent=w.refs["consent"]), "case", channel=Channel.MEETING),
    ),
    ("closed", 12 * DAY + 2, lambda w: w.do("asker", consultation.Close(outcome=Outcome.ADVICE_GIVEN), "asked")),
    ("quiet", 12 * DAY + 8, _pass_time),
)
"""Label, hours after the start, and what happens. Hidden edits lie between these."""
CHECKPOINTS: Final = ("adults_asked", "together", "days", "quiet")
"""After these every observer looks at everything; before the commands, at the end, and once more after them."""


def hours_of(label: str) -> float:
    """When a step is, in hours after the start."""
    return next(hours for name, hours, _ in STORY if name == label)
