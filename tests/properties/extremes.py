"""The ends of every type that a body can hold, as JSON writes them, and a hub with something of each kind to try."""

import json
from collections.abc import Iterator
from typing import Any, Final

import httpx
import msgspec.inspect as types

from domain.bounds import is_time
from domain.time import EARLIEST, LATEST, TEN_YEARS
from hub_api.http.api.commands import FORMS, Form
from hub_api.http.api.example_bodies import ALIAS, BODIES
from hub_api.http.api.examples import ADDRESS
from hub_api.http.app import create_app
from hub_api.http.time_grid import TimeGrid
from hub_api.identity.personas import Personas
from hub_api.runtime.hub import Hub
from hub_demo.county import PERSONAS
from tests.hub_api.stand import MONDAY

SENDER: Final = "socialsekreterare-sara-exempel"
LISTS: Final = ("inbox", "cases", "consultations", "referrals", "reports", "meetings", "tasks", "board", "trail")
_ENDS: Final = frozenset(
    {"dispose", "close", "cancel", "hold", "person_declines", "withdraw", "signpost", "decline_invitation", "call_now"}
)
"""Verbs after which there is little left to do in a matter: they are tried on what nobody has."""

_NUMBERS: Final = (
    -(10**30),
    -(2**63) - 1,
    -(2**63),
    -62_135_596_800_000_001,
    EARLIEST - 1,
    EARLIEST,
    -1,
    0,
    1_000,
    1_001,
    2**31,
    MONDAY,
    MONDAY + TEN_YEARS,
    MONDAY + 2 * TEN_YEARS,
    LATEST,
    LATEST + 1,
    2**53 - 1,
    2**53,
    2 * 10**18,
    2**63 - 1,
    2**63,
    2**64,
    10**30,
)
NUMBERS: Final = (*map(str, _NUMBERS), "1.5", "1e308", "1e400", "-0", "9" * 5000)
TIMES: Final = (
    "0001-01-01T00:00:00+01:00",
    "1900-01-01T00:00:00Z",
    "2026-11-09T08:00:00+01:00",
    "2200-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-14:00",
    "2026-11-09T23:59:60Z",
    "2026-11-09T08:00:00",
    "20261109T080000Z",
)
DAYS: Final = (
    "0000-01-01",
    "0001-01-01",
    "0219-03-14",
    "1899-12-31",
    "1900-01-01",
    "2026-11-08",
    "2026-11-10",
    "2026-02-30",
    "20261110",
    "2026-W46-2",
    "2199-12-31",
    "2200-01-01",
    "9999-12-31",
)
_TEXTS: Final = (
    "",
    " ",
    "\0",
    "x\0x",
    "a\n",
    "05\n",
    "\u202e",
    "\U0001f642",
    "x" * 200,
    "x" * 201,
    "å" * 20_000,
    "x" * 20_001,
    "x" * 250_000,
    *TIMES,
    *DAYS,
)
TEXTS: Final = (*map(json.dumps, _TEXTS), r'"\ud800"', r'"x\udfff"', r'"\ud83d\ude42"', '"\x7f"')
OTHERS: Final = (
    "null",
    "true",
    "false",
    "[]",
    "{}",
    "[[]]",
    "[null]",
    '[""]',
    json.dumps(["x"] * 501),
    json.dumps([f"x{number}" for number in range(501)]),
    '{"x": {}}',
    "[" * 2000 + "]" * 2000,
)
EVERYTHING: Final = NUMBERS + TEXTS + OTHERS


def of_type(hint: Any) -> tuple[str, ...]:
    """The values that are near a type, of those that there are; of a type of none, a few of each."""
    if is_time(hint):
        return (*NUMBERS, *map(json.dumps, TIMES))
    outermost = {type(kind) for kind in _options(types.type_info(hint))}
    if types.IntType in outermost:
        return NUMBERS
    if types.DateType in outermost:
        return tuple(map(json.dumps, DAYS))
    if types.StrType in outermost:
        return TEXTS
    return (*OTHERS, "0", '"x"')


