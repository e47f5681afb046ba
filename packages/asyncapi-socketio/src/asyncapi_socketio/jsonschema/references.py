"""Where a value stands in a document, and where the `$ref`s in it lead: the only code that follows.

Source: RFC 6901 (JSON Pointer) in its form for URIs, as JSON Schema draft 7 uses it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import unquote

Json: TypeAlias = Any
"""A value as a JSON or YAML 1.2 document holds it."""

Address: TypeAlias = tuple[str | int, ...]
"""Where something stands in a document: the keys and indices that lead to it."""


_QUOTING = {"const", "default", "enum", "examples"}
"""Keywords under which values stand that are not looked into."""

NAMING = {"definitions", "dependencies", "patternProperties", "properties", "schemas"}
"""Keywords under which every key is a name, whatever it is."""


def walk(value: Json, address: Address = ()) -> Iterator[tuple[Address, Json]]:
    """Yield every object and array at or below `address`, but not those that schemas quote."""
    if isinstance(value, Mapping):
        yield address, value
        names = bool(address) and address[-1] in NAMING
        for key, inner in value.items():
            if names or key not in _QUOTING:
                yield from walk(inner, (*address, key))
    elif isinstance(value, list):
        yield address, value
        for index, inner in enumerate(value):
            yield from walk(inner, (*address, index))


def refs(value: Json, address: Address = ()) -> Iterator[tuple[Address, str]]:
    """Yield every `$ref` at or below `address`, with where it stands."""
    for place, inner in walk(value, address):
        if isinstance(inner, Mapping) and isinstance(ref := inner.get("$ref"), str):
            yield place, ref


def at(root: Json, address: Address) -> Json:
    """Return what stands at `address`; raise LookupError, or TypeError where nothing can stand."""
    value = root
    for key in address:
        if isinstance(value, list) and not str(key).isdecimal():
            raise LookupError(f"'{key}' is not an index of a list")
        value = value[int(key) if isinstance(value, list) else key]
    return value


def replaced(value: Json, address: Address, inner: Json) -> Json:
    """Copy a value with something else at an address in it; objects on the way are made."""
    if not address:
        return inner
    key, rest = address[0], address[1:]
    if isinstance(value, list) and isinstance(key, int):
        return [*value[:key], replaced(value[key], rest, inner), *value[key + 1 :]]
    return {**value, key: replaced(value.get(key, {}), rest, inner)}


def pointer(address: Address) -> str:
    """Write an address as a JSON Pointer."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in address)


def steps(ref: str) -> list[str]:
    """Split a local `$ref` into the keys that lead to its target; raise LookupError."""
    if ref == "#":
        return []
    if not ref.startswith("#/"):
        raise LookupError(f"{ref} is not in this document")
    return [unquote(step).replace("~1", "/").replace("~0", "~") for step in ref[2:].split("/")]


def target(root: Json, ref: str) -> Address:
    """Return the address that a local `$ref` names, past further ones; raise LookupError."""
    return _target(root, ref, ())


def follow(root: Json, address: Address) -> Address:
    """Return where `address` leads: itself, or the target of the `$ref` that stands there.

    Raise LookupError where it leads to itself, or nowhere.
    """
    return _follow(root, address, ())


def _target(root: Json, ref: str, seen: tuple[str, ...]) -> Address:
    if ref in seen:
        raise LookupError(f"{ref} leads back to itself")
    address: Address = ()
    try:
        for step in steps(ref):
            address = _follow(root, (*address, step), (*seen, ref))
    except (KeyError, IndexError, TypeError) as error:
        raise LookupError(f"{ref} is nowhere in the document") from error
    return address


def _follow(root: Json, address: Address, seen: tuple[str, ...]) -> Address:
    value = at(root, address)
    if isinstance(value, Mapping) and isinstance(ref := value.get("$ref"), str):
        return _target(root, ref, seen)
    return address


def resolved(root: Json, schema: Json) -> Json:
    """Return a schema of a document, or what its `$ref` leads to; raise LookupError."""
    seen: set[str] = set()
    while isinstance(schema, Mapping) and isinstance(ref := schema.get("$ref"), str):
        if ref in seen:
            raise LookupError(f"{ref} leads back to itself")
        seen.add(ref)
        schema = at(root, target(root, ref))
    return schema
