"""What a process tells of its running, by its settings: log lines always, to a collector if there is one."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Protocol

from adapters.telemetry import Telemetry, opened
from adapters.telemetry.logs import configured
from domain.ports import Watch


class Secret(Protocol):
    """A secret that has to be taken out."""

    def get_secret_value(self) -> str: ...


class TelemetrySettings(Protocol):
    """Those of the settings that are about it."""

    @property
    def otlp(self) -> str | None: ...

    @property
    def otlp_token(self) -> Secret | None: ...

    @property
    def otlp_ca(self) -> Path | None: ...

    @property
    def log_level(self) -> Literal["debug", "info", "warning", "error"]: ...

    @property
    def log_json(self) -> bool: ...


@contextmanager
def telling(
    settings: TelemetrySettings, process: Literal["serve", "relay", "project"], routes: Iterable[str] = ()
) -> Iterator[Watch]:
    """The watch of a process, with all that it and its libraries log made neutral; what waits is sent at the end."""
    token, authority = settings.otlp_token, settings.otlp_ca
    telemetry = Telemetry(
        endpoint=settings.otlp,
        headers={} if token is None else {"authorization": f"Bearer {token.get_secret_value()}"},
        certificate=None if authority is None else str(authority),
    )
    with opened(telemetry, process, routes) as told:
        level = logging.getLevelNamesMapping()[settings.log_level.upper()]
        with configured(told.watch, handlers=told.handlers, json=settings.log_json, level=level):
            yield told.watch
