"""What JSON allows and the hub does not: a name given twice in one object, and one half of a character.

Of two values under one name a reader takes the last, and nobody is told; the other may have been what was meant.
"""

import json
import re
from typing import Any, Final

_NAMES: Final = re.compile(rb'"((?:[^"\\]|\\.)*+)"\s*+:')
"""Whatever may be a name: a string before a colon."""
_HALF: Final = re.compile("[\ud800-\udfff]")


class _Twice(dict[str, Any]):
    """An object in which a name stands twice."""

    name: str


def repeated_name(body: bytes) -> str | None:
    """Where in a well-formed body a name stands twice in one object, as a path; None where none does.

    Nearly always a look at the names is enough: they differ. Only where some are alike, as in a list of objects, or are
    written with escapes, the body is read once more.
    """
    names = _NAMES.findall(body)
    if len(set(names)) == len(names) and not any(b"\\" in name for name in names):
        return None
    return _place_of_twice(json.loads(body, object_pairs_hook=_pairs))


def half_of_a_character(body: bytes) -> str | None:
    """Where a string of a body that could not be read holds one half of a surrogate pair; None if that is not why."""
    if b"\\u" not in body:
        return None
    try:
        return _place_of_half(json.loads(body))
    except (ValueError, RecursionError):
        return None


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    marked = _Twice(found)
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            marked.name = name
        seen.add(name)
    return marked


def _place_of_twice(value: Any, path: str = "") -> str | None:
    if isinstance(value, _Twice):
        return f"{path}.{value.name}".lstrip(".")
    for place, inner in _inside(value, path):
        if (found := _place_of_twice(inner, place)) is not None:
            return found
    return None


def _place_of_half(value: Any, path: str = "") -> str | None:
    if isinstance(value, str):
        return path if _HALF.search(value) else None
    for place, inner in _inside(value, path):
        if (found := _place_of_half(inner, place)) is not None:
            return found
    return None


def _inside(value: Any, path: str) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [(f"{path}.{name}".lstrip("."), inner) for name, inner in value.items()]
    if isinstance(value, list):
        return [(f"{path}[{number}]", inner) for number, inner in enumerate(value)]
    return []
