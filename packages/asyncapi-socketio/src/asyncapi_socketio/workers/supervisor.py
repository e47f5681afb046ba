"""Starts the workers, starts those again that end, and stops them all; it serves nobody itself."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

import structlog

from ..errors import Error
from ..process import SIGNALS, STOP_WITHIN
from ..systemd import Notifier
from ..transport.server import BACKLOG
from .worker import READY, Worker

log = structlog.stdlib.get_logger(__name__)

STEADY = 10.0
"""Seconds of service after which a worker that ends is started again at once."""

SHORTEST, LONGEST = 0.1, 5.0
"""Seconds until a worker is started again that ended before; twice as long each time."""

STOP_WORKERS_WITHIN = STOP_WITHIN + 0.1
"""Seconds that workers have to stop; they end by themselves before that."""

LONGEST_FOLDER = 64
"""Characters of the temporary folder: the address of a local socket has 107 (unix(7))."""


class CannotSupervise(Error):
    """This system can't share a port between workers."""


@dataclass(frozen=True, slots=True)
class _Address:
    """What all workers listen on, each with a socket of its own."""

    name: str
    family: int
    where: tuple[str | int, ...]


@dataclass(slots=True)
class _Slot:
    """The place of a worker, and the process that has it now."""

    number: int
    listeners: list[tuple[str, socket.socket]] = field(default_factory=list)
    process: Process | None = None
    serves_since: float | None = None
    """When it began to serve, by the loop's clock; None while it starts."""


