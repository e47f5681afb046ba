"""The valid values at a schema's edges: shortest and longest, least and most, each choice."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, TypeAlias

import hypothesis.errors
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.strategies import SearchStrategy

from .dialect import Draft7
from .references import Address, replaced, resolved
from .strategies import FEW, LONGEST, Undrawable, corruptions, valid

Json: TypeAlias = Any

FRUGAL = settings(
    max_examples=200,
    phases=[Phase.generate, Phase.shrink],
    database=None,
    derandomize=True,
    suppress_health_check=[*HealthCheck],
)
"""How simple values are looked for: always the same, and not for long."""

HASTY = settings(FRUGAL, max_examples=20, phases=[Phase.generate])
"""How any values are looked for."""

_FIRST = 8
"""Of how many values the best is taken."""

LONGEST_ARRAY = 1_000
"""Items above which a longest array is not built."""

_DEPTH = 2
"""How often a value is put into another where the simplest one has none, or one of another kind."""

_CHARACTERS = ("a", " ", "\U0001f600", "\u0301", "e\u0301", "<")
"""What lengths are counted with: plain, blank, two UTF-16 units, combining, composable, markup."""

_MIXED = " Ae\u0301<\r\n\U0001f600 "
"""A text that is another one once trimmed, composed, escaped, or in another case."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """A valid value, and what is at its edge: `title: as long as may be, of '😀'`."""

    name: str
    value: Json


def boundaries(document: Json) -> tuple[Boundary, ...]:
    """Return the values at the edges of a self-contained schema; none where nothing is valid."""
    base = simplest(document)
    if base is None:
        return ()
    judge = Draft7(document)
    edges = [
        Boundary(
            f"{'/'.join(map(str, path)) or 'value'}: {name}", replaced(base.value, path, value)
        )
        for path, name, value in _edges(document, document, base.value, ())
    ]
    found = {repr(edge.value): edge for edge in reversed(edges) if judge.is_valid(edge.value)}
    return tuple(reversed(found.values()))


def beyond(document: Json, **leniency: bool) -> tuple[Boundary, ...]:
    """Return a value for each way to break a self-contained schema: each corruption of it."""
    found = _beyond(json.dumps(document), **leniency)
    return tuple(Boundary(name, copy.deepcopy(value)) for name, value in found)


def simplest(document: Json) -> Boundary | None:
    """Return the simplest valid value; None where none is found."""
    found = _simplest(json.dumps(document))
    return found and Boundary(found[0], copy.deepcopy(found[1]))


def such(document: Json, fits: Callable[[Json], bool]) -> Boundary | None:
    """Return a simple valid value that fits, always the same; None where none is found."""
    try:
        found = _one_of(valid(document).filter(fits), FRUGAL)
    except Undrawable:
        return None
    return Boundary("such", found[0]) if found else None


@cache
def _beyond(document: str, **leniency: bool) -> tuple[tuple[str, Json], ...]:
    ways = corruptions(json.loads(document), **leniency)
    judge = Draft7(json.loads(document))

    def alone(value: Json) -> bool:
        return len([*islice(judge.iter_errors(value), 2)]) == 1

    found = ((str(way), _one_of(way.values, HASTY, alone)) for way in ways)
    different: dict[str, tuple[str, Json]] = {}
    for name, values in found:
        for value in values:
            different.setdefault(repr(value), (name, value))
    return tuple(different.values())


@cache
def _simplest(document: str) -> tuple[str, Json] | None:
    try:
        found = _one_of(valid(json.loads(document)), FRUGAL)
    except Undrawable:
        return None
    return ("simplest", found[0]) if found else None


def _one_of(
    strategy: SearchStrategy[Json], how: settings, best: Callable[[Json], bool] = lambda _: True
) -> list[Json]:
    """Return a value that a strategy draws, always the same, the best of the first ones.

    Nothing where none is found.
    """
    seen: list[Json] = []

    def fits(value: Json) -> bool:
        seen.append(value)
        return best(value) or len(seen) == _FIRST

    try:
        found = find(strategy, fits, settings=how)
        return [found] if best(found) else seen[:1]
    except (Undrawable, hypothesis.errors.HypothesisException):
        return seen[:1]


def _edges(
    document: Json, schema: Json, value: Json, path: Address, depth: int = _DEPTH
) -> Iterator[tuple[Address, str, Json]]:
    """Yield, for each place of a value, what may stand there by a part of the schema.

    `depth` is how often a value is put there that is none of the simplest one's.
    """
    schema = resolved(document, schema)
    if not isinstance(schema, dict):
        return
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(keyword, ()):
            yield from _edges(document, part, value, path, depth)
    for name, choice in _choices(schema) if depth else ():
        yield from _others(document, choice, path, name, depth - 1)
    yield from ((path, name, edge) for name, edge in _here(document, schema, value))
    if isinstance(value, dict):
        yield from _inside(document, schema, value, path, depth)
    if isinstance(value, list):
        yield from _along(document, schema, value, path, depth)


def _inside(
    document: Json, schema: Json, value: dict[str, Json], path: Address, depth: int
) -> Iterator[tuple[Address, str, Json]]:
    """Yield what may stand in an object, in a key that it has or in one more."""
    for key, inner in schema.get("properties", {}).items():
        if key in value:
            yield from _edges(document, inner, value[key], (*path, key), depth)
        elif depth:
            for below, name, edge in _others(document, inner, (), f"with {key}", depth - 1):
                yield path, name, replaced({**value, key: None}, (key, *below), edge)


def _along(
    document: Json, schema: Json, value: list[Json], path: Address, depth: int
) -> Iterator[tuple[Address, str, Json]]:
    """Yield what may stand in a list, and longer ones where each item has its own schema."""
    items = schema.get("items")
    each = items if isinstance(items, list) else [items] if isinstance(items, dict) else []
    for index, (inner, part) in enumerate(zip(each, value, strict=False)):
        yield from _edges(document, inner, part, (*path, index), depth)
    if isinstance(items, list):
        yield from _longer(document, schema, value, path)


def _longer(
    document: Json, schema: Json, value: list[Json], path: Address
) -> Iterator[tuple[Address, str, Json]]:
    """Yield tuples with the items that may be left out, and with those that may follow."""
    each, rest = [*schema["items"]], schema.get("additionalItems")
    each += [rest] * 2 if isinstance(rest, dict) and rest else []
    for index in range(len(value), len(each)):
        inner = _part(document, each[index])
        if inner is None:
            return
        value = [*value, inner.value]
        yield path, f"with {index + 1} items", value
        for below, name, edge in _edges(document, each[index], inner.value, (index,)):
            yield path, f"{index}: {name}", replaced(value, below, edge)


def _choices(schema: Json) -> Iterator[tuple[str, Json]]:
    """Yield the alternatives of a schema: values of one are none of another's edges."""
    types = schema.get("type")
    if isinstance(types, list):
        yield from ((f"as {name}", {**schema, "type": name}) for name in types)
    for keyword in ("anyOf", "oneOf"):
        for number, part in enumerate(schema.get(keyword, ()), 1):
            yield f"as choice {number}", part


