"""Connections between the workers of a machine: local sockets, which carry descriptors.

A message is a line of JSON, `[size, client]`, then so many bytes; the first of them bring a
connection's descriptor along (SCM_RIGHTS, unix(7)). One without is a question, in JSON. Each
has a local connection of its own: a worker that ends in the middle of one harms no other.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import astuple
from typing import Any

import orjson
import structlog

from ..transport import Arrival, Client
from .worker import Worker

log = structlog.stdlib.get_logger(__name__)

WITHIN = 10.0
"""Seconds that a message may take, where it has to be waited for."""

PIECE = 64 * 1024
"""Bytes that are read at a time."""

BACKLOG = 4096
"""Messages that wait to be read."""

PAUSE = 0.1
"""Seconds to wait when no descriptor is free."""


class LocalNeighbours:
    """The other workers of this machine."""

    def __init__(
        self, worker: Worker, node: str = "", answer: Callable[[Any], Any] = lambda _: {}
    ) -> None:
        """Know the others; `answer` returns what they are told when they ask."""
        names = [".".join(filter(None, [node, str(number)])) for number in range(worker.count)]
        self.prefix = f"{names[worker.number]}."
        """What the ids of this worker's sessions begin with."""
        self._others = {
            name: worker.address(number)
            for number, name in enumerate(names)
            if number != worker.number
        }
        self._answer = answer
        self._address = worker.address(worker.number)
        self._take: Callable[[Arrival], Awaitable[None]]
        self._tasks: set[asyncio.Task[None]] = set()
        self._receiving: asyncio.Task[None] | None = None

    def owner(self, sid: str) -> str | None:
        """Return the other worker whose session this is, by what its id begins with."""
        name = sid.rpartition(".")[0]
        return name if name in self._others else None

    def reach(self, owner: str) -> LocalLine | None:
        """Open a way to a worker; None when it does not run."""
        line = self._connect(self._others[owner])
        return None if line is None else LocalLine(line, self._start)

    def receive(self, take: Callable[[Arrival], Awaitable[None]]) -> None:
        """Give `take` the connections that are handed over, from now on."""
        self._take = take
        with suppress(FileNotFoundError):  # of the worker that was here before
            os.unlink(self._address)  # noqa: PTH108
        listener = socket.socket(socket.AF_UNIX)
        listener.setblocking(False)
        listener.bind(self._address)
        listener.listen(BACKLOG)
        self._receiving = asyncio.get_running_loop().create_task(self._accept(listener))

    async def leave(self) -> None:
        """Take no more connections."""
        if self._receiving is not None:
            self._receiving.cancel()
            await asyncio.wait([self._receiving, *self._tasks], timeout=PAUSE)

    async def ask(self, question: Any = None) -> dict[str, Any]:  # noqa: ANN401
        """Return what the other workers say to a question; nothing of one that does not run."""
        asking = (self._ask(address, question) for address in self._others.values())
        told = await asyncio.gather(*asking)
        asked = zip(self._others, told, strict=True)
        return {name: said for name, said in asked if said is not None}

    def _connect(self, address: str) -> socket.socket | None:
        line = socket.socket(socket.AF_UNIX)
        line.setblocking(False)
        try:
            line.connect(address)
        except OSError as error:
            line.close()
            log.info("worker unreachable", address=address, reason=error.strerror)
            return None
        return line

    async def _ask(self, address: str, question: Any) -> Any:  # noqa: ANN401
        line = self._connect(address)
        if line is None:
            return None
        loop = asyncio.get_running_loop()
        with line, suppress(OSError):
            async with asyncio.timeout(WITHIN):
                asked = orjson.dumps(question)
                await loop.sock_sendall(line, b"[%d,null]\n%b" % (len(asked), asked))
                said = bytearray()
                while piece := await loop.sock_recv(line, PIECE):
                    said += piece
                return orjson.loads(said or b"null")

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with listener:
            while True:
                try:
                    line, _ = await loop.sock_accept(listener)
                except OSError as error:
                    log.error("can't take connections of other workers", reason=error.strerror)
                    await asyncio.sleep(PAUSE)
                    continue
                self._start(self._read(line))

    async def _read(self, line: socket.socket) -> None:
        """Read a message, and do what it asks for."""
        with line, suppress(OSError):  # whoever wrote it has ended
            client, data, descriptors = await _receive(line)
            if descriptors:
                connection = socket.socket(fileno=descriptors[0])
                await self._take(Arrival(connection, client, data))
                return
            async with asyncio.timeout(WITHIN):
                told = orjson.dumps(self._answer(orjson.loads(data)))
                await asyncio.get_running_loop().sock_sendall(line, told)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class LocalLine:
    """An open way to another worker, for one connection."""

    def __init__(
        self, line: socket.socket, start: Callable[[Coroutine[Any, Any, None]], None]
    ) -> None:
        self._line = line
        self._start = start

    def give(self, descriptor: int, client: Client | None, data: bytes) -> None:
        """Hand a connection over; raises `OSError`."""
        head = orjson.dumps([len(data), client and astuple(client)]) + b"\n"
        try:
            sent = socket.send_fds(self._line, [head, data], [descriptor])
        except OSError:
            self._line.close()
            raise
        rest = (head + data)[sent:]
        if rest:
            self._start(self._finish(rest))
        else:
            self._line.close()

    def close(self) -> None:
        """Hand nothing over."""
        self._line.close()

    async def _finish(self, rest: bytes) -> None:
        with self._line, suppress(OSError):
            async with asyncio.timeout(WITHIN):
                await asyncio.get_running_loop().sock_sendall(self._line, rest)


async def _receive(line: socket.socket) -> tuple[Client | None, bytes, list[int]]:
    """Read all of a message, and the descriptors that it brings along; raises `OSError`."""
    data, descriptors = b"", []
    deadline = asyncio.get_running_loop().time() + WITHIN
    try:
        while (message := _parsed(data)) is None:
            try:
                piece, more = _piece(line)
            except BlockingIOError:
                async with asyncio.timeout_at(deadline):
                    await _readable(line)
            else:
                data += piece
                descriptors += more
    except BaseException:
        for descriptor in descriptors:
            os.close(descriptor)
        raise
    return *message, descriptors


def _piece(line: socket.socket) -> tuple[bytes, list[int]]:
    """Return what is there of a message; raises `OSError` where nothing is, or nothing comes."""
    piece, descriptors, _, _ = socket.recv_fds(line, PIECE, 1)
    if not piece:
        raise ConnectionResetError("a message that is cut short")
    return piece, descriptors


def _parsed(data: bytes) -> tuple[Client | None, bytes] | None:
    """Return whom a message names, and its bytes; None while it is not whole."""
    head, found, rest = data.partition(b"\n")
    if not found:
        return None
    size, client = orjson.loads(head)
    return (client and Client(*client), rest) if len(rest) == size else None


async def _readable(line: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(line, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(line)
