"""TCP connections are counted from the accept on: one above the bound is closed unread."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Protocol

import structlog

from .backlog import SWEEP
from .limits import Limits
from .proxy import share_of

log = structlog.stdlib.get_logger(__name__)


class Connection(Protocol):
    """A connection that HTTP is spoken on."""

    transport: asyncio.Transport

    waits_since: float | None
    """When it began to wait for a request; None while one is answered."""


class Connections:
    """The connections of an HTTP server; a WebSocket, once open, is a session instead."""

    def __init__(self, limits: Limits, counters: Counter[str]) -> None:
        """Keep connections within limits; `counters` gets one per refusal."""
        self._limits = limits
        self._counters = counters
        self._addresses: dict[Connection, str | None] = {}
        self._counts: Counter[str | None] = Counter()
        """How many each address has, or each /64 of IPv6."""
        self._unread: dict[Connection, tuple[float, int]] = {}
        """Whose response waits to be read: since when it is so many bytes, or fewer."""
        self._watching = False

    def count(self, connection: Connection, address: str | None) -> None:
        """Count a connection of an address, None where many clients share it; refuse one too many.

        One that was counted before is counted anew.
        """
        self.forget(connection)
        self._addresses[connection] = address
        share = None if address is None else share_of(address)
        if share is not None:
            self._counts[share] += 1
        if (
            len(self._addresses) > self._limits.connections
            or self._counts[share] > self._limits.connections_per_address
        ):
            self._counters["too many TCP connections"] += 1
            log.info("rejected", address=address, reason="too many TCP connections")
            connection.transport.abort()
        elif not self._watching:
            self._watch_on()

    def forget(self, connection: Connection) -> None:
        """Count a connection no longer."""
        self._unread.pop(connection, None)
        address = self._addresses.pop(connection, None)
        if address is not None:
            share = share_of(address)
            self._counts[share] -= 1
            if not self._counts[share]:
                del self._counts[share]

    def close(self) -> None:
        """Close the connections that wait for a request; the others end with their answers."""
        for connection in [*self._addresses]:
            if connection.waits_since is not None:
                connection.transport.close()

    def _watch_on(self) -> None:
        self._watching = bool(self._addresses)
        if self._watching:
            delay = min(SWEEP, self._limits.header_timeout)
            asyncio.get_running_loop().call_later(delay, self._watch)

    def _watch(self) -> None:
        """End the connections that send no request, or do not read their response, or too slowly.

        Those with the most to read are ended when all together have too much.
        """
        now, limits = asyncio.get_running_loop().time(), self._limits
        sizes: dict[Connection, int] = {}
        for connection in [*self._addresses]:
            waits_since = connection.waits_since
            if size := connection.transport.get_write_buffer_size():
                sizes[connection] = size
            elif waits_since is not None and now - waits_since > limits.header_timeout:
                connection.transport.close()
        for connection in self._unread.keys() - sizes.keys():
            del self._unread[connection]
        for connection, size in sizes.items():
            since, before = self._unread.setdefault(connection, (now, size))
            if size > before or before - size >= limits.least_rate * (now - since) > 0:
                self._unread[connection] = (now, size)
            elif now - since > limits.write_timeout:
                self._give_up(connection)
        self._relieve(sizes)
        self._watch_on()

    def _relieve(self, sizes: dict[Connection, int]) -> None:
        """Give up the connections with the most to read above the bound for all clients."""
        total = sum(sizes.values())
        for connection in sorted(sizes, key=sizes.__getitem__, reverse=True):
            if total <= self._limits.queued:
                return
            total -= sizes[connection]
            self._give_up(connection)

    def _give_up(self, connection: Connection) -> None:
        self._counters["slow reader"] += 1
        log.info("rejected", address=self._addresses[connection], reason="slow reader")
        connection.transport.abort()
