"""Problems: what went wrong, by which rule and the way on; never content, never a stack trace, always one form."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from domain.errors import Caution, NotThere, Refusal, SamradError
from hub_api.commands.handler import Changed
from hub_api.commands.receipts import KeyReused, ReceiptGone
from hub_api.http import problems
from hub_api.http.routes import ROUTES, Route, RouteKind
from hub_api.wording.language import Language
from hub_api.wording.validation_messages import explained
from tests.hub_api.http.stage import Stage

SECRET = "Påhittad Person"
ALIAS = "a" * 52
REQUEST = {
    "asked_of": "resurscentrum-ostergotland.samordning",
    "caller": "school",
    "about": "one",
    "persons": 1,
    "told": "no_contact",
}


def of(route: Route) -> str:
    return route.path.replace("{alias}", ALIAS).replace("{consent}", ALIAS).replace("{table}", "6")


def asking(kind: RouteKind) -> list[Route]:
    return [route for route in ROUTES if route.kind is kind]


def test_a_refusal_names_its_rule_and_the_way_on() -> None:
    stage = Stage()
    stage.hub.answer = Refusal("B7", "only the unit that was asked may do this", "ask that unit")
    response = stage.post(f"/v1/consultations/{ALIAS}/advise", {"answer": "Vänta."})
    assert response.status_code == 409
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert (problem["rule"], problem["remedy"]) == ("B7", "ask that unit")
    assert problem["detail"] == "only the unit that was asked may do this"


def test_a_should_that_was_not_followed_lists_the_reasons_that_may_be_given() -> None:
    stage = Stage()
    stage.hub.answer = Caution("A3", "it is not recorded whether the person was told")
    problem = stage.post(f"/v1/consultations/{ALIAS}/accept", {}).json()
    assert problem["type"] == "urn:samrad:problem:caution"
    assert "urgent" in problem["because"]


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        (Changed("it has changed"), 412),
        (KeyReused("used"), 422),
        (ReceiptGone("gone"), 410),
        (SamradError("the trail cannot be written"), 503),
        (RuntimeError(SECRET), 500),
        (NotThere(), 404),
    ],
)
def test_every_fault_is_a_problem_and_tells_nothing_of_itself(
    raised: Exception, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    stage = Stage()
    stage.hub.answer = raised
    response = stage.get(f"/v1/cases/{ALIAS}")
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in response.text
    assert SECRET not in response.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("route", asking(RouteKind.READ) + asking(RouteKind.COMMAND), ids=lambda route: route.name)
def test_whoever_is_not_known_gets_one_and_the_same_answer_everywhere(route: Route) -> None:
    stage = Stage()
    answers = [
        stage.send(route.method, of(route), persona, headers=headers, content=b"{")
        for persona, headers in ((None, {}), ("nobody", {}), ("", {}), (None, {"authorization": "Basic cG9saXM6"}))
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].headers["www-authenticate"] == "Persona"
    assert stage.hub.asked == []


def test_f_what_is_not_there_is_the_same_bytes_and_headers_for_every_view_and_command() -> None:
    stage = Stage()
    stage.hub.answer = NotThere()
    answers = [
        stage.get(f"/v1/cases/{ALIAS}"),
        stage.get("/v1/cases/nonsense"),
        stage.get(f"/v1/consultations/{ALIAS}"),
        stage.get("/v1/consultations?reference=K7PM-2RXD"),
        stage.post(f"/v1/cases/{ALIAS}/reopen", {}),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({(answer.content, tuple(answer.headers.multi_items())) for answer in answers}) == 1


def test_an_address_that_is_none_is_a_problem_too() -> None:
    stage = Stage()
    for path in ("/", "/v1", "/v1/nothing", "/docs", "/redoc", "/v1/cases/", "/v1/cases/x/y/z"):
        response = stage.get(path)
        assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json"), path
        assert response.json()["type"] == "urn:samrad:problem:no-such-address"


def test_a_method_that_an_address_does_not_take_is_a_problem_too() -> None:
    response = Stage().send("DELETE", "/v1/me")
    assert (response.status_code, response.json()["type"]) == (405, "urn:samrad:problem:method")
    assert "GET" in response.headers["allow"]


def test_a_body_over_the_limit_is_refused_whether_or_not_it_says_its_length() -> None:
    stage = Stage()
    json = {"content-type": "application/json"}
    huge = b'{"question":"' + b"x" * 300_000 + b'"}'
    assert stage.send("POST", "/v1/consultations", content=huge, headers=json).status_code == 413
    lying = stage.send("POST", "/v1/consultations", content=huge, headers={**json, "content-length": "9"})
    assert lying.status_code == 413
    assert stage.hub.asked == []


@pytest.mark.parametrize("kind", ["text/plain", "application/json; charset=latin-1", "", "multipart/form-data"])
def test_a_body_that_is_not_json_is_refused(kind: str) -> None:
    response = Stage().send("POST", "/v1/consultations", content=b"{}", headers={"content-type": kind})
    assert (response.status_code, response.json()["type"]) == (415, "urn:samrad:problem:not-json")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"question":"\xff"}', b"nan"])
def test_malformed_json_is_one_problem(body: bytes) -> None:
    json = {"content-type": "application/json; charset=utf-8"}
    response = Stage().send("POST", "/v1/consultations", content=body, headers=json)
    assert (response.status_code, response.json()["type"]) == (400, "urn:samrad:problem:malformed")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"caller": SECRET}, "caller"),
        ({"persons": SECRET}, "persons"),
        ({"persons": -1}, "persons"),
        ({"county": SECRET}, "county"),
        ({"question": ""}, "question"),
        ({"question": "x" * 20_001}, "question"),
        ({SECRET: 1}, ""),
        ({"act": {SECRET: 1}}, "act"),
        ({"act": {"channel": SECRET}}, "act.channel"),
        ({"act": SECRET}, "act"),
        ({"asked_of": None}, "asked_of"),
    ],
)
def test_c7_a_field_that_does_not_fit_is_named_and_what_it_held_is_not(change: dict[str, Any], field: str) -> None:
    response = Stage().post("/v1/consultations", REQUEST | change)
    assert response.status_code == 422
    assert response.json().get("field", "") == field
    assert SECRET not in response.text
    assert response.json()["detail"]


def test_a_field_that_is_missing_is_named() -> None:
    short = {name: value for name, value in REQUEST.items() if name != "told"}
    problem = Stage().post("/v1/consultations", short).json()
    assert (problem["field"], problem["detail"]) == ("told", "it is missing")


def test_a_field_that_is_not_known_is_answered_with_those_that_are() -> None:
    assert "asked_of" in Stage().post("/v1/consultations", REQUEST | {"asked": "x"}).json()["detail"]


def test_the_hubs_own_words_are_swedish_for_whoever_reads_swedish() -> None:
    stage = Stage()
    stage.hub.answer = NotThere()
    words: Callable[[str], Any] = lambda tag: stage.get(f"/v1/cases/{ALIAS}", accept_language=tag).json()["title"]  # noqa: E731
    assert words("sv-SE,en;q=0.5").startswith("Här finns inget")
    assert words("en,sv;q=0.5").startswith("There is nothing")
    assert words("de, sv;q=0.2, en;q=0.1").startswith("Här finns inget")
    assert words("sv;q=high").startswith("There is nothing")


@pytest.mark.parametrize(
    ("tag", "spoken", "title", "detail", "remedy"),
    [
        ("sv", "sv", "En regel hindrar det.", "ärendet är avslutat", "öppna på nytt"),
        ("en", "en", "A rule forbids it.", "the case is closed", "reopen it"),
        ("fi", "en", "A rule forbids it.", "the case is closed", "reopen it"),
    ],
)
def test_a_refusal_is_in_one_language_from_beginning_to_end_and_says_which(
    tag: str, spoken: str, title: str, detail: str, remedy: str
) -> None:
    stage = Stage()
    stage.hub.answer = Refusal("D9", "the case is closed", remedy="reopen it")
    response = stage.get(f"/v1/cases/{ALIAS}", accept_language=tag)
    problem = response.json()
    assert (problem["title"], problem["detail"], problem["remedy"]) == (title, detail, remedy)
    assert response.headers["content-language"] == spoken
    assert "Accept-Language" in response.headers["vary"]


def test_a_should_that_was_not_followed_is_said_in_swedish_too() -> None:
    stage = Stage()
    stage.hub.answer = Caution("B6", "the coordinator should be the one who brings units together")
    response = stage.get(f"/v1/cases/{ALIAS}", accept_language="sv")
    problem = response.json()
    assert problem["title"].startswith("En regel avråder.")
    assert problem["detail"] == "det bör vara samordnaren som för samman enheterna"
    assert response.headers["content-language"] == "sv"


def test_f_what_is_not_there_says_its_way_on_in_both_languages() -> None:
    stage = Stage()
    stage.hub.answer = NotThere()
    remedies = {tag: stage.get(f"/v1/cases/{ALIAS}", accept_language=tag).json()["remedy"] for tag in ("sv", "en")}
    assert remedies == {"sv": "fråga den som gav dig referensen", "en": "ask whoever gave you the reference"}


def test_c7_what_no_catalogue_holds_leaves_nothing_but_its_rule() -> None:
    stage = Stage()
    stage.hub.answer = Refusal("C12", f"{SECRET} is not reached", remedy=f"call {SECRET}")
    for tag in ("sv", "en"):
        response = stage.get(f"/v1/cases/{ALIAS}", accept_language=tag)
        assert response.json()["rule"] == "C12"
        assert SECRET not in response.text


@pytest.mark.parametrize("told", problems.ALL, ids=lambda told: told.slug)
@pytest.mark.parametrize("language", Language)
def test_every_message_of_the_hubs_own_is_in_the_language_that_it_says_it_is_in(
    told: problems.Fixed, language: Language
) -> None:
    response = problems.fixed(told, language)
    spoken = told.sv if language is Language.SV else told.en
    assert msgspec.json.decode(response.body)["title"] == spoken
    assert (b"content-language", language.encode()) in response.raw_headers


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"caller": SECRET}, "det är ingen av koderna som är tillåtna här"),
        ({"persons": SECRET}, "det ska vara `heltal`, inte `text`"),
        ({"persons": -1}, "det ska vara `heltal` >= 0"),
        ({"county": "nittio"}, "det ska vara `text` av formen '^[0-9]{2}$'"),
        ({"county": 5}, "det ska vara `text | null`, inte `heltal`"),
        ({"question": "x" * 20_001}, "det ska vara `text` med längden <= 20000"),
        (
            {"act": {"happened": SECRET}},
            "en tid skrivs enligt RFC 3339 med sin förskjutning, eller i mikrosekunder sedan 1970, "
            "mellan 1900 och 2200",
        ),
        ({"act": {SECRET: 1}}, "det finns ett fält som inte är känt här"),
    ],
)
def test_why_a_field_does_not_fit_is_said_in_swedish_too(change: dict[str, Any], detail: str) -> None:
    response = Stage().send(
        "POST",
        "/v1/consultations",
        content=msgspec.json.encode(REQUEST | change),
        headers={"content-type": "application/json", "accept-language": "sv"},
    )
    problem = response.json()
    assert (problem["title"], problem["detail"]) == ("Ett fält i kroppen kan inte tas emot.", detail)
    assert response.headers["content-language"] == "sv"
    assert SECRET not in response.text


def test_a_field_that_is_missing_or_not_known_is_named_in_swedish_too() -> None:
    known = explained("Object contains unknown field `x`", ("asked_of", "caller"), Language.SV)
    assert known == ("det finns ett fält som inte är känt här; det finns: asked_of, caller", "")
    missing = explained("Object missing required field `told` - at `$.act`", (), Language.SV)
    assert missing == ("det saknas", "act.told")
    assert explained("Something else - at `$.day`", (), Language.SV) == ("det går inte att läsa", "day")


@pytest.mark.parametrize(
    ("path", "body", "field", "english", "swedish"),
    [
        (
            f"/v1/cases/{ALIAS}/purge_note",
            {"note": 1},
            "note",
            "it should be an alias from an answer of the hub to this unit",
            "det ska vara ett alias ur ett svar från navet till enheten",
        ),
        (
            f"/v1/agreements/{ALIAS}/end",
            {"last": SECRET},
            "last",
            "it should be a day, written as 2026-11-10",
            "det ska vara en dag, skriven som 2026-11-10",
        ),
    ],
)
def test_of_an_alias_and_a_day_it_is_said_how_they_are_written(
    path: str, body: dict[str, Any], field: str, english: str, swedish: str
) -> None:
    stage = Stage()
    for language, said in ((Language.EN, english), (Language.SV, swedish)):
        problem = stage.post(path, body, accept_language=language).json()
        assert (problem["status"], problem["field"], problem["detail"]) == (422, field, said)
    assert stage.hub.asked == []