class Supervisor:
    """Runs several workers, each by the command line that this process was started by.

    A worker's listening sockets stay open when it ends, so that whoever connects meanwhile waits
    for the next one. Only while its restart is put off, connections go to the others.
    """

    def __init__(self, count: int) -> None:
        """Run so many workers; raises `CannotSupervise`."""
        if sys.platform != "linux":
            raise CannotSupervise(
                f"several workers need Linux: on {sys.platform} they can't share a port"
            )
        self._addresses: list[_Address] = []
        self._slots = [_Slot(number) for number in range(count)]

    def listen(self, name: str, host: str, port: int) -> tuple[str, int]:
        """Have all workers listen at an address that they know by `name`; return where that is.

        Raises `OSError`.
        """
        places: list[tuple[str, int]] = []
        for family, (address, _, *scope) in _resolve(host, port):
            if port:  # whoever listens with SO_REUSEPORT would share the connections with us
                _bind(family, (address, port, *scope), shared=False).close()
            listener = _bind(family, (address, port, *scope), shared=True)
            listener.listen(BACKLOG)
            port = int(listener.getsockname()[1])
            places.append((address, port))
            self._addresses.append(_Address(name, family, (address, port, *scope)))
            self._slots[0].listeners.append((name, listener))
        return places[0]

    def run(self, started: Callable[[], object] = lambda: None) -> int:
        """Run the workers until SIGTERM or SIGINT, and return the exit code.

        `started` is called when all serve. One that ends before it has served is not started again:
        its exit code, which it has explained, is that of them all. One that ends later is started
        again, at once or after a while that doubles each time.
        """
        folders = gettempdir()
        if len(folders) > LONGEST_FOLDER:
            folders = "/tmp"  # noqa: S108
        with TemporaryDirectory(prefix="asyncapi-socketio-", dir=folders) as folder:
            return asyncio.run(self._run(folder, started))

    async def _run(self, folder: str, started: Callable[[], object]) -> int:
        loop, notifier = asyncio.get_running_loop(), Notifier.here()
        asked = asyncio.Event()
        for number in SIGNALS:
            loop.add_signal_handler(number, asked.set)
        stop = loop.create_task(asked.wait())
        starts: list[asyncio.Future[None]] = [loop.create_future() for _ in self._slots]
        keepers = [
            loop.create_task(self._keep(slot, folder, start, starts[0]))
            for slot, start in zip(self._slots, starts, strict=True)
        ]
        saying = loop.create_task(_say(started, starts, notifier))
        await asyncio.wait([stop, *keepers], return_when=asyncio.FIRST_COMPLETED)
        codes = [keeper.result() for keeper in keepers if keeper.done()]
        for task in (stop, saying, *keepers):
            task.cancel()
        if not codes:
            log.info("stopping")
        await asyncio.gather(*map(self._stop, self._slots))
        return codes[0] if codes else 0

    async def _keep(
        self, slot: _Slot, folder: str, start: asyncio.Future[None], first: asyncio.Future[None]
    ) -> int:
        """Keep a worker running; return the exit code of one that ends before it has served.

        The others wait for the first: what keeps it from serving is said once.
        """
        if start is not first:
            await asyncio.shield(first)
        loop, delay = asyncio.get_running_loop(), 0.0
        while True:
            try:
                self._open(slot)
            except OSError as error:
                log.error("can't listen again", worker=slot.number, reason=error.strerror)
                return 1
            code = await self._live(slot, folder, start)
            if not start.done():
                return code or 1
            since = slot.serves_since
            steady = since is not None and loop.time() - since >= STEADY
            delay = 0.0 if steady else min(max(SHORTEST, 2 * delay), LONGEST)
            log.error("worker ended", worker=slot.number, status=_status(code), again_in=delay)
            if delay:
                _close(slot)
                await asyncio.sleep(delay)

    async def _live(self, slot: _Slot, folder: str, start: asyncio.Future[None]) -> int:
        """Start a worker, and return its exit code when it has ended."""
        loop = asyncio.get_running_loop()
        slot.serves_since = None
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with ours:
            with theirs:
                slot.process = await self._spawn(slot, folder, theirs.fileno())

            def heard() -> None:
                loop.remove_reader(ours)
                if ours.recv(len(READY)) != READY:
                    return  # it has ended
                slot.serves_since = loop.time()
                if start.done():
                    log.info("worker started again", worker=slot.number)
                else:
                    start.set_result(None)

            loop.add_reader(ours, heard)
            try:
                return await slot.process.wait()
            finally:
                loop.remove_reader(ours)

    async def _spawn(self, slot: _Slot, folder: str, supervisor: int) -> Process:
        descriptors: dict[str, list[int]] = {}
        for name, listener in slot.listeners:
            descriptors.setdefault(name, []).append(listener.fileno())
        worker = Worker(slot.number, len(self._slots), folder, supervisor, descriptors)
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *sys.orig_argv[1:],
            env={**os.environ, **worker.tell()},
            pass_fds=[supervisor, *(listener.fileno() for _, listener in slot.listeners)],
            stdin=DEVNULL,
            start_new_session=True,  # a terminal's Ctrl-C is for the supervisor
        )

    def _open(self, slot: _Slot) -> None:
        """Listen for a worker, where that is not done already."""
        if not slot.listeners:
            for address in self._addresses:
                listener = _bind(address.family, address.where, shared=True)
                listener.listen(BACKLOG)
                slot.listeners.append((address.name, listener))

    async def _stop(self, slot: _Slot) -> None:
        """Stop a worker; connections are refused from then on."""
        _close(slot)
        process = slot.process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_WORKERS_WITHIN):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def _say(
    started: Callable[[], object], starts: Iterable[asyncio.Future[None]], notifier: Notifier
) -> None:
    """Say when all workers serve, and from then on that their supervisor lives."""
    await asyncio.wait(starts)
    started()
    async with notifier.serving():
        await asyncio.Event().wait()


def _close(slot: _Slot) -> None:
    for _, listener in slot.listeners:
        listener.close()
    slot.listeners.clear()


def _resolve(host: str, port: int) -> Iterator[tuple[int, Any]]:
    """Yield the families and addresses of a host, as asyncio's servers take them."""
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    yield from dict.fromkeys((family, where) for family, _, _, _, where in found)


def _bind(family: int, where: tuple[str | int, ...], *, shared: bool) -> socket.socket:
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(where)
    except OSError:
        listener.close()
        raise
    return listener


def _status(code: int) -> str:
    """Return how a process ended, in words."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
