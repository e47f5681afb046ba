"""What a contract can be generated from with, and should not have: one function a rule."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

from .. import asyncapi
from ..asyncapi import semver
from ..asyncapi.contract import payload_address
from ..asyncapi.document import Document, Refusal
from ..asyncapi.rules import event_and_replies, parts
from ..jsonschema.dialect import Draft7, Validator, Violation, deepest
from ..jsonschema.references import Address, Json, steps
from ..jsonschema.satisfiability import has_example, impossible

_ACCEPTED = ("additionalProperties", "else", "items", "then")
_SIZED = {"date", "date-time", "idn-hostname", "hostname", "ipv4", "ipv6", "time", "uuid"}
"""Formats whose values are short by their own rules (JSON Schema draft 7, validation, 7.3)."""


def asyncapi_schema(document: Document) -> Iterator[Refusal]:
    """Hold the document against AsyncAPI's own JSON Schema of 3.1 (of which 3.0 is a part)."""
    current = {**document.root, "asyncapi": "3.1.0"}
    for error in _asyncapi().iter_errors(current):
        found = deepest(error)
        address = (*found.absolute_path,)
        yield document.refuse(
            "asyncapi-schema", address, _short(found), "see what AsyncAPI 3.1 says of it"
        )


@cache
def _asyncapi() -> Validator:
    """Load the schema that the npm package `@asyncapi/specs` publishes (Apache-2.0)."""
    text = (resources.files(asyncapi) / "asyncapi-3.1.0.json").read_text("utf-8")
    return Draft7(json.loads(text))


def _short(error: Violation) -> str:
    value = json.dumps(error.instance, default=str)
    return error.message if len(error.message) < 200 else f"{error.validator} fails: {value[:100]}…"  # noqa: PLR2004


def version_semver(document: Document) -> Iterator[Refusal]:
    """Want a version that says what a change means to clients."""
    version = str(document.root["info"]["version"])
    if semver.version(version) is None:
        yield document.refuse(
            "version-semver",
            ("info", "version"),
            f"'{version}' is no semantic version",
            "say 1.0.0",
        )


def no_ack(document: Document) -> Iterator[Refusal]:
    """Want an ack of everything that a client emits."""
    for address, operation in _operations(document, "receive"):
        if not operation.get("reply"):
            yield document.refuse(
                "no-ack", address, "is never acknowledged", "add a reply, if only of errors"
            )


def error_kinds(document: Document) -> Iterator[Refusal]:
    """Want it said what is acknowledged when the server itself refuses."""
    for address, operation in _operations(document, "receive"):
        channel = document.at(document.follow((*address, "channel")))
        kinds = {
            kind
            for place in (channel, operation)
            for kind in place.get("x-socketio", {}).get("errors", {})
        }
        missing = [kind for kind in ("arity", "payload", "unexpected") if kind not in kinds]
        if operation.get("reply") and missing:
            yield document.refuse(
                "error-kinds",
                address,
                f"does not say what is acknowledged for {', '.join(missing)}",
                "declare x-socketio errors, once for the channel",
            )


def loose_send(document: Document) -> Iterator[Refusal]:
    """Want each event of the server tied to what causes it."""
    tied = {
        document.target(ref["$ref"])
        for _, operation in _operations(document, "receive")
        for ref in operation.get("x-socketio", {}).get("broadcasts", [])
    }
    for address, _ in _operations(document, "send"):
        if address not in tied:
            yield document.refuse(
                "loose-send",
                address,
                "no operation says that it sends this",
                "name it in the x-socketio broadcasts of its cause",
            )


def unbounded(document: Document) -> Iterator[Refusal]:
    """Want a bound on every string and array that a client may send."""
    for address in _inbound(document):
        schema = document.at(address)
        if schema is True or schema == {}:
            yield document.refuse("unbounded", address, "takes anything", "say what it is")
        if not isinstance(schema, dict) or "enum" in schema or "const" in schema:
            continue
        types = _types(schema)
        if "string" in types and "maxLength" not in schema and schema.get("format") not in _SIZED:
            yield document.refuse("unbounded", address, "a string of any length", "add maxLength")
        if "array" in types and "maxItems" not in schema:
            yield document.refuse("unbounded", address, "an array of any length", "add maxItems")


def description(document: Document) -> Iterator[Refusal]:
    """Want everything said in words too."""
    for address in sorted({*_described(document)}, key=document.position):
        value = document.at(address)
        if isinstance(value, dict) and not str(value.get("description", "")).strip():
            yield document.refuse("description", address, "has no description", "add one")


