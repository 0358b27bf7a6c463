"""Log lines hold code and nothing else, whoever logs and at whatever level; what is wrong is counted."""

import ast
import io
import json
import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.telemetry.current import enter, leave
from adapters.telemetry.disabled import Unwatched
from adapters.telemetry.logs import configured
from adapters.telemetry.redaction import ServerAddress
from domain.errors import Tampered

ROOT = Path(__file__).parents[3]
somebody = "alpmexE"[::-1]
"""Put together, as a name is that somebody wrote: it stands nowhere in the code, nor under the name of a constant."""
a_name = f"{somebody} Exempelsson"
LOGGERS = ("log", "_log", "logger", "_logger", "logging")
LEVELS = ("debug", "info", "warning", "error", "exception", "critical")


class _Alarmed(Unwatched):
    def __init__(self) -> None:
        self.alarms: list[tuple[str, str]] = []

    def alarm(self, part: str, error: str) -> None:
        self.alarms.append((part, error))


@contextmanager
def _written(json: bool = True) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    with configured(json=json, level=logging.DEBUG, stream=stream):
        yield stream


def _lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@contextmanager
def _at_every_level(logger: logging.Logger) -> Iterator[None]:
    before = logger.level
    logger.setLevel(logging.DEBUG)
    yield
    logger.setLevel(before)


def _quoting() -> None:
    raise ValueError(f"DETAIL: Key (name)=({a_name}) already exists.")


def test_our_own_sentences_are_written_with_the_code_that_they_name() -> None:
    with _written() as stream:
        logging.getLogger("samrad.views").error("the views stopped: %s", "Tampered")
        logging.getLogger("samrad.scheduler").error("%s has come due and was not recorded: %s", "case.close", "Gap")
        logging.getLogger("samrad.http").error("a request ended in %s at %s", "KeyError", f"{json.__file__}:12")
        logging.getLogger("samrad.relay").info("%d records wait", 12)
    assert [line["message"] for line in _lines(stream)] == [
        "the views stopped: Tampered",
        "case.close has come due and was not recorded: Gap",
        "a request ended in KeyError at json:12",
        "12 records wait",
    ]


def test_where_a_server_of_ours_is_may_be_written_and_nothing_else_in_its_place() -> None:
    with _written() as stream:
        for where in ("db.region.example:5432", "[::1]:9092", a_name, f"{somebody}:hush@db:5432"):
            logging.getLogger("samrad.http").error("a request ended in %s", ServerAddress(where))
    assert [line["message"] for line in _lines(stream)] == [
        "a request ended in db.region.example:5432",
        "a request ended in [::1]:9092",
        "a request ended in …",
        "a request ended in …",
    ]


@pytest.mark.parametrize(
    "given", [a_name, somebody, b"Exempla", [somebody], {"a": a_name}, ValueError(a_name), f"/home/{somebody}/x.py:1"]
)
def test_c7_what_is_no_code_is_withheld_from_our_own_sentences_too(given: object) -> None:
    with _written() as stream:
        logging.getLogger("samrad.http").error("a request ended in %s at %s", given, given)
        logging.getLogger("samrad.http").error("a request ended in %(a)s", given)
        logging.getLogger("samrad.http").error(given)
        logging.getLogger("samrad.http").error("%d", given)
    assert "exempla" not in stream.getvalue().lower()
    assert len(_lines(stream)) == 4


@pytest.mark.parametrize(
    "logger", ["sqlalchemy.engine.Engine", "kafka.conn", "uvicorn.error", "asyncio", "py.warnings", a_name]
)
@pytest.mark.parametrize("level", [logging.DEBUG, logging.WARNING, logging.ERROR])
def test_c7_nothing_that_a_library_says_is_repeated(logger: str, level: int) -> None:
    with _written() as stream, _at_every_level(logging.getLogger(logger)):
        logging.getLogger(logger).log(level, f"[parameters: {a_name}]")
        logging.getLogger(logger).log(level, "parameters %s", a_name)
        try:
            _quoting()
        except ValueError:
            logging.getLogger(logger).log(level, a_name, exc_info=True, extra={"who": a_name}, stack_info=True)
    assert "exempel" not in stream.getvalue().lower()
    lines = _lines(stream)
    assert [line["level"] for line in lines] == [logging.getLevelName(level)] * 3
    assert all("message" not in line for line in lines)
    assert lines[2]["error"] == "ValueError"
    assert "_quoting" in str(lines[2]["stack"])


