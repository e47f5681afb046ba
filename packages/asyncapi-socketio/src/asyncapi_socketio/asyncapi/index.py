"""What a document says of Socket.IO: which events its operations are, and where each part stands.

Every key of `x-socketio` has a default, so that a document that has never heard of it is read, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import TypeVar

from ..jsonschema.references import Address, Json, steps
from .document import FILES, Document


@dataclass(frozen=True, slots=True)
class Place:
    """A message: where it stands, and the key by which its channel knows it."""

    address: Address
    key: str


@dataclass(frozen=True, slots=True)
class Event:
    """One message of one operation, and the shapes of its ack.

    `operation` is where the document has the operation, `place` where that leads; `message` and
    `channel` are what it refers to. `alone` says that its operation has no other message.
    """

    operation: Address
    place: Address
    channel: Address
    message: Place
    replies: tuple[Place, ...]
    alone: bool

    @property
    def messages(self) -> tuple[Place, ...]:
        """The event, and the shapes of its ack."""
        return self.message, *self.replies


F = TypeVar("F")


def _once(find: Callable[[Document], F]) -> Callable[[Document], F]:
    """Look something up in a document once: every rule asks for it."""

    @wraps(find)
    def kept(document: Document) -> F:
        if find.__name__ not in document.known:
            document.known[find.__name__] = find(document)
        found: F = document.known[find.__name__]
        return found

    return kept


@_once
def events(document: Document) -> list[Event]:
    """List the events of all operations, in the order of the document."""
    operations = document.root.get("operations") or {}
    return [event for key in operations for event in operation_events(document, key)]


def operation_events(document: Document, key: str) -> list[Event]:
    """List the events of an operation: one per message."""
    operation: Address = ("operations", key)
    place = document.follow(operation)
    channel = document.follow((*place, "channel"))
    messages = _messages(document, place, channel)
    replies = _replies(document, place, channel)
    return [
        Event(operation, place, channel, message, replies, alone=len(messages) == 1)
        for message in messages
    ]


def channels(document: Document) -> Iterator[tuple[str, Address]]:
    """Yield the key of each channel, and where it stands."""
    for key in document.root.get("channels") or {}:
        yield key, document.follow(("channels", key))


@_once
def messages(document: Document) -> list[Place]:
    """List every message that a channel or an operation has, each address once."""
    found: dict[Address, Place] = {}
    for _, channel in channels(document):
        for place in _of_channel(document, channel):
            found.setdefault(place.address, place)
    for event in events(document):
        for place in event.messages:
            found.setdefault(place.address, place)
    return [*found.values()]


def namespace(document: Document, channel: Address) -> str:
    """Return the namespace that a channel is: `/` where its address is not known."""
    address = document.at(channel).get("address")
    if not isinstance(address, str) or not address:
        return "/"
    return address if address.startswith("/") else f"/{address}"


def parameter(document: Document, channel: Address, name: str) -> dict[str, Json]:
    """Return the schema of a parameter in a channel's address; any text where none is described.

    Source: AsyncAPI 3.0.0, "Parameter Object": its keys mean what they mean in a schema.
    """
    known = document.at(channel).get("parameters") or {}
    described: Json = {}
    if name in known:
        described = document.at(document.follow((*channel, "parameters", name))) or {}
    said = {key: described[key] for key in _PARAMETER_KEYS if described.get(key)}
    return {"type": "string", **said}


_PARAMETER_KEYS = ("description", "enum", "default", "examples")


def event_name(document: Document, place: Place) -> str:
    """Return what a message is called on the wire: its `name`, or its key in the channel."""
    return str(described(document, place.address).get("name") or place.key)


def extension(document: Document, address: Address) -> dict[str, Json]:
    """Return the `x-socketio` of what stands somewhere, empty where it has none."""
    found = described(document, address).get("x-socketio")
    return found if isinstance(found, dict) else {}


def described(document: Document, address: Address) -> dict[str, Json]:
    """Return an operation or a message with its traits, of which it overrides what it has itself.

    Source: AsyncAPI 3.0.0, "Traits Merge Mechanism".
    """
    value: dict[str, Json] = document.at(address)
    traits = value.get("traits")
    if not isinstance(traits, list):
        return value
    merged: Json = {}
    for index in range(len(traits)):
        merged = _patched(merged, document.at(document.follow((*address, "traits", index))))
    patched: dict[str, Json] = _patched(merged, value)
    return patched


def payload_address(document: Document, message: Address) -> Address | None:
    """Return where the schema of a message's payload stands, beside its `schemaFormat` or not."""
    if document.at(message).get("payload") is None:
        return None
    address: Address = (*message, "payload")
    payload = document.at(address)
    if isinstance(payload, dict) and "schemaFormat" in payload and "schema" in payload:
        return (*address, "schema")
    return address


_JSON_SCHEMA = re.compile(
    r"application/(vnd\.aai\.asyncapi(\+(json|yaml))?(;version=[\d.]+)?"
    r"|schema(\+(json|yaml))?;version=draft-0?7)"
)


