"""Values drawn from a JSON Schema (draft 7): valid ones, and corruptions that are what they say.

A schema is a self-contained document: its `$ref`s are local, and it may be recursive. What can't be
built outright is filtered through `jsonschema`; where nothing comes through, `Undrawable` says so.
"""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from jsonschema import ValidationError

from .canonical import disjoint
from .dialect import Draft7, ecma
from .references import Address, resolved

Json: TypeAlias = Any
Breaking: TypeAlias = Callable[[Json], SearchStrategy[Json]]
"""Takes a valid value and draws what it becomes."""

DEEP = 200
"""Levels of what is nested deeply: far beyond any payload, and within what encoders take."""

FEW = 20
"""Items or keys above which not each is drawn on its own."""

LONGEST = 100_000
"""Characters or items above which nothing is drawn as long as it may be."""

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
"""Any value that every JSON library writes and reads alike."""

_OF_TYPE: dict[str, SearchStrategy[Json]] = {
    "array": st.lists(SCALARS, max_size=3),
    "boolean": st.booleans(),
    "integer": st.integers(-(2**53), 2**53),
    "null": st.none(),
    "number": st.floats(allow_nan=False, allow_infinity=False).filter(lambda n: n != int(n)),
    "object": st.dictionaries(st.text(max_size=5), SCALARS, max_size=3),
    "string": st.text(max_size=20),
}
_WRONG = {**_OF_TYPE, "boolean": st.just(True) | st.booleans()}  # true is 1 to many a language


class Undrawable(ValueError):
    """No value was found for a part of a schema; the message starts with the part's address."""


@dataclass(frozen=True)
class Corruption:
    """A way to break a value: what is done, at which place of the value, and the keyword it breaks.

    A key that is missing, forbidden (its schema is `false`, the keyword `properties`) or wrong is
    the place itself; for a key that nobody declared (`additionalProperties`) it is the object.
    `of` takes a valid value and draws what it becomes; `values` draws such values from the start.
    All of them break that keyword at that place; they may break others too.
    """

    name: str
    path: Address
    keyword: str
    of: Breaking
    values: SearchStrategy[Json]

    def __str__(self) -> str:
        return f"{'/'.join(map(str, self.path)) or 'value'}: {self.name}"


def valid(document: Json) -> SearchStrategy[Json]:
    """Draw values that the schema accepts. Raise `Undrawable`."""
    return _Drawer(document).of(document).filter(Draft7(document).is_valid)


def loosened(
    document: Json, value: Json, *, drop_unknown: bool = False, booleans: bool = False
) -> SearchStrategy[Json]:
    """Draw what a client may send for a valid value, which normalising makes that value again.

    The options are the contract's `x-socketio: {unknownKeys: drop, convert: [boolean]}`.
    """
    return _Drawer(document, drop_unknown=drop_unknown, booleans=booleans).loosened(document, value)


def corruptions(
    document: Json, *, drop_unknown: bool = False, booleans: bool = False
) -> tuple[Corruption, ...]:
    """Name the ways to break the schema: at its top, below objects, in the first item of lists.

    With `drop_unknown` and `booleans` (see `loosened`) nothing is drawn that normalising corrects.
    Where alternatives (`anyOf`, `oneOf`) are not told apart by their types or by a key that one
    requires and the other has not, only wrong types are named. Raise `Undrawable`.
    """
    drawer = _Drawer(document, drop_unknown=drop_unknown, booleans=booleans)
    good = valid(document)
    judge = Draft7(document)
    found: dict[tuple[str, Address, str], _Way] = {}
    for way in drawer.ways(document):
        key = way.name, way.path, way.keyword
        found[key] = found[key].joined(way) if key in found else way
    return tuple(_corruption(judge, good, way) for way in found.values())


def wrong_arity(count: int) -> SearchStrategy[list[Json]]:
    """Draw lists of arguments that are not `count`."""
    return st.lists(ANYTHING, max_size=count + 3).filter(lambda args: len(args) != count)


@dataclass(frozen=True)
class _Way:
    """A corruption of the value at one place.

    `at` is the place that jsonschema reports: of a missing or forbidden key, the object.
    """

    name: str
    keyword: str
    of: Breaking
    path: Address = ()
    at: Address = ()

    def below(self, key: str | int, of: Breaking) -> _Way:
        return replace(self, path=(key, *self.path), at=(key, *self.at), of=of)

    def joined(self, other: _Way) -> _Way:
        return replace(self, of=lambda value: self.of(value) | other.of(value))


