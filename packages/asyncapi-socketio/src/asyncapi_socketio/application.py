"""A contract and its handlers, served on this library's own transport."""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import structlog
import uvloop
from aiohttp import web

from .documents import reference_page
from .jsonschema.wording import JSON_SCHEMA, Wording
from .process import prepared, settle, stop_signal
from .runtime.contract import Contract
from .runtime.gateway import Gateway, Tally
from .systemd import Notifier
from .transport import Figures, Limits, Place, Server, Trust, listen, listen_among
from .workers import Supervisor, Worker
from .workers.local import LocalNeighbours

if TYPE_CHECKING:
    from .tracing import Tracing

B = TypeVar("B")

LISTENERS = "http"
"""The name by which a supervisor and its workers know the sockets that clients come to."""

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
        node: str = "",
        worker: Worker | None = None,
        tracing: Tracing | None = None,
    ) -> None:
        """Find a handler for each operation, and build all validators.

        `origins` are the pages that may connect from a browser, `limits` what clients may take,
        `trust` the proxies that are believed, `wording` what clients are told of violations.
        `background` runs with the broadcasts from the start to the end: events without a client.
        `node` is what sids begin with, so that a load balancer knows whose they are; `worker` is
        the place of this process among several that serve one port; `tracing` makes spans of
        events.
        Raises `ContractBroken`, with all that is missing, when `handlers` lacks a method.
        """
        self.limits = limits or Limits()
        self._trust = trust
        self._path = path
        self._server = Server(
            namespaces={item.path for item in contract.namespaces},
            origins=origins,
            limits=self.limits,
        )
        self._tracing = tracing
        wire = self._server if tracing is None else tracing.transport(self._server)
        self._gateway = Gateway(contract, handlers, wire, wording)
        self.broadcast: B = contract.broadcast(self._gateway.broadcast)
        self._background = background
        self.contract_version = contract.version
        self.exposed: Callable[[], str] | None = None
        """What gives this process's metrics, where somebody collects them."""
        package = contract.handlers.__module__.rpartition(".")[0]
        self._page = reference_page(package) if package else None
        self._node = node
        self._server.name_sessions(f"{node}." if node else "")
        self._neighbours: LocalNeighbours | None = None
        self._worker = worker
        if worker is not None:
            self._join(worker)

    def attach(self, app: web.Application) -> None:
        """Serve in an aiohttp application, which stops this one when it shuts down."""
        tracing, gateway = self._tracing, self._gateway
        receiver = gateway if tracing is None else tracing.receiver(gateway)
        self._server.attach(app, receiver, path=self._path)
        app.on_shutdown.append(self._stop)
        if self._background is not None:
            app.cleanup_ctx.append(partial(_alongside, self._background, self.broadcast))

    async def listen(
        self,
        host: str = "127.0.0.1",
        port: int = 3000,
        app: web.Application | None = None,
        name: str = LISTENERS,
        *,
        tls: ssl.SSLContext | None = None,
        listeners: Sequence[socket.socket] = (),
    ) -> web.AppRunner:
        """Serve until the runner is cleaned up, alone or in an application it is attached to.

        Alone, it serves the generated reference page at `/docs`, too. `listeners` are listened on
        instead of an address; with `tls`, it is HTTPS.
        A worker listens on the sockets that its supervisor knows by `name`, at no other address.
        Raises `OSError` when it can't listen there.
        """
        if app is None:
            app = web.Application()
            self.attach(app)
            if self._page is not None:
                app.router.add_get("/docs", self._page)
        if self._worker is None or self._neighbours is None:
            return await listen(
                *(app, host, port),
                limits=self.limits,
                trust=self._trust,
                tls=tls,
                listeners=listeners,
            )
        place = Place(self._worker.listeners(name), self._neighbours)
        return await listen_among(app, place, limits=self.limits, trust=self._trust)

    def run(self, host: str = "127.0.0.1", port: int = 3000, workers: int = 1) -> None:
        """Serve until SIGTERM or SIGINT; raises `OSError` when it can't listen there.

        Each of several `workers` is a process that runs this program from its start, and a
        broadcast reaches the clients of its own worker only: take one, unless what you broadcast
        comes from a database or a broker that every worker listens to.
        """
        worker = Worker.here()
        if worker is None and workers > 1:
            supervisor = Supervisor(workers)
            supervisor.listen(LISTENERS, host, port)
            sys.exit(supervisor.run())
        if worker is not None:
            self._worker = worker
            self._join(worker)
        with prepared():
            uvloop.run(self._run(host, port))

    @property
    def figures(self) -> Figures:
        """How the transport is doing."""
        return self._server.figures()

    @property
    def events(self) -> Mapping[tuple[str, str], Tally]:
        """What has come of each event that clients emit, by namespace and name."""
        return self._gateway.tallies

    @property
    def unknown_events(self) -> int:
        """How many events the contract did not know."""
        return self._gateway.unknown_events

    @property
    def broadcasts(self) -> Mapping[tuple[str, str], int]:
        """How many events were sent, by namespace and name."""
        return self._gateway.broadcasts

    def stats(self) -> dict[str, object]:
        """Return how many sessions there are, and by reason, what ended and was rejected."""
        counts = {
            "ended and rejected": self._server.counters,
            "unknown events": self._gateway.unknown,
        }
        return {"sessions": self._server.sessions, **counts}

    async def node_stats(self) -> dict[str, object]:
        """Return `stats` of all workers of this machine, added up, and how many have answered."""
        others = await self._ask_others()
        stats = [self.stats(), *(told["stats"] for told in others.values())]
        return {"workers": len(stats), **_total(stats)}

    async def node_metrics(self) -> Mapping[str, str]:
        """Return the metrics of each worker of this machine, by its number; none without workers.

        A worker that does not answer is left out.
        """
        if self._worker is None or self.exposed is None:
            return {}
        others = await self._ask_others()
        texts = {name.rpartition(".")[2]: told["metrics"] for name, told in others.items()}
        return {str(self._worker.number): self.exposed(), **texts}

    async def _ask_others(self) -> Mapping[str, Any]:
        return await self._neighbours.ask() if self._neighbours else {}

    def _told(self) -> dict[str, object]:
        """Return what another worker is told that asks how this one does."""
        return {"stats": self.stats(), "metrics": self.exposed() if self.exposed else ""}

    def _join(self, worker: Worker) -> None:
        """Take a place among the workers of this machine."""
        self._neighbours = LocalNeighbours(worker, self._node, self._told)
        self._server.name_sessions(self._neighbours.prefix)

    async def _run(self, host: str, port: int) -> None:
        stopped = stop_signal()
        settle()
        runner = await self.listen(host, port)
        if self._worker is not None:
            self._worker.ready()
        async with Notifier.here().serving():
            await stopped.wait()
        await runner.cleanup()

    async def _stop(self, _: web.Application) -> None:
        if self._neighbours is not None:
            await self._neighbours.leave()
        await self._server.stop()
        if self._tracing is not None:
            await asyncio.to_thread(self._tracing.close)


async def _alongside(
    background: Callable[[B], Coroutine[Any, Any, None]], broadcast: B, _: web.Application
) -> AsyncIterator[None]:
    """Run a background task while an application is served."""
    task = asyncio.ensure_future(background(broadcast))
    task.add_done_callback(_log_failure)
    yield
    task.cancel()
    await asyncio.wait([task])


def _total(counts: Sequence[Any]) -> Any:  # noqa: ANN401
    """Add up counts of several processes, name by name."""
    if not any(isinstance(item, Mapping) for item in counts):
        return sum(counts)
    names = dict.fromkeys(name for item in counts for name in item)
    return {name: _total([item[name] for item in counts if name in item]) for name in names}


def _log_failure(task: asyncio.Task[None]) -> None:
    """Log what ended a background task, unless it was the end of the service."""
    if not task.cancelled() and (error := task.exception()):
        log.error("background task failed", exc_info=error)
