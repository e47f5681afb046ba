"""Everything of aiohttp 3.14.5 that it does not document: the only module that touches it.

`tests/transport/test_aiohttp.py` names each of these and fails when aiohttp no longer has it.

- `aiohttp._websocket.reader`: `WebSocketReader`, the parser in C, feeds a queue of ours.
- `aiohttp._websocket.helpers`: `websocket_mask`, in C, too.
- `WebSocketResponse._post_start`, `RequestHandler._message_tail` and `_task_handler`: aiohttp makes
  the handshake, then its connection gets our protocol, so that a frame costs neither a future nor a
  task, and an idle client neither a request nor a coroutine. A connection that another process goes
  on with leaves in the same way.
- `RequestHandler._waiter` and `_messages`: whether all requests of a connection are answered.
- `BaseSite._server`: what listens, for a site whose connections have a protocol of ours.
- `Application._make_request`, `Server.request_factory` and `Request._prepare_hook`: requests are of
  a class of ours, and no response, not even one to a malformed request, names the software.
- `Server.request_handler`: a request that another process answers comes to no route of ours.
- `RequestHandler._messages`, too: what a connection that is over has read of malformed requests.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar

from aiohttp import WSMessage, hdrs, web
from aiohttp._websocket.helpers import websocket_mask as unmask
from aiohttp._websocket.reader import WebSocketDataQueue, WebSocketReader
from aiohttp.http import RawRequestMessage

__all__ = [
    "Departure",
    "FrameParser",
    "PlainRequest",
    "Serve",
    "Site",
    "Takeover",
    "answer_requests",
    "forget_malformed",
    "is_at_rest",
    "let_go",
    "make_requests",
    "unmask",
]


class FrameParser(WebSocketDataQueue):
    """Reads WebSocket frames (RFC 6455) with aiohttp's parser, in the turn that they arrive in.

    It is the queue that the parser fills; that of the base class is never made nor read.
    """

    __slots__ = ("_messages", "_reader", "error")

    def __init__(self, largest: int) -> None:
        """Take messages of `largest` bytes at most."""
        self.error: BaseException | None = None
        """What was wrong with the frames; nothing is read behind it."""
        self._messages: list[WSMessage] = []
        # The parser refuses what reaches its limit.
        self._reader = WebSocketReader(self, largest + 1, False, True)

    def parse(self, data: bytes) -> list[WSMessage]:
        """Return the messages that end in the next bytes of the stream."""
        self._reader.feed_data(data)
        messages, self._messages = self._messages, []
        return messages

    def forget(self) -> None:
        """Let go of what has come of a message, and parse no more.

        The parser and its queue hold each other: they would stay until they are collected.
        """
        del self._reader
        self._messages.clear()
        self.error = None

    def feed_data(self, data: Any, size: int) -> None:  # noqa: ANN401, ARG002
        self._messages.append(data)

    def set_exception(self, exc: BaseException, exc_cause: BaseException | None = None) -> None:  # noqa: ARG002
        self.error = exc


class Takeover(web.WebSocketResponse):
    """The answer that makes a request's connection a WebSocket, and hands it over."""

    def __init__(self, taken: Callable[[asyncio.Transport, bytes], None]) -> None:
        """Give `taken` the transport, and what the client sent right behind its request."""
        super().__init__(compress=False)
        self._taken = taken

    def _post_start(self, request: web.BaseRequest, protocol: str | None, writer: object) -> None:  # noqa: ARG002
        """Take the connection over, where aiohttp would start to read it."""
        early = request.protocol._message_tail  # noqa: SLF001
        self._taken(_taken_from(request.protocol), early)

    async def write_eof(self, data: bytes = b"") -> None:
        """Write nothing more: the connection is no longer aiohttp's."""


