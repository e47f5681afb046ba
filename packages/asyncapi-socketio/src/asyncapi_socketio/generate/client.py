"""Python's client out: a class per namespace, with a method per event in each direction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from ..asyncapi.contract import Contract, Message, Namespace, Operation
from ..asyncapi.names import Names, pascal
from . import signatures
from .docstrings import docstring

RESERVED = (
    "connect", "disconnect", "on_connect", "on_connect_error", "on_disconnect", "socket",
)  # fmt: skip
"""What every client has, whatever its contract says."""

Errors: TypeAlias = Mapping[tuple[str, str], str]
"""The exceptions, by name and type of the message that each is made of."""


def emit(contract: Contract) -> dict[str, str]:
    """Return the file `client.py`, not yet laid out."""
    names = Names(contract.schemas)
    classes = {item.path: names.free(f"{item.types}Client") for item in contract.namespaces}
    refused = {
        item.path: names.free(f"{pascal(item.key)}ConnectError")
        for item in contract.namespaces
        if item.connect_errors_payload
    }
    errors = {_key(reply): names.free(_name(contract, reply)) for reply in _errors(contract)}
    parts = [
        _head(contract),
        *(_rejected(reply, errors[_key(reply)]) for reply in _errors(contract)),
        *(
            _refused(item, refused[item.path])
            for item in contract.namespaces
            if item.path in refused
        ),
        *(
            _class(contract, item, classes[item.path], refused.get(item.path), errors)
            for item in contract.namespaces
        ),
    ]
    return {"client.py": "\n\n\n".join(parts) + "\n"}


def _key(reply: Message) -> tuple[str, str]:
    return reply.key, signatures.answer([reply])


def _name(contract: Contract, reply: Message) -> str:
    """Name an exception as its message, which has the name of its schema often."""
    name = pascal(reply.key)
    return f"{name}Error" if name in contract.schemas else name


def _errors(contract: Contract) -> list[Message]:
    """List the replies that are errors, one of each name and type."""
    replies = [reply for operation in contract.receives for reply in operation.replies]
    return [*{_key(reply): reply for reply in replies if reply.ack == "error"}.values()]


def _head(contract: Contract) -> str:
    refused = {item.connect_errors_payload for item in contract.namespaces}
    models = {*signatures.models(contract), *filter(None, refused)}
    constants = map(signatures.constant, (*contract.receives, *contract.sends))
    own = ", ".join(["CONTRACT", *constants])
    return f"""{docstring(f"Typed clients of {contract.title} {contract.version}.")}

from __future__ import annotations

import typing

import asyncapi_socketio.client as base
from asyncapi_socketio.runtime.operations import given