def foreign_format(document: Document, schema: Address) -> str | None:
    """Return the format of a schema that is not written in JSON Schema; None for one that is."""
    value = document.at(schema)
    wrapper = value if isinstance(value, dict) else {}
    if schema[-1:] == ("schema",) and "schemaFormat" not in wrapper:
        outer = document.at(schema[:-1])
        wrapper = outer if isinstance(outer, dict) else {}
    form = wrapper.get("schemaFormat")
    if not isinstance(form, str) or _JSON_SCHEMA.fullmatch(form.replace(" ", "")):
        return None
    return form


def arguments(document: Document, message: Address) -> tuple[Address, ...]:
    """Return where the schemas of an event's arguments stand: one, or those of a tuple.

    A tuple is `type: array` with a list of `items`; `x-socketio: {args: 1}` makes it one argument.
    """
    address = payload_address(document, message)
    if address is None:
        return ()
    items = tuple_items(document, address)
    if items is None or (extension(document, message).get("args") == 1 and len(items) != 1):
        return (address,)
    return items


def unwrapped(document: Document, address: Address) -> Address:
    """Return where a schema itself stands: past `$ref`s, and inside of what has a format."""
    place = document.follow(address)
    value = document.at(place)
    if isinstance(value, dict) and "schemaFormat" in value and "schema" in value:
        return unwrapped(document, (*place, "schema"))
    return place


def tuple_items(document: Document, address: Address) -> tuple[Address, ...] | None:
    """Return where the schemas of a tuple's items stand; None if it is not a tuple."""
    place = unwrapped(document, address)
    schema = document.at(place)
    if not isinstance(schema, dict) or schema.get("type") != "array":
        return None
    if foreign_format(document, address) or foreign_format(document, place):
        return None
    keyword = "prefixItems" if isinstance(schema.get("prefixItems"), list) else "items"
    items = schema.get(keyword)
    if isinstance(items, list):
        return tuple((*place, keyword, index) for index in range(len(items)))
    return () if items is None and "additionalItems" in schema else None


def least_arguments(document: Document, message: Address) -> int:
    """Return how many arguments an event must have: all, unless a tuple says `minItems`."""
    count = len(arguments(document, message))
    schema = _tuple(document, message)
    least = count if schema is None else schema.get("minItems", count)
    return min(count, int(least))


def more_arguments(document: Document, message: Address) -> Address | None:
    """Return where the schema of the arguments that may follow a tuple's stands.

    None: none may. It is `additionalItems`, or `items` beside `prefixItems`.
    """
    schema, payload = _tuple(document, message), payload_address(document, message)
    if schema is None or payload is None:
        return None
    keyword = "items" if "prefixItems" in schema else "additionalItems"
    allowed = schema.get(keyword, False)
    place = unwrapped(document, payload)
    return None if allowed is False else (*place, keyword)


def says_nothing(schema: Json) -> bool:
    """Return whether a schema takes any value: it has words alone, as zod's `any()`."""
    return schema is True or (isinstance(schema, dict) and not schema.keys() - _WORDS)


_WORDS = {"$comment", "default", "description", "example", "examples", "format", "title"}


def _tuple(document: Document, message: Address) -> dict[str, Json] | None:
    """Return the schema that has an event's arguments in a list; None where there is one alone."""
    address = payload_address(document, message)
    if address is None or arguments(document, message) == (address,):
        return None
    schema: dict[str, Json] = document.at(unwrapped(document, address))
    return schema


def _messages(document: Document, holder: Address, channel: Address) -> tuple[Place, ...]:
    """Return the messages of an operation or a reply: all of its channel's where it names none."""
    if document.at(holder).get("messages") is None:
        return _of_channel(document, channel)
    count = len(document.at((*holder, "messages")))
    places = (_place(document, (*holder, "messages", index)) for index in range(count))
    return tuple(dict.fromkeys(places))


def _of_channel(document: Document, channel: Address) -> tuple[Place, ...]:
    known = document.at(channel).get("messages") or {}
    return tuple(Place(document.follow((*channel, "messages", key)), str(key)) for key in known)


def _place(document: Document, address: Address) -> Place:
    """Return the message that an operation refers to, by the last step of the `$ref`."""
    ref = document.at(address).get("$ref")
    path = steps(ref) if isinstance(ref, str) else [str(address[-1])]
    key = path[-1]
    if path[0] == FILES and len(path) == 2:  # noqa: PLR2004 - a whole file
        key = key.rpartition("/")[2].partition(".")[0]
    return Place(document.follow(address), key)


def _replies(document: Document, operation: Address, channel: Address) -> tuple[Place, ...]:
    if document.at(operation).get("reply") is None:
        return ()
    reply = document.follow((*operation, "reply"))
    if document.at(reply).get("channel") is not None:
        channel = document.follow((*reply, "channel"))
    return _messages(document, reply, channel)


def _patched(old: Json, new: Json) -> Json:
    """Merge as JSON Merge Patch does (RFC 7386), but that null stays what it is."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {**old, **{key: _patched(old.get(key), value) for key, value in new.items()}}
