"""What the hub tells of its running: one trace from a request to the view, figures by step and rule; nothing if off."""

import logging
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from adapters.store.record import PLACE_SIZE, decode
from adapters.telemetry import UNWATCHED, Telemetry, opened
from hub_api.runtime.telemetry_setup import telling
from tests.adapters.telemetry.collector import attributes, collecting
from tests.hub_api.stand import ANNA, Girl, agreed
from tests.hub_api.watched import PIAS, SARAS, Stood, county, watched

ROOT = Path(__file__).parents[3]


# One trace, and batches.


def test_one_trace_leads_from_a_request_over_the_store_to_the_view(tmp_path: Path) -> None:
    traces: list[bytes] = []

    def told(stood: Stood) -> None:
        answer = stood.send("POST", "/v1/cases", SARAS, json={"coordinator": ANNA.unit})
        assert answer.status_code == 201
        stood.hub.follower.catch_up()
        traces.extend(decode(row.frame[PLACE_SIZE:]).trace for row in stood.hub.log.rows.rows(0, 100))

    collector, _ = watched(tmp_path, told, county(tmp_path))
    spans = {span.name: span for span in collector.spans()}
    request = spans["POST /v1/cases"]
    assert traces[-1][:24] == request.trace_id + request.span_id
    assert traces[-1][24] & 1
    for name in ("samrad.append", "samrad.view"):
        assert (spans[name].trace_id, spans[name].parent_span_id) == (request.trace_id, request.span_id)
        assert attributes(spans[name]) == {"samrad.log": "acts", "samrad.size": 1}
    assert attributes(request) == {"http.route": "/v1/cases", "http.request.method": "POST"}


def test_a_look_is_traced_to_the_trail(tmp_path: Path) -> None:
    collector, _ = watched(tmp_path, lambda stood: _look(stood), county(tmp_path))
    request = next(span for span in collector.spans() if span.name == "GET /v1/directory")
    under = {
        (span.name, attributes(span).get("samrad.log"))
        for span in collector.spans()
        if span.trace_id == request.trace_id
    }
    assert under == {("GET /v1/directory", None), ("samrad.append", "looks"), ("samrad.view", "looks")}


def _look(stood: Stood) -> None:
    assert stood.send("GET", "/v1/directory").status_code == 200
    stood.hub.follower.catch_up()


def test_a_group_is_one_span_with_links_to_its_requests(tmp_path: Path) -> None:
    def told(stood: Stood) -> None:
        opening = ("POST", "/v1/cases", SARAS, {"json": {"coordinator": ANNA.unit}})
        assert {answer.status_code for answer in stood.together(*[opening] * 8)} == {201}
        stood.hub.follower.catch_up()

    collector, _ = watched(tmp_path, told, county(tmp_path))
    requests = {span.span_id for span in collector.spans() if span.name == "POST /v1/cases"}
    assert len(requests) == 8
    for step in ("append", "view"):
        batches = [span for span in collector.spans() if span.name == f"samrad.{step}"]
        carried = [{span.parent_span_id, *(link.span_id for link in span.links)} for span in batches]
        assert sum(attributes(span)["samrad.size"] for span in batches) == 8
        assert len(batches) < 8
        assert set().union(*carried) == requests


def test_c7_under_load_few_requests_are_traced_and_all_are_measured(tmp_path: Path) -> None:
    with collecting() as collector:
        telemetry = Telemetry(endpoint=collector.endpoint, traces_a_second=1, seconds=600)
        with opened(telemetry, "serve", ["/v1/cases"]) as way:
            for _ in range(50):
                way.watch.request().ended("GET", "/v1/cases", 200)
    assert 1 <= len(collector.spans()) <= 3
    (answered,) = collector.metrics()["samrad.http.responses"].sum.data_points
    assert answered.as_int == 50


# What is counted.


def test_what_was_denied_and_refused_is_counted_by_rule_and_looks_like_all_else_in_a_trace(tmp_path: Path) -> None:
    def told(stood: Stood) -> None:
        assert stood.send("GET", f"/v1/cases/{'a' * 52}").status_code == 404
        assert stood.send("GET", f"/v1/reports/{'a' * 52}", PIAS).status_code == 404
        assert stood.send("POST", f"/v1/cases/{'a' * 52}/reopen", json={}).status_code == 404
        assert stood.send("POST", "/v1/cases", PIAS, json={"coordinator": "exempel"}).status_code == 409

    collector, _ = watched(tmp_path, told, county(tmp_path))
    metrics = collector.metrics()
    denied = [(attributes(point), point.as_int) for point in metrics["samrad.denials"].sum.data_points]
    refused = [attributes(point) for point in metrics["samrad.refusals"].sum.data_points]
    assert denied == [({"samrad.rule": "F"}, 2)]
    assert {"samrad.rule": "F"} in refused
    assert all(set(each) == {"samrad.rule"} for each in refused)
    assert {key for point in metrics["samrad.http.duration"].histogram.data_points for key in attributes(point)} == {
        "http.route",
        "http.request.method",
    }
    assert [set(attributes(point)) for point in metrics["samrad.http.responses"].sum.data_points] == [
        {"http.response.status_code"}
    ] * 2
    for span in collector.spans():
        assert "http.response.status_code" not in attributes(span)
        assert span.status.code == 0


