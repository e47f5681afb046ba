"""Raw sockets: HTTP and WebSocket as bytes, so that a test can send what no library would."""

from __future__ import annotations

import asyncio
import base64
import json
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from tests import secrecy
from tests.patience import PATIENCE

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10

POLLING = "EIO=4&transport=polling"
WEBSOCKET = "EIO=4&transport=websocket"

UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode(),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP response."""

    status: int
    headers: dict[str, str]
    body: str


def head(method: str, query: str, headers: dict[str, str]) -> bytes:
    """Write the head of a request."""
    lines = [f"{method} /socket.io/?{query} HTTP/1.1", "Host: localhost"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


async def read_reply(reader: asyncio.StreamReader, *, bare: bool = False) -> Reply:
    """Read a response with its body; the response to HEAD is bare."""
    async with asyncio.timeout(PATIENCE):
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines[1:-2])}
        length = 0 if bare else int(headers.get("content-length", 0))
        body = await reader.readexactly(length)
    return Reply(int(lines[0].split()[1]), headers, body.decode())


@dataclass
class Address:
    """Where the service listens."""

    port: int

    async def dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a connection."""
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def request(
        self, method: str, query: str, body: bytes | None = None, **fields: str
    ) -> Reply:
        """Send one request on a connection of its own, and give its response."""
        reader, writer = await self.dial()
        if body is not None:
            fields["Content-Length"] = str(len(body))
        writer.write(head(method, query, {**fields, "Connection": "close"}) + (body or b""))
        try:
            return await read_reply(reader, bare=method == "HEAD")
        finally:
            writer.close()

    async def get(self, query: str, **headers: str) -> Reply:
        """GET from the endpoint."""
        return await self.request("GET", query, None, **headers)

    async def open_polling(self) -> Poller:
        """Open a session by HTTP long-polling."""
        reply = await self.get(POLLING)
        assert reply.status == 200, reply
        return Poller(self, json.loads(reply.body[1:]))

    async def web_socket(self, query: str = WEBSOCKET) -> Socket:
        """Open a WebSocket."""
        reader, writer = await self.dial()
        writer.write(head("GET", query, UPGRADE))
        reply = await read_reply(reader)
        assert reply.status == 101, reply
        return Socket(reader, writer)

    async def open_socket(self) -> Socket:
        """Open a session by WebSocket, and connect to no namespace yet."""
        socket = await self.web_socket()
        opening = await socket.receive()
        assert isinstance(opening, str)
        assert opening.startswith("0")
        socket.handshake = json.loads(opening[1:])
        return socket

    async def connect(self, namespace: str = "") -> Socket:
        """Open a session by WebSocket and connect to a namespace."""
        socket = await self.open_socket()
        socket.send(f"40{namespace}")
        await socket.hear(f"40{namespace}")
        return socket


@dataclass
class Poller:
    """A session on HTTP long-polling."""

    address: Address
    handshake: dict[str, Any]

    @property
    def query(self) -> str:
        return f"{POLLING}&sid={self.handshake['sid']}"

    @property
    def upgrade_query(self) -> str:
        return f"{WEBSOCKET}&sid={self.handshake['sid']}"

    async def post(self, body: str | bytes) -> Reply:
        data = body.encode() if isinstance(body, str) else body
        return await self.address.request("POST", self.query, data)

    async def poll(self) -> Reply:
        return await self.address.get(self.query)

    async def packets(self) -> list[str]:
        """Poll until something other than a ping comes."""
        async with asyncio.timeout(PATIENCE):
            while True:
                reply = await self.poll()
                assert reply.status == 200, reply
                if found := [packet for packet in reply.body.split("\x1e") if packet != "2"]:
                    return found
                await self.post("3")

    async def connect(self, namespace: str = "") -> Self:
        assert (await self.post(f"40{namespace}")).body == "ok"
        (packet,) = await self.packets()
        assert packet.startswith(f"40{namespace}")
        return self


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection is over: the code of its closing handshake; None without one."""

    code: int | None


@dataclass
class Socket:
    """A WebSocket connection; it answers Engine.IO pings while it is listened to."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    handshake: dict[str, Any] = field(default_factory=dict)
    answers_pings: bool = True

    def send(self, *messages: str | bytes) -> None:
        """Send messages, all in one write."""
        secrecy.written(" ".join(item for item in messages if isinstance(item, str)))
        self.writer.write(b"".join(map(as_frame, messages)))

    def send_frame(self, opcode: int, payload: bytes, *, final: bool = True) -> None:
        """Send one frame."""
        self.writer.write(frame(opcode, payload, final=final))

    async def receive(self) -> str | bytes | Closed:
        """Return the next message, or how the connection ended."""
        async with asyncio.timeout(PATIENCE):
            return await self._next()

    async def hear(self, start: str = "") -> str:
        """Return the next message that is no ping; it must start like this."""
        async with asyncio.timeout(PATIENCE):
            while (message := await self._next()) == "2":
                if self.answers_pings:
                    self.send("3")
        assert isinstance(message, str), message
        assert message.startswith(start), message
        return message

    async def closed(self) -> int | None:
        """Wait until the server closes the connection, and return the code."""
        async with asyncio.timeout(PATIENCE):
            while not isinstance(message := await self._next(), Closed):
                pass
        return message.code

    async def ask(self, number: int, *data: object) -> list[Any]:
        """Emit an event and give its ack."""
        self.send(f"42{number}{json.dumps(data)}")
        answer: list[Any] = json.loads((await self.hear(f"43{number}"))[2 + len(str(number)) :])
        return answer

    async def closed_by_us(self) -> None:
        """Close the connection as a client does."""
        self.send_frame(CLOSE, struct.pack("!H", 1000))
        assert await self.closed() == 1000

    def cut(self) -> None:
        """Drop the connection without a word."""
        self.writer.transport.abort()

    async def _next(self) -> str | bytes | Closed:
        try:
            opcode, payload = await self._frame()
        except (asyncio.IncompleteReadError, ConnectionError):
            self.writer.close()
            return Closed(None)
        if opcode == CLOSE:
            self.send_frame(CLOSE, payload)
            await self._eof()
            return Closed(struct.unpack("!H", payload[:2])[0] if payload else None)
        if opcode == PONG:
            return b"pong:" + payload
        return payload.decode() if opcode == TEXT else payload

    async def _eof(self) -> None:
        with suppress(ConnectionError):
            await self.reader.read()
        self.writer.close()

    async def _frame(self) -> tuple[int, bytes]:
        first, second = await self.reader.readexactly(2)
        length = second & 127
        if length == 126:
            (length,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self.reader.readexactly(8))
        return first & 15, await self.reader.readexactly(length)


def as_frame(message: str | bytes) -> bytes:
    """Frame a message as a client does."""
    if isinstance(message, str):
        return frame(TEXT, message.encode())
    return frame(BINARY, message)


def frame(opcode: int, payload: bytes, *, final: bool = True, mask: bytes = b"abcd") -> bytes:
    """Frame a payload as a client does, masked."""
    first = opcode | 0x80 * final
    length = len(payload)
    if length < 126:
        start = bytes((first, 0x80 | length))
    elif length < 65536:
        start = struct.pack("!BBH", first, 0x80 | 126, length)
    else:
        start = struct.pack("!BBQ", first, 0x80 | 127, length)
    repeated = mask * (length // 4 + 1)
    masked = int.from_bytes(payload, "big") ^ int.from_bytes(repeated[:length], "big")
    return start + mask + masked.to_bytes(length, "big")
