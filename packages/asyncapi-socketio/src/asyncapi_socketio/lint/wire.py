"""What a document says that Socket.IO can't do, or does otherwise: it works, but not as written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..asyncapi import index
from ..asyncapi.contract import build
from ..asyncapi.document import Document
from ..asyncapi.index import Event, Place, described
from ..asyncapi.named_schemas import NamedSchemas, type_name
from ..asyncapi.names import snake
from ..jsonschema.canonical import disjoint
from ..jsonschema.references import Address, Json
from ..reporting.finding import Finding

RESERVED_EVENTS = {
    "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
}  # fmt: skip
"""Names that mean something to Socket.IO itself (socket.io documentation, "Emit cheatsheet")."""

_PROTOCOLS = {"http", "https", "socket.io", "socketio", "sio", "ws", "wss"}


_PARAMETER = re.compile(r"\{([^{}]*)\}")


def protocol(document: Document) -> Iterator[Finding]:
    """Find servers whose protocol is not one that Socket.IO speaks."""
    for key in document.root.get("servers") or {}:
        address = document.follow(("servers", key))
        said = str(document.at(address).get("protocol", ""))
        if said.lower() not in _PROTOCOLS:
            yield document.finding(
                "protocol",
                ("servers", key, "protocol"),
                f"Socket.IO does not speak '{said}': events are read as its own",
                "say ws, or leave it if that is meant",
            )


def namespaces(document: Document) -> Iterator[Finding]:
    """Find channels whose address is not a namespace of their own."""
    seen: dict[str, str] = {}
    for key, channel in index.channels(document):
        path, place = index.namespace(document, channel), ("channels", key)
        said = document.at(channel).get("address")
        if said != path:
            yield document.finding(
                "namespace",
                place,
                f"has no address that is a namespace: it is taken for '{path}'",
                "give it one that starts with '/'",
            )
        elif path in seen:
            yield document.finding(
                "namespace",
                (*place, "address"),
                f"'{path}' is already channels/{seen[path]}: they are one namespace",
                "make it one channel per namespace",
            )
        if _PARAMETER.search(path):
            yield document.finding(
                "namespace",
                (*place, "address"),
                f"a namespace has no parameters: clients connect to '{path}' as it is written",
                "use one namespace and rooms",
            )
        seen.setdefault(path, key)


def parameters(document: Document) -> Iterator[Finding]:
    """Find parameters of an address that are not described, or not in it."""
    for key, channel in index.channels(document):
        value = document.at(channel)
        named = {*_PARAMETER.findall(str(value.get("address") or ""))}
        known = value.get("parameters") or {}
        where: Address = ("channels", key, "address")
        for name in sorted(named - {*known}):
            yield document.finding(
                "parameters", where, f"'{name}' is not described", "add it to the parameters"
            )
        for name in known:
            if name not in named:
                place = ("channels", key, "parameters", name)
                yield document.finding(
                    "parameters", place, "is not in the address", "remove it, or put it there"
                )


def no_message(document: Document) -> Iterator[Finding]:
    """Find operations without any message: they are no event."""
    for key in document.root.get("operations") or {}:
        if not index.operation_events(document, key):
            yield document.finding(
                "no-message",
                ("operations", key),
                "has no message, and is no event for that",
                "add one to its channel",
            )


def message_channel(document: Document) -> Iterator[Finding]:
    """Find messages of operations and replies that their channel does not have."""
    for key in document.root.get("operations") or {}:
        place = document.follow(("operations", key))
        channel = document.follow((*place, "channel"))
        yield from _strangers(document, ("operations", key), place, channel)
        if document.at(place).get("reply"):
            reply = document.follow((*place, "reply"))
            if document.at(reply).get("channel"):
                channel = document.follow((*reply, "channel"))
            yield from _strangers(document, ("operations", key, "reply"), reply, channel)


def _strangers(
    document: Document, shown: Address, holder: Address, channel: Address
) -> Iterator[Finding]:
    known = document.at(channel).get("messages") or {}
    own = {document.follow((*channel, "messages", key)) for key in known}
    for number in range(len(document.at(holder).get("messages") or [])):
        if document.follow((*holder, "messages", number)) not in own:
            yield document.finding(
                "message-channel",
                (*shown, "messages", number),
                "is not a message of its channel",
                "add it there, and refer to it there",
            )


def event_names(document: Document) -> Iterator[Finding]:
    """Find events whose names Socket.IO keeps for itself, or that two operations receive."""
    taken: dict[tuple[str, str, str], str] = {}
    for event in index.events(document):
        name = index.event_name(document, event.message)
        operation = str(event.operation[-1])
        if name in RESERVED_EVENTS:
            yield document.finding(
                "event-name",
                _name_address(document, event.message),
                f"'{name}' is reserved by Socket.IO: as an event it never arrives",
                "choose another name",
            )
        action = document.at(event.place)["action"]
        key = action, index.namespace(document, event.channel), name
        if key in taken and taken[key] != operation:
            yield document.finding(
                "unique-event",
                event.operation,
                f"'{name}' is already operations/{taken[key]} in this direction",
                "give each event of a namespace its own name",
            )
        taken.setdefault(key, operation)


def _name_address(document: Document, place: Place) -> Address:
    named = "name" in document.at(place.address)
    return (*place.address, "name") if named else place.address


def replies(document: Document) -> Iterator[Finding]:
    """Find acks that are sent elsewhere, and acks that can't be told apart."""
    schemas = NamedSchemas(document)
    for event in index.events(document):
        if not event.replies:
            continue
        reply = document.at(document.follow((*event.place, "reply")))
        place = (*event.operation, "reply")
        if reply.get("address"):
            yield document.finding(
                "reply-address",
                (*place, "address"),
                "an ack has no address of its own: it goes back where the event came from",
                "leave it out, or answer with an event",
            )
        if reply.get("channel") and document.follow((*place, "channel")) != event.channel:
            yield document.finding(
                "reply-address",
                (*place, "channel"),
                "an ack comes in the namespace of its event, not in another",
                "refer to the channel of the operation, or answer with an event",
            )
        yield from _apart(document, schemas, event)


