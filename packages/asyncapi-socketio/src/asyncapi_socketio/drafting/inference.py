"""The JSON Schema that values suggest: what they all are, and nothing that they only happen to be.

A bound, a pattern or a list of values can't be told from a few of them, so none is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Json: TypeAlias = Any

_FORMATS: Mapping[str, re.Pattern[str]] = {
    "uuid": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE),
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)"),
}

MAX_KEYS = 30
"""Keys that an object may have had; above, they are taken for data: a map."""


def schema_of(values: Sequence[Json]) -> dict[str, Json]:
    """Return a schema that all values fit."""
    kinds = {_kind(value): None for value in values}
    if "number" in kinds:
        kinds.pop("integer", None)
    if len(kinds) <= 1:
        return _of_kind(next(iter(kinds)), values) if kinds else {}
    if all(kind not in {"array", "object"} for kind in kinds):
        return {"type": [*kinds]}
    return {
        "anyOf": [
            _of_kind(kind, [value for value in values if _kind(value) == kind]) for kind in kinds
        ]
    }


def _kind(value: Json) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def _of_kind(kind: str, values: Sequence[Json]) -> dict[str, Json]:
    if kind == "object":
        return _object(values)
    if kind == "array":
        return {"type": "array", "items": schema_of([item for value in values for item in value])}
    if kind == "string":
        for name, form in _FORMATS.items():
            if all(form.fullmatch(value) for value in values):
                return {"type": "string", "format": name}
    return {"type": kind}


def _object(values: Sequence[Mapping[str, Json]]) -> dict[str, Json]:
    keys = {key: None for value in values for key in value}
    if len(keys) > MAX_KEYS:
        every = [inner for value in values for inner in value.values()]
        return {"type": "object", "additionalProperties": schema_of(every)}
    required = [key for key in keys if all(key in value for value in values)]
    properties = {key: schema_of([value[key] for value in values if key in value]) for key in keys}
    schema: dict[str, Json] = {"type": "object"}
    if required:
        schema["required"] = required
    return {**schema, "properties": properties} if properties else schema