def test_appends_and_views_are_measured_with_how_fresh_they_are(tmp_path: Path) -> None:
    def told(stood: Stood) -> None:
        Girl(stood.hub)
        stood.hub.follower.catch_up()

    collector, _ = watched(tmp_path, told, county(tmp_path))
    metrics = collector.metrics()
    for name in ("append.duration", "append.size", "view.duration", "view.size", "view.delay"):
        points = metrics[f"samrad.{name}"].histogram.data_points
        assert {"samrad.log": "acts"} in [attributes(point) for point in points], name
        assert all(point.count and point.sum >= 0 for point in points)
    waiting = {
        attributes(point)["samrad.log"]: point.as_int for point in metrics["samrad.view.waiting"].gauge.data_points
    }
    assert waiting == {"acts": 0, "looks": 0}


# The framework's own.

_NATIVE = """
import asyncio, sys, httpx
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tests.hub_api.http.stage import Stage
from hub_api.http.app import create_app

kept = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(kept))
trace.set_tracer_provider(provider)

async def asked(app):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as browser:
        await browser.get("/v1/cases?reference=K7PM-2RXD")

asyncio.run(asked(create_app(Stage().hub)))
ours = len(kept.get_finished_spans())
asyncio.run(asked(FastAPI()))
print(ours, "K7PM-2RXD" in "".join(span.to_json() for span in kept.get_finished_spans()))
"""


def test_c7_the_frameworks_own_telemetry_sends_nothing_whatever_the_environment_says() -> None:
    ran = _run(_NATIVE, FASTAPI_OTEL_AUTO_CONFIGURE="true", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")
    assert ran.stdout.split() == ["0", "True"], ran.stderr


def _run(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'hub-api'}", **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


# Off.


def test_without_a_collector_nothing_is_watched_and_nothing_of_the_sdk_is_loaded() -> None:
    program = (
        "import sys\n"
        "import hub_api.cli, hub_api.runtime.telemetry_setup, adapters.telemetry.logs\n"
        "from adapters.telemetry import Telemetry, opened, UNWATCHED\n"
        "with opened(Telemetry(), 'serve') as way: assert way.watch is UNWATCHED\n"
        "heavy = ('opentelemetry.sdk', 'opentelemetry.exporter', 'google', 'requests')\n"
        "print([name for name in sys.modules if name.startswith(heavy)])\n"
    )
    ran = _run(program)
    assert ran.stdout.strip() == "[]", ran.stderr


def test_a_collector_that_is_away_keeps_no_process_from_ending() -> None:
    with opened(Telemetry(endpoint="http://127.0.0.1:9"), "relay") as told:
        told.watch.request().ended("GET", "/v1/cases", 200)
        told.watch.waits("relay", "acts", 1)
        logging.getLogger("samrad.test").addHandler(told.handlers[0])
        logging.getLogger("samrad.test").warning("something")
        logging.getLogger("samrad.test").removeHandler(told.handlers[0])
        ending = time.monotonic()
    assert time.monotonic() - ending < 8, "a supervisor kills what takes longer"


def test_unwatched_the_append_is_the_recorders_own_and_the_runner_reads_the_log_itself(tmp_path: Path) -> None:
    hub = agreed(tmp_path)
    try:
        assert hub.parts.watch is UNWATCHED
        assert getattr(hub.log, "_append") == hub.log.rows.append  # noqa: B009
        assert [getattr(runner, "_log") for runner in hub.runners] == [hub.log, hub.looks_log]  # noqa: B009
    finally:
        hub.close()


class _Set:
    """Settings of a process."""

    otlp: str | None = None
    otlp_token = None
    otlp_ca = None
    log_level = "info"
    log_json = True


def test_a_process_is_told_of_by_its_settings(capsys: pytest.CaptureFixture[str]) -> None:
    with collecting() as collector:
        own: Any = _Set()
        own.otlp = collector.endpoint
        with telling(own, "relay") as watch:
            watch.waits("relay", "acts", 3)
            with watch.batch("relay", "acts", [], 3, oldest=0):
                logging.getLogger("samrad.relay").info("carried")
    assert "samrad.relay.waiting" in collector.metrics()
    assert '"level":"INFO"' in capsys.readouterr().err
    assert b"samrad-relay" in collector.everything
    assert b"service.instance.id" in collector.everything
