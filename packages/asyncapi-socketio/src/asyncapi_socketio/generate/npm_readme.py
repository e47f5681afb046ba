"""The npm package's README out: every event with its payload, its ack and its errors."""

from __future__ import annotations

import json
import re

from ..asyncapi.contract import Contract, ErrorKind, Message, Namespace, Operation
from . import npm_examples
from .npm_package import default

_AUDIENCES = {
    "all": "everyone",
    "others": "everyone but the client that caused it",
    "room": "a room",
    "room-others": "a room but the client that caused it",
    "sender": "the client that caused it",
}


def emit(contract: Contract) -> dict[str, str]:
    """Return the file `README.md`."""
    parts = [
        f"# {package(contract)}\n\nThe events of {contract.title} {contract.version}, as types.",
        contract.description,
        _use(contract),
        *(_namespace(contract, namespace) for namespace in contract.namespaces),
    ]
    return {"README.md": "\n\n".join(part for part in parts if part) + "\n"}


def package(contract: Contract) -> str:
    """Name the package after the API."""
    return re.sub(r"[^a-z0-9]+", "-", f"{contract.title.lower()}-events").strip("-")


def _use(contract: Contract) -> str:
    name = package(contract)
    first = default(contract)
    if first is None:
        return ""
    types = first.types
    where = "" if first.path == "/" else f", {{ namespace: {json.dumps(first.path)} }}"
    checked = npm_examples.created(contract, first, "validation")
    return f"""```sh
npm install {name} socket.io-client
```

```ts
import {{ createClient }} from "{name}/client";
```

`url` is where the service is; in a browser, `undefined` is where the page came from. `call`
resolves to the ack, be it a success or a declared error, and rejects when none came in time. `on`
hears events, and `keep` calls again after every reconnect. To have what arrives checked
as well, add `ajv`:

```ts
import {{ validation }} from "{name}/validate";

{checked}
```

Whoever has a socket already needs the types alone, which cost nothing at run time:

```ts
import {{ io, type Socket }} from "socket.io-client";
import type {{ {types}ClientEvents, {types}ServerEvents }} from "{name}";

const socket: Socket<{types}ServerEvents, {types}ClientEvents> = io(url);
```

and may have it guarded:

```ts
import {{ guard }} from "{name}/validate";

const guarded = guard(socket{where});
```

`guarded.on` and `guarded.emitWithAck` let nothing through that breaks the contract: they give a
`ContractError` with the event and the path instead. `{name}/schemas` has the JSON Schemas alone."""


def _namespace(contract: Contract, namespace: Namespace) -> str:
    prefix = namespace.types
    parts = []
    for title, operations in (
        (f"What clients emit (`{prefix}ClientEvents`)", contract.receives),
        (f"What the service emits (`{prefix}ServerEvents`)", contract.sends),
    ):
        own = [item for item in operations if item.namespace == namespace]
        if own:
            events = (_event(contract, item) for item in own)
            parts.append(f"### {title}\n\n" + "\n\n".join(events))
    head = f"## Namespace `{namespace.path}`"
    connect = _code(npm_examples.connect(contract, namespace))
    return "\n\n".join(part for part in (head, namespace.description, connect, *parts) if part)


def _event(contract: Contract, operation: Operation) -> str:
    """Describe an event, with an example of all that goes to and fro."""
    message = operation.message
    if message.several:
        lines = [f"- arguments: {_arguments(message)}{_example(message)}"]
    else:
        lines = [f"- argument: {_arguments(message) or 'none'}{_example(message)}"]
    if operation.audience:
        when = ", at any time" if operation.spontaneous else ""
        lines.append(f"- sent to {_AUDIENCES[operation.audience]}{when}")
    lines += [_ack(operation, reply) for reply in operation.replies]
    shown = (
        npm_examples.heard(contract, operation)
        if operation.audience
        else npm_examples.emitted(contract, operation)
    )
    head = f"#### `{operation.event}`"
    parts = [head, operation.description, "\n".join(lines), shown and _code(shown)]
    return "\n\n".join(part for part in parts if part)


def _ack(operation: Operation, reply: Message) -> str:
    """Describe a shape of an ack; an error by those that the service itself acknowledges."""
    argument = _arguments(reply) or "no argument"
    if reply.ack == "success":
        return f"- ack: {argument}{_example(reply)}"
    errors = _errors(operation)
    return "\n".join([f"- error ack: {argument}{'' if errors else _example(reply)}", *errors])


_REASONS: dict[ErrorKind, str] = {
    "arity": "too few or too many arguments",
    "payload": "an argument that breaks its schema",
    "rate": "more events in a second than a client may emit",
    "unexpected": "the service has failed",
}


def _errors(operation: Operation) -> list[str]:
    """Return an event's own errors, each with what it is acknowledged for."""
    reasons: dict[str, list[str]] = {}
    for kind, error in operation.errors.items():
        if kind != "payload" or operation.message.takes_any:
            details = f", with `{error.details}`" if error.details else ""
            ack = json.dumps(error.ack, ensure_ascii=False)
            reasons.setdefault(f"`{ack}`{details}", []).append(_REASONS[kind])
    return [f"  - {ack}: {', or '.join(why)}" for ack, why in reasons.items()]


def _code(text: str) -> str:
    return f"```ts\n{text}\n```"


def _arguments(message: Message) -> str:
    each = [
        f"`{name}`{'' if number < message.least else ' (optional)'}"
        for number, name in enumerate(message.arguments)
    ]
    return ", ".join([*each, *([f"any number of `{message.rest}`"] if message.rest else [])])


def _example(message: Message) -> str:
    if not message.examples:
        return ""
    return f", as in `{json.dumps(message.examples[0], ensure_ascii=False)}`"
