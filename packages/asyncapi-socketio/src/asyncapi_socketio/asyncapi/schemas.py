"""The JSON Schemas of a contract: one self-contained draft 7 document per payload and ack."""

from __future__ import annotations

from collections.abc import Sequence

from ..jsonschema.references import Json, refs
from .contract import Contract, Message, Namespace, Operation
from .named_schemas import COMPONENTS

DRAFT = "http://json-schema.org/draft-07/schema#"


def auth_schema(namespace: Namespace) -> str | None:
    """Name the schema of what a CONNECT carries; None where the contract says nothing."""
    return None if namespace.auth is None else f"{namespace.key}.auth"


def connect_errors_schema(namespace: Namespace) -> str | None:
    """Name the schema of the data of a refused CONNECT; None where the contract says nothing."""
    return None if namespace.connect_errors is None else f"{namespace.key}.connectErrors"


def parameters_schema(namespace: Namespace) -> str | None:
    """Name the schema of the parameters in a namespace's path; None where it has none."""
    return None if namespace.parameters is None else f"{namespace.key}.parameters"


def parameters_document(contract: Contract, namespace: Namespace) -> Json:
    """Return the schema of the parameters in a namespace's path, self-contained."""
    return schema_document(contract, [{"$ref": f"{COMPONENTS}{namespace.parameters}"}])


def connect_errors_document(contract: Contract, namespace: Namespace) -> Json:
    """Return the schema of the data of a refused CONNECT, self-contained, with its examples."""
    document = schema_document(contract, [namespace.connect_errors])
    examples = contract.examples(namespace.connect_errors)
    return {**document, "examples": examples} if examples else document


def payload_schema(operation: Operation) -> str | None:
    """Name the schema of an operation's argument; None when it has none."""
    return f"{operation.id}.payload" if operation.message.takes_any else None


def ack_schema(operation: Operation) -> str | None:
    """Name the schema of the argument of an operation's ack; None when it has none."""
    return f"{operation.id}.ack" if any(reply.takes_any for reply in operation.replies) else None


def payload_document(contract: Contract, operation: Operation) -> Json:
    """Return the schema of an operation's argument, or of the list of several, self-contained."""
    return message_document(contract, [operation.message])


def ack_document(contract: Contract, operation: Operation) -> Json:
    """Return the schema of the argument of an operation's ack, self-contained.

    Where an ack may have several arguments, it is that of the list of all, however many.
    """
    return message_document(contract, operation.replies)


def schema_document(contract: Contract, schemas: Sequence[Json]) -> Json:
    """Join schemas of a contract, of which one must hold, with all the schemas that they need."""
    needed: dict[str, Json] = {}
    for schema in schemas:
        _collect(contract, schema, needed)
    joined = [local(schema) for schema in schemas]
    root: Json = {"allOf": joined} if len(joined) == 1 else {"anyOf": joined}
    definitions = {name: needed[name] for name in sorted(needed)}
    return {"$schema": DRAFT, **root, "definitions": definitions}


def message_document(contract: Contract, messages: Sequence[Message]) -> Json:
    """Return the schema of the argument that one of the messages has, self-contained.

    Where one has several arguments, it is that of the list of all, however many.
    """
    if any(item.several for item in messages):
        return schema_document(contract, [_list_of(item) for item in messages])
    return schema_document(contract, [_ref(item.payload) for item in messages if item.payload])


def _ref(name: str) -> Json:
    return {"$ref": f"{COMPONENTS}{name}"}


def _list_of(message: Message) -> Json:
    """Return the schema of the list of a message's arguments."""
    count = message.args
    items = {"items": [_ref(name) for name in message.arguments]} if count else {}
    if message.rest is None:
        return {"type": "array", **items, "minItems": message.least, "maxItems": count}
    rest = {"additionalItems" if count else "items": _ref(message.rest)}
    return {"type": "array", **items, **rest, "minItems": message.least}


def _collect(contract: Contract, schema: Json, needed: dict[str, Json]) -> None:
    for _, ref in refs(schema):
        name = ref.rsplit("/", 1)[-1]
        if name not in needed:
            needed[name] = local(contract.schemas[name])
            _collect(contract, needed[name], needed)


def local(schema: Json, root: str = "#/definitions/") -> Json:
    """Copy a schema so that its refs lead to `root`."""
    if isinstance(schema, dict):
        return {
            key: value.replace(COMPONENTS, root)
            if key == "$ref" and isinstance(value, str)
            else local(value, root)
            for key, value in schema.items()
        }
    return [local(value, root) for value in schema] if isinstance(schema, list) else schema