def test_c7_a_line_for_people_holds_no_more_than_one_for_programs() -> None:
    with _written(json=False) as stream:
        logging.getLogger("samrad.views").error("the views stopped: %s", "Tampered")
        try:
            _quoting()
        except ValueError:
            logging.getLogger("asyncio").exception(a_name)
    first, second = stream.getvalue().splitlines()
    assert first == "error: the views stopped: Tampered"
    assert second.startswith("error: (said by asyncio at ")
    assert "ValueError" in second
    assert "exempel" not in second.lower()


def test_c7_an_exception_that_is_named_after_somebody_is_not_named() -> None:
    with _written() as stream:
        try:
            raise type(somebody, (Exception,), {})
        except Exception:
            logging.getLogger("asyncio").exception("")
    assert "exempla" not in stream.getvalue().lower()


def test_c7_what_a_thread_or_a_finalizer_dies_of_is_named_and_not_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    class Finalized:
        def __del__(self) -> None:
            _quoting()

    with _written() as stream:
        thread = threading.Thread(target=_quoting, name=a_name)
        thread.start()
        thread.join()
        finalized = Finalized()
        del finalized
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(a_name, UserWarning, stacklevel=1)
    ended = "a thread or a finalizer ended in ValueError"
    assert [line.get("message", "") for line in _lines(stream)] == [ended, ended, ""]
    assert "exempel" not in (stream.getvalue() + "".join(capsys.readouterr())).lower()


def test_c7_a_line_that_cannot_be_written_is_not_printed_instead(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    with configured(stream=stream):
        stream.close()
        logging.getLogger("samrad.http").error(a_name)
    assert "".join(capsys.readouterr()) == ""


def test_a_line_is_found_by_the_trace_that_is_under_way() -> None:
    with _written() as stream:
        token = enter(b"\x01" * 16 + b"\x02" * 8 + b"\x01")
        logging.getLogger("samrad.http").error("a request ended")
        leave(token)
        logging.getLogger("samrad.http").error("a request ended")
    first, second = _lines(stream)
    assert (first["trace_id"], first["span_id"]) == ("01" * 16, "02" * 8)
    assert "trace_id" not in second


def test_what_our_own_parts_log_as_an_error_is_an_alarm_by_part_and_kind_of_fault() -> None:
    watch = _Alarmed()
    with configured(watch, stream=io.StringIO()):
        logging.getLogger("samrad.views").error("the views stopped: %s", Tampered.__name__)
        logging.getLogger("samrad.views").error("the views stopped: %s", a_name)
        logging.getLogger("samrad.views").warning("the views lag")
        logging.getLogger("kafka").error("Tampered")
    logging.getLogger("samrad.views").error("the views stopped: %s", Tampered.__name__)
    assert watch.alarms == [("views", "Tampered"), ("views", "")]


def test_afterwards_all_is_as_it_was_before() -> None:
    before = (logging.getLogger().handlers[:], logging.getLogger().level, threading.excepthook)
    with _written():
        assert logging.getLogger().handlers != before[0]
    assert (logging.getLogger().handlers[:], logging.getLogger().level, threading.excepthook) == before


def _logged() -> Iterator[tuple[str, ast.expr]]:
    for folder in ("domain", "projections", "adapters", "hub-api"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                match node:
                    case ast.Call(func=ast.Attribute(value=ast.Name(id=logger), attr=level), args=[said, *_]) if (
                        logger in LOGGERS and level in LEVELS
                    ):
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", said


def test_c7_each_sentence_that_we_log_is_a_constant_or_it_would_be_withheld() -> None:
    logged = list(_logged())
    assert logged
    assert [at for at, said in logged if not isinstance(said, ast.Constant) and not _is_a_constants_name(said)] == []


def _is_a_constants_name(said: ast.expr) -> bool:
    return isinstance(said, ast.Name) and said.id.isupper()
