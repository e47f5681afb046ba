"""The servers of a document: where clients connect to, and what they show to be let in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..addresses import filled, fits, parameters_of
from ..jsonschema.references import Address, Json
from .document import Document

PATHNAME = "/socket.io/"
"""Where Socket.IO listens, unless a server says another place."""

_SECURE = frozenset({"https", "wss"})


@dataclass(frozen=True, slots=True)
class Security:
    """What a client shows: the `type` of AsyncAPI, and for keys in HTTP their `place` and `name`.

    `scheme` is that of HTTP authentication, as `bearer`.
    """

    type: str
    description: str
    place: str
    name: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Server:
    """One server. `url` has a scheme of HTTP, and no path; variables have their first value."""

    key: str
    url: str
    pathname: str
    protocol: str
    title: str
    description: str
    security: tuple[Security, ...]


def servers(document: Document) -> tuple[Server, ...]:
    """Model the servers of a document in its order."""
    return tuple(_server(document, key) for key in document.root.get("servers") or {})


def server_keys(document: Document, channel: Address) -> tuple[str, ...]:
    """Name the servers of a channel: all of the document's, unless it has its own."""
    refs = document.at(channel).get("servers") or ()
    targets = [document.follow((*channel, "servers", number)) for number, _ in enumerate(refs)]
    own = tuple(str(target[-1]) for target in targets)
    return own or (*map(str, document.root.get("servers") or {}),)


def _server(document: Document, key: str) -> Server:
    address = document.follow(("servers", key))
    value = document.at(address)
    protocol = str(value.get("protocol", ""))
    values = _variables(document, address)
    scheme = "https" if protocol.lower() in _SECURE else "http"
    return Server(
        key=str(key),
        url=f"{scheme}://{_filled(str(value.get('host', '')), values)}",
        pathname=_filled(str(value.get("pathname") or PATHNAME), values),
        protocol=protocol,
        title=str(value.get("title") or "").strip(),
        description=str(value.get("description") or value.get("summary") or "").strip(),
        security=_alternatives(document, address),
    )


def _variables(document: Document, server: Address) -> dict[str, str]:
    names = document.at(server).get("variables") or {}
    found = {name: document.at(document.follow((*server, "variables", name))) for name in names}
    return {str(name): _first(str(name), value) for name, value in found.items()}


def _first(name: str, variable: Json) -> str:
    said: Iterable[Json] = (
        variable.get("default"),
        *variable.get("examples", ()),
        *variable.get("enum", ()),
    )
    return next((str(value) for value in said if value is not None), name)


def _filled(text: str, values: dict[str, str]) -> str:
    given = {name: values.get(name, name) for name in parameters_of(text)}
    return filled(text, given) if all(map(fits, given.values())) else text


def _alternatives(document: Document, server: Address) -> tuple[Security, ...]:
    """Model the security schemes that a server asks for; any one is enough."""
    listed = document.at(server).get("security") or ()
    at = [document.follow((*server, "security", number)) for number, _ in enumerate(listed)]
    return tuple(_security(document.at(address)) for address in at)


def _security(value: Json) -> Security:
    return Security(
        type=str(value.get("type", "")),
        description=str(value.get("description") or "").strip(),
        place=str(value.get("in") or ""),
        name=str(value.get("name") or ""),
        scheme=str(value.get("scheme") or ""),
    )
