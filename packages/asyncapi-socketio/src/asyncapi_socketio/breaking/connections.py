"""What changed of the way to the server: its addresses, who is let in, and how bytes are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..asyncapi.contract import Message, Operation
from ..asyncapi.document import Document
from ..asyncapi.index import described
from ..jsonschema.references import Address, Json
from .revision import Change, Revision

_WEBSOCKET = {"http": "ws", "https": "wss"}
"""What WebSocket calls a protocol by which Socket.IO reaches the same server."""

_PATH = "/socket.io"
"""Where Socket.IO is when nothing is said."""


def connection_changes(
    old: Revision, new: Revision, pairs: Sequence[tuple[Operation, Operation]]
) -> Iterator[Change]:
    """List what changed of servers and security, and of the content types of paired operations."""
    yield from _servers(old.document, new.document)
    for one, other in pairs:
        address = (*other.address, "security")
        before = _alternatives(old.document, one.address)
        yield from _secured(
            other.event, before, _alternatives(new.document, other.address), address
        )
    yield from dict.fromkeys(_content_types(old.document, new.document, pairs))


@dataclass(frozen=True, slots=True)
class _Server:
    """A server of a document, as a client finds it."""

    address: Address
    host: str
    pathname: str
    protocol: str
    alternatives: list[Json]

    @property
    def url(self) -> str:
        """Return where it is."""
        return f"{self.protocol}://{self.host}{self.pathname}"


def _read(document: Document) -> dict[str, _Server]:
    found = {}
    for key in document.root.get("servers") or {}:
        address = document.follow(("servers", key))
        value = document.at(address)
        protocol = str(value.get("protocol", "")).lower()
        found[key] = _Server(
            address,
            str(value.get("host", "")),
            str(value.get("pathname", "")).rstrip("/") or _PATH,
            _WEBSOCKET.get(protocol, protocol),
            _alternatives(document, address),
        )
    return found


def _servers(old: Document, new: Document) -> Iterator[Change]:
    """Match servers by where they are; one of the same name that is elsewhere has moved."""
    before, after = _read(old), _read(new)
    places = {server.url: server for server in after.values()}
    for key, one in before.items():
        if (same := places.get(one.url)) is not None:
            address = (*same.address, "security")
            yield from _secured(same.url, one.alternatives, same.alternatives, address)
        elif key in after:
            yield from _moved(one, after[key])
        else:
            why = f"clients of {one.url} can't connect any more"
            problem = f"server {one.url} was removed"
            yield Change("server-removed", "breaking", one.address, problem, (why,), removed=True)
    known = {server.url for server in before.values()}
    for key, other in after.items():
        if key not in before and other.url not in known:
            yield Change("server-added", "safe", other.address, f"server {other.url} is new")


def _moved(old: _Server, new: _Server) -> Iterator[Change]:
    for name in ("host", "pathname", "protocol"):
        was, is_ = getattr(old, name), getattr(new, name)
        if was != is_:
            why = f"clients of {old.url} can't connect any more: it is at {new.url}"
            problem = f"{name} was {was}, is {is_}"
            yield Change("server-moved", "breaking", (*new.address, name), problem, (why,))


def _alternatives(document: Document, address: Address) -> list[Json]:
    """Return the security schemes of which one is enough, without what is for readers only."""
    value = document.at(address)
    if "traits" in value:
        value = described(document, address)
    found = []
    for number, scheme in enumerate(value.get("security") or ()):
        place = (*address, "security", number)
        known = document.at(document.follow(place)) if "$ref" in scheme else scheme
        found.append({key: inner for key, inner in known.items() if key != "description"})
    return found


def _secured(
    name: str, before: list[Json], after: list[Json], address: Address
) -> Iterator[Change]:
    """Compare who may come in: whoever satisfied one alternative has to satisfy one still."""
    if before == after:
        return
    if not before:
        why = f"old clients send no credentials to {name}, and are rejected"
        problem = f"{name} asks for {_listed(after)} now"
        yield Change("security-required", "breaking", address, problem, (why,))
    elif not after:
        address, problem = address[:-1], f"{name} asks for no credentials any more"
        yield Change("security-dropped", "safe", address, problem)
    elif lost := [one for one in before if not any(_satisfies(one, other) for other in after)]:
        why = f"old clients of {name} that come by {_listed(lost)} are rejected"
        problem = f"{name} does not take {_listed(lost)} any more"
        yield Change("security-changed", "breaking", address, problem, (why,))
    else:
        yield Change("security-changed", "safe", address, f"{name} takes more than it did")


def _satisfies(one: Json, other: Json) -> bool:
    """Return whether credentials by one scheme do for another: they may have scopes to spare."""
    bare, asked = ({k: v for k, v in item.items() if k != "scopes"} for item in (one, other))
    return bare == asked and {*other.get("scopes", ())} <= {*one.get("scopes", ())}


def _listed(schemes: Sequence[Json]) -> str:
    return " or ".join(dict.fromkeys(str(scheme.get("type", "?")) for scheme in schemes))


def _content_types(
    old: Document, new: Document, pairs: Sequence[tuple[Operation, Operation]]
) -> Iterator[Change]:
    for one, other in pairs:
        replies = {reply.key: reply for reply in one.replies}
        known = [(replies[item.key], item) for item in other.replies if item.key in replies]
        for before, after in ((one.message, other.message), *known):
            was, _ = _content_type(old, before)
            is_, address = _content_type(new, after)
            if was != is_:
                why = f"old clients break on {other.event}: they take its bytes for {was}"
                problem = f"the content type was {was}, is {is_}"
                yield Change("content-type-changed", "breaking", address, problem, (why,))


def _content_type(document: Document, message: Message) -> tuple[str, Address]:
    """Return a media type without its parameters, and where it is said."""
    own = described(document, message.address).get("contentType")
    said = own or document.root.get("defaultContentType") or "application/json"
    address = (*message.address, "contentType") if own else ("defaultContentType",)
    return str(said).partition(";")[0].strip().lower(), address
