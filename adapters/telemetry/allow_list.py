"""What may be told: a closed list of words. What is not on it does not leave, wherever it came from (C7, invariant 5).

An exporter that lets through whatever is called `http.route` lets through an address as soon as somebody writes one
there. So not only the keys are listed but each word that may stand under them; numbers stand under keys of numbers.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from domain.access import RATE
from domain.rules import RULES

STEPS: Final = ("append", "relay", "view")
LOGS: Final = ("acts", "looks")
VIEWS: Final = (
    "act_trail",
    "acts_set_aside",
    "agenda",
    "caller_key",
    "counted",
    "granted",
    "inbox",
    "linked",
    "look_trail",
    "looked_at",
    "looks_set_aside",
    "reference",
    "requested",
    "tasks",
    "ticked",
    "unit_stream",
    "upcoming",
    "waits",
)
"""The views, of which a log line says in which one an act is set aside."""
METHODS: Final = ("GET", "POST")
PARTS: Final = ("hub", "http", "project", "relay", "restore", "scheduler", "serve", "store", "vault", "views")
"""Who raises alarms: the last part of the name of their logger."""
ERRORS: Final = (
    "Away",
    "BrokerAway",
    "FilesGone",
    "FencedOff",
    "Gap",
    "GridOverrun",
    "LogBehind",
    "LogDiffers",
    "LogGap",
    "MarksUnusable",
    "NoTopic",
    "NotAllowed",
    "NotRecorded",
    "NotTrusted",
    "Overtaken",
    "StoreAhead",
    "StoreBehind",
    "StoreLacks",
    "Tampered",
    "Unreadable",
    "UnusableValue",
    "ViewsUnusable",
    "WrongPassword",
    "WrongTopic",
)
"""The faults that the hub names itself; every other one is told as `OTHER`."""
OTHER: Final = "other"
LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
PROCESSES: Final = ("serve", "relay", "project")
SPANS: Final = tuple(f"samrad.{step}" for step in STEPS)

REQUESTS: Final = "samrad.http.duration"
RESPONSES: Final = "samrad.http.responses"
REFUSALS: Final = "samrad.refusals"
DENIALS: Final = "samrad.denials"
ALARMS: Final = "samrad.alarms"
SET_ASIDE: Final = "samrad.view.set_aside"
INSTRUMENTS: Final = (
    REQUESTS,
    RESPONSES,
    REFUSALS,
    DENIALS,
    ALARMS,
    SET_ASIDE,
    *(f"samrad.{step}.{what}" for step in STEPS for what in ("duration", "size", "delay", "waiting", "failures")),
)

_RULES: Final = (*(rule.number for rule in RULES), RATE)
_STATUSES: Final = frozenset(range(100, 600))
_NUMBERS: Final = frozenset({"samrad.size"})


class Words:
    """The words of one process; `routes` are the templates that it serves."""

    def __init__(self, routes: Iterable[str] = ()) -> None:
        templates = frozenset((*routes, OTHER))
        methods = frozenset((*METHODS, OTHER))
        self.routes: Final = templates
        self.spans: Final = frozenset((*SPANS, *(f"{method} {route}" for method in methods for route in templates)))
        self._under: Final[Mapping[str, frozenset[object]]] = {
            "http.route": frozenset[object](templates),
            "http.request.method": frozenset[object](methods),
            "http.response.status_code": frozenset[object](_STATUSES),
            "samrad.log": frozenset[object]((*LOGS, OTHER)),
            "samrad.rule": frozenset[object]((*_RULES, OTHER)),
            "samrad.part": frozenset[object]((*PARTS, OTHER)),
            "error.type": frozenset[object]((*ERRORS, OTHER)),
        }

    def known(self, key: str, value: object) -> bool:
        """Whether that may be told under that key."""
        if key in _NUMBERS:
            return isinstance(value, int | float)
        return value in self._under.get(key, ()) if isinstance(value, str | int) else False

    def only_known(self, attributes: Mapping[str, Any] | None) -> dict[str, Any]:
        """What of these may be told."""
        return {key: value for key, value in (attributes or {}).items() if self.known(key, value)}


def route_of(route: str, words: Words) -> str:
    return route if route in words.routes else OTHER


def method_of(method: str) -> str:
    return method if method in METHODS else OTHER


def log_of(log: str) -> str:
    return log if log in LOGS else OTHER


def rule_of(rule: str) -> str:
    return rule if rule in _RULES else OTHER


def part_of(part: str) -> str:
    return part if part in PARTS else OTHER


def error_of(error: str) -> str:
    return error if error in ERRORS else OTHER
