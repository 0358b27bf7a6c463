"""Examples that a newcomer can paste: for every route a body and a line of `curl`, as a persona of the demo.

They are made with the demo's own county; what stands in capitals, such as `$CASE`, is an alias from an earlier answer.
"""

import re
from typing import Any, Final

import msgspec

from hub_api.http.routes import Route, RouteKind

CENTRE: Final = "resurscentrum-ostergotland.samordning"
SOCIAL: Final = "linkoping.social.barn"
POLICE: Final = "polisen.ost.utredning"
ADDRESS: Final = "http://127.0.0.1:8000"
PERSONA: Final = "samordnare-anna-exempel"
"""The persona of most lines to paste: the demo's coordinator."""
_PERSONAS: Final = {
    "consultation.request": "kurator-kim-exempel",
    "consultation.follow_up": "kurator-kim-exempel",
    "consultation.identify": "kurator-kim-exempel",
    "consultation.issue_key": "jour-joni-exempel",
    "consultation.contact_again": "jour-joni-exempel",
    "agreement.conclude": "administrator-ulla-exempel",
    "agreement.amend": "administrator-ulla-exempel",
    "agreement.end": "administrator-ulla-exempel",
    "replay": "granskare-rut-exempel",
}
ALIAS: Final = "a" * 52
"""Stands for an alias where an example needs one; it opens nothing."""

_BODIES: Final[dict[str, dict[str, Any]]] = {
    "agreement.conclude": {
        "title": "Exempel på överenskommelse",
        "county": "05",
        "catchment": ["0580"],
        "parties": [
            {
                "id": "exempelkommun.social",
                "name": "Socialnämnden i Exempelkommun",
                "kind": "social_services",
                "units": [
                    {
                        "id": "exempelkommun.social.barn",
                        "name": "Barn och unga",
                        "roles": ["handler"],
                        "purposes": ["support"],
                    }
                ],
            }
        ],
        "responsible_body": "exempelkommun.social",
        "first": "2026-01-01",
    },
    "agreement.amend": {"left": ["exempelkommun.social"], "first": "2026-07-01"},
    "agreement.end": {"last": "2026-12-31"},
    "consultation.request": {
        "act": {"channel": "telephone"},
        "asked_of": CENTRE,
        "caller": "school",
        "about": "one",
        "persons": 1,
        "told": "no_contact",
        "county": "05",
        "topic": "forced_marriage",
        "question": "En elev är rädd för sommarlovet. Vad gör vi först?",
    },
    "consultation.accept": {},
    "consultation.pass_on": {"to": POLICE},
    "consultation.advise": {"answer": "Prata med eleven i enrum. Ring socialtjänsten i dag."},
    "consultation.follow_up": {"note": "Skolan har fått kontakt med socialtjänsten."},
    "consultation.contact_again": {"minor": True, "question": "Kan jag få hjälp utan att någon får veta?"},
    "consultation.issue_key": {},
    "consultation.inform": {"told": "told"},
    "consultation.identify": {"identity": "Påhittad Person"},
    "consultation.close": {"outcome": "advice_given"},
    "consultation.reopen": {},
    "consultation.dispose": {"whole": True},
    "case.open": {"coordinator": CENTRE},
    "case.add_person": {"gender": "girl_or_woman", "minor": True, "identity": "Påhittad Person"},
    "case.identify_person": {"person": ALIAS, "identity": "Påhittad Person"},
    "case.assign": {"person": ALIAS, "unit": SOCIAL, "role": "handler", "purpose": "support", "mandate": "inquiry"},
    "case.end_assignment": {"grant": ALIAS},
    "case.give_consent": {
        "person": ALIAS,
        "purpose": "protection",
        "receiver": POLICE,
        "compartments": ["social"],
        "last": "2027-06-30",
    },
    "case.withdraw_consent": {"consent": ALIAS},
    "case.disclose": {
        "act": {"ground": "consent"},
        "person": ALIAS,
        "receiver": POLICE,
        "compartments": ["social"],
        "purpose": "protection",
        "last": "2027-06-30",
        "consent": ALIAS,
    },
    "case.end_disclosure": {"grant": ALIAS},
    "case.set_safe_contact": {"person": ALIAS, "contact": "Genom skolsköterskan, vardagar före tolv."},
    "case.mark_protection": {"person": ALIAS, "level": "confidentiality_marked"},
    "case.block_staff": {"staff": "anstalld.17"},
    "case.lift_block": {"block": ALIAS},
    "case.record_information": {"person": ALIAS, "social": "Har berättat för kuratorn att hon är rädd."},
    "case.write_note": {"purge_on": "2027-01-31", "text": "Ring kuratorn på måndag."},
    "case.expedite_note": {"note": ALIAS, "person": ALIAS, "receiver": POLICE, "memo": "Sammanfattning."},
    "case.purge_note": {"note": ALIAS},
    "case.link_consultation": {"consultation": ALIAS},
    "case.enter_phase": {"phase": "acute"},
    "case.close": {"outcome": "protected"},
    "case.reopen": {},
    "case.retract": {"of_act": ALIAS},
    "case.dispose": {"person": ALIAS, "compartments": ["social"]},
    "answers": {"key": "bano-kilu-tara-domi-safu-nilo"},
}


def body(route: Route) -> dict[str, Any]:
    """A body that the route takes."""
    return _BODIES[route.name]


def persona(route: Route) -> str:
    """Who in the demo would do that."""
    return _PERSONAS.get(route.name, PERSONA)


def curl(route: Route) -> str:
    """One command line that calls the route."""
    path = re.sub(r"\{(\w+)\}", lambda part: "6" if part[1] == "table" else "$" + part[1].upper(), route.path)
    words = ["curl", "-s"]
    if route.kind in (RouteKind.READ, RouteKind.COMMAND):
        words.append(f'-H "Authorization: Persona {persona(route)}"')
    if route.kind is RouteKind.COMMAND:
        words.append('-H "Idempotency-Key: $(uuidgen)"')
    if route.method == "POST":
        words.append(f"--json '{msgspec.json.encode(body(route)).decode()}'")
    return " ".join([*words, f'"{ADDRESS}{path}"'])
