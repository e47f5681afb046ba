"""The types of acks in TypeScript, whose shapes are told apart by their keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from ..asyncapi.contract import Contract, Message, Operation
from ..asyncapi.named_schemas import COMPONENTS
from ..jsonschema.references import Json

WITHOUT = """/**
 * A shape of an ack, without the keys of its other shapes: `if (ack.error)` tells which one it is.
 */
export type Without<Shape, Keys extends string> = Shape & { [Key in Keys]?: never };"""

_RESPONSE = """/**
 * What an operation acknowledges when it was carried out.
 */
export interface Success<T> {{ data: T }}

/**
 * What an operation acknowledges: its result, or why there is none.
 */
export type Response<T> = {shapes};"""


def response(contract: Contract) -> list[str]:
    """Return the type `Response`, where all error acks have one shape."""
    error = the_error(contract)
    if error is None:
        return []
    keys = _keys(contract, error)
    data = [] if "data" in keys else ["data"]
    success = _shape("Success<T>", sorted(keys - {"data"}))
    return [_RESPONSE.format(shapes=f"{success} | {_shape(error, data)}")]


def the_error(contract: Contract) -> str | None:
    """Name the one shape that every error ack has; None when there are several, or none."""
    errors = {
        reply.payload
        for operation in contract.receives
        for reply in operation.replies
        if reply.ack == "error" and reply.payload
    }
    return errors.pop() if len(errors) == 1 else None


def parameters(contract: Contract, operation: Operation) -> str:
    """Return the parameters of an ack's callback; none when the ack never has an argument."""
    if any(reply.several for reply in operation.replies):
        lists = dict.fromkeys(f"[{_listed(reply)}]" for reply in operation.replies)
        return f"...res: {' | '.join(lists)}"
    types = [*dict.fromkeys(item.payload for item in operation.replies if item.payload)]
    if not types:
        return ""
    mark = "?" if 0 in operation.ack_args else ""
    return f"res{mark}: {_response_of(contract, operation) or _one_of(contract, types)}"


def telling_key(contract: Contract, operation: Operation) -> str | None:
    """Return the key that every error ack of an operation has, and no other; None without one."""
    if any(reply.several for reply in operation.replies):
        return None
    errors, successes = (
        [item.payload for item in operation.replies if item.payload and item.ack == kind]
        for kind in ("error", "success")
    )
    taken = {key for name in successes for key in _keys(contract, name)}
    if not errors or not all(_keys(contract, name) for name in successes):
        return None
    required = [_object(contract, name).get("required", []) for name in errors]
    common = [key for key in required[0] if all(key in each for each in required)]
    return next((key for key in common if key not in taken and key.isidentifier()), None)


def _one_of(contract: Contract, types: Sequence[str]) -> str:
    """Return a union of shapes, each without the keys that only others have."""
    return " | ".join(
        _shape(name, [*_others(contract, name, types)] if _keys(contract, name) else [])
        for name in types
    )


def _others(contract: Contract, name: str, types: Sequence[str]) -> Iterator[str]:
    own = _keys(contract, name)
    yield from sorted({key for other in types for key in _keys(contract, other)} - own)


def _shape(name: str, keys: Sequence[str]) -> str:
    return f"Without<{name}, {' | '.join(map(_quoted, keys))}>" if keys else name


def _keys(contract: Contract, name: str) -> set[str]:
    return {*_object(contract, name).get("properties", {})}


def _object(contract: Contract, name: str) -> dict[str, Json]:
    """Return the schema of an object; empty for anything else."""
    schema = contract.resolved({"$ref": f"{COMPONENTS}{name}"})
    is_object = isinstance(schema, dict) and schema.get("type") == "object"
    return schema if is_object else {}


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
        case [success], [error] if error == the_error(contract):
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


def _quoted(key: str) -> str:
    return json.dumps(key)
