"""Python's interface out: who handles, who is told, and the table to register from."""

from __future__ import annotations

from ..asyncapi.contract import Contract, Error, Operation
from ..asyncapi.schemas import ack_schema, payload_schema
from .docstrings import docstring


def emit(contract: Contract) -> dict[str, str]:
    """Give the file `operations.py`, not yet laid out."""
    parts = [
        _head(contract),
        _broadcaster(contract),
        _handlers(contract),
        *map(_receive, contract.receives),
        *map(_send, contract.sends),
        _table("RECEIVE", "Receive", contract.receives),
        _table("SEND", "Send", contract.sends),
    ]
    return {"operations.py": "\n\n".join(parts) + "\n"}


def _head(contract: Contract) -> str:
    asks = any(operation.replies for operation in contract.sends)
    imports = ", ".join(sorted(_used(contract)))
    types = [*(["Ask"] if asks else []), "Emit", "Receive", "Refusal", "Send"]
    return f"""{docstring(f"The operations of {contract.title} {contract.version}.")}

from __future__ import annotations

from typing import Protocol

from asyncapi_socketio.encoded import Encoded
from asyncapi_socketio.runtime.operations import {", ".join(types)}
{f"from .models import {imports}" if imports else ""}
"""


def _used(contract: Contract) -> set[str]:
    """Name every model that the interface mentions."""
    messages = [
        message
        for operation in (*contract.receives, *contract.sends)
        for message in (operation.message, *operation.replies)
    ]
    return {message.payload for message in messages if message.payload}


def _broadcaster(contract: Contract) -> str:
    asks = any(operation.replies for operation in contract.sends)
    lines = [
        "class Broadcaster:",
        '    """Tells clients what happened, one method an event; returns at once."""',
        "",
        f"    def __init__(self, emit: Emit{', ask: Ask' if asks else ''}) -> None:",
        "        self._emit = emit",
        *(["        self._ask = ask"] if asks else []),
    ]
    return "\n".join([*lines, *map(_announce, contract.sends)])


def _announce(operation: Operation) -> str:
    """Give the method that sends an event."""
    parameters = ["self"]
    if operation.audience == "room":
        parameters.append("room: str")
    if operation.message.payload:
        parameters.append(f"payload: {operation.message.payload}")
    if len(parameters) > 1:
        parameters.append("/")
    payload = "(payload,)" if operation.message.payload else "()"
    room = "room" if operation.audience == "room" else "None"
    name = constant(operation)
    if operation.replies:
        head = f"async def {operation.method}({', '.join(parameters)}) -> {_answer(operation)}:"
        ask = f"answer: {_answer(operation)} = await self._ask({name}, {payload})"
        body = f"{ask}\n        return answer"
    else:
        head = f"def {operation.method}({', '.join(parameters)}) -> None:"
        body = f"self._emit({name}, {payload}, {room})"
    return f"\n    {head}\n        {docstring(*_told(operation), indent=8)}\n        {body}"


_AUDIENCES = {
    "all": "everyone",
    "others": "the others",
    "room": "a room",
    "sender": "the sender alone",
}


def _told(operation: Operation) -> tuple[str, str]:
    told = _AUDIENCES[operation.audience or "all"]
    title = operation.title or operation.summary or operation.id
    return f"{title.rstrip('.')}: `{operation.event}` to {told}.", operation.description


def _handlers(contract: Contract) -> str:
    lines = [
        "class Handlers(Protocol):",
        '    """What the service must do: one method for each operation that clients call."""',
    ]
    return "\n".join([*lines, *map(_handler, contract.receives)])


def _handler(operation: Operation) -> str:
    """Give the method that carries out an event."""
    parameters = ["self"]
    if operation.message.payload:
        parameters.append(f"payload: {operation.message.payload}")
    if operation.broadcasts:
        parameters.append("broadcast: Broadcaster")
    if len(parameters) > 1:
        parameters.append("/")
    encoded = "Encoded | " if any(reply.payload for reply in operation.replies) else ""
    answer = f"{encoded}{_answer(operation)}"
    head = f"async def {operation.method}({', '.join(parameters)}) -> {answer}:"
    title = operation.title or operation.summary or operation.id
    doc = docstring(f"{title.rstrip('.')}: `{operation.event}`.", operation.description, indent=8)
    return f"\n    {head}\n        {doc}"


def _answer(operation: Operation) -> str:
    """Give the type of an ack: None is an ack without argument, or no ack at all."""
    types = [*dict.fromkeys(reply.payload for reply in operation.replies if reply.payload)]
    none = [] if types and 0 not in operation.ack_args else ["None"]
    return " | ".join([*types, *none])


def _receive(operation: Operation) -> str:
    message = operation.message
    return f"""{constant(operation)} = Receive(
    id={operation.id!r},
    method={operation.method!r},
    namespace={operation.namespace.path!r},
    event={operation.event!r},
    args={message.args},
    payload={payload_schema(operation)!r},
    unknown_keys={message.unknown_keys!r},
    convert={message.convert!r},
    ack={ack_schema(operation)!r},
    ack_args={operation.ack_args!r},
    arity_refusal={_refusal(operation.errors.get("arity"))},
    payload_refusal={_refusal(operation.errors.get("payload"))},
    rate_refusal={_refusal(operation.errors.get("rate"))},
    unexpected_refusal={_refusal(operation.errors.get("unexpected"))},
    broadcasts={operation.broadcasts!r},
)"""


def _refusal(error: Error | None) -> str:
    if error is None:
        return "None"
    details = f", details={error.details!r}" if error.details else ""
    return f"Refusal(ack={dict(error.ack)!r}{details})"


def _send(operation: Operation) -> str:
    return f"""{constant(operation)} = Send(
    id={operation.id!r},
    namespace={operation.namespace.path!r},
    event={operation.event!r},
    args={operation.message.args},
    payload={payload_schema(operation)!r},
    audience={operation.audience!r},
    ack={ack_schema(operation)!r},
    ack_args={operation.ack_args!r},
)"""


def _table(name: str, kind: str, operations: tuple[Operation, ...]) -> str:
    items = "".join(f"{constant(operation)}, " for operation in operations)
    return f"{name}: tuple[{kind}, ...] = ({items})"


def constant(operation: Operation) -> str:
    """Name the constant that an operation has in the table."""
    return operation.method.upper()
