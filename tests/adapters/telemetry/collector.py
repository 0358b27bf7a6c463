"""A collector on this machine, which keeps every byte that it is sent and reads it as OTLP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Collector:
    """What came, by path."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.came: list[tuple[str, str, bytes]] = []

    @property
    def everything(self) -> bytes:
        return b"".join(path.encode() + head.encode() + body for path, head, body in self.came)

    def spans(self) -> list[Any]:
        return [
            span
            for body in self._at("/v1/traces")
            for resource in _read(ExportTraceServiceRequest(), body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def metrics(self) -> dict[str, Any]:
        """The metrics by name, each as it was told last."""
        return {
            metric.name: metric
            for body in self._at("/v1/metrics")
            for resource in _read(ExportMetricsServiceRequest(), body).resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }

    def lines(self) -> list[Any]:
        return [
            record
            for body in self._at("/v1/logs")
            for resource in _read(ExportLogsServiceRequest(), body).resource_logs
            for scope in resource.scope_logs
            for record in scope.log_records
        ]

    def _at(self, path: str) -> list[bytes]:
        return [body for at, _, body in self.came if at == path]


@contextmanager
def collecting() -> Iterator[Collector]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            collector.came.append((self.path, str(self.headers), body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector = Collector(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def attributes(of: Any) -> dict[str, Any]:
    """The attributes of a span, a point or a line."""
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in of.attributes}


def _read(message: Any, body: bytes) -> Any:
    message.ParseFromString(body)
    return message
