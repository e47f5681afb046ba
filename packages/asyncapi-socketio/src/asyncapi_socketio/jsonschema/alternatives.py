"""A schema as alternatives: each of one kind of value, each a list of all that must hold at once.

`$ref`s are followed, `allOf`, `anyOf`, `oneOf` and lists of types are multiplied out, so that two
schemas that say the same in other words look the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import TypeAlias

from .references import Address, Json, at, target
from .validation import Schema

KINDS = ("null", "boolean", "integer", "number", "string", "array", "object")
"""Kinds of values that share none: `number` are those that are not whole."""

_FEW: Mapping[str, list[Json]] = {"null": [None], "boolean": [False, True]}

MOST = 64
"""Alternatives of one schema; who has more is not looked into."""


class Tangled(ValueError):
    """A schema multiplies out to more alternatives than anyone can read."""


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a self-contained schema; `place` is where it stands in it, `$ref`s followed.

    Two are equal at the same place of one schema: `whole` tells schemas apart.
    """

    root: Json = field(compare=False, repr=False)
    schema: Json = field(compare=False)
    place: Address
    whole: int

    def below(self, *keys: str | int) -> Node:
        """Return a part of this part; raise LookupError."""
        schema = self.schema
        for key in keys:
            schema = schema[key]
        return _followed(self.root, schema, (*self.place, *keys))

    def get(self, keyword: str, default: Json = None) -> Json:
        """Return the value of a keyword."""
        return self.schema.get(keyword, default) if isinstance(self.schema, Mapping) else default

    def says(self, keyword: str) -> bool:
        """Return whether it has a keyword."""
        return isinstance(self.schema, Mapping) and keyword in self.schema

    def judge(self) -> Schema:
        """Compile it, with all that it refers to."""
        definitions = self.root.get("definitions", {})
        return Schema({"allOf": [self.schema], "definitions": definitions})


All: TypeAlias = tuple[Node, ...]
"""Parts that must all hold for one value; without any, everything is valid."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Values of one kind; `branch` is the part of an `anyOf` or `oneOf` that was chosen."""

    kind: str
    parts: All
    branch: Node | None

    def values(self) -> list[Json] | None:
        """List all values, if they are listed (`enum`, `const`) or few; None if they are many."""
        listed = [_listed(part) for part in self.parts]
        few: list[Json] | None = _FEW.get(self.kind)
        candidates = next((values for values in listed if values is not None), few)
        if candidates is None:
            return None
        return [value for value in candidates if kind_of(value) == self.kind and self.fits(value)]

    def fits(self, value: Json) -> bool:
        """Return whether a value of this kind is one of this alternative."""
        return all(part.judge().accepts(value) for part in self.parts)

    def is_listed(self) -> bool:
        """Return whether the schema lists the values."""
        return any(_listed(part) is not None for part in self.parts)


def top(document: Json) -> Node:
    """Take a self-contained schema as a whole."""
    return _followed(document, document, ())


def alternatives(parts: All) -> list[Alternative]:
    """Multiply out what must hold at once. Raise `Tangled`."""
    found = [_joined(chosen) for chosen in _products([_options(part, ()) for part in parts])]
    return [
        Alternative(kind, flat, branch)
        for flat, branch in found
        for kind in KINDS
        if all(kind in _kinds(part) for part in flat)
    ]


def kind_of(value: Json) -> str:
    """Return the kind of a value, as JSON Schema has it: 1.0 is whole."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "integer" if value == int(value) else "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


_Option: TypeAlias = tuple[All, Node | None]


def _followed(root: Json, schema: Json, place: Address) -> Node:
    if isinstance(schema, Mapping) and isinstance(ref := schema.get("$ref"), str):
        place = target(root, ref)
        schema = at(root, place)
    return Node(root, schema, place, id(root))


def _options(node: Node, seen: tuple[Address, ...]) -> list[_Option]:
    """List the ways to be valid; none for what refers back to itself without a step inside."""
    if node.schema is False or node.place in seen:
        return []
    seen = (*seen, node.place)
    factors: list[list[_Option]] = [[((node,), None)]]
    factors += [_options(node.below("allOf", index), seen) for index in _indices(node, "allOf")]
    for keyword in ("anyOf", "oneOf"):
        if node.says(keyword):
            branches = [node.below(keyword, index) for index in _indices(node, keyword)]
            factors.append([
                (parts, inner or branch)
                for branch in branches
                for parts, inner in _options(branch, seen)
            ])  # fmt: skip
    return [_joined(chosen) for chosen in _products(factors)]


def _indices(node: Node, keyword: str) -> range:
    return range(len(node.get(keyword, ())))


def _products(factors: list[list[_Option]]) -> Iterator[tuple[_Option, ...]]:
    for count, chosen in enumerate(product(*factors)):
        if count == MOST:
            raise Tangled
        yield chosen


def _joined(chosen: tuple[_Option, ...]) -> _Option:
    parts = dict.fromkeys(part for flat, _ in chosen for part in flat)
    branches = [branch for _, branch in chosen if branch]
    return (*parts,), branches[-1] if branches else None


def _kinds(node: Node) -> set[str]:
    declared = node.get("type", [*KINDS])
    kinds = {declared} if isinstance(declared, str) else {*declared}
    kinds |= {"integer"} if "number" in kinds else set()
    listed = _listed(node)
    return kinds if listed is None else kinds & {*map(kind_of, listed)}


def _listed(node: Node) -> list[Json] | None:
    values: list[Json] | None = node.get("enum")
    return [node.get("const")] if node.says("const") else values
