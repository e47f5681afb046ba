"""Heads of requests that are read without aiohttp: plain ones, which can be read in one way only.

Every other one is aiohttp's to judge: another method or version, a body that is chunked or encoded,
a field that repeats or goes on in the next line, an escape in the query.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .proxy import Client
from .receiver import OF_THE_CONNECTION

END = b"\r\n\r\n"
"""What ends a head (RFC 9112, 2.1)."""

MOST_HEAD = 8 * 1024
"""Bytes of the longest head that is read here."""

_MOST_DIGITS = 9
"""Digits of a body's length."""

_QUERY = re.compile(r"[A-Za-z0-9_.~=&-]+")
"""A query that needs no decoding."""

_NOT_PLAIN = frozenset(("transfer-encoding", "content-encoding", "expect"))
"""Fields that change how a body is read."""

_UPGRADE = frozenset(("upgrade", "keep-alive"))
"""Options of a connection that becomes a WebSocket; a browser may name both."""


@dataclass(slots=True)
class Head:
    """A request without its body; its fields by names in lower case."""

    client: Client
    method: str
    query: dict[str, str]
    headers: dict[str, str]
    length: int
    """Bytes of the body."""
    closes: bool
    """Whether the connection ends with the response."""
    upgrades: bool
    """Whether the connection may become a WebSocket."""

    @property
    def remote(self) -> str:
        return self.client.address

    @property
    def scheme(self) -> str:
        return self.client.scheme

    @property
    def host(self) -> str:
        host = self.client.host
        return self.headers["host"] if host is None else host

    def lines(self) -> bytes:
        """Return its fields in as few bytes as an idle client needs."""
        fields = self.headers.items()
        kept = [f"{name}:{value}" for name, value in fields if name not in OF_THE_CONNECTION]
        return "\n".join(kept).encode()


def read_head(data: bytes, end: int, client: Client) -> Head | None:
    """Read the head before `end`, as sent by `client`; None when it is not a plain one."""
    try:
        text = data[:end].decode("ascii")
        first, *lines = text.split("\r\n")
        method, target, version = first.split(" ")
        query = _read_query(target.partition("?")[2])
        headers = _read_fields(lines)
    except ValueError:
        return None
    length = headers.get("content-length", "0")
    if (
        version != "HTTP/1.1"
        or not text.replace("\r\n", "").isprintable()
        or "host" not in headers
        or not _NOT_PLAIN.isdisjoint(headers)
        or not (length.isdigit() and len(length) <= _MOST_DIGITS)
        or (length != "0" and method != "POST")
    ):
        return None
    option = headers.get("connection", "keep-alive").lower()
    upgrades = "upgrade" in headers
    if upgrades:
        options = {part.strip() for part in option.split(",")}
        if not {"upgrade"} <= options <= _UPGRADE or headers["upgrade"].lower() != "websocket":
            return None
    elif option not in {"keep-alive", "close"}:
        return None
    return Head(client, method, query, headers, int(length), option == "close", upgrades)


def _read_query(text: str) -> dict[str, str]:
    """Return the parameters of a query; raises `ValueError` for one that is not plain."""
    if not _QUERY.fullmatch(text):
        raise ValueError(text)
    parts = text.split("&")
    query = dict([part.split("=") for part in parts])
    if len(query) != len(parts):
        raise ValueError(text)
    return query


def _read_fields(lines: Sequence[str]) -> dict[str, str]:
    """Return fields by their names in lower case; raises `ValueError` for what is not plain."""
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.replace("-", "").isalnum():
            raise ValueError(name)
        fields[name.lower()] = value.strip()
    if len(fields) != len(lines):
        raise ValueError("a field repeats")
    return fields
