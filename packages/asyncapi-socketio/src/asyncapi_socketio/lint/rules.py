"""The rules of `lint`: first the checks of those that a contract may break, then all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

from .. import asyncapi
from ..asyncapi import index, semver
from ..asyncapi.document import Document
from ..asyncapi.index import described, extension
from ..asyncapi.rules import parts, written_schemas
from ..jsonschema.dialect import Draft7, Validator, Violation, deepest
from ..jsonschema.references import Address, Json, steps
from ..jsonschema.validation import Schema
from ..reporting.finding import Finding
from ..reporting.rule import Rule
from . import schemas, wire

_ACCEPTED = ("additionalProperties", "else", "items", "then")
_SIZED = {"date", "date-time", "idn-hostname", "hostname", "ipv4", "ipv6", "time", "uuid"}
"""Formats whose values are short by their own rules (JSON Schema draft 7, validation, 7.3)."""


def asyncapi_schema(document: Document) -> Iterator[Finding]:
    """Hold the document against AsyncAPI's own JSON Schema of 3.1 (of which 3.0 is a part)."""
    current = {**document.root, "asyncapi": "3.1.0"}
    judge, quick = _asyncapi()
    if quick.accepts(current):
        return
    for error in judge.iter_errors(current):
        found = deepest(error)
        address = (*found.absolute_path,)
        yield document.finding(
            "asyncapi-schema", address, _short(found), "see what AsyncAPI 3.1 says of it"
        )


@cache
def _asyncapi() -> tuple[Validator, Schema]:
    """Load the schema that the npm package `@asyncapi/specs` publishes (Apache-2.0)."""
    text = (resources.files(asyncapi) / "asyncapi-3.1.0.json").read_text("utf-8")
    schema = json.loads(text)
    return Draft7(schema), Schema(schema)


def _short(error: Violation) -> str:
    value = json.dumps(error.instance, default=str)
    return error.message if len(error.message) < 200 else f"{error.validator} fails: {value[:100]}…"  # noqa: PLR2004


def version_semver(document: Document) -> Iterator[Finding]:
    """Require a version that says what a change means to clients."""
    version = str(document.root["info"]["version"])
    if semver.version(version) is None:
        yield document.finding(
            "version-semver",
            ("info", "version"),
            f"'{version}' is not a semantic version",
            "say 1.0.0",
        )


def no_ack(document: Document) -> Iterator[Finding]:
    """Require an ack of everything that a client emits."""
    for address, place in _operations(document, "receive"):
        if not described(document, place).get("reply"):
            yield document.finding(
                "no-ack", address, "is never acknowledged", "add a reply, if only of errors"
            )


def error_kinds(document: Document) -> Iterator[Finding]:
    """Require it said what is acknowledged when the server itself refuses."""
    for address, place in _operations(document, "receive"):
        channel = document.follow((*place, "channel"))
        kinds = {
            kind
            for owner in (channel, place)
            for kind in extension(document, owner).get("errors", {})
        }
        missing = [kind for kind in ("arity", "payload", "unexpected") if kind not in kinds]
        if described(document, place).get("reply") and missing:
            yield document.finding(
                "error-kinds",
                address,
                f"does not say what is acknowledged for {', '.join(missing)}",
                "declare x-socketio errors, once for the channel",
            )


def loose_send(document: Document) -> Iterator[Finding]:
    """Require each event of the server tied to what causes it, or declared as spontaneous."""
    tied = {
        document.target(ref["$ref"])
        for _, place in _operations(document, "receive")
        for ref in extension(document, place).get("broadcasts", [])
    }
    for address, place in _operations(document, "send"):
        if place not in tied and extension(document, place).get("cause") != "spontaneous":
            yield document.finding(
                "loose-send",
                address,
                "no operation says that it sends this",
                "name it in the x-socketio broadcasts of its cause, or say `cause: spontaneous`",
            )


def unbounded(document: Document) -> Iterator[Finding]:
    """Require a bound on every string and array that a client may send."""
    for address in _inbound(document):
        schema = document.at(address)
        if schema is True or schema == {}:
            yield document.finding("unbounded", address, "takes anything", "say what it is")
        if not isinstance(schema, dict) or "enum" in schema or "const" in schema:
            continue
        types = _types(schema)
        if "string" in types and "maxLength" not in schema and schema.get("format") not in _SIZED:
            yield document.finding("unbounded", address, "a string of any length", "add maxLength")
        if "array" in types and "maxItems" not in schema:
            yield document.finding("unbounded", address, "an array of any length", "add maxItems")


def description(document: Document) -> Iterator[Finding]:
    """Require everything said in words too."""
    for address in sorted({*_described(document)}, key=document.position):
        value = document.at(address)
        if isinstance(value, dict) and not str(value.get("description", "")).strip():
            yield document.finding("description", address, "has no description", "add one")


def missing_example(document: Document) -> Iterator[Finding]:
    """Require an example of each message with a payload."""
    for address in _messages(document):
        message = described(document, address)
        if "payload" in message and not message.get("examples"):
            yield document.finding("missing-example", address, "has no example", "add one")


