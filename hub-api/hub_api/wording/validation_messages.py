"""Why a body does not fit, in both languages: which field, and what it should be; never what it was (C7)."""

import re
from collections.abc import Sequence
from typing import Final

from hub_api.wording.language import Language

_PATH: Final = re.compile(r" - at `\$\.?([A-Za-z0-9_.\[\]…]*)`$")
_MISSING: Final = re.compile(r"^Object missing required field `([a-z_]+)`$")
_EXPECTED: Final = re.compile(r"^Expected [^']+$|^Expected `str` matching regex '[^']+'$")
_NAMED: Final = re.compile(r"`[a-z]+(?: \| [a-z]+)*`")
_TYPE: Final = re.compile(r"[a-z]+")
_TYPES: Final = {
    "str": "text",
    "int": "heltal",
    "float": "tal",
    "bool": "sant eller falskt",
    "null": "null",
    "array": "lista",
    "object": "objekt",
    "date": "datum",
    "datetime": "tidpunkt",
}
_WRITTEN: Final = {
    "expected an alias": (
        "it should be an alias from an answer of the hub to this unit",
        "det ska vara ett alias ur ett svar från navet till enheten",
    ),
    "Invalid RFC3339 encoded date": (
        "it should be a day, written as 2026-11-10",
        "det ska vara en dag, skriven som 2026-11-10",
    ),
}
"""What is written in a form of its own, by the message about what is not."""
_PHRASES: Final = (
    (" of length ", " med längden "),
    (" matching regex ", " av formen "),
    (", got ", ", inte "),
    ("Expected ", "det ska vara "),
)


def explained(message: str, fields: Sequence[str], language: Language) -> tuple[str, str]:
    """msgspec's message as (detail, field) without what was sent: only the forms that name nothing but our own."""
    swedish = language is Language.SV
    place = _PATH.search(message)
    path = place[1] if place else ""
    core = message[: place.start()] if place else message
    if missing := _MISSING.match(core):
        return "det saknas" if swedish else "it is missing", f"{path}.{missing[1]}".lstrip(".")
    if core.startswith("Object contains unknown field"):
        return _unknown(() if path else fields, swedish=swedish), path
    if core.startswith("Invalid enum value"):
        allowed = "it is none of the codes that are allowed here"
        return "det är ingen av koderna som är tillåtna här" if swedish else allowed, path
    if core in _WRITTEN:
        return _WRITTEN[core][swedish], path
    if not _EXPECTED.match(core):
        return "det går inte att läsa" if swedish else "it cannot be read", path
    return _in_swedish(core) if swedish else core[0].lower() + core[1:], path


def _unknown(fields: Sequence[str], *, swedish: bool) -> str:
    if swedish:
        return "det finns ett fält som inte är känt här" + (f"; det finns: {', '.join(fields)}" if fields else "")
    return "there is a field that is not known here" + (f"; there are: {', '.join(fields)}" if fields else "")


def _in_swedish(expected: str) -> str:
    for english, swedish in _PHRASES:
        expected = expected.replace(english, swedish, 1)
    return _NAMED.sub(lambda named: _TYPE.sub(lambda kind: _TYPES.get(kind[0], kind[0]), named[0]), expected)
