"""Lists are asked for a part of what they show; meetings to come stand in the order in which they begin."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from domain.access import Looked
from domain.act import Principal
from domain.case import commands as case
from domain.consultation import commands as consult
from domain.meeting import commands as meet
from domain.vocabulary import Because, Instant, Kind, MeetingKind, Mode, Outcome, Ref
from hub_api.access.seen import Wanted
from hub_api.http.app import create_app
from hub_api.http.time_grid import TimeGrid
from hub_api.identity.personas import Personas
from hub_api.reads.gateway import Seen
from hub_api.runtime.hub import Hub
from hub_demo.county import PERSONAS
from projections.upcoming import Upcoming, UpcomingRow
from tests.hub_api.stand import ANNA, ASKS, DAY, HOUR, OMAR, PIA, RELATED, SARA, Girl, does, last_look, later

Asked = Callable[[Principal, str], tuple[int, dict[str, Any]]]


@pytest.fixture
def asked(hub: Hub) -> Asked:
    """Ask over HTTP as somebody: status and body."""
    app = create_app(hub, Personas(PERSONAS), hub.parts.ready, grid=TimeGrid(0))
    names = {persona: name for name, persona in PERSONAS.items()}

    def ask(who: Principal, path: str) -> tuple[int, dict[str, Any]]:
        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(app, client=("127.0.0.1", 5000))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:
                return await browser.get(path, headers={"authorization": f"Persona {names[who]}"})

        response = asyncio.run(go())
        return response.status_code, json.loads(response.content)

    return ask


def alias(hub: Hub, who: Principal, stream: Ref) -> str:
    return hub.aliases.out(who.unit, stream)


def items(answer: tuple[int, dict[str, Any]]) -> list[str]:
    assert answer[0] == 200, answer
    return [item["id"] for item in answer[1]["items"]]


def meeting(hub: Hub, girl: Girl, start: Instant | None, kind: MeetingKind = MeetingKind.COORDINATION_MEETING) -> Ref:
    """A meeting of the case, of an hour; the Police are invited."""
    stream = does(hub, SARA, meet.Request(meeting=kind, case=girl.case, coordinator=ANNA.unit)).stream
    if start is not None:
        does(hub, ANNA, meet.Schedule(mode=Mode.VIDEO, start=start, end=start + HOUR), stream)
    does(hub, ANNA, meet.Invite(unit=PIA.unit), stream)
    return stream


def test_d4_meetings_to_come_stand_in_the_order_in_which_they_begin(hub: Hub, girl: Girl, asked: Asked) -> None:
    now = hub.core.now()
    last, first, between = (meeting(hub, girl, now + days * DAY) for days in (3, 1, 2))
    meeting(hub, girl, None)
    called_off = meeting(hub, girl, now + 4 * DAY)
    does(hub, ANNA, meet.Cancel(), called_off)
    for who in (SARA, ANNA, PIA):
        expected = [alias(hub, who, stream) for stream in (first, between, last)]
        assert items(asked(who, "/v1/upcoming")) == expected
        one: list[str] = []
        after: str | None = ""
        while after is not None:
            _, body = asked(who, f"/v1/upcoming?limit=1{after and '&after=' + after}")
            one += [item["id"] for item in body["items"]]
            after = body["next"]
        assert one == expected
    later(hub, DAY + HOUR // 2)
    assert items(asked(SARA, "/v1/upcoming")) == [alias(hub, SARA, each) for each in (first, between, last)], "goes on"
    later(hub, HOUR)
    assert items(asked(SARA, "/v1/upcoming")) == [alias(hub, SARA, each) for each in (between, last)], "is over"
    does(hub, ANNA, meet.Schedule(mode=Mode.VIDEO, start=now + 5 * DAY, end=now + 5 * DAY + HOUR), between)
    assert items(asked(PIA, "/v1/upcoming")) == [alias(hub, PIA, each) for each in (last, between)], "moved"


def test_d4_meetings_to_come_are_asked_for_by_period_kind_and_state(hub: Hub, girl: Girl, asked: Asked) -> None:
    now = hub.core.now()
    coordination = meeting(hub, girl, now + DAY)
    legal = meeting(hub, girl, now + 2 * DAY, MeetingKind.CONSULTATIVE_SAMRAD)

    def of_sara(*streams: Ref) -> list[str]:
        return [alias(hub, SARA, stream) for stream in streams]

    assert items(asked(SARA, "/v1/upcoming?kind=consultative_samrad")) == of_sara(legal)
    assert items(asked(SARA, "/v1/upcoming?state=scheduled")) == of_sara(coordination, legal)
    assert items(asked(SARA, "/v1/upcoming?state=called")) == []
    assert items(asked(SARA, f"/v1/upcoming?from={now + 2 * DAY}")) == of_sara(legal)
    assert items(asked(SARA, f"/v1/upcoming?to={now + 2 * DAY}")) == of_sara(coordination)
    assert items(asked(SARA, f"/v1/upcoming?from={now + DAY}&to={now + DAY + 1}")) == of_sara(coordination)
    later(hub, 5 * DAY)
    assert items(asked(SARA, "/v1/upcoming")) == []
    assert items(asked(SARA, f"/v1/upcoming?from={now}")) == of_sara(coordination, legal), "and never held"
    assert items(asked(SARA, f"/v1/meetings?kind=consultative_samrad&to={now + 9 * DAY}")) == of_sara(legal)


def test_r2_who_is_only_invited_finds_no_meeting_by_what_they_are_not_shown(hub: Hub, girl: Girl, asked: Asked) -> None:
    stream = meeting(hub, girl, hub.core.now() + DAY)
    (shown,) = asked(PIA, "/v1/upcoming")[1]["items"]
    assert shown["id"] == alias(hub, PIA, stream)
    for path in ("/v1/upcoming", "/v1/meetings"):
        for kind in MeetingKind:
            found = items(asked(PIA, f"{path}?kind={kind}"))
            assert bool(found) is (shown.get("meeting") == kind)


def test_c9_a_meeting_that_is_kept_from_somebody_is_in_none_of_it(hub: Hub, girl: Girl, asked: Asked) -> None:
    now = hub.core.now()
    kept, open_to_all = meeting(hub, girl, now + DAY), meeting(hub, girl, now + 2 * DAY)
    does(hub, ANNA, meet.BlockStaff(staff=RELATED.person, elsewhere=True), kept)
    for path in ("/v1/upcoming", f"/v1/upcoming?from={now}", "/v1/meetings?state=scheduled"):
        assert items(asked(RELATED, path)) == [alias(hub, RELATED, open_to_all)]
    assert [seen.stream for seen in last_look(hub).seen] == [open_to_all]


def test_each_list_is_asked_for_a_state_and_a_period(hub: Hub, girl: Girl, asked: Asked) -> None:
    later(hub, DAY)
    second = hub.core.now()
    other = does(hub, SARA, case.Open(coordinator=ANNA.unit)).stream
    does(hub, SARA, case.Close(outcome=Outcome.MOVED), other, because=Because.NOT_AVAILABLE)

    def of_sara(*streams: Ref) -> list[str]:
        return [alias(hub, SARA, stream) for stream in streams]

    assert items(asked(SARA, "/v1/cases")) == of_sara(other, girl.case)
    assert items(asked(SARA, "/v1/cases?state=open")) == of_sara(girl.case)
    assert items(asked(SARA, "/v1/cases?state=closed")) == of_sara(other)
    assert items(asked(SARA, f"/v1/cases?from={second}")) == of_sara(other)
    assert items(asked(SARA, f"/v1/cases?to={second}")) == of_sara(girl.case)
    assert items(asked(SARA, f"/v1/cases?to={second}&state=closed")) == []
    assert last_look(hub).seen == (), "what was not shown is not on the trail"


def test_beside_a_reference_a_filter_is_asked_of_what_it_leads_to(hub: Hub, asked: Asked) -> None:
    made = does(hub, OMAR, ASKS)
    spoken = f"/v1/consultations?reference={made.said['reference']}"
    assert items(asked(OMAR, f"{spoken}&state=requested")) == [alias(hub, OMAR, made.stream)]
    assert items(asked(OMAR, f"{spoken}&state=closed")) == []
    assert asked(OMAR, "/v1/consultations?reference=AAAA-AAAA&state=closed")[0] == 404


def test_a_page_looks_through_no_more_than_it_may_show_and_goes_on(
    hub: Hub, girl: Girl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub_api.reads.gateway.ACTS_ON_A_PAGE", 2)
    streams = [does(hub, OMAR, ASKS).stream for _ in range(5)]
    wanted = Wanted(" the first", lambda seen: seen.stream == streams[0])
    found: list[Seen] = []
    after, pages = None, 0
    while pages == 0 or after is not None:
        page = hub.gateway.page_now(OMAR, "consultations", what="consultations", after=after, wanted=wanted)
        found += page.items
        after, pages = page.next, pages + 1
    assert [seen.stream for seen in found] == streams[:1]
    assert pages > 1


def test_upcoming_meetings_are_a_list_on_the_trail(hub: Hub, girl: Girl) -> None:
    meeting(hub, girl, hub.core.now() + DAY)
    hub.gateway.upcoming_now(SARA)
    look = last_look(hub)
    assert isinstance(look, Looked)
    assert (look.what, len(look.seen), look.about()) == ("upcoming", 1, None)
    assert hub.gateway.look_now(SARA, Kind.MEETING, look.seen[0].stream, what="meeting").state.start is not None


def test_what_is_asked_of_a_consultation_is_what_its_line_says(hub: Hub, asked: Asked) -> None:
    made = does(hub, OMAR, ASKS)
    does(hub, ANNA, consult.Accept(), made.stream)
    assert items(asked(OMAR, "/v1/consultations?state=accepted")) == [alias(hub, OMAR, made.stream)]
    assert items(asked(OMAR, "/v1/consultations?state=requested")) == []


def test_d4_a_meeting_that_was_called_off_since_the_views_were_made_is_not_to_come(
    hub: Hub, girl: Girl, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = meeting(hub, girl, hub.core.now() + DAY)
    does(hub, ANNA, meet.Cancel(), stream)
    behind = UpcomingRow(stream=stream, start=hub.core.now() + DAY, since=1)
    monkeypatch.setattr(Upcoming, "after", lambda *_, **__: iter((behind,)))
    assert hub.gateway.upcoming_now(SARA).items == ()
