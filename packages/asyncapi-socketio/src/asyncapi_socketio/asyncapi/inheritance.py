"""Schemas that are made of each other at the same place of a value, made to end.

`Pet: {oneOf: [Dog]}` with `Dog: {allOf: [Pet]}` is how inheritance is written, and means that a dog
has what every pet has. Taken literally it never ends: to be a pet is to be a dog that is a pet.
So a child is made of its parent without the parent's list of children, and a parent is any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..jsonschema.references import Json

Keyword: TypeAlias = Literal["allOf", "anyOf", "oneOf"]
_KEYWORDS: tuple[Keyword, ...] = ("allOf", "anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class _Part:
    """Where a schema is made of another one: an entry of a list, under a keyword."""

    parts: list[Json]
    index: int
    keyword: Keyword
    name: str


def untangle(named: dict[str, Json], prefix: str, new_name: Callable[[str], str]) -> None:
    """Change schemas so that none is made of itself; `prefix` begins the refs to them.

    What a parent is without its children gets a name of its own, which `new_name` makes.
    """
    bases: dict[str, str] = {}
    while loop := _loop(named, prefix):
        part = next((item for item in loop if item.keyword == "allOf"), loop[-1])
        if part.keyword != "allOf":
            part.parts[part.index] = False  # no value is one by being one
        elif any(item.keyword != "allOf" for item in loop):
            if part.name not in bases:
                bases[part.name] = base = new_name(f"{part.name}Base")
                parent = named[part.name]
                named[base] = {k: v for k, v in parent.items() if k not in {"anyOf", "oneOf"}}
                if "oneOf" in parent and "anyOf" not in parent:
                    parent["anyOf"] = parent.pop("oneOf")  # kinds may look alike
            part.parts[part.index] = {"$ref": f"{prefix}{bases[part.name]}"}
        else:
            part.parts[part.index] = True  # each demands what the other does


def _loop(named: dict[str, Json], prefix: str) -> list[_Part] | None:
    """Return the steps by which a schema is made of itself; None when none is."""
    done: set[str] = set()
    for start, schema in named.items():
        if start in done:
            continue
        path: list[_Part] = []
        names, waiting = [start], [_parts(named, schema, prefix)]
        while waiting:
            part = next(waiting[-1], None)
            if part is None:
                waiting.pop()
                done.add(names.pop())
                path = path[: len(names) - 1]
            elif part.name in names:
                return [*path, part][names.index(part.name) :]
            elif part.name in named and part.name not in done:
                path.append(part)
                names.append(part.name)
                waiting.append(_parts(named, named[part.name], prefix))
    return None


def _parts(named: dict[str, Json], schema: Json, prefix: str) -> Iterator[_Part]:
    for keyword in _KEYWORDS if isinstance(schema, dict) else ():
        parts = schema.get(keyword)
        for index, part in enumerate(parts if isinstance(parts, list) else []):
            name = _name(part, prefix)
            if name is None:
                yield from _parts(named, part, prefix)
            else:
                yield _Part(parts, index, keyword, _meant(named, name, prefix))


def _meant(named: dict[str, Json], name: str, prefix: str) -> str:
    """Return the name of what a schema is that is nothing but a `$ref`."""
    while (other := _name(named.get(name), prefix)) is not None:
        name = other
    return name


def _name(schema: Json, prefix: str) -> str | None:
    ref = schema.get("$ref") if isinstance(schema, dict) else None
    return ref.removeprefix(prefix) if isinstance(ref, str) else None
