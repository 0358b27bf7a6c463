"""Examples that a newcomer can paste: for every route a body and a line of `curl`, as a persona of the demo.

They are made with the demo's own county; what stands in capitals, such as `$CASE`, is an alias from an earlier answer.
"""

import re
from typing import Any, Final

import msgspec

from hub_api.http.api.example_bodies import BODIES
from hub_api.http.routes import Route, RouteKind

ADDRESS: Final = "http://127.0.0.1:8000"
PERSONA: Final = "samordnare-anna-exempel"
"""The persona of most lines to paste: the demo's coordinator."""
KEY: Final = "$(date +%s).$$.$RANDOM"
"""A new key for every line that is pasted, of what each shell has. With a program that is not there the key would be
empty, `curl` would leave it out, and what is sent twice would be recorded twice."""
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
    **dict.fromkeys(
        (
            "referral.confirm_receipt",
            "referral.confirm_safe_contact",
            "referral.accept",
            "referral.decline",
            "referral.redirect",
            "referral.contact_attempted",
            "referral.first_contact",
            "referral.did_not_attend",
            "referral.complete",
        ),
        "psykolog-paula-exempel",
    ),
    **dict.fromkeys(
        (
            "report.consider",
            "report.reconsider",
            "report.consider_crime",
            "report.identify",
            "report.make",
            "report.supplement",
        ),
        "kurator-kim-exempel",
    ),
    **dict.fromkeys(
        ("meeting.accept_invitation", "meeting.decline_invitation", "meeting.task_done", "meeting.task_not_done"),
        "brottsoffer-bo-exempel",
    ),
}
_PERSONAS_BY_KIND: Final = {"referral": "socialsekreterare-sara-exempel", "report": "socialsekreterare-sara-exempel"}


def body(route: Route) -> dict[str, Any]:
    """A body that the route takes."""
    return BODIES[route.name]


def persona(route: Route) -> str:
    """Who in the demo would do that."""
    return _PERSONAS.get(route.name) or _PERSONAS_BY_KIND.get(route.name.partition(".")[0], PERSONA)


def curl(route: Route) -> str:
    """One command line that calls the route."""
    path = re.sub(r"\{(\w+)\}", lambda part: "6" if part[1] == "table" else "$" + part[1].upper(), route.path)
    words = ["curl", "-s"]
    if route.kind in (RouteKind.READ, RouteKind.COMMAND):
        words.append(f'-H "Authorization: Persona {persona(route)}"')
    if route.kind is RouteKind.COMMAND:
        words.append(f'-H "Idempotency-Key: {KEY}"')
    if route.method == "POST":
        words.append(f"--json '{msgspec.json.encode(body(route)).decode()}'")
    return " ".join([*words, f'"{ADDRESS}{path}"'])
