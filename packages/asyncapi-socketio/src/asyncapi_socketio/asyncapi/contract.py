"""The contract as a frozen model: namespaces, operations, messages, schemas, all refs followed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..addresses import filled, fits, parameters_of
from ..jsonschema.references import Address, Json, resolved
from . import index
from .document import Document
from .index import Event, Place
from .named_schemas import NamedSchemas, type_name
from .names import Names, pascal, snake
from .servers import Server, server_keys, servers

Audience: TypeAlias = Literal["all", "others", "room", "room-others", "sender"]
ErrorKind: TypeAlias = Literal["arity", "payload", "rate", "unexpected"]
Role: TypeAlias = Literal["create", "delete", "list", "read", "update"]
Times: TypeAlias = Literal["1", "0..1", "1..n", "0..n"]
"""How often an operation sends what it broadcasts."""


@dataclass(frozen=True, slots=True)
class Message:
    """An event or an ack. `arguments` name schemas of the contract, one per argument.

    The first `least` must be there; `rest` names the schema of any number that may follow, `more`
    says that some may follow which nobody reads.

    `ack` says what a reply tells of. `unknown_keys` and `convert` hold for what clients send. An
    example is the argument; where there are several, the list of all.
    """

    address: Address
    key: str
    name: str
    title: str
    summary: str
    description: str
    arguments: tuple[str, ...]
    least: int
    rest: str | None
    more: bool
    ack: Literal["success", "error"]
    unknown_keys: Literal["keep", "drop"]
    convert: tuple[str, ...]
    examples: tuple[Json, ...]

    @property
    def args(self) -> int:
        """How many arguments it has."""
        return len(self.arguments)

    @property
    def payload(self) -> str | None:
        """The name of its argument's schema; None where it has none, or may have several."""
        return None if self.several or not self.arguments else self.arguments[0]

    @property
    def several(self) -> bool:
        """Whether it may have several arguments: schemas judge the list of all."""
        return self.args > 1 or self.rest is not None

    @property
    def takes_any(self) -> bool:
        """Whether it has an argument at all."""
        return bool(self.arguments) or self.rest is not None

    def takes(self, count: int) -> bool:
        """Return whether it may have so many arguments."""
        return self.least <= count and (count <= self.args or self.rest is not None)