from .models import {", ".join(sorted(models)) or "__doc__"}
from .operations import {own}"""


def _rejected(reply: Message, name: str) -> str:
    said = reply.summary or reply.title or f"The error `{reply.key}`."
    base = f"base.Rejected[{signatures.answer([reply])}]"
    return f"class {name}({base}):\n    {docstring(said, reply.description, indent=4)}"


def _refused(namespace: Namespace, name: str) -> str:
    said = f"The server does not let the client into `{namespace.path}`; `data` says why."
    data = f"    data: {namespace.connect_errors_payload} | None"
    return f"class {name}(base.ConnectError):\n    {docstring(said, indent=4)}\n\n{data}"


def _class(
    contract: Contract, namespace: Namespace, name: str, refused: str | None, errors: Errors
) -> str:
    methods = Names(RESERVED)
    calls = [item for item in contract.receives if item.namespace.path == namespace.path]
    heard = [item for item in contract.sends if item.namespace.path == namespace.path]
    said = f"A client of `{namespace.path}`."
    return "\n".join(
        [
            f"class {name}(base.Client):",
            f"    {docstring(said, namespace.description, indent=4)}",
            _init(namespace, refused),
            *(_call(item, methods.free(item.method), errors) for item in calls),
            *(_hears(item, methods.free(f"on_{item.method}")) for item in heard),
        ]
    )


def _init(namespace: Namespace, refused: str | None) -> str:
    """Return the constructor: with parameters in the path, and an auth payload, if there are."""
    auth, parameters = namespace.auth_payload, namespace.parameters
    signature = [
        "self",
        "url: str",
        *([f"parameters: {parameters}"] if parameters else []),
        "/",
        *(["*", f"auth: base.Auth[{auth}]"] if auth else []),
        "**options: typing.Unpack[base.Options]",
    ]
    given = [
        "CONTRACT",
        repr(namespace.path),
        "url",
        *(["parameters=parameters"] if parameters else []),
        *(["auth=auth"] if auth else []),
        *([f"refused={refused}"] if refused else []),
        "**options",
    ]
    head = f"def __init__({', '.join(signature)}) -> None:"
    return f"\n    {head}\n        super().__init__({', '.join(given)})"


def _call(operation: Operation, name: str, errors: Errors) -> str:
    """Return the method that emits an event, and waits for its ack where it has one."""
    within = ["within: float = base.ANSWER_WITHIN"] if operation.replies else []
    star = signatures.star(operation) if within else []
    parameters = ["self", *signatures.payload(operation), *star, *within]
    good = [reply for reply in operation.replies if reply.ack == "success"]
    type_ = signatures.answer(good)
    head = f"async def {name}({', '.join(parameters)}) -> {type_}:"
    doc = docstring(_said(operation), _details(operation, errors), indent=8)
    return f"\n    {head}\n        {doc}\n        {_body(operation, type_, errors)}"


def _body(operation: Operation, type_: str, errors: Errors) -> str:
    given = signatures.given(operation)
    if not operation.replies:
        return f"await self._emit({operation.event!r}, {given})"
    raised = ", ".join(f"{place}: {name}" for place, name in _places(operation, errors).items())
    call = f"await self._call({signatures.constant(operation)}, {given}, within, {{{raised}}})"
    return call if type_ == "None" else f"ack: {type_} = {call}\n        return ack"


def _places(operation: Operation, errors: Errors) -> dict[int | None, str]:
    """Return the exceptions by the place of their replies in the schema of the ack."""
    several = any(reply.several for reply in operation.replies)
    shapes = [reply for reply in operation.replies if several or reply.payload]
    places: dict[int | None, str] = {
        place: errors[_key(reply)] for place, reply in enumerate(shapes) if reply.ack == "error"
    }
    empty = [reply for reply in operation.replies if not several and not reply.takes_any]
    if empty and empty[0].ack == "error":
        places[None] = errors[_key(empty[0])]
    return places


def _said(operation: Operation) -> str:
    title = operation.title or operation.summary or operation.id
    return f"{title.rstrip('.')}: `{operation.event}`."


def _details(operation: Operation, errors: Errors) -> str:
    names = [f"`{name}`" for name in dict.fromkeys(_places(operation, errors).values())]
    raised = f"Raise {', '.join(names)}." if names else ""
    return f"{operation.description} {raised}".strip()


def _hears(operation: Operation, name: str) -> str:
    """Return the method that says what to do with an event, or how to answer it."""
    rest = operation.message.rest
    types = [*signatures.types(operation), *([f"tuple[{rest}, ...]"] if rest else [])]
    answer = signatures.answer(operation.replies)
    handler = f"base.Handler[[{', '.join(types)}], {answer}]"
    head = f"def {name}(self, react: {handler}, /) -> {handler}:"
    title = (operation.title or operation.summary or operation.id).rstrip(".")
    verb = "answers" if operation.replies else "hears"
    doc = docstring(f"{title}: {verb} `{operation.event}`.", operation.description, indent=8)
    body = f"return self._on({signatures.constant(operation)}, react)"
    return f"\n    {head}\n        {doc}\n        {body}"
