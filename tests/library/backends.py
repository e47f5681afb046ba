"""A contract served on each backend, and clients of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import socketio
import uvicorn
from aiohttp import web

from asyncapi_socketio import Application
from asyncapi_socketio.backends.python_socketio import Adapter
from asyncapi_socketio.runtime.contract import Contract
from tests.patience import PATIENCE

Serve: TypeAlias = Callable[[Contract[Any], object], Any]
"""Serves a contract by handlers: an async context manager of its URL and its broadcasts."""


@asynccontextmanager
async def own(contract: Contract[Any], handlers: object) -> AsyncIterator[tuple[str, Any]]:
    """Serve on the library's own transport."""
    app = Application(contract, handlers)
    runner = await app.listen(port=0)
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", app.broadcast
    await runner.cleanup()


@asynccontextmanager
async def on_aiohttp(contract: Contract[Any], handlers: object) -> AsyncIterator[tuple[str, Any]]:
    """Serve on a stock server in an aiohttp application."""
    sio = socketio.AsyncServer(async_mode="aiohttp")
    adapter = Adapter(sio, contract, handlers)
    async with attached(sio) as url:
        yield url, adapter.broadcast


@asynccontextmanager
async def attached(sio: socketio.AsyncServer) -> AsyncIterator[str]:
    """Serve a stock server in an aiohttp application, at the URL that is yielded."""
    app = web.Application()
    sio.attach(app)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await sio.shutdown()
    await runner.cleanup()


@asynccontextmanager
async def on_asgi(contract: Contract[Any], handlers: object) -> AsyncIterator[tuple[str, Any]]:
    """Serve on a stock server as an ASGI application."""
    sio = socketio.AsyncServer(async_mode="asgi")
    adapter = Adapter(sio, contract, handlers)
    config = uvicorn.Config(socketio.ASGIApp(sio), port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve())
    async with asyncio.timeout(PATIENCE):
        while not server.started:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", adapter.broadcast
    await sio.shutdown()
    server.should_exit = True
    await serving


BACKENDS: dict[str, Serve] = {"own": own, "aiohttp": on_aiohttp, "asgi": on_asgi}


@dataclass
class Guest:
    """A client in one namespace, with all that it has heard."""

    client: socketio.AsyncClient
    namespace: str
    heard: asyncio.Queue[tuple[str, tuple[Any, ...]]] = field(default_factory=asyncio.Queue)

    async def call(self, event: str, *args: Any) -> Any:
        """Emit an event and return what is acked: nothing, or one argument."""
        return await self.client.call(event, args, namespace=self.namespace, timeout=PATIENCE)

    async def hears(self) -> tuple[Any, ...]:
        """Return the next event that comes, with its arguments."""
        async with asyncio.timeout(PATIENCE):
            event, args = await self.heard.get()
        return (event, *args)

    def heard_nothing(self) -> bool:
        """Return whether nothing has come that was not asked for."""
        return self.heard.empty()


@asynccontextmanager
async def guests(url: str, namespace: str = "/") -> AsyncIterator[Callable[..., Any]]:
    """Let clients come in, who all leave at the end."""
    async with AsyncExitStack() as stack:

        async def come(auth: Any = None, **answers: Callable[..., Any]) -> Guest:
            client = socketio.AsyncClient(reconnection=False)
            guest = Guest(client, namespace)

            async def hear(event: str, *args: Any) -> None:
                guest.heard.put_nowait((event, args))

            client.on("*", hear, namespace=namespace)
            for event, answer in answers.items():
                client.on(event, answer, namespace=namespace)
            await client.connect(
                url, auth=auth, namespaces=[namespace], transports=["websocket"],
                wait_timeout=PATIENCE,
            )  # fmt: skip
            stack.push_async_callback(client.disconnect)
            return guest

        yield come