def _options(kind: types.Type) -> Iterator[types.Type]:
    match kind:
        case types.Metadata(type=inner):
            yield from _options(inner)
        case types.UnionType(types=options):
            for option in options:
                yield from _options(option)
        case _:
            yield kind


class Asking:
    """One hub over HTTP, and in it a matter of each kind that the sender knows."""

    def __init__(self, hub: Hub) -> None:
        transport = httpx.ASGITransport(
            create_app(hub, Personas(PERSONAS), grid=TimeGrid(0)), client=("127.0.0.1", 5000)
        )
        self.browser = httpx.AsyncClient(transport=transport, base_url=ADDRESS)
        self.aliases: dict[str, str] = {}
        self.person = ALIAS

    async def begin(self) -> None:
        """Something of each kind; a person in the case, and a meeting that was held beside one that is to come."""
        for name in ("case.open", "consultation.request", "referral.propose", "report.consider", "meeting.request"):
            self.aliases[name.partition(".")[0]] = (await self._done(name))["id"]
        self.person = (await self._done("case.add_person"))["created"]
        self.aliases["held"] = (await self._done("meeting.request"))["id"]
        held = {"attended": [{"unit": PERSONAS[SENDER].unit, "role": "handler"}], "act": {"because": "urgent"}}
        await self._done("meeting.hold", self.aliases["held"], BODIES["meeting.hold"] | held)

    async def _done(self, name: str, alias: str = "", body: dict[str, Any] | None = None) -> dict[str, Any]:
        form = next(form for form in FORMS if form.command.name == name)
        answer = await self.send(form, json.dumps(BODIES[name] if body is None else body), alias)
        assert answer.status_code in (200, 201), f"{name}: {answer.text}"
        done: dict[str, Any] = answer.json()
        return done

    async def send(self, form: Form, body: str, alias: str = "") -> httpx.Response:
        headers = {"authorization": f"Persona {SENDER}", "content-type": "application/json"}
        return await self.browser.post(
            form.path.replace("{alias}", alias or self.alias(form)), content=body.encode(), headers=headers
        )

    def alias(self, form: Form) -> str:
        """Of the sender's matter of that kind; of none for what would end it."""
        kind, _, verb = form.command.name.partition(".")
        if verb in _ENDS:
            return ALIAS
        return self.aliases.get("held" if verb == "divide_work" else kind, ALIAS)

    def with_value(self, form: Form, field: str, value: str) -> str:
        """A body that the command takes, but for one field of it, or of its act, which holds that."""
        body = {name: json.dumps(self._living(sent)) for name, sent in BODIES[form.command.name].items()}
        if field.startswith("act."):
            act = {name: json.dumps(sent) for name, sent in BODIES[form.command.name].get("act", {}).items()}
            body["act"] = _object(act | {field.removeprefix("act."): value})
        else:
            body[field] = value
        return _object(body)

    def _living(self, sent: Any) -> Any:
        return self.person if sent == ALIAS else sent

    async def all_lists_answer(self) -> None:
        """Every list of everybody, page after page, and each matter of the sender's as a whole."""
        for persona in PERSONAS:
            for which in LISTS:
                await self._pages(persona, f"/v1/{which}?limit=200")
        for kind, alias in self.aliases.items():
            plural = "meetings" if kind == "held" else f"{kind}s"
            await self._answers(SENDER, f"/v1/{plural}/{alias}")

    async def _pages(self, persona: str, path: str) -> None:
        after = ""
        while True:
            found = (await self._answers(persona, path + after)).json()
            if found["next"] is None:
                return
            after = f"&after={found['next']}"

    async def _answers(self, persona: str, path: str) -> httpx.Response:
        answer = await self.browser.get(path, headers={"authorization": f"Persona {persona}"})
        assert answer.status_code == 200, f"{persona}, {path}: {answer.text}"
        return answer


def _object(fields: dict[str, str]) -> str:
    return "{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in fields.items()) + "}"
