"""The reference: every route is in it, and every example can be pasted as it stands."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from domain.vocabulary import UnitId
from hub_api.access.aliases import Aliases
from hub_api.http.api import examples
from hub_api.http.api.openapi import document
from hub_api.http.api.reads import CallerKey
from hub_api.http.parameters import AFTER
from hub_api.http.routes import ROUTES, Route, RouteKind
from hub_api.identity.personas import STARTED
from hub_demo.county import PERSONAS
from tests.hub_api.http.stage import Stage

DOCUMENT: dict[str, Any] = msgspec.json.decode(document(personas=True))
POSTS = [route for route in ROUTES if route.method == "POST"]


def _references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref":
                yield value
            else:
                yield from _references(value)
    if isinstance(part, list):
        for value in part:
            yield from _references(value)


def test_every_route_is_described() -> None:
    described = {(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert described == {(route.method, route.path) for route in ROUTES}
    assert all(operation["summary"] for methods in DOCUMENT["paths"].values() for operation in methods.values())


def test_every_operation_has_a_name_and_a_resource_and_every_schema_a_title_of_its_own() -> None:
    described = msgspec.json.decode(document(personas=True))
    operations = [each for path in described["paths"].values() for each in path.values()]
    names = [each["operationId"] for each in operations]
    assert len(names) == len(set(names))
    assert all(each["tags"] and each["summary"].endswith(".") for each in operations)
    titles = [each["title"] for each in described["components"]["schemas"].values() if "title" in each]
    assert sorted(titles) == sorted(set(titles))


def test_every_reference_in_it_leads_somewhere() -> None:
    for reference in _references(DOCUMENT):
        place: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


@pytest.mark.parametrize("route", [route for route in ROUTES if route.form], ids=lambda route: route.name)
def test_a_command_lists_every_problem_that_it_can_meet_and_no_field_of_the_hubs_own(route: Route) -> None:
    operation = DOCUMENT["paths"][route.path]["post"]
    assert {"400", "401", "404", "409", "412", "413", "415", "422", "500", "503"} <= operation["responses"].keys()
    assert route.form is not None
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    fields = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["properties"]
    assert not fields.keys() & route.form.command.hub_fills


def test_a_read_says_that_it_may_refuse_where_it_takes_a_cursor_or_another_units_view() -> None:
    reads = {path: methods["get"] for path, methods in DOCUMENT["paths"].items() if "get" in methods}
    may_refuse = {path for path, operation in reads.items() if "409" in operation["responses"]}
    assert may_refuse == {route.path for route in ROUTES if AFTER in route.query} | {"/v1/replay/{alias}"}


@pytest.mark.parametrize("route", POSTS, ids=lambda route: route.name)
def test_every_example_fits_its_command(route: Route) -> None:
    kind: type = CallerKey if route.form is None else route.form.body
    Aliases(bytes(32)).of(UnitId("any")).decode(msgspec.json.encode(examples.body(route)), kind)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_line_to_paste_is_one_call_by_someone_whom_the_demo_knows(route: Route) -> None:
    words = shlex.split(examples.curl(route))
    assert words[0] == "curl"
    personas = [word.removeprefix("Authorization: Persona ") for word in words if "Persona" in word]
    assert bool(personas) is (route.kind in (RouteKind.READ, RouteKind.COMMAND))
    assert set(personas) <= PERSONAS.keys()
    pattern = re.sub(r"\{\w+\}", "[^/]+", route.path)
    assert re.fullmatch(re.escape(examples.ADDRESS) + pattern, words[-1])
    if route.method == "POST":
        assert msgspec.json.decode(words[words.index("--json") + 1]) == examples.body(route)


def test_it_says_that_personas_are_for_demonstration_only_while_they_are() -> None:
    assert STARTED in DOCUMENT["info"]["description"]
    assert STARTED not in msgspec.json.decode(document(personas=False))["info"]["description"]


def test_whoever_reaches_the_hub_can_read_it() -> None:
    response = Stage().get("/openapi.json", None)
    assert (response.status_code, response.json()["openapi"]) == (200, "3.1.0")
