"""Watching with the SDK of OpenTelemetry: the one module that measures, and the one that sends.

A span costs as much as a small command, so not every request is traced under load: at most so many a second, decided
before anything is made. All are measured. A batch is one span, of the first traced request that it carries, with links
to the others; it is never one span for each record.
"""

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import Token
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from threading import Lock
from time import monotonic, perf_counter, time_ns
from types import TracebackType
from typing import Final
from uuid import uuid4

from opentelemetry._logs import Logger, SeverityNumber
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, LogRecordExporter
from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
from opentelemetry.sdk.metrics.export import MetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExplicitBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    set_span_in_context,
)

from adapters.telemetry.allow_list import (
    ALARMS,
    DENIALS,
    LOGS,
    OTHER,
    REFUSALS,
    REQUESTS,
    RESPONSES,
    SET_ASIDE,
    STEPS,
    Words,
    error_of,
    log_of,
    method_of,
    part_of,
    route_of,
    rule_of,
)
from adapters.telemetry.cheap_histogram import Tally
from adapters.telemetry.current import NONE, enter, leave, trace
from adapters.telemetry.filtered_exporters import SCOPE, KnownLogs, KnownMetrics, KnownSpans, RedactedText
from adapters.telemetry.redaction import neutral
from adapters.telemetry.settings import Telemetry
from domain.ports import Step
from domain.vocabulary import Instant

_SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)
_MOST_LINKS: Final = 32
_MOST_LOOKED_AT: Final = 1000
"""In how many records of a batch traces are looked for: when so many wait, the batch is catching up."""
_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)
_SIZES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000, 2500, 5000)
_SEVERITIES: Final = {
    "DEBUG": SeverityNumber.DEBUG,
    "INFO": SeverityNumber.INFO,
    "WARNING": SeverityNumber.WARN,
    "ERROR": SeverityNumber.ERROR,
    "CRITICAL": SeverityNumber.FATAL,
}
_ROOT: Final = Context()
_PATIENCE: Final = 3.0
"""Seconds for what is sent at once, with all its tries: a process that is to end waits no longer for a collector."""


class _Request:
    """A request that is measured, and maybe traced."""

    __slots__ = ("_began", "_span", "_token", "_watch")

    def __init__(self, watch: "SdkWatch", span: Span | None) -> None:
        self._watch = watch
        self._span = span
        self._token: Token[bytes] | None = None if span is None else enter(_as_bytes(span.get_span_context()))
        self._began = perf_counter()

    def ended(self, method: str, route: str, status: int) -> None:
        method, route = method_of(method), route_of(route, self._watch.words)
        self._watch.answered(method, route, status, perf_counter() - self._began)
        if self._span is None:
            return
        self._span.update_name(f"{method} {route}")
        self._span.set_attributes({"http.request.method": method, "http.route": route})
        if status >= 500:  # what was denied or refused looks like all the rest: it is counted by rule, and only so
            self._span.set_attribute("http.response.status_code", status)
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()
        if self._token is not None:
            leave(self._token)


class _Batch:
    """A batch that is measured, and traced if anything in it is."""

    def __init__(
        self, watch: "SdkWatch", step: Step, log: str, traces: Iterable[bytes], size: int, oldest: Instant | None
    ) -> None:
        self._watch = watch
        self._step = step
        self._log = log
        self._size = size
        self._oldest = oldest
        self._traces = list(dict.fromkeys(islice(_sampled(traces), _MOST_LINKS)))
        self._token: Token[bytes] | None = None
        self._began_at = time_ns()
        self._began = perf_counter()

    def __enter__(self) -> object:
        if self._traces:
            self._token = enter(self._traces[0])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        if self._token is not None:
            leave(self._token)
        self.ended(failed=kind is not None)

    def ended(self, *, failed: bool = False) -> None:
        seconds = perf_counter() - self._began
        self._watch.carried(self._step, self._log, self._size, seconds, self._oldest, failed=failed)
        if not self._traces:
            return
        first, *others = (_from_bytes(each) for each in self._traces)
        span = self._watch.tracer.start_span(
            f"samrad.{self._step}",
            set_span_in_context(NonRecordingSpan(first), _ROOT),
            kind=SpanKind.INTERNAL,
            attributes={"samrad.log": log_of(self._log), "samrad.size": self._size},
            links=[Link(other) for other in others],
            start_time=self._began_at,
        )
        if failed:
            span.set_status(Status(StatusCode.ERROR))
        span.end()


