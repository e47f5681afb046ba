"""The keywords that two schemas are compared by, one kind of value at a time, and their escapes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy

from .alternatives import All, Alternative, Node
from .dialect import ecma
from .references import Address, Json

Kind: TypeAlias = Literal[
    "bound", "branch", "closed", "condition", "format", "key", "pattern", "required",
    "tolerated", "type", "undeclared", "value",
]  # fmt: skip


SEARCH = settings(
    database=None,
    deadline=None,
    derandomize=True,
    max_examples=150,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[*HealthCheck],
)
"""Draw the same each time."""


@dataclass(frozen=True, slots=True)
class Escape:
    """A way out of the consumer's schema, at a place of the value.

    `here` and `there` are the places in the producer's and the consumer's schema, None where it
    says nothing; `held` and `asked` is what the two say of `subject`. A value that shows it fits
    `example_schema` at `path` and does not fit all of `asker`.
    """

    kind: Kind
    subject: str
    path: Address = ()
    here: Address | None = None
    there: Address | None = None
    held: Json = None
    asked: Json = None
    example_schema: Json = True
    asker: All = ()

    def below(self, key: str | int) -> Escape:
        """Return it as seen from the value around."""
        return replace(self, path=(key, *self.path))


def saying(parts: All, keyword: str) -> list[Node]:
    """List the parts that have a keyword."""
    return [part for part in parts if part.says(keyword)]


def children(parts: All, keyword: str) -> All:
    """Return what stands under a keyword, in each part that has it."""
    return tuple(part.below(keyword) for part in saying(parts, keyword))


def tuple_length(parts: All) -> int:
    """Return how many items of an array have schemas of their own."""
    lists = (part.get("items") for part in saying(parts, "items"))
    return max((len(items) for items in lists if isinstance(items, list)), default=0)


def items(parts: All, index: int) -> All:
    """Return what holds for the item of an index, in each part that says so."""
    return tuple(_item(part, index) for part in saying(parts, "items") if _has_item(part, index))


def _has_item(part: Node, index: int) -> bool:
    listed = part.get("items")
    within = not isinstance(listed, list) or index < len(listed)
    return within or part.says("additionalItems")


def _item(part: Node, index: int) -> Node:
    listed = part.get("items")
    if not isinstance(listed, list):
        return part.below("items")
    return part.below("items", index) if index < len(listed) else part.below("additionalItems")


def of_keyword(
    kind: Kind, keyword: str, one: All, other: All, example_schema: Json = True
) -> Escape:
    """Make the escape that a keyword causes: where, and what the two sides say there."""
    mine, theirs = saying(one, keyword), saying(other, keyword)
    return Escape(
        kind,
        keyword,
        here=(*mine[0].place, keyword) if mine else None,
        there=(*theirs[0].place, keyword) if theirs else None,
        held=mine[0].get(keyword) if mine else None,
        asked=theirs[0].get(keyword) if theirs else None,
        example_schema=example_schema,
        asker=other,
    )


def lost(alternative: Alternative, producer: All, consumer: All) -> Iterator[Escape]:
    """Yield the escapes of a kind of value that the consumer does not take at all."""
    values = alternative.values()
    if alternative.is_listed() and values is not None:
        yield from values_lost(alternative, values, [], consumer)
    elif alternative.branch:
        yield branch_lost(alternative, consumer)
    else:
        spot = of_keyword("type", "type", alternative.parts, consumer, {"type": alternative.kind})
        here = spot.here or (producer[0].place if producer else None)
        there = spot.there or consumer[0].place
        yield replace(spot, subject=alternative.kind, here=here, there=there)


def branch_lost(alternative: Alternative, consumer: All) -> Escape:
    """Make the escape of an alternative that the consumer has no like of."""
    branch = alternative.branch or alternative.parts[-1]
    return Escape(
        "branch",
        _title(branch),
        here=branch.place,
        example_schema={"type": alternative.kind},
        asker=consumer,
    )


def _title(branch: Node) -> str:
    """Name a branch: by its name as a schema, else by its title or type."""
    if branch.place[:-1] == ("definitions",):
        return str(branch.place[-1])
    return str(branch.get("title") or branch.get("type") or branch.place[-1])


def values_lost(
    one: Alternative, values: list[Json], theirs: list[Alternative], consumer: All
) -> Iterator[Escape]:
    """Judge each listed value by itself."""
    asker = theirs[0].parts if theirs else consumer
    keyword = "const" if saying(one.parts, "const") else "enum"
    for value in values:
        if not any(other.fits(value) for other in theirs):
            spot = of_keyword("value", keyword, one.parts, asker, {"const": value})
            there = spot.there or _listing(asker)
            yield replace(spot, subject=_quoted(value), there=there)


def _listing(parts: All) -> Address | None:
    """Return where the values of a part are listed, or its kinds."""
    for keyword in ("enum", "const", "type"):
        for part in saying(parts, keyword):
            return (*part.place, keyword)
    return None


def _quoted(value: Json) -> str:
    """Return a value as it is quoted in a sentence."""
    return f"'{value}'" if isinstance(value, str) else str(value)


def unlisted(one: Alternative, other: Alternative) -> Escape:
    """Make the escape of many values to a list of some."""
    keyword = "enum" if saying(other.parts, "enum") else "const"
    listed = other.values() or []
    example_schema = {"type": one.kind, "not": {"enum": listed}}
    spot = of_keyword("value", keyword, one.parts, other.parts, example_schema)
    return replace(spot, subject="any other value")


def tightest(
    parts: All, keyword: str, pick: Callable[[Iterable[float]], float], default: float
) -> float:
    """Return the bound that decides."""
    return pick([default, *(part.get(keyword) for part in saying(parts, keyword))])


def sizes(noun: str, one: All, other: All) -> Iterator[Escape]:
    """Compare `minLength` and `maxLength`, or what is their like."""
    least = tightest(one, f"min{noun}", max, 0)
    if noun == "Properties":
        least = max(least, len({key for part in one for key in part.get("required", ())}))
    wanted = tightest(other, f"min{noun}", max, 0)
    if wanted > least:
        yield of_keyword("bound", f"min{noun}", one, other, {f"max{noun}": wanted - 1})
    most = tightest(one, f"max{noun}", min, math.inf)
    wanted = tightest(other, f"max{noun}", min, math.inf)
    if wanted < most:
        yield of_keyword("bound", f"max{noun}", one, other, {f"min{noun}": wanted + 1})


def words(keyword: Literal["pattern", "format"], one: All, other: All) -> Iterator[Escape]:
    """Compare what can only be equal, or not."""
    held = {part.get(keyword) for part in one}
    for part in saying(other, keyword):
        if part.get(keyword) not in held:
            example_schema = (
                {"not": {"pattern": part.get(keyword)}} if keyword == "pattern" else True
            )
            yield of_keyword(keyword, keyword, one, (part,), example_schema)


_SIDES: Mapping[str, tuple[int, str]] = {
    "minimum": (1, "exclusiveMaximum"),
    "exclusiveMinimum": (1, "maximum"),
    "maximum": (-1, "exclusiveMinimum"),
    "exclusiveMaximum": (-1, "minimum"),
}
"""Of each bound of numbers: which side it is on, and the keyword for what is outside."""


def limits(one: Alternative, other: Alternative) -> Iterator[Escape]:
    """Compare bounds of numbers; among whole ones, above 0 is from 1."""
    for keyword, (sign, outside) in _SIDES.items():
        for part in saying(other.parts, keyword):
            asked = _limit(part, keyword, sign, one.kind)
            held = [
                _limit(some, same, sign, one.kind)
                for same in _SIDES
                if _SIDES[same][0] == sign
                for some in saying(one.parts, same)
            ]
            if max(held, default=(-math.inf, False)) < asked:
                example_schema = {"type": one.kind, outside: part.get(keyword)}
                yield of_keyword("bound", keyword, one.parts, (part,), example_schema)


def _limit(part: Node, keyword: str, sign: int, kind: str) -> tuple[float, bool]:
    """Return a lower bound, upper ones mirrored, and whether it is itself outside."""
    bound, strict = sign * part.get(keyword), keyword.startswith("exclusive")
    if kind != "integer":
        return bound, strict
    return (math.floor(bound) + 1 if strict else math.ceil(bound)), False


def missing(key: str, one: All, part: Node) -> Escape:
    """Make the escape of objects without a key that the consumer requires."""
    places = saying(one, "required")
    return Escape(
        "required",
        key,
        here=(*places[0].place, "required") if places else None,
        there=(*part.place, "required"),
        example_schema={"type": "object", "properties": {key: False}},
        asker=(part,),
    )


def named(parts: All) -> dict[str, None]:
    """Return the keys that are declared, in their order."""
    return {key: None for part in parts for key in part.get("properties", {})}


def patterns(parts: All) -> dict[str, None]:
    """Return the patterns that keys are declared by."""
    return {key: None for part in parts for key in part.get("patternProperties", {})}


def declaration(key: str, parts: All) -> Address | None:
    """Return where a key is declared; None where it is not."""
    declaring = [part for part in parts if key in part.get("properties", {})]
    return (*declaring[0].place, "properties", key) if declaring else None


def at(key: str, parts: All) -> All:
    """Collect all that must hold under a key that some part names."""
    found: list[Node] = []
    for part in parts:
        own = [part.below("properties", key)] if key in part.get("properties", {}) else []
        own += [
            part.below("patternProperties", pattern)
            for pattern in part.get("patternProperties", {})
            if ecma(pattern).search(key)
        ]
        found += own or children((part,), "additionalProperties")
    return (*found,)


def under(pattern: str | None, parts: All) -> All:
    """Collect all that must hold under keys of a pattern, or (None) under keys of no name."""
    found = []
    for part in parts:
        if pattern is not None and pattern in part.get("patternProperties", {}):
            found.append(part.below("patternProperties", pattern))
        elif part.says("additionalProperties"):
            found.append(part.below("additionalProperties"))
    return (*found,)


def key_of(held: str | None, asked: str | None, patterns: list[str]) -> str | None:
    """Return a simple key that has these patterns; where one is None, no other of them."""
    wanted = [ecma(pattern) for pattern in (held, asked) if pattern is not None]
    unwanted = [ecma(pattern) for pattern in patterns if pattern not in {held, asked}]

    def fits(key: str) -> bool:
        return all(some.search(key) for some in wanted) and not (
            None in {held, asked} and any(some.search(key) for some in unwanted)
        )

    keys: SearchStrategy[str] = st.one_of(*(st.from_regex(some) for some in wanted))
    try:
        found: str = find(keys, fits, settings=SEARCH)
    except NoSuchExample:
        return None
    return found


def new_key(named: dict[str, None], patterns: dict[str, None]) -> str:
    """Name a key that no schema names."""
    candidates = ("extra", "x", "y", "other", "0", "_", "another key")
    return next(
        key
        for key in (*candidates, "\U0001f511" * 9)
        if key not in named and not any(ecma(pattern).search(key) for pattern in patterns)
    )
