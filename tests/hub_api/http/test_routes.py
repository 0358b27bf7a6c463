"""Routes: every command and view has its address; a request becomes one question to the hub, and its answer a body."""

from urllib.parse import quote

import pytest

from domain.aggregates import COMMANDS
from domain.agreement.state import Directory
from domain.case.commands import Retract
from domain.consultation.commands import IssueKey, Request
from domain.needtoknow.model import Grant, GrantKind
from domain.vocabulary import (
    Channel,
    Compartment,
    Kind,
    Purpose,
    Ref,
)
from hub_api.access.aliases import within
from hub_api.access.freshness import Readiness
from hub_api.commands.handler import Circumstances
from hub_api.commands.receipts import Receipt
from hub_api.http.routes import ROUTES, RouteKind
from hub_api.identity.personas import NOTICE
from hub_api.reads.gateway import SeenPage, TrailPage
from hub_api.wording.speakable import caller_tag
from tests.hub_api.http.stage import NOW, POLICE, Stage, fact_of, ref, seen_of

UNIT = POLICE.unit


def receipt(kind: Kind = Kind.CASE, **said: str) -> Receipt:
    return Receipt(stream=ref(1), kind=kind, created=ref(1001), repeated=False, said=said)


def test_every_command_but_the_schedulers_has_one_route() -> None:
    served = [route.name for route in ROUTES if route.kind is RouteKind.COMMAND]
    assert sorted(served) == sorted(name for name, command in COMMANDS.items() if not command.system)
    assert "case.expire" not in served


def test_every_address_and_method_is_there_once() -> None:
    places = [(route.method, route.path) for route in ROUTES]
    assert len(set(places)) == len(places)


def test_addresses_follow_from_the_names_of_commands() -> None:
    paths = {route.name: route.path for route in ROUTES}
    assert paths["case.open"] == "/v1/cases"
    assert paths["case.assign"] == "/v1/cases/{alias}/assign"
    assert paths["consultation.pass_on"] == "/v1/consultations/{alias}/pass_on"


def test_an_opening_command_answers_where_what_it_opened_is() -> None:
    stage = Stage()
    stage.hub.answer = receipt(Kind.CONSULTATION, reference="K7PM-2RXD")
    sent = {"asked_of": UNIT, "caller": "school", "about": "one", "persons": 1, "told": "told", "question": "Hur?"}
    response = stage.post("/v1/consultations", sent | {"act": {"channel": "telephone"}})
    alias = stage.hub.aliases.out(UNIT, ref(1))
    assert response.status_code == 201
    assert response.headers["location"] == f"/v1/consultations/{alias}"
    assert response.json() == {
        "kind": "consultation",
        "id": alias,
        "created": stage.hub.aliases.out(UNIT, within(ref(1), ref(1001))),
        "said": {"reference": "K7PM-2RXD"},
    }
    asked = stage.hub.asked[0]
    assert isinstance(asked["command"], Request)
    assert (asked["command"].question, asked["stream"], asked["principal"]) == ("Hur?", None, POLICE)
    assert asked["act"] == Circumstances(channel=Channel.TELEPHONE)


def test_a_command_goes_to_the_aggregate_behind_the_alias() -> None:
    stage = Stage()
    stage.hub.answer = receipt()
    out = stage.hub.aliases.out
    response = stage.post(f"/v1/cases/{out(UNIT, ref(7))}/retract", {"of_act": out(UNIT, ref(8))})
    assert response.status_code == 200
    assert "location" not in response.headers
    assert stage.hub.asked[0]["stream"] == ref(7)
    assert stage.hub.asked[0]["command"] == Retract(act=ref(8))


def test_f_an_alias_of_another_unit_goes_the_same_way_and_ends_at_what_nothing_has() -> None:
    stage = Stage()
    stage.hub.answer = receipt()
    stage.post(f"/v1/cases/{stage.hub.aliases.out(UNIT, ref(7))}/reopen", {}, "social")
    assert isinstance(stage.hub.asked[0]["stream"], Ref)
    assert stage.hub.asked[0]["stream"] != ref(7)


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if command.hub_fills])
def test_what_the_hub_itself_fills_in_nobody_may_send(name: str) -> None:
    route = next(route for route in ROUTES if route.name == name)
    stage = Stage()
    for field in COMMANDS[name].hub_fills:
        response = stage.post(route.path.replace("{alias}", "a" * 52), {field: "ABCD-EFGH"})
        assert response.status_code == 422
        assert field not in response.json()["detail"]
    assert stage.hub.asked == []