def _corruption(judge: Json, good: SearchStrategy[Json], way: _Way) -> Corruption:
    keyword = None if way.keyword == "properties" else way.keyword  # jsonschema's for a `false`

    def is_what_it_says(value: Json) -> bool:
        errors = _flattened(judge.iter_errors(value))
        return any(e.validator == keyword and (*e.absolute_path,) == way.at for e in errors)

    def of(value: Json) -> SearchStrategy[Json]:
        return way.of(value).filter(is_what_it_says)

    return Corruption(way.name, way.path, way.keyword, of, good.flatmap(of))


def _flattened(errors: Iterator[ValidationError]) -> Iterator[ValidationError]:
    for error in errors:
        yield error
        yield from _flattened(iter(error.context))


class _Sieve:
    """Holds values against a rule; raise `Undrawable` when nothing ever came through."""

    def __init__(self, rule: Callable[[Json], bool], address: str) -> None:
        self._rule = rule
        self._address = address
        self._misses: float = 0

    def __call__(self, value: Json) -> bool:
        if self._rule(value):
            self._misses = -math.inf
            return True
        self._misses += 1
        if self._misses >= _TRIES:
            raise Undrawable(f"{self._address}: no valid value in {_TRIES} tries")
        return False


_TRIES = 100
"""Fewer than Hypothesis takes to give up, which could not say where."""

_JUDGED = {
    "contains", "dependencies", "if", "maxProperties", "not", "oneOf",
    "patternProperties", "propertyNames",
}  # fmt: skip
"""Keywords that values are not built for, or not built for alone: they are drawn and judged."""

_NESTING = 2
"""How often a `$ref` is followed inside itself before only what is required is drawn."""


