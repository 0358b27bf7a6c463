"""Whether, and where to, the hub tells of its running."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from logging import Handler
from typing import Literal

from msgspec import Struct

from adapters.telemetry.disabled import UNWATCHED
from domain.ports import Watch


class Telemetry(Struct, frozen=True, kw_only=True):
    """`endpoint` is the base address of a collector that speaks OTLP over HTTP, such as http://127.0.0.1:4318; without
    it nothing is measured. `headers` are for the collector alone: a token of its own, if it asks for one."""

    endpoint: str | None = None
    headers: Mapping[str, str] = {}
    certificate: str | None = None
    """The file of the authority that the collector's certificate is checked against, if it is one of your own."""
    traces_a_second: int = 20
    """At most so many requests a second are traced, so that tracing costs the same under load; all are measured."""
    seconds: float = 10.0
    """How often metrics are sent."""
    logs: bool = True
    """Whether log lines are sent too, as neutral as they are on standard error."""


class RunningTelemetry(Struct, frozen=True):
    """The watch, and the handlers through which it takes log lines: hand them to `logs.configured`."""

    watch: Watch
    handlers: tuple[Handler, ...] = ()


@contextmanager
def opened(
    telemetry: Telemetry, process: Literal["serve", "relay", "project"], routes: Iterable[str] = ()
) -> Iterator[RunningTelemetry]:
    """The watch of a process, until the end; what waits is sent then. `routes` are the templates that it serves."""
    if telemetry.endpoint is None:
        yield RunningTelemetry(UNWATCHED)
        return
    from adapters.telemetry.sdk import sending

    with sending(telemetry, process, routes) as (watch, handlers):
        yield RunningTelemetry(watch, handlers)
