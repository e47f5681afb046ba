"""Python's interface out: who handles, who is told, and the table to register from."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from ..asyncapi.contract import Contract, Namespace, Operation
from ..runtime.table import namespace, receive, send
from . import signatures
from .docstrings import docstring


def emit(contract: Contract) -> dict[str, str]:
    """Return the file `operations.py`, not yet laid out."""
    asks = [operation for operation in contract.sends if operation.replies]
    parts = [
        _head(contract),
        _broadcast(contract),
        *([_ask_class(asks)] if asks else []),
        _context(contract, asks),
        *(_inner_context(item) for item in contract.namespaces if item.parameters),
        _handlers(contract),
        *(f"{signatures.constant(item)} = {_code(receive(item))}" for item in contract.receives),
        *(f"{signatures.constant(item)} = {_code(send(item))}" for item in contract.sends),
        _contract(contract),
    ]
    return {"operations.py": "\n\n".join(parts) + "\n"}


def _head(contract: Contract) -> str:
    asks = any(operation.replies for operation in contract.sends)
    imports = ", ".join(sorted(signatures.models(contract)))
    optional = any(item.message.least < item.message.args for item in contract.sends)
    types = [
        *(["given"] if optional else []),
        *(["ANSWER_WITHIN"] if asks else []),
        *(["Ask as Asks"] if asks else []),
        "Emit", "Receive", "Refusal", "Send",
    ]  # fmt: skip
    return f"""{docstring(f"The operations of {contract.title} {contract.version}.")}

from __future__ import annotations

from abc import abstractmethod
from typing import cast

from asyncapi_socketio.encoded import Encoded
from asyncapi_socketio.runtime.context import BaseContext
from asyncapi_socketio.runtime.contract import Contract, Namespace, schemas_of
from asyncapi_socketio.runtime.operations import {", ".join(types)}
{f"from .models import {imports}" if imports else ""}
"""


def _broadcast(contract: Contract) -> str:
    lines = [
        "class Broadcast:",
        '    """Tells clients what happened, one method per event; returns at once."""',
        "",
        '    __slots__ = ("_emit",)',
        "",
        "    def __init__(self, emit: Emit) -> None:",
        "        self._emit = emit",
    ]
    told = [operation for operation in contract.sends if not operation.replies]
    return "\n".join([*lines, *map(_announce, told)])


def _announce(operation: Operation) -> str:
    """Return the method that sends an event."""
    parameters, others = ["self"], "False"
    to_room = operation.audience in {"room", "room-others"}
    if to_room:
        parameters.append("room: str")
    parameters += signatures.payload(operation)
    named = []
    if operation.audience == "room":
        named.append("others: bool = False")
        others = "others"
    where = operation.namespace.parameters
    if where:
        named.append(f"parameters: {where} | None = None")
    parameters += [*signatures.star(operation), *named] if named else []
    room = "room" if to_room else "None"
    head = f"def {operation.method}({', '.join(parameters)}) -> None:"
    given = [signatures.constant(operation), signatures.given(operation), room, others]
    body = f"self._emit({', '.join([*given, *(['parameters'] if where else [])])})"
    return f"\n    {head}\n        {docstring(*_told(operation), indent=8)}\n        {body}"


def _ask_class(asks: list[Operation]) -> str:
    lines = [
        "class Ask:",
        '    """Asks the client, one method per event, and returns what it acknowledges.',
        "",
        "    Raises `TimeoutError` after `within` seconds, and `asyncapi_socketio.NoAnswer` when",
        "    the client has gone or its ack breaks the contract.",
        '    """',
        "",
        '    __slots__ = ("_ask",)',
        "",
        "    def __init__(self, ask: Asks) -> None:",
        "        self._ask = ask",
    ]
    return "\n".join([*lines, *map(_question, asks)])


def _question(operation: Operation) -> str:
    """Return the method that asks a client."""
    within = "within: float = ANSWER_WITHIN"
    parameters = ["self", *signatures.payload(operation), *signatures.star(operation), within]
    type_ = signatures.answer(operation.replies)
    head = f"async def {operation.method}({', '.join(parameters)}) -> {type_}:"
    asked = [signatures.constant(operation), signatures.given(operation), "within"]
    body = f"answer: {type_} = await self._ask({', '.join(asked)})\n        return answer"
    return f"\n    {head}\n        {docstring(*_told(operation), indent=8)}\n        {body}"


