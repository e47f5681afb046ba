"""Two workers of a node in one process, each at a port of its own, so that a test chooses one."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop
from aiohttp import web

from asyncapi_socketio.transport import Limits, Place, Server, Trust, listen_among
from asyncapi_socketio.workers.local import LocalNeighbours
from asyncapi_socketio.workers.worker import Worker
from tests.transport.conftest import LONG, ORIGIN, Echo, House, quiet

__all__ = ["quiet"]  # a fixture of every test


@asynccontextmanager
async def open_worker(
    number: int, folder: Path, count: int = 2, /, trusted: Any = (), **limits: Any
) -> AsyncIterator[House]:
    """Serve an echo as one of several workers, whose local sockets are in a folder."""
    chosen = Limits(**{**LONG, **limits})
    server = Server(namespaces=["/", "/custom"], origins=[ORIGIN], limits=chosen)
    house = House(0, server, None)  # type: ignore[arg-type]  # known once it listens
    app = web.Application(client_max_size=0)
    neighbours = LocalNeighbours(Worker(number, count, str(folder), -1, {}))
    server.name_sessions(neighbours.prefix)

    async def stop(_: web.Application) -> None:
        await neighbours.leave()
        await server.stop()

    server.attach(app, Echo(house))
    app.on_shutdown.append(stop)
    listener = socket.create_server(("127.0.0.1", 0))
    place = Place([listener], neighbours)
    house.runner = await listen_among(app, place, limits=chosen, trust=Trust(trusted))
    house.port = listener.getsockname()[1]
    try:
        yield house
    finally:
        house.gate.set()
        for writer in house.dialled:
            writer.transport.abort()
        await house.runner.cleanup()


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run tests on what the service runs on, and on what others may run the library on."""
    if item.path.stem == "test_handover":
        return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
    return {"asyncio": asyncio.new_event_loop}


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where local sockets are."""
    return tmp_path_factory.mktemp("w")


@pytest.fixture
async def ada(folder: Path) -> AsyncIterator[House]:
    """Yield a worker."""
    async with open_worker(0, folder) as house:
        yield house


@pytest.fixture
async def bob(folder: Path) -> AsyncIterator[House]:
    """Yield its neighbour."""
    async with open_worker(1, folder) as house:
        yield house