class Departure(web.Response):
    """No answer: it lets a request's connection go, for somebody else answers there."""

    def __init__(self, taken: Callable[[asyncio.Transport], None]) -> None:
        """Give `taken` the transport."""
        super().__init__()
        self._taken = taken

    async def prepare(self, request: web.BaseRequest) -> None:
        """Give the connection away, where aiohttp would send the head of a response."""
        self._taken(_taken_from(request.protocol))

    async def write_eof(self, data: bytes = b"") -> None:
        """Write nothing: the connection is no longer aiohttp's."""


def let_go(handler: web.RequestHandler) -> None:
    """Take a connection from its handler, which then closes nothing."""
    handler.transport = None
    handler._task_handler = None  # noqa: SLF001
    handler._message_tail = b""  # noqa: SLF001
    handler.connection_lost(None)


def _taken_from(handler: web.RequestHandler) -> asyncio.Transport:
    """Take a connection from its handler; raises `ConnectionResetError` when it is over."""
    transport = handler.transport
    if transport is None:
        raise ConnectionResetError("the client has gone")
    let_go(handler)
    return transport


def is_at_rest(handler: web.RequestHandler) -> bool:
    """Return whether all requests that a handler was fed whole are answered, to the last byte."""
    waiter = handler._waiter  # noqa: SLF001
    return (
        waiter is not None
        and not waiter.done()
        and not handler._messages  # noqa: SLF001
        and not handler.writing_paused
    )


class Site(web.BaseSite):
    """Listens for connections whose protocol is not aiohttp's."""

    def __init__(
        self,
        runner: web.AppRunner,
        connect: Callable[[], asyncio.Protocol],
        place: socket.socket | tuple[str, int],
        *,
        tls: ssl.SSLContext | None,
        backlog: int,
    ) -> None:
        """Listen at a place, an address and a port or a socket; `connect` makes protocols."""
        super().__init__(runner, ssl_context=tls, backlog=backlog)
        self.connect = connect
        self._place = place

    @property
    def name(self) -> str:
        return str(self._place)

    async def start(self) -> None:
        await super().start()
        loop = asyncio.get_running_loop()
        tls, backlog = self._ssl_context, self._backlog
        if isinstance(self._place, tuple):
            self._server = await loop.create_server(
                self.connect, *self._place, ssl=tls, backlog=backlog
            )
        else:
            self._server = await loop.create_server(
                self.connect, sock=self._place, ssl=tls, backlog=backlog
            )


def forget_malformed(handler: web.RequestHandler) -> None:
    """Let go of what was read of malformed requests that nobody will answer.

    Their tracebacks hold it, and themselves as well: it would stay until it is collected.
    """
    for message, _ in handler._messages:  # noqa: SLF001
        if not isinstance(message, RawRequestMessage) and message.exc is not None:
            message.exc.__traceback__ = None


class PlainRequest(web.Request):
    """A request whose response does not name the software that runs here."""

    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        await super()._prepare_hook(response)
        response.headers.pop(hdrs.SERVER, None)


R = TypeVar("R", bound=web.Request)


def make_requests(
    runner: web.AppRunner, kind: type[R], prepare: Callable[[R, web.RequestHandler], web.Request]
) -> None:
    """Make the requests of a server objects of `kind`, each as `prepare` returns it."""
    server, app = runner.server, runner.app

    def make(message: Any, payload: Any, handler: Any, writer: Any, task: Any) -> web.Request:  # noqa: ANN401
        request: Any = app._make_request(message, payload, handler, writer, task, kind)  # noqa: SLF001
        return prepare(request, handler)

    if server is not None:
        server.request_factory = make


Serve: TypeAlias = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
"""Answers a request."""


def answer_requests(
    server: web.Server, answer: Callable[[web.BaseRequest, Serve], Awaitable[web.StreamResponse]]
) -> None:
    """Have the requests of a server answered by `answer`, which may leave it to the server."""
    serve: Serve = server.request_handler

    async def ask(request: web.BaseRequest) -> web.StreamResponse:
        return await answer(request, serve)

    server.request_handler = ask
