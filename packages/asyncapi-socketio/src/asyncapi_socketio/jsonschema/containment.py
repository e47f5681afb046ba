"""What one schema lets out that another does not take: keyword by keyword, to the place of each.

Where nothing escapes, every value that the producer's schema allows is valid under the consumer's.
The reverse is not said: an escape may be one in words only, so each is shown by a value.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from . import constraints
from .alternatives import All, Alternative, Node, Tangled, alternatives
from .canonical import disjoint
from .constraints import Escape
from .references import Json


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
            yield constraints.of_keyword("condition", "anyOf", producer, consumer)
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
                yield from constraints.lost(mine[0], producer, consumer)

    def _of_one_kind(
        self, mine: list[Alternative], theirs: list[Alternative], consumer: All
    ) -> Iterator[Escape]:
        """Find a place for each alternative: one that takes it all, else the one most like it."""
        open_ones = []
        free = [*theirs]
        for one in mine:
            values = one.values()
            if values is not None:
                yield from constraints.values_lost(one, values, theirs, consumer)
                continue
            takers = [other for other in theirs if not self._inside(one, other)]
            free = [other for other in free if other not in takers[:1]]
            open_ones += [] if takers else [one]
        for one in open_ones:
            alike = min(free, key=lambda other: self._unlikeness(one, other), default=None)
            if alike is None:
                yield constraints.branch_lost(one, consumer)
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
            return [constraints.unlisted(one, other)]
        compared = {
            "string": self._strings,
            "integer": self._numbers,
            "number": self._numbers,
            "array": self._arrays,
            "object": self._objects,
        }
        own = compared[one.kind](one, other) if one.kind in compared else ()
        return [*own, *self._conditions(one.parts, other.parts)]

    def _strings(self, one: Alternative, other: Alternative) -> Iterator[Escape]:
        yield from constraints.sizes("Length", one.parts, other.parts)
        yield from constraints.words("pattern", one.parts, other.parts)
        yield from constraints.words("format", one.parts, other.parts)

    def _numbers(self, one: Alternative, other: Alternative) -> Iterator[Escape]:
        yield from constraints.limits(one, other)
        steps = [
            Fraction(str(part.get("multipleOf")))
            for part in constraints.saying(one.parts, "multipleOf")
        ]
        for part in constraints.saying(other.parts, "multipleOf"):
            wanted = Fraction(str(part.get("multipleOf")))
            whole = one.kind == "integer" and not 1 % wanted
            if not whole and not any(step % wanted == 0 for step in steps):
                example_schema = {"not": {"multipleOf": part.get("multipleOf")}}
                yield constraints.of_keyword(
                    "bound", "multipleOf", one.parts, (part,), example_schema
                )

    def _arrays(self, one: Alternative, other: Alternative) -> Iterator[Escape]:
        yield from constraints.sizes("Items", one.parts, other.parts)
        unique = [part for part in other.parts if part.get("uniqueItems")]
        if unique and not any(part.get("uniqueItems") for part in one.parts):
            example_schema = {"minItems": 2, "not": {"uniqueItems": True}}
            yield constraints.of_keyword(
                "bound", "uniqueItems", one.parts, (*unique,), example_schema
            )
        own = max(constraints.tuple_length(side.parts) for side in (one, other))
        for index in range(own + 1):
            if constraints.tightest(one.parts, "maxItems", min, math.inf) > index:
                mine, theirs = (constraints.items(side.parts, index) for side in (one, other))
                yield from (item.below(index) for item in self.escapes(mine, theirs))
        for part in constraints.saying(other.parts, "contains"):
            wanted = part.below("contains")
            held = constraints.children(one.parts, "contains")
            if not any(not self.escapes((some,), (wanted,)) for some in held):
                yield constraints.of_keyword("condition", "contains", one.parts, (part,))

    def _objects(self, one: Alternative, other: Alternative) -> Iterator[Escape]:
        held = {key for part in one.parts for key in part.get("required", ())}
        for part in other.parts:
            for key in part.get("required", ()):
                if key not in held:
                    yield constraints.missing(key, one.parts, part)
        yield from constraints.sizes("Properties", one.parts, other.parts)
        for key in constraints.named(one.parts) | constraints.named(other.parts):
            yield from self._at_key(key, one.parts, other.parts)
        yield from self._at_patterns(one.parts, other.parts)
        yield from self._at_other_keys(one.parts, other.parts)
        for part in constraints.saying(other.parts, "propertyNames"):
            names = constraints.children(one.parts, "propertyNames")
            if self.escapes(names, (part.below("propertyNames"),)):
                yield constraints.of_keyword("condition", "propertyNames", one.parts, (part,))

    def _at_key(self, key: str, one: All, other: All) -> Iterator[Escape]:
        mine, theirs = constraints.at(key, one), constraints.at(key, other)
        found = self.escapes(mine, theirs)
        here, there = constraints.declaration(key, one), constraints.declaration(key, other)
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
        """Hold keys by their patterns: what both declare against itself, the rest against all."""
        mine, theirs = constraints.patterns(one), constraints.patterns(other)
        for held, asked in _pairs([*mine], [*theirs]):
            found = self.escapes(constraints.under(held, one), constraints.under(asked, other))
            if found and (key := constraints.key_of(held, asked, [*mine, *theirs])) is not None:
                yield from (item.below(key) for item in found)

    def _at_other_keys(self, one: All, other: All) -> Iterator[Escape]:
        mine, theirs = constraints.under(None, one), constraints.under(None, other)
        found = self.escapes(mine, theirs)
        key = constraints.new_key(
            constraints.named(one) | constraints.named(other),
            constraints.patterns(one) | constraints.patterns(other),
        )
        if found and not _any(theirs):
            spot = constraints.of_keyword("closed", "additionalProperties", one, other)
            yield replace(spot, path=(key,), asker=theirs)
        else:
            yield from (item.below(key) for item in found)

    def _conditions(self, one: All, other: All) -> Iterator[Escape]:
        for part in constraints.saying(other, "not"):
            wanted = part.below("not")
            if not any(
                not self.escapes((wanted,), (held,)) for held in constraints.children(one, "not")
            ):
                yield constraints.of_keyword("condition", "not", one, (part,))
        for part in constraints.saying(other, "if"):
            if not any(self._decides_alike(held, part) for held in constraints.saying(one, "if")):
                yield constraints.of_keyword("condition", "if", one, (part,))
        for part in constraints.saying(other, "oneOf"):
            if not _is_apart(part) and not any(
                self._chooses_alike(held, part) for held in constraints.saying(one, "oneOf")
            ):
                yield constraints.of_keyword("condition", "oneOf", one, (part,))
        for part in constraints.saying(other, "dependencies"):
            if part.get("dependencies") not in [held.get("dependencies") for held in one]:
                yield constraints.of_keyword("condition", "dependencies", one, (part,))

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


def _pairs(mine: list[str], theirs: list[str]) -> Iterator[tuple[str | None, str | None]]:
    """Pair the patterns that one key may have on both sides; None stands for none of them."""
    for asked in theirs:
        yield from [(asked, asked)] if asked in mine else [(held, asked) for held in (*mine, None)]
    yield from ((held, None) for held in mine if held not in theirs)


def _branches(part: Node) -> list[Node]:
    return [part.below("oneOf", index) for index in range(len(part.get("oneOf")))]


def _any(parts: All) -> bool:
    """Return whether any value may be valid."""
    try:
        return bool(alternatives(parts))
    except Tangled:
        return True


def _is_apart(part: Node) -> bool:
    """Return whether no value fits two branches of a `oneOf`, which is then an `anyOf`."""
    branches: list[Json] = part.get("oneOf")
    return all(
        disjoint(part.root, one, other)
        for index, one in enumerate(branches)
        for other in branches[:index]
    )
