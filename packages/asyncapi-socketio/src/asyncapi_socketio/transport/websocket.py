"""WebSocket: frames straight to and from the transport, without a task and without a queue.

aiohttp reads the request and makes the handshake; then the connection is taken over from it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, cast

import structlog
from aiohttp import WebSocketError, WSCloseCode, WSMsgType

from ._aiohttp import FrameParser
from .backlog import SLICE, Memory, Queue
from .client_frames import ClientFrames
from .frames import close_frame, may_close_with, pong_frame
from .packets import Message
from .turns import Keeper

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


class WebSockets:
    """The WebSockets of a server that are open."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.loop: asyncio.AbstractEventLoop
        self._open: set[WebSocket] = set()
        self._none_open: asyncio.Future[None] | None = None

    def take(
        self,
        opened: Callable[[WebSocket, bytes], None],
        transport: asyncio.Transport,
        response: bytes = b"",
    ) -> WebSocket:
        """Make a connection a WebSocket, and send `response` on it first of all."""
        self.loop = asyncio.get_running_loop()
        web_socket = WebSocket(self)
        transport.set_protocol(web_socket)
        web_socket.connection_made(transport)
        self._open.add(web_socket)
        opened(web_socket, response)
        return web_socket

    def take_later(
        self,
        opened: Callable[[WebSocket, bytes], None],
        transport: asyncio.Transport,
        early: bytes,
    ) -> None:
        """Make a connection a WebSocket inside of a task: events begin outside.

        What came behind the handshake is read first of all.
        """
        before = transport.get_protocol()
        if isinstance(before, Keeper):
            early += before.release()
        web_socket = self.take(opened, transport)
        transport.pause_reading()
        self.loop.call_soon(web_socket.begin, early)

    def lost(self, web_socket: WebSocket) -> None:
        """Forget a connection that is over."""
        self._open.discard(web_socket)
        if self._none_open is not None and not self._open and not self._none_open.done():
            self._none_open.set_result(None)

    async def wait_closed(self, timeout: float) -> None:  # noqa: ASYNC109
        """Wait until all connections are over."""
        if self._open:
            self._none_open = asyncio.get_running_loop().create_future()
            await asyncio.wait([self._none_open], timeout=timeout)

    def abort(self) -> None:
        """Drop the connections that are left."""
        for web_socket in [*self._open]:
            web_socket.abort()


