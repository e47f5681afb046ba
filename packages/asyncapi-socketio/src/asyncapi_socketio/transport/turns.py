"""A connection's requests reach aiohttp one at a time, so that each can still go elsewhere.

aiohttp reads whatever it is fed, and it alone judges what that is. All that is decided here is how
much it is fed: the next head only when the request before has begun, and no byte of a body before
it is known that the request stays. So the bytes of a request that leaves are all at hand.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from aiohttp import StreamReader, hdrs, web

MOST_HEAD = 64 * 1024
"""Bytes of a head that is looked for; aiohttp refuses longer ones, or their requests stay here."""

MOST_UNREAD = 64 * 1024
"""Bytes that may wait for their turn before the connection is read no further."""

_END = b"\r\n\r\n"
_LINE_ENDS = re.compile(rb"[\r\n]+")
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[^0-9A-Fa-f]")
"""The size of a chunk (RFC 9112, 7.1), and the first byte of what follows it."""


@runtime_checkable
class Keeper(Protocol):
    """A protocol that may have read more of its connection than was handled."""

    def release(self) -> bytes:
        """Let the connection go, and return what whoever takes it over reads first."""


class Turns(asyncio.Protocol):
    """Stands between a transport and its HTTP handler."""

    def __init__(
        self,
        handler: web.RequestHandler,
        transport: asyncio.Transport,
        find: Callable[[web.BaseRequest], str | None],
    ) -> None:
        """Feed `handler`; `find` names the worker whose request it is, if it is another's."""
        self._handler = handler
        self._transport = transport
        self._find = find
        self._unread = b""
        self._head = b""
        """The head that aiohttp has been fed, until its request begins."""
        self._body: _Sized | _Chunked | None = None
        self._leaving = False
        self._whole = False
        """Whether all goes to aiohttp as it comes: what is read there is read otherwise here."""
        self._paused = False
        self._drained: asyncio.Future[None] | None = None

    def begin(self, request: web.BaseRequest) -> str | None:
        """Know that aiohttp begins a request; return the worker that it has to go to, if any."""
        head, self._head = self._head, b""
        self._whole = self._whole or not head
        owner = None if self._whole else self._find(request)
        if owner is not None:
            self._leaving = True
            self._unread = head + self._unread
        else:
            self._go_on(request)
        return owner

    async def drain(self) -> None:
        """Wait until the client has been sent every response before."""
        if self._transport.get_write_buffer_size():
            self._transport.set_write_buffer_limits(high=0)
            self._drained = asyncio.get_running_loop().create_future()
            await self._drained

    def stay(self, request: web.BaseRequest) -> None:
        """Let aiohttp have a request all the same."""
        self._unread = self._unread[_head_end(self._unread) :]
        self._leaving = False
        self._go_on(request)

    def release(self) -> bytes:
        """Return what aiohttp was not fed; of a request that leaves, that is all."""
        unread, self._unread = self._unread, b""
        return unread

    def _go_on(self, request: web.BaseRequest) -> None:
        if request.headers.get(hdrs.TRANSFER_ENCODING):
            self._body = _Chunked(request.content)
        elif request.content_length:
            self._body = _Sized(request.content_length)
        self._feed()

    def _feed(self) -> None:
        """Feed aiohttp what it may have."""
        unread, fed = self._unread, 0
        while fed < len(unread) and not self._transport.is_closing():
            end = self._next(unread, fed)
            if end == fed:
                break
            self._handler.data_received(unread[fed:end])
            fed = end
        self._unread = unread[fed:]
        if self._paused and len(self._unread) < MOST_UNREAD:
            self._paused = False
            self._transport.resume_reading()

    def _next(self, unread: bytes, start: int) -> int:
        """Return the end of what aiohttp may have now."""
        if self._whole:
            return len(unread)
        if self._head or self._leaving:
            return start
        if self._body is not None:
            if not self._body.over:
                return self._body.next(unread, start)
            self._body = None
        if (blank := _LINE_ENDS.match(unread, start)) is not None:
            return blank.end()  # aiohttp skips empty lines before a head (RFC 9112, 2.2)
        end = _head_end(unread, start)
        self._head = unread[start:end]
        self._whole = end == start and len(unread) - start > MOST_HEAD
        return len(unread) if self._whole else end

    # As the transport's protocol

    def data_received(self, data: bytes) -> None:
        self._unread += data
        self._feed()
        if len(self._unread) >= MOST_UNREAD and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def pause_writing(self) -> None:
        self._handler.pause_writing()

    def resume_writing(self) -> None:
        self._handler.resume_writing()
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._handler.connection_lost(exc)


def _head_end(data: bytes, start: int = 0) -> int:
    """Return the end of the head that begins at `start`; that itself while it is not whole."""
    end = data.find(_END, start)
    return start if end < 0 else end + len(_END)


class _Sized:
    """A body of so many bytes."""

    def __init__(self, size: int) -> None:
        self._left = size

    @property
    def over(self) -> bool:
        return not self._left

    def next(self, data: bytes, start: int) -> int:
        end = min(start + self._left, len(data))
        self._left -= end - start
        return end


class _Chunked:
    """A body in chunks: their sizes are read here, its end is where aiohttp finds it."""

    def __init__(self, content: StreamReader) -> None:
        self._content = content
        self._left = 0
        """Bytes of the chunk that has begun, with the line's end behind them."""
        self._ending = False
        """Whether the last chunk has come: then lines are fed one by one."""

    @property
    def over(self) -> bool:
        return self._content.is_eof()

    def next(self, data: bytes, start: int) -> int:
        if self._ending:
            return data.find(b"\n", start) + 1 or start
        end = start
        while end < len(data) and not self._ending:
            if not self._left:
                line = data.find(b"\n", end) + 1
                if not line:
                    break
                self._read_size(data, end)
                end = line
            step = min(self._left, len(data) - end)
            self._left -= step
            end += step
        return end

    def _read_size(self, data: bytes, start: int) -> None:
        found = _SIZE.match(data, start)
        size = int(found[1], 16) if found else 0
        self._ending = not size
        self._left = size + len(b"\r\n") if size else 0
