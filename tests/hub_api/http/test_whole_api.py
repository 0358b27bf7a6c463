"""The whole reference, tried by schemathesis as each role: what it describes is answered as it says, whatever is sent.

Of schemathesis' checks these are left out, each for a reason:
- that whatever fits the schema is accepted: rules refuse much that fits (an alias of nothing, a second closing);
- that whatever does not fit is refused with 4xx: `tests/properties/test_extremes.py` holds that, on matters that exist;
- those of sign-in and of methods: `test_personas.py` and `test_routes.py` hold them for every address;
- those of links between answers: the reference describes none.
"""

import asyncio
import json
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation.case import Case
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from domain.vocabulary import Role
from hub_api.http.api.examples import ADDRESS
from hub_api.http.api.openapi import document
from hub_api.http.routes import ROUTES
from hub_api.runtime.hub import Hub
from hub_demo.county import PERSONAS
from tests.properties.extremes import Asking

EXAMPLES: Final = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 2}
"""Requests to each address, for each role: some minutes in all, and fewer than the tries that a caller's key has."""
SCHEMA: Final = schemathesis.openapi.from_dict(json.loads(document(personas=True)))
OPERATIONS: Final = [found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)]
ROLES: Final[dict[Role, str]] = {principal.role: persona for persona, principal in reversed(PERSONAS.items())}
"""One of the people of each role that signs in."""
LISTS: Final = ("cases", "consultations", "referrals", "reports", "meetings")
ANSWERED: Final = {200, 404, 422}
"""What is met among the answers to anybody: it was not one refusal that answered all."""
CHECKS: Final[list[Any]] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


class Trying:
    """A hub with something in it over HTTP, as one of its people meets it; one loop for all examples."""

    def __init__(self, hub: Hub, persona: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._asking = Asking(hub)
        self._persona = {"authorization": f"Persona {persona}"}
        self._loop.run_until_complete(self._asking.begin())
        self._living = {which: found["items"][0]["id"] for which in LISTS if (found := self._list(which))["items"]}

    def answer(self, case: Case[Any], *, of_what_is_there: bool) -> httpx.Response:
        """What is answered to that request; about a matter that the person may know of, if there is one."""
        living = self._living.get(case.path.split("/")[2] if case.path.startswith("/v1/") else "")
        if of_what_is_there and living is not None and "alias" in case.path_parameters:
            case.path_parameters["alias"] = living
        sent = case.as_transport_kwargs(base_url=ADDRESS)
        headers = {name: text.encode("latin-1", "replace") for name, text in sent["headers"].items()}
        headers = {name: text for name, text in headers.items() if name.lower() != "authorization"}
        request = self._asking.browser.build_request(
            sent["method"],
            sent["url"],
            params=sent.get("params"),
            headers=headers | {name: text.encode() for name, text in self._persona.items()},
            **_content(sent),
        )
        return self._loop.run_until_complete(self._asking.browser.send(request))

    def close(self) -> None:
        self._loop.run_until_complete(self._asking.browser.aclose())
        self._loop.close()

    def _list(self, which: str) -> Any:
        answer = self._loop.run_until_complete(self._asking.browser.get(f"/v1/{which}", headers=self._persona))
        assert answer.status_code == 200, answer.text
        return answer.json()


def _content(sent: dict[str, Any]) -> dict[str, Any]:
    data = sent.get("data")
    return {"content": data} if isinstance(data, bytes | str) else {"json": sent.get("json")}


@pytest.fixture
def trying(hub: Hub, role: Role) -> Iterator[Trying]:
    found = Trying(hub, ROLES[role])
    yield found
    found.close()


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_address_answers_as_the_reference_says(trying: Trying, mode: GenerationMode) -> None:
    assert len(OPERATIONS) == len(ROUTES)
    failures: list[FailureGroup] = []
    met: set[int] = set()
    for operation in OPERATIONS:

        @settings(
            max_examples=EXAMPLES[mode],
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # what is found is small enough, and making it smaller takes minutes
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode), st.booleans())
        def each(case: Case[Any], of_what_is_there: bool) -> None:
            answer = trying.answer(case, of_what_is_there=of_what_is_there)
            met.add(answer.status_code)
            case.validate_response(answer, checks=CHECKS)

        try:
            each()
        except FailureGroup as found:
            failures.append(found)
        except Unsatisfiable:  # an address that takes nothing has nothing that could be wrong
            assert mode is GenerationMode.NEGATIVE
    assert not failures, "\n".join(map(str, failures))
    assert met >= ANSWERED
