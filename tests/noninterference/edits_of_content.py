"""Hidden edits of content: another text, in each compartment, of each relation."""

from collections.abc import Mapping
from typing import Final

from domain.vocabulary import (
    Compartment,
)
from tests.noninterference.pairs import Edit
from tests.noninterference.reasons import ADDRESSED, OF_CENTRE, OWN, RECEIVED

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
}
"""Each text of the story: its compartment, and who may read it."""
NOT_IN_THIS_PART: Final = {
    Compartment.RECORD: "the record is what the other edits add, take away and change",
    Compartment.COORDINATION: "no act of this part carries times and tasks",
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


CONTENT_EDITS: Final = tuple(
    Edit(
        name=f"another text of {name}",
        rule=_RULE_OF.get(compartment, "C1"),
        visible=visible,
        texts={name: "Something else, and at such a length that a size would tell it. " * 20},
    )
    for name, (compartment, visible) in CONTENT.items()
)
