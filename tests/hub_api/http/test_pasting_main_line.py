"""The examples of referrals, reports and meetings, pasted one after the other, each party as itself."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeAlias

import httpx
import pytest

from hub_api.commands.handler import Circumstances
from hub_api.http.api import examples
from hub_api.http.api.examples import ADDRESS
from hub_api.http.app import create_app
from hub_api.http.routes import ROUTES
from hub_api.identity.personas import Personas
from hub_api.runtime.hub import Hub
from hub_api.runtime.settings import Settings
from hub_demo.county import PERSONAS, agreement

ANNA, SARA, PAULA = "samordnare-anna-exempel", "socialsekreterare-sara-exempel", "psykolog-paula-exempel"
KIM, BO, PIA, LEO = "kurator-kim-exempel", "brottsoffer-bo-exempel", "utredare-pia-exempel", "lakare-leo-exempel"
BLOCKED = "socialsekreterare-slak-exempel"
BY_NAME = {route.name: route for route in ROUTES}
Body: TypeAlias = dict[str, Any]


class County:
    """A hub in which the demo's county has agreed, and ways to paste into it and to read from it."""

    def __init__(self, hub: Hub, browser: httpx.AsyncClient) -> None:
        self.hub = hub
        self.browser = browser

    async def read(self, persona: str, path: str, status: int = 200) -> Body:
        response = await self.browser.get(f"/v1/{path}", headers={"authorization": f"Persona {persona}"})
        assert response.status_code == status, (path, response.text)
        return dict(response.json())

    async def paste(
        self, name: str, persona: str, alias: str = "", status: int | None = None, **fields: object
    ) -> Body:
        route = BY_NAME[name]
        response = await self.browser.post(
            route.path.replace("{alias}", alias),
            headers={"authorization": f"Persona {persona}"},
            json=examples.body(route) | fields,
        )
        wanted = status or (201 if route.form is not None and route.form.command.opens else 200)
        assert response.status_code == wanted, (name, response.text)
        return dict(response.json())

    async def known(self, persona: str, kind: str) -> list[str]:
        return [item["id"] for item in (await self.read(persona, kind))["items"]]


@pytest.fixture
def play(tmp_path: Any) -> Iterator[Callable[[Callable[[County], Awaitable[None]]], None]]:
    hub = Hub.open(Settings.beside(tmp_path / "data"))
    hub.commander.handle_now(PERSONAS["administrator-ulla-exempel"], agreement(), None, Circumstances())

    def playing(scene: Callable[[County], Awaitable[None]]) -> None:
        async def go() -> None:
            transport = httpx.ASGITransport(create_app(hub, Personas(PERSONAS)), client=("127.0.0.1", 5000))
            async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as browser:
                await scene(County(hub, browser))

        asyncio.run(go())

    yield playing
    hub.close()


Play: TypeAlias = Callable[[Callable[[County], Awaitable[None]]], None]


def test_d2_a_referral_is_pasted_from_proposal_to_completion_and_waits_in_view(play: Play) -> None:
    async def scene(county: County) -> None:
        proposed = await county.paste("referral.propose", SARA)
        mine, reference = proposed["id"], proposed["said"]["reference"]
        assert await county.known(PAULA, "referrals") == []
        await county.paste("referral.person_agrees", SARA, mine)
        await county.paste("referral.send", SARA, mine)
        (theirs,) = await county.known(PAULA, "referrals")
        assert theirs != mine
        assert (await county.read(PAULA, f"referrals?reference={reference}"))["items"][0]["id"] == theirs
        assert [item["kind"] for item in (await county.read(PAULA, "inbox"))["items"]] == ["referral"]
        (wait,) = (await county.read(SARA, f"referrals/{mine}"))["waits"]
        assert (wait["on"], wait["what"]) == ("region-ostergotland.bup", "referral_received")
        assert (await county.read(SARA, "board"))["items"][0]["waits"] == [wait]
        for name in ("confirm_receipt", "confirm_safe_contact", "accept", "contact_attempted", "first_contact"):
            await county.paste(f"referral.{name}", PAULA, theirs)
        assert (await county.read(PAULA, "inbox"))["items"] == []
        await county.paste("referral.remind", SARA, mine)
        await county.paste("referral.complete", PAULA, theirs)
        seen = await county.read(SARA, f"referrals/{mine}")
        assert (seen["status"], seen["outcome"], seen.get("waits")) == ("completed", "support_goes_on", None)
        assert seen["safe_contact_confirmed"] is True
        assert (await county.read(SARA, "board"))["items"] == []
        assert "case" not in await county.read(PAULA, f"referrals/{theirs}")
        await county.read(LEO, f"referrals/{mine}", 404)

    play(scene)


