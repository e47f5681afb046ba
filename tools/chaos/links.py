"""A node's link to the database: a TCP proxy that loses, holds, delays and cuts."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self, TypeAlias

NOTIFICATION, DATA_ROW = b"A", b"D"
"""Types of messages from PostgreSQL (its manual, "Message Formats")."""

SSL_REQUEST = struct.pack("!ii", 8, 80877103)

_CHUNK = 1 << 16

_Filter: TypeAlias = Callable[[bytes], bytes]


class Link:
    """Forwards connections to a port of this machine, as well as it is told to.

    `mute` drops notifications, `delay` is how many seconds each piece of data takes, and `lose` is
    how many replies with rows are yet to be lost, each with its connection.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.mute = False
        self.delay = 0.0
        self.lose = 0
        self.muted = 0
        """Notifications dropped so far."""
        self._open = asyncio.Event()
        self._open.set()
        self._sockets: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
            self.release()
            self.reset()
            await asyncio.gather(*self._serving, return_exceptions=True)

    def hold(self) -> None:
        """Forward nothing, in neither direction: a black hole, which answers no connection."""
        self._open.clear()

    def release(self) -> None:
        """Forward again, what was held first."""
        self._open.set()

    def reset(self) -> int:
        """Reset every connection, and return how many there were."""
        count = len(self._sockets) // 2
        for writer in [*self._sockets]:
            sock: socket.socket | None = writer.get_extra_info("socket")
            with suppress(OSError):
                if sock is None:  # it has ended
                    continue
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        return count

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if task := asyncio.current_task():
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        self._sockets.add(writer)
        try:
            await self._open.wait()
            there = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            self._sockets.discard(writer)
            return
        self._sockets.add(there[1])
        replies = _Replies(self)
        pumps = [
            asyncio.ensure_future(self._pump(reader, there[1], replies.asked)),
            asyncio.ensure_future(self._pump(there[0], writer, replies.kept)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            for end in (writer, there[1]):
                self._sockets.discard(end)
                end.close()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kept: _Filter
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                if self.delay:
                    await asyncio.sleep(self.delay)
                await self._open.wait()
                writer.write(kept(data))
                await writer.drain()
            await self._open.wait()


class _Replies:
    """What one connection's server says, message by message."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._answers_ssl = False
        self._rest = b""

    def asked(self, data: bytes) -> bytes:
        """Look at what the client sends: the answer to the request for SSL is no message."""
        if data == SSL_REQUEST:
            self._answers_ssl = True
        return data

    def kept(self, data: bytes) -> bytes:
        """Return what is let through."""
        if self._answers_ssl:
            self._answers_ssl = False
            return data
        data = self._rest + data
        at, pieces = 0, []
        while at + 5 <= len(data):
            end = at + 1 + int.from_bytes(data[at + 1 : at + 5], "big")
            if end > len(data):
                break
            kind = data[at : at + 1]
            if kind == NOTIFICATION and self._link.mute:
                self._link.muted += 1
            elif kind == DATA_ROW and self._link.lose:
                self._link.lose -= 1
                self._link.reset()
                return b""
            else:
                pieces.append(data[at:end])
            at = end
        self._rest = data[at:]
        return b"".join(pieces)
