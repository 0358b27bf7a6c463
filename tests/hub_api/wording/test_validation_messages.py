"""Parameters and fields that do not fit: each is named, with what it should be, and nothing goes on to the hub."""

import msgspec
import pytest

from domain.errors import OutOfBounds
from domain.time import EARLIEST, LATEST, parse_instant
from domain.vocabulary import Kind
from hub_api.commands.receipts import Receipt
from hub_api.http.routes import ROUTES
from hub_api.wording.language import Language
from tests.hub_api.http.stage import NOW, Stage, ref, seen_of
from tests.hub_api.http.test_problems import ALIAS, REQUEST, SECRET, of


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/v1/cases?limit=0", "limit"),
        ("/v1/cases?limit=201", "limit"),
        ("/v1/cases?limit=many", "limit"),
        ("/v1/cases?limit=%D9%A3", "limit"),
        ("/v1/cases?limit=1_0", "limit"),
        ("/v1/cases?limit=%205", "limit"),
        (f"/v1/cases?limit={'9' * 5000}", "limit"),
        ("/v1/cases?limit=", "limit"),
        ("/v1/cases?what=ever", "what"),
        ("/v1/cases?limit=1&limit=2", "limit"),
        ("/v1/cases?p%C3%A5hittad%20person=1", ""),
        (f"/v1/cases?{'x' * 41}=1", ""),
        (f"/v1/cases/{ALIAS}?as_of=yesterday", "as_of"),
        (f"/v1/cases/{ALIAS}?as_of=2026-01-01T00:00:00", "as_of"),
        (f"/v1/cases/{ALIAS}?as_of=9999-12-31T23:59:59Z", "as_of"),
        (f"/v1/cases/{ALIAS}?as_of=9999-12-31T23:59:59-14:00", "as_of"),
        (f"/v1/cases/{ALIAS}?as_of=0001-01-01T00:00:00%2B01:00", "as_of"),
        (f"/v1/cases/{ALIAS}?as_of={2**53 - 1}", "as_of"),
        (f"/v1/cases/{ALIAS}?as_of=9999999999999999", "as_of"),
        (f"/v1/cases/{ALIAS}?as_of=-62135596800000001", "as_of"),
        (f"/v1/cases/{ALIAS}?as_of={2**63}", "as_of"),
        ("/v1/board?as_of=9999-12-31T23:59:59Z", "as_of"),
        ("/v1/tasks?as_of=0001-01-01T00:00:00%2B01:00", "as_of"),
        (f"/v1/replay/{ALIAS}?as_of=2026-11-10", "as_of"),
        (f"/v1/replay/{ALIAS}?as_unit=", "as_unit"),
        (f"/v1/replay/{ALIAS}?as_unit={'x' * 201}", "as_unit"),
        ("/v1/consultations?reference=", "reference"),
        (f"/v1/reports?reference={'K' * 61}", "reference"),
        ("/v1/trail?matter=", "matter"),
        (f"/v1/trail?matter={'a' * 201}", "matter"),
        ("/v1/trail?person=", "person"),
        ("/v1/trail?person=%C2%AD", "person"),
        (f"/v1/trail?person={'x' * 201}", "person"),
        ("/v1/trail?unit=", "unit"),
        ("/v1/trail?unit=%20", "unit"),
        (f"/v1/trail?unit={'x' * 201}", "unit"),
        ("/v1/trail?from=yesterday", "from"),
        ("/v1/trail?from=2026-11-10", "from"),
        ("/v1/trail?to=2026-11-10T12:00:00", "to"),
        (f"/v1/trail?to={2**63}", "to"),
        ("/v1/trail?from=2026-11-10T12:00:00Z&to=2026-11-10T12:00:00Z", "to"),
        ("/v1/trail?from=2026-11-10T12:00:00Z&to=2026-11-10T11:00:00Z", "to"),
        ("/v1/trail?about=a", "about"),
        ("/v1/cases?state=asleep", "state"),
        ("/v1/cases?state=", "state"),
        ("/v1/cases?kind=crime", "kind"),
        ("/v1/consultations?state=open", "state"),
        ("/v1/consultations?kind=one", "kind"),
        ("/v1/referrals?state=Sent", "state"),
        ("/v1/referrals?from=now", "from"),
        ("/v1/reports?kind=forum", "kind"),
        ("/v1/reports?state=made&state=made", "state"),
        ("/v1/meetings?kind=crime", "kind"),
        ("/v1/meetings?reference=K7PM-2RXD", "reference"),
        ("/v1/meetings?from=2026-11-10T12:00:00Z&to=2026-11-10T12:00:00Z", "to"),
        ("/v1/upcoming?state=held", "state"),
        ("/v1/upcoming?kind=", "kind"),
        ("/v1/upcoming?to=tomorrow", "to"),
        ("/v1/upcoming?as_of=1", "as_of"),
        ("/v1/inbox?state=open", "state"),
        ("/v1/board?kind=case", "kind"),
        ("/v1/consultations?reference=K7PM-2RXD&after=a", "after"),
        ("/v1/consultations?reference=K7PM-2RXD&state=gone", "state"),
        ("/v1/statistics/six", "table"),
        ("/v1/me?as=admin", "as"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_a_problem_that_names_it(path: str, name: str) -> None:
    stage = Stage()
    for language in Language:
        response = stage.get(path, accept_language=language)
        problem = response.json()
        assert (response.status_code, problem["type"]) == (400, "urn:samrad:problem:query")
        assert problem.get("field", "") == name
        assert problem["detail"]
    assert stage.hub.asked == []


def test_a_time_in_an_address_reaches_from_1900_to_2200() -> None:
    stage = Stage()
    stage.hub.answer = seen_of(Kind.CASE)
    for written in ("1900-01-01T00:00:00Z", EARLIEST, "2200-01-01T00:00:00Z", LATEST):
        assert stage.get(f"/v1/cases/{ALIAS}?as_of={written}").status_code == 200
    assert [asked["as_of"] for asked in stage.hub.asked] == [EARLIEST, EARLIEST, LATEST, LATEST]


def test_the_plus_of_an_offset_may_stand_in_an_address_as_it_is() -> None:
    stage = Stage()
    stage.hub.answer = seen_of(Kind.CASE)
    for written in ("2026-11-10T12:00:00+01:00", "2026-11-10T12:00:00%2B01:00", "2026-11-10+12:00:00.000+01:00"):
        assert stage.get(f"/v1/cases/{ALIAS}?as_of={written}").status_code == 200, written
    assert {asked["as_of"] for asked in stage.hub.asked} == {parse_instant("2026-11-10T11:00:00Z")}
    for written in ("2026-11-10T12:00:00", "2026-11-10+12:00", "2026-11-10+01:00", "2026-11-10T12:00:00++01:00"):
        assert stage.get(f"/v1/cases/{ALIAS}?as_of={written}").status_code == 400, written


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"told":"told","told":"no_contact"}', "told"),
        (b'{"told":"told","to\\u006cd":"no_contact"}', "told"),
        (b'{"act":{"channel":"telephone","channel":"paper"}}', "act.channel"),
        (b'{"act":{"channel":"telephone"},"act":{}}', "act"),
        (b'{"question":"\\"told\\": \\"told\\":","told":"told" , "told" :"told"}', "told"),
    ],
)
def test_a_name_that_stands_twice_in_an_object_is_refused_by_name(body: bytes, field: str) -> None:
    stage = Stage()
    rest = msgspec.json.encode({name: value for name, value in REQUEST.items() if name != "told"})
    told = b"" if b'"told":' in body.partition(b'"question"')[0] or b'"told" :' in body else b',"told":"told"'
    response = stage.send(
        "POST",
        "/v1/consultations",
        content=rest[:-1] + told + b"," + body[1:],
        headers={"content-type": "application/json"},
    )
    problem = response.json()
    assert (response.status_code, problem["type"], problem["field"]) == (422, "urn:samrad:problem:invalid", field)
    assert stage.hub.asked == []


