"""The port to the other workers of a node, each of which has sessions of its own."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from .proxy import Client


@dataclass(frozen=True, slots=True)
class Arrival:
    """A connection that another worker hands over."""

    socket: socket.socket
    client: Client | None
    """Whom a PROXY header at its start named."""
    data: bytes
    """What was read of it, from the start of the request that belongs here."""


class Line(Protocol):
    """An open way to another worker, for one connection."""

    def give(self, descriptor: int, client: Client | None, data: bytes) -> None:
        """Hand a connection over; the caller then closes its descriptor. Raises `OSError`."""

    def close(self) -> None:
        """Hand nothing over."""


class Neighbours(Protocol):
    """The other workers."""

    def owner(self, sid: str) -> str | None:
        """Return the name of the other worker whose session this is; None if it is this one's."""

    def reach(self, owner: str) -> Line | None:
        """Open a way to a worker; None when it does not run."""

    def receive(self, take: Callable[[Arrival], Awaitable[None]]) -> None:
        """Give `take` the connections that are handed over, from now on."""

    async def leave(self) -> None:
        """Take no more connections."""
