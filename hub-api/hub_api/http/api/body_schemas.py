"""The bounds that a type has without saying so, written into the schemas of what is sent (`domain/bounds.py`)."""

from collections.abc import Iterable, Iterator
from typing import Any

from domain.bounds import LONGEST_IDENTIFIER, MOST, MOST_ITEMS

_REF = "#/components/schemas/"
_SAYS_ITSELF = ("maxLength", "pattern", "format", "enum", "const", "description")


def bound(bodies: Iterable[dict[str, Any]], components: dict[str, dict[str, Any]]) -> None:
    """Write them into every schema that a body is made of."""
    waiting, met = list(bodies), set[str]()
    while waiting:
        for part in _parts(waiting.pop()):
            _write(part)
            name = part.get("$ref", "").removeprefix(_REF)
            if name and name not in met:
                met.add(name)
                waiting.append(components[name])


def _parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema and all that stand in it."""
    yield schema
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ()), *schema.get("prefixItems", ())]
    if isinstance(schema.get("items"), dict):
        inner.append(schema["items"])
    for each in inner:
        yield from _parts(each)


def _write(schema: dict[str, Any]) -> None:
    match schema.get("type"):
        case "string" if not any(key in schema for key in _SAYS_ITSELF):
            schema |= {"minLength": 1, "maxLength": LONGEST_IDENTIFIER}
        case "array" if "maxItems" not in schema:
            schema["maxItems"] = MOST_ITEMS
        case "integer" if "maximum" not in schema:
            schema["maximum"] = MOST
            if "exclusiveMinimum" not in schema:
                schema.setdefault("minimum", 0)
