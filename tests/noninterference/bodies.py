"""For every command, bodies that an observer can form of what they hold: one that may go well, others that pry."""

from collections.abc import Callable
from typing import Any, Final, Protocol

from tests.noninterference.people import ADULTS, CENTRE, CHILDREN, CLINIC, ELSEWHERE, LINE, POLICE, SHELTER, VICTIMS
from tests.noninterference.world import START

Body = dict[str, Any]


class Holds(Protocol):
    """What a body is formed of: the aliases that an observer has met."""

    people: list[str]
    acts: list[str]
    by_event: dict[str, list[str]]
    held: dict[str, list[str]]
    guess: str


Bodies = Callable[[Holds], list[Body]]
LAST: Final = "2026-10-31"
URGENT: Final = {"act": {"because": "urgent"}}


def _person(holds: Holds) -> str:
    return holds.people[0] if holds.people else holds.guess


def _acts(holds: Holds) -> list[str]:
    return [*holds.acts[-3:], holds.guess]


def _of_event(field: str, event: str, **more: Any) -> Bodies:
    """At what such an act made, and at what is hidden."""
    return lambda holds: [{field: act, **more} for act in (*holds.by_event.get(event, ())[:2], holds.guess)]


def _of_case(first: Body, *bodies: Body) -> Bodies:
    """About somebody in a case that is held, about nobody in it, in no case, in one that is hidden."""
    return lambda holds: [
        {"case": next(iter(holds.held["case"]), holds.guess), "person": _person(holds), **first},
        {"case": next(iter(holds.held["case"]), holds.guess), **first},
        {"case": holds.guess, "person": _person(holds), **first},
        first,
        *bodies,
    ]


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

