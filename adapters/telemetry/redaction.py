"""A log record with nothing in it but code: what may be written of it, whoever logged it and at whatever level (C7).

Our own loggers log sentences that stand in the code as they are, and into those go numbers, names of exceptions,
commands and views, places in the code, and where a server of ours is. What libraries say is not repeated: a driver
quotes the row that it could not insert, an event loop the exception that nobody fetched, a client the address that it
asked for. Of them stands who, where, at which level, and the type of the error; by that the sentence can be looked up.
"""

import ast
import logging
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from types import TracebackType
from typing import Final

from msgspec import Struct

from adapters.telemetry.allow_list import ERRORS, LOGS, VIEWS
from adapters.telemetry.current import trace
from domain.aggregates import COMMANDS
from domain.registry import EVENTS

OWN: Final = "samrad"
WITHHELD: Final = "…"
_PLACE: Final = re.compile(r"(.+\.py):([0-9]{1,6})")
_FRAMES: Final = 12
_NAMES: Final = frozenset((*COMMANDS, *EVENTS, *LOGS, *VIEWS, *ERRORS))
_SERVER: Final = re.compile(r"[A-Za-z0-9_.:,\[\]-]{1,250}")
_CODE: Final = re.compile(r"[A-Za-z_<][\w<>.]{0,80}")


class ServerAddress(str):
    """Where a server of ours is, host and port, as the settings say: it tells of the machines and of nobody."""

    __slots__ = ()


class LogLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is written of one record."""

    time: str
    level: str
    logger: str
    message: str = ""
    at: str = ""
    error: str = ""
    stack: tuple[str, ...] = ()
    trace_id: str = ""
    span_id: str = ""


def neutral(record: logging.LogRecord) -> LogLine:
    """The record as it may be written."""
    error = ""
    stack: tuple[str, ...] = ()
    if record.exc_info and record.exc_info[0] is not None:
        error, stack = error_name(record.exc_info[0]), tuple(_places(record.exc_info[2]))
    current = trace()
    own = record.name == OWN or record.name.startswith(OWN + ".")
    return LogLine(
        time=datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        level=level_of(record.levelno),
        logger=record.name if own else _library(record.name),
        message=_sentence(record) if own else "",
        at=f"{module_at(record.pathname)}:{record.lineno}",
        error=error,
        stack=stack,
        trace_id=current[:16].hex(),
        span_id=current[16:24].hex(),
    )


def level_of(number: int) -> str:
    """The level by one of its five usual names."""
    for level in (logging.CRITICAL, logging.ERROR, logging.WARNING, logging.INFO):
        if number >= level:
            return logging.getLevelName(level)
    return "DEBUG"


def error_name(kind: type[BaseException]) -> str:
    """The exception by the name under which its module holds it, which is code and no content."""
    return _exception_called(kind.__name__)


def _exception_called(name: str) -> str:
    return name if name in _exceptions() else WITHHELD


def _exceptions() -> frozenset[str]:
    """The names of all exceptions that the loaded modules define. Looked up anew: a class may be loaded late."""
    found: set[str] = set()
    waiting: list[type[BaseException]] = [BaseException]
    while waiting:
        for kind in type.__subclasses__(waiting.pop()):
            if getattr(sys.modules.get(kind.__module__), kind.__name__, None) is kind:
                found.add(kind.__name__)
            waiting.append(kind)
    return frozenset(found)


def _sentence(record: logging.LogRecord) -> str:
    """Our own sentence, with those of its words that are code."""
    if not isinstance(record.msg, str) or record.msg not in _constants(record.pathname):
        return WITHHELD
    if not record.args:
        return record.msg
    given = record.args if isinstance(record.args, tuple) else (record.args,)
    try:
        return record.msg % tuple(_word(each) for each in given)
    except (TypeError, ValueError):
        return record.msg


@cache
def _constants(path: str) -> frozenset[str]:
    """The texts that stand as constants in that file or are its module's by a name of a constant: a sentence that was
    put together somewhere is none of them."""
    try:
        texts = {
            node.value
            for node in ast.walk(ast.parse(Path(path).read_bytes()))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
    except (OSError, SyntaxError, ValueError):
        return frozenset()
    names = vars(sys.modules[module]) if (module := module_at(path)) in sys.modules else {}
    return frozenset(texts) | {value for name, value in names.items() if name.isupper() and isinstance(value, str)}


def _word(given: object) -> object:
    if given is None or isinstance(given, bool | int | float):
        return given
    if not isinstance(given, str):
        return WITHHELD
    if given in _NAMES or (isinstance(given, ServerAddress) and _SERVER.fullmatch(given)):
        return given
    if place := _PLACE.fullmatch(given):
        return f"{module_at(place[1])}:{place[2]}"
    return _exception_called(given)


def _library(name: str) -> str:
    """The logger's name as far as it is a module's: the rest of it may be anything."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        if (module := ".".join(parts[:count])) in sys.modules:
            return module
    return WITHHELD


@lru_cache(maxsize=1000)
def module_at(path: str) -> str:
    """The module of that file. A path tells of the machine, and maybe of whoever works on it."""
    for name, module in tuple(sys.modules.items()):
        if getattr(module, "__file__", None) == path and name != "__main__":
            return name
    return WITHHELD


def _places(trace: TracebackType | None) -> Iterator[str]:
    """The innermost frames, innermost last, without what they were called with."""
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        function = code.co_name if _CODE.fullmatch(code.co_name) else WITHHELD
        frames.append(f"{module_at(code.co_filename)}:{trace.tb_lineno} {function}")
        trace = trace.tb_next
    yield from frames[-_FRAMES:]
