"""The npm package's README out: every event with its payload, its ack and its errors."""

from __future__ import annotations

import json
import re

from ..asyncapi.contract import Contract, Message, Namespace, Operation

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
    return re.sub(r"[^a-z0-9]+", "-", contract.title.lower()).strip("-") + "-events"


def _use(contract: Contract) -> str:
    name = package(contract)
    return f"""```sh
npm install {name} socket.io-client
```

```ts
import {{ io, type Socket }} from "socket.io-client";
import type {{ ClientEvents, ServerEvents }} from "{name}";

const socket: Socket<ServerEvents, ClientEvents> = io();
```

The types cost nothing at run time. To have what arrives checked as well, add `ajv`:

```ts
import {{ guard }} from "{name}/validate";

const guarded = guard(socket);
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
            parts.append(f"### {title}\n\n" + "\n\n".join(map(_event, own)))
    head = f"## Namespace `{namespace.path}`"
    return "\n\n".join(part for part in (head, namespace.description, *parts) if part)


def _event(operation: Operation) -> str:
    """Describe an event, with an example of all that goes to and fro."""
    message = operation.message
    if message.several:
        lines = [f"- arguments: {_arguments(message)}{_example(message)}"]
    else:
        lines = [f"- argument: {_arguments(message) or 'none'}{_example(message)}"]
    if operation.audience:
        when = ", at any time" if operation.spontaneous else ""
        lines.append(f"- sent to {_AUDIENCES[operation.audience]}{when}")
    for reply in operation.replies:
        kind = "error ack" if reply.ack == "error" else "ack"
        argument = _arguments(reply) or "no argument"
        lines.append(f"- {kind}: {argument}{_example(reply)}")
    parts = [f"#### `{operation.event}`", operation.description, "\n".join(lines)]
    return "\n\n".join(part for part in parts if part)


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
