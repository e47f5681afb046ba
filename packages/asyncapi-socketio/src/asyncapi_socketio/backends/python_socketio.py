"""A contract on a stock `socketio.AsyncServer`, whatever serves it and whatever manages clients.

What the stock server can't do, and this library's own transport can:

- tell an event without ack callback from one with: both are acknowledged, the former to nobody;
- leave an event unanswered that the contract gives no ack: it is acked with no argument;
- handle a client's events in order, unless it was made with `async_handlers=False`;
- bound what one client, and all clients, may take: events per second, bytes queued, attachments;
- keep a broken protocol from being repaired.

With a client manager (Redis, RabbitMQ), broadcasts reach the clients of every process. Contexts,
and with them rooms to enter, questions and disconnects, are those of this process's clients.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Container, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import orjson
import socketio
import structlog
from socketio.exceptions import ConnectionRefusedError as Refused

from ..addresses import Addresses, parameters_of
from ..encoded import Encoded
from ..jsonschema.wording import JSON_SCHEMA, Wording
from ..runtime.contract import Contract, Json
from ..runtime.gateway import Gateway

B = TypeVar("B")

log = structlog.stdlib.get_logger(__name__)


class Adapter(Generic[B]):
    """Serves a contract on an `AsyncServer`: its events, hooks, rooms and asks.

    `broadcast` tells clients what happened, from anywhere, not only inside an event.
    """

    def __init__(
        self,
        server: socketio.AsyncServer,
        contract: Contract[B],
        handlers: object,
        *,
        wording: Wording = JSON_SCHEMA,
    ) -> None:
        """Register a handler for each operation, and the hooks of each namespace.

        Raises `ContractBroken`, with all that is missing, when `handlers` lacks a method.
        """
        self._wire = _Wire(server)
        self._gateway = Gateway(contract, handlers, self._wire, wording)
        self.broadcast: B = contract.broadcast(self._gateway.broadcast)
        addresses = Addresses(item.path for item in contract.namespaces)
        fixed = {item.path for item in contract.namespaces if not parameters_of(item.path)}
        for path in fixed:
            server.on("connect", partial(self._connect, path), namespace=path)
            server.on("disconnect", partial(self._disconnected, path), namespace=path)
            server.on("*", partial(self._unknown, path), namespace=path)
        if addresses.dynamic:
            server.namespaces = _Accepted(server.namespaces, addresses)
            server.on("connect", self._connect, namespace="*")
            server.on("disconnect", self._disconnected, namespace="*")
            server.on("*", self._dynamic, namespace="*")
        for item in contract.receive:
            if item.namespace not in fixed:
                continue
            handler = partial(self._receive, item.namespace, item.event)
            server.on(item.event, handler, namespace=item.namespace)

    async def _connect(self, namespace: str, sid: str, _: object, auth: Json = None) -> None:
        refusal = await self._gateway.connect(sid, namespace, auth)
        if refusal is not None:
            message, data = refusal
            raise Refused(message) if data is None else Refused(message, data)

    async def _disconnected(self, namespace: str, sid: str, reason: str) -> None:
        self._wire.forget(sid)
        await self._gateway.disconnected(sid, namespace, reason)

    async def _receive(self, namespace: str, event: str, sid: str, *args: Json) -> Json:
        answers: list[tuple[Json, ...]] = []
        await self._gateway.receive(sid, namespace, event, [*args], partial(_keep, answers))
        return answers[0] if answers else None

    async def _dynamic(self, event: str, namespace: str, sid: str, *args: Json) -> Json:
        return await self._receive(namespace, event, sid, *args)

    async def _unknown(self, namespace: str, event: str, sid: str, *args: Json) -> None:
        await self._gateway.receive(sid, namespace, event, [*args], None)


class _Accepted:
    """The namespaces of a stock server, and those whose paths have parameters."""

    def __init__(self, others: Container[str], addresses: Addresses) -> None:
        self._others = others
        self._addresses = addresses

    def __contains__(self, namespace: str) -> bool:
        return namespace in self._others or self._addresses.find(namespace) is not None


def _keep(answers: list[tuple[Json, ...]], *args: Json) -> None:
    answers.append(tuple(map(_value, args)))


def _value(arg: Json) -> Json:
    """Return an ack's argument as a value: the stock server encodes it by itself."""
    return orjson.loads(b"".join(arg.pieces)) if isinstance(arg, Encoded) else arg


