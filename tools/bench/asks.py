"""Loads whose clients ask: each emits again when it has its ack."""

from __future__ import annotations

import asyncio
import ssl
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from random import Random
from time import perf_counter
from typing import Protocol

from bench.client import Client, connect, request, text_of
from bench.meter import Figures, Load, Meter
from bench.polling import connect_polling
from bench.todos import Todo, changed, fill

CLIENTS = 64
"""Clients that read, or list."""

LISTED = 1000
"""Todos of a list."""

UPDATE = 0.02
"""Seconds from one update to the next, while others list."""


class Asks(Protocol):
    """Whoever can ask: a client over WebSocket, or on long-polling."""

    heard: Callable[[int, int], None]
    last: bytes


class Asker:
    """Keeps so many requests of a client on their way."""

    def __init__(
        self, client: Asks, write: Callable[[bytes], None], requests: Iterator[bytes], meter: Meter
    ) -> None:
        self._client, self._write = client, write
        self._requests, self._meter = requests, meter
        self._sent: deque[float] = deque()
        self._kept = 0
        client.heard = self._heard

    @property
    def waits(self) -> bool:
        """Whether any request is on its way."""
        return bool(self._sent)

    def keep(self, in_flight: int) -> None:
        """Keep so many requests on their way from now on."""
        self._kept = in_flight
        self._emit(in_flight - len(self._sent))

    def check(self) -> None:
        """End the program where the last ack is an error."""
        if b'[{"error"' in self._client.last:
            sys.exit(f"the server acks {self._client.last.decode()}")

    def _emit(self, count: int) -> None:
        if count > 0:
            self._sent.extend([perf_counter()] * count)
            requests = self._requests
            self._write(next(requests) if count == 1 else b"".join(islice(requests, count)))

    def _heard(self, acks: int, _events: int) -> None:
        if acks:
            now = perf_counter()
            self._meter.count += acks
            self._meter.latencies.extend(now - self._sent.popleft() for _ in range(acks))
            self._emit(self._kept - len(self._sent))


async def read(load: Load) -> list[Figures]:
    """Read random todos, from 64 clients: acks per second."""
    todos = await fill(load.port, load.todos)
    clients = await connect(load.port, CLIENTS)
    return await _in_flight(load, clients, _reads(todos))


async def read_tls(load: Load) -> list[Figures]:
    """Read random todos over TLS, from 64 clients: acks per second."""
    secure = ssl.create_default_context(cafile=load.certificate)
    secure.check_hostname = False
    todos = await fill(load.port, load.todos, secure)
    clients = await connect(load.port, CLIENTS, secure=secure)
    return await _in_flight(load, clients, _reads(todos))


async def read_polling(load: Load) -> list[Figures]:
    """Read random todos on long-polling, from 64 clients: acks per second."""
    todos = await fill(load.port, load.todos)
    meter = Meter(load)
    requests = _shuffled([f"421{text_of(['todo:read', todo['id']])}".encode() for todo in todos])
    askers = [
        Asker(client, client.send, requests(number), meter)
        for number, client in enumerate(await connect_polling(load.port, CLIENTS))
    ]
    return await _measured(load, askers, meter)


async def list_all(load: Load) -> list[Figures]:
    """List 1,000 todos, of which one changes now and then, from 64 clients: acks per second."""
    todos = await fill(load.port, min(load.todos, LISTED))
    author, *clients = await connect(load.port, 1 + CLIENTS)

    async def update() -> None:
        for todo in changed(todos, "list"):
            author.transport.write(request("todo:update", todo))
            await asyncio.sleep(UPDATE)

    updates = asyncio.ensure_future(update())
    figures = await _in_flight(load, clients, lambda _: cycle([request("todo:list")]))
    updates.cancel()
    return figures


async def busy(load: Load) -> list[Figures]:
    """Read from as many clients as the first step has; in further steps more are connected."""
    requests = _reads(await fill(load.port, load.todos))
    meter = Meter(load)
    clients: list[Client] = []
    askers: list[Asker] = []
    figures: list[Figures] = []
    for step in load.steps:
        clients += await connect(load.port, step - len(clients))
        askers = askers or _askers(clients, requests, meter)
        figures.append(await _step(askers, meter))
    return figures


async def by_connections(load: Load) -> list[Figures]:
    """Read from ever more clients: acks per second."""
    requests = _reads(await fill(load.port, load.todos))
    meter = Meter(load)
    clients: list[Client] = []
    figures: list[Figures] = []
    for step in warm(load.steps):
        clients += await connect(load.port, step - len(clients))
        figures.append(await _step(_askers(clients, requests, meter), meter))
    return figures[1:]


async def by_todos(load: Load) -> list[Figures]:
    """Read random ones of ever more todos, from 64 clients: acks per second."""
    meter = Meter(load)
    todos: list[Todo] = []
    figures: list[Figures] = []
    for step in warm(load.steps):
        todos += await fill(load.port, step - len(todos))
        clients = await connect(load.port, CLIENTS)
        figures.append(await _step(_askers(clients, _reads(todos), meter), meter))
        for client in clients:  # they would hear of each todo that comes next
            client.close()
    return figures[1:]


def warm(steps: Sequence[int]) -> Sequence[int]:
    """Return the steps of a curve, the first one twice: a compiler needs a while for its best."""
    return [steps[0], *steps]


async def _in_flight(
    load: Load, clients: Sequence[Client], requests: Callable[[int], Iterator[bytes]]
) -> list[Figures]:
    meter = Meter(load)
    return await _measured(load, _askers(clients, requests, meter), meter)


async def _measured(load: Load, askers: Sequence[Asker], meter: Meter) -> list[Figures]:
    """Have each client keep as many requests on their way as the steps say."""
    figures: list[Figures] = []
    for step in load.steps:
        for asker in askers:
            asker.keep(step)
        figures.append(await meter.measure())
    for asker in askers:
        asker.check()
    return figures


async def _step(askers: Sequence[Asker], meter: Meter) -> Figures:
    """Have each client keep one request on its way, and wait until none is."""
    for asker in askers:
        asker.keep(1)
    figures = await meter.measure()
    for asker in askers:
        asker.keep(0)
    while any(asker.waits for asker in askers):
        await asyncio.sleep(0.01)
    for asker in askers:
        asker.check()
    return figures


def _askers(
    clients: Sequence[Client], requests: Callable[[int], Iterator[bytes]], meter: Meter
) -> list[Asker]:
    return [
        Asker(client, client.transport.write, requests(number), meter)
        for number, client in enumerate(clients)
    ]


def _reads(todos: Sequence[Todo]) -> Callable[[int], Iterator[bytes]]:
    """Return what gives each client the requests for all todos, in a random order."""
    return _shuffled([request("todo:read", todo["id"]) for todo in todos])


def _shuffled(requests: list[bytes]) -> Callable[[int], Iterator[bytes]]:
    """Return what gives each client the requests without end, each from another place on."""
    Random(0).shuffle(requests)  # noqa: S311  # nothing secret

    def endless(number: int) -> Iterator[bytes]:
        at = Random(number).randrange(len(requests))  # noqa: S311
        while True:
            yield requests[at]
            at = (at + 1) % len(requests)

    return endless
