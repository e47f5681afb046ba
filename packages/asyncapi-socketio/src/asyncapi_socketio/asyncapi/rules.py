"""The rules that a document must keep to be a contract: each finding says where, and a way out."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

from ..jsonschema.dialect import Draft7, Validator, first_violation
from ..jsonschema.disjoint import disjoint
from ..jsonschema.references import Address, Json
from ..reporting.finding import Finding
from .contract import payload_schema, snake
from .document import Document

GENERATED_NAMES = {
    "Ask", "Asks", "BaseContext", "Broadcast", "ClientEvents", "ClientToServerEvents", "Context",
    "Contract", "Emit", "Encoded", "Error", "Handlers", "Namespace", "Receive", "Refusal",
    "Response", "Send", "ServerEvents", "ServerToClientEvents", "Success",
}  # fmt: skip
"""Names that the generated code has for itself (`Error` is also JavaScript's own)."""

RESERVED_EVENTS = {
    "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
}  # fmt: skip
"""Names that mean something to Socket.IO itself (socket.io documentation, "Emit cheatsheet")."""

DRAFT_7 = {
    "$comment", "$id", "$ref", "$schema", "additionalProperties", "allOf", "anyOf", "const",
    "contains", "contentEncoding", "contentMediaType", "default", "definitions", "dependencies",
    "deprecated", "description", "discriminator", "else", "enum", "examples", "exclusiveMaximum",
    "exclusiveMinimum", "externalDocs", "format", "if", "items", "maxItems", "maxLength",
    "maxProperties", "maximum", "minItems", "minLength", "minProperties", "minimum", "multipleOf",
    "not", "oneOf", "pattern", "patternProperties", "properties", "propertyNames", "readOnly",
    "required", "then", "title", "type", "uniqueItems", "writeOnly",
}  # fmt: skip
"""The keywords of JSON Schema draft 7 and of AsyncAPI's Schema Object."""

WAYS_OUT = {
    "prefixItems": "send one object",
    "unevaluatedProperties": "use additionalProperties",
    "unevaluatedItems": "use items",
    "dependentRequired": "use dependencies",
    "dependentSchemas": "use dependencies",
    "$defs": "move the schemas to components/schemas",
    "definitions": "move the schemas to components/schemas",
    "nullable": "add 'null' to the type",
    "$id": "refer to schemas by #/components/schemas/NAME",
    "$anchor": "refer to schemas by #/components/schemas/NAME",
    "$dynamicRef": "use $ref",
    "$recursiveRef": "use $ref",
}

ONE = ("additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then")
LISTS = ("allOf", "anyOf", "oneOf")
_MAPS = ("dependencies", "patternProperties", "properties")
_SCHEMA_FORMATS = re.compile(
    r"application/(vnd\.aai\.asyncapi(\+(json|yaml))?;version=[\d.]+|schema(\+(json|yaml))?;version=draft-07)"
)


def check(document: Document) -> list[Finding]:
    """Return every finding, in the order of the document; none for one that is a contract."""
    try:
        return _check(document)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        problem = f"is not built as AsyncAPI 3 says ({type(error).__name__}: {error})"
        return [
            document.finding("structure", (), problem, "see what `npx @asyncapi/cli validate` says")
        ]


def _check(document: Document) -> list[Finding]:
    version = str(document.root.get("asyncapi", ""))
    if not version.startswith("3."):
        problem = f"AsyncAPI {version or 'of no version'} is not supported"
        way_out = "convert it with `npx @asyncapi/cli convert -t 3.0.0`"
        return [document.finding("version", ("asyncapi",) if version else (), problem, way_out)]
    broken = [*_refs(document)]
    if broken:  # nothing behind them can be looked at
        return _in_order(broken)
    outline = [*_outline(document)]
    return _in_order(outline or [*_everything(document)])


def _in_order(findings: list[Finding]) -> list[Finding]:
    return sorted({*findings}, key=lambda item: (item.line, item.column, item.problem))


def _refs(document: Document) -> Iterator[Finding]:
    for address, ref in document.refs():
        if not ref.startswith("#"):
            yield document.finding(
                "remote-ref",
                address,
                f"the remote $ref '{ref}' is not followed",
                "copy it into this document",
            )
            continue
        try:
            document.follow(address)
        except (LookupError, TypeError):
            yield document.finding(
                "unresolved-ref",
                address,
                f"the $ref '{ref}' can't be resolved",
                "define it, or correct its spelling",
            )


def _outline(document: Document) -> Iterator[Finding]:
    """Refuse what is not even shaped like AsyncAPI 3, as far as the model needs the shape."""
    root = document.root
    info = root.get("info")
    if not isinstance(info, dict) or not {"title", "version"} <= info.keys():
        yield document.finding(
            "structure", ("info",), "has no title and version", "name the API and its version"
        )
    for section in ("channels", "operations"):
        items = root.get(section, {})
        if not isinstance(items, dict):
            yield document.finding(
                "structure", (section,), "is not an object", f"key the {section} by their names"
            )
            continue
        for key in items:
            address = document.follow((section, key))
            if not isinstance(document.at(address), dict):
                yield document.finding(
                    "structure", (section, key), "is not an object", "describe it as AsyncAPI does"
                )
            elif section == "operations":
                yield from _operation_outline(document, (section, key))
    schemas = root.get("components", {}).get("schemas", {})
    for key in schemas:
        if not isinstance(schemas[key], dict | bool):
            yield document.finding(
                "structure",
                ("components", "schemas", key),
                "is not a JSON Schema",
                "write an object",
            )


def _operation_outline(document: Document, address: Address) -> Iterator[Finding]:
    value = document.at(document.follow(address))
    if value.get("action") not in {"send", "receive"}:
        yield document.finding("structure", address, "has no action", "say 'send' or 'receive'")
    channel = value.get("channel")
    if not isinstance(channel, dict) or "$ref" not in channel:
        yield document.finding(
            "structure", address, "has no channel", "refer to one: {$ref: '#/channels/…'}"
        )
    messages = value.get("messages")
    if not isinstance(messages, list) or len(messages) != 1:
        yield document.finding(
            "one-message",
            address,
            "does not have exactly one message",
            "make it one operation per event",
        )
    reply = value.get("reply")
    if isinstance(reply, dict) and not (
        isinstance(reply.get("messages"), list) and reply["messages"]
    ):
        yield document.finding(
            "structure",
            (*address, "reply"),
            "has no messages",
            "list one message per shape of the ack",
        )


def _everything(document: Document) -> Iterator[Finding]:
    yield from _extensions(document)
    for key in document.root.get("channels", {}):
        yield from _channel(document, ("channels", key))
    for key in document.root.get("operations", {}):
        yield from _operation(document, ("operations", key))
    yield from _names(document)
    for message in sorted({*_messages(document)}, key=str):
        yield from _message(document, message)
    for key in document.root.get("components", {}).get("schemas", {}):
        address: Address = ("components", "schemas", key)
        yield from _schema_name(document, address)
        yield from _schema(document, address)


@cache
def _extension_judge(place: str) -> Validator:
    text = (resources.files(__package__) / "x-socketio.schema.json").read_text("utf-8")
    schema = json.loads(text)
    return Draft7({**schema, "$ref": f"#/definitions/{place}"})


def _extensions(document: Document) -> Iterator[Finding]:
    root = document.root
    places: list[tuple[str, Address]] = [
        *(("server", document.follow(("servers", key))) for key in root.get("servers", {})),
        *(("channel", document.follow(("channels", key))) for key in root.get("channels", {})),
        *(("message", message) for message in _messages(document)),
    ]
    for key in root.get("operations", {}):
        address = document.follow(("operations", key))
        places.append((document.at(address)["action"], address))
    for place, address in places:
        value = document.at(address).get("x-socketio", {})
        for error in _extension_judge(place).iter_errors(value):
            where = (*address, "x-socketio", *error.absolute_path)
            if where[-1] == "args":
                yield document.finding(
                    "arity",
                    where,
                    f"{error.instance} arguments are not supported",
                    "send one object",
                )
            else:
                yield document.finding(
                    "x-socketio",
                    where,
                    error.message,
                    "see asyncapi-socketio's x-socketio.schema.json",
                )


def _messages(document: Document) -> set[Address]:
    """Return the address of every message that a channel or an operation has."""
    root = document.root
    found: set[Address] = set()
    for key in root.get("channels", {}):
        channel = document.follow(("channels", key))
        for name in document.at(channel).get("messages", {}):
            found.add(document.follow((*channel, "messages", name)))
    for key in root.get("operations", {}):
        operation = document.follow(("operations", key))
        found.update(event_and_replies(document, operation))
    return found


def event_and_replies(document: Document, operation: Address) -> list[Address]:
    """Return the addresses of an operation's event, and of the shapes of its ack."""
    value = document.at(operation)
    replies = value.get("reply", {}).get("messages", [])
    places = [("messages", 0), *(("reply", "messages", index) for index in range(len(replies)))]
    return [document.follow((*operation, *place)) for place in places]


def _channel(document: Document, address: Address) -> Iterator[Finding]:
    value = document.at(document.follow(address))
    path = value.get("address")
    if not isinstance(path, str) or not path.startswith("/"):
        yield document.finding(
            "namespace",
            address,
            "has no address that is a namespace",
            "give it one that starts with '/'",
        )
    elif "{" in path or value.get("parameters"):
        yield document.finding(
            "namespace",
            (*address, "address"),
            "a namespace with parameters is not supported",
            "use one namespace and rooms",
        )
    twins = [
        key
        for key in document.root["channels"]
        if document.at(document.follow(("channels", key))).get("address") == path
    ]
    if twins[0] != address[-1]:
        yield document.finding(
            "namespace",
            (*address, "address"),
            f"'{path}' is already channels/{twins[0]}",
            "make it one channel per namespace",
        )


def _operation(document: Document, address: Address) -> Iterator[Finding]:
    place = document.follow(address)
    value = document.at(place)
    event, *replies = event_and_replies(document, place)
    if "traits" in value:
        yield document.finding(
            "traits", (*address, "traits"), "traits are not supported", "write them out"
        )
    yield from _event_name(document, address, event)
    if "reply" in value:
        yield from _reply(document, address, replies)
    if value["action"] == "send":
        if replies and value.get("x-socketio", {}).get("audience") != "sender":
            yield document.finding(
                "audience",
                (*address, "reply"),
                "only one client can acknowledge",
                "make the audience 'sender', or answer with an event of its own",
            )
    else:
        yield from _broadcasts(document, address)
        yield from _idempotency_key(document, address, event)
        yield from _errors(document, address, replies)


def _event_name(document: Document, address: Address, event: Address) -> Iterator[Finding]:
    name = document.at(event).get("name")
    if not isinstance(name, str) or not name:
        yield document.finding(
            "event-name", event, "an event needs a name", "add the name that is on the wire"
        )
    elif name in RESERVED_EVENTS:
        yield document.finding(
            "event-name",
            (*event, "name"),
            f"'{name}' is reserved by Socket.IO",
            "choose another name",
        )
    action, channel = _direction(document, address)
    twins = [
        key
        for key in document.root["operations"]
        if _direction(document, ("operations", key)) == (action, channel)
        and document.at(event_and_replies(document, document.follow(("operations", key)))[0]).get(
            "name"
        )
        == name
    ]
    if twins[0] != address[-1]:
        yield document.finding(
            "unique-event",
            address,
            f"'{name}' is already operations/{twins[0]} in this direction",
            "give each event of a namespace its own name",
        )


def _direction(document: Document, operation: Address) -> tuple[str, Address]:
    address = document.follow(operation)
    return document.at(address)["action"], document.follow((*address, "channel"))


def _reply(document: Document, address: Address, replies: list[Address]) -> Iterator[Finding]:
    reply = document.at(document.follow(address))["reply"]
    if "address" in reply:
        yield document.finding(
            "reply-address",
            (*address, "reply", "address"),
            "an ack has no address of its own",
            "leave it out, or answer with an event",
        )
    shapes = [payload_schema(document, item) for item in replies]
    for index, later in enumerate(shapes):
        for other, earlier in enumerate(shapes[:index]):
            same = later is earlier is None
            if same or (later and earlier and not disjoint(document.root, earlier[1], later[1])):
                first, second = _key(replies[other]), _key(replies[index])
                yield document.finding(
                    "acks-apart",
                    (*address, "reply", "messages", index),
                    f"an ack could be both '{first}' and '{second}'",
                    "let each require a key that the other forbids",
                )


def _key(address: Address) -> str:
    """Return the name that a message has in the document."""
    return str(address[-1])


def _broadcasts(document: Document, address: Address) -> Iterator[Finding]:
    place = document.follow(address)
    refs = document.at(place).get("x-socketio", {}).get("broadcasts", [])
    namespace = _direction(document, address)[1]
    for index, ref in enumerate(refs if isinstance(refs, list) else []):
        if isinstance(ref, dict) and "$ref" in ref:
            target = document.target(ref["$ref"])
            if _direction(document, target) != ("send", namespace):
                yield document.finding(
                    "broadcast",
                    (*address, "x-socketio", "broadcasts", index),
                    f"{ref['$ref']} is not sent to this namespace",
                    "refer to an operation with action 'send' on the same channel",
                )


def _idempotency_key(document: Document, address: Address, event: Address) -> Iterator[Finding]:
    name = document.at(document.follow(address)).get("x-socketio", {}).get("idempotencyKey")
    payload = payload_schema(document, event)
    schema = payload[1] if payload and isinstance(payload[1], dict) else {}
    if name is not None and name not in schema.get("properties", {}):
        yield document.finding(
            "x-socketio",
            (*address, "x-socketio", "idempotencyKey"),
            f"the payload has no property '{name}'",
            "name one of its properties",
        )


def _errors(document: Document, address: Address, replies: list[Address]) -> Iterator[Finding]:
    """Hold each declared error ack against the shapes of errors that the operation has."""
    schemas = [
        shape[1]
        for reply in replies
        if document.at(reply).get("x-socketio", {}).get("ack") == "error"
        and (shape := payload_schema(document, reply))
    ]
    place = document.follow(address)
    channel = document.follow((*place, "channel"))
    declared: dict[str, Address] = {}
    for owner in (channel, place):
        errors = document.at(owner).get("x-socketio", {}).get("errors", {})
        declared |= {kind: (*owner, "x-socketio", "errors", kind) for kind in errors}
    for where in declared.values() if replies else ():
        error = document.at(where)
        ack = {**error["ack"]}
        if "details" in error:
            ack[error["details"]] = []
        if all(first_violation(_judge(document, schema), ack) for schema in schemas):
            yield document.finding(
                "error-ack",
                where,
                f"is not an error that {'/'.join(map(str, address))} acknowledges",
                "make it fit the payload of a reply with x-socketio: {ack: error}",
            )


def _judge(document: Document, schema: Json) -> Validator:
    components = {"components": document.root.get("components", {})}
    if isinstance(schema, bool):
        return Draft7(schema)
    return Draft7({**components, "allOf": [schema]})


def _names(document: Document) -> Iterator[Finding]:
    """Refuse operations whose names are none, or the same, in Python."""
    seen: dict[str, str] = {}
    for key in document.root.get("operations", {}):
        name = snake(key)
        address: Address = ("operations", key)
        if not name.isidentifier() or keyword.iskeyword(name):
            yield document.finding(
                "code-name", address, f"'{name}' can't name a method", "rename the operation"
            )
        elif name in seen:
            yield document.finding(
                "code-name",
                address,
                f"'{name}' is already the method of operations/{seen[name]}",
                "rename one of the two",
            )
        seen.setdefault(name, key)


def _message(document: Document, address: Address) -> Iterator[Finding]:
    value = document.at(address)
    extension = value.get("x-socketio", {})
    if "traits" in value:
        yield document.finding(
            "traits", (*address, "traits"), "traits are not supported", "write them out"
        )
    if "headers" in value:
        yield document.finding(
            "headers",
            (*address, "headers"),
            "Socket.IO packets have no headers",
            "move them to the payload",
        )
    args = extension.get("args", 1 if "payload" in value else 0)
    if args == 1 and "payload" not in value:
        yield document.finding(
            "arity", address, "has an argument without payload", "add the payload"
        )
    if args == 0 and "payload" in value:
        yield document.finding(
            "arity", address, "has a payload without argument", "remove one of the two"
        )
    if "payload" in value:
        yield from _payload(document, address)


def _payload(document: Document, address: Address) -> Iterator[Finding]:
    payload = document.at((*address, "payload"))
    if isinstance(payload, dict) and "schemaFormat" in payload:
        form = str(payload["schemaFormat"])
        if not _SCHEMA_FORMATS.fullmatch(form):
            yield document.finding(
                "schema-format",
                (*address, "payload", "schemaFormat"),
                f"'{form}' is not supported",
                "write the payload as AsyncAPI's Schema Object (JSON Schema draft 7)",
            )
            return
    found = payload_schema(document, address)
    if found is None:
        return
    if isinstance(payload, dict) and "schemaFormat" in payload:
        yield from _schema(document, (*address, "payload", "schema"))
    else:
        yield from _schema(document, (*address, "payload"))
    judge = _judge(document, found[1])
    for index, example in enumerate(document.at(address).get("examples", [])):
        if "payload" in example:
            where = (*address, "examples", index, "payload")
            yield from _example(document, judge, where, example["payload"])


def _example(
    document: Document, judge: Validator, address: Address, example: Json
) -> Iterator[Finding]:
    error = first_violation(judge, example)
    if error is not None:
        where = (*address, *error.absolute_path)
        yield document.finding(
            "example", where, f"does not fit its schema: {error.message}", "correct one of them"
        )


def _schema_name(document: Document, address: Address) -> Iterator[Finding]:
    name = str(address[-1])
    if name in GENERATED_NAMES:
        yield document.finding(
            "code-name",
            address,
            f"a schema can't be called '{name}', a name of the generated code",
            "rename it",
        )
    elif not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", name) or keyword.iskeyword(name):
        yield document.finding(
            "code-name",
            address,
            f"'{name}' can't name a type in Python and TypeScript",
            "rename it: letters and digits, a letter first",
        )


def _schema(document: Document, address: Address) -> Iterator[Finding]:
    """Refuse, in a schema and all that is written inside it, what draft 7 does not know."""
    schema = document.at(address)
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        yield from _schema_ref(document, address, schema["$ref"])
        return
    yield from _keywords(document, address, schema)
    for index, example in enumerate(schema.get("examples", [])):
        yield from _example(
            document, _judge(document, schema), (*address, "examples", index), example
        )
    for part in parts(document, address):
        yield from _schema(document, part)


def parts(document: Document, address: Address, ones: Sequence[str] = ONE) -> Iterator[Address]:
    """Yield the addresses of the schemas that a schema holds; a `$ref` holds none.

    `ones` are the keywords with one schema that are looked at.
    """
    schema = document.at(address)
    if not isinstance(schema, dict) or "$ref" in schema:
        return
    yield from ((*address, keyword_) for keyword_ in ones if keyword_ in schema)
    for keyword_ in LISTS:
        yield from ((*address, keyword_, index) for index in range(len(schema.get(keyword_, []))))
    for keyword_ in _MAPS:
        yield from ((*address, keyword_, key) for key in schema.get(keyword_, {}))


def _schema_ref(document: Document, address: Address, ref: str) -> Iterator[Finding]:
    if not re.fullmatch(r"#/components/schemas/[^/]+", ref):
        yield document.finding(
            "schema-ref",
            address,
            f"the $ref '{ref}' names no schema of components/schemas",
            "give the schema a name there",
        )


def _keywords(document: Document, address: Address, schema: Json) -> Iterator[Finding]:
    unknown = [
        key
        for key in schema
        if (key not in DRAFT_7 or key in WAYS_OUT) and not key.startswith("x-")
    ]
    for key in unknown:
        yield document.finding(
            "draft-7",
            address,
            f"'{key}' is not supported",
            WAYS_OUT.get(key, "use a keyword of JSON Schema draft 7"),
        )
    if isinstance(schema.get("items"), list):
        yield document.finding(
            "draft-7", address, "'items' as a list is not supported", "send one object"
        )
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and (way_out := _pattern_way_out(pattern)):
        yield document.finding(
            "pattern",
            (*address, "pattern"),
            "means something else in Python than in ECMA 262",
            way_out,
        )
    if not unknown:
        for error in Draft7(Draft7.META_SCHEMA).iter_errors(schema):
            where = (*address, *error.absolute_path)
            yield document.finding(
                "draft-7", where, f"is not a JSON Schema: {error.message}", "correct it"
            )


_ONE_TONGUE = re.compile(r"\\[AZzGQEXKRNhHvVpPkgl]|\(\?(?![:=!]|<[=!])|[*+?}]\+|\[\[:")


def _pattern_way_out(pattern: str) -> str | None:
    """Return how to write a pattern so that Python and ECMA 262 both take it, and alike."""
    if found := _ONE_TONGUE.search(pattern):
        return f"write it without '{found[0]}'"
    try:
        re.compile(pattern)
    except re.error as error:
        return f"correct it: {error}"
    return None
