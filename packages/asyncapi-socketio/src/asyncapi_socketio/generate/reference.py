"""The reference page out: one HTML file that opens anywhere, offline too, with a console to try."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from importlib import resources

from ..asyncapi.contract import Contract, Error, ErrorKind, Message, Namespace, Operation
from ..jsonschema.references import Json
from . import markdown
from .npm_readme import package

AUDIENCES = {
    "all": "everyone, the client that caused it too",
    "others": "everyone but the client that caused it",
    "room": "everyone in a room",
    "room-others": "everyone in a room but the client that caused it",
    "sender": "the client that caused it, and nobody else",
}

ERRORS = {
    "arity": "a wrong number of arguments",
    "payload": "an argument that breaks its schema",
    "rate": "more events than one client's share",
    "unexpected": "a failure of the server",
}

TIMES = {"1": "", "0..1": ", or not", "1..n": ", once or more", "0..n": ", any number of times"}

DEEPEST = 6
"""Levels of a schema that are shown inside each other; what is below has a link."""

NO_OTHER_KEYS = "no other keys"

_BOUNDS = (
    "format", "pattern", "minLength", "maxLength", "minimum", "exclusiveMinimum", "maximum",
    "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems", "minProperties",
    "maxProperties", "const", "default",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a schema's table: what stands where, how deep, and what it must be."""

    depth: int
    name: str
    type: str
    link: str
    required: bool
    bounds: tuple[str, ...]
    description: str


