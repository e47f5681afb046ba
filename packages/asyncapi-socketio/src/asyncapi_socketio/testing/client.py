"""One Socket.IO client of one namespace, which remembers all that reaches it, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal, TypeAlias

import socketio
from socketio.exceptions import SocketIOError

Json: TypeAlias = Any
Args: TypeAlias = tuple[Json, ...]
Transport: TypeAlias = Literal["websocket", "polling", "upgrade"]

TRANSPORTS: dict[Transport, list[str] | None] = {
    "websocket": ["websocket"],
    "polling": ["polling"],
    "upgrade": None,
}


PATH = "/socket.io"
"""Where servers take requests, unless they say another place."""


class Closed(Exception):
    """The server ended the connection, or can't be connected to; the message says how."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a server is: its address, a namespace of it, and how to get in.

    `auth` is sent with the CONNECT packet, or what `auths` has for a client; `patience` is in
    seconds, `path` is where the server takes requests, `headers` go with each.
    """

    url: str
    namespace: str
    transport: Transport = "websocket"
    auth: Json = None
    patience: float = 2.0
    auths: Mapping[str, Json] = field(default_factory=dict)
    path: str = PATH
    headers: Mapping[str, str] = field(default_factory=dict)

    def of(self, who: str) -> Target:
        """Return the server as one client enters it."""
        return replace(self, auth=self.auths.get(who, self.auth), auths={})


@dataclass(slots=True)
class Pending:
    """An event that was emitted with a callback, and every ack of it."""

    acks: list[Args] = field(default_factory=list)


class _Counting(socketio.AsyncClient):
    """Keeps every ack, a second one of the same event too, which the library drops.

    It enters each namespace with an auth payload of its own.
    """

    def __init__(self, acked: Callable[[], None], auths: Mapping[str, Json]) -> None:
        super().__init__(reconnection=False)
        self._acked = acked
        self._auths = auths
        self._asked: dict[int, Pending] = {}

    def _generate_ack_id(self, _namespace: str, callback: Pending) -> int:
        number = len(self._asked) + 1
        self._asked[number] = callback
        return number

    async def _handle_eio_connect(self) -> None:
        self.sid = self.eio.sid
        for namespace, auth in self._auths.items():
            data = {} if auth is None else auth
            packet = self.packet_class(socketio.packet.CONNECT, data, namespace)
            await self._send_packet(packet)

    async def _handle_ack(self, _namespace: str, id: int, data: list[Json]) -> None:  # noqa: A002
        if id in self._asked:
            self._asked[id].acks.append(tuple(data))
            self._acked()


class Client:
    """A client that remembers: `heard` is every event so far, with its arguments.

    `refusal` is the connect error, where the server has sent one. `overheard` are the events of
    the other namespaces that it is in, with the namespace of each.
    """

    def __init__(
        self,
        target: Target,
        answers: Mapping[str, Args],
        others: Mapping[str, Json] | None = None,
    ) -> None:
        """Stand ready; `answers` are the acks of what the server asks, by event.

        `others` are namespaces to enter, too, with an auth payload for each.
        """
        self.heard: list[tuple[str, Args]] = []
        self.overheard: list[tuple[str, str]] = []
        self._others = others or {}
        self._target = target
        self._answers = answers
        self._waiting: list[asyncio.Future[None]] = []
        self.refusal: Json = None
        self._closed: str | None = None
        auths = {target.namespace: target.auth, **self._others}
        self._client = _Counting(self._tell, auths)
        for namespace in self._others:
            self._client.on("*", partial(self._overhear, namespace), namespace=namespace)
        self._client.on("*", self._hear, namespace=target.namespace)
        self._client.on("connect_error", self._refused, namespace=target.namespace)
        self._client.on("disconnect", self._leave, namespace=target.namespace)

    async def connect(self) -> None:
        """Connect; raise `Closed`."""
        target = self._target
        try:
            async with asyncio.timeout(5 * target.patience):
                await self._client.connect(
                    target.url,
                    headers=dict(target.headers),
                    socketio_path=target.path.strip("/"),
                    transports=TRANSPORTS[target.transport],
                    namespaces=[target.namespace, *self._others],
                    wait_timeout=2 * target.patience,
                )
        except (SocketIOError, OSError, TimeoutError, ValueError) as error:
            await self.close()
            place = f"{target.url}{target.namespace}"
            raise Closed(f"can't connect to {place}: {error}") from error

    async def close(self) -> None:
        """Leave; returns at once if the connection is gone."""
        with suppress(SocketIOError, OSError, TimeoutError):
            async with asyncio.timeout(self._target.patience):
                await self._client.disconnect()

    async def emit(self, event: str, args: Args, *, ask: bool) -> Pending:
        """Emit an event, with a callback if `ask`; raise `Closed`."""
        pending = Pending()
        if self._closed is not None:
            raise Closed(self._closed)
        try:
            namespace = self._target.namespace
            await self._client.emit(event, args, namespace, callback=pending if ask else None)
        except (SocketIOError, OSError) as error:
            raise Closed(str(error)) from error
        return pending

    async def until(self, found: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is so; False if it is not in time. Raise `Closed`."""
        try:
            async with asyncio.timeout(seconds):
                while not found() and self._closed is None:
                    self._waiting.append(asyncio.get_running_loop().create_future())
                    await self._waiting[-1]
        except TimeoutError:
            return False
        if not found():
            raise Closed(self._closed or "")
        return True

    async def _hear(self, event: str, *args: Json) -> Args | None:
        self.heard.append((event, args))
        self._tell()
        return self._answers.get(event)

    async def _overhear(self, namespace: str, event: str, *_: Json) -> None:
        self.overheard.append((namespace, event))

    async def _refused(self, *told: Json) -> None:
        self.refusal = told[0] if told else None

    async def _leave(self, reason: str) -> None:
        self._closed = f"the server closed the connection ({reason})"
        self._tell()

    def _tell(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()
