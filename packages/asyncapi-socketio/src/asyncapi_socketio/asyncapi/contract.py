"""The contract as a frozen model: namespaces, operations, messages, schemas, all refs followed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..jsonschema.references import Address, Json, resolved
from .document import Document

Audience: TypeAlias = Literal["all", "others", "room", "sender"]
ErrorKind: TypeAlias = Literal["arity", "payload", "rate", "unexpected"]
Role: TypeAlias = Literal["create", "delete", "list", "read", "update"]


@dataclass(frozen=True, slots=True)
class Message:
    """An event or an ack. `payload` is the name of a schema of the contract, None without argument.

    `ack` says what a reply tells of. `unknown_keys` and `convert` hold for what clients send.
    """

    address: Address
    key: str
    name: str
    title: str
    summary: str
    description: str
    payload: str | None
    args: int
    ack: Literal["success", "error"]
    unknown_keys: Literal["keep", "drop"]
    convert: tuple[str, ...]
    examples: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Namespace:
    """A channel: where it is connected to, and the name it has in the document.

    `auth` and `connect_errors` are the schemas of what a CONNECT carries, and of the data of a
    refused one; None where the contract says nothing.
    """

    address: Address
    key: str
    path: str
    title: str
    description: str
    auth: Json
    connect_errors: Json
    auth_payload: str | None
    """The name of the schema `auth`."""

    @property
    def connect(self) -> str:
        """The name of its connect hook in Python."""
        return "connect" if self.path == "/" else f"connect_{snake(self.key)}"

    @property
    def disconnect(self) -> str:
        """The name of its disconnect hook in Python."""
        return f"dis{self.connect}"


@dataclass(frozen=True, slots=True)
class Error:
    """What is acknowledged when the service itself refuses; see `x-socketio.schema.json`."""

    ack: Mapping[str, Json]
    details: str | None


@dataclass(frozen=True, slots=True)
class Operation:
    """One event of one namespace, in one direction.

    `replies` are the shapes of its ack; none: the event has no ack. `errors` and `broadcasts` (ids
    of operations) belong to what clients call, `audience` and `spontaneous` to what the server
    calls; what is spontaneous may come without an event of a client. `role` is its part in the life
    of a thing, where the document says so. `idempotency_key` is the property of its payload that
    names an attempt.
    """

    address: Address
    id: str
    namespace: Namespace
    message: Message
    title: str
    summary: str
    description: str
    replies: tuple[Message, ...]
    errors: Mapping[ErrorKind, Error]
    broadcasts: tuple[str, ...]
    audience: Audience | None
    spontaneous: bool
    role: Role | None
    idempotency_key: str | None

    @property
    def event(self) -> str:
        """Its name on the wire."""
        return self.message.name

    @property
    def method(self) -> str:
        """Its name in Python."""
        return snake(self.id)

    @property
    def ack_args(self) -> tuple[int, ...]:
        """The numbers of arguments that its ack may have; empty without ack."""
        return tuple(sorted({reply.args for reply in self.replies}))

    def attempt(self, payload: Json) -> Json:
        """Return the value that names an attempt in a payload; None where there is none."""
        return payload.get(self.idempotency_key) if isinstance(payload, dict) else None


@dataclass(frozen=True, slots=True)
class Contract:
    """All that is generated from; `schemas` are the named ones, and inline payloads by message."""

    file: str
    title: str
    version: str
    description: str
    namespaces: tuple[Namespace, ...]
    receives: tuple[Operation, ...]
    sends: tuple[Operation, ...]
    schemas: Mapping[str, Json]

    def resolved(self, schema: Json) -> Json:
        """Follow the `$ref`s of a schema to what they lead to."""
        return resolved({"components": {"schemas": self.schemas}}, schema)


def snake(name: str) -> str:
    """Return a name in snake_case: `createTodo` and `create-todo` are `create_todo`."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]|\d+", name)
    return "_".join(words).lower()


def pascal(name: str) -> str:
    """Return a name in PascalCase."""
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", name))


def build(document: Document) -> Contract:
    """Model a document that nothing refuses."""
    return _Builder(document).build()


def message_name(document: Document, address: Address) -> str:
    """Return the event that a message is: its `name`, or the key that it stands at."""
    return str(document.at(address).get("name", address[-1]))


