"""Values that one schema allows and another refuses, drawn, judged under both, and made small."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from hypothesis import find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample, Unsatisfiable
from hypothesis.strategies import SearchStrategy
from jsonschema import Draft7Validator

from .alternatives import Node, top
from .canonical import difference
from .constraints import SEARCH, Escape
from .references import Address, Json
from .strategies import Undrawable, corruptions, loosened, valid
from .validation import Schema

_NET = settings(SEARCH, max_examples=25)
"""Fewer where nothing hints at a difference."""

_SPELT = "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$"
"""The strings that are converted to booleans."""


@dataclass(frozen=True)
class Example:
    """A value that was found, and what the schema that refuses it says."""

    value: Json
    violation: str


@dataclass(frozen=True)
class Judge:
    """What is valid under a self-contained schema, after what the contract has normalised."""

    document: Json
    drop_unknown: bool = False
    booleans: bool = False

    @cached_property
    def schema(self) -> Schema:
        """Compile it."""
        return Schema(self.document, drop_unknown=self.drop_unknown, booleans=self.booleans)

    @cached_property
    def accepted(self) -> Json:
        """Return the schema of what is accepted before it is normalised."""
        return _loose(self.document, drop=self.drop_unknown, booleans=self.booleans)

    @cached_property
    def top(self) -> Node:
        """Return what is accepted as a part."""
        return top(self.accepted)

    def violation(self, value: Json) -> str | None:
        """Return what is wrong with a value as it is sent; None when nothing is."""
        violations = self.schema.violations(self.schema.normalise(value))
        told = [item["message"] for item in violations if item["type"] != "alternatives.match"]
        return next(iter(told), "") if violations else None

    def accepts(self, value: Json) -> bool:
        """Return whether a value is accepted as it is sent."""
        return self.schema.accepts(self.schema.normalise(value))


def _loose(schema: Json, *, drop: bool, booleans: bool) -> Json:
    """Allow what normalising makes valid: keys that are dropped, booleans in words."""
    if isinstance(schema, list):
        return [_loose(inner, drop=drop, booleans=booleans) for inner in schema]
    if not isinstance(schema, Mapping):
        return schema
    found = {
        key: inner if key in {"const", "enum"} else _loose(inner, drop=drop, booleans=booleans)
        for key, inner in schema.items()
    }
    if drop and isinstance(schema.get("properties"), Mapping) and schema["properties"]:
        found = {k: v for k, v in found.items() if k != "additionalProperties"}
    types = found.get("type")
    if booleans and types and "boolean" in types and "string" not in types:
        found["type"] = [*([types] if isinstance(types, str) else types), "string"]
        found["pattern"] = _SPELT
    return found


def example_of(escape: Escape, producer: Judge, consumer: Judge) -> Example | None:
    """Find a value that the producer's schema allows and the consumer's refuses, for this cause."""
    if escape.kind == "format":
        return _misformed(escape, producer, consumer)
    focus = _focused(producer.accepted, escape.path, escape.example_schema)
    fits = Schema(focus)
    askers = [part.judge() for part in escape.asker]

    def shows(value: Json) -> bool:
        return (
            fits.accepts(value)
            and any(_refused(inner, askers) for inner in _inside(value, escape.path))
            and tells_apart(value)
        )

    def tells_apart(value: Json) -> bool:
        return producer.accepts(value) and not consumer.accepts(value)

    draws = [] if _is_long(escape.example_schema) else [lambda: valid(focus)]
    found = _first([*draws, *_anywhere(producer, consumer)], shows, consumer)
    return _confirmed(found, producer, consumer)


def any_example(producer: Judge, *consumers: Judge) -> Example | None:
    """Find any value that the producer's schema allows and all of the consumers' refuse."""
    found = _first(
        _anywhere(producer, consumers[0]),
        lambda value: (
            producer.accepts(value) and not any(other.accepts(value) for other in consumers)
        ),
        consumers[-1],
        _NET,
    )
    return _confirmed(found, producer, consumers[-1])


def _confirmed(found: Example | None, producer: Judge, consumer: Judge) -> Example | None:
    """Ask jsonschema itself; the search asked the compiled validator, which is faster."""
    if found is None or producer.violation(found.value) is not None:
        return None
    return found if consumer.violation(found.value) is not None else None


def newly_lost(old: Judge, new: Judge) -> Example | None:
    """Find a value that both accept, and of which only the new one drops something."""

    def loses(value: Json) -> bool:
        before, after = old.schema.normalise(value), new.schema.normalise(value)
        return before != after and old.accepts(value) and new.accepts(value)

    return _first([lambda: valid(old.document)], loses, new)


def ignored_example(escape: Escape, old: Judge, new: Judge) -> Example | None:
    """Find a value that both accept, of which the new one drops what the old one kept."""
    focus = _focused(old.document, escape.path, escape.example_schema)

    def loses(value: Json) -> bool:
        kept = old.schema.normalise(value)
        return old.accepts(value) and new.accepts(value) and new.schema.normalise(value) != kept

    return _first([lambda: valid(focus)], loses, new)


def _anywhere(producer: Judge, consumer: Judge) -> list[Callable[[], SearchStrategy[Json]]]:
    """Draw what is apart, what the producer allows as it may be sent, then what nearly fits."""

    def sent() -> SearchStrategy[Json]:
        if producer.accepted == producer.document:
            return valid(producer.document)
        return valid(producer.document).flatmap(
            lambda value: loosened(
                producer.document,
                value,
                drop_unknown=producer.drop_unknown,
                booleans=producer.booleans,
            )
        )

    def corrupt() -> SearchStrategy[Json]:
        found = corruptions(
            consumer.document, drop_unknown=consumer.drop_unknown, booleans=consumer.booleans
        )
        return st.one_of(*(corruption.values for corruption in found))

    apart = difference(producer.accepted, consumer.accepted)
    return [lambda: valid(apart), sent, corrupt] if apart is not None else [sent, corrupt]


def _first(
    draws: list[Callable[[], SearchStrategy[Json]]],
    shows: Callable[[Json], bool],
    consumer: Judge,
    search: settings = SEARCH,
) -> Example | None:
    for draw in draws:
        try:
            value = find(draw(), shows, settings=search)
        except (NoSuchExample, Undrawable, Unsatisfiable):
            continue
        return Example(value, consumer.violation(value) or "")
    return None


def _focused(document: Json, path: Address, example_schema: Json) -> Json:
    """Ask for the example_schema at a place, besides all that the schema asks."""
    return {
        "allOf": [_without_definitions(document), _spine(path, example_schema)],
        "definitions": document.get("definitions", {}),
    }


def _without_definitions(document: Json) -> Json:
    return {key: document[key] for key in document if key != "definitions"}


def _spine(path: Address, example_schema: Json) -> Json:
    if not path:
        return example_schema
    inner = _spine(path[1:], example_schema)
    if isinstance(path[0], int):
        before = path[0]
        return {"type": "array", "minItems": before + 1, "items": [*[True] * before, inner]}
    return {"type": "object", "required": [path[0]], "properties": {path[0]: inner}}


_LONG = 50
"""Items that are not drawn one by one: what nearly fits repeats a few."""


def _is_long(example_schema: Json) -> bool:
    return isinstance(example_schema, Mapping) and any(
        example_schema.get(keyword, 0) > _LONG for keyword in ("minItems", "minProperties")
    )


def _inside(value: Json, path: Address) -> Iterator[Json]:
    """Yield what stands at a place; any item of a list may be meant."""
    if not path:
        yield value
    elif isinstance(value, list) and isinstance(path[0], int):
        for item in value:
            yield from _inside(item, path[1:])
    elif isinstance(value, dict) and path[0] in value:
        yield from _inside(value[path[0]], path[1:])


def _refused(value: Json, askers: list[Schema]) -> bool:
    return not all(asker.accepts(value) for asker in askers)


def _misformed(escape: Escape, producer: Judge, consumer: Judge) -> Example | None:
    """Find a value that a reader who checks formats refuses; jsonschema does for those it knows."""
    checker = Draft7Validator.FORMAT_CHECKER
    wanted = {"format": escape.asked}

    def shows(value: Json) -> bool:
        return producer.accepts(value) and any(
            isinstance(inner, str) and not checker.conforms(inner, escape.asked)
            for inner in _inside(value, escape.path)
        )

    focus = _focused(producer.accepted, escape.path, {"type": "string"})
    found = _first([lambda: valid(focus)], shows, consumer)
    return Example(found.value, f"a reader who checks formats wants {wanted}") if found else None


FEW = 10
"""Items of a list that are printed."""

LONGEST = 60
"""Characters of a string, or (five times that) of a whole value, that are printed."""


def written(value: Json) -> str:
    """Write a value as JSON, long ones shortened."""
    text = json.dumps(_short(value))
    return text if len(text) <= 5 * LONGEST else f"{text[: 5 * LONGEST]}…"


def _short(value: Json) -> Json:
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:8]}... ({len(value)} characters)"
    if isinstance(value, list) and len(value) > FEW:
        return [*map(_short, value[:2]), f"... ({len(value)} items)"]
    if isinstance(value, list):
        return [_short(item) for item in value]
    if isinstance(value, dict):
        return {_short(key): _short(inner) for key, inner in value.items()}
    return value
