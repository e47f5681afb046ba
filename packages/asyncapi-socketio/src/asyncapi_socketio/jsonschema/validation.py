"""The only module that knows the JSON Schema libraries: it normalises, judges and explains values.

`jsonschema` (draft 7) is the judge and names the violations; a compiled validator (`jsonschema-rs`)
answers for it on the hot path, where only yes or no is asked. A property test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import jsonschema_rs
from jsonschema import Draft7Validator, ValidationError
from jsonschema.validators import extend

from .dialect import Draft7
from .references import NAMING, Json, resolved, walk
from .wording import JOI, Violation, Wording

__all__ = ["Json", "Schema", "Violation"]


class Schema:
    """What one argument may be: the payload of an event, or the argument of an ack."""

    def __init__(
        self,
        document: Mapping[str, Json],
        *,
        drop_unknown: bool = False,
        booleans: bool = False,
        wording: Wording = JOI,
    ) -> None:
        """Build the validators once; they are kept for the life of the service.

        `document` is a self-contained draft 7 schema. `drop_unknown` and `booleans` are the
        contract's `x-socketio: {unknownKeys: drop, convert: [boolean]}`. `wording` says violations.
        """
        self._document = document
        self._wording = wording
        self._judge = _Judge(document)
        self._compiled = jsonschema_rs.Draft7Validator(
            without_surrogates(document),
            validate_formats=False,  # draft 7 lets them be words only, as jsonschema does
        )
        self._is_valid = self._compiled.is_valid
        self._agrees = not _uses(document, "multipleOf")  # of large floats they think differently
        self._shape = _shape(document, document, {}) if drop_unknown or booleans else _Shape()
        self._converts = self._shape != _Shape()
        self._drop_unknown = drop_unknown
        self._booleans = booleans

    def normalise(self, value: Json) -> Json:
        """Convert what the contract lets clients send loosely; `value` itself stays as it is."""
        try:
            return self._normalise(self._shape, value) if self._converts else value
        except RecursionError:
            return value

    def takes(self, args: list[Json]) -> bool:
        """Normalise the one argument in place, and return whether it is valid."""
        if self._converts:
            args[0] = self.normalise(args[0])
        return self.accepts(args[0])

    def takes_all(self, args: list[Json]) -> bool:
        """Normalise several arguments in place, and return whether their list is valid."""
        if self._converts:
            args[:] = self.normalise(args)
        return self.accepts(args)

    def accepts(self, value: Json) -> bool:
        """Return whether `value` is valid."""
        if self._agrees:
            try:
                return self._is_valid(value)
            except ValueError:  # what it can't represent: a lone surrogate
                pass
        return not self.violations(value)

    def violations(self, value: Json) -> list[Violation]:
        """List every violation of the schema, in the order of its properties; empty when valid.

        An array of `anyOf` alternatives is one violation.
        """
        try:
            details = [
                detail
                for e in self._judge.iter_errors(value)
                for detail in self._wording.explain(e)
            ]
        except RecursionError:
            return [] if self._is_deep_and_valid(value) else [self._wording.too_deep]
        return sorted(details, key=lambda detail: self._rank(detail["path"]))

    def place(self, path: Sequence[str | int]) -> str:
        """Write a path without what the value alone says: keys and indices become `*`."""
        schema: Json = self._document
        steps = []
        for key in path:
            known = _properties(self._document, schema)
            steps.append(key if isinstance(key, str) and key in known else "*")
            inner = known.get(key, {}) if isinstance(key, str) else None
            schema = _item(self._document, schema, key) if inner is None else inner
        return "/".join(steps) or "."

    def _is_deep_and_valid(self, value: Json) -> bool:
        """Ask the compiled validator, which goes deeper than the judge; False when too deep."""
        with suppress(ValueError):
            return self._compiled.is_valid(value)
        return False

    def _normalise(self, shape: _Shape, value: Json) -> Json:
        if self._booleans and shape.boolean and isinstance(value, str):
            return {"true": True, "false": False}.get(value.lower(), value)
        if shape.keys and isinstance(value, dict):
            known = {
                key: self._normalise(inner, value[key])
                for key, inner in shape.keys.items()
                if key in value
            }
            return known if self._drop_unknown else {**value, **known}
        if isinstance(value, list) and (shape.items or shape.each):
            shapes = [*shape.each[: len(value)]]
            shapes += [shape.items or _Shape()] * (len(value) - len(shapes))
            return [self._normalise(*pair) for pair in zip(shapes, value, strict=True)]
        return value

    def _rank(self, path: Sequence[str | int]) -> list[int]:
        """Return the place of a path: the position of each key among the schema's properties."""
        rank = []
        schema: Json = self._document
        for key in path:
            known = _properties(self._document, schema)
            if isinstance(key, int):
                rank.append(key)
                schema = _item(self._document, schema, key)
            else:
                rank.append(list(known).index(key) if key in known else len(known))
                schema = known.get(key, {})
        return rank