def payload_address(document: Document, message: Address) -> Address:
    """Return where the schema of a message's payload stands, beside its `schemaFormat` or not."""
    payload = document.at(message)["payload"]
    wrapped = isinstance(payload, dict) and "schema" in payload and "schemaFormat" in payload
    return (*message, "payload", "schema") if wrapped else (*message, "payload")


def payload_schema(document: Document, message: Address) -> tuple[str, Json] | None:
    """Return the name and the schema of a message's payload; an inline one is named by its message.

    None for a message without payload.
    """
    value = document.at(message)
    if "payload" not in value:
        return None
    target = document.follow(payload_address(document, message))
    if target[:2] == ("components", "schemas"):
        return str(target[2]), document.at(target)
    return f"{pascal(str(message[-1]))}Payload", document.at(target)


class _Builder:
    def __init__(self, document: Document) -> None:
        self._document = document
        components = document.root.get("components", {})
        self._schemas: dict[str, Json] = dict(components.get("schemas", {}))

    def build(self) -> Contract:
        root = self._document.root
        channels = [("channels", key) for key in root.get("channels", {})]
        namespaces = {self._document.follow(item): self._namespace(item) for item in channels}
        operations = [
            self._operation(("operations", id_), namespaces) for id_ in root.get("operations", {})
        ]
        return Contract(
            file=self._document.file,
            title=root["info"]["title"],
            version=str(root["info"]["version"]),
            description=_text(root["info"], "description"),
            namespaces=tuple(namespaces.values()),
            receives=tuple(item for item in operations if item.audience is None),
            sends=tuple(item for item in operations if item.audience is not None),
            schemas=self._schemas,
        )

    def _namespace(self, address: Address) -> Namespace:
        value = self._document.at(self._document.follow(address))
        extension = value.get("x-socketio", {})
        auth = extension.get("auth")
        name = None if auth is None else self._name(auth, f"{pascal(str(address[-1]))}Auth")
        return Namespace(
            address=address,
            key=str(address[-1]),
            path=value["address"],
            title=_text(value, "title"),
            description=_text(value, "description"),
            auth=auth,
            connect_errors=extension.get("connectErrors"),
            auth_payload=name,
        )

    def _name(self, schema: Json, name: str) -> str:
        """Return the name of a schema; an inline one gets this one."""
        if set(schema) == {"$ref"}:
            return str(schema["$ref"].rsplit("/", 1)[-1])
        self._schemas.setdefault(name, schema)
        return name

    def _operation(self, address: Address, namespaces: Mapping[Address, Namespace]) -> Operation:
        document = self._document
        value = document.at(document.follow(address))
        channel = document.follow((*address, "channel"))
        extension = value.get("x-socketio", {})
        defaults = document.at(channel).get("x-socketio", {}).get("errors", {})
        declared = {**defaults, **extension.get("errors", {})}
        replies = value.get("reply", {}).get("messages", [])
        return Operation(
            address=address,
            id=str(address[-1]),
            namespace=namespaces[channel],
            message=self._message(document.follow((*address, "messages", 0))),
            title=_text(value, "title"),
            summary=_text(value, "summary"),
            description=_text(value, "description"),
            replies=tuple(
                self._message(document.follow((*address, "reply", "messages", index)))
                for index in range(len(replies))
            ),
            errors={
                kind: Error(item["ack"], item.get("details"))
                for kind, item in declared.items()
                if replies
            },
            broadcasts=tuple(
                str(document.target(ref["$ref"])[-1]) for ref in extension.get("broadcasts", [])
            ),
            audience=extension["audience"] if value["action"] == "send" else None,
            spontaneous=extension.get("cause") == "spontaneous",
            role=extension.get("role"),
            idempotency_key=extension.get("idempotencyKey"),
        )

    def _message(self, address: Address) -> Message:
        value = self._document.at(address)
        extension = value.get("x-socketio", {})
        payload = payload_schema(self._document, address)
        if payload:
            self._schemas.setdefault(*payload)
        return Message(
            address=address,
            key=str(address[-1]),
            name=message_name(self._document, address),
            title=_text(value, "title"),
            summary=_text(value, "summary"),
            description=_text(value, "description"),
            payload=payload[0] if payload else None,
            args=1 if payload else 0,
            ack=extension.get("ack", "success"),
            unknown_keys=extension.get("unknownKeys", "keep"),
            convert=tuple(extension.get("convert", ())),
            examples=tuple(
                example["payload"] for example in value.get("examples", []) if "payload" in example
            ),
        )


def _text(value: Mapping[str, Json], key: str) -> str:
    return str(value.get(key, "")).strip()