@dataclass(frozen=True, slots=True)
class _Handshake:
    environ: Mapping[str, Any]

    @property
    def address(self) -> str:
        scope = self.environ.get("asgi.scope") or {}
        return str((scope.get("client") or [self.environ.get("REMOTE_ADDR", "")])[0])

    @property
    def headers(self) -> Mapping[str, str]:
        return {
            name.removeprefix("HTTP_").replace("_", "-").lower(): value
            for name, value in self.environ.items()
            if name.startswith("HTTP_") or name in {"CONTENT_TYPE", "CONTENT_LENGTH"}
        }


class _Wire:
    """The gateway's transport on a stock server; what is sent leaves in the order of the calls."""

    def __init__(self, server: socketio.AsyncServer) -> None:
        self._server = server
        self._waiting: deque[Callable[[], Awaitable[object]]] = deque()
        self._sending: asyncio.Task[None] | None = None
        self._asked: dict[str, set[Callable[[list[Json] | None], None]]] = {}

    def emit(
        self,
        namespace: str,
        event: str,
        args: tuple[Json, ...],
        *,
        room: str | None = None,
        skip: str | None = None,
    ) -> None:
        emit = partial(self._server.emit, event, args, namespace=namespace)
        self._later(partial(emit, room=room, skip_sid=skip))

    def ask(
        self,
        namespace: str,
        sid: str,
        event: str,
        args: tuple[Json, ...],
        answered: Callable[[list[Json] | None], None],
    ) -> None:
        if not self._server.manager.is_connected(sid, namespace):
            answered(None)
            return
        asked = self._asked.setdefault(sid, set())
        asked.add(answered)

        def acked(*answer: Json) -> None:
            asked.discard(answered)
            answered([*answer])

        emit = partial(self._server.emit, event, args, namespace=namespace)
        self._later(partial(emit, to=sid, callback=acked))

    def enter(self, namespace: str, sid: str, room: str) -> None:
        manager = self._server.manager
        if manager.is_connected(sid, namespace) or manager.is_pre_connected(sid, namespace):
            manager.basic_enter_room(sid, namespace, room)

    def leave(self, namespace: str, sid: str, room: str) -> None:
        self._server.manager.basic_leave_room(sid, namespace, room)

    def rooms(self, namespace: str, sid: str) -> frozenset[str]:
        return frozenset(self._server.rooms(sid, namespace)) - {sid}

    def disconnect(self, namespace: str, sid: str) -> None:
        self._later(partial(self._server.disconnect, sid, namespace=namespace))

    def handshake(self, namespace: str, sid: str) -> _Handshake:
        environ = self._server.get_environ(sid, namespace)
        if environ is None:
            raise KeyError(sid)
        return _Handshake(environ)

    def forget(self, sid: str) -> None:
        """Give up what a client was asked that has gone."""
        for answered in self._asked.pop(sid, ()):
            answered(None)

    def _later(self, send: Callable[[], Awaitable[object]]) -> None:
        self._waiting.append(send)
        if self._sending is None:
            self._sending = asyncio.ensure_future(self._send())

    async def _send(self) -> None:
        try:
            while self._waiting:
                await _sent(self._waiting.popleft())
        finally:
            self._sending = None


async def _sent(send: Callable[[], Awaitable[object]]) -> None:
    """Send what waited; a failure is logged, and what waits behind it is sent all the same."""
    try:
        await send()
    except Exception:
        log.exception("not sent")