def emit(contract: Contract) -> dict[str, str]:
    """Return the file `reference.html`."""
    # They take a while to import, which only those who emit should wait for.
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415
    from markupsafe import Markup  # noqa: PLC0415

    render = markdown.renderer()
    environment = Environment(
        loader=PackageLoader(__package__, "reference_page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["markdown"] = lambda text, level=4: Markup(render(text, level))  # noqa: S704
    environment.filters["pretty"] = lambda value: json.dumps(value, indent=2, ensure_ascii=False)
    page = environment.get_template("reference.html.jinja").render(
        contract=contract,
        package=package(contract),
        audiences=AUDIENCES,
        errors=ERRORS,
        causes=_causes(contract),
        sends={item.id: item for item in contract.sends},
        receives={item.id: item for item in contract.receives},
        times=TIMES,
        rows=lambda name, drops=False: [*rows(contract, name, drops=drops)],
        connect_errors=lambda item: [*_rows(contract, item.connect_errors, ("", True), (), 0)],
        refusals=Refusals(contract),
        text=_text,
        data=_data(contract),
        Markup=Markup,
    )
    return {"reference.html": "\n".join(line.rstrip() for line in page.splitlines()) + "\n"}


def _text(name: str) -> str:
    """Read a part of the page that is not of this contract."""
    return (resources.files(__package__) / "reference_page" / name).read_text("utf-8").strip()


def _causes(contract: Contract) -> dict[str, list[Operation]]:
    """Name the operations that cause each operation of the server."""
    return {
        send.id: [item for item in contract.receives if send.id in item.broadcasts]
        for send in contract.sends
    }


def _data(contract: Contract) -> str:
    """Return what the forms, the snippets and the console need, as JSON that may stand in HTML."""
    data = {
        "title": contract.title,
        "package": package(contract),
        "servers": [asdict(server) for server in contract.servers],
        "namespaces": [_namespace(contract, item) for item in contract.namespaces],
        "receives": [_event(item) for item in contract.receives],
        "sends": [_event(item) for item in contract.sends],
        "schemas": contract.schemas,
        "source": contract.source,
    }
    return json.dumps(data, ensure_ascii=False, default=str).replace("<", "\\u003c")


def _namespace(contract: Contract, namespace: Namespace) -> Json:
    return {
        "path": namespace.path,
        "example": namespace.example,
        "types": namespace.types,
        "servers": namespace.servers,
        "auth": namespace.auth_payload,
        "authExamples": contract.examples(namespace.auth),
    }


def _event(operation: Operation) -> Json:
    return {
        "id": operation.id,
        "event": operation.event,
        "namespace": operation.namespace.path,
        "message": _message(operation.message),
        "replies": [_message(reply) for reply in operation.replies],
    }


def _message(message: Message) -> Json:
    return {
        "args": [*message.arguments],
        "least": message.least,
        "rest": message.rest,
        "more": message.more,
        "several": message.several,
        "ack": message.ack,
        "examples": [*message.examples],
    }


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a server acknowledges by itself, and the events that it does so for."""

    id: str
    kind: ErrorKind
    error: Error
    operations: tuple[Operation, ...]


class Refusals:
    """Every error of a contract once: error acks of its messages, and what servers refuse."""

    def __init__(self, contract: Contract) -> None:
        self._acks: dict[str, tuple[str, Message, list[Operation]]] = {}
        self._own: dict[str, tuple[str, ErrorKind, Error, list[Operation]]] = {}
        for operation in contract.receives:
            for reply in operation.replies:
                if reply.ack == "error":
                    self._note_ack(reply, operation)
            for kind, error in operation.errors.items():
                self._note_own(kind, error, operation)

    def _note_ack(self, reply: Message, operation: Operation) -> None:
        key = _looks(reply)
        known = self._acks.setdefault(key, (f"error-{len(self._acks) + 1}", reply, []))
        known[2].append(operation)

    def _note_own(self, kind: ErrorKind, error: Error, operation: Operation) -> None:
        key = repr((kind, error))
        name = f"refusal-{kind}-{len(self._own) + 1}"
        self._own.setdefault(key, (name, kind, error, []))[3].append(operation)

    @property
    def acks(self) -> list[tuple[str, Message, list[Operation]]]:
        """The error acks: an id on the page, the message, and the events that have it."""
        return [*self._acks.values()]

    @property
    def own(self) -> list[Refusal]:
        """What the server itself refuses."""
        return [Refusal(id_, kind, error, (*has,)) for id_, kind, error, has in self._own.values()]

    def ack(self, reply: Message) -> str:
        """Return the id of an error ack."""
        return self._acks[_looks(reply)][0]

    def of(self, operation: Operation) -> list[Refusal]:
        """Return what the server itself refuses of an event."""
        return [item for item in self.own if operation in item.operations]


def _looks(message: Message) -> str:
    """Return what a reader sees of a message: those that look alike are one."""
    return repr((message.title or message.key, message.description, message.arguments,
                 message.least, message.rest, message.examples))  # fmt: skip


def rows(contract: Contract, schema: str, *, drops: bool = False) -> Iterator[Row]:
    """Yield the lines of the table of a named schema; `drops`: its unknown keys are dropped."""
    for row in _rows(contract, contract.schemas[schema], ("", True), (schema,), 0):
        bounds = tuple(text for text in row.bounds if not (drops and text == NO_OTHER_KEYS))
        yield replace(row, bounds=bounds)


def _rows(
    contract: Contract, schema: Json, place: tuple[str, bool], refs: tuple[str, ...], depth: int
) -> Iterator[Row]:
    """Yield the lines of a part; `place` is its name, and whether it is required."""
    (name, required), link = place, ""
    while isinstance(schema, dict) and "$ref" in schema:
        link = schema["$ref"].rsplit("/", 1)[-1]
        if link in refs or depth > DEEPEST:
            yield Row(depth, name, link, link, required, (), "")
            return
        refs = (*refs, link)
        schema = contract.schemas[link]
    if not isinstance(schema, dict):
        kind = "anything" if schema else "not allowed"
        yield Row(depth, name, kind, link, required and bool(schema), (), "")
        return
    description = str(schema.get("description", "")).strip()
    yield Row(depth, name, _type(schema), link, required, (*_bounds(schema),), description)
    for key, inner, needed in _inside(schema):
        yield from _rows(contract, inner, (key, needed), refs, depth + 1)


def _inside(schema: Json) -> Iterator[tuple[str, Json, bool]]:
    for key, inner in schema.get("properties", {}).items():
        yield key, inner, key in schema.get("required", ())
    if isinstance(schema.get("additionalProperties"), dict):
        yield "(any other key)", schema["additionalProperties"], False
    items = schema.get("items")
    if isinstance(items, list):
        least = schema.get("minItems", 0)
        yield from ((f"(item {n})", item, n <= least) for n, item in enumerate(items, 1))
    elif items is not None:
        yield "(each item)", items, False
    for keyword, name in (("allOf", "all of"), ("anyOf", "any of"), ("oneOf", "one of")):
        for inner in schema.get(keyword, ()):
            yield f"({name})", inner, False


def _type(schema: Json) -> str:
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    implied = "object" if "properties" in schema else "anything"
    declared = schema.get("type", "" if {*schema} & {"allOf", "anyOf", "oneOf"} else implied)
    return declared if isinstance(declared, str) else " | ".join(declared)


def _bounds(schema: Json) -> Iterator[str]:
    for keyword in _BOUNDS:
        if keyword in schema:
            yield f"{keyword}: {json.dumps(schema[keyword], ensure_ascii=True)}"
    if schema.get("additionalProperties") is False:
        yield NO_OTHER_KEYS
