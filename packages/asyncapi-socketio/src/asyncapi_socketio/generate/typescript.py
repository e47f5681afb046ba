"""TypeScript out: the shapes by json-schema-to-typescript, and the event maps of socket.io."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ..asyncapi.contract import Contract, Message, Namespace, Operation
from ..asyncapi.named_schemas import LISTS, MAPS, ONE
from ..asyncapi.schemas import local
from ..jsonschema.references import Json
from . import node

PROGRAM = Path(__file__).with_name("typescript.mjs")


def emit(contract: Contract) -> dict[str, str]:
    """Return the file `index.d.ts`."""
    given = {"schemas": _shapes(contract), "events": _events(contract)}
    packages = "json-schema-to-typescript prettier"
    without = "write --target python only"
    return {"index.d.ts": node.run(PROGRAM, given, "TypeScript", packages, without)}


def _shapes(contract: Contract) -> dict[str, Json]:
    return {name: _typed(local(schema)) for name, schema in contract.schemas.items()}


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
    return "\n\n".join([*_response(contract), *(_maps(contract, n) for n in contract.namespaces)])


def _response(contract: Contract) -> list[str]:
    error = _the_error(contract)
    if error is None:
        return []
    success = _doc("What an operation acknowledges when it was carried out.")
    response = _doc("What an operation acknowledges: its result, or why there is none.")
    return [
        f"{success}export interface Success<T> {{ data: T }}",
        f"{response}export type Response<T> = Success<T> | {error};",
    ]


def _the_error(contract: Contract) -> str | None:
    """Name the one shape that every error ack has; None when there are several, or none."""
    errors = {
        reply.payload
        for operation in contract.receives
        for reply in operation.replies
        if reply.ack == "error" and reply.payload
    }
    return errors.pop() if len(errors) == 1 else None


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
    callback = f"callback: ({_answer(contract, operation)}) => void"
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


def _answer(contract: Contract, operation: Operation) -> str:
    """Return the parameter of an ack's callback; none when the ack never has an argument."""
    if any(reply.several for reply in operation.replies):
        lists = dict.fromkeys(f"[{_listed(reply)}]" for reply in operation.replies)
        return f"...res: {' | '.join(lists)}"
    types = [*dict.fromkeys(item.payload for item in operation.replies if item.payload)]
    if not types:
        return ""
    mark = "?" if 0 in operation.ack_args else ""
    return f"res{mark}: {_response_of(contract, operation) or ' | '.join(types)}"


def _listed(reply: Message) -> str:
    """Return the members of the list of an ack's arguments."""
    each = [
        f"{name}{'' if number < reply.least else '?'}"
        for number, name in enumerate(reply.arguments)
    ]
    return ", ".join([*each, *([f"...{reply.rest}[]"] if reply.rest else [])])


def _response_of(contract: Contract, operation: Operation) -> str | None:
    """Return an ack as `Response<T>` where it is an object with `data`, or the contract's error."""
    payloads: dict[str, list[str]] = {"success": [], "error": []}
    for reply in operation.replies:
        if reply.payload:
            payloads[reply.ack].append(reply.payload)
    match payloads["success"], payloads["error"]:
        case [success], [error] if error == _the_error(contract):
            schema = contract.schemas[success]
            if isinstance(schema, dict) and _is_envelope(schema):
                return f"Response<{_data_type(success, schema)}>"
    return None


def _is_envelope(schema: dict[str, Json]) -> bool:
    return [*schema.get("properties", {})] == ["data"] and schema.get("required") == ["data"]


def _data_type(name: str, schema: dict[str, Json]) -> str:
    data = schema["properties"]["data"]
    if isinstance(data, dict):
        if "$ref" in data:
            return _name(data["$ref"])
        if data.get("type") == "array" and "$ref" in data.get("items", {}) and len(data) > 1:
            return f"{_name(data['items']['$ref'])}[]"
    return f'{name}["data"]'


def _name(ref: str) -> str:
    return ref.rsplit("/", 1)[-1]


def _doc(*paragraphs: str) -> str:
    text = "\n *\n * ".join(" ".join(p.split()) for p in paragraphs if p).replace("*/", "*\\/")
    return f"/**\n * {text}\n */\n" if text else ""
