"""A request for another worker's session goes there with its socket, and all that was read of it.

What follows on the connection is read there, until a request comes that belongs elsewhere again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import structlog
from aiohttp import web
from aiohttp.web import RequestHandler

from ._aiohttp import Departure, Serve, answer_requests
from .neighbours import Arrival, Line, Neighbours
from .proxy import Client, Proxies
from .turns import Keeper, Turns

log = structlog.stdlib.get_logger(__name__)


class Handover:
    """The connections of an HTTP server that may leave for another worker, or come from one."""

    def __init__(
        self, server: web.Server, neighbours: Neighbours, path: str, proxies: Proxies
    ) -> None:
        """Look into the requests for `path`, where the sessions are."""
        self._neighbours = neighbours
        self._path = path
        self._proxies = proxies
        self._turns: dict[RequestHandler, Turns] = {}
        self._owners: dict[RequestHandler, str] = {}
        """The worker that the request at hand has to go to."""
        answer_requests(server, self._answer)

    def receive(self, connect: Callable[[Arrival], asyncio.Protocol]) -> None:
        """Take connections that others hand over; `connect` makes the protocol of each."""

        async def take(arrival: Arrival) -> None:
            loop = asyncio.get_running_loop()
            try:
                await loop.connect_accepted_socket(lambda: connect(arrival), arrival.socket)
            except OSError:  # it is over already
                arrival.socket.close()

        self._neighbours.receive(take)

    def watch(self, handler: RequestHandler, transport: asyncio.Transport) -> asyncio.Protocol:
        """Return what reads a connection from now on, in place of its handler."""
        self._turns[handler] = turns = Turns(handler, transport, self._find)
        return turns

    def begin(self, handler: RequestHandler, request: web.BaseRequest) -> None:
        """Know that a request begins."""
        turns = self._turns.get(handler)
        owner = turns and turns.begin(request)
        if owner:
            self._owners[handler] = owner

    def forget(self, handler: RequestHandler) -> None:
        """Forget a connection that is over, or has left."""
        self._turns.pop(handler, None)
        self._owners.pop(handler, None)

    def _find(self, request: web.BaseRequest) -> str | None:
        if request.path != self._path:
            return None
        sid = request.query.get("sid")
        return None if sid is None else self._neighbours.owner(sid)

    async def _answer(self, request: web.BaseRequest, serve: Serve) -> web.StreamResponse:
        handler = request.protocol
        owner = self._owners.pop(handler, None)
        if owner is None:
            return await serve(request)
        turns = self._turns[handler]
        await turns.drain()
        if handler.transport is None:
            raise ConnectionResetError("the client has gone")
        line = self._neighbours.reach(owner)
        if line is None:  # its sessions have ended with it
            turns.stay(request)
            return await serve(request)
        client = self._proxies.introduced(handler.transport)
        return Departure(partial(_depart, line, client))


def _depart(line: Line, client: Client | None, transport: asyncio.Transport) -> None:
    """Give a connection away; where that fails it is over, and its client connects again."""
    if transport.is_closing():
        line.close()
        return
    transport.pause_reading()
    keeper = transport.get_protocol()
    data = keeper.release() if isinstance(keeper, Keeper) else b""
    transport.set_protocol(asyncio.Protocol())
    try:
        line.give(transport.get_extra_info("socket").fileno(), client, data)
    except OSError as error:
        log.info("handover failed", reason=str(error))
    transport.abort()
