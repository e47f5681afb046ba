"""The reference page out: one HTML file that opens anywhere, offline too, with a console to try."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

from ..asyncapi.contract import Contract, Message, Operation
from ..jsonschema.references import Json
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
    from markdown_it import MarkdownIt  # noqa: PLC0415
    from markupsafe import Markup  # noqa: PLC0415

    markdown = MarkdownIt("commonmark", {"html": False})
    environment = Environment(
        loader=PackageLoader(__package__, "reference_page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["markdown"] = lambda text: Markup(markdown.render(text))  # noqa: S704
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
        rows=lambda name: [*rows(contract, name)],
        typescript=lambda item: typescript(contract, item),
        python=python,
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
    """Return what the console needs, as JSON that may stand in HTML."""
    events = [
        {
            "event": item.event,
            "namespace": item.namespace.path,
            "args": item.message.args,
            "asks": bool(item.replies),
            "examples": [*item.message.examples],
        }
        for item in contract.receives
    ]
    return json.dumps({"title": contract.title, "events": events}).replace("<", "\\u003c")


def rows(contract: Contract, schema: str) -> Iterator[Row]:
    """Yield the lines of the table of a named schema."""
    yield from _rows(contract, contract.schemas[schema], ("", True), (schema,), 0)


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
        yield from ((f"(item {number})", item, True) for number, item in enumerate(items, 1))
    elif items is not None:
        yield "(each item)", items, True
    for keyword, name in (("allOf", "all of"), ("anyOf", "any of"), ("oneOf", "one of")):
        for inner in schema.get(keyword, ()):
            yield f"({name})", inner, True


def _type(schema: Json) -> str:
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    declared = schema.get("type", "anything" if not {*schema} & {"allOf", "anyOf", "oneOf"} else "")
    return declared if isinstance(declared, str) else " | ".join(declared)


def _bounds(schema: Json) -> Iterator[str]:
    for keyword in _BOUNDS:
        if keyword in schema:
            yield f"{keyword}: {json.dumps(schema[keyword], ensure_ascii=True)}"
    if schema.get("additionalProperties") is False:
        yield "no other keys"


def typescript(contract: Contract, operation: Operation) -> str:
    """Write the use of an event in TypeScript, on the generated typings."""
    prefix = operation.namespace.types
    maps = f"{prefix}ClientEvents, {prefix}ServerEvents"
    path = "" if operation.namespace.path == "/" else json.dumps(operation.namespace.path)
    lines = [
        'import { io, type Socket } from "socket.io-client";',
        f'import type {{ {maps} }} from "{package(contract)}";',
        "",
        f"const socket: Socket<{prefix}ServerEvents, {prefix}ClientEvents> = io({path});",
        "",
        *_typescript_use(operation),
    ]
    return "\n".join(lines)


def _typescript_use(operation: Operation) -> list[str]:
    event, arguments = json.dumps(operation.event), _examples(operation.message)
    if operation.audience is not None:
        takes = ", ".join(_names(operation.message))
        if not operation.replies:
            return [f"socket.on({event}, ({takes}) => {{", f"  console.log({takes});", "});"]
        more = ", ".join(part for part in (takes, "ack") if part)
        return [f"socket.on({event}, ({more}) => {{", f"  ack({_reply(operation)});", "});"]
    given = "".join(f", {json.dumps(value, ensure_ascii=False)}" for value in arguments)
    if operation.replies:
        return [f"const ack = await socket.emitWithAck({event}{given});"]
    return [f"socket.emit({event}{given});"]


def _reply(operation: Operation) -> str:
    reply = operation.replies[0]
    if not reply.several:
        return json.dumps(_example(reply), ensure_ascii=False)
    return ", ".join(json.dumps(value, ensure_ascii=False) for value in _examples(reply))


def python(operation: Operation) -> str:
    """Write the use of an event in Python, on python-socketio."""
    path = operation.namespace.path
    namespace = "" if path == "/" else f", namespace={path!r}"
    connect = "" if path == "/" else f", namespaces=[{path!r}]"
    before, after = _python_use(operation, namespace)
    main = [
        "client = socketio.AsyncClient()",
        *before,
        f'await client.connect("http://localhost:3000"{connect})',
        *after,
    ]
    lines = ["import asyncio", "", "import socketio", "", "", "async def main():"]
    lines += [f"    {line}".rstrip() for line in main]
    return "\n".join([*lines, "", "", "asyncio.run(main())"])


def _python_use(operation: Operation, namespace: str) -> tuple[list[str], list[str]]:
    """Return what stands before connecting, and after."""
    event, arguments = operation.event, _examples(operation.message)
    if operation.audience is None:
        given = "".join(f", {value!r}" for value in arguments)
        if len(arguments) > 1:
            given = f", ({given[2:]})"  # a tuple is several arguments
        if operation.replies:
            ask = f"ack = await client.call({event!r}{given}{namespace})"
            return [], [ask, "print(ack)", "await client.disconnect()"]
        return [], [f"await client.emit({event!r}{given}{namespace})", "await client.disconnect()"]
    takes = ", ".join(_names(operation.message))
    body = [f"    print({takes})"] if takes else []
    if operation.replies:
        reply = operation.replies[0]
        body.append(f"    return {(*_examples(reply),) if reply.several else _example(reply)!r}")
    on = [f"@client.on({event!r}{namespace})", f"async def heard({takes}):", *(body or ["    ..."])]
    return ["", *on, ""], ["await client.wait()"]


def _names(message: Message) -> list[str]:
    """Return what an event's arguments are called in an example of its use."""
    return ["argument"] if message.args == 1 else [f"arg{n + 1}" for n in range(message.args)]


def _examples(message: Message) -> list[Json]:
    """Return an example of each argument; none where the contract has none."""
    example = _example(message)
    if message.several and isinstance(example, list):
        return example
    return [] if example is None else [example]


def _example(message: Message) -> Json:
    """Return the first example of an argument; None without argument, or example."""
    return message.examples[0] if message.examples else None