class WebSocket(asyncio.Protocol):
    """A connection that carries Engine.IO packets as WebSocket messages."""

    __slots__ = (
        "_closing",
        "_frames",
        "_given",
        "_judged",
        "_parser",
        "_private",
        "_queue",
        "_reading_paused",
        "_sent",
        "_sockets",
        "_transport",
        "_writing_paused",
        "congested",
        "reader",
    )

    def __init__(self, sockets: WebSockets) -> None:
        self.congested = False
        self.reader: Reader
        self._sockets = sockets
        self._frames = ClientFrames(sockets.memory.limits.payload)
        self._parser = FrameParser(sockets.memory.limits.payload)
        self._transport: asyncio.Transport
        self._closing = False
        self._reading_paused = False
        self._queue: Queue | None = None
        """What waits until the client has read what the transport was given; None: nothing does."""
        self._writing_paused = False
        self._private = 0
        """Bytes that the transport has still to send."""
        self._given = 0
        """Bytes that the transport was given since the client fell behind."""
        self._sent = 0
        self._judged = 0.0

    # As the transport's protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        # Tells of all that is not sent. With TLS, asyncio would pause a buffer of no bytes at 0.
        self._transport.set_write_buffer_limits(high=1, low=0)

    def begin(self, early: bytes) -> None:
        """Read, first of all what came right behind the handshake."""
        self._transport.resume_reading()
        if early and not self._closing:
            self.data_received(early)

    def data_received(self, data: bytes) -> None:
        if len(data) > SLICE:
            self._take_turns()
        packets, rest = self._frames.texts(data)
        if rest:
            self._read_others(packets, rest)
        elif not self._closing:
            self._accept(packets, len(data))

    def _read_others(self, packets: list[str | bytes], data: bytes) -> None:
        """Read what no whole text message begins with, behind some that are read already."""
        if not self._frames.are_masked(data):
            self._refuse("not masked")
            return
        pinged: bytes | None = None
        for kind, content, _ in self._parser.parse(data):
            if kind is TEXT or kind is BINARY:
                packets.append(content)
            elif kind is PING:
                pinged = bytes(content)  # a bytearray, from the parser
            elif kind is CLOSE:
                self._answer_close(packets, content)
                return
        if not self._closing:
            self._accept(packets, len(data), pinged)

    def _accept(self, packets: list[str | bytes], size: int, pinged: bytes | None = None) -> None:
        """Hand on what has come in `size` bytes, and answer the last ping (RFC 6455, 5.5.3)."""
        if pinged is not None:
            self.carry([pong_frame(pinged)])
        if not packets or self._sockets.memory.unfinished.size:
            self._count_unfinished(size, whole=bool(packets))
        self.reader.accept(packets)
        if self._parser.error is not None:
            self._refuse_broken(self._parser.error)

    def _refuse_broken(self, error: BaseException) -> None:
        code = error.code if isinstance(error, WebSocketError) else WSCloseCode.PROTOCOL_ERROR
        self._refuse(str(error)[:200], code)

    def _take_turns(self) -> None:
        """Let the others be read too: as long as there is more, libuv would read only this one."""
        self._transport.pause_reading()
        self._sockets.loop.call_soon(self._read_on)

    def _read_on(self) -> None:
        if not self._reading_paused and not self._transport.is_closing():
            self._transport.resume_reading()

    def _refuse(self, reason: str, code: int = WSCloseCode.PROTOCOL_ERROR) -> None:
        if not self._closing:
            log.info("broken frame", reason=reason)
            self.reader.end("broken frame", code)

    def _count_unfinished(self, size: int, *, whole: bool) -> None:
        unfinished = self._sockets.memory.unfinished
        if not whole and size:
            unfinished.grow(self, size, self._end_unfinished)
        elif unfinished.size:
            unfinished.finish(self)

    def _end_unfinished(self) -> None:
        self.reader.end("too much unfinished", WSCloseCode.TRY_AGAIN_LATER)

    def pause_writing(self) -> None:
        self._writing_paused = True
        if self._queue is None:
            self._fall_behind()
        self._private = self._transport.get_write_buffer_size()
        self._sockets.memory.backlog.size += self._private

    def resume_writing(self) -> None:
        self._writing_paused = False
        self._forget_private()
        # A loop may tell so in the middle of a write, that is in the middle of the reader's work.
        self._sockets.loop.call_soon(self._send_on)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._catch_up()
        self._sockets.memory.unfinished.finish(self)
        self._sockets.lost(self)
        self._parser.forget()
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
            self._sockets.loop.call_soon(self._send_on)
        for message in messages:
            if not queue.put(message):
                self.give_up()
                return
        self.congested = queue.congested
        self._sockets.memory.backlog.relieve()

    def _fall_behind(self) -> Queue:
        self._queue = queue = Queue(self._sockets.memory.backlog)
        self._given = self._transport.get_write_buffer_size()
        self._sent = 0
        self._judged = self._sockets.loop.time()
        self._sockets.memory.backlog.join(self)
        return queue

    def _send_on(self) -> None:
        """Give the transport one slice more, once it has sent what it was given."""
        queue = self._queue
        if queue is None or self._writing_paused:
            return
        if queue.size:
            data = queue.take(SLICE)
            self._given += len(data)
            self._transport.write(data)
            if not self._writing_paused:
                self._sockets.loop.call_soon(self._send_on)
        else:
            self._catch_up()
        if self.congested and not queue.congested:
            self.congested = False
            if not self._closing:
                self.reader.accept([])

    def _catch_up(self) -> None:
        self._forget_private()
        if self._queue is not None:
            self._queue.clear()
            self._queue = None
            self._sockets.memory.backlog.leave(self)

    def _forget_private(self) -> None:
        self._sockets.memory.backlog.size -= self._private
        self._private = 0

    @property
    def queued(self) -> int:
        size = self._transport.get_write_buffer_size()
        return size if self._queue is None else size + self._queue.size

    def give_up(self) -> None:
        self.reader.end("slow reader", WSCloseCode.TRY_AGAIN_LATER)

    def judge(self, now: float) -> None:
        limits = self._sockets.memory.limits
        sent = self._given - self._transport.get_write_buffer_size()
        if sent - self._sent >= limits.least_rate * limits.write_timeout:
            self._sent, self._judged = sent, now
        elif now - self._judged > limits.write_timeout:
            self.give_up()

    def pause_reading(self) -> None:
        if not self._closing:
            self._reading_paused = True
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        if not self._closing:
            self._reading_paused = False
            self._transport.resume_reading()

    def close(self, code: int) -> None:
        """Send a closing handshake; the connection goes when it is answered, or after a while.

        A client that reads too little gets none.
        """
        if self._closing:
            return
        self._closing = True
        if self.congested or code == WSCloseCode.TRY_AGAIN_LATER:
            self.abort()
            return
        self.carry([close_frame(code)])
        self._reading_paused = False
        self._transport.resume_reading()
        self._sockets.loop.call_later(self._sockets.memory.limits.close_timeout, self.abort)

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
            self._sockets.loop.call_later(self._sockets.memory.limits.close_timeout, self.abort)
