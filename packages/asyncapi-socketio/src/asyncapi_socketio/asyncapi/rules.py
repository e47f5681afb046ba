"""The rules that a document must keep to be a contract: each finding says where, and a way out.

They are few: what a document does not say has a default, and what Socket.IO can't do is left to
`lint`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache, cached_property
from importlib import resources

from ..jsonschema.dialect import Draft7, Validator, first_violation
from ..jsonschema.references import Address, Json
from ..reporting.finding import Finding
from . import index
from .document import Document
from .index import Event, Place, described, extension
from .named_schemas import LISTS, MAPS, ONE, NamedSchemas

_KNOWN = re.compile(r"3\.[01]\.\d+")


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
    if version := _version(document):
        return [version]
    broken = [*document.broken, *_refs(document)]
    if broken:  # nothing behind them can be looked at
        return _in_order(broken)
    outline = [*_outline(document)]
    return _in_order(outline or [*_everything(document)])


def _in_order(findings: list[Finding]) -> list[Finding]:
    return sorted({*findings}, key=lambda item: (item.line, item.column, item.problem))


def version_of(document: Document) -> str:
    """Return the version of AsyncAPI that a document names, "" without one."""
    version = document.root.get("asyncapi")
    return "" if version is None else str(version)


def _version(document: Document) -> Finding | None:
    """Return what is to be said of another version, or of another kind of document."""
    version = version_of(document)
    if _KNOWN.fullmatch(version):
        return None
    address: Address = ("asyncapi",) if version else ()
    convert = "convert it with `npx @asyncapi/cli convert asyncapi.yaml -t 3.0.0`"
    if not version:
        other = next((key for key in ("openapi", "swagger") if key in document.root), None)
        problem = "names no version of AsyncAPI"
        way_out = "start it with 'asyncapi: 3.1.0'"
        if other:
            problem = f"is an OpenAPI document ({other}: {document.root[other]}), not AsyncAPI"
            way_out = "describe events instead of paths, from 'asyncapi: 3.1.0' on"
        return document.finding("version", address, problem, way_out)
    if version.startswith(("1.", "2.")):
        words = "topics" if version.startswith("1.") else "publish and subscribe"
        problem = f"AsyncAPI {version} has {words}, but no operations and no acks"
        return document.finding("version", address, problem, f"{convert}, as `generate` does")
    problem = f"AsyncAPI {version} is not known, but 3.0.0 and 3.1.0 are"
    return document.finding("version", address, problem, "write 'asyncapi: 3.1.0'")


def _refs(document: Document) -> Iterator[Finding]:
    broken = {(item.line, item.column) for item in document.broken}
    for address, ref in document.refs():
        if document.position(address) in broken:
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
        items = root.get(section) or {}
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
            else:
                yield from _messages_outline(document, (section, key))
    schemas = (root.get("components") or {}).get("schemas") or {}
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
    if not isinstance(channel, dict) or not isinstance(channel.get("$ref"), str):
        yield document.finding(
            "structure", address, "has no channel", "refer to one: {$ref: '#/channels/…'}"
        )
    for holder in (value, value.get("reply") or {}):
        if not isinstance(holder.get("messages") or [], list):
            yield document.finding(
                "structure", address, "has messages that are no list", "list refs to them"
            )


def _messages_outline(document: Document, address: Address) -> Iterator[Finding]:
    channel = document.follow(address)
    messages = document.at(channel).get("messages") or {}
    place = (*address, "messages")
    if not isinstance(messages, dict):
        yield document.finding(
            "structure", place, "is not an object", "key messages by their names"
        )
        return
    for key in messages:
        if not isinstance(document.at(document.follow((*channel, "messages", key))), dict):
            yield document.finding(
                "structure", (*place, key), "is not an object", "describe it as AsyncAPI does"
            )


def _everything(document: Document) -> Iterator[Finding]:
    misspelled = [*_extensions(document)]
    yield from misspelled
    yield from _schemas(document)
    if misspelled:
        return
    for place in index.messages(document):
        yield from _arity(document, place.address)
    judges = _ErrorJudges(document)
    for event in index.events(document):
        yield from _event(document, event, judges)


@cache
def _extension_judge(place: str) -> Validator:
    text = (resources.files(__package__) / "x-socketio.schema.json").read_text("utf-8")
    schema = json.loads(text)
    return Draft7({**schema, "$ref": f"#/definitions/{place}"})


def _extensions(document: Document) -> Iterator[Finding]:
    servers = document.root.get("servers") or {}
    places: list[tuple[str, Address]] = [
        *(("server", document.follow(("servers", key))) for key in servers),
        *(("channel", address) for _, address in index.channels(document)),
        *(("message", place.address) for place in index.messages(document)),
        *((document.at(event.place)["action"], event.place) for event in index.events(document)),
    ]
    for place, address in dict.fromkeys(places):
        value = described(document, address).get("x-socketio", {})
        for error in _extension_judge(place).iter_errors(value):
            where = (*address, "x-socketio", *error.absolute_path)
            yield document.finding(
                "x-socketio",
                where,
                error.message,
                "see asyncapi-socketio's x-socketio.schema.json",
            )


def _arity(document: Document, message: Address) -> Iterator[Finding]:
    """Refuse a declared number of arguments that the payload does not have."""
    declared = extension(document, message).get("args")
    payload = index.payload_address(document, message)
    if declared is None:
        return
    items = index.tuple_items(document, payload) if payload else None
    if declared == len(index.arguments(document, message)):
        return
    where = (*message, "x-socketio", "args")
    if payload is None:
        problem, way_out = f"{declared} argument(s) without payload", "add the payload"
    elif declared == 0:
        problem, way_out = "a payload without argument", "remove one of the two"
    elif items is None:
        problem = f"{declared} arguments, of which the payload describes one"
        way_out = "make it a tuple: {type: array, items: [one schema per argument]}"
    else:
        problem = f"{declared} arguments, of which the payload describes {len(items)}"
        way_out = "describe each in its items"
    yield document.finding("arity", where, problem, way_out)


def _event(document: Document, event: Event, judges: _ErrorJudges) -> Iterator[Finding]:
    said = extension(document, event.place)
    if document.at(event.place)["action"] == "send":
        if event.replies and said.get("audience", "sender") != "sender":
            yield document.finding(
                "audience",
                (*event.operation, "reply"),
                "only one client can acknowledge",
                "make the audience 'sender', or answer with an event of its own",
            )
        return
    for rule, key, action in (
        ("broadcast", "broadcasts", "send"),
        ("precondition", "preconditions", "receive"),
    ):
        for number, ref in enumerate(said.get(key, [])):
            if not _is_operation(document, ref["$ref"], action):
                where = (*event.operation, "x-socketio", key, number)
                problem = f"{ref['$ref']} has another action than '{action}'"
                yield document.finding(rule, where, problem, f"refer to one that has '{action}'")
    for name, ref in said.get("links", {}).items():
        where = (*event.operation, "x-socketio", "links", name)
        if not _is_operation(document, ref["$ref"], "receive"):
            problem = f"{ref['$ref']} has another action than 'receive'"
            yield document.finding("x-socketio", where, problem, "refer to one that has 'receive'")
        elif name not in _properties(document, event.message.address):
            problem = f"the payload has no property '{name}'"
            yield document.finding("x-socketio", where, problem, "name one of its properties")
    attempt = said.get("idempotencyKey")
    if attempt is not None and attempt not in _properties(document, event.message.address):
        where = (*event.operation, "x-socketio", "idempotencyKey")
        problem = f"the payload has no property '{attempt}'"
        yield document.finding("x-socketio", where, problem, "name one of its properties")
    yield from _errors(document, event, judges)


def _is_operation(document: Document, ref: str, action: str) -> bool:
    value = document.at(document.target(ref))
    return isinstance(value, dict) and value.get("action") == action


def _properties(document: Document, message: Address) -> Json:
    """Return the properties of a message's one argument; none if it is not an object."""
    arguments = index.arguments(document, message)
    if len(arguments) != 1:
        return {}
    schema = document.at(index.unwrapped(document, arguments[0]))
    return schema.get("properties", {}) if isinstance(schema, dict) else {}