class _Drawer:
    """Draws from the parts of one document; an address is a part's, as a JSON pointer."""

    def __init__(
        self, document: Json, *, drop_unknown: bool = False, booleans: bool = False
    ) -> None:
        self._document = document
        self._judge = Draft7(document)
        self._drop_unknown = drop_unknown
        self._booleans = booleans

    def of(
        self, schema: Json, address: str = "#", refs: tuple[str, ...] = ()
    ) -> SearchStrategy[Json]:
        """Draw values for a part of the document; `refs` are those that led here."""
        if named := " ".join(sorted({*_named(schema)})):
            refs = (*refs, named)
        depth = refs.count(refs[-1]) if refs else 0
        if depth > _NESTING + 1:
            return st.nothing()
        drawn = self._any_of(self._alternatives(schema, address), address, refs)
        if drawn.is_empty and depth <= _NESTING:
            raise Undrawable(f"{address}: no value is valid")
        if self._is_judged(schema, address):
            return drawn.filter(_Sieve(self._judge.evolve(schema=schema).is_valid, address))
        return drawn

    def _any_of(
        self, options: list[Json], address: str, refs: tuple[str, ...]
    ) -> SearchStrategy[Json]:
        """Draw values of any option that has some; raise `Undrawable` when none has."""
        ways: list[SearchStrategy[Json]] = []
        empty: Undrawable | None = None
        for flat in options:
            try:
                ways.append(self._flat(flat, address, refs))
            except Undrawable as error:
                empty = error
        if empty is not None and not ways:
            raise empty
        return st.one_of(*ways)

    def _is_judged(self, schema: Json, address: str) -> bool:
        """Return whether a value drawn for this part may still be invalid."""
        schema = self._resolve(schema, address)
        if isinstance(schema, bool):
            return False
        parts = schema.get("allOf", ())
        return (
            not _JUDGED.isdisjoint(schema)
            or len(parts) > 1
            or any(self._is_judged(part, address) for part in parts)
        )

    def _resolve(self, schema: Json, address: str) -> Json:
        try:
            return resolved(self._document, schema)
        except (LookupError, TypeError) as error:
            raise Undrawable(f"{address}: {error}") from error

    def _alternatives(self, schema: Json, address: str) -> list[Json]:
        """List schemas without `$ref` and sums, of which a valid value takes at least one."""
        schema = self._resolve(schema, address)
        if isinstance(schema, bool):
            return [{}] if schema else []
        found = [{key: schema[key] for key in schema if key not in {"allOf", "anyOf", "oneOf"}}]
        for part in schema.get("allOf", ()):
            options = self._alternatives(part, address)
            found = [_both(one, other) for one in found for other in options]
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                options = [o for part in schema[keyword] for o in self._alternatives(part, address)]
                options += self._alone(options) if keyword == "oneOf" else []
                found = [_both(one, other) for one in found for other in options]
        return found

    def _alone(self, options: list[Json]) -> list[Json]:
        """Make objects of one option that are of no other, where keys alone don't tell them apart.

        A key that only another option names gets a value that is wrong there.
        """
        found = []
        for one in options:
            others = [o for o in options if o is not one and not disjoint(self._document, one, o)]
            foreign = [
                next(((k, v) for k, v in _declared(o).items() if k not in _declared(one)), None)
                for o in others
            ]
            if others and all(foreign) and {*_types(one)} == {"object"}:
                wrong = {key: {"not": inner} for key, inner in filter(None, foreign)}
                found.append(_both(one, {"required": [*wrong], "properties": wrong}))
        return found

    def _flat(self, schema: Json, address: str, refs: tuple[str, ...]) -> SearchStrategy[Json]:
        if "const" in schema or "enum" in schema:
            judge = self._judge.evolve(schema=schema)
            fit = [*filter(judge.is_valid, schema.get("enum", [schema.get("const")]))]
            return st.sampled_from(fit) if fit else st.nothing()
        if not schema:
            return ANYTHING
        return st.one_of(*(self._of_type(t, schema, address, refs) for t in _types(schema)))

    def _of_type(
        self, name: str, schema: Json, address: str, refs: tuple[str, ...]
    ) -> SearchStrategy[Json]:
        match name:
            case "string":
                return self._strings(schema, address)
            case "integer" | "number":
                return _numbers(name, schema)
            case "array":
                return self._arrays(schema, address, refs)
            case "object":
                return self._objects(schema, address, refs)
            case _:
                return _OF_TYPE[name]

    def _strings(self, schema: Json, address: str) -> SearchStrategy[str]:
        least, most = schema.get("minLength", 0), schema.get("maxLength")
        pattern = schema.get("pattern")
        if pattern is None and schema.get("format") == "uuid":
            return st.uuids().map(str)
        if most is not None and most < least:
            return st.nothing()
        plain = st.text(min_size=least, max_size=least + 20)
        if most is not None:
            plain = st.text(min_size=least, max_size=min(most, least + 20))
            plain |= _exactly(min(most, max(least, LONGEST)))
        if pattern is None:
            return plain
        expression = ecma(pattern)
        if expression.search(_ALL_SORTS):
            return plain.filter(lambda text: bool(expression.search(text)))
        longest = math.inf if most is None else most
        fits = _Sieve(lambda text: least <= len(text) <= longest, address)
        return st.from_regex(expression).filter(fits)

    def _arrays(
        self, schema: Json, address: str, refs: tuple[str, ...]
    ) -> SearchStrategy[list[Json]]:
        items = schema.get("items", True)
        if isinstance(items, list):
            return self._tuples(schema, items, address, refs)
        least = schema.get("minItems", 0)
        most = min(schema.get("maxItems", least + 3), least + 3)
        if _is_bare(refs):
            most = least
        if most == 0:
            return st.builds(list)
        drawn = self.of(items, f"{address}/items", refs)
        if "contains" in schema:
            drawn |= self.of(schema["contains"], f"{address}/contains", refs)
        unique = json.dumps if schema.get("uniqueItems") else None
        if most < least or (least and drawn.is_empty):
            return st.nothing()
        return st.lists(drawn, min_size=least, max_size=most, unique_by=unique)

    def _tuples(
        self, schema: Json, items: list[Json], address: str, refs: tuple[str, ...]
    ) -> SearchStrategy[list[Json]]:
        """Draw arrays whose items have schemas of their own: all of these, if as many may be.

        Where `minItems` says so, some are left out; others follow where they have a schema.
        """
        least, others = schema.get("minItems", 0), schema.get("additionalItems", True)
        count = max(least, min(len(items), schema.get("maxItems", len(items))))
        each = [*items, *[others] * count][:count]
        drawn = [self.of(part, f"{address}/items/{n}", refs) for n, part in enumerate(each)]
        whole = st.tuples(*drawn).map(list)
        if isinstance(others, Mapping) and others and "maxItems" not in schema:
            rest = self.of(others, f"{address}/additionalItems", refs)
            whole = st.builds(operator.add, whole, st.lists(rest, max_size=_NESTING))
        if "minItems" in schema and least < count:
            shorter = (st.tuples(*drawn[:length]).map(list) for length in range(least, count))
            return st.one_of(*shorter, whole)
        return whole

    def _objects(
        self, schema: Json, address: str, refs: tuple[str, ...]
    ) -> SearchStrategy[dict[str, Json]]:
        properties = schema.get("properties", {})
        required = schema.get("required", ())
        additional = schema.get("additionalProperties", True)
        drawn = {
            key: self.of(inner, f"{address}/properties/{key}", refs)
            for key, inner in {**dict.fromkeys(required, additional), **properties}.items()
            if key in required or not (inner is False or _is_bare(refs))
        }
        fixed = {key: drawn.pop(key) for key in required}
        if any(value.is_empty for value in fixed.values()):
            return st.nothing()
        known = st.fixed_dictionaries(
            fixed, optional={key: value for key, value in drawn.items() if not value.is_empty}
        )
        missing = max(0, schema.get("minProperties", 0) - len(required))
        if additional is False or (_is_bare(refs) and not missing):
            return known
        names = st.text(max_size=5).filter(lambda key: key not in properties)
        others = self.of(additional, f"{address}/additionalProperties", refs)
        extra = st.dictionaries(names, others, min_size=missing, max_size=missing + 2)
        return st.builds(lambda own, more: {**more, **own}, known, extra)

    def loosened(self, schema: Json, value: Json) -> SearchStrategy[Json]:
        """Draw what normalises to a valid value of a part of the document."""
        options = self._alternatives(schema, "#")
        fitting = [flat for flat in options if self._judge.evolve(schema=flat).is_valid(value)]
        if not fitting:
            return st.just(value)
        if isinstance(value, bool) and self._booleans and "boolean" in fitting[0].get("type", ()):
            return st.just(value) | st.sampled_from(_SPELLINGS[value])
        items = fitting[0].get("items")
        if isinstance(value, list) and isinstance(items, Mapping):
            return st.tuples(*(self.loosened(items, item) for item in value)).map(list)
        if isinstance(value, list) and isinstance(items, list):
            each = [*items, *[True] * len(value)]
            pairs = zip(each, value, strict=False)
            return st.tuples(*(self.loosened(part, item) for part, item in pairs)).map(list)
        if isinstance(value, dict):
            return self._with_more(fitting[0], value, {k for o in options for k in _declared(o)})
        return st.just(value)

    def _with_more(self, schema: Json, value: Json, known: set[str]) -> SearchStrategy[Json]:
        properties = _declared(schema)
        own = st.fixed_dictionaries(
            {key: self.loosened(properties.get(key, True), inner) for key, inner in value.items()}
        )
        if not self._drop_unknown or schema.get("additionalProperties") is not False:
            return own
        names = st.text(max_size=9).filter(lambda key: key not in known)
        extra = st.dictionaries(names, ANYTHING, max_size=3)
        return st.builds(lambda mine, more: {**more, **mine}, own, extra)

    def ways(self, schema: Json, address: str = "#", refs: tuple[str, ...] = ()) -> Iterator[_Way]:
        """Yield the ways to break a part of the document, inside a recursive one once."""
        if isinstance(schema, bool) or refs.count(schema.get("$ref", "")) == _NESTING:
            return
        refs = (*refs, schema["$ref"]) if "$ref" in schema else refs
        options = self._alternatives(schema, address)
        types = {name for flat in options for name in _types(flat)}
        for flat in options:
            others = [other for other in options if other is not flat]
            yield from self._wrong_types(flat, types)
            if all(self._are_apart(flat, other) for other in others):
                redrawn = self._flat(flat, address, ())
                here = (*_ways_here(flat), *self._wrong_counts(flat, address))
                for way in (*here, *self._ways_below(flat, address, refs)):
                    # Among several, the valid value may be of another alternative.
                    yield replace(way, of=_from(redrawn, way.of)) if others else way

    def _wrong_types(self, schema: Json, types: set[str]) -> Iterator[_Way]:
        if "type" not in schema:
            return
        allowed = types | ({"integer"} if "number" in types else set())

        def normalised(value: Json) -> bool:
            spelt = isinstance(value, str) and value.lower() in {"true", "false"}
            return spelt and self._booleans and "boolean" in types

        for name in sorted(_OF_TYPE.keys() - allowed):
            yield _Way(name, "type", _to(_WRONG[name].filter(lambda value: not normalised(value))))
        if "array" not in types:
            yield _Way("nested deeply", "type", _to(st.builds(_nested)))
            yield _Way("in a list", "type", lambda value: st.just([value]))
        if "string" not in types and not (self._booleans and types == {"boolean"}):

            def written(value: Json) -> SearchStrategy[Json]:
                return st.just(json.dumps(value)).filter(lambda text: not normalised(text))

            yield _Way("written as text", "type", written)

    def _are_apart(self, one: Json, other: Json) -> bool:
        """Return whether a value of `one` that is broken in one place is none of `other`."""
        return _are_apart(one, other) or disjoint(self._document, one, other)

    def _wrong_counts(self, schema: Json, address: str) -> Iterator[_Way]:
        """Yield lists and objects of the wrong size, their items valid where they can be."""
        if "array" in _types(schema):
            least, most = schema.get("minItems", 0), schema.get("maxItems")
            if least:
                yield _Way("empty", "minItems", _to(st.just([])))
            if least > 1:
                yield _Way("just too few", "minItems", self._of_length(schema, address, least - 1))
            if most is not None and most <= LONGEST:
                yield _Way("just too many", "maxItems", self._of_length(schema, address, most + 1))
            if schema.get("uniqueItems"):
                twice = self._of_length({**schema, "uniqueItems": False}, address, max(2, least))
                yield _Way("twice the same", "uniqueItems", twice)
        most = schema.get("maxProperties", FEW + 1)
        if "object" in _types(schema) and most <= FEW:
            others = schema.get("additionalProperties", True)
            drawn = self.of(others, f"{address}/additionalProperties")
            names = [f"{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"[: most + 1]]
            larger = st.fixed_dictionaries(dict.fromkeys(names, drawn))

            def more(value: Json) -> SearchStrategy[Json]:
                return larger.map(lambda others: {**others, **value})

            wholes = _whole(dict, lambda: st.just({}))
            yield _Way("just too many keys", "maxProperties", wholes(more))

    def _of_length(self, schema: Json, address: str, count: int) -> Breaking:
        """Make a list of so many items: valid ones, all of them other ones where they must be."""
        items = schema.get("items", True)
        if isinstance(items, list):
            return lambda value: st.just(_cut(value, count))
        drawn = self.of(items, f"{address}/items")
        alike = drawn.map(lambda item: [item] * count)
        if schema.get("uniqueItems") and count <= FEW:
            return _to(st.lists(drawn, min_size=count, max_size=count, unique_by=json.dumps))
        return lambda value: alike | st.just(_cut(value, count))

    def _ways_below(self, schema: Json, address: str, refs: tuple[str, ...]) -> Iterator[_Way]:
        if "object" in _types(schema):
            objects = _whole(dict, lambda: self._objects(schema, address, ()))
            for way, of in self._ways_of_keys(schema, address, refs):
                yield replace(way, of=objects(of))
        if "array" in _types(schema):
            items = isinstance(schema.get("items"), Mapping)
            yield from (self._ways_of_items if items else self._ways_of_tuples)(
                schema, address, refs
            )

    def _ways_of_items(self, schema: Json, address: str, refs: tuple[str, ...]) -> Iterator[_Way]:
        items = schema["items"]
        arrays = _whole(list, lambda: self._arrays(schema, address, ()))
        drawn = self.of(items, f"{address}/items")
        for number, way in enumerate(self.ways(items, f"{address}/items", refs)):
            yield way.below(0, arrays(_in_first(drawn, way.of)))
            if number == 0 and schema.get("maxItems", FEW) > 1:
                yield way.below(1, arrays(_in_second(drawn, way.of)))

    def _ways_of_tuples(self, schema: Json, address: str, refs: tuple[str, ...]) -> Iterator[_Way]:
        items = schema.get("items")
        if not isinstance(items, list):
            return
        tuples = _whole(list, lambda: self._arrays(schema, address, ()))
        for index, part in enumerate(items[: schema.get("maxItems", len(items))]):
            longer = self._longer(schema, items[: index + 1], address)
            for way in self.ways(part, f"{address}/items/{index}", refs):
                inside = _in_item(index, way.of)
                optional = "minItems" in schema and index >= schema["minItems"]
                yield way.below(index, _from(longer, inside) if optional else tuples(inside))
        rest = schema.get("additionalItems")
        for index in (len(items), len(items) + 1) if isinstance(rest, Mapping) else ():
            longer = self._longer(schema, [*items, *[rest] * (index + 1 - len(items))], address)
            for way in self.ways(rest, f"{address}/additionalItems", refs):
                yield way.below(index, _from(longer, _in_item(index, way.of)))

    def _longer(self, schema: Json, items: list[Json], address: str) -> SearchStrategy[list[Json]]:
        """Draw arrays with as many items, at least, as are given."""
        count = max(len(items), schema.get("minItems", 0))
        others = schema.get("additionalItems", True)
        every = [*items, *[others] * count][:count]
        return st.tuples(*(self.of(part, f"{address}/items") for part in every)).map(list)

    def _ways_of_keys(
        self, schema: Json, address: str, refs: tuple[str, ...]
    ) -> Iterator[tuple[_Way, Breaking]]:
        """Yield ways to break an object, each with what it does to one."""
        properties = schema.get("properties", {})
        for key in schema.get("required", ()):
            yield _Way(f"without {key}", "required", _to(st.none()), path=(key,)), _without(key)
        if schema.get("additionalProperties") is False and not self._drop_unknown:
            names = st.text(max_size=9).filter(lambda key: key not in properties)
            yield _Way("extra key", "additionalProperties", _to(st.none())), _with_key(names)
        others = schema.get("additionalProperties", True)
        named = {"x": others} if isinstance(others, Mapping) and "x" not in properties else {}
        for key, inner in {**properties, **named}.items():
            if not self._alternatives(inner, address):
                way = _Way("forbidden", "properties", _to(st.none()), path=(key,))
                yield way, _with_key(st.just(key))
                continue
            drawn = self.of(inner, f"{address}/properties/{key}")
            for way in self.ways(inner, f"{address}/properties/{key}", refs):
                yield way.below(key, way.of), _in_key(key, drawn, way.of)


