"""The load of the bench: what users do, from one process.

`python -m bench.load SCENARIO PORT PID` prints one line of JSON: a list of figures, one for each
number of requests on their way. PID is the server's, whose time on its core is taken. Every
scenario is a closed loop: a client emits again when it has its ack, a writer when its listeners
have their event. Ids are random, titles differ.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from os import sysconf
from pathlib import Path
from random import Random
from resource import RUSAGE_SELF, getrusage
from time import perf_counter
from typing import NamedTuple, TypeAlias

import uvloop

from bench.client import Client, Listener, connect, delivery, request
from bench.todos import changed, fill, titles

CLIENTS = 64
"""Clients that read, or list."""

LISTED = 1000
"""Todos of a list."""

UPDATE = 0.02
"""Seconds from one update to the next, while others list."""

LISTENERS = 1000
WRITERS, FEWER_LISTENERS = 4, 200
CONNECTS = 1000
IDLE = 5000

WARM_UP = 0.5

Figures: TypeAlias = dict[str, float]


class Load(NamedTuple):
    """What a scenario is told: the server, and how much of everything."""

    port: int
    pid: int
    todos: int
    seconds: float
    in_flight: Sequence[int]


class Meter:
    """Counts what comes back, and keeps how long it took."""

    def __init__(self, load: Load) -> None:
        self.count = 0
        self.latencies: list[float] = []
        self._load = load

    async def measure(self) -> Figures:
        """Return what came in the seconds after a warm-up: rates, latencies in ms, the load."""
        await asyncio.sleep(WARM_UP)
        self.count, self.latencies = 0, []
        clock = Clock(self._load.pid)
        await asyncio.sleep(self._load.seconds)
        while not self.latencies:  # so slow is it
            await asyncio.sleep(WARM_UP)
        figures = clock.figures(self.count)
        self.latencies.sort()
        for name, share in (("p50_ms", 0.5), ("p99_ms", 0.99)):
            figures[name] = 1000 * self.latencies[int(share * len(self.latencies))]
        return figures


class Clock:
    """Takes the time, and the time that the server and the load have had on their cores."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._start, self._load, self._cpu = perf_counter(), self._load_time(), self._server_time()

    def figures(self, count: float) -> Figures:
        """Return the rate of a count, by the wall and per core, and the load's share of its own."""
        seconds = perf_counter() - self._start
        tick = 1 / sysconf("SC_CLK_TCK")
        return {
            "by_the_wall": count / seconds,
            "per_core": count / max(self._server_time() - self._cpu, tick),
            "load": (self._load_time() - self._load) / seconds,
        }

    def _server_time(self) -> float:
        stat = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / sysconf("SC_CLK_TCK")

    @staticmethod
    def _load_time() -> float:
        usage = getrusage(RUSAGE_SELF)
        return usage.ru_utime + usage.ru_stime


def _ask_again(client: Client, requests: Iterator[bytes], meter: Meter) -> Callable[[int], None]:
    """Emit a next request for each ack; what is returned puts so many more on their way."""
    sent: deque[float] = deque()
    write = client.transport.write

    def emit(count: int) -> None:
        sent.extend([perf_counter()] * count)
        write(next(requests) if count == 1 else b"".join(islice(requests, count)))

    def heard(acks: int, _events: int) -> None:
        if acks:
            now = perf_counter()
            meter.count += acks
            meter.latencies.extend(now - sent.popleft() for _ in range(acks))
            emit(acks)

    client.heard = heard
    return emit


async def _asked(
    load: Load, clients: Sequence[Client], requests: Callable[[int], Iterator[bytes]]
) -> list[Figures]:
    """Have each client keep 1, then more requests on their way; its requests are its own."""
    meter = Meter(load)
    emits = [_ask_again(client, requests(number), meter) for number, client in enumerate(clients)]
    figures: list[Figures] = []
    before = 0
    for in_flight in load.in_flight:
        for emit in emits:
            emit(in_flight - before)
        before = in_flight
        figures.append(await meter.measure())
    for client in clients:
        if client.last.startswith(b'431[{"error"'):
            sys.exit(f"the server acks {client.last.decode()}")
    return figures


async def read(load: Load) -> list[Figures]:
    """Read random todos, from 64 clients: acks per second."""
    todos = await fill(load.port, load.todos)
    clients = await connect(load.port, CLIENTS)
    frames = [request("todo:read", todo["id"]) for todo in todos]

    def requests(number: int) -> Iterator[bytes]:
        return cycle(Random(number).sample(frames, len(frames)))  # noqa: S311  # nothing secret

    return await _asked(load, clients, requests)


