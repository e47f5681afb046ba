"""Values drawn from a JSON Schema (draft 7): valid ones, and corruptions with their names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from jsonschema import Draft7Validator

Json: TypeAlias = Any
Path: TypeAlias = tuple[str | int, ...]

SCALARS: SearchStrategy[Json] = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
ANYTHING: SearchStrategy[Json] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)

_OF_TYPE: dict[str, SearchStrategy[Json]] = {
    "array": st.lists(SCALARS, max_size=3),
    "boolean": st.booleans(),
    "integer": st.integers(-(2**53), 2**53),
    "null": st.none(),
    "number": st.floats(allow_nan=False, allow_infinity=False).filter(lambda n: n != int(n)),
    "object": st.dictionaries(st.text(max_size=5), SCALARS, max_size=3),
    "string": st.text(max_size=20),
}


@dataclass(frozen=True)
class Corruption:
    """A way to break a value: what is done, at which place, and which keyword it breaks there.

    `keyword` is None for a key that is there although its schema is `false`. `values` draws whole
    values in which that rule is broken; others may be too.
    """

    name: str
    path: Path
    keyword: str | None
    values: SearchStrategy[Json]

    def __str__(self) -> str:
        return f"{'/'.join(map(str, self.path)) or 'value'}: {self.name}"


def valid(document: Json) -> SearchStrategy[Json]:
    """Draw values that a self-contained schema accepts, as `jsonschema` judges it."""
    judge = Draft7Validator(document)
    return _Builder(document).of(document).filter(judge.is_valid)


def corruptions(document: Json) -> list[Corruption]:
    """Name every way to break a value of this schema at a place that an object leads to.

    Each draws only values that `jsonschema` finds broken at that place and by that keyword.
    """
    judge = Draft7Validator(document)
    good = valid(document)
    return [
        Corruption(name, path, keyword, _broken(judge, good, path, keyword, breaking))
        for name, path, keyword, breaking in _Builder(document).breakings(document, ())
    ]


_Breaking: TypeAlias = Callable[[Json], SearchStrategy[Json]]
"""Takes a valid value and draws what it becomes."""


def _broken(
    judge: Draft7Validator,
    good: SearchStrategy[Json],
    path: Path,
    keyword: str | None,
    breaking: _Breaking,
) -> SearchStrategy[Json]:
    def is_what_it_claims(value: Json) -> bool:
        return any(
            error.validator == keyword and (keyword is None or (*error.absolute_path,) == path)
            for error in judge.iter_errors(value)
        )

    return good.flatmap(breaking).filter(is_what_it_claims)


class _Builder:
    def __init__(self, document: Json) -> None:
        self._document = document
        self._deferred: dict[str, SearchStrategy[Json]] = {}

    def resolve(self, schema: Json) -> Json:
        """Follow refs, and take a sum of one for what it sums."""
        while isinstance(schema, Mapping):
            if "$ref" in schema:
                target = self._document
                for step in schema["$ref"].split("/")[1:]:
                    target = target[step]
                schema = target
            elif len(schema.get("allOf", ())) == 1 and "type" not in schema:
                schema = schema["allOf"][0]
            else:
                break
        return schema

    def of(self, schema: Json) -> SearchStrategy[Json]:
        """Draw values that are valid but for what only the judge can see."""
        if isinstance(schema, Mapping) and (ref := schema.get("$ref")):
            if ref not in self._deferred:
                self._deferred[ref] = st.deferred(lambda: self.of(self.resolve(schema)))
            return self._deferred[ref]
        schema = self.resolve(schema)
        if schema is True or schema == {}:
            return ANYTHING
        if schema is False:
            return st.nothing()
        for keyword in ("anyOf", "oneOf", "allOf"):
            if keyword in schema:
                return st.one_of(*map(self.of, schema[keyword]))
        if "const" in schema or "enum" in schema:
            return st.sampled_from(schema.get("enum", [schema.get("const")]))
        types = _types(schema)
        return st.one_of(*(self._of_type(name, schema) for name in types))

    def _of_type(self, name: str, schema: Json) -> SearchStrategy[Json]:
        match name:
            case "string":
                return _strings(schema)
            case "integer" | "number":
                return _numbers(name, schema)
            case "array":
                return self._arrays(schema)
            case "object":
                return self._objects(schema)
            case _:
                return _OF_TYPE[name]

    def _arrays(self, schema: Json) -> SearchStrategy[Json]:
        least = schema.get("minItems", 0)
        most = min(schema.get("maxItems", least + 5), least + 5)
        unique = json.dumps if schema.get("uniqueItems") else None
        return st.lists(
            self.of(schema.get("items", True)), min_size=least, max_size=most, unique_by=unique
        )

    def _objects(self, schema: Json) -> SearchStrategy[Json]:
        properties = schema.get("properties", {})
        required = set(schema.get("required", ()))
        fixed = {key: self.of(properties.get(key, True)) for key in required}
        optional = {
            key: self.of(inner)
            for key, inner in properties.items()
            if key not in required and inner is not False
        }
        known = st.fixed_dictionaries(fixed, optional=optional)
        additional = schema.get("additionalProperties", True)
        if additional is False:
            return known
        names = st.text(max_size=5).filter(lambda key: key not in properties)
        extra = st.dictionaries(names, self.of(additional), max_size=2)
        return st.builds(lambda own, more: {**more, **own}, known, extra)

    def breakings(
        self, schema: Json, path: Path
    ) -> Iterator[tuple[str, Path, str | None, _Breaking]]:
        """Yield every way to break a schema, at its place and inside the objects below it."""
        schema = self.resolve(schema)
        if not isinstance(schema, Mapping):
            return
        for name, keyword, strategy in _bad(schema):
            yield name, path, keyword, _putting(path, strategy)
        properties = schema.get("properties", {})
        if schema.get("additionalProperties") is False:
            yield "extra key", path, "additionalProperties", _extra(path, set(properties))
        for key in schema.get("required", ()):
            yield f"without {key}", path, "required", _dropping((*path, key))
        for key, inner in properties.items():
            if inner is False:
                yield "forbidden", (*path, key), None, _putting((*path, key), ANYTHING)
            else:
                yield from self.breakings(inner, (*path, key))


def _types(schema: Json) -> list[str]:
    declared = schema.get("type", [*_OF_TYPE])
    return [declared] if isinstance(declared, str) else [*declared]


_ALL_SORTS = "xY0 é-\n\U0001f600"
"""A pattern that takes this takes nearly any text, which then needs no regular expression."""


def _strings(schema: Json) -> SearchStrategy[str]:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    plain = st.text(min_size=least, max_size=most)
    if most is not None:
        plain |= st.text(min_size=most, max_size=most)
    pattern = schema.get("pattern")
    if pattern is None:
        return plain
    expression = re.compile(pattern.replace("$", r"\Z"))
    if expression.search(_ALL_SORTS):
        return plain.filter(lambda text: bool(expression.search(text)))
    return st.from_regex(expression, fullmatch=True).filter(
        lambda text: least <= len(text) <= (len(text) if most is None else most)
    )


def _numbers(name: str, schema: Json) -> SearchStrategy[Json]:
    least, most = schema.get("minimum"), schema.get("maximum")
    if name == "integer":
        return st.integers(least, most)
    return st.floats(least, most, allow_nan=False, allow_infinity=False)


def _bad(schema: Json) -> Iterator[tuple[str, str, SearchStrategy[Json]]]:
    """Yield what a place must not hold: a name, the keyword it breaks, and values."""
    if "type" in schema:
        allowed = {*_types(schema)} | ({"integer"} if "number" in _types(schema) else set())
        for name, strategy in _OF_TYPE.items():
            if name not in allowed and not (name == "number" and "integer" in allowed):
                yield name, "type", strategy
    if "enum" in schema:
        yield "another value", "enum", ANYTHING.filter(lambda value: value not in schema["enum"])
    if "const" in schema:
        yield "another value", "const", ANYTHING.filter(lambda value: value != schema["const"])
    yield from (bad for bad in _beyond(schema) if bad[1] in schema)


def _beyond(schema: Json) -> Iterator[tuple[str, str, SearchStrategy[Json]]]:
    """Yield values just past each bound that a schema may have."""
    short, long = schema.get("minLength", 0), schema.get("maxLength", 0)
    if short:
        yield "too short", "minLength", st.text(min_size=short - 1, max_size=short - 1)
    yield "too long", "maxLength", st.text(min_size=long + 1, max_size=long + 10)
    yield "another pattern", "pattern", _mismatches(schema.get("pattern", ""))
    yield "too small", "minimum", st.integers(max_value=schema.get("minimum", 0) - 1)
    yield "too large", "maximum", st.integers(min_value=schema.get("maximum", 0) + 1)
    few, many = schema.get("minItems", 0), schema.get("maxItems", 0)
    if few:
        yield "too few", "minItems", st.lists(ANYTHING, max_size=few - 1)
    yield "too many", "maxItems", st.lists(ANYTHING, min_size=many + 1, max_size=many + 1)


def _mismatches(pattern: str) -> SearchStrategy[str]:
    """Draw text that a pattern does not match: any, and the characters that most forget."""
    expression = re.compile(pattern.replace("$", r"\Z"))
    nasty = st.sampled_from(["\x00", "\ud800", "\udfff", "\n", "\uff11"])
    text = st.builds(lambda a, b, c: a + b + c, st.text(max_size=9), nasty, st.text(max_size=9))
    return (st.text(max_size=40) | text).filter(lambda value: not expression.search(value))


def _putting(path: Path, strategy: SearchStrategy[Json]) -> _Breaking:
    return lambda value: strategy.map(lambda bad: _put(value, path, bad))


def _put(value: Json, path: Path, bad: Json) -> Json:
    if not path:
        return bad
    return {**value, path[0]: _put(value.get(path[0], {}), path[1:], bad)}


def _dropping(path: Path) -> _Breaking:
    def drop(value: Json, rest: Path) -> Json:
        if len(rest) == 1:
            return {key: inner for key, inner in value.items() if key != rest[0]}
        return {**value, rest[0]: drop(value.get(rest[0], {}), rest[1:])}

    return lambda value: st.just(drop(value, path))


def _extra(path: Path, known: set[str]) -> _Breaking:
    names = st.text(max_size=9).filter(lambda key: key not in known)

    def add(value: Json, key: str, inner: Json) -> Json:
        at = value
        for step in path:
            at = at[step]
        return _put(value, path, {**at, key: inner})

    return lambda value: st.builds(lambda key, inner: add(value, key, inner), names, ANYTHING)