def test_a4_a_key_is_asked_for_with_nothing_and_told_in_the_receipt() -> None:
    stage = Stage()
    stage.hub.answer = receipt(Kind.CONSULTATION, caller_key="bano-kilu")
    response = stage.post(f"/v1/consultations/{'a' * 52}/issue_key", {})
    assert response.json()["said"] == {"caller_key": "bano-kilu"}
    assert isinstance(stage.hub.asked[0]["command"], IssueKey)


def test_a_repeated_command_gives_the_first_receipt_to_the_byte() -> None:
    stage = Stage()
    stage.hub.answer = receipt()
    first = stage.post("/v1/cases", {"coordinator": UNIT}, idempotency_key="one")
    stage.hub.answer = Receipt(stream=ref(1), kind=Kind.CASE, created=ref(1001), repeated=True, said={})
    second = stage.post("/v1/cases", {"coordinator": UNIT}, idempotency_key="one")
    assert (first.content, first.headers) == (second.content, second.headers)
    assert [asked["key"] for asked in stage.hub.asked] == ["one", "one"]


@pytest.mark.parametrize("key", ["", "a b", "x" * 256])
def test_an_idempotency_key_that_is_none_is_refused(key: str) -> None:
    stage = Stage()
    response = stage.post("/v1/cases", {"coordinator": UNIT}, idempotency_key=key)
    assert response.json()["type"] == "urn:samrad:problem:idempotency-key"
    assert stage.hub.asked == []


def test_c7_a_trace_that_a_caller_sends_is_not_gone_on_with() -> None:
    stage = Stage()
    stage.hub.answer = receipt()
    stage.post("/v1/cases", {"coordinator": UNIT}, traceparent=f"00-{'ab' * 16}-{'cd' * 8}-01")
    stage.post("/v1/cases", {"coordinator": UNIT}, traceparent="00-Anna-01")
    assert [asked["trace"] for asked in stage.hub.asked] == [b"", b""]


def test_a_tag_that_was_read_comes_back_with_a_command() -> None:
    stage = Stage()
    stage.hub.answer = seen_of(Kind.CASE)
    tag = stage.get(f"/v1/cases/{'a' * 52}").headers["etag"]
    stage.hub.answer = receipt()
    stage.post(f"/v1/cases/{'a' * 52}/reopen", {}, if_match=tag)
    stage.post(f"/v1/cases/{'a' * 52}/reopen", {}, if_match="*")
    assert [asked["if_match"] for asked in stage.hub.asked[1:]] == [{"mark"}, None]


@pytest.mark.parametrize(
    ("given", "matches"),
    [
        ('"mark.x"', {"mark"}),
        ('"other.x", "mark.x"', {"mark", "other"}),
        (' "other.x" ,"mark.x" ,', {"mark", "other"}),
        ('W/"mark.x"', set()),
        ('W/"mark.x", "other.x"', {"other"}),
        ("*", None),
        ('"other.x", *', None),
        ("", None),
    ],
)
def test_of_several_tags_one_must_match_and_a_star_matches_whatever_is_there(
    given: str, matches: set[str] | None
) -> None:
    stage = Stage()
    stage.hub.answer = receipt()
    stage.post(f"/v1/cases/{'a' * 52}/reopen", {}, if_match=given)
    assert stage.hub.asked[0]["if_match"] == matches


