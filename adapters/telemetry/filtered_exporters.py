"""The last door: exporters that let through what is on the list of words, and drop the rest, wherever it came from."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from opentelemetry._logs import LogRecord
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk._logs.export import LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.metrics.export import (
    Metric,
    MetricExporter,
    MetricExportResult,
    MetricsData,
    ResourceMetrics,
    ScopeMetrics,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, Status

from adapters.telemetry.allow_list import INSTRUMENTS, LEVELS, OTHER, Words
from adapters.telemetry.cheap_histogram import Tally

SCOPE = InstrumentationScope("samrad")


class RedactedText(str):
    """Text that `neutral` has made: the only text of a log line that passes the door."""

    __slots__ = ()


class KnownSpans(SpanExporter):
    """Spans with names and attributes of the list; without events, descriptions and states, which are free text."""

    def __init__(self, exporter: SpanExporter, words: Words, resource: Resource) -> None:
        self._exporter = exporter
        self._words = words
        self._resource = resource

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([self._only_known(span) for span in spans])

    def _only_known(self, span: ReadableSpan) -> ReadableSpan:
        return ReadableSpan(
            name=span.name if span.name in self._words.spans else OTHER,
            context=_bare(span.context),
            parent=_bare(span.parent),
            resource=self._resource,
            attributes=self._words.only_known(span.attributes),
            links=[Link(context) for link in span.links if (context := _bare(link.context)) is not None],
            kind=span.kind,
            status=Status(span.status.status_code),
            start_time=span.start_time,
            end_time=span.end_time,
            instrumentation_scope=SCOPE,
        )

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


class KnownMetrics(MetricExporter):
    """Metrics of the list, with attributes of the list; a point with any other one is not told at all."""

    def __init__(
        self, exporter: MetricExporter, words: Words, resource: Resource, tallies: Sequence[Tally] = ()
    ) -> None:
        super().__init__(exporter._preferred_temporality, exporter._preferred_aggregation)
        self._tallies = tallies
        self._exporter = exporter
        self._words = words
        self._resource = resource

    def export(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **kwargs: Any) -> MetricExportResult:
        measured = [
            metric
            for resource in metrics_data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        ]
        known = [
            known
            for metric in (*measured, *(tally.metric() for tally in self._tallies))
            if metric.name in INSTRUMENTS and (known := self._only_known(metric)).data.data_points
        ]
        told = ResourceMetrics(self._resource, [ScopeMetrics(SCOPE, known, "")], "")
        return self._exporter.export(MetricsData([told]), timeout_millis, **kwargs)

    def _only_known(self, metric: Metric) -> Metric:
        data: Any = metric.data
        points = [
            replace(point, exemplars=())
            for point in data.data_points
            if self._words.only_known(point.attributes) == dict(point.attributes or {})
        ]
        return Metric(metric.name, "", metric.unit, replace(data, data_points=points))

    def shutdown(self, timeout_millis: float = 30_000, **kwargs: Any) -> None:
        self._exporter.shutdown(timeout_millis, **kwargs)

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


class KnownLogs(LogRecordExporter):
    """Log lines that were made neutral, and no others."""

    def __init__(self, exporter: LogRecordExporter, resource: Resource) -> None:
        self._exporter = exporter
        self._resource = resource

    def export(self, batch: Sequence[ReadableLogRecord]) -> LogRecordExportResult:
        neutral = [each.log_record for each in batch if isinstance(each.log_record.body, RedactedText)]
        return self._exporter.export([self._only_known(record) for record in neutral])

    def _only_known(self, record: LogRecord) -> ReadableLogRecord:
        told = LogRecord(
            timestamp=record.timestamp,
            observed_timestamp=record.observed_timestamp,
            severity_text=record.severity_text if record.severity_text in LEVELS else None,
            severity_number=record.severity_number,
            body=record.body,
            attributes={
                key: value for key, value in (record.attributes or {}).items() if isinstance(value, RedactedText)
            },
        )
        told.trace_id, told.span_id, told.trace_flags = record.trace_id, record.span_id, record.trace_flags
        return ReadableLogRecord(told, self._resource, SCOPE)

    def shutdown(self) -> None:
        self._exporter.shutdown()  # type: ignore[no-untyped-call] # the SDK's own lack

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def _bare(context: SpanContext | None) -> SpanContext | None:
    """The ids, without the state that others may have put beside them."""
    if context is None:
        return None
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)