def _context(contract: Contract, asks: list[Operation]) -> str:
    lines = [
        "class Context(BaseContext):",
        '    """What a handler knows of its client, and what it may tell it and others."""',
        "",
        "    __slots__ = ()",
        "",
        "    @property",
        "    def broadcast(self) -> Broadcast:",
        '        """Tells clients what happened."""',
        "        return Broadcast(self.tell)",
    ]
    if asks:
        lines += [
            "",
            "    @property",
            "    def ask(self) -> Ask:",
            '        """Asks the client."""',
            "        return Ask(self._ask)",
        ]
    auth = sorted({item.auth_payload for item in contract.namespaces if item.auth_payload})
    if auth:
        everywhere = all(item.auth_payload for item in contract.namespaces)
        type_ = " | ".join([*auth, *([] if everywhere else ["None"])])
        lines += [
            "",
            "    @property",
            f"    def auth(self) -> {type_}:",
            '        """What the client\'s CONNECT carried."""',
            f'        return cast("{type_}", super().auth)',
        ]
    return "\n".join(lines)


def _inner_context(namespace: Namespace) -> str:
    """Return the context of a namespace whose path has parameters."""
    type_, said = namespace.parameters, f"What a handler knows of a client in `{namespace.path}`."
    return "\n".join(
        [
            f"class {namespace.context}(Context):",
            f"    {docstring(said, indent=4)}",
            "",
            "    __slots__ = ()",
            "",
            "    @property",
            f"    def parameters(self) -> {type_}:",
            '        """The parameters in the path of the client\'s namespace."""',
            f'        return cast("{type_}", super().parameters)',
        ]
    )


_AUDIENCES = {
    "all": "everyone",
    "others": "the others",
    "room": "a room",
    "room-others": "the others in a room",
    "sender": "the sender alone",
}


def _told(operation: Operation) -> tuple[str, str]:
    told = _AUDIENCES[operation.audience or "all"]
    title = operation.title or operation.summary or operation.id
    return f"{title.rstrip('.')}: `{operation.event}` to {told}.", operation.description


def _handlers(contract: Contract) -> str:
    lines = [
        "class Handlers:",
        '    """What the server does: a method for each operation that clients call, and hooks."""',
    ]
    hooks = [hook for item in contract.namespaces for hook in (_connect(item), _disconnect(item))]
    return "\n".join([*lines, *map(_handler, contract.receives), *hooks])


def _handler(operation: Operation) -> str:
    """Return the method that carries out an event."""
    context = operation.namespace.context
    parameters = ["self", *signatures.parameters(operation), f"context: {context}", "/"]
    encoded = "Encoded | " if any(reply.payload for reply in operation.replies) else ""
    type_ = signatures.answer(operation.replies)
    head = f"async def {operation.method}({', '.join(parameters)}) -> {encoded}{type_}:"
    title = operation.title or operation.summary or operation.id
    doc = docstring(f"{title.rstrip('.')}: `{operation.event}`.", operation.description, indent=8)
    return f"\n    @abstractmethod\n    {head}\n        {doc}"


def _connect(namespace: Namespace) -> str:
    """Return the hook that lets a client in; it can't be forgotten where there is auth to judge."""
    auth = [f"auth: {namespace.auth_payload}"] if namespace.auth_payload else []
    parameters = ["self", *auth, f"context: {namespace.context}", "/"]
    head = f"async def {namespace.connect}({', '.join(parameters)}) -> None:"
    said, error = f"Let a client into `{namespace.path}`", "raise `asyncapi_socketio.ConnectError`."
    doc = docstring(f"{said}, or {error}", indent=8)
    if "…" in doc:  # too long for one line
        doc = docstring(f"{said}.", f"Or {error}", indent=8)
    mark = "    @abstractmethod\n" if auth else ""
    return f"\n{mark}    {head}\n        {doc}"


def _disconnect(namespace: Namespace) -> str:
    parameters = f"self, reason: str, context: {namespace.context}, /"
    head = f"async def {namespace.disconnect}({parameters}) -> None:"
    doc = docstring(f"React to a client that has left `{namespace.path}`.", indent=8)
    return f"\n    {head}\n        {doc}"


def _code(value: object) -> str:
    """Write a value of the table as code: a record without what it has by default."""
    if not is_dataclass(value) or isinstance(value, type):
        return repr(value)
    given = [(item, getattr(value, item.name)) for item in fields(value)]
    written = [f"{item.name}={_code(inner)}" for item, inner in given if inner != item.default]
    return f"{type(value).__name__}({', '.join(written)})"


def _contract(contract: Contract) -> str:
    return f"""CONTRACT: Contract[Broadcast] = Contract(
    title={contract.title!r},
    version={contract.version!r},
    namespaces=({"".join(f"{_served(item)}, " for item in contract.namespaces)}),
    receive=({"".join(f"{signatures.constant(item)}, " for item in contract.receives)}),
    send=({"".join(f"{signatures.constant(item)}, " for item in contract.sends)}),
    schema=schemas_of(__package__),
    context=Context,
    broadcast=Broadcast,
    handlers=Handlers,
)"""


def _served(described: Namespace) -> str:
    """Write a namespace of the table as code."""
    code = _code(namespace(described))
    return f"{code[:-1]}, context={described.context})" if described.parameters else code