@dataclass(frozen=True, slots=True)
class Namespace:
    """Where clients connect to: the channels that have its path as their address.

    A path with parameters stands for any number of namespaces, which are all alike. `auth` and
    `connect_errors` are the schemas of what a CONNECT carries, and of the data of a
    refused one; None where the contract says nothing. `connect` and `disconnect` name its hooks in
    Python, `types` is what its types in TypeScript begin with.
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
    connect_errors_payload: str | None
    """The name of the schema `connect_errors`."""
    parameters: str | None
    """The name of the schema of the parameters in its path; None for a path without any."""
    examples: Mapping[str, tuple[str, ...]]
    """Values of the parameters in its path, at least one of each."""
    context: str
    """The type in Python of what its handlers know of a client."""
    connect: str
    disconnect: str
    types: str
    servers: tuple[str, ...]
    """The keys of the servers that have it."""

    @property
    def example(self) -> str:
        """Its path, with an example in the place of each parameter."""
        return filled(self.path, {name: values[0] for name, values in self.examples.items()})


@dataclass(frozen=True, slots=True)
class Error:
    """What is acknowledged when the service itself refuses; see `x-socketio.schema.json`."""

    ack: Mapping[str, Json]
    details: str | None


@dataclass(frozen=True, slots=True)
class Operation:
    """One event of one namespace, in one direction.

    `id` is the operation's in the document; where that has several messages, with the message's.
    `method` is its name in Python. `replies` are the shapes of its ack; none: the event has no ack.
    `errors`, `broadcasts` (ids of operations, and how often each is sent) and `preconditions` (ids
    of operations that must have succeeded before) belong to what clients call, `audience` and
    `spontaneous` to what the server calls; what is spontaneous may come without an event of a
    client. `role` is its part in the life of a thing, where the document says so, `none` where it
    has no part although its schemas look so. `idempotency_key`
    is the property of its payload that names an attempt; `links` has, by property of its payload,
    the id of the operation that acknowledged the key which stands there.
    """

    address: Address
    id: str
    method: str
    namespace: Namespace
    message: Message
    title: str
    summary: str
    description: str
    replies: tuple[Message, ...]
    errors: Mapping[ErrorKind, Error]
    broadcasts: Mapping[str, Times]
    preconditions: tuple[str, ...]
    audience: Audience | None
    spontaneous: bool
    role: Role | Literal["none"] | None
    idempotency_key: str | None
    links: Mapping[str, str]

    @property
    def event(self) -> str:
        """Its name on the wire."""
        return self.message.name

    @property
    def ack_args(self) -> tuple[int, ...]:
        """The numbers of arguments that its ack may have; empty without ack."""
        counts = (range(reply.least, reply.args + 1) for reply in self.replies)
        return tuple(sorted({count for possible in counts for count in possible}))

    @property
    def ack_rest(self) -> bool:
        """Whether its ack may have even more arguments."""
        return any(reply.rest is not None for reply in self.replies)

    def attempt(self, payload: Json) -> Json:
        """Return the value that names an attempt in a payload; None where there is none."""
        return payload.get(self.idempotency_key) if isinstance(payload, dict) else None


@dataclass(frozen=True, slots=True)
class Contract:
    """All that is generated from; `schemas` are the named ones, and inline payloads by message.

    Their names are those that types can have; `addresses` are where they stand in the document.
    `source` is the document itself, with the files that it refers to.
    """

    file: str
    title: str
    version: str
    description: str
    license: str
    """The name of its license, most often SPDX's; empty where the document has none."""
    namespaces: tuple[Namespace, ...]
    receives: tuple[Operation, ...]
    sends: tuple[Operation, ...]
    schemas: Mapping[str, Json]
    addresses: Mapping[str, Address]
    servers: tuple[Server, ...]
    source: Mapping[str, Json]

    def resolved(self, schema: Json) -> Json:
        """Follow the `$ref`s of a schema to what they lead to."""
        return resolved({"components": {"schemas": self.schemas}}, schema)

    def examples(self, schema: Json) -> list[Json]:
        """Return the examples of a schema, or of what it refers to; none where it has none."""
        found = self.resolved(schema)
        return [*found.get("examples", ())] if isinstance(found, dict) else []


def build(document: Document) -> Contract:
    """Model a document that nothing refuses."""
    return _Builder(document).build()


