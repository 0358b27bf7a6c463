"""Hidden edits of content: another text, in each compartment, of each relation."""

from collections.abc import Iterator, Mapping
from typing import Final

from domain.case.commands import RecordInformation
from domain.vocabulary import (
    Compartment,
)
from tests.noninterference.matters import Step, make_report
from tests.noninterference.pairs import Edit
from tests.noninterference.reasons import (
    ADDRESSED,
    COLLEAGUE,
    LEADS,
    OF_CENTRE,
    OF_LEADS,
    OF_PARTIES,
    OWN,
    RECEIVED,
    SENT,
)
from tests.noninterference.story import record
from tests.noninterference.world import World

_OF_REFERRAL: Final = {"owner": OWN, "siblings_participant": SENT}
_OF_REPORT: Final = {"asker": OWN, "owner": SENT, "blocked_colleague": COLLEAGUE}

CONTENT: Final[Mapping[str, tuple[Compartment, Mapping[str, str]]]] = {
    "question": (Compartment.ADVICE, {"asker": OWN, "coordinator": ADDRESSED, "adviser": ADDRESSED}),
    "answer": (
        Compartment.ADVICE,
        {"asker": ADDRESSED, **OF_CENTRE, "anonymous_caller": "A4: the answer, with its key"},
    ),
    "their_answer": (Compartment.ADVICE, {"asker": ADDRESSED, "passed_on_to": OWN}),
    "clinics_question": (
        Compartment.ADVICE,
        {"siblings_participant": OWN, "coordinator": ADDRESSED, "adviser": ADDRESSED},
    ),
    "owners_question": (
        Compartment.ADVICE,
        {"owner": OWN, "blocked_colleague": COLLEAGUE, "coordinator": ADDRESSED, "adviser": ADDRESSED},
    ),
    "adults_question": (
        Compartment.ADVICE,
        {"other_unit": OWN, "coordinator": ADDRESSED, "adviser": ADDRESSED},
    ),
    "name": (Compartment.IDENTITY, OF_CENTRE),
    "phone": (Compartment.CONTACT, OF_CENTRE),
    "safe_contact": (Compartment.CONTACT, {"owner": OWN}),
    "social": (Compartment.SOCIAL, {"owner": OWN, "receiver": RECEIVED}),
    "whereabouts": (Compartment.WHEREABOUTS, {"owner": OWN}),
    "risk_memo": (Compartment.RISK_MEMO, {"owner": OWN, "receiver": RECEIVED}),
    "risk_assessment": (Compartment.RISK_ASSESSMENT, {"owner": OWN}),
    "child_statement": (Compartment.CHILD_STATEMENT, {"owner": OWN}),
    "police": (Compartment.POLICE, {"receiver": OWN}),
    "health": (Compartment.HEALTH, {"siblings_participant": OWN}),
    "note": (Compartment.WORKING_NOTE, {"owner": OWN}),
    "balancing": (Compartment.WORKING_NOTE, {"owner": OWN}),
    # In the case.
    "change": (Compartment.SOCIAL, {"owner": OWN, "receiver": RECEIVED}),
    "assessment": (Compartment.RISK_ASSESSMENT, {"owner": OWN}),
    "motive": (Compartment.SOCIAL, {"owner": OWN, "receiver": RECEIVED}),
    "placement": (Compartment.WHEREABOUTS, {"owner": OWN}),
    "moved": (Compartment.COORDINATION, {"owner": OWN, "other_unit": ADDRESSED, "coordinator": LEADS}),
    # In the referral.
    "referred_name": (Compartment.IDENTITY, _OF_REFERRAL),
    "referred_contact": (Compartment.CONTACT, _OF_REFERRAL),
    "referred": (Compartment.SOCIAL, _OF_REFERRAL),
    "referral_balancing": (Compartment.WORKING_NOTE, {"owner": OWN}),
    "police_refer": (Compartment.SOCIAL, {"receiver": OWN, "siblings_participant": SENT}),
    "police_contact": (Compartment.CONTACT, {"receiver": OWN, "siblings_participant": SENT}),
    # In the report.
    "reasons": (Compartment.SOCIAL, {"asker": OWN}),
    "reported_name": (Compartment.IDENTITY, _OF_REPORT),
    "reported_contact": (Compartment.CONTACT, _OF_REPORT),
    "reported": (Compartment.SOCIAL, _OF_REPORT),
    "reported_statement": (Compartment.CHILD_STATEMENT, _OF_REPORT),
    # In the meeting.
    "agenda": (Compartment.COORDINATION, OF_LEADS),
    "place": (Compartment.COORDINATION, OF_PARTIES),
    "absence": (Compartment.COORDINATION, {**OF_LEADS, "siblings_participant": OWN}),
    "language": (Compartment.COORDINATION, OF_LEADS),
    "summary": (Compartment.COORDINATION, OF_PARTIES),
    "said": (Compartment.SOCIAL, {"owner": OWN, "receiver": SENT}),
    "task": (Compartment.COORDINATION, OF_PARTIES),
    "task_alone": (Compartment.COORDINATION, {**OF_LEADS, "receiver": ADDRESSED}),
}
"""Each text of the story: its compartment, and who may read it."""
NOT_IN_THIS_PART: Final = {
    Compartment.RECORD: "the record is what the other edits add, take away and change",
    Compartment.ACCESS: "looks are edited below: another look, another refusal",
}
_RULE_OF: Final = {
    Compartment.WHEREABOUTS: "C4",
    Compartment.RISK_MEMO: "C3",
    Compartment.RISK_ASSESSMENT: "C3",
    Compartment.WORKING_NOTE: "C6",
    Compartment.ADVICE: "A1",
    Compartment.IDENTITY: "A2",
    Compartment.CONTACT: "C12",
}


