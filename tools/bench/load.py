"""The load: clients that talk Engine.IO frames themselves, for a fraction of the server's work.

`python -m bench.load SCENARIO PORT IN_FLIGHT PID` prints one line of JSON; the process is the
server's, whose time on its core is taken. Every scenario is a closed loop:
a client sends again when it has its answer, a writer when its listeners have theirs.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections import deque
from collections.abc import Callable
from os import sysconf
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter
from typing import Any, TypeAlias

import uvloop

UPGRADE = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)

LENGTH_16, LENGTH_64 = 126, 127
"""What stands for a length of 16 and of 64 bits behind it (RFC 6455, section 5.2)."""

WARM_UP = 0.5
SECONDS = 3.0

Figures: TypeAlias = dict[str, float]


def frame(text: str) -> bytes:
    """Frame a text message as a client does; the mask is zero, which is one as good as any."""
    payload = text.encode()
    length = len(payload)
    head = (
        bytes((0x81, 0x80 | length))
        if length < LENGTH_16
        else b"\x81\xfe" + length.to_bytes(2, "big")
    )
    return head + b"\0\0\0\0" + payload


class Client(asyncio.Protocol):
    """One connection: tells when it has connected, then counts acks and events."""

    def __init__(self) -> None:
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.heard: Callable[[int, int], None] = lambda _acks, _events: None
        self.last = b""
        self.event_size = 0
        self.closing = False
        self.transport: asyncio.Transport
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self.transport.write(UPGRADE)

    def data_received(self, data: bytes) -> None:
        data = self._rest + data if self._rest else data
        if not self.ready.done() and data.startswith(b"HTTP/1.1"):
            head, gap, data = data.partition(b"\r\n\r\n")
            if not gap:
                self._rest = head
                return
        self._count(data)

    def _count(self, data: bytes) -> None:
        at, size = 0, len(data)
        acks = events = 0
        while at + 2 <= size:
            length, start = data[at + 1], at + 2
            if length == LENGTH_16:
                length, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            elif length == LENGTH_64:
                length, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            end = start + length
            if end > size:
                break
            kind = data[start : start + 2]
            if kind == b"42":
                events += 1
                self.event_size = end - at
            elif kind == b"43":
                acks += 1
                self.last = data[start:end]
            else:
                self._answer(kind)
            at = end
        self._rest = data[at:]
        if acks or events:
            self.heard(acks, events)

    def _answer(self, kind: bytes) -> None:
        if kind == b"40":
            self.ready.set_result(None)
        else:  # a ping, or the handshake
            self.transport.write(frame("3" if kind == b"2" else "40"))

    async def ask(self, event: str, *args: object) -> Any:  # noqa: ANN401
        """Emit an event and give the first argument of its ack."""
        acked: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def heard(acks: int, _events: int) -> None:
            if acks:
                acked.set_result(None)

        self.heard = heard
        self.transport.write(frame("421" + json.dumps([event, *args])))
        await acked
        self.heard = lambda _acks, _events: None
        answer = json.loads(self.last[3:])
        return answer[0] if answer else None

    def close(self) -> None:
        """Drop the connection."""
        self.closing = True
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.closing:
            sys.exit(f"the server has cut a connection: {exc}")


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


async def connect(port: int, count: int) -> list[Client]:
    """Open connections, all at once, and connect them to the main namespace."""
    loop = asyncio.get_running_loop()
    made = await asyncio.gather(
        *(loop.create_connection(Client, "127.0.0.1", port) for _ in range(count))
    )
    clients = [client for _, client in made]
    await asyncio.gather(*(client.ready for client in clients))
    return clients


class Meter:
    """Counts what comes back, after a warm-up and for some seconds, and what the load costs.

    `unit` is what counts as one.
    """

    def __init__(self, unit: int = 1) -> None:
        self.count = 0
        self.latencies: list[float] = []
        self._unit = unit

    async def measure(self) -> Figures:
        """Give the rate a second, the latencies in ms, and the load's share of its core."""
        await asyncio.sleep(WARM_UP)
        self.count, self.latencies = 0, []
        clock = Clock()
        await asyncio.sleep(SECONDS)
        figures = clock.figures(self.count / self._unit)
        if self.latencies:
            self.latencies.sort()
            for name, share in (("p50", 0.5), ("p99", 0.99)):
                figures[name] = 1000 * self.latencies[int(share * len(self.latencies))]
        return figures


