"""TypeScript out: the shapes by json-schema-to-typescript, and the event maps of socket.io."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..asyncapi.contract import Contract, Namespace, Operation
from ..asyncapi.named_schemas import LISTS, MAPS, ONE
from ..asyncapi.schemas import local
from ..jsonschema.references import Json
from . import acks, identifiers, node

PROGRAM = Path(__file__).with_name("typescript.mjs")


def emit(contract: Contract, *, branded_ids: bool = False) -> dict[str, str]:
    """Return the files `index.d.ts` and `index.js`, which has no values.

    With `branded_ids`, ids have types of their own: a title is not accepted as an id.
    """
    brands = identifiers.branded(contract) if branded_ids else {}
    events = _events(contract)
    given = {
        "schemas": _shapes(contract, brands),
        "events": f"{identifiers.BRAND}\n\n{events}" if brands else events,
    }
    packages = "json-schema-to-typescript prettier"
    without = "write --target python only"
    types = node.run(PROGRAM, given, "TypeScript", packages, without)
    return {"index.d.ts": types, "index.js": "export {};\n"}


def _shapes(contract: Contract, brands: Mapping[str, str]) -> dict[str, Json]:
    shapes = {name: _named(local(schema)) for name, schema in contract.schemas.items()}
    return shapes | {name: {**shapes[name], "tsType": type_} for name, type_ in brands.items()}


def _named(schema: Json) -> Json:
    """Return a schema that a type is made of, also where it is just true or false."""
    if isinstance(schema, bool):
        return {"tsType": "unknown" if schema else "never"}
    return _typed(schema)


_WORDS = {"$comment", "default", "deprecated", "description", "examples", "title"}
"""Keywords that leave any value valid."""


def _typed(schema: Json) -> Json:
    """Leave out titles, which would rename types, and say that what takes anything is unknown."""
    if isinstance(schema, dict):
        anything = {} if schema.keys() - _WORDS else {"tsType": "unknown"}
        typed = {
            key: _inner(key, value)
            for key, value in schema.items()
            if key not in {"title", "examples"}
        }
        return anything | typed
    return schema


def _inner(key: str, value: Json) -> Json:
    if key in MAPS and isinstance(value, dict):
        return {name: _typed(inner) for name, inner in value.items()}
    if key in (*ONE, *LISTS):
        return [*map(_typed, value)] if isinstance(value, list) else _typed(value)
    return value


def _events(contract: Contract) -> str:
    """Return the types that stand behind the shapes."""
    maps = (_maps(contract, namespace) for namespace in contract.namespaces)
    text = "\n\n".join([*acks.response(contract), *maps, _namespaces(contract)])
    return f"{acks.WITHOUT}\n\n{text}" if "Without<" in text else text


def _namespaces(contract: Contract) -> str:
    """Return what is known of each namespace, by its path."""
    each = "\n".join(map(_namespace, contract.namespaces))
    doc = "Each namespace, by its path: its event maps, and what a client connects with."
    return f"/** {doc} */\nexport interface Namespaces {{\n{each}\n}}"


def _namespace(namespace: Namespace) -> str:
    types, path = namespace.types, json.dumps(namespace.path)
    auth, parameters = namespace.auth_payload, namespace.parameters
    known = f"client: {types}ClientEvents; server: {types}ServerEvents;"
    return f"{path}: {{ {known} auth: {auth or 'null'}; parameters: {parameters or 'null'} }};"


def _maps(contract: Contract, namespace: Namespace) -> str:
    """Return the event maps of a namespace: but for `/`, with the channel's name in front."""
    prefix = namespace.types
    maps = {
        "ClientEvents": ("What clients emit", contract.receives),
        "ServerEvents": ("What the service emits", contract.sends),
    }
    parts = []
    for name, (doc, operations) in maps.items():
        events: dict[str, list[Operation]] = {}
        for item in operations:
            if item.namespace == namespace:
                events.setdefault(item.event, []).append(item)
        body = "\n".join(_event(contract, items) for items in events.values())
        title = f"{doc} in the namespace `{namespace.path}`."
        parts.append(f"/** {title} */\nexport interface {prefix}{name} {{\n{body}\n}}")
    for alias, name in (
        ("ClientToServerEvents", "ClientEvents"),
        ("ServerToClientEvents", "ServerEvents"),
    ):
        parts.append(
            f"/** {name}, by the name that socket.io's documentation uses. */\n"
            f"export type {prefix}{alias} = {prefix}{name};"
        )
    return "\n\n".join(parts)


def _event(contract: Contract, operations: Sequence[Operation]) -> str:
    """Return the member of an event map: what each operation of the event takes."""
    first = operations[0]
    lists = [*dict.fromkeys(one for item in operations for one in _lists(contract, item))]
    doc = _doc(first.title.rstrip("."), first.description)
    listed = f"...args: {' | '.join(f'[{one}]' for one in lists)}"
    in_the_middle = any("...rest" in one and "callback:" in one for one in lists)
    takes = lists[0] if len(lists) == 1 and not in_the_middle else listed
    return f"{doc}{json.dumps(first.event)}: ({takes}) => void;"


def _lists(contract: Contract, operation: Operation) -> list[str]:
    """Return what an event takes, once per number of arguments that stand before a callback."""
    message = operation.message
    names = ["payload"] if message.args == 1 else [f"arg{n + 1}" for n in range(message.args)]
    pairs = [*zip(names, message.arguments, strict=True)]
    rest = [f"...rest: {message.rest}[]"] if message.rest else []
    rest += ["...more: unknown[]"] if message.more and not operation.replies else []
    if not operation.replies:
        each = [
            f"{name}{'' if number < message.least else '?'}: {type_}"
            for number, (name, type_) in enumerate(pairs)
        ]
        return [", ".join([*each, *rest])]
    callback = f"callback: ({acks.parameters(contract, operation)}) => void"
    counts = range(message.least, message.args + 1)
    return [
        ", ".join(
            [
                *(f"{name}: {type_}" for name, type_ in pairs[:count]),
                *(rest if count == message.args else []),
                callback,
            ]
        )
        for count in counts
    ]


def _doc(*paragraphs: str) -> str:
    text = "\n *\n * ".join(" ".join(p.split()) for p in paragraphs if p).replace("*/", "*\\/")
    return f"/**\n * {text}\n */\n" if text else ""