def test_d3_a_report_is_pasted_with_its_four_times_and_cannot_be_declined(play: Play) -> None:
    async def scene(county: County) -> None:
        mine = (await county.paste("report.consider", KIM))["id"]
        for name in ("reconsider", "consider_crime", "identify", "make", "supplement"):
            await county.paste(f"report.{name}", KIM, mine)
        (theirs,) = await county.known(SARA, "reports")
        assert [item["kind"] for item in (await county.read(SARA, "inbox"))["items"]] == ["report"]
        seen = await county.read(SARA, f"reports/{theirs}")
        assert seen.keys() >= {"concern_known", "identity_known", "decided", "handed_over"}
        assert seen["waits"][0]["what"] == "report_received"
        for name in ("confirm_receipt", "confirm_safe_contact", "tell_outcome"):
            await county.paste(f"report.{name}", SARA, theirs)
        assert (await county.read(SARA, "inbox"))["items"] == []
        assert (await county.read(KIM, f"reports/{mine}"))["outcomes"] == ["inquiry_opened"]
        assert "report.decline" not in BY_NAME
        await county.read(PIA, f"reports/{mine}", 404)

    play(scene)


def test_d4_a_meeting_is_pasted_from_request_to_divided_work(play: Play) -> None:
    async def scene(county: County) -> None:
        mine = (await county.paste("meeting.request", ANNA))["id"]
        for name in ("schedule", "invite", "book_interpreter"):
            await county.paste(f"meeting.{name}", ANNA, mine)
        (theirs,) = await county.known(BO, "meetings")
        invited = await county.read(BO, f"meetings/{theirs}")
        assert invited.keys() & {"case", "persons", "meeting", "requester"} == set()
        assert (invited["status"], invited["mode"]) == ("scheduled", "video")
        assert [item["kind"] for item in (await county.read(BO, "inbox"))["items"]] == ["meeting"]
        assert (await county.read(ANNA, "board"))["items"][0]["waits"][0]["what"] == "invitation"
        await county.paste("meeting.accept_invitation", BO, theirs)
        assert (await county.read(BO, "inbox"))["items"] == []
        for name in ("hold", "write_minutes", "divide_work"):
            await county.paste(f"meeting.{name}", ANNA, mine)
        assert {item["id"] for item in (await county.read(SARA, "meetings"))["items"]} != {mine}
        (task,) = (await county.read(BO, "tasks"))["items"]
        assert (task["meeting"], task["what"], task["progress"]) == (theirs, "Ring kuratorn.", "open")
        assert (await county.read(SARA, "tasks"))["items"] == []
        await county.paste("meeting.task_not_done", BO, theirs, task=task["id"])
        assert [item["progress"] for item in (await county.read(BO, "tasks"))["items"]] == ["not_done"]
        await county.paste("meeting.task_done", BO, theirs, task=task["id"])
        assert (await county.read(BO, "tasks"))["items"] == []
        held = await county.read(ANNA, f"meetings/{mine}")
        assert [task["progress"] for task in held["tasks"]] == ["done"]
        await county.read(LEO, f"meetings/{mine}", 404)

    play(scene)


def test_f_a_case_that_one_may_not_know_of_is_named_like_one_that_is_not_there(play: Play) -> None:
    async def scene(county: County) -> None:
        case = (await county.paste("case.open", SARA))["id"]
        person = (await county.paste("case.add_person", SARA, case))["created"]
        foreign = county.hub.aliases.of(PERSONAS[LEO].unit).out(county.hub.aliases.of(PERSONAS[SARA].unit).into(case))
        for fields in ({"case": foreign, "person": foreign}, {"case": "a" * 52, "person": "a" * 52}):
            for name in ("referral.propose", "report.consider"):
                await county.paste(name, LEO, status=404, **fields)
            await county.paste("meeting.request", LEO, status=404, case=fields["case"])
        await county.paste("report.consider", LEO, status=404, consultation="a" * 52)
        await county.paste("referral.propose", SARA, status=404, person=person)
        await county.paste("referral.propose", SARA, status=404, case=case, person="a" * 52)
        await county.paste("meeting.request", SARA, case=case, persons=[person])
        mine = (await county.paste("referral.propose", SARA, case=case, person=person))["id"]
        assert (await county.read(ANNA, "referrals"))["items"][0]["status"] == "proposed"
        # A2: in each matter a person has another name; that the two are one is the reader's own to note.
        assert (await county.read(SARA, f"referrals/{mine}"))["person"] not in (person, None)

    play(scene)