@dataclass(slots=True)
class _Shape:
    """What normalising needs to know of a schema; holds itself where the schema does.

    `each` are the items of a tuple, `items` those of any other array.
    """

    boolean: bool = False
    keys: dict[str, _Shape] = field(default_factory=dict)
    items: _Shape | None = None
    each: list[_Shape] = field(default_factory=list)


def _shape(document: Json, schema: Json, made: dict[int, _Shape]) -> _Shape:
    schema = resolved(document, schema)
    if id(schema) not in made:
        shape = made[id(schema)] = _Shape()
        shape.boolean = any("boolean" in b.get("type", ()) for b in _branches(document, schema))
        shape.keys = {
            key: _shape(document, inner, made)
            for key, inner in _properties(document, schema).items()
        }
        items = _items(document, schema)
        if isinstance(items, list):
            shape.each = [_shape(document, item, made) for item in items]
        elif items:
            shape.items = _shape(document, items, made)
    return made[id(schema)]


def _branches(document: Json, schema: Json) -> Iterator[Mapping[str, Json]]:
    """Yield `schema` and all that it is composed of at the same place of the value."""
    schema = resolved(document, schema)
    if isinstance(schema, Mapping):
        yield schema
        for keyword in ("allOf", "anyOf", "oneOf"):
            for branch in schema.get(keyword, ()):
                yield from _branches(document, branch)


def _properties(document: Json, schema: Json) -> dict[str, Json]:
    known: dict[str, Json] = {}
    for branch in _branches(document, schema):
        for key, inner in branch.get("properties", {}).items():
            known.setdefault(key, inner)
    return known


def _item(document: Json, schema: Json, key: str | int) -> Json:
    """Return the schema of the item that an index names."""
    items = _items(document, schema)
    if not isinstance(items, list):
        return items
    return items[key] if isinstance(key, int) and key < len(items) else {}


def _items(document: Json, schema: Json) -> Json:
    return next((b["items"] for b in _branches(document, schema) if "items" in b), None)


_SURROGATES = r"\ud800-\udfff"


def without_surrogates(schema: Json) -> Json:
    """Leave lone surrogates out of patterns: the compiled validator's strings can't hold any."""
    if isinstance(schema, Mapping):
        return {
            key: inner.replace(_SURROGATES, "")
            if key == "pattern" and isinstance(inner, str)
            else without_surrogates(inner)
            for key, inner in schema.items()
        }
    return [without_surrogates(inner) for inner in schema] if isinstance(schema, list) else schema


def _uses(schema: Json, keyword: str) -> bool:
    return any(
        keyword in inner
        for place, inner in walk(schema)
        if isinstance(inner, Mapping) and not (place and place[-1] in NAMING)
    )


def _keys(judge: Json, properties: Json, value: Json, schema: Json) -> Iterator[ValidationError]:
    """Give a forbidden key (the schema `false`) its path, which jsonschema leaves empty."""
    allowed = {key: inner for key, inner in properties.items() if inner is not False}
    yield from Draft7Validator.VALIDATORS["properties"](judge, allowed, value, schema)
    if isinstance(value, Mapping):
        for key in properties.keys() - allowed.keys() & value.keys():
            yield ValidationError("is forbidden", path=(key,))


def _required(_: object, required: Json, value: Json, __: object) -> Iterator[ValidationError]:
    """Put the missing key into the path, as clients are told of it."""
    if isinstance(value, Mapping):
        for key in required:
            if key not in value:
                yield ValidationError("is required", path=(key,))


_Judge: Json = extend(  # type: ignore[no-untyped-call]
    Draft7, {"properties": _keys, "required": _required}
)