def _apart(document: Document, schemas: NamedSchemas, event: Event) -> Iterator[Finding]:
    shapes = [_shape(document, schemas, place.address) for place in event.replies]
    root = {"components": {"schemas": schemas.named}}
    for number, later in enumerate(shapes):
        for other, earlier in enumerate(shapes[:number]):
            if len(later) == len(earlier) and not any(
                disjoint(root, one, two) for one, two in zip(earlier, later, strict=True)
            ):
                first, second = (event.replies[i].address[-1] for i in (other, number))
                listed = "messages" in document.at(document.follow((*event.place, "reply")))
                place: Address = ("reply", "messages", number) if listed else ("reply",)
                yield document.finding(
                    "acks-apart",
                    (*event.operation, *place),
                    f"an ack could be both '{first}' and '{second}'",
                    "let each require a key that the other forbids",
                )


def _shape(document: Document, schemas: NamedSchemas, message: Address) -> list[Json]:
    return [schemas.copied(place) for place in index.arguments(document, message)]


def headers(document: Document) -> Iterator[Finding]:
    """Find headers, which a Socket.IO packet does not have."""
    for place in index.messages(document):
        if described(document, place.address).get("headers") is not None:
            yield document.finding(
                "headers",
                (*place.address, "headers"),
                "Socket.IO packets have no headers: these are not sent",
                "move them to the payload",
            )


def code_names(document: Document) -> Iterator[Finding]:
    """Find operations and schemas that have other names in code."""
    contract = build(document)
    for operation in (*contract.receives, *contract.sends):
        if operation.method != snake(operation.id):
            yield document.finding(
                "code-name",
                operation.address,
                f"'{snake(operation.id)}' can't name its method: it is '{operation.method}'",
                "rename the operation",
            )
    for name, address in contract.addresses.items():
        written = str(address[-1])
        is_named = address[:2] == ("components", "schemas") and len(address) == 3  # noqa: PLR2004
        if is_named and name not in {written, type_name(written)}:
            yield document.finding(
                "code-name",
                address,
                f"'{type_name(written)}' can't name its type: it is '{name}'",
                "rename the schema",
            )
