"""A client on long-polling: one connection asks for what has come, another one sends."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Callable

from bench.client import CONNECTS, local_address

PATH = "/socket.io/?EIO=4&transport=polling"
SEPARATOR = b"\x1e"
GAP = b"\r\n\r\n"
LENGTH = b"\r\ncontent-length:"


class _Requests(asyncio.Protocol):
    """One connection of HTTP/1.1, with one request on its way at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.answered: Callable[[bytes], None]
        self._data = b""
        self._size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._data += data
        if not self._size:
            end = self._data.find(GAP)
            if end < 0:
                return
            head = self._data[:end].lower()
            if not head.startswith(b"http/1.1 200"):
                sys.exit(f"the server answers {self._data.decode()!r}")
            at = head.index(LENGTH) + len(LENGTH)
            length = int(head[at:].partition(b"\r\n")[0])
            self._size = end + len(GAP) + length
        if len(self._data) < self._size:
            return
        body = self._data[self._data.index(GAP) + len(GAP) : self._size]
        self._data, self._size = self._data[self._size :], 0
        self.answered(body)


class PollingClient:
    """One session: polls all the time, and sends one body at a time, as the official client."""

    def __init__(self, polls: _Requests, sends: _Requests) -> None:
        self.heard: Callable[[int, int], None] = lambda _acks, _events: None
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.last = b""
        self._polls, self._sends = polls, sends
        self._waiting: deque[bytes] = deque()
        self._sending = False
        self._get = b""
        self._post = ""
        polls.answered, sends.answered = self._opened, self._sent
        polls.transport.write(f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    def send(self, packets: bytes) -> None:
        """Send packets as soon as those before are taken."""
        self._waiting.append(packets)
        if not self._sending:
            self._send_next()

    def _send_next(self) -> None:
        self._sending = bool(self._waiting)
        if self._sending:
            body = self._waiting.popleft()
            self._sends.transport.write(f"{self._post}{len(body)}\r\n\r\n".encode() + body)

    def _opened(self, body: bytes) -> None:
        sid = body.partition(b'"sid":"')[2].partition(b'"')[0].decode()
        path = f"{PATH}&sid={sid} HTTP/1.1\r\nHost: localhost\r\n"
        self._get = f"GET {path}\r\n".encode()
        self._post = f"POST {path}Content-Type: text/plain;charset=UTF-8\r\nContent-Length: "
        self._polls.answered = self._polled
        self._polls.transport.write(self._get)
        self.send(b"40")

    def _sent(self, _: bytes) -> None:
        self._send_next()

    def _polled(self, body: bytes) -> None:
        acks = events = 0
        for packet in body.split(SEPARATOR):
            if packet.startswith(b"43"):
                acks += 1
                self.last = packet
            elif packet.startswith(b"42"):
                events += 1
            elif packet == b"2":
                self.send(b"3")
            elif packet.startswith(b"40"):
                self.ready.set_result(None)
        self._polls.transport.write(self._get)
        if acks or events:
            self.heard(acks, events)


async def connect_polling(port: int, count: int) -> list[PollingClient]:
    """Open sessions, some at a time, and connect them to the main namespace."""
    clients: list[PollingClient] = []
    while len(clients) < count:
        missing = min(CONNECTS, count - len(clients))
        made = await asyncio.gather(*(_connect(port, len(clients)) for _ in range(missing)))
        await asyncio.gather(*(client.ready for client in made))
        clients += made
    return clients


async def _connect(port: int, number: int) -> PollingClient:
    loop = asyncio.get_running_loop()
    (_, polls), (_, sends) = [
        await loop.create_connection(_Requests, "127.0.0.1", port, local_addr=local_address(number))
        for _ in range(2)
    ]
    return PollingClient(polls, sends)
