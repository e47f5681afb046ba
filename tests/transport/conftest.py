"""A service that echoes, within limits that a test chooses, and is watched for what it leaves."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import structlog
from aiohttp import web

from asyncapi_socketio.encoded import Encoded
from asyncapi_socketio.transport import Limits, Server, Trust, listen
from asyncapi_socketio.transport._aiohttp import Site
from asyncapi_socketio.transport.http import Front
from tests import secrecy
from tests.patience import PATIENCE
from tests.transport.wire import Address

ORIGIN = "http://localhost:4200"

SHORT: dict[str, Any] = {"ping_interval": 0.3, "ping_timeout": 0.2}
LONG: dict[str, Any] = {"ping_interval": 20.0, "ping_timeout": 20.0}


async def until(true: Callable[[], object]) -> None:
    """Wait until something is true that no event tells of."""
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


Connect: TypeAlias = Callable[[str, str, Any], Awaitable[tuple[str, Any] | None]]
"""Judges who connects: takes the sid, the namespace and the auth payload; None lets in."""


async def let_in(_sid: str, _namespace: str, _auth: object) -> None:
    """Let everyone in."""


async def leave(_sid: str) -> None:
    """Let everyone go."""


@dataclass
class House(Address):
    """A running service. It echoes: `name` is answered by `name-back`, and by an ack if asked."""

    server: Server
    runner: web.AppRunner
    received: list[tuple[str, str, list[Any]]] = field(default_factory=list)
    judge: Connect = let_in
    leaving: Callable[[str], Awaitable[None]] = leave
    left: list[tuple[str, str, str]] = field(default_factory=list)
    answers: list[list[Any] | None] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0
    piece: bytes = b"x" * 10_000
    dialled: list[asyncio.StreamWriter] = field(default_factory=list)

    async def dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a connection; what a test leaves open, because it failed, is cut with the house."""
        reader, writer = await super().dial()
        self.dialled.append(writer)
        return reader, writer

    @property
    def queued(self) -> int:
        """Bytes that wait for slow readers."""
        return self.server._engine.memory.backlog.size  # noqa: SLF001

    @property
    def unfinished(self) -> int:
        """Bytes that have come of what is not complete."""
        return self.server._engine.memory.unfinished.size  # noqa: SLF001

    @property
    def connections(self) -> int:
        """How many TCP connections there are that are no WebSockets."""
        [site] = self.runner.sites
        assert isinstance(site, Site)
        assert isinstance(site.connect, Front)
        return len(site.connect.connections)

    @property
    def lent(self) -> int:
        """How many of them aiohttp has."""
        server = self.runner.server
        assert server is not None
        return len(server.connections)

    @asynccontextmanager
    async def one_more_request(self) -> AsyncIterator[None]:
        """Wait, at the end, until the service has begun one more request."""
        requests = self.runner.server
        assert requests is not None
        before = requests.requests_count
        yield
        await until(lambda: requests.requests_count > before)

    async def is_empty(self) -> None:
        """Wait until nobody is connected any more."""
        await until(lambda: self.server.sessions == 0)


@dataclass
class Echo:
    """Serves the clients of a house."""

    house: House

    async def connect(self, sid: str, namespace: str, auth: Any) -> tuple[str, Any] | None:
        return await self.house.judge(sid, namespace, auth)

    async def receive(
        self,
        sid: str,
        namespace: str,
        event: str,
        args: list[Any],
        ack: Callable[..., None] | None,
    ) -> None:
        """Echo; `wait` waits for the gate first, `everyone` tells the others, `quiet` only acks.

        `question` is asked back. `long` acks as many bytes, in pieces that all clients share.
        """
        house = self.house
        house.received.append((namespace, event, args))
        if event == "wait":
            house.waiting += 1
            await house.gate.wait()
        if event == "long" and ack is not None:
            ack(Encoded((b'"', *[house.piece] * (args[0] // len(house.piece)), b'"')))
            return
        if ack is not None:
            ack(*args)
        if event == "quiet":
            return
        if event == "question":
            house.server.ask(namespace, sid, event, tuple(args), house.answers.append)
            return
        room, skip = (None, sid) if event == "everyone" else (sid, None)
        house.server.emit(namespace, f"{event}-back", tuple(args), room=room, skip=skip)

    def too_many(self, namespace: str, event: str) -> tuple[Any, ...] | None:
        return "too many", event

    async def disconnected(self, sid: str, namespace: str, reason: str) -> None:
        self.house.left.append((sid, namespace, reason))
        await self.house.leaving(sid)


Open: TypeAlias = Callable[..., AbstractAsyncContextManager[House]]


@asynccontextmanager
async def open_house(
    judge: Connect = let_in, /, trusted: Any = (), **limits: Any
) -> AsyncIterator[House]:
    """Serve an echo within these limits, to those who are let in, and behind trusted proxies."""
    chosen = Limits(**limits)
    server = Server(namespaces=["/", "/custom"], origins=[ORIGIN], limits=chosen)
    app = web.Application()
    house = House(0, server, None, judge=judge)  # type: ignore[arg-type]  # known once it listens

    async def stop(_: web.Application) -> None:
        await server.stop()

    server.attach(app, Echo(house))
    app.on_shutdown.append(stop)
    house.runner = await listen(app, "127.0.0.1", 0, limits=chosen, trust=Trust(trusted))
    house.port = house.runner.addresses[0][1]
    try:
        yield house
    finally:
        house.gate.set()
        for writer in house.dialled:
            writer.transport.abort()
        await house.runner.cleanup()


@pytest.fixture(params=["short", "long"])
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """Yield a service with a short heartbeat, and one with a heartbeat that no test waits for."""
    heartbeat = SHORT if request.param == "short" else LONG
    async with open_house(**heartbeat, close_timeout=0.1) as house:
        yield house


def open_files() -> int:
    """Count this process's file descriptors."""
    return len([*Path("/proc/self/fd").iterdir()])


@asynccontextmanager
async def unharmed(house: House) -> AsyncIterator[None]:
    """Check that what happens inside leaves the service as it was, and the next client served."""
    await (await house.connect()).closed_by_us()
    await house.is_empty()
    tasks, files = len(asyncio.all_tasks()), open_files()
    yield
    await house.is_empty()
    async with asyncio.timeout(PATIENCE):
        while await seconds_to_serve(house) > 0.1:  # a machine may be slow once, not for ever
            pass
    await house.is_empty()
    await until(lambda: len(asyncio.all_tasks()) <= tasks)
    await until(lambda: open_files() <= files)


async def seconds_to_serve(house: House) -> float:
    """Measure how long a client waits to be connected and answered."""
    start = time.monotonic()
    socket = await house.connect()
    assert await socket.ask(1, "hello", 1) == [1]
    taken = time.monotonic() - start
    await socket.closed_by_us()
    return taken


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[list[Any]]:
    """No test may leave a traceback, from us or from the loop; one that wants one clears them."""
    with structlog.testing.capture_logs() as logs:
        yield logs
    secrecy.lines.extend(map(repr, logs))
    assert [entry for entry in logs if entry.get("exc_info")] == []
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
