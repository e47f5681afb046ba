"""Loads whose writers tell listeners: a writer emits again when every listener has its event."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import NamedTuple

from bench.asks import warm
from bench.client import Client, Listener, connect, delivery, request
from bench.meter import Figures, Load, Meter
from bench.polling import connect_polling
from bench.todos import Todo, changed, fill, titles

LISTENERS = 1000
WRITERS, FEWER_LISTENERS = 4, 200

CHECKED = 0.2
"""Seconds in which whoever listens has what a check has written."""


class Change(NamedTuple):
    """A request that changes a todo, and the bytes of the event that each listener gets for it."""

    request: bytes
    delivery: int


class Rounds:
    """Each writer emits one change a round; a round ends when all of its bytes have come."""

    def __init__(self, load: Load, writers: Sequence[Client], changes: Iterator[Change]) -> None:
        self.meter = Meter(load)
        self._writers, self._changes = writers, changes
        self._listeners = 0
        self._rounds: deque[tuple[int, float]] = deque()
        self._received = self._due = self._kept = 0

    async def add(self, audience: Sequence[Client]) -> None:
        """Have these hear what is written from now on; no round may be on its way."""
        await _check_delivery(self._writers[0], next(self._changes), audience)
        await self._checked()
        self._listeners += len(audience)
        for client in audience:
            Listener(client, self._heard)

    async def keep(self, rounds: int) -> Figures:
        """Measure with so many rounds on their way."""
        self._kept = rounds
        self._emit()
        return await self.meter.measure()

    async def end(self) -> None:
        """Wait until no round is on its way."""
        self._kept = 0
        while self._rounds:
            await asyncio.sleep(0.01)

    async def _checked(self) -> None:
        """Wait until those who listened already have what the check has written."""
        await asyncio.sleep(CHECKED if self._listeners else 0)
        self._received = self._due = 0

    def _emit(self) -> None:
        while len(self._rounds) < self._kept:
            for writer in self._writers:
                change = next(self._changes)
                self._due += change.delivery * self._listeners
                writer.transport.write(change.request)
            self._rounds.append((self._due, perf_counter()))

    def _heard(self, size: int) -> None:
        self._received += size
        if self._rounds and self._received >= self._rounds[0][0]:
            now = perf_counter()
            while self._rounds and self._received >= self._rounds[0][0]:
                self.meter.latencies.append(now - self._rounds.popleft()[1])
                self.meter.count += len(self._writers) * self._listeners
            self._emit()


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
    changes = _updates(await fill(load.port, load.todos))
    author, *audience = await connect(load.port, 1 + LISTENERS)
    return await _in_flight(load, [author], audience, changes)


async def create(load: Load) -> list[Figures]:
    """Create todos, from 4 clients to 200 listeners: deliveries per second."""
    [first, *_] = await fill(load.port, load.todos)
    new = ({"title": title, "completed": False} for title in titles("create"))
    changes = (
        Change(request("todo:create", todo), delivery("todo:created", {**todo, "id": first["id"]}))
        for todo in new
    )
    clients = await connect(load.port, WRITERS + FEWER_LISTENERS)
    return await _in_flight(load, clients[:WRITERS], clients[WRITERS:], changes)


async def update_polling(load: Load) -> list[Figures]:
    """Update random todos, to 200 listeners on long-polling: deliveries per second."""
    todos = await fill(load.port, load.todos)
    [author] = await connect(load.port, 1)
    audience = await connect_polling(load.port, FEWER_LISTENERS)
    meter = Meter(load)
    updates = changed(todos, "update")
    missing = 0
    since = 0.0

    def emit() -> None:
        nonlocal missing, since
        missing, since = len(audience), perf_counter()
        author.transport.write(request("todo:update", next(updates)))

    def heard(_acks: int, events: int) -> None:
        nonlocal missing
        missing -= events
        if not missing:
            meter.latencies.append(perf_counter() - since)
            meter.count += len(audience)
            emit()

    for client in audience:
        client.heard = heard
    emit()
    return [await meter.measure()]


async def by_listeners(load: Load) -> list[Figures]:
    """Update random todos, from 1 client to ever more listeners: deliveries per second."""
    changes = _updates(await fill(load.port, load.todos))
    rounds = Rounds(load, await connect(load.port, 1), changes)
    figures: list[Figures] = []
    listeners = 0
    for step in warm(load.steps):
        if step > listeners:
            await rounds.add(await connect(load.port, step - listeners))
            listeners = step
        figures.append(await rounds.keep(1))
        await rounds.end()
    return figures[1:]


async def across(load: Load) -> list[Figures]:
    """Update random todos on one node, to 1,000 listeners on all: deliveries per second."""
    changes = _updates(await fill(load.port, load.todos))
    [author] = await connect(load.port, 1)
    audience: list[Client] = []
    for port in load.ports:
        audience += await connect(port, LISTENERS // len(load.ports))
    return await _in_flight(load, [author], audience, changes)


async def _in_flight(
    load: Load, writers: Sequence[Client], audience: Sequence[Client], changes: Iterator[Change]
) -> list[Figures]:
    rounds = Rounds(load, writers, changes)
    await rounds.add(audience)
    return [await rounds.keep(step) for step in load.steps]


def _updates(todos: Sequence[Todo]) -> Iterator[Change]:
    return (
        Change(request("todo:update", todo), delivery("todo:updated", todo))
        for todo in changed(todos, "update")
    )