class Clock:
    """Takes the time, and the time that the server and the load have had on their cores."""

    server = 0
    """The server's process."""

    def __init__(self) -> None:
        self._start, self._load, self._cpu = perf_counter(), self._load_time(), self._server_time()

    def figures(self, count: float) -> Figures:
        """Give the rate of a count, by the wall and by the server's core, and the load's share."""
        seconds = perf_counter() - self._start
        return {
            "rate": count / seconds,
            "per_core": count / (self._server_time() - self._cpu),
            "load": (self._load_time() - self._load) / seconds,
        }

    def _server_time(self) -> float:
        stat = Path(f"/proc/{self.server}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / sysconf("SC_CLK_TCK")

    @staticmethod
    def _load_time() -> float:
        usage = getrusage(RUSAGE_SELF)
        return usage.ru_utime + usage.ru_stime


def ask_again(client: Client, request: bytes, in_flight: int, meter: Meter) -> None:
    """Keep requests in flight on one connection."""
    sent: deque[float] = deque()

    def heard(acks: int, _events: int) -> None:
        now = perf_counter()
        for _ in range(acks):
            meter.latencies.append(now - sent.popleft())
            sent.append(now)
        meter.count += acks
        client.transport.write(request * acks)

    client.heard = heard
    sent.extend([perf_counter()] * in_flight)
    client.transport.write(request * in_flight)


async def read(port: int, in_flight: int) -> Figures:
    """`todo:read` from 64 clients: acks a second."""
    clients = await connect(port, 64)
    created = await clients[0].ask("todo:create", {"title": "Buy milk", "completed": False})
    request = frame("421" + json.dumps(["todo:read", created["data"]]))
    meter = Meter()
    for client in clients:
        ask_again(client, request, in_flight, meter)
    return await meter.measure()


async def list_all(port: int, in_flight: int) -> Figures:
    """`todo:list` of 1,000 todos from 4 clients: acks a second."""
    clients = await connect(port, 4)
    for number in range(1000):
        await clients[0].ask("todo:create", {"title": f"Todo {number}", "completed": False})
    meter = Meter()
    for client in clients:
        ask_again(client, frame('421["todo:list"]'), in_flight, meter)
    return await meter.measure()


async def _broadcast(
    port: int, writers: int, listeners: int, in_flight: int, request: Callable[[Client], bytes]
) -> Figures:
    clients = await connect(port, writers + listeners)
    authors, audience = clients[:writers], clients[writers:]
    requests = [(client, request(client)) for client in authors]
    delivery = await _first_delivery(authors[0], requests[0][1], audience)
    meter = Meter(delivery)
    each = writers * listeners * delivery
    received = sent = due = 0

    def heard(size: int) -> None:
        nonlocal received, sent, due
        meter.count += size
        received += size
        if received >= due:
            room = in_flight - sent + received // each
            sent += room
            due = (sent - in_flight + 1) * each
            for client, data in requests:
                client.transport.write(data * room)

    for client in audience:
        Listener(client, heard)
    heard(0)
    return await meter.measure()


async def _first_delivery(author: Client, request: bytes, audience: list[Client]) -> int:
    """Have one event delivered to everyone, and give the bytes of its frame: all have as many."""
    missing = len(audience)
    all_heard = asyncio.get_running_loop().create_future()

    def heard(_acks: int, _events: int) -> None:
        nonlocal missing
        missing -= 1
        if not missing:
            all_heard.set_result(None)

    for client in audience:
        client.heard = heard
    author.transport.write(request)
    await all_heard
    return audience[0].event_size


async def update(port: int, in_flight: int) -> Figures:
    """`todo:update` from 1 to 1,000 listeners: deliveries a second."""
    [client] = await connect(port, 1)
    created = await client.ask("todo:create", {"title": "Buy milk", "completed": False})
    todo = {"id": created["data"], "title": "Buy milk", "completed": True}
    data = frame("421" + json.dumps(["todo:update", todo]))
    return await _broadcast(port, 1, 1000, in_flight, lambda _: data)


async def create(port: int, in_flight: int) -> Figures:
    """`todo:create` from 4 to 200 listeners: deliveries a second."""
    todo = {"title": "Buy milk", "completed": False}
    data = frame("421" + json.dumps(["todo:create", todo]))
    return await _broadcast(port, 4, 200, in_flight, lambda _: data)


async def connects(port: int, in_flight: int) -> Figures:  # noqa: ARG001
    """1,000 connects, all at once: connects a second."""
    clock = Clock()
    await connect(port, 1000)
    return clock.figures(1000)


async def idle(port: int, in_flight: int) -> Figures:  # noqa: ARG001
    """5,000 idle connections; the server's memory is measured from outside, until stdin closes."""
    for _ in range(10):
        await connect(port, 500)
    print(json.dumps({}), flush=True)
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, sys.stdin.read)
    return {}


SCENARIOS = {
    "read": read,
    "list": list_all,
    "update": update,
    "create": create,
    "connects": connects,
    "idle": idle,
}


def main() -> None:
    """Run one scenario."""
    gc.disable()
    scenario, port, in_flight, pid = sys.argv[1:5]
    Clock.server = int(pid)
    figures = uvloop.run(SCENARIOS[scenario](int(port), int(in_flight)))
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
