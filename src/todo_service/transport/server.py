"""A Socket.IO server whose acks and broadcasts leave at once and in order.

It stands on python-socketio 5.18.1 and python-engineio 4.15.1, and uses these internals of theirs:
`AsyncServer._handle_eio_message` and `_handle_event` (to refuse what breaks the protocol, and to
hand events over without the registry of handlers), `AsyncSocket.queue` (to send without a task a
recipient) and the `websocket` entry of `engineio.AsyncServer._async` (to close with code 1001).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Any, TypeAlias

import socketio
import structlog
from aiohttp import WSCloseCode, web
from engineio import packet as eio_packet
from engineio.async_drivers.aiohttp import WebSocket as EngineWebSocket
from socketio import packet

log = structlog.stdlib.get_logger(__name__)

Receive: TypeAlias = Callable[
    [str, str, str, list[Any], Callable[..., None] | None], Awaitable[None]
]
"""Takes an event: the sid, the namespace, the event, its arguments, and the ack if it wants one."""

RESERVED = {
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
}
"""Names that a client can't emit (socket.io-protocol v5, "Sending and receiving data")."""

GRACE = 1.0
"""Seconds that events already read, and then the closing handshakes, may take at a stop."""


class ProtocolBroken(Exception):
    """A client has sent what the Socket.IO protocol does not allow."""


class Server:
    """Receives events and emits others, to namespaces, rooms and clients."""

    def __init__(self, *, namespaces: Collection[str], origins: Iterable[str]) -> None:
        """Take connections to `namespaces` from pages of `origins`, or from no page at all."""
        self._sio = _SocketIO(
            async_mode="aiohttp",
            cors_allowed_origins=[*origins],
            namespaces=[*namespaces],
            logger=False,
            engineio_logger=False,
        )
        for namespace in namespaces:
            self._sio.on("connect", _log_connect(namespace), namespace=namespace)
            self._sio.on("disconnect", _log_disconnect(namespace), namespace=namespace)

    def attach(self, app: web.Application, receive: Receive) -> None:
        """Serve `/socket.io/` in `app`, and give every event to `receive`."""
        self._sio.receive = receive
        self._sio.attach(app)

    def emit(
        self,
        namespace: str,
        event: str,
        args: tuple[Any, ...],
        *,
        room: str | None = None,
        skip: str | None = None,
    ) -> None:
        """Send an event to everyone in the namespace, or in a room of it, but the sid `skip`."""
        if namespace not in self._sio.manager.rooms:
            return
        frames = self._sio.frames(
            packet.Packet(packet.EVENT, data=[event, *args], namespace=namespace)
        )
        for sid, eio_sid in self._sio.manager.get_participants(namespace, room):
            if sid != skip:
                self._sio.post(eio_sid, frames)

    async def stop(self) -> None:
        """Answer what was read, close every client with code 1001, and return within 2 seconds."""
        await self._sio.stop()


def _log_connect(namespace: str) -> Callable[..., None]:
    def connect(sid: str, environ: dict[str, Any], auth: object) -> None:  # noqa: ARG001
        address = environ["aiohttp.request"].remote
        log.info("connected", sid=sid, namespace=namespace, address=address)

    return connect


def _log_disconnect(namespace: str) -> Callable[..., None]:
    def disconnect(sid: str, reason: str) -> None:
        log.info("disconnected", sid=sid, namespace=namespace, reason=reason)

    return disconnect


class _SocketIO(socketio.AsyncServer):  # type: ignore[misc]  # python-socketio is untyped
    receive: Receive

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self._receiving: set[asyncio.Task[None]] = set()
        self.stopping = False
        self.web_sockets: set[_WebSocket] = set()
        drivers = {"websocket": lambda handler, _: _WebSocket(handler, self)}
        self.eio._async = {**self.eio._async, **drivers}  # noqa: SLF001

    def frames(self, message: packet.Packet) -> list[eio_packet.Packet]:
        encoded = message.encode()
        parts = encoded if isinstance(encoded, list) else [encoded]
        return [eio_packet.Packet(eio_packet.MESSAGE, part) for part in parts]

    def post(self, eio_sid: str, frames: list[eio_packet.Packet]) -> None:
        socket = self.eio.sockets.get(eio_sid)
        if socket is not None and not socket.closed:
            for frame in frames:
                socket.queue.put_nowait(frame)

    async def _handle_eio_message(self, eio_sid: str, data: str | bytes) -> None:
        try:
            await super()._handle_eio_message(eio_sid, data)
        except Exception as error:  # noqa: BLE001  # whatever the packet breaks, its sender is to blame
            log.warning("protocol broken", session=eio_sid, reason=repr(error)[:200])
            self._binary_packet.pop(eio_sid, None)
            await self.eio.disconnect(eio_sid)

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        await super()._handle_eio_disconnect(eio_sid, reason)
        if socket := self.eio.sockets.get(eio_sid):
            socket.queue.put_nowait(None)  # a poll that waits must not wait for the next ping

    async def _handle_event(
        self,
        eio_sid: str,
        namespace: str | None,
        id: int | None,  # noqa: A002
        data: list[Any],
    ) -> None:
        namespace = namespace or "/"
        sid = self.manager.sid_from_eio_sid(eio_sid, namespace)
        if not self.manager.is_connected(sid, namespace):
            raise ProtocolBroken("event before connect")
        if not (isinstance(data, list) and data and isinstance(data[0], str)):
            raise ProtocolBroken("event without a name")
        event, *args = data
        if event in RESERVED:
            raise ProtocolBroken(f"reserved event {event}")
        if self.stopping:
            return

        def ack(*answer: object) -> None:
            message = packet.Packet(packet.ACK, data=[*answer], namespace=namespace, id=id)
            self.post(eio_sid, self.frames(message))

        task = asyncio.ensure_future(
            self.receive(sid, namespace, event, args, None if id is None else ack)
        )
        self._receiving.add(task)
        task.add_done_callback(self._receiving.discard)

    async def stop(self) -> None:
        self.stopping = True
        if self._receiving:
            await asyncio.wait(self._receiving, timeout=GRACE)
        for socket in self.eio.sockets.values():
            if not socket.upgraded:
                socket.queue.put_nowait(eio_packet.Packet(eio_packet.CLOSE))
            socket.queue.put_nowait(None)
        if self.web_sockets:
            await asyncio.wait([socket.over for socket in self.web_sockets], timeout=GRACE / 2)
        await self.eio.shutdown()


class _WebSocket(EngineWebSocket):  # type: ignore[misc]  # python-engineio is untyped
    """Tells when it is over, and closes with the code that fits."""

    def __init__(self, handler: Callable[..., Any], sio: _SocketIO) -> None:
        super().__init__(handler, sio.eio)
        self._sio = sio
        self.over = asyncio.get_running_loop().create_future()

    async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        self._sio.web_sockets.add(self)
        try:
            response: web.WebSocketResponse = await super().__call__(environ)
            return response
        finally:
            self._sio.web_sockets.discard(self)
            self.over.set_result(None)

    async def close(self) -> None:
        code = WSCloseCode.GOING_AWAY if self._sio.stopping else WSCloseCode.OK
        await self._sock.close(code=code)
