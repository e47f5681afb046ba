"""TCP connections are counted from the accept on: one above the bound is ended unheard."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial

import structlog
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from .limits import Limits
from .proxy import Proxies, peer_address

log = structlog.stdlib.get_logger(__name__)


class Doors:
    """Who stands in front of an HTTP server; a WebSocket, once open, is a session instead."""

    def __init__(
        self, server: web.Server, limits: Limits, counters: Counter[str], proxies: Proxies
    ) -> None:
        """Watch a server's connections from now on; `counters` gets one per refusal."""
        self._limits = limits
        self._proxies = proxies
        self._counters = counters
        self._addresses: dict[object, str | None] = {}
        self._crowds: Counter[str | None] = Counter()
        self._made: Callable[..., None] = server.connection_made
        self._lost: Callable[..., None] = server.connection_lost
        # aiohttp tells its server of each connection, and asks nobody whether it may be.
        server.connection_made = self._come  # type: ignore[method-assign]
        server.connection_lost = self._go  # type: ignore[method-assign]

    def _come(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        self._made(handler, transport)
        address = peer_address(transport)
        if address in self._proxies.trust:
            self._count(handler, transport, None)  # many clients share it, or one that it names
            introduce = partial(self._recount, handler, transport)
            self._proxies.await_header(handler, transport, introduce)
        else:
            self._count(handler, transport, address)

    def _recount(self, handler: RequestHandler, transport: asyncio.Transport, address: str) -> None:
        self._forget(handler)
        self._count(handler, transport, address)

    def _count(
        self, handler: RequestHandler, transport: asyncio.Transport, address: str | None
    ) -> None:
        self._addresses[handler] = address
        if address is not None:
            self._crowds[address] += 1
        if (
            len(self._addresses) > self._limits.connections
            or self._crowds[address] > self._limits.connections_per_address
        ):
            self._counters["too many TCP connections"] += 1
            log.info("refused", address=address, reason="too many TCP connections")
            transport.abort()

    def _go(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        self._lost(handler, exc)
        self._proxies.forget(handler)
        self._forget(handler)

    def _forget(self, handler: RequestHandler) -> None:
        address = self._addresses.pop(handler, None)
        if address is not None:
            self._crowds[address] -= 1
            if not self._crowds[address]:
                del self._crowds[address]
