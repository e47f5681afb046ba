"""Everything of aiohttp 3.14.5 that it does not document: the only module that touches it.

`tests/transport/test_aiohttp.py` names each of these and fails when aiohttp no longer has it.

- `aiohttp._websocket.reader`: `WebSocketReader`, the parser in C, feeds a queue of ours.
- `WebSocketResponse._post_start`, `RequestHandler._message_tail` and `_task_handler`: aiohttp makes
  the handshake, then its connection gets our protocol, so that a frame costs neither a future nor a
  task, and an idle client neither a request nor a coroutine. A connection that another process goes
  on with leaves in the same way.
- `Server.connection_made` and `connection_lost`: replaced on our server, for nothing else is told
  of a connection that never sends a request.
- `Application._make_request`, `Server.request_factory` and `Request._prepare_hook`: requests are of
  a class of ours, and no response, not even one to a malformed request, names the software.
- `Server.request_handler`: a request that another process answers comes to no route of ours.
- `RequestHandler._messages`: what a connection that is over has read of malformed requests.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar

from aiohttp import WSMessage, hdrs, web
from aiohttp._websocket.reader import WebSocketDataQueue, WebSocketReader
from aiohttp.http import RawRequestMessage

__all__ = [
    "Departure",
    "FrameParser",
    "PlainRequest",
    "Serve",
    "Takeover",
    "answer_requests",
    "forget_malformed",
    "make_requests",
    "watch_connections",
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
        self._taken(_let_go(request.protocol), early)

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
        self._taken(_let_go(request.protocol))

    async def write_eof(self, data: bytes = b"") -> None:
        """Write nothing: the connection is no longer aiohttp's."""


def _let_go(handler: web.RequestHandler) -> asyncio.Transport:
    """Take a connection from its handler; raises `ConnectionResetError` when it is over."""
    transport = handler.transport
    if transport is None:
        raise ConnectionResetError("the client has gone")
    # Without its transport and its task, the handler lets go and closes nothing.
    handler.transport = None
    handler._task_handler = None  # noqa: SLF001
    handler._message_tail = b""  # noqa: SLF001
    handler.connection_lost(None)
    return transport


def watch_connections(
    server: web.Server,
    made: Callable[[web.RequestHandler, asyncio.Transport], None],
    lost: Callable[[web.RequestHandler], None],
) -> None:
    """Tell of each connection of a server when it is made, and when it is over.

    aiohttp tells its server of each connection, and asks nobody whether it may be.
    """
    made_before: Callable[..., None] = server.connection_made
    lost_before: Callable[..., None] = server.connection_lost

    def connection_made(handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        made_before(handler, transport)
        made(handler, transport)

    def connection_lost(handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        lost_before(handler, exc)
        lost(handler)

    server.connection_made = connection_made  # type: ignore[method-assign]
    server.connection_lost = connection_lost  # type: ignore[method-assign]


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
