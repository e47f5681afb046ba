"""TCP connections are counted from the accept on: one above the bound is ended unheard."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import structlog
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from .limits import Limits

log = structlog.stdlib.get_logger(__name__)


class Doors:
    """Who stands in front of an HTTP server; a WebSocket, once open, is a session instead."""

    def __init__(self, server: web.Server, limits: Limits, counters: Counter[str]) -> None:
        """Watch a server's connections from now on; `counters` gets one a refusal."""
        self._limits = limits
        self._counters = counters
        self._addresses: dict[object, str] = {}
        self._crowds: Counter[str] = Counter()
        self._made: Callable[..., None] = server.connection_made
        self._lost: Callable[..., None] = server.connection_lost
        # aiohttp tells its server of each connection, and asks nobody whether it may be.
        server.connection_made = self._come  # type: ignore[method-assign]
        server.connection_lost = self._go  # type: ignore[method-assign]

    def _come(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        self._made(handler, transport)
        address = (transport.get_extra_info("peername") or ("",))[0]
        self._addresses[handler] = address
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
        address = self._addresses.pop(handler, None)
        if address is not None:
            self._crowds[address] -= 1
            if not self._crowds[address]:
                del self._crowds[address]