def unused_component(document: Document) -> Iterator[Finding]:
    """Require no component that nothing refers to."""
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
                yield document.finding(
                    "unused-component",
                    ("components", kind, name),
                    "nothing refers to it",
                    "remove it, or refer to it",
                )


def _types(schema: Mapping[str, Json]) -> list[str]:
    declared = schema.get("type", [])
    return [declared] if isinstance(declared, str) else [*declared]


def _operations(document: Document, action: str) -> Iterator[tuple[Address, Address]]:
    """Yield where each operation is, and where that leads."""
    for key in document.root.get("operations") or {}:
        place: Address = document.follow(("operations", key))
        if document.at(place)["action"] == action:
            yield ("operations", key), place


def _messages(document: Document) -> list[Address]:
    """Return the address of every message that an operation has, each once."""
    found = (place.address for event in index.events(document) for place in event.messages)
    return [*dict.fromkeys(found)]


def _inbound(document: Document) -> list[Address]:
    """Return the address of every schema, and part of one, that judges what clients send."""
    found: dict[Address, None] = {}
    for event in index.events(document):
        received = document.at(event.place)["action"] == "receive"
        for place in (event.message,) if received else event.replies:
            for argument in index.arguments(document, place.address):
                _reach(document, argument, found)
    return sorted(found, key=document.position)


def _reach(document: Document, address: Address, found: dict[Address, None]) -> None:
    address = index.unwrapped(document, address)
    if address in found or index.foreign_format(document, address):
        return
    found[address] = None
    for inner in parts(document, address, _ACCEPTED):
        if document.at(inner) is not True or inner[-1] != "additionalProperties":
            _reach(document, inner, found)


def _described(document: Document) -> Iterator[Address]:
    root = document.root
    yield ("info",)
    for section in ("servers", "channels", "operations"):
        yield from (document.follow((section, key)) for key in root.get(section) or {})
    yield from _messages(document)
    named = (root.get("components") or {}).get("schemas") or {}
    yield from (document.follow(("components", "schemas", key)) for key in named)
    for address in written_schemas(document):
        schema = document.at(address)
        for key in schema.get("properties", {}) if isinstance(schema, dict) else ():
            yield document.follow((*address, "properties", key))