def _others(
    document: Json, schema: Json, path: Address, name: str, depth: int
) -> Iterator[tuple[Address, str, Json]]:
    """Yield the simplest value of a part, and those at its edges."""
    inner = _part(document, schema)
    if inner is None:
        return
    yield path, name, inner.value
    for below, edge, value in _edges(document, schema, inner.value, (), depth):
        yield path, f"{name}: {edge}", replaced(inner.value, below, value)


def _part(document: Json, schema: Json) -> Boundary | None:
    """Return the simplest value of a part of a document."""
    return simplest({**_allowing(schema), "definitions": document.get("definitions", {})})


def _allowing(schema: Json) -> dict[str, Json]:
    return {"not": {}} if schema is False else {"allOf": [schema]}


def _here(document: Json, schema: Json, value: Json) -> Iterator[tuple[str, Json]]:
    for choice in schema.get("enum", ()):
        yield f"{choice!r}", choice
    if isinstance(value, bool):
        yield from (("true", True), ("false", False))
    elif isinstance(value, str):
        yield from _texts(schema)
    elif isinstance(value, int | float):
        yield from _numbers(schema)
        if isinstance(value, int) and "integer" in schema.get("type", ()):
            yield "written with a point", float(value)
    elif isinstance(value, list):
        yield from _arrays(document, schema, value)


def _texts(schema: Json) -> Iterator[tuple[str, Json]]:
    for keyword, name in (("minLength", "as short as may be"), ("maxLength", "as long as may be")):
        for char in _CHARACTERS if schema.get(keyword, LONGEST + 1) <= LONGEST else ():
            yield f"{name}, of {char!r}", (char * schema[keyword])[: schema[keyword]]
    yield "of all sorts", _MIXED.ljust(schema.get("minLength", 0))[: schema.get("maxLength")]


def _numbers(schema: Json) -> Iterator[tuple[str, Json]]:
    for keyword, step in (
        ("minimum", 0), ("maximum", 0), ("exclusiveMinimum", 1), ("exclusiveMaximum", -1)
    ):  # fmt: skip
        if keyword in schema:
            yield f"at its {keyword}", schema[keyword] + step
    yield "zero", 0


def _arrays(document: Json, schema: Json, value: list[Json]) -> Iterator[tuple[str, Json]]:
    for keyword, name in (("minItems", "as few as may be"), ("maxItems", "as many as may be")):
        count = schema.get(keyword, LONGEST_ARRAY + 1)
        if value and count <= LONGEST_ARRAY and not schema.get("uniqueItems"):
            yield name, (value * count)[:count]
        elif count <= FEW:
            whole = _part(document, {**schema, "minItems": count})
            yield from [(name, whole.value)] if whole else ()
