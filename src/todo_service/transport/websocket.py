"""WebSocket: frames straight to and from the transport, without a task and without a queue.

aiohttp reads the request and makes the handshake; then the connection is taken from its protocol
and given to ours, which reads frames with aiohttp's own parser (RFC 6455).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, cast

import structlog
from aiohttp import WebSocketError, WSCloseCode, WSMessage, WSMsgType, web
from aiohttp._websocket.reader import WebSocketDataQueue, WebSocketReader

from .frames import close_frame, pong_frame
from .packets import Message

if TYPE_CHECKING:
    from .engine import Engine


log = structlog.stdlib.get_logger(__name__)


TEXT, BINARY, PING, CLOSE = (
    WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.PING, WSMsgType.CLOSE
)  # fmt: skip
"""Kinds of frames, by names that cost no look into an enumeration."""

HEAD, MASKED = 2, 0x80
"""Bytes of a frame after which it is known whether it is masked, and the bit that says so."""


class Reader(Protocol):
    """Who is told what arrives on a WebSocket."""

    def accept(self, packets: list[str | bytes]) -> None:
        """Take packets, in order; an empty list is a sign of life."""

    def end(self, reason: str, code: int = WSCloseCode.OK) -> None:
        """Know that the connection is over, or close it for this reason."""


class _Queue(WebSocketDataQueue):
    """Takes messages from aiohttp's parser in the turn that parses them.

    The base class's queue is never made nor read.
    """

    def __init__(self) -> None:
        self.messages: list[WSMessage] = []
        self.error: BaseException | None = None

    def feed_data(self, data: Any, size: int) -> None:  # noqa: ANN401, ARG002
        self.messages.append(data)

    def set_exception(self, exc: BaseException, exc_cause: BaseException | None = None) -> None:  # noqa: ARG002
        self.error = exc


class WebSocket(asyncio.Protocol):
    """A connection that carries Engine.IO packets as WebSocket messages."""

    __slots__ = (
        "_closing",
        "_engine",
        "_head",
        "_parser",
        "_queue",
        "_transport",
        "choked",
        "credit",
        "reader",
    )

    def __init__(self, engine: Engine) -> None:
        self.choked = False
        self.credit = 0
        self.reader: Reader
        self._engine = engine
        self._queue = _Queue()
        # The parser refuses what reaches its limit, we what exceeds ours.
        self._parser = WebSocketReader(self._queue, engine.limits.payload + 1, False, True)
        self._transport: asyncio.Transport
        self._closing = False
        self._head = b""

    # As the transport's protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=self._engine.limits.choke)
        self._engine.web_sockets.add(self)

    def begin(self, early: bytes) -> None:
        """Read, first of all what came right behind the handshake."""
        self.release()
        if early and not self._closing:
            self.data_received(early)

    def data_received(self, data: bytes) -> None:
        if len(self._head) < HEAD and not self._is_masked(data):
            return
        queue = self._queue
        self._parser.feed_data(data)
        read, queue.messages = queue.messages, []
        packets: list[str | bytes] = []
        for kind, content, _ in read:
            if kind is TEXT or kind is BINARY:
                packets.append(content)
            elif kind is PING:
                if not (self.choked or self._closing):
                    self._transport.write(pong_frame(content))
            elif kind is CLOSE:
                self._answer_close(packets)
                return
        if self._closing:
            return
        self.reader.accept(packets)
        if queue.error is not None:
            error = queue.error
            code = error.code if isinstance(error, WebSocketError) else WSCloseCode.PROTOCOL_ERROR
            log.info("broken frame", reason=str(error)[:200])
            self.reader.end("broken frame", code)

    def _is_masked(self, data: bytes) -> bool:
        """Close a connection whose client does not mask (RFC 6455, 5.1): its first frame tells."""
        self._head += data[: HEAD - len(self._head)]
        if len(self._head) < HEAD or self._head[1] & MASKED:
            return True
        log.info("broken frame", reason="not masked")
        self.reader.end("broken frame", WSCloseCode.PROTOCOL_ERROR)
        return False

    def pause_writing(self) -> None:
        self.choked = True
        self.credit = self._engine.limits.drop

    def resume_writing(self) -> None:
        self.choked = False
        # A loop may tell so in the middle of a write, that is in the middle of the reader's work.
        self._engine.loop.call_soon(self._read_on)

    def _read_on(self) -> None:
        if not self._closing:
            self.reader.accept([])

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._engine.web_socket_lost(self)
        if not self._closing:
            self._closing = True
            self.reader.end("transport close")

    # As the session's carrier

    def carry(self, messages: list[Message]) -> None:
        data = b"".join(messages)
        if self.choked:
            self.credit -= len(data)
            if self.credit < 0:
                self.reader.end("slow reader", WSCloseCode.TRY_AGAIN_LATER)
                return
        self._transport.write(data)

    def write(self, data: bytes) -> None:
        """Send frames as they are."""
        self._transport.write(data)

    def hold(self) -> None:
        if not self._closing:
            self._transport.pause_reading()

    def release(self) -> None:
        if not self._closing:
            self._transport.resume_reading()

    def close(self, code: int) -> None:
        """Send a closing handshake; the connection goes when it is answered, or after a while.

        A choked client gets none, for it would not read it.
        """
        if self._closing:
            return
        self._closing = True
        transport = self._transport
        if self.choked:
            transport.abort()
            return
        transport.write(close_frame(code))
        transport.resume_reading()
        self._engine.loop.call_later(self._engine.limits.close_timeout, transport.abort)

    def abort(self) -> None:
        """Drop the connection."""
        self._transport.abort()

    def _answer_close(self, packets: list[str | bytes]) -> None:
        if not self._closing:
            self.reader.accept(packets)
        if not self._closing:
            self._closing = True
            self._transport.write(close_frame(WSCloseCode.OK))
            self.reader.end("transport close")
        self._transport.close()


class Handshake(web.WebSocketResponse):
    """The answer that makes a request's connection a WebSocket of ours."""

    def __init__(self, engine: Engine, opened: Callable[[WebSocket], None]) -> None:
        super().__init__(compress=False)
        self._engine = engine
        self._opened = opened

    def _post_start(self, request: web.BaseRequest, protocol: str | None, writer: object) -> None:  # noqa: ARG002
        """Take the connection over, where aiohttp would start to read it."""
        handler = request.protocol
        transport = handler.transport
        if transport is None:
            raise ConnectionResetError("the client has gone before its handshake")
        early, handler._message_tail = handler._message_tail, b""  # noqa: SLF001
        # Without its transport and its task, the handler lets go and closes nothing.
        handler.transport = None
        handler._task_handler = None  # noqa: SLF001
        handler.connection_lost(None)
        web_socket = WebSocket(self._engine)
        transport.set_protocol(web_socket)
        web_socket.connection_made(transport)
        self._opened(web_socket)
        transport.pause_reading()
        self._engine.loop.call_soon(web_socket.begin, early)  # events begin outside of tasks

    async def write_eof(self, data: bytes = b"") -> None:
        """Write nothing more: the connection is no longer aiohttp's."""
