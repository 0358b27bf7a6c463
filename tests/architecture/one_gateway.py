"""A lint of our own: case data is read through one gateway, and nowhere beside it (invariant 1).

A forgotten scope in one list or count is how such hubs leak, and no test can enumerate code that is not written
yet. So the syntax tree of `hub_api`, of what stands beside it and of `projections` is searched for every way to reach
case data: a module may use one only if `gateway_permits.py` says so, with a reason. The rule errs on the side of
refusing: it does not know types, so a harmless call of the same name is to be called something else.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tests.architecture.gateway_permits import PERMITTED, Way

_ATTRIBUTES: Final = {
    "snapshot": Way.SNAPSHOT,
    "core": Way.CORE,
    "_core": Way.CORE,
    "vault": Way.VAULT,
    "lists": Way.VIEWS,
}
_CALLS: Final = {
    **dict.fromkeys(("stream", "read_whole", "read_on"), Way.STREAM),
    "living": Way.VIEWS,
    "reading": Way.VIEWS,
    "writing": Way.VIEWS,
}
"""Only as calls: `fact.stream` is a field that says to which aggregate a fact belongs."""
_OPEN_OTHER_THINGS: Final = frozenset({"Hub", "os"})
"""`Hub.open` starts a hub, `os.open` a file."""
_NO_CASE_DATA: Final = frozenset(
    {"projections.published", "adapters.system", "adapters.telemetry", "adapters.telemetry.logs"}
)
"""How published tables are written, figures only; the clock and chance; what is told of how the hub runs."""
_SQL_METHODS: Final = frozenset(
    {"execute", "executemany", "executescript", "exec_driver_sql", "scalar", "scalars", "cursor"}
)
_SQL_FUNCTIONS: Final = frozenset({"text", "select", "insert", "update", "delete"})
_DATABASES: Final = frozenset({"sqlite3", "sqlalchemy", "psycopg", "eventsourcing"})
_BOUNDARY: Final = {"adapters": Way.ADAPTERS, "projections": Way.PROJECTIONS}
_BUSINESS_OF_PROJECTIONS: Final = frozenset({Way.LOG, Way.STREAM, Way.VIEWS, Way.QUERY, Way.DATABASE, Way.PROJECTIONS})
"""Projections fold the log into rows: that is what they are for. They hold no content, so they open nothing."""


class Finding(NamedTuple):
    """A way that a module uses, and where."""

    module: str
    line: int
    way: Way

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.way}; ask the gateway, or give a reason in PERMITTED"


def findings(module: str, source: str) -> Iterator[Finding]:
    """Every way to case data in the source text of one module."""
    tree = ast.parse(source)
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for_the_time = {node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "now"}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield from _imported(module, node.lineno, alias.name)
            case ast.ImportFrom(module=str(origin), names=names, level=0):
                yield from _imported(module, node.lineno, origin)
                if origin == "hub_api.access.core" and any(alias.name in {"Core", "*"} for alias in names):
                    yield Finding(module, node.lineno, Way.CORE)
            case ast.Call():
                yield from _called(module, node)
            case ast.Attribute(attr="open") if node not in called:
                yield Finding(module, node.lineno, Way.OPEN)
            case ast.Attribute(attr=name) if node not in for_the_time:
                yield from _reached(module, node.lineno, name)


def violations(module: str, source: str) -> list[Finding]:
    """What the module uses and may not."""
    return [finding for finding in findings(module, source) if finding.way not in permitted(module)]


def permitted(module: str) -> frozenset[Way]:
    """The ways that are open to a module."""
    if module.partition(".")[0] == "projections":
        return _BUSINESS_OF_PROJECTIONS
    return frozenset().union(*(permit.ways for permit in PERMITTED if permit.module == module))


def modules(root: Path) -> Iterator[tuple[str, str]]:
    """The modules under the rule, by name and source text."""
    products = ((root / "hub-api", package) for package in ("hub_api", "hub_demo", "hub_cluster"))
    for home, package in (*products, (root, "projections")):
        for path in sorted((home / package).rglob("*.py")):
            name = ".".join(path.relative_to(home).with_suffix("").parts).removesuffix(".__init__")
            yield name, path.read_text(encoding="utf-8")


def _imported(module: str, line: int, name: str) -> Iterator[Finding]:
    top = name.partition(".")[0]
    if top in _DATABASES:
        yield Finding(module, line, Way.DATABASE)
    if top in _BOUNDARY and name not in _NO_CASE_DATA:
        yield Finding(module, line, _BOUNDARY[top])


def _called(module: str, call: ast.Call) -> Iterator[Finding]:
    match call.func:
        case ast.Attribute(attr="open") as attribute if not _opens_something_else(call, attribute.value):
            yield Finding(module, call.lineno, Way.OPEN)
        case ast.Attribute(attr="read") if len(call.args) + len(call.keywords) > 1:
            yield Finding(module, call.lineno, Way.LOG)
        case ast.Attribute(attr=name) if name in _CALLS:
            yield Finding(module, call.lineno, _CALLS[name])
        case ast.Name(id="getattr"):
            for argument in call.args[1:2]:
                if isinstance(argument, ast.Constant):
                    yield from _named(module, call.lineno, str(argument.value))
        case ast.Name(id=name) if name in _SQL_FUNCTIONS:
            yield Finding(module, call.lineno, Way.QUERY)


def _reached(module: str, line: int, name: str) -> Iterator[Finding]:
    ways = {**_ATTRIBUTES, **dict.fromkeys(_SQL_METHODS, Way.QUERY)}
    if name in ways:
        yield Finding(module, line, ways[name])


def _named(module: str, line: int, name: str) -> Iterator[Finding]:
    """A name in a `getattr`, which is no way round."""
    yield from _reached(module, line, name)
    ways = {**_CALLS, "open": Way.OPEN, "read": Way.LOG}
    if name in ways:
        yield Finding(module, line, ways[name])


def _opens_something_else(call: ast.Call, of: ast.expr) -> bool:
    """`path.open("rb")` gives modes as literals; a snapshot's `open` is given a fact."""
    if isinstance(of, ast.Name) and of.id in _OPEN_OTHER_THINGS:
        return True
    return all(isinstance(argument, ast.Constant) for argument in call.args) and not any(
        keyword.arg in {None, "fact", "compartments"} for keyword in call.keywords
    )