class _Few:
    """At most so many a second; what was not used of one second is not kept for the next."""

    def __init__(self, a_second: int) -> None:
        self._a_second = a_second
        self._second = 0
        self._used = 0

    def one_more(self) -> bool:
        second = int(monotonic())
        if second != self._second:
            self._second, self._used = second, 0
        self._used += 1
        return self._used <= self._a_second


class SdkWatch:
    """A `Watch` that counts, and traces some."""

    def __init__(
        self, tracer: Tracer, meters: MeterProvider, words: Words, requests: Tally, traces_a_second: int
    ) -> None:
        self.tracer = tracer
        self._requests = requests
        self.words = words
        self._few = _Few(traces_a_second)
        self._lock = Lock()
        self._responses: dict[int, int] = {}
        meter = meters.get_meter(SCOPE.name)
        self._refusals = meter.create_counter(REFUSALS)
        self._denials = meter.create_counter(DENIALS)
        self._alarms = meter.create_counter(ALARMS)
        meter.create_observable_counter(RESPONSES, [self._answered])
        self._took = {step: meter.create_histogram(f"samrad.{step}.duration", "s") for step in STEPS}
        self._sizes = {step: meter.create_histogram(f"samrad.{step}.size") for step in STEPS}
        self._delays = {step: meter.create_histogram(f"samrad.{step}.delay", "s") for step in STEPS}
        self._waiting = {step: meter.create_gauge(f"samrad.{step}.waiting") for step in STEPS}
        self._set_aside = meter.create_gauge(SET_ASIDE)
        self._failures = {step: meter.create_counter(f"samrad.{step}.failures") for step in STEPS}
        self._of = {log: {"samrad.log": log} for log in (*LOGS, OTHER)}

    # The port.

    def request(self) -> _Request:
        if not self._few.one_more():
            return _Request(self, None)
        return _Request(self, self.tracer.start_span("other", _ROOT, kind=SpanKind.SERVER))

    def refused(self, rule: str, *, look: bool) -> None:
        (self._denials if look else self._refusals).add(1, {"samrad.rule": rule_of(rule)})

    def batch(self, step: Step, log: str, traces: Iterable[bytes], size: int, oldest: Instant | None = None) -> _Batch:
        return _Batch(self, step, log, traces, size, oldest)

    def waits(self, step: Step, log: str, records: int) -> None:
        self._waiting[step].set(records, self._of[log_of(log)])

    def set_aside(self, log: str, records: int) -> None:
        self._set_aside.set(records, self._of[log_of(log)])

    def alarm(self, part: str, error: str) -> None:
        self._alarms.add(1, {"samrad.part": part_of(part), "error.type": error_of(error)})

    # What requests and batches tell when they end.

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """By route how long, and by status how often: not both, or it would tell what was denied where."""
        self._requests.add((method, route), seconds)
        with self._lock:
            self._responses[status] = self._responses.get(status, 0) + 1

    def carried(self, step: Step, log: str, size: int, seconds: float, oldest: Instant | None, *, failed: bool) -> None:
        of = self._of[log_of(log)]
        if failed:
            self._failures[step].add(1, of)
            return
        self._took[step].record(seconds, of)
        self._sizes[step].record(size, of)
        if oldest is not None:
            self._delays[step].record(max(0.0, (time_ns() // 1000 - oldest) / 1_000_000), of)

    def _answered(self, options: CallbackOptions) -> Iterator[Observation]:
        with self._lock:
            counted = dict(self._responses)
        for status, count in counted.items():
            yield Observation(count, {"http.response.status_code": status})


class Exported(logging.Handler):
    """Hands log lines on, each made neutral first; nothing of the libraries that send them, or it would go round."""

    def __init__(self, logger: Logger) -> None:
        super().__init__()
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(("opentelemetry", "urllib3", "requests")):
            return
        try:
            line = neutral(record)
            under = trace()
            self._logger.emit(
                timestamp=int(record.created * 1_000_000_000),
                context=set_span_in_context(NonRecordingSpan(_from_bytes(under)), _ROOT) if under else _ROOT,
                severity_number=_SEVERITIES[line.level],
                severity_text=line.level,
                body=RedactedText(line.message or f"said by {line.logger}"),
                attributes={
                    key: RedactedText(value)
                    for key, value in (
                        ("logger", line.logger),
                        ("at", line.at),
                        ("error", line.error),
                        ("stack", ", ".join(line.stack)),
                    )
                    if value
                },
            )
        except Exception:  # noqa: BLE001 - a line that cannot be sent stops nothing
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Nothing: the library's own way would print the record with what was to be withheld."""


@contextmanager
def watching(
    telemetry: Telemetry,
    process: str,
    routes: Iterable[str],
    spans: SpanExporter,
    metrics: MetricExporter,
    logs: LogRecordExporter | None,
) -> Iterator[tuple[SdkWatch, tuple[logging.Handler, ...]]]:
    """The watch of a process, through those exporters; each is behind the door that lets through what is known."""
    resource = Resource(
        {
            "service.name": f"samrad-{process}",
            "service.version": _version(),
            "service.instance.id": uuid4().hex,  # drawn anew at each start: it tells two of a kind apart, and no more
        }
    )
    words = Words(routes)
    tracers = TracerProvider(ALWAYS_ON, resource, shutdown_on_exit=False)
    tracers.add_span_processor(
        BatchSpanProcessor(
            KnownSpans(spans, words, resource),
            max_queue_size=8192,
            schedule_delay_millis=min(5.0, telemetry.seconds) * 1000,
            max_export_batch_size=512,
        )
    )
    requests = Tally(REQUESTS, "s", ("http.request.method", "http.route"), _SECONDS)
    reader = PeriodicExportingMetricReader(KnownMetrics(metrics, words, resource, [requests]), telemetry.seconds * 1000)
    meters = MeterProvider([reader], resource, AlwaysOffExemplarFilter(), shutdown_on_exit=False, views=_views())
    loggers = LoggerProvider(resource, shutdown_on_exit=False)
    handlers: tuple[logging.Handler, ...] = ()
    if logs is not None:
        loggers.add_log_record_processor(BatchLogRecordProcessor(KnownLogs(logs, resource)))
        handlers = (Exported(loggers.get_logger(SCOPE.name)),)
    try:
        tracer = tracers.get_tracer(SCOPE.name)
        yield SdkWatch(tracer, meters, words, requests, telemetry.traces_a_second), handlers
    finally:
        with ThreadPoolExecutor() as ending:  # at once: where the collector is away, each waits as long as it may
            for each in (tracers, meters, loggers):
                ending.submit(each.shutdown)


@contextmanager
def sending(
    telemetry: Telemetry, process: str, routes: Iterable[str]
) -> Iterator[tuple[SdkWatch, tuple[logging.Handler, ...]]]:
    """The watch of a process that sends to its collector."""
    base = (telemetry.endpoint or "").rstrip("/")
    certificate, headers = telemetry.certificate, dict(telemetry.headers)
    spans = OTLPSpanExporter(f"{base}/v1/traces", certificate, headers=headers, timeout=_PATIENCE)
    metrics = OTLPMetricExporter(f"{base}/v1/metrics", certificate, headers=headers, timeout=_PATIENCE)
    logs = OTLPLogExporter(f"{base}/v1/logs", certificate, headers=headers, timeout=_PATIENCE)
    with watching(telemetry, process, routes, spans, metrics, logs if telemetry.logs else None) as watched:
        yield watched


def _views() -> list[View]:
    seconds, sizes = ExplicitBucketHistogramAggregation(_SECONDS), ExplicitBucketHistogramAggregation(_SIZES)
    return [
        *(View(instrument_name=name, aggregation=seconds) for name in ("*.duration", "*.delay")),
        View(instrument_name="*.size", aggregation=sizes),
    ]


def _sampled(traces: Iterable[bytes]) -> Iterator[bytes]:
    return (each for each in islice(traces, _MOST_LOOKED_AT) if each and each != NONE and each[24] & 1)


def _as_bytes(context: SpanContext) -> bytes:
    return context.trace_id.to_bytes(16, "big") + context.span_id.to_bytes(8, "big") + bytes((context.trace_flags,))


def _from_bytes(given: bytes) -> SpanContext:
    ids = int.from_bytes(given[:16], "big"), int.from_bytes(given[16:24], "big")
    return SpanContext(*ids, is_remote=True, trace_flags=_SAMPLED)


def _version() -> str:
    try:
        return version("samrad")
    except PackageNotFoundError:
        return ""