def missing_example(document: Document) -> Iterator[Refusal]:
    """Want an example of each message with a payload."""
    for address in _messages(document):
        message = document.at(address)
        if "payload" in message and not message.get("examples"):
            yield document.refuse("missing-example", address, "has no example", "add one")


def unused_component(document: Document) -> Iterator[Refusal]:
    """Want no component that nothing refers to."""
    root = document.root
    used: set[Address] = set()
    waiting: list[Address] = [(key,) for key in root if key != "components"]
    while waiting:
        for _, ref in document.refs(waiting.pop()):
            path = steps(ref)
            component: Address = (*path[:3],) if path[0] == "components" else (*path,)
            if component not in used:
                used.add(component)
                waiting.append(component)
    for kind, components in root.get("components", {}).items():
        for name in components if isinstance(components, dict) else ():
            if ("components", kind, name) not in used:
                yield document.refuse(
                    "unused-component",
                    ("components", kind, name),
                    "nothing refers to it",
                    "remove it, or refer to it",
                )


def unsatisfiable(document: Document) -> Iterator[Refusal]:
    """Want a value for each schema: by its keywords, else by one that is drawn."""
    for address in _schemas(document):
        schema = document.at(address)
        if schema is False and _is_key(address):
            continue
        is_named = len(address) == 3  # noqa: PLR2004
        reason = impossible(document.root, schema)
        if reason is None and is_named and not has_example(document.root, schema):
            reason = "no value was found"
        if reason is not None:
            yield document.refuse(
                "unsatisfiable", address, f"no value is valid: {reason}", "loosen it"
            )


def _is_key(address: Address) -> bool:
    """Say whether a schema is a property's or of further ones: `false` there forbids keys."""
    return address[-2] == "properties" or address[-1] == "additionalProperties"


def _types(schema: Mapping[str, Json]) -> list[str]:
    declared = schema.get("type", [])
    return [declared] if isinstance(declared, str) else [*declared]


def _operations(document: Document, action: str) -> Iterator[tuple[Address, Json]]:
    for key in document.root.get("operations", {}):
        address: Address = document.follow(("operations", key))
        if document.at(address)["action"] == action:
            yield address, document.at(address)


def _messages(document: Document) -> list[Address]:
    """Give the address of every message that an operation has, each once."""
    operations = [*_operations(document, "receive"), *_operations(document, "send")]
    found = [
        message for address, _ in operations for message in event_and_replies(document, address)
    ]
    return [*dict.fromkeys(found)]


def _inbound(document: Document) -> list[Address]:
    """Give the address of every schema, and part of one, that judges what clients send."""
    messages = [
        *(event_and_replies(document, item)[0] for item, _ in _operations(document, "receive")),
        *(
            m
            for item, _ in _operations(document, "send")
            for m in event_and_replies(document, item)[1:]
        ),
    ]
    found: dict[Address, None] = {}
    for message in messages:
        if "payload" in document.at(message):
            _reach(document, payload_address(document, message), found)
    return sorted(found, key=document.position)


def _reach(document: Document, address: Address, found: dict[Address, None]) -> None:
    address = document.follow(address)
    if address in found:
        return
    found[address] = None
    for inner in parts(document, address, _ACCEPTED):
        if document.at(inner) is not True or inner[-1] != "additionalProperties":
            _reach(document, inner, found)


def _schemas(document: Document) -> Iterator[Address]:
    """Yield the address of every schema that is written in the document, and of its parts."""
    named = document.root.get("components", {}).get("schemas", {})
    inline = [item for item in _messages(document) if "payload" in document.at(item)]
    waiting: list[Address] = [payload_address(document, message) for message in inline]
    waiting += [("components", "schemas", name) for name in named]
    while waiting:
        address = waiting.pop()
        if document.follow(address) == address:
            yield address
            waiting += parts(document, address)


def _described(document: Document) -> Iterator[Address]:
    root = document.root
    yield ("info",)
    for section in ("servers", "channels", "operations"):
        yield from (document.follow((section, key)) for key in root.get(section, {}))
    yield from _messages(document)
    yield from (("components", "schemas", k) for k in root.get("components", {}).get("schemas", {}))
    for address in _schemas(document):
        schema = document.at(address)
        for key in schema.get("properties", {}) if isinstance(schema, dict) else ():
            yield document.follow((*address, "properties", key))