class _Builder:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._schemas = NamedSchemas(document)
        self._events = index.events(document)
        self._ids = Names()
        self._named = {id(event): self._id(event) for event in self._events}
        self._methods = Names(("contract", "answer_within"))
        self._types = Names()

    def build(self) -> Contract:
        root = self._document.root
        namespaces = self._namespaces()
        self._methods.take(name for item in namespaces.values() for name in _hooks(item))
        operations = [self._operation(event, namespaces) for event in self._events]
        self._schemas.untangle()
        return Contract(
            file=self._document.file,
            title=str(root["info"]["title"]),
            version=str(root["info"]["version"]),
            description=_text(root["info"], "description"),
            license=_text(root["info"].get("license") or {}, "name"),
            namespaces=tuple(namespaces.values()),
            receives=tuple(item for item in operations if item.audience is None),
            sends=tuple(item for item in operations if item.audience is not None),
            schemas=self._schemas.named,
            addresses=self._schemas.addresses,
            servers=servers(self._document),
            source=self._document.root,
        )

    def _id(self, event: Event) -> str:
        key = str(event.operation[-1])
        name = key if event.alone else f"{key}.{event.message.key}"
        return self._ids.free(name if _is_file_name(name) else snake(name) or "operation")

    def _namespaces(self) -> dict[str, Namespace]:
        """Model a namespace per path; the first of its channels names it."""
        channels: dict[str, list[tuple[str, Address]]] = {}
        for key, address in index.channels(self._document):
            channels.setdefault(index.namespace(self._document, address), []).append((key, address))
        for event in self._events:
            path = index.namespace(self._document, event.channel)
            channels.setdefault(path, [(str(event.channel[-1]), event.channel)])
        hooks = Names()
        return {path: self._namespace(path, found, hooks) for path, found in channels.items()}

    def _namespace(self, path: str, channels: list[tuple[str, Address]], hooks: Names) -> Namespace:
        key, address = channels[0]
        value = self._document.at(address)
        auth = self._said(channels, "auth")
        errors = self._said(channels, "connectErrors")
        name = hooks.free("connect" if path == "/" else f"connect_{snake(key)}".rstrip("_"))
        return Namespace(
            address=("channels", key),
            key=key,
            path=path,
            title=_text(value, "title"),
            description=_text(value, "description"),
            auth=auth and self._schemas.copied(auth),
            connect_errors=errors and self._schemas.copied(errors),
            auth_payload=self._schemas.name(auth, f"{type_name(key)}Auth") if auth else None,
            connect_errors_payload=self._schemas.name(errors, f"{type_name(key)}ConnectErrors")
            if errors
            else None,
            parameters=self._parameters(key, address, path),
            examples={name: self._values(address, name) for name in parameters_of(path)},
            context=self._schemas.reserved(f"{type_name(key)}Context")
            if parameters_of(path)
            else "Context",
            connect=name,
            disconnect=f"dis{name}",
            types="" if path == "/" else self._types.free(type_name(key)),
            servers=server_keys(self._document, address),
        )

    def _parameters(self, key: str, channel: Address, path: str) -> str | None:
        """Name the schema of the parameters in a path: an object with a text for each."""
        names = parameters_of(path)
        if not names:
            return None
        described = {name: index.parameter(self._document, channel, name) for name in names}
        schema = {
            "type": "object",
            "description": f"The parameters of `{path}`.",
            "required": [*names],
            "additionalProperties": False,
            "properties": described,
        }
        place = (*channel, "parameters")
        return self._schemas.added(f"{type_name(key)}Parameters", schema, place)

    def _values(self, channel: Address, name: str) -> tuple[str, ...]:
        """Return the values of a parameter that the document has; its name, where it has none."""
        schema = index.parameter(self._document, channel, name)
        said = (schema.get("default"), *schema.get("examples", ()), *schema.get("enum", ()))
        return tuple(dict.fromkeys(filter(fits, said))) or (name if fits(name) else "1",)

    def _said(self, channels: list[tuple[str, Address]], key: str) -> Address | None:
        """Return where the first of some channels says something in its `x-socketio`."""
        for _, address in channels:
            if key in index.extension(self._document, address):
                return (*address, "x-socketio", key)
        return None

    def _operation(self, event: Event, namespaces: Mapping[str, Namespace]) -> Operation:
        document = self._document
        value = index.described(document, event.place)
        extension = index.extension(document, event.place)
        shared = index.extension(document, event.channel).get("errors", {})
        declared = {**shared, **extension.get("errors", {})}
        id_ = self._named[id(event)]
        replies = tuple(self._message(place) for place in event.replies)
        return Operation(
            address=event.operation,
            id=id_,
            method=self._method(id_),
            namespace=namespaces[index.namespace(document, event.channel)],
            message=self._message(event.message),
            title=_text(value, "title"),
            summary=_text(value, "summary"),
            description=_text(value, "description"),
            replies=replies,
            errors={
                kind: Error(item["ack"], item.get("details"))
                for kind, item in declared.items()
                if replies
            },
            broadcasts={
                id_: ref.get("times", "1")
                for ref in extension.get("broadcasts", [])
                for id_ in self._ids_of(ref["$ref"])
            },
            preconditions=tuple(
                id_
                for ref in extension.get("preconditions", [])
                for id_ in self._ids_of(ref["$ref"])
            ),
            audience=_audience(event, extension) if value["action"] == "send" else None,
            spontaneous=extension.get("cause") == "spontaneous",
            role=extension.get("role"),
            idempotency_key=extension.get("idempotencyKey"),
            links={
                name: id_
                for name, ref in extension.get("links", {}).items()
                for id_ in self._ids_of(ref["$ref"])
            },
        )

    def _ids_of(self, ref: str) -> list[str]:
        """Return the ids of the operations that one in the document stands for."""
        target = self._document.target(ref)
        return [self._named[id(event)] for event in self._events if event.place == target]

    def _method(self, id_: str) -> str:
        name = snake(id_) or "operation"
        if name.upper() in self._schemas.named:
            name = f"{name}_event"
        return self._methods.free(name)

    def _message(self, place: Place) -> Message:
        document, address = self._document, place.address
        value = index.described(document, address)
        extension = index.extension(document, address)
        arguments = self._arguments(address)
        more = index.more_arguments(document, address)
        rest = None
        if more is not None and not index.says_nothing(document.at(more)):
            rest = self._schemas.name(more, f"{type_name(str(address[-1]))}Rest")
        alone = len(arguments) == 1 and rest is None and self._is_tuple(address)
        return Message(
            address=address,
            key=str(address[-1]),
            name=index.event_name(document, place),
            title=_text(value, "title"),
            summary=_text(value, "summary"),
            description=_text(value, "description"),
            arguments=arguments,
            least=index.least_arguments(document, address),
            rest=rest,
            more=more is not None and rest is None,
            ack=extension.get("ack", "success"),
            unknown_keys=extension.get("unknownKeys", "keep"),
            convert=tuple(extension.get("convert", ())),
            examples=tuple(_examples(value, alone)) if arguments or rest else (),
        )

    def _arguments(self, message: Address) -> tuple[str, ...]:
        """Name the schemas of a message's arguments; an inline one is named by its message."""
        base = type_name(str(message[-1]))
        places = index.arguments(self._document, message)
        if len(places) == 1:
            return (self._schemas.name(places[0], f"{base}Payload"),)
        return tuple(
            self._schemas.name(place, f"{base}{self._titled(place) or f'Arg{number}'}")
            for number, place in enumerate(places, 1)
        )

    def _titled(self, place: Address) -> str:
        schema = self._document.at(place)
        return pascal(str(schema.get("title", ""))) if isinstance(schema, dict) else ""

    def _is_tuple(self, message: Address) -> bool:
        payload = index.payload_address(self._document, message)
        return payload is not None and index.arguments(self._document, message) != (payload,)


def _hooks(namespace: Namespace) -> tuple[str, str]:
    return namespace.connect, namespace.disconnect


def _audience(event: Event, extension: Mapping[str, Json]) -> Audience:
    """Return who is told: everyone where nothing is said, one client where it has to answer."""
    audience: Audience = extension.get("audience", "sender" if event.replies else "all")
    return audience


def _examples(message: Mapping[str, Json], is_tuple_of_one: bool) -> Iterable[Json]:
    examples = message.get("examples") or []
    for example in examples if isinstance(examples, list) else []:
        if isinstance(example, dict) and "payload" in example:
            payload = example["payload"]
            alone = is_tuple_of_one and isinstance(payload, list) and len(payload) == 1
            yield payload[0] if alone else payload


def _is_file_name(name: str) -> bool:
    """Return whether a name can be a file's, and a word in a page's address."""
    return all(part.isalnum() for part in name.replace("_", "-").replace(".", "-").split("-"))


def _text(value: Mapping[str, Json], key: str) -> str:
    return str(value.get(key) or "").strip()
