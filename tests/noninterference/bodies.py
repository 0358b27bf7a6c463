"""For every command, bodies that an observer can form of what they hold: one that may go well, others that pry."""

from collections.abc import Callable
from typing import Any, Final, Protocol

from tests.noninterference.people import ADULTS, CENTRE, CHILDREN, CLINIC, LINE, POLICE, SHELTER, VICTIMS

Body = dict[str, Any]


class Holds(Protocol):
    """What a body is formed of: the aliases that an observer has met."""

    people: list[str]
    acts: list[str]
    held: dict[str, list[str]]
    guess: str


Bodies = Callable[[Holds], list[Body]]
LAST: Final = "2026-10-31"
URGENT: Final = {"act": {"because": "urgent"}}


def _person(holds: Holds) -> str:
    return holds.people[0] if holds.people else holds.guess


def _acts(holds: Holds) -> list[str]:
    return [*holds.acts[-3:], holds.guess]


def _of_acts(field: str, **more: Any) -> Bodies:
    return lambda holds: [{field: act, **more} for act in _acts(holds)]


def _of_person(*bodies: Body) -> Bodies:
    return lambda holds: [
        *({"person": _person(holds), **body} for body in bodies),
        {"person": holds.guess, **bodies[0]},
    ]


def _plain(*bodies: Body) -> Bodies:
    return lambda _: list(bodies)


def _assigned(unit: str, purpose: str, **more: Any) -> Body:
    return {"unit": unit, "role": "handler", "purpose": purpose, **URGENT, **more}


def _disclosed(receiver: str, purpose: str, compartment: str, ground: str | None, **more: Any) -> Body:
    act = {"because": "urgent"} | ({} if ground is None else {"ground": ground})
    return {
        "receiver": receiver,
        "purpose": purpose,
        "compartments": [compartment],
        "last": LAST,
        "act": act,
        **more,
    }


_REQUEST: Final[Body] = {
    "asked_of": CENTRE,
    "caller": "police",
    "about": "one",
    "persons": 1,
    "told": "told",
    "question": "What now?",
}

BODIES: Final[dict[str, Bodies]] = {
    "agreement.conclude": _plain(
        {
            "title": "Another",
            "county": "05",
            "catchment": ["0580"],
            "parties": [{"id": "x", "name": "x", "kind": "other", "units": []}],
            "responsible_body": "x",
            "first": "2026-01-01",
        }
    ),
    "agreement.amend": _plain({"first": "2026-01-01"}),
    "agreement.end": _plain({"last": "2030-01-01"}),
    "case.open": _plain({"coordinator": CENTRE}, {"coordinator": SHELTER}),
    "case.add_person": _plain({"identity": "Someone"}, {"offender_side": True}),
    "case.identify_person": _of_person({"identity": "Known now", "contact": "By post", **URGENT}),
    "case.assign": _of_person(
        # Those who are there already, unseen or seen, and those who are not.
        _assigned(CHILDREN, "protection"),
        _assigned(CLINIC, "care"),
        _assigned(VICTIMS, "protection"),
        _assigned(SHELTER, "protection", guest=True, last=LAST),
    ),
    "case.end_assignment": _of_acts("grant"),
    "case.give_consent": _of_person(
        {"purpose": "investigation", "receiver": POLICE, "compartments": ["social", "police"], "last": LAST},
        {"purpose": "protection", "receiver": SHELTER, "compartments": ["social"], "last": LAST},
    ),
    "case.withdraw_consent": _of_acts("consent"),
    "case.disclose": lambda holds: [
        {"person": _person(holds), **body}
        for body in (
            _disclosed(POLICE, "investigation", "social", "consent", consent=_acts(holds)[0]),
            _disclosed(ADULTS, "support", "social", "osl-10-2"),
            _disclosed(SHELTER, "protection", "social", None),
            _disclosed(CLINIC, "care", "risk_assessment", "osl-10-2"),
        )
    ],
    "case.end_disclosure": _of_acts("grant"),
    "case.set_safe_contact": _of_person({"contact": "Call at ten"}),
    "case.mark_protection": _of_person({"level": "protected_registration"}),
    "case.block_staff": _plain({"staff": "coordinator"}, {"staff": "blocked_colleague"}),
    "case.lift_block": _of_acts("block"),
    "case.record_information": _of_person(
        {"social": "More"},
        {"whereabouts": "Somewhere"},
        {"health": "x" * 20_000, "police": "x"},
        {"social": "x" * 20_001},
    ),
    "case.write_note": _plain({"purge_on": "2026-12-31", "text": "A note"}, {"purge_on": "2026-01-01", "text": "x"}),
    "case.expedite_note": lambda holds: [
        {
            "note": note,
            "person": _person(holds),
            "receiver": ADULTS,
            "memo": "A memo",
            "act": {"ground": "osl-10-2"},
        }
        for note in _acts(holds)
    ],
    "case.purge_note": _of_acts("note"),
    "case.link_consultation": lambda holds: [
        {"consultation": alias} for alias in [*holds.held["consultation"], *holds.held["case"], holds.guess][:6]
    ],
    "case.enter_phase": _plain({"phase": "middle"}),
    "case.close": _plain({"outcome": "protected"}),
    "case.reopen": _plain({}),
    "case.retract": _of_acts("of_act"),
    "case.dispose": _plain({}, {"whole": True}, {"compartments": ["social"]}),
    "consultation.request": _plain(_REQUEST, {**_REQUEST, "persons": 2}, {**_REQUEST, "asked_of": ADULTS}),
    "consultation.accept": _plain({}),
    "consultation.pass_on": _plain({"to": LINE}, {"to": ADULTS}),
    "consultation.advise": _plain({"answer": "Wait."}),
    "consultation.follow_up": _plain({"note": "It went well."}),
    "consultation.contact_again": _plain({"question": "And now?", "minor": True}),
    "consultation.issue_key": _plain({}),
    "consultation.inform": _plain({"told": "told"}),
    "consultation.identify": _plain({"identity": "Someone"}),
    "consultation.close": _plain({"outcome": "other"}),
    "consultation.reopen": _plain({}),
    "consultation.dispose": _plain({}, {"whole": True}),
}
