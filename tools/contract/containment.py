"""What one schema lets out that another does not take: keyword by keyword, to the place of each.

Where nothing escapes, every value that the producer's schema allows is valid under the consumer's.
The reverse is not said: an escape may be one in words only, so each is shown by a value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, TypeAlias

from codegen.disjoint import disjoint
from codegen.document import Address, Document, Json
from todo_service.validation import ecma

from .shapes import All, Alternative, Node, Tangled, alternatives
from .values import Path

Kind: TypeAlias = Literal[
    "bound", "branch", "closed", "condition", "format", "key", "pattern", "required", "type",
    "undeclared", "value",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Escape:
    """A way out of the consumer's schema, at a place of the value.

    `here` and `there` are the places in the producer's and the consumer's schema, None where it
    says nothing; `held` and `asked` is what the two say of `subject`. A value that shows it fits
    `witness` at `path` and does not fit all of `asker`.
    """

    kind: Kind
    subject: str
    path: Path = ()
    here: Address | None = None
    there: Address | None = None
    held: Json = None
    asked: Json = None
    witness: Json = True
    asker: All = ()

    def below(self, key: str | int) -> Escape:
        """Give it as seen from the value around."""
        return replace(self, path=(key, *self.path))


def escapes(producer: Node, consumer: Node) -> list[Escape]:
    """List the ways out of `consumer` for the values of `producer`, one a cause."""
    found = _Comparison().escapes((producer,), (consumer,))
    return [*{(item.kind, item.subject, item.here, item.there): item for item in found}.values()]


class _Comparison:
    """Compares parts with parts; pairs inside which a pair stands again are taken to be fine."""

    def __init__(self) -> None:
        self._known: dict[tuple[All, All], list[Escape]] = {}

    def escapes(self, producer: All, consumer: All) -> list[Escape]:
        pair = producer, consumer
        if pair not in self._known:
            self._known[pair] = []
            self._known[pair] = [*self._escapes(producer, consumer)]
        return self._known[pair]

    def _escapes(self, producer: All, consumer: All) -> Iterator[Escape]:
        if not consumer:
            return
        try:
            offered, taken = alternatives(producer), alternatives(consumer)
        except Tangled:
            yield _of_keyword("condition", "anyOf", producer, consumer)
            return
        kinds = {item.kind: None for item in offered}
        lost = kinds.keys() - {item.kind for item in taken}
        if "number" in lost:
            lost.discard("integer")
        for kind in kinds:
            mine = [item for item in offered if item.kind == kind]
            theirs = [item for item in taken if item.kind == kind]
            if theirs:
                yield from self._of_one_kind(mine, theirs, consumer)
            elif kind in lost:
                yield from _lost(mine[0], producer, consumer)

    def _of_one_kind(
        self, mine: list[Alternative], theirs: list[Alternative], consumer: All
    ) -> Iterator[Escape]:
        """Find a place for each alternative: one that takes it all, else the one most like it."""
        open_ones = []
        free = [*theirs]
        for one in mine:
            values = one.values()
            if values is not None:
                yield from _values_lost(one, values, theirs, consumer)
                continue
            takers = [other for other in theirs if not self._inside(one, other)]
            free = [other for other in free if other not in takers[:1]]
            open_ones += [] if takers else [one]
        for one in open_ones:
            alike = min(free, key=lambda other: self._unlikeness(one, other), default=None)
            if alike is None:
                yield _branch_lost(one, consumer)
            else:
                free.remove(alike)
                yield from self._inside(one, alike)

    def _unlikeness(self, one: Alternative, other: Alternative) -> tuple[bool, int]:
        there = other.branch.place if other.branch else ()
        elsewhere = one.branch is None or one.branch.place != there
        return elsewhere, len(self._inside(one, other))

    def _inside(self, one: Alternative, other: Alternative) -> list[Escape]:
        """List the ways out of one alternative for another of the same kind."""
        if other.is_listed():
            return [_unlisted(one, other)]
        facets = {
            "string": self._strings,
            "integer": self._numbers,
            "number": self._numbers,
            "array": self._arrays,
            "object": self._objects,
        }
        own = facets[one.kind](one, other) if one.kind in facets else ()
        return [*own, *self._conditions(one.parts, other.parts)]

    def _strings(self, one: Alternative, other: Alternative) -> Iterator[Escape]:
        yield from _sizes("Length", one.parts, other.parts)
        yield from _words("pattern", one.parts, other.parts)
        yield from _words("format", one.parts, other.parts)

    def _numbers(self, one: Alternative, other: Alternative) -> Iterator[Escape]:
        yield from _limits(one, other)
        steps = [Fraction(str(part.get("multipleOf"))) for part in _saying(one.parts, "multipleOf")]
        for part in _saying(other.parts, "multipleOf"):
            wanted = Fraction(str(part.get("multipleOf")))
            whole = one.kind == "integer" and not 1 % wanted
            if not whole and not any(step % wanted == 0 for step in steps):
                witness = {"not": {"multipleOf": part.get("multipleOf")}}
                yield _of_keyword("bound", "multipleOf", one.parts, (part,), witness)

    def _arrays(self, one: Alternative, other: Alternative) -> Iterator[Escape]:
        yield from _sizes("Items", one.parts, other.parts)
        unique = [part for part in other.parts if part.get("uniqueItems")]
        if unique and not any(part.get("uniqueItems") for part in one.parts):
            witness = {"minItems": 2, "not": {"uniqueItems": True}}
            yield _of_keyword("bound", "uniqueItems", one.parts, (*unique,), witness)
        mine, theirs = (_children(side.parts, "items") for side in (one, other))
        if _tightest(one.parts, "maxItems", min, math.inf)[0] > 0:
            yield from (item.below(0) for item in self.escapes(mine, theirs))
        for part in _saying(other.parts, "contains"):
            wanted = part.below("contains")
            held = _children(one.parts, "contains")
            if not any(not self.escapes((some,), (wanted,)) for some in held):
                yield _of_keyword("condition", "contains", one.parts, (part,))

    def _objects(self, one: Alternative, other: Alternative) -> Iterator[Escape]:
        held = {key for part in one.parts for key in part.get("required", ())}
        for part in other.parts:
            for key in part.get("required", ()):
                if key not in held:
                    yield _missing(key, one.parts, part)
        yield from _sizes("Properties", one.parts, other.parts)
        for key in _named(one.parts) | _named(other.parts):
            yield from self._at_key(key, one.parts, other.parts)
        yield from self._at_patterns(one.parts, other.parts)
        yield from self._at_other_keys(one.parts, other.parts)
        for part in _saying(other.parts, "propertyNames"):
            names = _children(one.parts, "propertyNames")
            if self.escapes(names, (part.below("propertyNames"),)):
                yield _of_keyword("condition", "propertyNames", one.parts, (part,))

    def _at_key(self, key: str, one: All, other: All) -> Iterator[Escape]:
        mine, theirs = _at(key, one), _at(key, other)
        found = self.escapes(mine, theirs)
        here, there = _declaration(key, one), _declaration(key, other)
        if not found:
            return
        if here is None and all(part.schema in (True, {}) for part in mine):
            asked = theirs[0].schema
            yield Escape("undeclared", key, (key,), here, there, None, asked, asker=theirs)
        elif not _any(theirs):
            yield Escape("key", key, (key,), here, there, asker=theirs)
        else:
            yield from (item.below(key) for item in found)

    def _at_patterns(self, one: All, other: All) -> Iterator[Escape]:
        """Hold keys by their patterns: equal ones against each other, else each against all."""
        patterns = _patterns(one) | _patterns(other)
        for pattern in patterns:
            pairs = [(_under(pattern, one), _under(pattern, other))]
            if _patterns(one) != _patterns(other):
                mine = [_under(some, one) for some in (*_patterns(one), None)]
                theirs = [_under(some, other) for some in (*_patterns(other), None)]
                pairs = [(some, any_) for some in mine for any_ in theirs]
            if any(self.escapes(*pair) for pair in pairs):
                subject = f"patternProperties of {pattern}"
                yield replace(
                    _of_keyword("condition", "patternProperties", one, other), subject=subject
                )

    def _at_other_keys(self, one: All, other: All) -> Iterator[Escape]:
        mine, theirs = _under(None, one), _under(None, other)
        found = self.escapes(mine, theirs)
        key = _new_key(_named(one) | _named(other), _patterns(one) | _patterns(other))
        if found and not _any(theirs):
            spot = _of_keyword("closed", "additionalProperties", one, other)
            yield replace(spot, path=(key,), asker=theirs)
        else:
            yield from (item.below(key) for item in found)

    def _conditions(self, one: All, other: All) -> Iterator[Escape]:
        for part in _saying(other, "not"):
            wanted = part.below("not")
            if not any(not self.escapes((wanted,), (held,)) for held in _children(one, "not")):
                yield _of_keyword("condition", "not", one, (part,))
        for part in _saying(other, "if"):
            if not any(self._decides_alike(held, part) for held in _saying(one, "if")):
                yield _of_keyword("condition", "if", one, (part,))
        for part in _saying(other, "oneOf"):
            if not _is_apart(part) and not any(
                self._chooses_alike(held, part) for held in _saying(one, "oneOf")
            ):
                yield _of_keyword("condition", "oneOf", one, (part,))
        for part in _saying(other, "dependencies"):
            if part.get("dependencies") not in [held.get("dependencies") for held in one]:
                yield _of_keyword("condition", "dependencies", one, (part,))

    def _decides_alike(self, one: Node, other: Node) -> bool:
        def outcome(part: Node, keyword: str) -> All:
            return (part.below(keyword),) if part.says(keyword) else ()

        return self._same(one.below("if"), other.below("if")) and not any(
            self.escapes(outcome(one, keyword), outcome(other, keyword))
            for keyword in ("then", "else")
        )

    def _chooses_alike(self, one: Node, other: Node) -> bool:
        mine, theirs = _branches(one), _branches(other)
        return len(mine) == len(theirs) and all(map(self._same, mine, theirs))

    def _same(self, one: Node, other: Node) -> bool:
        return not self.escapes((one,), (other,)) and not self.escapes((other,), (one,))


def _saying(parts: All, keyword: str) -> list[Node]:
    return [part for part in parts if part.says(keyword)]


def _children(parts: All, keyword: str) -> All:
    return tuple(part.below(keyword) for part in _saying(parts, keyword))


def _branches(part: Node) -> list[Node]:
    return [part.below("oneOf", index) for index in range(len(part.get("oneOf")))]


def _any(parts: All) -> bool:
    """Say whether any value may be valid."""
    try:
        return bool(alternatives(parts))
    except Tangled:
        return True


def _is_apart(part: Node) -> bool:
    """Say whether no value fits two branches of a `oneOf`, which is then an `anyOf`."""
    document = Document("", part.root)
    branches: list[Json] = part.get("oneOf")
    return all(
        disjoint(document, one, other)
        for index, one in enumerate(branches)
        for other in branches[:index]
    )


def _of_keyword(
    kind: Kind, keyword: str, one: All, other: All, witness: Json = True, subject: str = ""
) -> Escape:
    """Make the escape that a keyword causes: where, and what the two sides say there."""
    mine, theirs = _saying(one, keyword), _saying(other, keyword)
    return Escape(
        kind,
        subject or keyword,
        here=(*mine[0].place, keyword) if mine else None,
        there=(*theirs[0].place, keyword) if theirs else None,
        held=mine[0].get(keyword) if mine else None,
        asked=theirs[0].get(keyword) if theirs else None,
        witness=witness,
        asker=other,
    )


def _lost(alternative: Alternative, producer: All, consumer: All) -> Iterator[Escape]:
    """Yield the escapes of a kind of value that the consumer does not take at all."""
    values = alternative.values()
    if alternative.is_listed() and values is not None:
        yield from _values_lost(alternative, values, [], consumer)
    elif alternative.branch:
        yield _branch_lost(alternative, consumer)
    else:
        spot = _of_keyword("type", "type", alternative.parts, consumer, {"type": alternative.kind})
        here = spot.here or (producer[0].place if producer else None)
        there = spot.there or consumer[0].place
        yield replace(spot, subject=alternative.kind, here=here, there=there)


def _branch_lost(alternative: Alternative, consumer: All) -> Escape:
    branch = alternative.branch or alternative.parts[-1]
    return Escape(
        "branch",
        _title(branch),
        here=branch.place,
        witness={"type": alternative.kind},
        asker=consumer,
    )


def _title(branch: Node) -> str:
    """Name a branch: by its name as a schema, else by its title or type."""
    if len(branch.place) == 2:
        return str(branch.place[-1])
    return str(branch.get("title") or branch.get("type") or branch.place[-1])


def _values_lost(
    one: Alternative, values: list[Json], theirs: list[Alternative], consumer: All
) -> Iterator[Escape]:
    """Judge each listed value by itself."""
    asker = theirs[0].parts if theirs else consumer
    keyword = "const" if _saying(one.parts, "const") else "enum"
    for value in values:
        if not any(other.fits(value) for other in theirs):
            spot = _of_keyword("value", keyword, one.parts, asker, {"const": value})
            there = spot.there or _listing(asker)
            yield replace(spot, subject=quoted(value), there=there)


def _listing(parts: All) -> Address | None:
    """Give where the values of a part are listed, or its kinds."""
    for keyword in ("enum", "const", "type"):
        for part in _saying(parts, keyword):
            return (*part.place, keyword)
    return None


def quoted(value: Json) -> str:
    """Give a value as it is quoted in a sentence."""
    return f"'{value}'" if isinstance(value, str) else str(value)


def _unlisted(one: Alternative, other: Alternative) -> Escape:
    keyword = "enum" if _saying(other.parts, "enum") else "const"
    listed = other.values() or []
    witness = {"type": one.kind, "not": {"enum": listed}}
    return _of_keyword("value", keyword, one.parts, other.parts, witness, "any other value")


def _tightest(
    parts: All, keyword: str, pick: Callable[[Iterable[float]], float], default: float
) -> tuple[float, All]:
    """Give the bound that decides, and the part that sets it."""
    saying = _saying(parts, keyword)
    if not saying:
        return default, ()
    bound = pick(part.get(keyword) for part in saying)
    return bound, tuple(part for part in saying if part.get(keyword) == bound)


def _sizes(noun: str, one: All, other: All) -> Iterator[Escape]:
    """Compare `minLength` and `maxLength`, or what is their like."""
    least, _ = _tightest(one, f"min{noun}", max, 0)
    if noun == "Properties":
        least = max(least, len({key for part in one for key in part.get("required", ())}))
    wanted, parts = _tightest(other, f"min{noun}", max, 0)
    if wanted > least:
        yield _of_keyword("bound", f"min{noun}", one, parts, {f"max{noun}": wanted - 1})
    most, _ = _tightest(one, f"max{noun}", min, math.inf)
    wanted, parts = _tightest(other, f"max{noun}", min, math.inf)
    if wanted < most:
        yield _of_keyword("bound", f"max{noun}", one, parts, {f"min{noun}": wanted + 1})


def _words(keyword: Literal["pattern", "format"], one: All, other: All) -> Iterator[Escape]:
    held = {part.get(keyword) for part in one}
    for part in _saying(other, keyword):
        if part.get(keyword) not in held:
            witness = {"not": {"pattern": part.get(keyword)}} if keyword == "pattern" else True
            yield _of_keyword(keyword, keyword, one, (part,), witness)


_SIDES: Mapping[str, tuple[int, str, str]] = {
    "minimum": (1, "minimum", "exclusiveMaximum"),
    "exclusiveMinimum": (1, "exclusiveMinimum", "maximum"),
    "maximum": (-1, "maximum", "exclusiveMinimum"),
    "exclusiveMaximum": (-1, "exclusiveMaximum", "minimum"),
}
"""Of each bound of numbers: its direction, itself, and the keyword for what is outside."""


def _limits(one: Alternative, other: Alternative) -> Iterator[Escape]:
    for keyword, (sign, _, outside) in _SIDES.items():
        for part in _saying(other.parts, keyword):
            asked = _limit(part, keyword, sign, one.kind)
            held = [
                _limit(some, same, sign, one.kind)
                for same in _SIDES
                if _SIDES[same][0] == sign
                for some in _saying(one.parts, same)
            ]
            if max(held, default=(-math.inf, False)) < asked:
                witness = {"type": one.kind, outside: part.get(keyword)}
                yield _of_keyword("bound", keyword, one.parts, (part,), witness)


def _limit(part: Node, keyword: str, sign: int, kind: str) -> tuple[float, bool]:
    """Give a lower bound, upper ones mirrored, and whether it is itself outside."""
    bound, strict = sign * part.get(keyword), keyword.startswith("exclusive")
    if kind != "integer":
        return bound, strict
    return (math.floor(bound) + 1 if strict else math.ceil(bound)), False


def _missing(key: str, one: All, part: Node) -> Escape:
    places = _saying(one, "required")
    return Escape(
        "required",
        key,
        here=(*places[0].place, "required") if places else None,
        there=(*part.place, "required"),
        witness={"type": "object", "properties": {key: False}},
        asker=(part,),
    )


def _named(parts: All) -> dict[str, None]:
    return {key: None for part in parts for key in part.get("properties", {})}


def _patterns(parts: All) -> dict[str, None]:
    return {key: None for part in parts for key in part.get("patternProperties", {})}


def _declaration(key: str, parts: All) -> Address | None:
    """Give where a key is declared; None where it is not."""
    declaring = [part for part in parts if key in part.get("properties", {})]
    return (*declaring[0].place, "properties", key) if declaring else None


def _at(key: str, parts: All) -> All:
    """Collect all that must hold under a key that some part names."""
    found: list[Node] = []
    for part in parts:
        own = [part.below("properties", key)] if key in part.get("properties", {}) else []
        own += [
            part.below("patternProperties", pattern)
            for pattern in part.get("patternProperties", {})
            if ecma(pattern).search(key)
        ]
        found += own or _children((part,), "additionalProperties")
    return (*found,)


def _under(pattern: str | None, parts: All) -> All:
    """Collect all that must hold under keys of a pattern, or (None) under keys of no name."""
    return tuple(
        part.below("patternProperties", pattern)
        if pattern in part.get("patternProperties", {})
        else part.below("additionalProperties")
        for part in parts
        if pattern in part.get("patternProperties", {}) or part.says("additionalProperties")
    )


def _new_key(named: dict[str, None], patterns: dict[str, None]) -> str:
    """Name a key that no schema names."""
    candidates = ("extra", "x", "y", "other", "0", "_", "another key")
    return next(
        key
        for key in (*candidates, "\U0001f511" * 9)
        if key not in named and not any(ecma(pattern).search(key) for pattern in patterns)
    )
