"""Whether any value is valid under a schema: proved from its keywords, or found by drawing one."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import hypothesis.errors
from hypothesis import HealthCheck, Phase, find, settings

from .dialect import Draft7
from .disjoint import disjoint
from .references import Json, resolved
from .strategies import Undrawable, valid

_BRANCHES = ("allOf", "anyOf", "oneOf")


def impossible(root: Json, schema: Json, refs: tuple[str, ...] = ()) -> str | None:
    """Return why no value can be valid under a schema of a document, if keywords prove it."""
    if schema is False:
        return "it is false"
    if not isinstance(schema, dict):
        return None
    if ref := schema.get("$ref"):
        if ref in refs:
            return f"it needs itself, by {ref}"
        return impossible(root, resolved(root, schema), (*refs, ref))
    reasons = [_impossible_type(root, schema, name, refs) for name in _types(schema)]
    if reasons and None not in reasons:
        return reasons[0]
    return _impossible_values(root, schema) or _impossible_parts(root, schema, refs)


def _impossible_values(root: Json, schema: Json) -> str | None:
    listed = [schema["const"]] if "const" in schema else schema.get("enum")
    judge = Draft7(_self_contained(root, schema))
    if listed is None or any(judge.is_valid(value) for value in listed):
        return None
    return f"{'const' if 'const' in schema else 'enum'} breaks the other keywords"


def _impossible_parts(root: Json, schema: Json, refs: tuple[str, ...]) -> str | None:
    rest = {key: value for key, value in schema.items() if key not in _BRANCHES}
    parts = [*schema.get("allOf", []), *([rest] if rest.keys() - {"description", "title"} else [])]
    for part in schema.get("allOf", []):
        if reason := impossible(root, part, refs):
            return reason
    if any(disjoint(root, one, other) for one, other in combinations(parts, 2)):
        return "parts of allOf exclude each other"
    for keyword in ("anyOf", "oneOf"):
        branches = [impossible(root, branch, refs) for branch in schema.get(keyword, [])]
        if branches and None not in branches:
            return branches[0]
    return None


def _impossible_type(root: Json, schema: Json, name: str, refs: tuple[str, ...]) -> str | None:
    pairs = {
        "string": ("minLength", "maxLength"),
        "array": ("minItems", "maxItems"),
        "object": ("minProperties", "maxProperties"),
    }
    if name in pairs and _crossed(schema, *pairs[name]):
        return f"{pairs[name][0]} is above {pairs[name][1]}"
    if name in {"integer", "number"} and _no_number(schema, whole=name == "integer"):
        return "no number is between its bounds"
    if name == "array" and schema.get("minItems", 0) > 0:
        return _impossible_items(root, schema, refs)
    return _impossible_object(root, schema, refs) if name == "object" else None


def _impossible_items(root: Json, schema: Json, refs: tuple[str, ...]) -> str | None:
    items = schema.get("items", True)
    needed = items[: schema["minItems"]] if isinstance(items, list) else [items]
    reasons = (impossible(root, item, refs) for item in needed)
    return next((reason for reason in reasons if reason), None)


def _crossed(schema: Json, least: str, most: str) -> bool:
    return least in schema and most in schema and schema[least] > schema[most]


def _no_number(schema: Json, *, whole: bool) -> bool:
    step = 1 if whole else 0
    least = max(schema.get("minimum", -1e999), schema.get("exclusiveMinimum", -1e999) + step)
    most = min(schema.get("maximum", 1e999), schema.get("exclusiveMaximum", 1e999) - step)
    strict = not whole and ("exclusiveMinimum" in schema or "exclusiveMaximum" in schema)
    return bool(least > most or (strict and least == most))


def _impossible_object(root: Json, schema: Json, refs: tuple[str, ...]) -> str | None:
    properties = schema.get("properties", {})
    closed = schema.get("additionalProperties") is False and "patternProperties" not in schema
    for key in schema.get("required", []):
        if closed and key not in properties:
            return f"'{key}' is required and not allowed"
        if reason := impossible(root, properties.get(key, True), refs):
            return f"'{key}' is required, and {reason}"
    if len(schema.get("required", [])) > schema.get("maxProperties", 1e999):
        return "more keys are required than maxProperties allows"
    return None


def has_example(root: Json, schema: Json) -> bool:
    """Return whether a value is found: an example that is valid, or one that is drawn."""
    whole = _self_contained(root, schema)
    judge = Draft7(whole)
    examples = schema.get("examples", []) if isinstance(schema, dict) else []
    if any(judge.is_valid(example) for example in examples):
        return True
    frugal = settings(
        max_examples=50,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
        suppress_health_check=[*HealthCheck],
    )
    try:
        find(valid(whole), lambda _: True, settings=frugal)
    except (Undrawable, hypothesis.errors.HypothesisException):
        return False
    return True


def _self_contained(root: Json, schema: Json) -> Json:
    return {"allOf": [schema], "components": root.get("components", {})}


def _types(schema: Mapping[str, Json]) -> list[str]:
    declared = schema.get("type", [])
    return [declared] if isinstance(declared, str) else [*declared]