def test_what_the_reader_has_already_is_not_sent_again_but_was_looked_at() -> None:
    stage = Stage()
    stage.hub.answer = seen_of(Kind.CASE)
    first = stage.get(f"/v1/cases/{'a' * 52}")
    again = stage.get(f"/v1/cases/{'a' * 52}", if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert len(stage.hub.asked) == 2
    assert stage.get(f"/v1/cases/{'a' * 52}", if_none_match='"other"').status_code == 200
    for several in (f'"other", {first.headers["etag"]}', f"W/{first.headers['etag']}", "*"):
        assert stage.get(f"/v1/cases/{'a' * 52}", if_none_match=several).status_code == 304


def test_the_tag_follows_the_language_because_the_sentences_do() -> None:
    from domain.case.events import Opened

    stage = Stage()
    stage.hub.answer = seen_of(Kind.CASE, fact_of(Opened(coordinator=UNIT)))
    swedish = stage.get(f"/v1/cases/{'a' * 52}", accept_language="sv")
    english = stage.get(f"/v1/cases/{'a' * 52}", accept_language="en")
    assert swedish.json()["acts"][0]["sentence"] == "Ett ärende öppnades."
    assert english.json()["acts"][0]["sentence"] == "A case was opened."
    assert swedish.headers["etag"] != english.headers["etag"]


def test_a_page_says_what_comes_next_and_counts_nothing() -> None:
    stage = Stage()
    stage.hub.answer = SeenPage(items=(seen_of(Kind.CASE), seen_of(Kind.CONSULTATION)), next="on")
    response = stage.get("/v1/inbox?limit=2&after=before")
    assert response.json().keys() == {"items", "waiting", "next"}
    assert response.json()["next"] == "on"
    asked = stage.hub.asked[0]
    assert (asked["which"], asked["after"], asked["limit"]) == ("inbox", "before", 2)


@pytest.mark.parametrize("which", ["cases", "consultations"])
def test_lists_are_asked_for_by_name(which: str) -> None:
    stage = Stage()
    stage.hub.answer = SeenPage(items=(), next=None)
    assert stage.get(f"/v1/{which}").json() == {"items": [], "next": None}
    assert (stage.hub.asked[0]["which"], stage.hub.asked[0]["limit"]) == (which, 50)


def test_a_spoken_reference_leads_to_its_consultation() -> None:
    stage = Stage()
    stage.hub.answer = seen_of(Kind.CONSULTATION)
    assert len(stage.get("/v1/consultations?reference=K7PM-2RXD").json()["items"]) == 1
    assert stage.hub.asked[0]["reference"] == "K7PM-2RXD"


@pytest.mark.parametrize("which", ["consultations", "referrals", "reports"])
@pytest.mark.parametrize(
    "spoken",
    ["k7pm2rxd", " K7PM 2RXD ", "k7pm–2rxd", "K7PM‑2RXD", "K7 PM.2R XD", "Ｋ７ＰＭ－２ＲＸＤ", "k7pm\u00ad2rxd"],
)
def test_a_reference_is_found_however_it_was_written_down(which: str, spoken: str) -> None:
    stage = Stage()
    stage.hub.answer = seen_of(Kind.CONSULTATION)
    stage.get(f"/v1/{which}?reference={quote(spoken)}")
    assert stage.hub.asked[0]["reference"] == "K7PM-2RXD"


@pytest.mark.parametrize(
    "spoken", ["bano-kilu-dofa", "BANO KILU DOFA", "bano–kilu–dofa", " banokiludofa.", "ｂａｎｏ-ｋｉｌｕ-ｄｏｆａ"]
)
def test_a4_a_callers_key_is_found_however_it_was_written_down(spoken: str) -> None:
    assert caller_tag(b"s" * 32, spoken) == caller_tag(b"s" * 32, "bano-kilu-dofa")


@pytest.mark.parametrize("written", [NOW, "2026-09-21T14:13:20Z", "2026-09-21T16:13:20.000+02:00"])
def test_a_time_in_a_body_is_written_as_people_or_programs_write_it(written: object) -> None:
    stage = Stage()
    stage.hub.answer = receipt(Kind.MEETING)
    act = {"happened": written, "known": written}
    stage.post(f"/v1/meetings/{'a' * 52}/schedule", {"mode": "video", "start": written, "end": written, "act": act})
    asked = stage.hub.asked[0]
    assert (asked["act"].happened, asked["act"].known) == (NOW, NOW)
    assert (asked["command"].start, asked["command"].end) == (NOW, NOW)


@pytest.mark.parametrize("as_of", ["2026-09-21T14:13:20%2B00:00", "2026-09-21T16:13:20%2B02:00", "1790000000000000"])
def test_an_earlier_day_is_asked_for_as_people_or_programs_write_it(as_of: str) -> None:
    stage = Stage()
    stage.hub.answer = seen_of(Kind.CASE)
    stage.get(f"/v1/cases/{'a' * 52}?as_of={as_of}")
    assert stage.hub.asked[0]["as_of"] == NOW


def test_an_auditor_replays_as_a_unit() -> None:
    from domain.case.events import Opened

    stage = Stage()
    opened = fact_of(Opened(coordinator=UNIT))
    stage.hub.answer = seen_of(
        Kind.CASE,
        opened,
        could={opened.id: frozenset({Compartment.RECORD, Compartment.SOCIAL})},
        opened={opened.version: frozenset({Compartment.RECORD})},
    )
    act = stage.get(f"/v1/replay/{'a' * 52}?as_of=5&as_unit=polisen.ost.utredning").json()["acts"][0]
    assert (act["could"], act["opened"]) == (["record", "social"], ["record"])
    assert (stage.hub.asked[0]["as_of"], stage.hub.asked[0]["as_unit"]) == (5, "polisen.ost.utredning")


def test_the_trail_and_the_directory_and_the_tables_are_there() -> None:
    stage = Stage()
    stage.hub.answer = TrailPage(items=(), next=None)
    assert stage.get("/v1/trail").json() == {"items": [], "next": None}
    stage.hub.answer = Directory().at(NOW)
    assert stage.get("/v1/directory").json() == {"units": []}
    stage.hub.answer = {"title": "Table 6"}
    assert stage.get("/v1/statistics/6").json() == {"title": "Table 6"}
    assert stage.hub.asked[-1]["table"] == 6


def test_c2_before_a_withdrawal_one_sees_what_ends_with_it() -> None:
    from msgspec.structs import replace

    from domain.case.state import INITIAL

    stage = Stage()
    stage.hub.answer = replace(seen_of(Kind.CASE), state=INITIAL)
    assert stage.get(f"/v1/cases/{'a' * 52}/consents/{'b' * 52}/withdrawal").json() == {"ends": [], "stands": []}


def test_a4_a_callers_key_is_sent_in_a_body_and_answered_with_the_answers_alone() -> None:
    from domain.consultation.events import AdviceGiven
    from domain.vocabulary import Role

    stage = Stage()
    advice = AdviceGiven(to=UNIT, adviser_role=Role.ADVISER, answer="Ring oss.")
    sealed = AdviceGiven(to=UNIT, adviser_role=Role.ADVISER)
    stage.hub.answer = seen_of(
        Kind.CONSULTATION, fact_of(advice, shown={Compartment.ADVICE}), fact_of(sealed, number=2)
    )
    response = stage.post("/v1/answers", {"key": "bano-kilu"}, None)
    assert response.json() == {"answers": [{"given": NOW - 5, "answer": "Ring oss."}]}
    assert stage.hub.asked[0]["key"] == "bano-kilu"
    assert stage.get("/v1/answers?key=bano-kilu", None).status_code == 405


def test_one_sees_who_the_hub_takes_one_for_and_that_it_is_play() -> None:
    response = Stage().get("/v1/me")
    assert response.json()["unit"] == UNIT
    assert response.json()["personas"] == NOTICE


def test_own_grants_show_whether_they_are_in_force() -> None:
    from msgspec.structs import replace

    grant = Grant(
        kind=GrantKind.DISCLOSURE,
        id=ref(5),
        holder=UNIT,
        subject=ref(6).hex,
        purpose=Purpose.INVESTIGATION,
        compartments=frozenset({Compartment.SOCIAL}),
        start=NOW - 1,
        until=NOW + 1,
    )
    stage = Stage()
    for ended, in_force in ((False, True), (True, False)):
        stage.hub.answer = replace(seen_of(Kind.CASE), grants=(replace(grant, ended=ended),))
        (shown,) = stage.get(f"/v1/cases/{'a' * 52}").json()["grants"]
        assert shown["in_force"] is in_force
        assert shown["person"] == stage.hub.aliases.out(UNIT, within(stage.hub.answer.stream, ref(6)))


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/v1/me", "/nowhere", "/openapi.json"])
def test_nothing_is_kept_on_the_way_and_no_server_names_itself(path: str) -> None:
    response = Stage().get(path)
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["samrad-personas"] == NOTICE
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "server" not in response.headers


def test_the_hub_says_when_it_cannot_take_commands_and_when_its_lists_lag() -> None:
    stage = Stage()
    for ready, status, said in (
        (Readiness.READY, 200, {"status": "ready"}),
        (Readiness.BEHIND, 200, {"status": "behind"}),
        (Readiness.NOT_READY, 503, None),
    ):
        stage.ready = ready
        answer = stage.get("/health/ready", None)
        assert answer.status_code == status
        assert said is None or answer.json() == said
        assert stage.get("/health/live", None).status_code == 200
