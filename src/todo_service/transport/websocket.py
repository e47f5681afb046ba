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

from .backlog import SLICE, Queue
from .frames import Masks, close_frame, may_close_with, pong_frame
from .packets import Message

if TYPE_CHECKING:
    from .engine import Engine


log = structlog.stdlib.get_logger(__name__)


TEXT, BINARY, PING, CLOSE = (
    WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.PING, WSMsgType.CLOSE
)  # fmt: skip
"""Kinds of frames, by names that cost no look into an enumeration."""


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
        "_given",
        "_held",
        "_judged",
        "_masks",
        "_parser",
        "_paused",
        "_private",
        "_queue",
        "_read",
        "_sent",
        "_transport",
        "choked",
        "reader",
    )

    def __init__(self, engine: Engine) -> None:
        self.choked = False
        self.reader: Reader
        self._engine = engine
        self._read = _Queue()
        # The parser refuses what reaches its limit, we what exceeds ours.
        self._parser = WebSocketReader(self._read, engine.limits.payload + 1, False, True)
        self._masks = Masks()
        self._transport: asyncio.Transport
        self._closing = False
        self._held = False
        self._queue: Queue | None = None
        """What waits until the client has read what the transport was given; None: nothing does."""
        self._paused = False
        self._private = 0
        """Bytes that the transport has still to send."""
        self._given = 0
        """Bytes that the transport was given since the client fell behind."""
        self._sent = 0
        self._judged = 0.0

    # As the transport's protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=0)  # tells of every byte that is not sent
        self._engine.web_sockets.add(self)

    def begin(self, early: bytes) -> None:
        """Read, first of all what came right behind the handshake."""
        self._transport.resume_reading()
        if early and not self._closing:
            self.data_received(early)

    def data_received(self, data: bytes) -> None:
        if len(data) > SLICE:
            self._take_turns()
        if not self._masks.are_set(data):
            self._refuse("not masked")
            return
        queue = self._read
        self._parser.feed_data(data)
        read, queue.messages = queue.messages, []
        packets: list[str | bytes] = []
        pinged: bytes | None = None
        for kind, content, _ in read:
            if kind is TEXT or kind is BINARY:
                packets.append(content)
            elif kind is PING:
                pinged = content
            elif kind is CLOSE:
                self._answer_close(packets, content)
                return
        if self._closing:
            return
        self._answer_ping(pinged)
        if not packets or self._engine.unfinished.size:
            self._count_unfinished(len(data), whole=bool(packets))
        self.reader.accept(packets)
        if queue.error is not None:
            error = queue.error
            code = error.code if isinstance(error, WebSocketError) else WSCloseCode.PROTOCOL_ERROR
            self._refuse(str(error)[:200], code)

    def _answer_ping(self, content: bytes | None) -> None:
        """Answer the last of the pings that came together (RFC 6455, 5.5.3)."""
        if content is not None:
            self.carry([pong_frame(content)])

    def _take_turns(self) -> None:
        """Let the others be read too: as long as there is more, libuv would read only this one."""
        self._transport.pause_reading()
        self._engine.loop.call_soon(self._read_on)

    def _read_on(self) -> None:
        if not self._held and not self._transport.is_closing():
            self._transport.resume_reading()

    def _refuse(self, reason: str, code: int = WSCloseCode.PROTOCOL_ERROR) -> None:
        if not self._closing:
            log.info("broken frame", reason=reason)
            self.reader.end("broken frame", code)

    def _count_unfinished(self, size: int, *, whole: bool) -> None:
        unfinished = self._engine.unfinished
        if not whole and size:
            unfinished.grow(self, size, self._end_unfinished)
        elif unfinished.size:
            unfinished.finish(self)

    def _end_unfinished(self) -> None:
        self.reader.end("too much unfinished", WSCloseCode.TRY_AGAIN_LATER)

    def pause_writing(self) -> None:
        self._paused = True
        if self._queue is None:
            self._fall_behind()
        self._private = self._transport.get_write_buffer_size()
        self._engine.backlog.size += self._private

    def resume_writing(self) -> None:
        self._paused = False
        self._forget_private()
        # A loop may tell so in the middle of a write, that is in the middle of the reader's work.
        self._engine.loop.call_soon(self._send_on)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._catch_up()
        self._engine.unfinished.finish(self)
        self._engine.web_socket_lost(self)
        # The session is part of a cycle, which is collected late; what was read in part goes now.
        del self._parser, self._read
        if not self._closing:
            self._closing = True
            self.reader.end("transport close")

    # As the session's carrier

    def carry(self, messages: list[Message]) -> None:
        if self._queue is None:
            data = self._join(messages)
            if data is not None:
                self._transport.write(data)
                return
        self._put(messages)

    def _join(self, messages: list[Message]) -> bytes | None:
        """Return messages that are sent at once, None when they are too large for that."""
        try:
            data = b"".join(messages)  # type: ignore[arg-type]
        except TypeError:  # one of them is `Long`
            return None
        return data if len(data) <= SLICE else None

    def _put(self, messages: list[Message]) -> None:
        """Keep messages until the client has read what it was sent before."""
        if self._transport.is_closing():
            return
        queue = self._queue
        if queue is None:
            queue = self._fall_behind()
            self._engine.loop.call_soon(self._send_on)
        for message in messages:
            if not queue.put(message):
                self.give_up()
                return
        self.choked = queue.choked
        self._engine.backlog.relieve()

    def _fall_behind(self) -> Queue:
        self._queue = queue = Queue(self._engine.backlog)
        self._given = self._transport.get_write_buffer_size()
        self._sent = 0
        self._judged = self._engine.loop.time()
        self._engine.backlog.join(self)
        return queue

    def _send_on(self) -> None:
        """Give the transport one slice more, once it has sent what it was given."""
        queue = self._queue
        if queue is None or self._paused:
            return
        if queue.size:
            data = queue.take(SLICE)
            self._given += len(data)
            self._transport.write(data)
            if not self._paused:
                self._engine.loop.call_soon(self._send_on)
        else:
            self._catch_up()
        if self.choked and not queue.choked:
            self.choked = False
            if not self._closing:
                self.reader.accept([])

    def _catch_up(self) -> None:
        self._forget_private()
        if self._queue is not None:
            self._queue.clear()
            self._queue = None
            self._engine.backlog.leave(self)

    def _forget_private(self) -> None:
        self._engine.backlog.size -= self._private
        self._private = 0

    @property
    def queued(self) -> int:
        size = self._transport.get_write_buffer_size()
        return size if self._queue is None else size + self._queue.size

    def give_up(self) -> None:
        self.reader.end("slow reader", WSCloseCode.TRY_AGAIN_LATER)

    def judge(self, now: float) -> None:
        limits = self._engine.limits
        sent = self._given - self._transport.get_write_buffer_size()
        if sent - self._sent >= limits.least_rate * limits.write_timeout:
            self._sent, self._judged = sent, now
        elif now - self._judged > limits.write_timeout:
            self.give_up()

    def hold(self) -> None:
        if not self._closing:
            self._held = True
            self._transport.pause_reading()

    def release(self) -> None:
        if not self._closing:
            self._held = False
            self._transport.resume_reading()

    def close(self, code: int) -> None:
        """Send a closing handshake; the connection goes when it is answered, or after a while.

        A client that reads too little gets none.
        """
        if self._closing:
            return
        self._closing = True
        if self.choked or code == WSCloseCode.TRY_AGAIN_LATER:
            self.abort()
            return
        self.carry([close_frame(code)])
        self._held = False
        self._transport.resume_reading()
        self._engine.loop.call_later(self._engine.limits.close_timeout, self.abort)

    def abort(self) -> None:
        """Drop the connection, and all that waits for it."""
        self._transport.abort()
        self._catch_up()

    def _answer_close(self, packets: list[str | bytes], code: int) -> None:
        if not self._closing:
            self.reader.accept(packets)
        if not self._closing and code and not may_close_with(code):
            self._refuse("a close code that may not be sent")
            return
        if not self._closing:
            self._closing = True
            self.carry([close_frame(code or WSCloseCode.OK)])
            self.reader.end("transport close")
        if self._queue is None:
            self._transport.close()
        else:
            self._engine.loop.call_later(self._engine.limits.close_timeout, self.abort)


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
