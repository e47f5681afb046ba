"""A recording as an AsyncAPI document: what was seen, and what its owner has to add."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from ..asyncapi import tree
from ..asyncapi.names import Names, pascal, snake
from .inference import schema_of
from .recording import Args, Event, Recording

Json: TypeAlias = Any

LIMITS = """\
It can't know:
- what never happened: other events, keys and errors;
- bounds, patterns and lists of allowed values: add maxLength, enum …;
- who else is told of an event, and what caused it: x-socketio audience and broadcasts;
- what is optional: a key is required here if it was always there.
Examples are values that were sent: look through them before you commit them."""
"""What a recording does not say, and who has to."""

_ERRORS = {"error", "err", "errors"}
"""Keys by which an ack is taken for that of an error."""


def draft(recording: Recording, title: str) -> str:
    """Return the contract as YAML, with what it can't know above it."""
    head = f"Drafted from {recording.source}. {LIMITS}"
    comment = "".join(f"# {line}".rstrip() + "\n" for line in head.splitlines())
    return f"{comment}\n{tree.written(_Draft(recording).document(title))}"


class _Draft:
    """Collects the parts of a document."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._operations: dict[str, Json] = {}
        self._schemas: dict[str, Json] = {}
        self._ids = Names()
        self._names = Names()

    def document(self, title: str) -> Json:
        names = Names()
        channels = {
            names.free(snake(space) or "main"): space for space in self._recording.namespaces
        }
        document = {
            "asyncapi": "3.1.0",
            "info": {"title": title, "version": "0.1.0"},
            "servers": self._servers(),
            "channels": {name: self._channel(name, space) for name, space in channels.items()},
            "operations": self._operations,
            "components": {"schemas": self._schemas},
        }
        return {key: value for key, value in document.items() if value}

    def _servers(self) -> Json:
        url = urlsplit(self._recording.url or "")
        if not url.hostname:
            return {}
        return {"recorded": {"host": url.netloc.rpartition("@")[2], "protocol": url.scheme}}

    def _channel(self, name: str, space: str) -> Json:
        messages: dict[str, Json] = {}
        for (event, by_client), sent in self._events(space).items():
            self._operation(name, messages, event, sent, by_client=by_client)
        channel: dict[str, Json] = {"address": space, "messages": messages}
        said = {}
        if auths := self._recording.auths.get(space):
            said["auth"] = schema_of(auths)
        if told := [data for data in self._recording.refusals.get(space, []) if data is not None]:
            said["connectErrors"] = schema_of(told)
        return {**channel, "x-socketio": said} if said else channel

    def _events(self, space: str) -> Mapping[tuple[str, bool], list[Event]]:
        found: dict[tuple[str, bool], list[Event]] = {}
        for event in self._recording.events:
            if event.namespace == space:
                found.setdefault((event.name, event.by_client), []).append(event)
        return found

    def _operation(
        self,
        channel: str,
        messages: dict[str, Json],
        event: str,
        sent: Sequence[Event],
        *,
        by_client: bool,
    ) -> None:
        id_ = self._ids.free(_camel(event))
        taken = [item.args for item in sent if not _is_rejected(item)]
        taken = taken or [item.args for item in sent]
        most = max(map(len, taken))
        whole = [args for args in taken if len(args) == most]
        messages[id_] = self._message(id_, whole, name=event)
        here = {"$ref": f"#/channels/{channel}"}
        operation: dict[str, Json] = {
            "action": "receive" if by_client else "send",
            "channel": here,
            "messages": [{"$ref": f"#/channels/{channel}/messages/{id_}"}],
        }
        replies = []
        for kind, acks in _acks(sent).items():
            reply = self._ids.free(f"{id_}{kind}")
            messages[reply] = self._message(reply, acks)
            if kind == "Rejected":  # which has one argument
                messages[reply]["x-socketio"] = {"ack": "error"}
            replies.append({"$ref": f"#/channels/{channel}/messages/{reply}"})
        if replies:
            operation["reply"] = {"channel": here, "messages": replies}
        if not by_client and not replies:
            operation["x-socketio"] = {"audience": "all", "cause": "spontaneous"}
        self._operations[id_] = operation

    def _message(self, id_: str, sent: Sequence[Args], name: str | None = None) -> dict[str, Json]:
        message: dict[str, Json] = {"name": name} if name else {}
        count = len(sent[0])
        if count == 1:
            message["payload"] = self._named(schema_of([args[0] for args in sent]), id_)
            message["examples"] = [{"payload": sent[0][0]}]
        elif count:
            columns = zip(*sent, strict=True)
            items = [self._named(schema_of(column), id_) for column in columns]
            message["payload"] = {"type": "array", "items": items}
            message["examples"] = [{"payload": [*sent[0]]}]
            message["x-socketio"] = {"args": count}
        return message

    def _named(self, schema: Json, name: str) -> Json:
        """Give an object's schema a name, the same to one that is the same."""
        if schema.get("type") == "array":
            return {**schema, "items": self._named(schema["items"], f"{name}Item")}
        if "properties" not in schema:
            return schema
        inner = {
            key: self._named(value, f"{name} {key}") for key, value in schema["properties"].items()
        }
        whole = {**schema, "properties": inner}
        known = next((key for key, value in self._schemas.items() if value == whole), None)
        if known is None:
            known = self._names.free(pascal(_spaced(name)) or "Payload")
            self._schemas[known] = whole
        return {"$ref": f"#/components/schemas/{known}"}


def _acks(sent: Iterable[Event]) -> Mapping[str, list[Args]]:
    """Sort acks: those that tell of an error, and others by their number of arguments."""
    found: dict[str, list[Args]] = {}
    for event in sent:
        if event.ack is not None:
            kind = "Rejected" if _is_rejected(event) else f"Ack{len(event.ack)}"
            found.setdefault(kind, []).append(event.ack)
    if len(found.keys() - {"Rejected"}) == 1:
        return {"Rejected" if kind == "Rejected" else "Ack": acks for kind, acks in found.items()}
    return found


def _is_rejected(event: Event) -> bool:
    """Return whether an ack looks like that of an error."""
    match event.ack:
        case (dict() as told,):
            return any(told.get(key) for key in _ERRORS)
        case _:
            return False


def _camel(name: str) -> str:
    words = snake(name).split("_")
    return words[0] + "".join(word.capitalize() for word in words[1:]) if words[0] else "event"


def _spaced(name: str) -> str:
    return " ".join(word for word in snake(name).split("_"))
