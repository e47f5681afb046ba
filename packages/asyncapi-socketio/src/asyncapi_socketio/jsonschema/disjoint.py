"""Whether no value can be valid under two schemas, as far as their keywords prove it."""

from __future__ import annotations

from .references import Json, resolved

MAX_DEPTH = 10
"""How far schemas that hold each other are followed."""

_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")


def disjoint(root: Json, one: Json, other: Json, depth: int = 0) -> bool:
    """Return whether it is certain that no value fits both schemas of the document `root`."""
    one, other = resolved(root, one), resolved(root, other)
    if one is False or other is False:
        return True
    if not isinstance(one, dict) or not isinstance(other, dict) or depth > MAX_DEPTH:
        return False
    return (
        _branches_apart(root, one, other, depth)
        or _branches_apart(root, other, one, depth)
        or not _types(one) & _types(other)
        or _values_apart(one, other)
        or _keys_apart(root, one, other, depth)
    )


def _branches_apart(root: Json, one: Json, other: Json, depth: int) -> bool:
    """Return whether every branch of a choice, or one part of a sum, is apart from `other`."""
    apart = [
        [disjoint(root, branch, other, depth + 1) for branch in one.get(keyword, [])]
        for keyword in ("anyOf", "oneOf")
    ]
    parts = [disjoint(root, part, other, depth + 1) for part in one.get("allOf", [])]
    return any(branches and all(branches) for branches in apart) or any(parts)


def _types(schema: Json) -> set[str]:
    declared = schema.get("type", _TYPES)
    types = {declared} if isinstance(declared, str) else {*declared}
    return types | {"integer"} if "number" in types else types


def _values_apart(one: Json, other: Json) -> bool:
    first, second = _values(one), _values(other)
    return first is not None and second is not None and not any(value in second for value in first)


def _values(schema: Json) -> list[Json] | None:
    values: list[Json] | None = [schema["const"]] if "const" in schema else schema.get("enum")
    return values


def _keys_apart(root: Json, one: Json, other: Json, depth: int) -> bool:
    if _types(one) & _types(other) != {"object"}:
        return False
    required_here, required_there = set(one.get("required", [])), set(other.get("required", []))
    if any(_forbids(other, key) for key in required_here):
        return True
    if any(_forbids(one, key) for key in required_there):
        return True
    both = required_here & required_there
    return any(
        disjoint(
            root,
            one.get("properties", {}).get(key, True),
            other.get("properties", {}).get(key, True),
            depth + 1,
        )
        for key in both
    )


def _forbids(schema: Json, key: str) -> bool:
    properties = schema.get("properties", {})
    closed = schema.get("additionalProperties") is False and not schema.get("patternProperties")
    return properties.get(key) is False or (closed and key not in properties)
