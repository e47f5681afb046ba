"""The port to whoever serves the transport's clients, and what it may know of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from multidict import CIMultiDict, CIMultiDictProxy

from .packets import Json

OF_THE_CONNECTION = frozenset(
    (
        "connection",
        "upgrade",
        "sec-websocket-key",
        "sec-websocket-version",
        "sec-websocket-extensions",
    )
)
"""Headers that say nothing of the client, only how its connection becomes a WebSocket."""


class Receiver(Protocol):
    """What the transport asks of whoever serves its clients."""

    async def connect(self, sid: str, namespace: str, auth: Json) -> tuple[str, Json] | None:
        """Judge a client that connects to a namespace, by its auth payload (None: it sent none).

        None lets it in; a message and data (None: none) turn it away. It runs at once, up to its
        first wait, in the order in which the client sends, and is cancelled when the client goes
        away meanwhile or when it takes longer than `connect_timeout`, which ends the session.
        """

    async def receive(
        self,
        sid: str,
        namespace: str,
        event: str,
        args: list[Json],
        ack: Callable[..., None] | None,
    ) -> None:
        """Take an event; `ack` is None when the client gave no callback.

        It runs at once, up to its first wait, in the order in which the client emits.
        """

    def too_many(self, namespace: str, event: str) -> tuple[Json, ...] | None:
        """Return the ack of an event above its client's share; None is no ack."""

    async def disconnected(self, sid: str, namespace: str, reason: str) -> None:
        """Know that a client that was let in has left the namespace.

        It runs at once, up to its first wait; a stop waits for the rest.
        """


class Handshake(NamedTuple):
    """The request that opened a client's session."""

    address: str
    """Of the client, as far as trusted proxies tell."""
    headers: Mapping[str, str]
    """By names in any case; those that only make the connection a WebSocket are left out."""


def write_headers(headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
    """Return headers in as few bytes as an idle client needs."""
    return b"\n".join(
        b"%b:%b" % (name, value)
        for name, value in headers
        if name.lower().decode("latin-1") not in OF_THE_CONNECTION
    )


def read_headers(lines: bytes) -> Mapping[str, str]:
    """Return headers as they were written."""
    fields = (
        line.partition(":")[::2] for line in lines.decode("utf-8", "surrogateescape").split("\n")
    )
    return CIMultiDictProxy(CIMultiDict((name, value) for name, value in fields if name))
