"""A client that talks Engine.IO frames itself, for a fraction of the server's work."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Sequence
from ssl import SSLContext
from typing import Any

UPGRADE = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)

LENGTH_16, LENGTH_64 = 126, 127
"""What stands for a length of 16 and of 64 bits behind it (RFC 6455, section 5.2)."""

CONNECTS = 500
"""Connections that are opened at a time."""

FROM_AN_ADDRESS = 5000
"""Connections that come from one address: half of what the service admits."""


def frame(text: str) -> bytes:
    """Return a text message framed as a client does; a mask of zeros is as good as any."""
    payload = text.encode()
    length = len(payload)
    if length < LENGTH_16:
        head = bytes((0x81, 0x80 | length))
    elif length < 1 << 16:
        head = b"\x81\xfe" + length.to_bytes(2, "big")
    else:
        head = b"\x81\xff" + length.to_bytes(8, "big")
    return head + b"\0\0\0\0" + payload


def text_of(value: object) -> str:
    """Return a value as compact JSON, as JavaScript writes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def request(event: str, *args: object, ack: int = 1) -> bytes:
    """Return the frame of an event that asks for an ack."""
    return frame(f"42{ack}{text_of([event, *args])}")


def delivery(event: str, *args: object) -> int:
    """Return how many bytes a server sends for an event."""
    length = len(text_of([event, *args]).encode()) + 2
    return length + (2 if length < LENGTH_16 else 4)


class Client(asyncio.Protocol):
    """One connection: tells when it has connected, then counts acks and events."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[None] = loop.create_future()
        self.heard: Callable[[int, int], None] = lambda _acks, _events: None
        self.last = b""
        self.event_size = 0
        self.seen: list[bytes] | None = None
        """The events that have come, for whoever wants to keep them."""
        self.may_end = False
        """Whether the connection may end; if not, its end ends the program."""
        self.ended = asyncio.Event()
        self.transport: asyncio.Transport
        self._kept: list[bytes] | None = None
        self._parts: list[bytes] = []
        self._missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self.transport.write(UPGRADE)

    def data_received(self, data: bytes) -> None:
        if self._parts:
            self._parts.append(data)
            self._missing -= len(data)
            if self._missing > 0:
                return
            data = b"".join(self._parts)
            self._parts = []
        if not self.ready.done() and data.startswith(b"HTTP/1.1"):
            _, gap, rest = data.partition(b"\r\n\r\n")
            if not gap:
                self._wait_for_more(data, 1)
                return
            data = rest
        self._count(data)

    def _wait_for_more(self, data: bytes, missing: int) -> None:
        self._parts, self._missing = [data], missing

    def _count(self, data: bytes) -> None:
        at, size = 0, len(data)
        acks = events = 0
        while at < size:
            start = at + 2
            if start > size:
                self._wait_for_more(data[at:], 1)
                break
            length = data[at + 1]
            if length >= LENGTH_16:
                start += 2 if length == LENGTH_16 else 8
                if start > size:
                    self._wait_for_more(data[at:], start - size)
                    break
                length = int.from_bytes(data[at + 2 : start], "big")
            end = start + length
            if end > size:
                self._wait_for_more(data[at:], end - size)
                break
            kind = data[start : start + 2]
            if kind == b"43":
                acks += 1
                self._keep_ack(data[start:end])
            elif kind == b"42":
                events += 1
                self.event_size = end - at
                if self.seen is not None:
                    self.seen.append(data[start:end])
            else:
                self._answer(kind)
            at = end
        if acks or events:
            self.heard(acks, events)

    def _keep_ack(self, packet: bytes) -> None:
        self.last = packet
        if self._kept is not None:
            self._kept.append(packet)

    def _answer(self, kind: bytes) -> None:
        if kind == b"40":
            self.ready.set_result(None)
        elif kind[:1] in {b"0", b"2"}:  # the handshake, or a ping
            self.transport.write(frame("3" if kind == b"2" else "40"))

    async def ask(self, event: str, *args: object) -> Any:  # noqa: ANN401
        """Emit an event and return the first argument of its ack."""
        [answer] = await self.ask_all([(event, *args)])
        return answer

    async def ask_all(self, events: Sequence[tuple[object, ...]]) -> list[Any]:
        """Emit events in one write, and return the first arguments of their acks."""
        frames = (request(str(name), *args, ack=ack) for ack, (name, *args) in enumerate(events))
        answers = dict(map(_ack, await self.acks(b"".join(frames), len(events))))
        return [answers[ack] for ack in range(len(events))]

    async def acks(self, frames: bytes, count: int) -> list[bytes]:
        """Send frames, and return so many acks as they come."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        kept: list[bytes] = []

        def heard(_acks: int, _events: int) -> None:
            if len(kept) == count and not done.done():
                done.set_result(None)

        self._kept, self.heard = kept, heard
        self.transport.write(frames)
        await done
        self._kept, self.heard = None, lambda _acks, _events: None
        return kept

    def close(self) -> None:
        """Drop the connection."""
        self.may_end = True
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended.set()
        if not self.may_end:
            sys.exit(f"the server has cut a connection: {exc}")


def _ack(packet: bytes) -> tuple[int, Any]:
    """Return the id of an ack and its first argument, if any."""
    start = packet.index(b"[")
    args = json.loads(packet[start:])
    return int(packet[2:start]), args[0] if args else None


class Listener(asyncio.Protocol):
    """Takes a connection over, and tells how many bytes have come, whatever they are."""

    def __init__(self, client: Client, heard: Callable[[int], None]) -> None:
        self._client = client
        self._heard = heard
        client.transport.set_protocol(self)

    def data_received(self, data: bytes) -> None:
        self._heard(len(data))

    def connection_lost(self, exc: Exception | None) -> None:
        self._client.connection_lost(exc)


async def connect(
    port: int, count: int, at_a_time: int = CONNECTS, secure: SSLContext | None = None
) -> list[Client]:
    """Open connections, some at a time, and connect them to the main namespace."""
    clients: list[Client] = []
    while len(clients) < count:
        address = local_address(len(clients))
        made = await asyncio.gather(
            *(_connect(port, address, secure) for _ in range(min(at_a_time, count - len(clients))))
        )
        await asyncio.gather(*(client.ready for client in made))
        clients += made
    return clients


def local_address(number: int) -> tuple[str, int]:
    """Return where a connection comes from, so that no address has too many of them.

    Each program has its own, for ports of the one before stay taken for a minute.
    """
    mine = os.getpid()
    return f"127.{mine >> 8 & 127}.{mine & 255}.{1 + number // FROM_AN_ADDRESS}", 0


async def _connect(port: int, address: tuple[str, int], secure: SSLContext | None) -> Client:
    _, client = await asyncio.get_running_loop().create_connection(
        Client, "127.0.0.1", port, local_addr=address, ssl=secure
    )
    return client
