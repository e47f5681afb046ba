"""The service, running on a free port, and the people who use it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TypeAlias

import pytest

from asyncapi_socketio.transport import Limits
from tests.people import Person
from tests.secrecy import listening, secrecy
from todo_service.app import create_application, listen, open_repository
from todo_service.repository import TodoRepository

pytest_plugins = ["pytester", "tests.deadlines", "tests.environments", "tests.postgres"]

__all__ = ["listening", "secrecy"]  # fixtures of every test

ORIGIN = "http://localhost:4200"

TIRELESS = Limits(events_per_second=1_000_000)
"""For clients that ask again as soon as they are answered, however fast the machine is."""

Seat: TypeAlias = Callable[[], Awaitable[Person]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="write what is expected; read the diff")


@pytest.fixture
def record(request: pytest.FixtureRequest) -> bool:
    """Whether to write what is expected instead of comparing with it."""
    return bool(request.config.getoption("--record"))


@asynccontextmanager
async def serving(todos: TodoRepository, limits: Limits | None = None) -> AsyncIterator[str]:
    """Serve a repository on a free port, and yield its URL."""
    app = create_application(todos, origins=[ORIGIN], limits=limits)
    runner = await listen(app, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture(params=["memory", "sqlite"])
async def todos(request: pytest.FixtureRequest, tmp_path: Path) -> TodoRepository:
    """Return a store of each kind; the service closes it."""
    database = "memory:" if request.param == "memory" else f"sqlite:///{tmp_path}/todos.db"
    return await open_repository(database)


@pytest.fixture
async def url(todos: TodoRepository) -> AsyncIterator[str]:
    """Yield a running service."""
    async with serving(todos) as url:
        yield url


TRANSPORTS = {"websocket": ["websocket"], "polling": ["polling"], "upgraded": None}


@pytest.fixture(params=["websocket", "polling", "upgraded"])
async def seat(request: pytest.FixtureRequest, url: str) -> AsyncIterator[Seat]:
    """Seats more people, who all come by the same transport."""
    async with AsyncExitStack() as stack:

        async def sit() -> Person:
            person = await Person.at(url, TRANSPORTS[request.param])
            stack.push_async_callback(person.leave)
            return person

        yield sit


@pytest.fixture
async def ada(seat: Seat) -> Person:
    """Someone at a screen."""
    return await seat()


@pytest.fixture
async def bob(seat: Seat) -> Person:
    """Someone else, at another screen."""
    return await seat()