def test_c9_who_is_kept_from_a_case_finds_no_referral_meeting_or_wait_of_it(play: Play) -> None:
    async def scene(county: County) -> None:
        case = (await county.paste("case.open", SARA))["id"]
        person = (await county.paste("case.add_person", SARA, case))["created"]
        mine = (await county.paste("referral.propose", SARA, case=case, person=person))["id"]
        await county.read(BLOCKED, f"referrals/{mine}")
        assert len((await county.read(BLOCKED, "board"))["items"]) == 1
        await county.paste("case.block_staff", SARA, case, staff=BLOCKED)
        await county.read(BLOCKED, f"referrals/{mine}", 404)
        assert (await county.read(BLOCKED, "board"))["items"] == []
        assert (await county.read(BLOCKED, "referrals"))["items"] == []
        await county.paste("referral.withdraw", BLOCKED, mine, status=404)
        assert len((await county.read(SARA, "board"))["items"]) == 1

    play(scene)


def test_c2_minutes_go_out_on_a_consent_that_their_writer_knows_of(play: Play) -> None:
    async def scene(county: County) -> None:
        case = (await county.paste("case.open", SARA))["id"]
        person = (await county.paste("case.add_person", SARA, case))["created"]
        mine = (await county.paste("meeting.request", SARA, case=case, persons=[person]))["id"]
        attended = [{"unit": PERSONAS[who].unit, "role": "handler", "mandate": "safety"} for who in (SARA, BO)]
        await county.paste("meeting.hold", SARA, mine, attended=attended)
        minutes = {"act": {"ground": "consent"}, "to": [PERSONAS[BO].unit], "social": "Rädd.", "person": person}
        refused = await county.paste("meeting.write_minutes", SARA, mine, status=409, **minutes)
        assert refused["rule"] == "C2"
        unknown = minutes | {"person": "a" * 52}
        await county.paste(
            "case.give_consent", SARA, case, person=person, receiver=PERSONAS[BO].unit, purpose="protection"
        )
        refused = await county.paste("meeting.write_minutes", SARA, mine, status=409, **minutes)
        assert refused["rule"] == "C12"
        await county.paste("case.set_safe_contact", SARA, case, person=person)
        await county.paste("meeting.write_minutes", SARA, mine, status=409, **unknown)
        await county.paste("meeting.write_minutes", SARA, mine, **minutes)
        (theirs,) = await county.known(BO, "meetings")
        acts = (await county.read(BO, f"meetings/{theirs}"))["acts"]
        assert acts[-1]["parts"]["social"] == {"social": "Rädd."}

    play(scene)


def test_c9_an_interpreter_who_is_kept_from_the_case_is_not_booked_for_its_meeting(play: Play) -> None:
    async def scene(county: County) -> None:
        case = (await county.paste("case.open", SARA))["id"]
        await county.paste("case.block_staff", SARA, case, staff="tolk.3")
        mine = (await county.paste("meeting.request", SARA, case=case))["id"]
        refused = await county.paste("meeting.book_interpreter", SARA, mine, status=409, interpreter="tolk.3")
        assert refused["rule"] == "C9"
        await county.paste("meeting.book_interpreter", SARA, mine, interpreter="tolk.4")

    play(scene)


@pytest.mark.parametrize("name", ["referral", "report", "meeting"])
def test_invariant_6_what_a_unit_wrote_in_each_kind_can_be_disposed_of(play: Play, name: str) -> None:
    opening = {"referral": ("propose", SARA), "report": ("consider", KIM), "meeting": ("request", ANNA)}

    async def scene(county: County) -> None:
        verb, who = opening[name]
        mine = (await county.paste(f"{name}.{verb}", who))["id"]
        if name == "referral":
            await county.paste("referral.signpost", who, mine)
        await county.paste(f"{name}.dispose", who, mine, whole=False)
        acts = (await county.read(who, f"{name}s/{mine}"))["acts"]
        assert acts[-1]["event"] == f"{name}.disposed.v1"
        assert not any(act.get("parts") for act in acts)
        assert any(act.get("disposed") for act in acts)

    play(scene)