def test_names_that_are_alike_in_different_objects_are_no_fault() -> None:
    stage = Stage()
    stage.hub.answer = Receipt(stream=ref(1), kind=Kind.MEETING, created=ref(2), repeated=False, said={})
    present = {"unit": "polisen.ost.utredning", "role": "handler"}
    body = {"mode": "video", "start": NOW, "confidentiality": True, "attended": [present, present]}
    assert stage.post(f"/v1/meetings/{ALIAS}/hold", body).status_code == 200


def test_a4_of_a_callers_key_too_a_name_stands_once_and_the_key_has_an_end() -> None:
    stage = Stage()
    headers = {"content-type": "application/json"}
    for body, field in (
        (b'{"key":"bano","key":"kilu"}', "key"),
        (b'{"key":""}', "key"),
        (b'{"key":"' + b"b" * 201 + b'"}', "key"),
        (b'{"key":"\\udc00"}', "key"),
    ):
        response = stage.send("POST", "/v1/answers", None, content=body, headers=headers)
        assert (response.status_code, response.json()["field"]) == (422, field)
    assert stage.hub.asked == []


@pytest.mark.parametrize("half", [r"\ud800", r"\udfff", r"x\ud83d", r"\ud800\ud800"])
def test_half_a_character_is_refused_and_its_field_named(half: str) -> None:
    stage = Stage()
    body = msgspec.json.encode(REQUEST)[:-1] + b',"question":"' + half.encode() + b'"}'
    response = stage.send("POST", "/v1/consultations", content=body, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["field"]) == (422, "question")