def _ways_here(schema: Json) -> Iterator[_Way]:
    """Yield the ways to break a flat schema at its place, but for its type."""
    yield from _other_values(schema)
    if "string" in _types(schema):
        yield from _wrong_lengths(schema)
    if "integer" in _types(schema) or "number" in _types(schema):
        yield from _wrong_numbers(schema)
    if "object" in _types(schema) and len(schema.get("required", ())) > 1:
        missing = schema["required"][0]
        yield _Way("without any key", "required", lambda _: st.just({}), path=(missing,))


def _are_apart(one: Json, other: Json) -> bool:
    """Return whether no value of `one`, however broken, is of `other`: by its type or a key."""
    if "const" in one or "enum" in one:
        return False
    if {*_types(one)}.isdisjoint(_types(other)):
        return True
    return (
        {*_types(one)} == {"object"}
        and one.get("additionalProperties") is False
        and not {*other.get("required", ())} <= _declared(one).keys()
    )


def _named(schema: Json) -> Iterator[str]:
    """Yield the refs that a schema is, or is a sum of."""
    if isinstance(schema, Mapping):
        if "$ref" in schema:
            yield schema["$ref"]
        for part in schema.get("allOf", ()):
            yield from _named(part)


def _is_bare(refs: tuple[str, ...]) -> bool:
    return bool(refs) and refs.count(refs[-1]) > _NESTING


