"""A process with more to do than it can turns newcomers away before it slows who is connected."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from asyncapi_socketio import Application, Encoded, Limits
from tests.patience import PATIENCE
from tests.transport.wire import POLLING, Address, Reply, Socket
from todo_service.generated import CONTRACT, Context
from todo_service.handlers import TodoHandlers
from todo_service.repository import InMemoryTodoRepository

WORK = 0.02
"""Seconds that an event takes, however fast the machine is."""

AT_THE_BOUND = 8
"""Clients that keep a turn of the loop at 0.16 s."""

LIMITS = Limits(lag=0.12)

ROUND = 80
"""Answers of which one in a hundred is slower than the 99th percentile."""


class Busy(TodoHandlers):
    """Keeps the loop from everything else while it lists."""

    async def list_todos(self, context: Context, /) -> Encoded:
        time.sleep(WORK)  # noqa: ASYNC251  # what it is about
        return await super().list_todos(context)


class Service:
    """Serves in a loop and a thread of its own."""

    def __init__(self) -> None:
        self.app = Application(CONTRACT, Busy(InMemoryTodoRepository()), limits=LIMITS)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._runner = self._run(self.app.listen(port=0))
        self.address = Address(self._runner.addresses[0][1])

    def stop(self) -> None:
        """Stop serving."""
        self._run(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def overloaded(self) -> bool:
        """Whether it opens no sessions, as turns of its loop are long."""
        return self.app.figures.overloaded["lag"]

    async def until(self, *, overloaded: bool) -> None:
        """Wait until it is, or is not."""
        async with asyncio.timeout(PATIENCE):
            while self.overloaded is not overloaded:  # noqa: ASYNC110  # it tells nobody
                await asyncio.sleep(0.02)

    def _run(self, story: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(story, self._loop).result(PATIENCE)


@pytest.fixture
def service() -> Iterator[Service]:
    """Yield a service whose events take long."""
    service = Service()
    yield service
    service.stop()


class Crowd:
    """Clients that list again as soon as they are answered, and how long each answer took."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._sockets: list[Socket] = []

    async def join(self, address: Address, count: int) -> None:
        """Let clients come in, and begin."""
        for _ in range(count):
            socket = await address.connect()
            self._sockets.append(socket)
            self._tasks.append(asyncio.ensure_future(self._list(socket)))

    async def leave(self, left: int = 0) -> None:
        """Let clients go, but for some."""
        for task in self._tasks[left:]:
            task.cancel()
        await asyncio.gather(*self._tasks[left:], return_exceptions=True)
        for socket in self._sockets[left:]:
            socket.cut()
        del self._tasks[left:], self._sockets[left:]

    async def round(self) -> float:
        """Return the 99th percentile of the next answers."""
        self.seconds.clear()
        async with asyncio.timeout(2 * PATIENCE):
            while len(self.seconds) < ROUND:  # noqa: ASYNC110  # it tells nobody
                await asyncio.sleep(0.02)
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)]

    async def _list(self, socket: Socket) -> None:
        while True:
            began = time.perf_counter()
            await socket.ask(len(self.seconds), "todo:list")
            self.seconds.append(time.perf_counter() - began)


@asynccontextmanager
async def knocking(address: Address, count: int) -> AsyncIterator[list[Reply]]:
    """Let so many clients try to connect, each again half a second after it was turned away.

    One that is let in lists as all others do.
    """
    replies: list[Reply] = []
    inside = Crowd()

    async def knock() -> None:
        while True:
            replies.append(await address.get(POLLING))
            if replies[-1].status == 200:
                await inside.join(address, 1)
                return
            await asyncio.sleep(0.5)

    tasks = [asyncio.ensure_future(knock()) for _ in range(count)]
    yield replies
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    await inside.leave()


@pytest.mark.slow
async def test_newcomers_are_turned_away_before_they_slow_who_is_connected(
    service: Service,
) -> None:
    crowd, before, during, turned_away = Crowd(), list[float](), list[float](), list[Reply]()
    await crowd.join(service.address, AT_THE_BOUND)
    await service.until(overloaded=True)
    for _ in range(3):  # a machine that stands still for once slows one of them
        before.append(await crowd.round())
        async with knocking(service.address, 3 * AT_THE_BOUND) as replies:
            during.append(await crowd.round())
        turned_away += replies
        if min(during) <= 2 * min(before):
            break
    assert min(during) <= 2 * min(before)
    assert {(reply.status, reply.headers["retry-after"]) for reply in turned_away} == {(503, "5")}
    assert len(turned_away) >= 3 * AT_THE_BOUND
    assert service.app.figures.rejected["Overloaded"] >= len(turned_away)

    await crowd.leave(2)
    await service.until(overloaded=False)
    await crowd.join(service.address, 1)
    await crowd.leave()