RULES = (
    Rule(
        "structure", "error", "The document is built as AsyncAPI 3 says.",
        "It starts with `asyncapi: 3.x`, has a title and a version, and keys channels, operations "
        "and components by their names. Nothing behind a broken structure can be looked at.",
    ),
    Rule(
        "version", "error", "The document is AsyncAPI 3.",
        "In AsyncAPI 2, publish and subscribe mean the opposite of what most think, and an ack "
        "can't be described. `npx @asyncapi/cli convert` makes a 3.0 document of it, and so does "
        "`generate`, where Node is installed.",
    ),
    Rule(
        "asyncapi-schema", "error", "The document fits AsyncAPI's own JSON Schema.",
        "Other tools (editors, AsyncAPI's parser and generators) reject what does not. It is the "
        "schema of 3.1.0 that `@asyncapi/specs` publishes.",
        asyncapi_schema,
    ),
    Rule(
        "unresolved-ref", "error", "Every `$ref` leads somewhere.",
        "A ref to what was renamed or removed makes a message without payload, or worse.",
    ),
    Rule(
        "remote-ref", "error", "Every `$ref` stays in this document and the files beside it.",
        "A contract that depends on another host can change, or be gone, without a commit. "
        "`--allow-remote` follows them all the same.",
    ),
    Rule(
        "x-socketio", "error", "`x-socketio` says what it may say.",
        "Its schema is `x-socketio.schema.json` in the library: one definition per place.",
    ),
    Rule(
        "arity", "error", "`args` is the number of arguments that the payload describes.",
        "One, whatever it is; several are a tuple: `type: array` with a list of `items`, a schema "
        "per argument.",
    ),
    Rule(
        "protocol", "note", "A server's protocol is one that Socket.IO speaks.",
        "Events of Kafka or MQTT are read as events of Socket.IO: their operations become "
        "handlers, their bindings are not looked at.",
        wire.protocol,
    ),
    Rule(
        "namespace", "warning", "A channel is a namespace: its address starts with `/`, once.",
        "Without address it is the namespace `/`; channels of one address are one namespace. "
        "Socket.IO has no namespace with parameters, it has rooms.",
        wire.namespaces,
    ),
    Rule(
        "parameters", "error", "The parameters of an address are described, and no others.",
        "AsyncAPI's own parser refuses a channel that leaves one out.",
        wire.parameters,
    ),
    Rule(
        "no-message", "note", "An operation has a message.",
        "Without `messages` it has all of its channel's; where that has none, nothing is emitted.",
        wire.no_message,
    ),
    Rule(
        "message-channel", "error", "The messages of an operation are those of its channel.",
        "AsyncAPI's own parser refuses others; the same holds for a reply and its channel.",
        wire.message_channel,
    ),
    Rule(
        "event-name", "warning", "An event has a name that Socket.IO does not reserve.",
        "`connect`, `disconnect` and their kin mean something to every client and server.",
        wire.event_names,
    ),
    Rule(
        "unique-event", "warning", "An event is one operation per namespace and direction.",
        "Two operations of one name can't be told apart on the wire: the first one receives it.",
    ),
    Rule(
        "acks-apart", "warning", "No value is valid as two acks of one operation.",
        "A client tells success from error by the shape alone: let each require a key that the "
        "other forbids.",
        wire.replies,
    ),
    Rule(
        "reply-address", "warning", "An ack has no address, and no channel of its own.",
        "It goes back over the connection that the event came from.",
    ),
    Rule(
        "audience", "error", "What the server asks, it asks one client.",
        "An ack of many clients has no place in Socket.IO's typed events.",
    ),
    Rule(
        "broadcast", "error", "`broadcasts` names operations that the server sends.",
        "What clients call is called by clients. It may be sent to another namespace.",
    ),
    Rule(
        "precondition", "error", "`preconditions` names operations that clients call.",
        "They are what a client does first; a client cannot do what only the server sends.",
    ),
    Rule(
        "error-ack", "error", "A declared error fits an error that the operation acknowledges.",
        "Else the server's own rejection would break the contract.",
    ),
    Rule(
        "code-name", "note", "Operations and schemas have names that code can have.",
        "They become methods and types in Python and TypeScript: `to-do` is `ToDo`, and where that "
        "is taken, `ToDo2`.",
        wire.code_names,
    ),
    Rule(
        "headers", "warning", "No headers.",
        "A Socket.IO packet has none; a payload has keys.",
        wire.headers,
    ),
    Rule(
        "schema-format", "warning", "Payloads are AsyncAPI's Schema Objects (JSON Schema draft 7).",
        "Avro, RAML and Protobuf describe bytes that Socket.IO's JSON packets don't carry: such a "
        "payload is taken for anything.",
        schemas.formats,
    ),
    Rule(
        "draft-7", "error", "Keywords of JSON Schema draft 7 are used as it says.",
        "A validator can't judge by `maxLength: long`.",
    ),
    Rule(
        "keyword", "warning", "Only keywords of JSON Schema draft 7.",
        "A validator ignores keywords that it does not know: `prefixItems` or a misspelt "
        "`maxLenght` would check nothing, without a word.",
        schemas.keywords,
    ),
    Rule(
        "pattern", "warning", "A pattern means the same in ECMA 262 and in Python.",
        "Client and server would judge the same string differently. One that is none in Python is "
        "left out.",
        schemas.patterns,
    ),
    Rule(
        "example", "warning", "Every example fits its schema.",
        "Readers copy examples, mocks answer with them, and testers send them.",
        schemas.examples,
    ),
    Rule(
        "version-semver", "warning", "`info.version` is a semantic version.",
        "`breaking` and everybody who installs the typings read from it what a change "
        "means.",
        version_semver,
    ),
    Rule(
        "no-ack", "warning", "Every event of a client is acknowledged.",
        "Without an ack nobody knows whether an event arrived, was valid, or was carried out.",
        no_ack,
    ),
    Rule(
        "error-kinds", "warning", "The acks of the server's own rejections are declared.",
        "Else a wrong arity, a wrong payload and a failure end in silence, or in something "
        "undeclared.",
        error_kinds,
    ),
    Rule(
        "loose-send", "note", "Every event of the server has a cause in the contract.",
        "`test` and `mock` know from `broadcasts` when to expect or emit it. An "
        "event that no client causes says so: `x-socketio: {cause: spontaneous}`.",
        loose_send,
    ),
    Rule(
        "unbounded", "warning", "Strings and arrays that clients send have a bound.",
        "A client, or a stranger, may send as much as the connection takes: it is stored, and "
        "broadcast to everyone. Bounded by maxLength, maxItems, enum, const or a short format.",
        unbounded,
    ),
    Rule(
        "description", "warning", "Everything has a description.",
        "The reference page, the typings and the models show it; a name alone never says what "
        "happens when something fails.",
        description,
    ),
    Rule(
        "missing-example", "note", "Every message with a payload has an example.",
        "`mock` acknowledges with examples first, `test` sends them first, and "
        "readers look at nothing else.",
        missing_example,
    ),
    Rule(
        "unused-component", "warning", "Every component is used.",
        "What nothing refers to is out of date, or was meant to be used.",
        unused_component,
    ),
    Rule(
        "unsatisfiable", "warning", "Every schema has a valid value.",
        "Bounds that cross, required keys that are forbidden, parts that exclude each other: "
        "nothing can ever be sent. Proved, or, where patterns keep it from that, no value could be "
        "drawn.",
        schemas.unsatisfiable,
    ),
    Rule(
        "ignore", "warning", "`x-lint-ignore` names rules that break there, with a reason.",
        "What is ignored without a reason, or no longer breaks, hides what breaks next.",
    ),
)  # fmt: skip
"""Those without a check are found while the contract is modelled (`asyncapi.rules`)."""
