"""Writes `docs/rules.md`: each rule, where the code enforces or names it, and which tests hold it.

Run `python -m tests.architecture.rules_reference > docs/rules.md` after a change; the build fails if it is out of date.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from domain.rules import LATER, RULES

ROOT = Path(__file__).parents[2]
CODE = ("domain", "projections", "adapters", "hub-api")
NUMBERS = {rule.number for rule in RULES}
IN_CODE = re.compile(r"\b([A-E][0-9]{1,2}|F)\b")
IN_TEST = re.compile(r"^test_([a-e][0-9]{1,2}|f)_")


def places() -> Mapping[str, list[str]]:
    """Rule → the modules that name it: in a refusal, a policy, a comment or a docstring."""
    found: dict[str, list[str]] = defaultdict(list)
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".cedar"} and path.name != "rules.py":
                for number in NUMBERS & set(_named(path)):
                    found[number].append(path.relative_to(ROOT).as_posix())
    return found


def _named(path: Path) -> Iterator[str]:
    text = path.read_text("utf-8")
    if path.suffix == ".cedar":
        yield from re.findall(r'@id\("([A-F][0-9]*)"\)', text)
        return
    yield from (number for number in IN_CODE.findall(text) if number != "F")
    yield from re.findall(r'(?:Refusal|Caution)\(\s*"(F)"|\((F)\)|# (F)\b', text) and ["F"]


def held_by() -> Mapping[str, list[str]]:
    """Rule → the tests that are named after it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (named := IN_TEST.match(node.name)):
                found[named[1].upper()].append(f"{path.relative_to(ROOT).as_posix()}::{node.name}")
    return found


def written() -> str:
    """The whole document."""
    where, held = places(), held_by()
    lines = [
        "# The rules, where they are enforced, and which tests hold them",
        "",
        "Generated; do not edit. The sources are explained in `domain/rules.py`.",
        "",
    ]
    for rule in RULES:
        lines += [f"## {rule.number}", "", f"{rule.says}. *Sources: {rule.sources}.*", ""]
        if rule.number in LATER:
            lines += ["Not carried by any part yet.", ""]
            continue
        lines += ["In: " + ", ".join(f"`{path}`" for path in where[rule.number]) + ".", ""]
        lines += [f"- `{test.split('::')[1]}` ({test.split('::')[0]})" for test in held[rule.number]] + [""]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(written())
