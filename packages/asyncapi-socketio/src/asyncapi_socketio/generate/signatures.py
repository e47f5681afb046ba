"""The arguments and acks of operations, written as Python."""

from __future__ import annotations

from collections.abc import Sequence

from ..asyncapi.contract import Contract, Message, Operation


def models(contract: Contract) -> set[str]:
    """Name every model that operations and namespaces mention."""
    messages = [
        message
        for operation in (*contract.receives, *contract.sends)
        for message in (operation.message, *operation.replies)
    ]
    auth = {item.auth_payload for item in contract.namespaces if item.auth_payload}
    auth |= {item.parameters for item in contract.namespaces if item.parameters}
    rests = {message.rest for message in messages if message.rest}
    return auth | rests | {name for message in messages for name in message.arguments}


def payload(operation: Operation) -> list[str]:
    """Return the positional parameters of a payload: what may be left out is None by default."""
    message = operation.message
    optional = [" = None"] * (message.args - message.least)
    defaults = [""] * message.least + optional
    written = [f"{one}{default}" for one, default in zip(_each(operation), defaults, strict=True)]
    return [
        *written,
        *(["/"] if written else []),
        *([f"*rest: {message.rest}"] if message.rest else []),
    ]


def star(operation: Operation) -> list[str]:
    """Return what stands before parameters that are given by name: any number may, too."""
    return [] if operation.message.rest else ["*"]


def parameters(operation: Operation) -> list[str]:
    """Return a handler's parameter per argument, and one for all that may follow."""
    rest = operation.message.rest
    return [*_each(operation), *([f"rest: tuple[{rest}, ...]"] if rest else [])]


def _each(operation: Operation) -> list[str]:
    """Return a parameter per argument: `payload` where there is one."""
    pairs = zip(_names(operation), types(operation), strict=True)
    return [f"{name}: {type_}" for name, type_ in pairs]


def types(operation: Operation) -> list[str]:
    """Return the type of each argument, None in it where it may be left out."""
    message = operation.message
    return [
        f"{type_}{'' if number < message.least else ' | None'}"
        for number, type_ in enumerate(message.arguments)
    ]


def given(operation: Operation) -> str:
    """Return the tuple of an event's arguments, as code."""
    message = operation.message
    names = [*_names(operation), *(["*rest"] if message.rest else [])]
    written = f"({', '.join(names)}{',' if len(names) == 1 else ''})"
    return written if message.least == message.args else f"given({written}, {message.least})"


def answer(replies: Sequence[Message]) -> str:
    """Return the type of an ack: None is an ack without argument, or no ack at all."""
    carried = [*dict.fromkeys(_returned(reply) for reply in replies if reply.takes_any)]
    none = carried and all(reply.least > 0 for reply in replies)
    return " | ".join([*carried, *([] if none else ["None"])])


def _returned(reply: Message) -> str:
    """Return the type of what is acknowledged: several arguments are a tuple."""
    if reply.payload:
        return reply.payload
    counts = range(max(reply.least, 1), reply.args + 1)
    lists = [", ".join(reply.arguments[:count]) for count in counts]
    if reply.rest:
        fixed = "".join(f"{name}, " for name in reply.arguments)
        lists = [*lists[:-1], f"{fixed}*tuple[{reply.rest}, ...]"]
    return " | ".join(f"tuple[{listed}]" for listed in lists)


def constant(operation: Operation) -> str:
    """Name the constant that an operation has in the table."""
    return operation.method.upper()


def _names(operation: Operation) -> list[str]:
    count = operation.message.args
    return ["payload"] if count == 1 else [f"arg{number}" for number in range(1, count + 1)]
