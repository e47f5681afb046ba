"""A contract and its handlers, served on this library's own transport."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from functools import partial
from typing import Any, Generic, TypeVar

import structlog
import uvloop
from aiohttp import web

from .documents import reference_page
from .jsonschema.wording import JSON_SCHEMA, Wording
from .process import prepared, settle, stop_signal
from .runtime.contract import Contract
from .runtime.gateway import Gateway
from .transport import Limits, Server, Trust, listen

B = TypeVar("B")

log = structlog.stdlib.get_logger(__name__)


class Application(Generic[B]):
    """Serves a contract: `run` it, `listen` with it, or `attach` it to an aiohttp application.

    `broadcast` tells clients what happened, from anywhere, not only inside an event.
    """

    def __init__(
        self,
        contract: Contract[B],
        handlers: object,
        *,
        origins: Iterable[str] = (),
        limits: Limits | None = None,
        trust: Trust | None = None,
        path: str = "/socket.io",
        wording: Wording = JSON_SCHEMA,
        background: Callable[[B], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        """Find a handler for each operation, and build all validators.

        `origins` are the pages that may connect from a browser, `limits` what clients may take,
        `trust` the proxies that are believed, `wording` what clients are told of violations.
        `background` runs with the broadcasts from the start to the end: events without a client.
        Raises `ContractBroken`, with all that is missing, when `handlers` lacks a method.
        """
        self._limits = limits or Limits()
        self._trust = trust
        self._path = path
        self._server = Server(
            namespaces={item.path for item in contract.namespaces},
            origins=origins,
            limits=self._limits,
        )
        self._gateway = Gateway(contract, handlers, self._server, wording)
        self.broadcast: B = contract.broadcast(self._gateway.broadcast)
        self._background = background
        package = contract.handlers.__module__.rpartition(".")[0]
        self._page = reference_page(package) if package else None

    def attach(self, app: web.Application) -> None:
        """Serve in an aiohttp application, which stops this one when it shuts down."""
        self._server.attach(app, self._gateway, path=self._path)
        app.on_shutdown.append(self._stop)
        if self._background is not None:
            app.cleanup_ctx.append(partial(_alongside, self._background, self.broadcast))

    async def listen(
        self, host: str = "127.0.0.1", port: int = 3000, app: web.Application | None = None
    ) -> web.AppRunner:
        """Serve until the runner is cleaned up, alone or in an application it is attached to.

        Alone, it serves the generated reference page at `/docs`, too.
        Raises `OSError` when it can't listen there.
        """
        if app is None:
            app = web.Application()
            self.attach(app)
            if self._page is not None:
                app.router.add_get("/docs", self._page)
        return await listen(app, host, port, limits=self._limits, trust=self._trust)

    def run(self, host: str = "127.0.0.1", port: int = 3000) -> None:
        """Serve until SIGTERM or SIGINT; raises `OSError` when it can't listen there."""
        with prepared():
            uvloop.run(self._run(host, port))

    def stats(self) -> dict[str, object]:
        """Return how many sessions there are, and by reason, what ended and was rejected."""
        counts = {
            "ended and rejected": self._server.counters,
            "unknown events": self._gateway.unknown,
        }
        return {"sessions": self._server.sessions, **counts}

    async def _run(self, host: str, port: int) -> None:
        stopped = stop_signal()
        settle()
        runner = await self.listen(host, port)
        await stopped.wait()
        await runner.cleanup()

    async def _stop(self, _: web.Application) -> None:
        await self._server.stop()


async def _alongside(
    background: Callable[[B], Coroutine[Any, Any, None]], broadcast: B, _: web.Application
) -> AsyncIterator[None]:
    """Run a background task while an application is served."""
    task = asyncio.ensure_future(background(broadcast))
    task.add_done_callback(_log_failure)
    yield
    task.cancel()
    await asyncio.wait([task])


def _log_failure(task: asyncio.Task[None]) -> None:
    """Log what ended a background task, unless it was the end of the service."""
    if not task.cancelled() and (error := task.exception()):
        log.error("background task failed", exc_info=error)
