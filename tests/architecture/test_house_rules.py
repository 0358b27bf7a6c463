"""What CONTRIBUTING.md asks of every file, checked."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOT_OURS = re.compile(
    r"^(\.git|\.venv|\.data|samrad-data|__pycache__|\..*_cache|\.hypothesis|dist|build|.*\.egg-info|.*\.keys)$"
)
LONGEST_MODULE = 400
LONGEST_SCRIPT = 20
LONGEST_DECISION = 400
"""Words: half a page."""


def files(folder: Path = ROOT) -> Iterator[Path]:
    """Every file of the project, and nothing that tools left beside it."""
    for path in sorted(folder.iterdir()):
        if NOT_OURS.match(path.name):
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


MODULES = [path for path in files() if path.suffix == ".py"]
SCRIPTS = [path for path in files() if path.parent.name in {"scripts", ".ci"}]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
DOMAIN = [path for path in MODULES if named(path).startswith("domain/") and path.name != "commands.py"]
"""A command is named as what is asked; the event that answers it says what it means."""

UNFINISHED = re.compile(rb"\b(" + b"|".join((b"TO" + b"DO", b"FIX" + b"ME", b"X" + b"XX", b"HA" + b"CK")) + rb")\b")
MACHINE = re.compile(
    b"|".join(
        (
            b"/wo" + b"rk/",
            b"/tmp/" + b"bash",
            b"/ho" + b"me/[a-z]",
            b"/ro" + b"ot/",
            b"/Us" + b"ers/",
            b"/opt/" + b"wheels",
        )
    )
)
REGISTRY = re.compile(
    b"|".join(
        (
            rb"pypi\." + b"org/",
            b"python" + b"hosted",
            rb"registry\." + b"npmjs",
            rb"repo1?\." + b"maven",
            b"deb" + rb"\.debian",
        )
    )
)


@pytest.mark.parametrize("forbidden", [UNFINISHED, MACHINE, REGISTRY], ids=["unfinished", "machine", "registry"])
def test_no_file_holds_what_is_unfinished_or_belongs_to_one_machine(forbidden: re.Pattern[bytes]) -> None:
    assert [named(path) for path in files() if forbidden.search(path.read_bytes())] == []


@pytest.mark.parametrize(
    ("forbidden", "planted"),
    [
        (UNFINISHED, b"# TO" + b"DO later"),
        (UNFINISHED, b"# FIX" + b"ME"),
        (MACHINE, b"open('/ro" + b"ot/x')"),
        (MACHINE, b"/ho" + b"me/someone"),
        (REGISTRY, b"https://pypi" + b".org/simple"),
    ],
)
def test_what_is_planted_is_found(forbidden: re.Pattern[bytes], planted: bytes) -> None:
    assert forbidden.search(planted)


def test_a_module_stays_short_enough_to_be_of_one_subject() -> None:
    lines = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: count for name, count in lines.items() if count >= LONGEST_MODULE} == {}


def test_every_module_of_the_hub_lies_in_a_room_and_each_room_says_what_it_may_touch() -> None:
    hub = ROOT / "hub-api" / "hub_api"
    assert [path.name for path in hub.glob("*.py")] == ["__init__.py"]
    rooms = [
        *(path for path in hub.glob("*") if any(path.glob("*.py"))),
        *(ROOT / "adapters" / room for room in ("kafka", "store", "vault")),
    ]
    for room in rooms:
        said = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
        assert said is not None, room
        assert "may touch" in said, room


def test_one_name_of_a_class_means_one_thing() -> None:
    """Events and commands are named within their aggregate, bodies of the API after what they show."""
    product = [path for path in MODULES if named(path).startswith(("domain/", "projections/", "adapters/", "hub-api/"))]
    by_name: dict[str, list[str]] = {}
    for path in product:
        if "/http/api/" in named(path):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                by_name.setdefault(node.name, []).append(named(path))
    within_aggregates = re.compile(r"^domain/\w+/(events|commands)\.py$")
    assert {
        name: places
        for name, places in by_name.items()
        if len(places) > 1 and not all(within_aggregates.match(place) for place in places)
    } == {}


@pytest.mark.parametrize("script", SCRIPTS, ids=named)
def test_a_script_is_short_strict_and_executable(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    shell = "bash" if text.startswith("#!/usr/bin/env bash\n") else "sh"
    assert text.startswith(("#!/bin/sh\n", "#!/usr/bin/env bash\n"))
    assert len(text.splitlines()) < LONGEST_SCRIPT
    assert "\nset -eu" in text
    assert script.stat().st_mode & 0o111
    assert subprocess.run([shell, "-n", str(script)], check=False).returncode == 0


def test_the_locks_pin_every_package_by_its_hash_and_name_no_registry() -> None:
    for lock in sorted(ROOT.glob("requirements*.lock")):
        pinned = re.findall(r"^[a-z0-9.-]+==\S+.*\\\n    --hash=sha256:", lock.read_text(encoding="utf-8"), re.M)
        packages = re.findall(r"^[a-z]", lock.read_text(encoding="utf-8"), re.M)
        assert len(pinned) == len(packages) > 20
        assert "://" not in lock.read_text(encoding="utf-8")


def test_every_public_name_of_the_domain_says_what_it_is() -> None:
    silent = [
        f"{named(path)}:{node.lineno} {node.name}"
        for path in DOMAIN
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
        if ast.get_docstring(node) is None
    ]
    assert silent == []


def test_what_the_documents_link_to_is_there() -> None:
    dead = [
        f"{named(page)}: {link}"
        for page in files()
        if page.suffix == ".md"
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    assert dead == []


def test_the_decisions_are_numbered_without_a_gap() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("decision", DECISIONS, ids=named)
def test_a_decision_says_why_what_it_costs_and_what_was_turned_down(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    assert re.match(r"# [A-Z]\w.*\n\n## Context\n", text)
    assert re.findall(r"^## .*$", text, re.M) == ["## Context", "## Decision", "## What it costs", "## Turned down"]
    assert len(text.split()) <= LONGEST_DECISION
