"""TCP connections are counted from the accept on: one above the bound is closed unread."""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import partial

import structlog
from aiohttp import web
from aiohttp.web import RequestHandler

from ._aiohttp import forget_malformed, watch_connections
from .backlog import SWEEP
from .handover import Handover
from .limits import Limits
from .proxy import Proxies, peer_address, share_of

log = structlog.stdlib.get_logger(__name__)


class Connections:
    """The connections of an HTTP server; a WebSocket, once open, is a session instead."""

    def __init__(
        self,
        server: web.Server,
        limits: Limits,
        counters: Counter[str],
        proxies: Proxies,
        handover: Handover | None = None,
    ) -> None:
        """Watch a server's connections from now on; `counters` gets one per refusal."""
        self._limits = limits
        self._proxies = proxies
        self._handover = handover
        self._counters = counters
        self._addresses: dict[RequestHandler, str | None] = {}
        self._counts: Counter[str | None] = Counter()
        """How many each address has, or each /64 of IPv6."""
        self._unread: dict[RequestHandler, tuple[float, int]] = {}
        """Whose response waits to be read: since when it is so many bytes, or fewer."""
        self._watching = False
        watch_connections(server, self._made, self._lost)

    def _made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        arrival = self._handover.arrival(handler) if self._handover else None
        protocol: asyncio.Protocol = handler
        if self._handover is not None:
            early = arrival.data if arrival else b""
            protocol = self._handover.watch(handler, transport, early)
        address = peer_address(transport)
        if arrival is not None and arrival.client is not None:
            self._proxies.introduce(handler, arrival.client)
            self._count(handler, transport, arrival.client.address)
        elif address in self._proxies.trust:
            self._count(handler, transport, None)  # many clients share it, or one that it names
            if arrival is None:
                introduce = partial(self._recount, handler, transport)
                self._proxies.await_header(handler, protocol, transport, introduce)
        else:
            self._count(handler, transport, address)

    def _recount(self, handler: RequestHandler, transport: asyncio.Transport, address: str) -> None:
        self._forget(handler)
        self._count(handler, transport, address)

    def _count(
        self, handler: RequestHandler, transport: asyncio.Transport, address: str | None
    ) -> None:
        self._addresses[handler] = address
        share = None if address is None else share_of(address)
        if share is not None:
            self._counts[share] += 1
        if (
            len(self._addresses) > self._limits.connections
            or self._counts[share] > self._limits.connections_per_address
        ):
            self._counters["too many TCP connections"] += 1
            log.info("rejected", address=address, reason="too many TCP connections")
            transport.abort()
        elif not self._watching:
            self._watch_on()

    def _watch_on(self) -> None:
        self._watching = bool(self._addresses)
        if self._watching:
            asyncio.get_running_loop().call_later(SWEEP, self._watch)

    def _watch(self) -> None:
        """End the connections that do not read their response, or too slowly, or too many."""
        now, limits = asyncio.get_running_loop().time(), self._limits
        sizes: dict[RequestHandler, int] = {}
        for handler in self._addresses:
            transport = handler.transport
            size = 0 if transport is None else transport.get_write_buffer_size()
            if size:
                sizes[handler] = size
        for handler in self._unread.keys() - sizes.keys():
            del self._unread[handler]
        for handler, size in sizes.items():
            since, before = self._unread.setdefault(handler, (now, size))
            if size > before or before - size >= limits.least_rate * (now - since) > 0:
                self._unread[handler] = (now, size)
            elif now - since > limits.write_timeout:
                self._give_up(handler)
        self._relieve(sizes)
        self._watch_on()

    def _relieve(self, sizes: dict[RequestHandler, int]) -> None:
        """Give up the connections with the most to read above the bound for all clients."""
        total = sum(sizes.values())
        for handler in sorted(sizes, key=sizes.__getitem__, reverse=True):
            if total <= self._limits.queued:
                return
            total -= sizes[handler]
            self._give_up(handler)

    def _give_up(self, handler: RequestHandler) -> None:
        self._counters["slow reader"] += 1
        log.info("rejected", address=self._addresses[handler], reason="slow reader")
        if handler.transport is not None:
            handler.transport.abort()

    def _lost(self, handler: RequestHandler) -> None:
        self._unread.pop(handler, None)
        forget_malformed(handler)
        self._proxies.forget(handler)
        if self._handover is not None:
            self._handover.forget(handler)
        self._forget(handler)

    def _forget(self, handler: RequestHandler) -> None:
        address = self._addresses.pop(handler, None)
        if address is not None:
            share = share_of(address)
            self._counts[share] -= 1
            if not self._counts[share]:
                del self._counts[share]
