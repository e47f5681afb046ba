"""The service as a whole on this transport, in its words and under storms."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable
from statistics import median

import pytest
from aiohttp import web

from asyncapi_socketio.transport import Limits
from bench.client import Client, connect, frame
from fuzz.__main__ import fuzz
from served import Served, served
from tests.patience import PATIENCE
from tests.transport.conftest import LONG, ORIGIN, until
from tests.transport.wire import Address
from todo_service.app import create_application, open_repository

IN_FLIGHT = Limits().events_in_flight
MANY = 1_000_000
"""Events per second that no test comes near."""


async def test_too_many_events_are_refused_in_the_words_of_the_contract() -> None:
    limits = Limits(**LONG, events_per_second=3)
    app = create_application(await open_repository("memory:"), origins=[ORIGIN], limits=limits)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    socket = await Address(runner.addresses[0][1]).connect()
    socket.send(*(f'42{number}["todo:list"]' for number in range(5)), '42["todo:list"]')
    acks = [await socket.hear() for _ in range(5)]
    assert acks == [
        *(f'43{number}[{{"data":[]}}]' for number in range(3)),
        *(f'43{number}[{{"error":"too many events"}}]' for number in (3, 4)),
    ]
    await socket.closed_by_us()
    await runner.cleanup()


async def seconds(act: Awaitable[object]) -> float:
    """Measure how long something takes."""
    start = time.monotonic()
    async with asyncio.timeout(PATIENCE):
        await act
    return time.monotonic() - start


async def fill(service: Served, todos: int) -> None:
    """Store so many todos."""
    async with asyncio.timeout(PATIENCE):
        [client] = await connect(service.port, 1)
        for number in range(todos):
            await client.ask("todo:create", {"title": f"Todo {number}", "completed": False})
    client.close()


def close(clients: list[Client]) -> None:
    for client in clients:
        client.close()


@pytest.mark.slow
async def test_ten_thousand_pipelined_lists_leave_the_others_their_turn() -> None:
    async with served("--limit", f"events_per_second={MANY}") as service:
        await fill(service, 1000)
        greedy, other = await connect(service.port, 2)
        lists = [await seconds(other.ask("todo:list")) for _ in range(20)]
        memory = service.memory()
        delays: list[float] = []
        most = 0
        greedy.transport.write(frame('421["todo:list"]') * 10_000)
        for _ in range(100):
            delays.append(await seconds(other.ask("todo:read", "none")))
            most = max(most, service.memory())
        assert sorted(delays)[98] < max(0.2, IN_FLIGHT * median(lists))
        assert most - memory < 50 * 1024
        close([greedy, other])


@pytest.mark.slow
async def test_twenty_clients_that_never_read_cost_the_others_nothing() -> None:
    async with served("--limit", f"events_per_second={MANY}") as service:
        writer, listener, *deaf = await connect(service.port, 22)
        heard = asyncio.Event()
        listener.heard = lambda _acks, _events: heard.set()
        todo = {"title": "x" * 256, "completed": False}

        async def create_and_hear() -> None:
            heard.clear()
            await writer.ask("todo:create", todo)
            await heard.wait()

        async def delays(count: int) -> list[float]:
            return sorted([await seconds(create_and_hear()) for _ in range(count)])

        before = await delays(300)
        memory = service.memory()
        for client in deaf:
            client.transport.pause_reading()
        during = await delays(3000)
        assert during[int(0.99 * 3000)] < max(2 * before[int(0.99 * 300)], 0.05)
        assert service.memory() - memory < 60 * 1024
        close([writer, listener, *deaf])


@pytest.mark.slow
async def test_a_reconnect_storm() -> None:
    async with served() as service:
        await fill(service, 10)
        files = service.files()

        async def storm(size: int) -> None:
            clients = await connect(service.port, size)
            lists = await asyncio.gather(*(client.ask("todo:list") for client in clients))
            assert all(len(answer["data"]) == 10 for answer in lists)
            close(clients)

        breeze = median([await seconds(storm(100)) for _ in range(3)])
        rounds = [await seconds(storm(1000)) for _ in range(4)]
        assert min(rounds) < max(5, 2 * 10 * breeze)
        await until(lambda: service.files() <= files)
        assert not service.tracebacks()


@pytest.mark.slow
async def test_a_stop_with_a_thousand_clients_takes_two_seconds() -> None:
    async with served() as service:
        clients = await connect(service.port, 1000)
        for client in clients:
            client.may_end = True
        assert await seconds(service.stop()) < 2 + service.started_in
        assert service.process.returncode == 0
        assert not service.tracebacks()


@pytest.mark.slow
async def test_nonsense_leaves_nothing_behind() -> None:
    seed = int.from_bytes(os.urandom(4))
    async with served() as service:
        await fuzz(service, 3000, seed)