def _errors(document: Document, event: Event, judges: _ErrorJudges) -> Iterator[Finding]:
    """Hold each declared error ack against the shapes of errors that the operation has."""
    declared: dict[str, Address] = {}
    for owner in (event.channel, event.place):
        errors = extension(document, owner).get("errors", {})
        declared |= {kind: (*owner, "x-socketio", "errors", kind) for kind in errors}
    if not declared or not event.replies:
        return
    shapes = [*judges.of(event.replies)]
    for where in declared.values():
        error = document.at(where)
        ack = {**error["ack"]}
        if "details" in error:
            ack[error["details"]] = []
        if all(first_violation(judge, ack) for judge in shapes):
            yield document.finding(
                "error-ack",
                where,
                f"is not an error that {'/'.join(map(str, event.operation))} acknowledges",
                "make it fit the payload of a reply with x-socketio: {ack: error}",
            )


class _ErrorJudges:
    """What judges the error acks of a document, each made once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._made: dict[Address, Validator] = {}

    @cached_property
    def _schemas(self) -> NamedSchemas:
        return NamedSchemas(self._document)

    def of(self, replies: tuple[Place, ...]) -> Iterator[Validator]:
        """Yield what judges by each error that is among the replies."""
        for reply in replies:
            shape = index.arguments(self._document, reply.address)
            is_error = extension(self._document, reply.address).get("ack") == "error"
            if is_error and len(shape) == 1:
                if shape[0] not in self._made:
                    self._made[shape[0]] = judge(self._schemas, shape[0])
                yield self._made[shape[0]]


def judge(schemas: NamedSchemas, address: Address) -> Validator:
    """Return what judges values by a schema of a document."""
    schema = schemas.copied(address)
    return Draft7({"allOf": [schema], "components": {"schemas": schemas.named}})


def _schemas(document: Document) -> Iterator[Finding]:
    """Refuse, in every schema that is written in the document, what is not draft 7."""
    for address in written_schemas(document):
        schema = document.at(address)
        if isinstance(schema, dict) and "$ref" not in schema:
            for error in Draft7(_META).iter_errors(_alone(schema)):
                where = (*address, *error.absolute_path)
                yield document.finding(
                    "draft-7", where, f"is not a JSON Schema: {error.message}", "correct it"
                )


_META = Draft7.META_SCHEMA


def _alone(schema: Json) -> Json:
    """Return a schema without the schemas that it holds, which are looked at by themselves."""
    alone = {}
    for key, value in schema.items():
        if key in ONE and isinstance(value, dict):
            continue
        if key in (*ONE, *LISTS) and isinstance(value, list) and value:
            continue
        alone[key] = {} if key in {*MAPS, "definitions"} and isinstance(value, dict) else value
    return alone


def written_schemas(document: Document) -> Iterator[Address]:
    """Yield where every schema of the document stands, and each that is written inside of one."""
    schemas = (document.root.get("components") or {}).get("schemas") or {}
    waiting: list[Address] = [("components", "schemas", key) for key in reversed([*schemas])]
    for place in index.messages(document):
        payload = index.payload_address(document, place.address)
        waiting += [payload] if payload else []
    seen: set[Address] = set()
    while waiting:
        address = index.unwrapped(document, waiting.pop())
        if address in seen or index.foreign_format(document, address):
            continue
        seen.add(address)
        yield address
        waiting += parts(document, address)


def parts(document: Document, address: Address, ones: tuple[str, ...] = ONE) -> Iterator[Address]:
    """Yield the addresses of the schemas that a schema holds; a `$ref` holds none.

    `ones` are the keywords with one schema that are looked at.
    """
    schema = document.at(address)
    if not isinstance(schema, dict) or "$ref" in schema:
        return
    for keyword in (*ones, *LISTS):
        inner = schema.get(keyword)
        if isinstance(inner, list):
            yield from ((*address, keyword, number) for number in range(len(inner)))
        elif isinstance(inner, dict | bool) and keyword in ones:
            yield (*address, keyword)
    for keyword in MAPS:
        inner = schema.get(keyword)
        for key, part in inner.items() if isinstance(inner, dict) else ():
            if isinstance(part, dict | bool):
                yield (*address, keyword, key)
