"""The service as a whole on this transport, in its words and under storms."""

from __future__ import annotations

import asyncio
import os
import time

import pytest
from aiohttp import web

from bench.client import Client, connect, frame
from fuzz.__main__ import fuzz
from served import Served, served
from tests.transport.conftest import LONG, ORIGIN, until
from tests.transport.wire import Address
from todo_service.app import create_application, open_repository
from todo_service.transport import Limits


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


async def fill(service: Served, todos: int) -> None:
    """Store so many todos."""
    [client] = await connect(service.port, 1)
    for number in range(todos):
        await client.ask("todo:create", {"title": f"Todo {number}", "completed": False})
    client.close()


def close(clients: list[Client]) -> None:
    for client in clients:
        client.close()


@pytest.mark.slow
async def test_ten_thousand_pipelined_lists_leave_the_others_their_turn() -> None:
    async with served() as service:
        await fill(service, 1000)
        greedy, other = await connect(service.port, 2)
        memory = service.memory()
        delays: list[float] = []
        most = 0
        greedy.transport.write(frame('421["todo:list"]') * 10_000)
        for _ in range(100):
            start = time.monotonic()
            await other.ask("todo:read", "none")
            delays.append(time.monotonic() - start)
            most = max(most, service.memory())
        assert sorted(delays)[98] < 0.2
        assert most - memory < 50 * 1024
        close([greedy, other])


@pytest.mark.slow
async def test_twenty_clients_that_never_read_cost_the_others_nothing() -> None:
    async with served() as service:
        writer, listener, *deaf = await connect(service.port, 22)
        heard = asyncio.Event()
        listener.heard = lambda _acks, _events: heard.set()
        todo = {"title": "x" * 256, "completed": False}

        async def delays(count: int) -> list[float]:
            found = []
            for _ in range(count):
                heard.clear()
                start = time.monotonic()
                await writer.ask("todo:create", todo)
                await asyncio.wait_for(heard.wait(), 5)
                found.append(time.monotonic() - start)
            return sorted(found)

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
        rounds = []
        for _ in range(4):
            start = time.monotonic()
            clients = await connect(service.port, 1000)
            lists = await asyncio.gather(*(client.ask("todo:list") for client in clients))
            assert all(len(answer["data"]) == 10 for answer in lists)
            rounds.append(time.monotonic() - start)
            close(clients)
        assert min(rounds) < 5
        await until(lambda: service.files() <= files)
        assert not service.tracebacks()


@pytest.mark.slow
async def test_a_stop_with_a_thousand_clients_takes_two_seconds() -> None:
    async with served() as service:
        clients = await connect(service.port, 1000)
        for client in clients:
            client.may_end = True
        start = time.monotonic()
        assert await service.stop() == 0
        assert time.monotonic() - start < 2.5
        assert not service.tracebacks()


@pytest.mark.slow
async def test_nonsense_leaves_nothing_behind() -> None:
    seed = int.from_bytes(os.urandom(4))
    async with served() as service:
        await fuzz(service, 3000, seed)