def _alike() -> Iterator[tuple[tuple[str, ...], Mapping[str, str]]]:
    """The texts by who may read them: those of the same readers are edited together."""
    for readers in dict.fromkeys(frozenset(visible) for _, visible in CONTENT.values()):
        names = tuple(name for name, (_, visible) in CONTENT.items() if visible.keys() == readers)
        yield names, CONTENT[names[0]][1]


TEXT_EDITS: Final = tuple(
    Edit(
        name=f"another text of {', '.join(names)}",
        rule=", ".join(dict.fromkeys(_RULE_OF.get(CONTENT[name][0], "C1") for name in names)),
        visible=visible,
        texts={name: f"Something else of {name}, and at such a length that a size tells it. " * 20 for name in names},
    )
    for names, visible in _alike()
)


_RECORDED: Final = ("social", "whereabouts", "risk_memo", "risk_assessment", "child_statement")


def _record_because(because: str) -> Step:
    """The same is recorded, with a reason such as whereabouts of who is protected ask for."""

    def step(world: World) -> object:
        command = RecordInformation(person=world.person(), **{name: world.text(name) for name in _RECORDED})
        return world.do("owner", command, "case", "recorded", because=because)

    return step


REASON_EDITS: Final = (
    Edit(
        name="a reason given with what is recorded, as whereabouts of who is protected ask for",
        rule="C4, C11",
        instead="recorded",
        later=0,
        step=_record_because("urgent"),
        visible={"owner": OWN},
    ),
    Edit(
        name="a reason given with a report, as one without safe contact asks for",
        rule="C12",
        instead="made",
        later=0,
        step=make_report(because="danger"),
        visible={"asker": OWN},
    ),
)
PART_EDITS: Final = (
    Edit(
        name="a part more in an act, as no replay tells without a mandate",
        rule="R10",
        instead="recorded",
        later=0,
        step=record("owner", "person", "recorded", **{name: name for name in (*_RECORDED, "health")}),
        visible={"owner": OWN},
    ),
)
CONTENT_EDITS: Final = (*TEXT_EDITS, *REASON_EDITS, *PART_EDITS)