def _types(schema: Json) -> list[str]:
    declared = schema.get("type", [*_OF_TYPE])
    return [declared] if isinstance(declared, str) else [*declared]


def _declared(schema: Json) -> dict[str, Json]:
    found: dict[str, Json] = schema.get("properties", {})
    return found


_SPELLINGS = {True: ["true", "True", "TRUE", "tRuE"], False: ["false", "False", "FALSE", "fAlSe"]}

_STRICTEST: dict[str, Callable[[Json, Json], Json]] = {
    "additionalProperties": lambda one, other: {"allOf": [one, other]} if one and other else False,
    "enum": lambda one, other: [value for value in one if value in other],
    "exclusiveMaximum": min,
    "exclusiveMinimum": max,
    "items": lambda one, other: _both_items(one, other),  # noqa: PLW0108 - it stands below
    "maxItems": min,
    "maxLength": min,
    "maxProperties": min,
    "maximum": min,
    "minItems": max,
    "minLength": max,
    "minProperties": max,
    "minimum": max,
    "properties": lambda one, other: {
        **one,
        **{key: {"allOf": [one.get(key, True), inner]} for key, inner in other.items()},
    },
    "required": lambda one, other: [*dict.fromkeys([*one, *other])],
}


def _both(one: Json, other: Json) -> Json:
    """Make one flat schema of two; where two values of a keyword don't combine, the first's."""
    merged = {**other, **one}
    for keyword in one.keys() & other.keys() & _STRICTEST.keys():
        merged[keyword] = _STRICTEST[keyword](one[keyword], other[keyword])
    if "type" in one and "type" in other:
        integers = {"integer"} if {*_types(one), *_types(other)} >= {"integer", "number"} else set()
        merged["type"] = sorted({*_types(one)} & {*_types(other)} | integers)
    return merged


