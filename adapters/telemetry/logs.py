"""Where log lines go: to standard error, each made neutral first, as JSON if asked for; and what is wrong is counted.

`configured` takes over everything that would write by itself: the root logger, warnings, and what a thread, a finalizer
or the program dies of. An exception's message is never written, as it may quote what the exception is about (C7).
"""

import logging
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, TextIO

import msgspec

from adapters.telemetry.allow_list import error_of
from adapters.telemetry.disabled import UNWATCHED
from adapters.telemetry.redaction import OWN, LogLine, neutral
from domain.ports import Watch

_log: Final = logging.getLogger("samrad.process")
_to_json: Final = msgspec.json.Encoder().encode


class Neutral(logging.Handler):
    """Writes lines that hold nothing but code."""

    def __init__(self, stream: TextIO, *, json: bool = False) -> None:
        super().__init__()
        self._stream = stream
        self._json = json

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = neutral(record)
            self._stream.write((_to_json(line).decode() if self._json else in_words(line)) + "\n")
            self._stream.flush()
        except Exception:  # noqa: BLE001 - a line that cannot be written stops nothing
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Nothing: the library's own way would print the record with what was to be withheld."""


class Alarms(logging.Handler):
    """Counts what our own parts log as an error: nobody asked for it, and somebody has to look."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(logging.ERROR)
        self._watch = watch

    def emit(self, record: logging.LogRecord) -> None:
        given = record.args if isinstance(record.args, tuple) else ()
        named = (error_of(each) for each in given if isinstance(each, str))
        known = [name for name in named if name != error_of("")]
        self._watch.alarm(record.name.rpartition(".")[2], known[0] if known else "")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Nothing, for the same reason."""


def in_words(line: LogLine) -> str:
    """A line for people."""
    said = line.message or f"(said by {line.logger} at {line.at})"
    error = f" [{line.error} in {', '.join(line.stack[-3:])}]" if line.error else ""
    return f"{line.level.lower()}: {said}{error}"


@contextmanager
def configured(
    watch: Watch = UNWATCHED,
    *,
    handlers: Sequence[logging.Handler] = (),
    json: bool = False,
    level: int = logging.WARNING,
    stream: TextIO | None = None,
) -> Iterator[None]:
    """All that the program and its libraries log, neutral, until the end; then as it was before. Within another one it
    changes nothing: the outer one knows better."""
    root, own = logging.getLogger(), logging.getLogger(OWN)
    if any(isinstance(handler, Neutral) for handler in root.handlers):
        yield
        return
    before = (root.handlers[:], root.level)
    alarms = Alarms(watch)
    root.handlers[:] = [Neutral(sys.stderr if stream is None else stream, json=json)]
    root.handlers.extend(handlers)
    root.setLevel(level)
    own.addHandler(alarms)
    logging.captureWarnings(capture=True)
    hooks = (sys.unraisablehook, threading.excepthook)
    sys.unraisablehook, threading.excepthook = _unraisable, _thread_died
    try:
        yield
    finally:
        sys.unraisablehook, threading.excepthook = hooks
        logging.captureWarnings(capture=False)
        own.removeHandler(alarms)
        root.handlers[:] = before[0]
        root.setLevel(before[1])


def _unraisable(what: "sys.UnraisableHookArgs") -> None:
    _died(what.exc_type, what.exc_value, what.exc_traceback)


def _thread_died(what: threading.ExceptHookArgs) -> None:
    _died(what.exc_type, what.exc_value, what.exc_traceback)


def _died(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    shown: Any = (kind, error, trace)
    _log.error("a thread or a finalizer ended in %s", kind.__name__, exc_info=shown)