_ASSESSED: Final[Body] = {"instrument": "patriark", "assessed": "2026-03-01", "valid_until": LAST}
_PROPOSED: Final[Body] = {"receiver": CLINIC, "purpose": "care"}
_CONSIDERED: Final[Body] = {"about": "concern_child", "outcome": "report", "reasons": "Fear"}
_ON_DUTY: Final[Body] = {"act": {"ground": "child-concern", "because": "urgent"}}
_LABELS: Final[tuple[Body, ...]] = ({"text": "Ours 26-14"}, {"text": ""}, {"text": None}, {"text": "x" * 201})
_BLOCKS: Final[tuple[Body, ...]] = (
    {"staff": "coordinator"},
    {"staff": "blocked_colleague"},
    {"staff": " Blocked_Colleague", "elsewhere": True},
    {"staff": "receiver", "elsewhere": True},
    {"staff": "nobody-anywhere", "elsewhere": True},
)
"""Of one's own agency, of another and of none: who works elsewhere is told to nobody (C9)."""
_LATER: Final = 2_000_000_000_000_000

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
    "case.block_staff": _plain(*_BLOCKS),
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
    "case.confirm_safe_contact": _of_event("disclosure", "case.disclosed"),
    "case.close": _plain({"outcome": "protected"}, {"outcome": "protected", "act": {"because": "not_available"}}),
    "case.reopen": _plain({}),
    "case.retract": _of_acts("of_act"),
    "case.label": _plain(*_LABELS),
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
    "consultation.label": _plain(*_LABELS),
    "consultation.dispose": _plain({}, {"whole": True}),
    "case.give_mandate": _plain(
        {
            "auditor": "regional_auditor",
            "agency": "centre",
            "decided_by": "centre",
            "decision": "2026-1",
            "last": LAST,
        }
    ),
    "case.end_mandate": _of_acts("mandate"),
    "case.assess_risk": _of_person(
        {**_ASSESSED, "authority": True, "trained": True, "assessment": "High"},
        {**_ASSESSED, "authority": False, "trained": True},
        {**_ASSESSED, "authority": True, "trained": True, "instrument": "freda"},
    ),
    "case.change_circumstances": _of_person({"at_once": True, "what": "A trip is booked."}, {"asked": POLICE}),
    "case.assess_motive": _of_person({"motive": "suspected", "why": "Control"}),
    "case.record_place": _of_person({"place": "placement", "where": "Somewhere"}, {"place": "crime", "where": "There"}),
    "case.leave_place": _of_person({"place": "placement", "how": "compromised"}, {"place": "residence"}),
    "case.take_responsibility": _of_person({}),
    "case.offer_transfer": _of_person({"to": ADULTS, "reason": "They moved"}, {"to": ELSEWHERE}),
    "case.accept_transfer": _of_event("transfer", "case.transfer_offered"),
    "case.decline_transfer": _of_event("transfer", "case.transfer_offered", reason="They did not move"),
    "case.withdraw_transfer": _of_event("transfer", "case.transfer_offered"),
    "case.record_outcome": _of_person({"protected": "partly", "how": "A shelter"}),
    "referral.propose": _of_case(_PROPOSED, {**_PROPOSED, "receiver": SHELTER}),
    "referral.person_agrees": _plain({"compartments": ["contact", "social"], "last": LAST}),
    "referral.person_declines": _plain({}),
    "referral.send": _plain(
        {"contact": "At ten", "social": "Help", "act": {"ground": "consent"}},
        {"contact": "At ten", "social": "Help", "act": {"ground": "osl-26-9"}},
        {"receiver": ADULTS, "social": "Help", "act": {"ground": "osl-10-2"}},
    ),
    "referral.give_safe_contact": _plain({"contact": "At eleven", "act": {"ground": "osl-26-9"}}),
    "referral.confirm_receipt": _plain({}),
    "referral.confirm_safe_contact": _plain({}),
    "referral.accept": _plain({}),
    "referral.decline": _plain({"reason": "no_capacity", "explanation": "No time"}),
    "referral.redirect": _plain({"to": ADULTS}, {"to": CHILDREN}, {"to": VICTIMS}),
    "referral.contact_attempted": _plain({}, URGENT),
    "referral.first_contact": _plain({}, URGENT),
    "referral.did_not_attend": _plain({}),
    "referral.complete": _plain({"outcome": "support_goes_on", **URGENT}),
    "referral.withdraw": _plain({}),
    "referral.remind": _plain({}),
    "referral.signpost": _plain({"told": "A number"}),
    "referral.label": _plain(*_LABELS),
    "referral.dispose": _plain({}, {"whole": True}),
    "report.consider": lambda holds: [
        *_of_case(_CONSIDERED, {**_CONSIDERED, "about": "crime"})(holds),
        *(
            {**_CONSIDERED, "consultation": alias}
            for alias in (*holds.held["consultation"][:2], *holds.held["case"][:1], holds.guess)
        ),
    ],
    "report.reconsider": _plain({"outcome": "no_report", "reasons": "Nothing"}, {"outcome": "report"}),
    "report.consider_crime": _plain({"outcome": "report"}),
    "report.identify": _plain({"identity": "Someone"}),
    "report.make": _plain(
        {"receiver": CHILDREN, "social": "Fear", **_ON_DUTY}, {"receiver": ADULTS, "social": "Fear", **_ON_DUTY}
    ),
    "report.supplement": _plain({"social": "More fear", **_ON_DUTY}),
    "report.confirm_receipt": _plain({}),
    "report.confirm_safe_contact": _plain({}),
    "report.tell_outcome": _plain({"outcome": "inquiry_opened"}),
    "report.label": _plain(*_LABELS),
    "report.dispose": _plain({}, {"whole": True}),
    "meeting.request": lambda holds: (
        [
            {"case": case, "persons": people, "meeting": "coordination_meeting", "agenda": "How we help"}
            for case in (next(iter(holds.held["case"]), holds.guess), holds.guess)
            for people in ([_person(holds)], [])
        ]
        + [
            {"meeting": "coordination_meeting", "coordinator": CENTRE},
            {"meeting": "forum", "case_bearing": False},
        ]
    ),
    "meeting.schedule": _plain({"mode": "video", "start": _LATER, "end": _LATER + 1, "place": "A room"}),
    "meeting.invite": _plain(
        *({"unit": unit} for unit in (POLICE, VICTIMS, LINE, CLINIC, CHILDREN, SHELTER)),
        {"units": [VICTIMS, CLINIC, ADULTS]},
        {"units": [CHILDREN, SHELTER]},
    ),
    "meeting.accept_invitation": _plain({"role": "handler"}),
    "meeting.decline_invitation": _plain({"reason": "No time"}),
    "meeting.call_now": _plain({"mode": "telephone", "units": [ADULTS, CLINIC]}),
    "meeting.hold": _plain(
        {
            "mode": "telephone",
            "start": START,
            "attended": [{"unit": CHILDREN, "role": "handler"}],
            "confidentiality": False,
            **URGENT,
        }
    ),
    "meeting.cancel": _plain({"reason": "Settled"}),
    "meeting.write_minutes": lambda holds: [
        {"to": [POLICE], "summary": "Friday"},
        {"to": [CHILDREN, VICTIMS], "summary": "Friday"},
        {"to": [POLICE], "person": _person(holds), "social": "Said", "act": {"ground": "osl-10-2"}},
        {"to": [POLICE], "person": _person(holds), "social": "Said", "act": {"ground": "consent"}},
        {"to": [POLICE], "person": holds.guess, "social": "Said", "act": {"ground": "osl-10-2"}},
    ],
    "meeting.confirm_safe_contact": _of_event("minutes", "meeting.minutes_written"),
    "meeting.divide_work": _plain(
        *({"unit": unit, "due": _LATER, "what": "Call"} for unit in (POLICE, CLINIC, VICTIMS))
    ),
    "meeting.task_done": _of_event("task", "meeting.work_divided"),
    "meeting.task_not_done": _of_event("task", "meeting.work_divided", why="No time"),
    "meeting.task_no_longer_possible": _of_event("task", "meeting.work_divided", why="Too late"),
    "meeting.book_interpreter": _plain(
        {"mode": "telephone", "language": "kurmanji", "interpreter": "blocked_colleague"},
        {"mode": "on_site", "language": "kurmanji", "place": "A room"},
    ),
    "meeting.block_staff": _plain(*_BLOCKS),
    "meeting.lift_block": _of_acts("block"),
    "meeting.label": _plain(*_LABELS),
    "meeting.dispose": _plain({}, {"whole": True}),
}