def _both_items(one: Json, other: Json) -> Json:
    """Make one schema of two for the items of an array, or one for each item of a tuple."""
    if one == other:
        return one
    if not isinstance(one, list) and not isinstance(other, list):
        return {"allOf": [one, other]}
    count = max(len(each) for each in (one, other) if isinstance(each, list))
    pair = [
        (each + [True] * count)[:count] if isinstance(each, list) else [each] * count
        for each in (one, other)
    ]
    return [{"allOf": [*both]} for both in zip(*pair, strict=True)]


_ALL_SORTS = "xY0 é-\n\U0001f600"
"""A pattern that takes this takes nearly any text, which then needs no regular expression."""


def _exactly(length: int) -> SearchStrategy[str]:
    """Draw text of one length, cheaply."""
    few = st.text(min_size=1, max_size=8)
    return few.map(lambda text: (text * (length // len(text) + 1))[:length])


def _numbers(name: str, schema: Json) -> SearchStrategy[Json]:
    least, most = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    step = schema.get("multipleOf", 1)
    first = max(least, -(2**53) if above is None else above)
    last = min(most, 2**53 if below is None else below)
    whole: SearchStrategy[Json] = st.nothing()
    if math.ceil(first / step) <= math.floor(last / step):
        whole = st.integers(math.ceil(first / step), math.floor(last / step)).map(
            lambda count: count * step
        )
    if name == "number" and "multipleOf" not in schema and first <= last:
        whole |= st.floats(float(first), float(last))
    return whole.filter(
        lambda n: (
            (above is None or n > above)
            and (below is None or n < below)
            and (name == "number" or n == int(n))
        )
    )


def _other_values(schema: Json) -> Iterator[_Way]:
    """Yield a value outside `enum` or `const`: any, or one that differs in little."""
    for keyword in ("enum", "const"):
        if keyword in schema:
            listed = schema["enum"] if keyword == "enum" else [schema["const"]]
            texts = [text for text in listed if isinstance(text, str)]
            near = [change for text in texts for change in (text + " ", text.swapcase(), text[:-1])]
            yield _Way("another value", keyword, _to(ANYTHING | _sampled(near)))
            if texts:
                others = [text.swapcase() for text in texts]
                yield _Way("in another case", keyword, _to(_sampled(others)))


def _wrong_lengths(schema: Json) -> Iterator[_Way]:
    least, most, pattern = (
        schema.get("minLength", 0),
        schema.get("maxLength"),
        schema.get("pattern"),
    )
    if least:
        yield _Way("empty", "minLength", _to(st.just("")))
    elif pattern is not None and not ecma(pattern).search(""):
        yield _Way("empty", "pattern", _to(st.just("")))
    if least > 1:
        yield _Way("just too short", "minLength", _stretched(least - 1))
    if most is not None and most <= LONGEST:
        yield _Way("just too long", "maxLength", _stretched(most + 1))
        yield _Way("far too long", "maxLength", _stretched(10 * most + 1))
    if pattern is not None:
        yield _Way("another pattern", "pattern", _mismatching)
        for name, change in _CHANGES.items():
            yield _Way(f"another pattern, {name}", "pattern", _changed(pattern, change))
        if pattern.endswith("$"):
            yield _Way("with a newline behind", "pattern", _with_newline(pattern))


_CHANGES: Mapping[str, Callable[[str], str]] = {
    "as in another case": str.swapcase,
    "as with more before": lambda text: f"-{text}",
    "as with more behind": lambda text: f"{text}-",
}
"""What a pattern takes that is not anchored, or has a flag too many."""


def _changed(pattern: str, change: Callable[[str], str]) -> Breaking:
    """Change a text so that a pattern does not match; where it still does, take any such text."""

    def of(value: Json) -> SearchStrategy[str]:
        wrong = isinstance(value, str) and not ecma(pattern).search(change(value))
        return st.just(change(value)) if wrong else _mismatching(value)

    return of


def _with_newline(pattern: str) -> Breaking:
    """Put a newline behind a text: `$` of Python, PHP and Perl takes it, that of ECMA does not."""

    def of(value: Json) -> SearchStrategy[str]:
        text = f"{value}\n"
        matches = isinstance(value, str) and ecma(pattern).search(text)
        return _mismatching(value) if matches else st.just(text)

    return of


def _mismatching(value: Json) -> SearchStrategy[str]:
    """Draw text that a pattern hardly matches: a valid one with little changed, or any."""
    base = value if isinstance(value, str) else ""
    changed = st.sampled_from([f"{base}\n", f"{{{base}}}", base.upper(), base.replace("-", "")])
    nasty = st.sampled_from(["\x00", "\ud800", "\udfff", "\n", "\uff11", "é"])
    places = st.integers(0, len(base))
    put = st.builds(lambda at, odd: base[:at] + odd + base[at + 1 :], places, nasty)
    return put | changed | st.text(max_size=40)


def _wrong_numbers(schema: Json) -> Iterator[_Way]:
    whole = "number" not in _types(schema)
    for keyword, away, name in (("minimum", -1, "too small"), ("maximum", 1, "too large")):
        if keyword in schema:
            bound = schema[keyword]
            near = bound + away if whole else math.nextafter(bound, away * math.inf)
            yield _Way(f"just {name}", keyword, _to(st.just(near)))
            if not whole:
                step = bound + away * schema.get("multipleOf", 1)
                yield _Way(f"a step {name}", keyword, _to(st.just(step)))
            yield _Way(f"far {name}", keyword, _to(st.just(bound + away * 2**40)))
        strict = f"exclusive{keyword.capitalize()}"
        if strict in schema:
            yield _Way(f"just {name}", strict, _to(st.just(schema[strict])))
    if "multipleOf" in schema:
        step = schema["multipleOf"]
        between = [step / 2, 1] if not whole else [*range(1, math.ceil(step))]
        yield _Way("not a multiple", "multipleOf", _between(step, between, whole=whole))


def _between(step: float, others: Sequence[Json], *, whole: bool) -> Breaking:
    """Move a number off its step, and hardly elsewhere; or take another one."""
    near = [1, -1] if whole else [step / 2, -step / 2]

    def of(value: Json) -> SearchStrategy[Json]:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return _sampled([value + away for away in near] if is_number else others) | _sampled(others)

    return of


def _stretched(length: int) -> Breaking:
    """Make a text of another length: of what it has already, or of anything."""

    def of(value: Json) -> SearchStrategy[str]:
        text = value if isinstance(value, str) and value else "a"
        return st.just((text + text[-1] * length)[:length]) | _exactly(length)

    return of


def _cut(value: Json, count: int) -> list[Json]:
    """Make a list of exactly so many items."""
    items = value if isinstance(value, list) and value else [None]
    return (items * (count // len(items) + 1))[:count]


def _nested() -> Json:
    value: Json = None
    for _ in range(DEEP):
        value = [value]
    return value


def _sampled(values: Sequence[Json]) -> SearchStrategy[Json]:
    return st.sampled_from(values) if values else st.nothing()


def _to(drawn: SearchStrategy[Json]) -> Breaking:
    return lambda _: drawn


def _from(drawn: SearchStrategy[Json], of: Breaking) -> Breaking:
    return lambda _: drawn.flatmap(of)


def _whole(
    kind: type[Json], draw: Callable[[], SearchStrategy[Json]]
) -> Callable[[Breaking], Breaking]:
    """Let a breaking that takes one kind of value take any: a new one is drawn for the others."""
    return lambda of: lambda value: of(value) if isinstance(value, kind) else draw().flatmap(of)


def _without(key: str) -> Breaking:
    return lambda value: st.just({name: value[name] for name in value if name != key})


def _with_key(names: SearchStrategy[str]) -> Breaking:
    return lambda value: st.builds(lambda key, inner: {**value, key: inner}, names, ANYTHING)


def _in_key(key: str, drawn: SearchStrategy[Json], of: Breaking) -> Breaking:
    def inside(value: Json) -> SearchStrategy[Json]:
        broken = of(value[key]) if key in value else drawn.flatmap(of)
        return broken.map(lambda bad: {**value, key: bad})

    return inside


def _in_first(drawn: SearchStrategy[Json], of: Breaking) -> Breaking:
    def inside(value: Json) -> SearchStrategy[Json]:
        broken = of(value[0]) if value else drawn.flatmap(of)
        return broken.map(lambda bad: [bad, *value[1:]])

    return inside


def _in_second(drawn: SearchStrategy[Json], of: Breaking) -> Breaking:
    def inside(value: Json) -> SearchStrategy[Json]:
        first = st.just(value[0]) if value else drawn
        broken = of(value[1]) if len(value) > 1 else drawn.flatmap(of)
        return st.builds(lambda good, bad: [good, bad, *value[2:]], first, broken)

    return inside


def _in_item(index: int, of: Breaking) -> Breaking:
    def inside(value: Json) -> SearchStrategy[Json]:
        if index >= len(value):
            return st.nothing()
        return of(value[index]).map(lambda bad: [*value[:index], bad, *value[index + 1 :]])

    return inside
