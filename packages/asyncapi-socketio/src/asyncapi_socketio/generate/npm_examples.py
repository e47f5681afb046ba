"""What the npm package's README shows: each event by the typed client, in TypeScript."""

from __future__ import annotations

import json

from ..asyncapi.contract import Contract, Message, Namespace, Operation
from ..jsonschema.references import Json
from . import acks


def connect(contract: Contract, namespace: Namespace) -> str:
    """Return the line that makes the client of a namespace."""
    return f"const {client(namespace)} = {created(contract, namespace)}"


def created(contract: Contract, namespace: Namespace, *more: str) -> str:
    """Return the call that makes the client of a namespace, with more options."""
    options = [
        *([] if namespace.path == "/" else [f"namespace: {_code(namespace.path)}"]),
        *([f"parameters: {_code(_parameters(namespace))}"] if namespace.parameters else []),
        *([f"auth: {_auth(contract, namespace)}"] if namespace.auth_payload else []),
        *more,
    ]
    given = f", {{ {', '.join(options)} }}" if options else ""
    return f"createClient(url{given});"


def client(namespace: Namespace) -> str:
    """Return the name of the client of a namespace in the examples."""
    return namespace.types[:1].lower() + namespace.types[1:] or "client"


def emitted(contract: Contract, operation: Operation) -> str | None:
    """Return how a client emits an event; None without an example of what it carries."""
    message, to = operation.message, client(operation.namespace)
    if message.takes_any and not message.examples:
        return None
    arguments = ", ".join(map(_code, [operation.event, *_arguments(message)]))
    if not operation.replies:
        return f"{to}.send({arguments});"
    key = acks.telling_key(contract, operation)
    call = f"await {to}.call({arguments})"
    if key is None:
        return f"console.log({call});"
    ack = "ack?" if 0 in operation.ack_args else "ack"
    done = f"if ({ack}.{key}) console.error(ack.{key});\nelse console.log(ack);"
    return f"const ack = {call};\n{done}"


def heard(contract: Contract, operation: Operation) -> str | None:
    """Return how a client hears an event; None where it has to answer, and no answer is shown."""
    message, to = operation.message, client(operation.namespace)
    if _varies(message) or _is_shared(contract, operation):
        listener = "(...args) => console.log(args)"
    elif operation.replies:
        answers = [reply.examples[0] for reply in operation.replies if reply.examples]
        if not answers or any(reply.several for reply in operation.replies):
            return None
        listener = f"({'payload, ' * message.args}answer) => answer({_code(answers[0])})"
    else:
        listener = "(payload) => console.log(payload)" if message.args else "() => {}"
    return f"{to}.on({_code(operation.event)}, {listener});"


def _varies(message: Message) -> bool:
    """Return whether an event may come with one number of arguments or another."""
    return message.several or message.more or message.least < message.args


def _is_shared(contract: Contract, operation: Operation) -> bool:
    """Return whether another operation sends an event of the same name."""
    named = (operation.namespace, operation.event)
    return sum((item.namespace, item.event) == named for item in contract.sends) > 1


def _arguments(message: Message) -> list[Json]:
    if not message.takes_any:
        return []
    example = message.examples[0]
    return [*example] if message.several and isinstance(example, list) else [example]


def _parameters(namespace: Namespace) -> dict[str, str]:
    return {name: values[0] for name, values in namespace.examples.items()}


def _auth(contract: Contract, namespace: Namespace) -> str:
    """Return an example of what a CONNECT carries, or the name of what the reader has."""
    examples = contract.examples(namespace.auth)
    return _code(examples[0]) if examples else "auth"


def _code(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
