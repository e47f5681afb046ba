"""What a key that is missing is taken for: `default`, which says nothing of what is valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..jsonschema.counterexamples import written
from ..jsonschema.references import Address, Json, at, follow
from ..reporting.finding import Severity


class DefaultChange(NamedTuple):
    """A key whose default is another, and where it is declared in either schema."""

    key: str
    old: Address
    new: Address
    was: Json
    is_: Json

    @property
    def severity(self) -> Severity:
        """Where nothing was said, nobody relied on it."""
        return "safe" if self.was is None else "dangerous"

    @property
    def problem(self) -> str:
        """Say what changed."""
        was, is_ = ("absent" if one is None else written(one[0]) for one in (self.was, self.is_))
        return f"the default of '{self.key}' was {was}, is {is_}"


def default_changes(old: Json, new: Json) -> Iterator[DefaultChange]:
    """Yield the keys that mean something else where they are missing, in self-contained schemas."""
    return _compared(old, new, (), (), set())


def _compared(
    old: Json, new: Json, one: Address, other: Address, seen: set[tuple[Address, Address]]
) -> Iterator[DefaultChange]:
    try:
        one, other = follow(old, one), follow(new, other)
    except LookupError:
        return
    if (one, other) in seen:
        return
    seen.add((one, other))
    before, after = at(old, one), at(new, other)
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        return
    always = {*before.get("required", ())} & {*after.get("required", ())}
    for key in _shared(before, after, "properties"):
        places = (*one, "properties", key), (*other, "properties", key)
        was, is_ = _default(old, places[0]), _default(new, places[1])
        if key not in always and was != is_:
            yield DefaultChange(key, *places, was, is_)
    for part in _parts(before, after):
        yield from _compared(old, new, (*one, *part), (*other, *part), seen)


def _parts(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Address]:
    """Yield where both have a part."""
    for keyword in ("properties", "allOf", "anyOf", "oneOf", "items"):
        for key in _shared(before, after, keyword):
            yield keyword, key
    if isinstance(before.get("items"), Mapping) and isinstance(after.get("items"), Mapping):
        yield ("items",)


def _shared(one: Mapping[str, Json], other: Mapping[str, Json], keyword: str) -> list[Json]:
    """Return the keys, or the numbers, of the parts that both have."""
    before, after = one.get(keyword), other.get(keyword)
    if isinstance(before, list) and isinstance(after, list):
        return [*range(min(len(before), len(after)))]
    if keyword == "properties" and isinstance(before, Mapping) and isinstance(after, Mapping):
        return [key for key in before if key in after]
    return []


def _default(root: Json, place: Address) -> Json:
    """Return the default of a schema as a list of one; None where it has none."""
    try:
        schema = at(root, follow(root, place))
    except LookupError:
        return None
    found = isinstance(schema, Mapping) and "default" in schema
    return [schema["default"]] if found else None
