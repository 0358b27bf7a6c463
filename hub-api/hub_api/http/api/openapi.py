"""The reference for programs: OpenAPI 3.1, made from the same structs that read and write the bodies."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

import msgspec

from domain.vocabulary import Ref
from hub_api.http.api import examples
from hub_api.http.api.body_schemas import bound
from hub_api.http.api.reads import TABLES, CallerKey
from hub_api.http.calls import KEY_FORM
from hub_api.http.parameters import AFTER, AS_UNIT
from hub_api.http.problems import ALL, Fixed, Problem
from hub_api.http.routes import ROUTES, Route, RouteKind
from hub_api.identity.personas import STARTED
from hub_api.wording.labels import WAITS, label, waits_for
from hub_api.wording.language import Language
from hub_api.wording.swedish.codes import CODES

_TEMPLATE: Final = "#/components/schemas/{name}"
_ABOUT: Final = """\
A hub for cooperation around people exposed to honour-related violence and oppression.

- Identifiers are opaque aliases; each unit has its own, so they mean nothing to another unit.
- Times are microseconds since 1970-01-01 UTC; dates are days in Europe/Stockholm. A time that you send may be RFC 3339
  with its offset instead. Whatever you send lies between 1900 and 2200; what has happened or is known is not in the
  future, what is planned lies within ten years. Where you read 9007199254740991 (2^53 - 1), there is no end.
- A name stands once in an object; a text holds no character with the number 0 and no half of a surrogate pair. A field
  that is beyond its bounds answers 422 and is named in `field`, a parameter 400.
- A command carries its circumstances in `act`: when it happened and was known, by which channel, on which ground.
- Send commands with an `Idempotency-Key`: sent again, it is recorded once and gives the first receipt.
- A GET carries an `ETag`; sent back as `If-Match` with a command, the command is taken only if nothing that you may
  see has changed since.
- What your unit may not know of answers as what does not exist.
"""
_ALWAYS: Final = frozenset({401, 500, 503})
_OF_READS: Final = _ALWAYS | {400, 404}
_OF_COMMANDS: Final = _ALWAYS | {400, 404, 409, 410, 412, 413, 415, 422, 429}
_STATUSES: Final[Mapping[RouteKind, frozenset[int]]] = {
    RouteKind.READ: _OF_READS,
    RouteKind.COMMAND: _OF_COMMANDS,
    RouteKind.ANONYMOUS: frozenset({400, 404, 409, 413, 415, 422, 500, 503}),
    RouteKind.PUBLIC: frozenset({503}),
}
_REFUSED: Final = (AFTER, AS_UNIT)
"""Parameters that may be well formed and refused: a cursor of another list, a unit that no agreement names."""


@cache
def document(*, personas: bool) -> bytes:
    """The whole reference as JSON."""
    schemas = _Schemas(ROUTES)
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    described = {
        "openapi": "3.1.0",
        "info": {
            "title": "Samråd",
            "version": "1",
            "description": _ABOUT + (f"\n**{STARTED}**\n" if personas else ""),
        },
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "responses": {_named(status): _problem(status) for status in sorted({what.status for what in ALL})},
            "securitySchemes": {
                "persona": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": f"`Authorization: Persona <name>`. {STARTED}",
                }
            },
        },
    }
    return msgspec.json.encode(described)


class _Schemas:
    """The JSON Schema of every body, each struct once."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._types: dict[str, Any] = {}
        for route in routes:
            self._types[_of(route)] = route.response
            if route.form is not None:
                self._types[_to(route)] = route.form.body
        self._types["caller_key"] = CallerKey
        self._types["problem"] = Problem
        schemas, self.components = msgspec.json.schema_components(
            self._types.values(), schema_hook=_alias_schema, ref_template=_TEMPLATE
        )
        self._schemas = dict(zip(self._types, schemas, strict=True))
        bound((self._schemas[_to(route)] for route in routes if route.form is not None), self.components)
        for schema in self.components.values():
            _label(schema)

    def __getitem__(self, name: str) -> dict[str, Any]:
        return self._schemas[name]


