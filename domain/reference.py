"""The reference of all events, generated from the registry: `python -m domain.reference > docs/events.md`."""

import json
import sys
from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

import msgspec

from domain.event import Event, compartments
from domain.registry import EVENTS
from domain.vocabulary import Ref

_HEAD = """# Events

Generated from the registry (`domain/registry.py`); do not edit. Each event is stored under its name for ever; a change
of shape is a new version. Times are microseconds since 1970 UTC, references 32 hexadecimal digits. A field marked with
a compartment is sealed in a part of its own; all others are sealed in the part `record`. In the record the
circumstances of the act (who, for whom, when, on which ground) stand beside these fields.
"""


def _schema_of_ref(kind: type) -> dict[str, Any]:
    if kind is Ref:
        return {"type": "string", "pattern": "^[0-9a-f]{32}$"}
    raise NotImplementedError(f"{kind.__name__} has no schema")


def _section(name: str, event: type[Event]) -> Iterator[str]:
    yield f"\n## `{name}`\n"
    if event.__doc__:
        yield cleandoc(event.__doc__) + "\n"
    yield f"Its `record` is governed by the row `{event.row.value}` of table F."
    if event.existence is not None:
        yield f"Whoever takes part may know that it is there (`{event.existence.value}`)."
    marks = compartments(event)
    for field in event.__struct_fields__:
        if field in marks:
            yield f"- `{field}`: compartment `{marks[field].value}`"
    schema = msgspec.json.schema(event, schema_hook=_schema_of_ref)
    yield "\n```json\n" + json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n```"


def text() -> str:
    """The whole reference as Markdown, with a JSON Schema for each event."""
    lines = [_HEAD]
    for name, event in EVENTS.items():
        lines.extend(_section(name, event))
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the reference to standard output."""
    sys.stdout.write(text())


if __name__ == "__main__":
    main()
