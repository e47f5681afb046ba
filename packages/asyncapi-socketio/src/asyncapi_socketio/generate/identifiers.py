"""Ids as types of their own, so that no other text or number stands in for one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from ..asyncapi.contract import Contract
from ..asyncapi.named_schemas import COMPONENTS
from ..jsonschema.references import Json

BRAND = """declare const brand: unique symbol;

/** What tells the ids of one kind from all other values: `value as …` makes one. */
export interface Brand<Name extends string> { readonly [brand]: Name }"""

_TYPES = {"string": "string", "integer": "number", "number": "number"}


def branded(contract: Contract) -> dict[str, str]:
    """Return the types of what properties `id`, or `…Id` and `…_id`, refer to, by name."""
    names = {name for schema in contract.schemas.values() for name in _named(schema)}
    types = {name: _type(contract.schemas[name]) for name in sorted(names & {*contract.schemas})}
    return {name: f"{type_} & Brand<{json.dumps(name)}>" for name, type_ in types.items() if type_}


def _named(schema: Json) -> Iterator[str]:
    """Yield the names of schemas that a schema's properties for ids refer to."""
    if isinstance(schema, list):
        for item in schema:
            yield from _named(item)
    elif isinstance(schema, dict):
        yield from _of_properties(schema.get("properties"))
        for value in schema.values():
            yield from _named(value)


def _of_properties(properties: Json) -> Iterator[str]:
    for name, schema in properties.items() if isinstance(properties, dict) else ():
        ref = schema.get("$ref") if isinstance(schema, dict) else None
        if _is_id(name) and isinstance(ref, str) and ref.startswith(COMPONENTS):
            yield ref.removeprefix(COMPONENTS)


def _is_id(name: str) -> bool:
    return name.lower() == "id" or name.endswith(("Id", "ID", "_id"))


def _type(schema: Json) -> str | None:
    """Return the type of a text or a number; None for anything else."""
    kind = schema.get("type") if isinstance(schema, Mapping) else None
    return _TYPES.get(kind) if isinstance(kind, str) else None
