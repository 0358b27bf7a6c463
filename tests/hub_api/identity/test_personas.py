"""Personas are play: on this machine only, by name, and never offered to a network."""

import pytest

from domain.errors import SamradError
from hub_api.identity.personas import NOTICE, Personas, refuse_to_bind_elsewhere
from tests.hub_api.http.stage import POLICE, SOCIAL, Stage


@pytest.mark.parametrize("client", ["192.0.2.7", "10.0.0.1", "::ffff:192.0.2.7", "testclient", ""])
def test_a_caller_from_elsewhere_is_refused_on_every_address(client: str) -> None:
    stage = Stage()
    stage.client = (client, 5000)
    for path in ("/v1/me", "/health/live", "/openapi.json", "/nowhere"):
        response = stage.get(path)
        assert (response.status_code, response.json()["type"]) == (403, "urn:samrad:problem:not-from-this-machine")
        assert response.headers["samrad-personas"] == NOTICE


@pytest.mark.parametrize("header", ["forwarded", "x-forwarded-for", "x-real-ip", "via"])
def test_a_request_that_was_relayed_is_refused(header: str) -> None:
    assert Stage().get("/v1/me", **{header: "127.0.0.1"}).status_code == 403


@pytest.mark.parametrize("host", ["http://evil.example", "http://localhost.evil.example:8000", "http://192.0.2.7"])
def test_a_name_from_elsewhere_that_points_here_is_refused(host: str) -> None:
    stage = Stage()
    stage.host = host
    assert stage.get("/v1/me").status_code == 403


@pytest.mark.parametrize("host", ["http://localhost:8000", "http://127.0.0.1", "http://[::1]:8000", "http://LOCALHOST"])
def test_every_name_of_this_machine_is_taken(host: str) -> None:
    stage = Stage()
    stage.host = host
    stage.client = ("::1", 5000)
    assert stage.get("/v1/me").status_code == 200


@pytest.mark.parametrize("said", ["PERSONA polis", "Persona POLIS", "persona  polis ", "Persona p\u200bol\u00adis"])
def test_c9_a_persona_is_who_they_are_however_their_name_is_written(said: str) -> None:
    answer = Stage().send("GET", "/v1/me", None, headers={"authorization": said})
    assert (answer.status_code, answer.json()["person"]) == (200, "utredare")


@pytest.mark.parametrize("said", ["Persona poli", "Persona p\u043elis", "Persona ", "Personapolis", "Basic polis"])
def test_another_name_is_nobody_and_so_is_another_scheme(said: str) -> None:
    answer = Stage().send("GET", "/v1/me", None, headers={"authorization": said})
    assert answer.status_code == 401


def test_c9_two_personas_never_share_a_name() -> None:
    with pytest.raises(SamradError, match="one and the same"):
        Personas({"anna-ek": POLICE, "Anna\u2010Ek": SOCIAL})


def test_without_personas_nobody_is_known_and_nothing_is_said_of_them() -> None:
    stage = Stage()
    stage.personas = None
    response = stage.get("/v1/me")
    assert response.status_code == 401
    assert "samrad-personas" not in response.headers


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
def test_this_machine_may_be_bound(host: str) -> None:
    refuse_to_bind_elsewhere(host)


@pytest.mark.parametrize("host", ["", "::", "192.0.2.7", "example.org", "localhost.example.org"])
def test_a_network_may_not(host: str) -> None:
    with pytest.raises(SamradError, match="this machine only"):
        refuse_to_bind_elsewhere(host)
    with pytest.raises(SamradError, match="this machine only"):
        refuse_to_bind_elsewhere("0.0.0.0")
