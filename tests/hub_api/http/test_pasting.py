"""The examples of the reference, pasted into a hub in which the demo's county has agreed to cooperate."""

import asyncio
import re
import shlex
import subprocess
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import msgspec
import pytest

from hub_api.commands.handler import Circumstances
from hub_api.http.api import examples
from hub_api.http.api.examples import ADDRESS
from hub_api.http.app import create_app
from hub_api.http.calls import KEY_FORM
from hub_api.http.routes import ROUTES, Route, RouteKind
from hub_api.identity.personas import Personas
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings
from hub_demo.county import PERSONAS, agreement

CENTRE = "samordnare-anna-exempel"
SOCIAL = "socialsekreterare-sara-exempel"
BY_NAME = {route.name: route for route in ROUTES}
Send: TypeAlias = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    hub = Hub.open(Settings.beside(tmp_path_factory.mktemp("hub") / "data"))
    hub.commander.handle_now(PERSONAS["administrator-ulla-exempel"], agreement(), None, Circumstances())
    yield hub
    hub.close()


def playing(hub: Hub, scene: Callable[[Send], Awaitable[None]]) -> None:
    """Play a scene with a way to paste: a route's own line, its `$ALIAS` and the aliases in its body filled in."""

    async def go() -> None:
        transport = httpx.ASGITransport(create_app(hub, Personas(PERSONAS)), client=("127.0.0.1", 5000))
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as browser:

            async def paste(
                name: str, alias: str = "", *, persona: str = "", query: str = "", **fields: object
            ) -> httpx.Response:
                route = BY_NAME[name]
                line = (
                    examples.curl(route).replace("$ALIAS", alias).replace("$CONSENT", str(fields.pop("consent_", "")))
                )
                words = shlex.split(line)
                headers = dict(words[n + 1].split(": ", 1) for n, word in enumerate(words) if word == "-H")
                headers.pop("Idempotency-Key", None)
                if persona:
                    headers["Authorization"] = f"Persona {persona}"
                sent: Mapping[str, Any] | None = None
                if route.method == "POST":
                    sent = msgspec.json.decode(words[words.index("--json") + 1]) | fields
                return await browser.request(route.method, words[-1] + query, headers=headers, json=sent)

            await scene(paste)

    asyncio.run(go())


def test_a1_a_consultation_is_pasted_from_question_to_answer(hub: Hub) -> None:
    async def scene(paste: Send) -> None:
        asked = await paste("consultation.request")
        assert asked.status_code == 201, asked.text
        mine, reference = asked.json()["id"], asked.json()["said"]["reference"]
        (found,) = (await paste("consultations", persona=CENTRE, query=f"?reference={reference}")).json()["items"]
        assert found["id"] != mine
        for name in ("consultation.accept", "consultation.advise"):
            response = await paste(name, found["id"], persona=CENTRE)
            assert response.status_code == 200, response.text
        seen = (await paste("consultation", mine, persona="kurator-kim-exempel")).json()
        assert seen["status"] == "advised"
        assert seen["acts"][-1]["parts"]["advice"]["answer"].startswith("Prata med eleven")
        for name, status in (("consultation.follow_up", "followed_up"), ("consultation.close", "closed")):
            response = await paste(name, mine, persona="kurator-kim-exempel")
            assert response.status_code == 200, response.text
            seen = (await paste("consultation", mine, persona="kurator-kim-exempel")).json()
            assert seen["status"] == status
        assert (await paste("consultation", mine, persona="utredare-pia-exempel")).status_code == 404

    playing(hub, scene)


def test_a_case_is_pasted_and_another_unit_finds_nothing(hub: Hub) -> None:
    async def scene(paste: Send) -> None:
        case = (await paste("case.open", persona=SOCIAL)).json()["id"]
        person = (await paste("case.add_person", case, persona=SOCIAL)).json()["created"]
        for name in ("case.set_safe_contact", "case.mark_protection", "case.record_information", "case.assign"):
            response = await paste(name, case, persona=SOCIAL, person=person)
            assert response.status_code == 200, response.text
        consent = (await paste("case.give_consent", case, persona=SOCIAL, person=person)).json()["created"]
        disclosed = await paste("case.disclose", case, persona=SOCIAL, person=person, consent=consent)
        assert disclosed.status_code == 200, disclosed.text
        preview = await paste("withdrawal", case, persona=SOCIAL, consent_=consent)
        assert preview.json() == {"ends": [disclosed.json()["created"]], "stands": []}
        seen = (await paste("case", case, persona=SOCIAL)).json()
        assert seen["persons"][0]["fields"]["identity"] == "Påhittad Person"
        assert case in {item["id"] for item in (await paste("cases", persona=SOCIAL)).json()["items"]}
        assert (await paste("case", case, persona="lakare-leo-exempel")).status_code == 404
        assert (await paste("cases", persona="lakare-leo-exempel")).json() == {"items": [], "next": None}

    playing(hub, scene)


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.method == "GET" and "{alias}" not in route.path], ids=lambda r: r.name
)
def test_a_view_is_pasted(hub: Hub, route: Route) -> None:
    async def scene(paste: Send) -> None:
        response = await paste(route.name)
        assert response.status_code == 200, response.text

    playing(hub, scene)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.form], ids=lambda route: route.name)
def test_every_command_that_is_pasted_is_taken_or_refused_by_a_rule(hub: Hub, route: Route) -> None:
    async def scene(paste: Send) -> None:
        case = (await paste("case.open", persona=SOCIAL)).json()["id"]
        response = await paste(route.name, case)
        assert response.status_code in (200, 201, 404, 409), response.text

    playing(hub, scene)


def test_a4_an_anonymous_caller_reads_the_answer_with_the_key_and_another_key_opens_nothing(hub: Hub) -> None:
    async def scene(paste: Send) -> None:
        asked = (await paste("consultation.request")).json()
        told = await paste("consultation.issue_key", asked["id"], persona="kurator-kim-exempel")
        assert told.status_code == 200, told.text
        query = f"?reference={asked['said']['reference']}"
        (found,) = (await paste("consultations", persona=CENTRE, query=query)).json()["items"]
        await paste("consultation.accept", found["id"], persona=CENTRE)
        await paste("consultation.advise", found["id"], persona=CENTRE)
        answers = await paste("answers", key=told.json()["said"]["caller_key"])
        assert answers.json()["answers"][0]["answer"].startswith("Prata med eleven"), answers.text
        assert (await paste("answers")).status_code == 404

    playing(hub, scene)


def test_a_table_that_is_none_is_not_there(hub: Hub) -> None:
    async def scene(paste: Send) -> None:
        response = await paste("statistics", query="9")
        assert response.status_code == 404

    playing(hub, scene)


def test_a_pasted_command_has_a_key_of_its_own_by_what_every_shell_has() -> None:
    page = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
    lines = [examples.curl(route) for route in ROUTES if route.kind is RouteKind.COMMAND]
    keys = set(re.findall(r'"Idempotency-Key: ([^"]*)"', "\n".join([page, *lines])))
    assert keys == {examples.KEY}

    def pasted() -> str:
        return subprocess.run(
            ["/bin/sh", "-euc", f'printf %s "{examples.KEY.replace("$RANDOM", "${RANDOM-}")}"'],
            env={"PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    one, other = pasted(), pasted()
    assert re.match(KEY_FORM, one)
    assert one != other