async def list_all(load: Load) -> list[Figures]:
    """List 1,000 todos, of which one changes now and then, from 64 clients: acks per second."""
    todos = await fill(load.port, min(load.todos, LISTED))
    author, *clients = await connect(load.port, 1 + CLIENTS)

    async def update() -> None:
        for todo in changed(todos, "list"):
            author.transport.write(request("todo:update", todo))
            await asyncio.sleep(UPDATE)

    updates = asyncio.ensure_future(update())
    figures = await _asked(load, clients, lambda _: cycle([request("todo:list")]))
    updates.cancel()
    return figures


class Change(NamedTuple):
    """A request that changes a todo, and the bytes of the event that each listener gets for it."""

    request: bytes
    delivery: int


async def _broadcast(
    load: Load, writers: int, listeners: int, changes: Iterator[Change]
) -> list[Figures]:
    """Change todos, and count what reaches the listeners; a latency ends with the last of them."""
    clients = await connect(load.port, writers + listeners)
    authors, audience = clients[:writers], clients[writers:]
    await _check_delivery(authors[0], next(changes), audience)
    meter = Meter(load)
    rounds: deque[tuple[int, float]] = deque()
    received = due = in_flight = 0

    def emit() -> None:
        nonlocal due
        while len(rounds) < in_flight:
            for author in authors:
                change = next(changes)
                due += change.delivery * listeners
                author.transport.write(change.request)
            rounds.append((due, perf_counter()))

    def heard(size: int) -> None:
        nonlocal received
        received += size
        if received >= rounds[0][0]:
            now = perf_counter()
            while rounds and received >= rounds[0][0]:
                meter.latencies.append(now - rounds.popleft()[1])
                meter.count += writers * listeners
            emit()

    for client in audience:
        Listener(client, heard)
    figures: list[Figures] = []
    for in_flight in load.in_flight:  # noqa: B007  # emit() reads it
        emit()
        figures.append(await meter.measure())
    return figures


async def _check_delivery(author: Client, change: Change, audience: Sequence[Client]) -> None:
    """Have one event delivered to everyone, and check that it has as many bytes as is reckoned."""
    missing = len(audience)
    all_heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def heard(_acks: int, _events: int) -> None:
        nonlocal missing
        missing -= 1
        if not missing:
            all_heard.set_result(None)

    for client in audience:
        client.heard = heard
    author.transport.write(change.request)
    await all_heard
    if (size := audience[0].event_size) != change.delivery:
        sys.exit(f"an event has {size} bytes, not {change.delivery}")


async def update(load: Load) -> list[Figures]:
    """Update random todos, from 1 client to 1,000 listeners: deliveries per second."""
    todos = await fill(load.port, load.todos)
    changes = (
        Change(request("todo:update", todo), delivery("todo:updated", todo))
        for todo in changed(todos, "update")
    )
    return await _broadcast(load, 1, LISTENERS, changes)


async def create(load: Load) -> list[Figures]:
    """Create todos, from 4 clients to 200 listeners: deliveries per second."""
    [first, *_] = await fill(load.port, load.todos)
    new = ({"title": title, "completed": False} for title in titles("create"))
    changes = (
        Change(request("todo:create", todo), delivery("todo:created", {**todo, "id": first["id"]}))
        for todo in new
    )
    return await _broadcast(load, WRITERS, FEWER_LISTENERS, changes)


async def connects(load: Load) -> list[Figures]:
    """Connect 1,000 clients, all at once: connects per second."""
    clock = Clock(load.pid)
    await connect(load.port, CONNECTS, at_a_time=CONNECTS)
    return [clock.figures(CONNECTS)]


async def idle(load: Load) -> list[Figures]:
    """Return the KiB of the server's memory that each of 5,000 idle connections takes."""
    before = _resident(load.pid)
    await connect(load.port, IDLE)
    return [{"kib": (_resident(load.pid) - before) / IDLE}]


def _resident(pid: int) -> int:
    """Return the resident memory of a process, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


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
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("scenario", choices=SCENARIOS)
    parser.add_argument("port", type=int)
    parser.add_argument("pid", type=int)
    parser.add_argument("--todos", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--in-flight", type=int, nargs="+", required=True)
    options = vars(parser.parse_args())
    scenario = SCENARIOS[options.pop("scenario")]
    gc.disable()
    print(json.dumps(uvloop.run(scenario(Load(**options)))), flush=True)


if __name__ == "__main__":
    main()
