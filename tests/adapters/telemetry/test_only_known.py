"""The last door: whatever somebody writes into a span, a metric or a log line, only what is on the list leaves."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from opentelemetry._logs import SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    MetricExporter,
    MetricExportResult,
    MetricsData,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Link, SpanContext, Status, StatusCode, TraceFlags, Tracer, TraceState

from adapters.telemetry.allow_list import Words
from adapters.telemetry.cheap_histogram import Tally
from adapters.telemetry.filtered_exporters import KnownLogs, KnownMetrics, KnownSpans, RedactedText

WORDS = Words(["/v1/cases/{alias}"])
BARE = Resource({"service.name": "samrad-serve"})
CHATTY = Resource({"service.name": "samrad-serve", "host.name": "Exempla"})


class _Kept(MetricExporter):
    def __init__(self) -> None:
        super().__init__()
        self.told = ""

    def export(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **kwargs: object) -> MetricExportResult:
        self.told += metrics_data.to_json()
        return MetricExportResult.SUCCESS

    def shutdown(self, timeout_millis: float = 30_000, **kwargs: object) -> None:
        """Nothing is open."""

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        return True


@contextmanager
def _traced() -> Iterator[tuple[Tracer, InMemorySpanExporter]]:
    kept = InMemorySpanExporter()
    tracers = TracerProvider(resource=CHATTY, shutdown_on_exit=False)
    tracers.add_span_processor(SimpleSpanProcessor(KnownSpans(kept, WORDS, BARE)))
    yield tracers.get_tracer("Exempla"), kept
    tracers.shutdown()


def test_c7_a_span_leaves_with_known_words_alone() -> None:
    other = SpanContext(7, 8, is_remote=True, trace_flags=TraceFlags(1), trace_state=TraceState([("k", "Exempla")]))
    with _traced() as (tracer, kept):
        span = tracer.start_span("GET /v1/cases/{alias}", links=[Link(other, {"to": "Exempla"})])
        span.set_attributes({"http.route": "/v1/cases/{alias}", "samrad.size": 3, "http.response.status_code": 503})
        span.set_attribute("http.request.method", "EXEMPLA")
        span.set_attribute("url.full", "/v1/cases/exempla")
        span.set_attribute("samrad.log", ["Exempla"])
        span.record_exception(ValueError("Exempla"))
        span.add_event("Exempla")
        span.set_status(Status(StatusCode.ERROR, "Exempla"))
        span.end()
    (told,) = kept.get_finished_spans()
    assert dict(told.attributes or {}) == {
        "http.route": "/v1/cases/{alias}",
        "samrad.size": 3,
        "http.response.status_code": 503,
    }
    assert [link.context.span_id for link in told.links] == [8]
    assert told.status.status_code is StatusCode.ERROR
    assert "exempla" not in told.to_json().lower()


def test_c7_a_span_is_not_called_by_an_address_that_somebody_asked_for() -> None:
    with _traced() as (tracer, kept):
        tracer.start_span("GET /v1/cases/exempla").end()
    assert [span.name for span in kept.get_finished_spans()] == ["other"]


def test_c7_a_metric_with_a_label_that_is_not_on_the_list_does_not_leave() -> None:
    kept = _Kept()
    reader = PeriodicExportingMetricReader(KnownMetrics(kept, WORDS, BARE), float("inf"))
    meters = MeterProvider([reader], CHATTY, shutdown_on_exit=False)
    refusals = meters.get_meter("Hemlig").create_counter("samrad.refusals", description="Hemlig")
    refusals.add(1, {"samrad.rule": "C6"})
    refusals.add(1, {"samrad.rule": "Hemlig"})
    refusals.add(1, {"samrad.rule": "C6", "unit": "hemlig"})
    meters.get_meter("x").create_counter("hemlig").add(1)
    reader.collect()
    meters.shutdown()
    assert '"samrad.rule": "C6"' in kept.told
    assert kept.told.count('"value": 1') == 1
    assert "hemlig" not in kept.told.lower()


def test_c7_a_log_line_that_was_not_made_neutral_does_not_leave() -> None:
    kept = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call]
    loggers = LoggerProvider(CHATTY, shutdown_on_exit=False)
    loggers.add_log_record_processor(SimpleLogRecordProcessor(KnownLogs(kept, BARE)))
    logger = loggers.get_logger("Exempla")
    logger.emit(body="Exempla", severity_number=SeverityNumber.ERROR)
    logger.emit(
        body=RedactedText("the views stopped"),
        severity_text="Exempla",
        attributes={"who": "Exempla", "at": RedactedText("a:1")},
    )
    loggers.shutdown()
    told = [line.to_json() for line in kept.get_finished_logs()]
    assert len(told) == 1
    assert "the views stopped" in told[0]
    assert "a:1" in told[0]
    assert "exempla" not in told[0].lower()


def test_opentelemetry_is_met_in_one_folder_alone() -> None:
    root = Path(__file__).parents[3]
    meeting = {
        path.relative_to(root).parent.as_posix()
        for folder in ("domain", "projections", "adapters", "hub-api")
        for path in (root / folder).rglob("*.py")
        if re.search(r"^\s*(from|import) opentelemetry", path.read_text("utf-8"), re.MULTILINE)
    }
    assert meeting == {"adapters/telemetry"}


def test_a_tally_is_told_as_a_histogram() -> None:
    tally = Tally("samrad.http.duration", "s", ("http.route",), (0.1, 1.0))
    for seconds in (0.05, 0.1, 0.5, 2.0):
        tally.add(("/v1/cases/{alias}",), seconds)
    tally.add(("/v1/cases/hemlig",), 1.0)
    kept = _Kept()
    KnownMetrics(kept, WORDS, BARE, [tally]).export(MetricsData([]))
    (point,) = json.loads(kept.told)["resource_metrics"][0]["scope_metrics"][0]["metrics"][0]["data"]["data_points"]
    assert (point["bucket_counts"], point["count"], point["min"], point["max"]) == ([2, 1, 1], 4, 0.05, 2.0)
    assert point["attributes"] == {"http.route": "/v1/cases/{alias}"}