def test_c7_a_name_that_is_none_of_ours_is_not_repeated_with_half_a_character() -> None:
    body = b'{"' + SECRET.encode() + rb'":"\ud800"}'
    response = Stage().send("POST", "/v1/consultations", content=body, headers={"content-type": "application/json"})
    assert SECRET.encode() not in response.content


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"happened": "2026-03-02"}, "act.happened"),
        ({"happened": "2026-03-02T09:00:00"}, "act.happened"),
        ({"known": "0001-01-01T00:00:00+01:00"}, "act.known"),
        ({"known": "9999-12-31T23:59:59Z"}, "act.known"),
        ({"known": "x" * 100_000}, "act.known"),
    ],
)
def test_a_time_that_is_none_is_refused_and_its_field_named(sent: dict[str, str], field: str) -> None:
    response = Stage().post("/v1/consultations", REQUEST | {"act": sent})
    problem = response.json()
    assert (response.status_code, problem["field"], problem["rule"]) == (422, field, "D1")
    assert problem["remedy"]


def test_what_is_out_of_bounds_is_told_with_its_field_its_bound_and_its_rule() -> None:
    stage = Stage()
    stage.hub.answer = OutOfBounds("B7", "a number lies from 0 to 1000", "give another number", "persons")
    response = stage.post("/v1/consultations", REQUEST)
    problem = response.json()
    assert (response.status_code, problem["type"]) == (422, "urn:samrad:problem:invalid")
    assert (problem["field"], problem["rule"]) == ("persons", "B7")
    assert (problem["detail"], problem["remedy"]) == ("a number lies from 0 to 1000", "give another number")
    swedish = stage.post("/v1/consultations", REQUEST, accept_language="sv").json()
    assert swedish["detail"] == "ett tal ligger mellan 0 och 1000"


@pytest.mark.parametrize("path", sorted({route.path for route in ROUTES}))
def test_an_address_names_every_method_that_it_takes(path: str) -> None:
    route = next(route for route in ROUTES if route.path == path)
    response = Stage().send("DELETE", of(route))
    taken = {other.method for other in ROUTES if other.path == path}
    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == taken | ({"HEAD"} if "GET" in taken else set())