def _label(schema: dict[str, Any]) -> None:
    """The codes of a closed list in words, in both languages, where they are shown."""
    for kind, codes in CODES.items():
        if schema.get("title") == kind.__name__ and set(schema.get("enum", ())) == set(codes):
            schema["x-labels"] = {
                language.value: {code.value: label(code, language) for code in kind} for language in Language
            }
    waits = schema.get("properties", {}).get("what", {})
    if set(waits.get("enum", ())) == WAITS.keys():
        waits["x-labels"] = {
            language.value: {what: waits_for(what, language) for what in WAITS} for language in Language
        }


def _alias_schema(kind: type) -> dict[str, Any]:
    if kind is Ref:
        return {"type": "string", "description": "An alias, your unit's own."}
    raise NotImplementedError(kind.__name__)


def _operation(route: Route, schemas: _Schemas) -> dict[str, Any]:
    success = "201" if route.form is not None and route.form.command.opens else "200"
    operation: dict[str, Any] = {
        "operationId": route.name,
        "tags": [_resource(route)],
        "summary": route.summary,
        "parameters": list(_parameters(route)),
        "responses": {
            success: {"description": "Done.", "content": {"application/json": {"schema": schemas[_of(route)]}}},
            **{str(status): {"$ref": f"#/components/responses/{_named(status)}"} for status in _statuses(route)},
        },
        "security": [{"persona": []}] if route.kind in (RouteKind.READ, RouteKind.COMMAND) else [],
        "description": f"```sh\n{examples.curl(route)}\n```",
    }
    if route.kind is RouteKind.READ:
        operation["responses"]["304"] = {"description": "You have it already."}
    if route.method == "POST":
        operation["requestBody"] = {
            "required": True,
            "content": {
                "application/json": {
                    "schema": schemas[_to(route) if route.form else "caller_key"],
                    "example": examples.body(route),
                }
            },
        }
    return operation


def _resource(route: Route) -> str:
    """What an address is about: the word after the version, or after the root."""
    parts = route.path.strip("/").split("/")
    return parts[1] if parts[0] == "v1" and len(parts) > 1 else parts[0]


def _statuses(route: Route) -> list[int]:
    refused = {409} if route.kind is RouteKind.READ and any(each in route.query for each in _REFUSED) else set[int]()
    return sorted(_STATUSES[route.kind] | refused)


def _parameters(route: Route) -> Iterable[dict[str, Any]]:
    for part in route.path.split("/"):
        if part.startswith("{"):
            schema = {"type": "integer", "enum": sorted(TABLES)} if part == "{table}" else {"type": "string"}
            yield {"name": part[1:-1], "in": "path", "required": True, "schema": schema}
    for parameter in route.query:
        yield {
            "name": parameter.name,
            "in": "query",
            "description": parameter.description,
            "schema": dict(parameter.schema),
        }
    if route.kind is RouteKind.COMMAND:
        key = {"minLength": 1, "maxLength": 255, "pattern": KEY_FORM}
        yield _header("Idempotency-Key", "Sent again with the same content, the first receipt comes back.", **key)
        yield _header("If-Match", "Take the command only if what you may see has not changed since one of these tags.")
    if route.kind is RouteKind.READ:
        yield _header("If-None-Match", "Answer 304 if one of these tags still holds.")


def _header(name: str, description: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string", **more}}


def _problem(status: int) -> dict[str, Any]:
    told: Iterable[Fixed] = (what for what in ALL if what.status == status)
    return {
        "description": " ".join(what.en for what in told),
        "content": {"application/problem+json": {"schema": {"$ref": _TEMPLATE.format(name="Problem")}}},
    }


def _named(status: int) -> str:
    return f"Problem{status}"


def _of(route: Route) -> str:
    return f"{route.method} {route.path} response"


def _to(route: Route) -> str:
    return f"{route.method} {route.path} request"
