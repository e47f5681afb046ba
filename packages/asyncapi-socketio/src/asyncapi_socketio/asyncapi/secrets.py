"""What in an auth payload only a client and its server know: tokens, passwords, keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..jsonschema.references import Json
from .contract import Contract, Namespace

_NAMES = re.compile(r"(?i).*(token|password|passwd|secret|jwt|api_?key|credential)s?")


def secrets(contract: Contract, namespace: Namespace) -> tuple[str, ...]:
    """Return the properties of an auth payload that are secrets, of those that are texts.

    They have `format: password` or `writeOnly: true`, or are named so; `writeOnly: false` is none.
    """
    return tuple(name for name, schema in _properties(contract, namespace) if _is(name, schema))


def known(contract: Contract, namespace: Namespace, name: str) -> list[Json]:
    """Return the values of a secret that the contract has as examples."""
    whole = [item[name] for item in contract.examples(namespace.auth) if name in item]
    schema = dict(_properties(contract, namespace))[name]
    return [*whole, *schema.get("examples", ()), *schema.get("enum", ())]


def _properties(contract: Contract, namespace: Namespace) -> Iterator[tuple[str, Json]]:
    auth = contract.resolved(namespace.auth) if namespace.auth else {}
    found = auth.get("properties", {}) if isinstance(auth, dict) else {}
    for name, inner in found.items():
        schema = contract.resolved(inner)
        if isinstance(schema, dict):
            yield name, schema


def _is(name: str, schema: Json) -> bool:
    if schema.get("type") != "string" or "const" in schema:
        return False
    said = schema.get("writeOnly")
    if said is not None:
        return bool(said)
    return schema.get("format") == "password" or bool(_NAMES.fullmatch(name))
