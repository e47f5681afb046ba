"""The transport as its users see it: events come in, acks and events go out."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import ssl
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from ._aiohttp import Site
from .backlog import Memory
from .client import Answered
from .connections import Connections
from .engine import Engine
from .handover import Handover
from .http import Front
from .limits import Limits
from .namespaces import Namespaces
from .neighbours import Neighbours
from .packets import Json
from .proxy import Proxies, Trust
from .receiver import Handshake, Receiver
from .requests import refuse_encoded, tell_clients

GRACE = 1.0
"""Seconds that events already begun may take at a stop; the ends of sessions have half of it."""

BACKLOG = 4096
"""Connections that wait to be accepted; a full backlog makes a client try again a second later."""


ENDS = (
    "bad post", "broken frame", "client disconnect", "connect timeout", "internal error",
    "overlapping polls", "overlapping posts", "ping timeout", "protocol broken", "server stop",
    "slow reader", "too much unfinished", "transport close",
)  # fmt: skip
"""Why sessions end; one that has not happened yet is counted, too, as 0."""

REJECTIONS = (
    "Bad handshake method", "Bad request", "Body too slow", "Forbidden", "Headers too large",
    "Malformed body", "Malformed handshake", "Malformed payload", "Overlapping polls",
    "Overlapping posts", "Payload too large", "Session ID unknown", "Session closed or upgraded",
    "Session upgraded", "Stopping", "Too many connections", "Too many connections from one address",
    "Too many packets", "Transport unknown", "Unsupported WebSocket version",
    "Unsupported protocol version", "slow reader", "too many TCP connections",
)  # fmt: skip
"""Why requests and connections are rejected."""

_SERVER: web.AppKey[Server] = web.AppKey("server")


@dataclass(frozen=True, slots=True)
class Figures:
    """How a server is doing: what there is now, and what there was since it started."""

    sessions: Mapping[str, int]
    """By transport, now."""
    opened: int
    """Sessions in all."""
    ended: Mapping[str, int]
    """Sessions, by reason."""
    rejected: Mapping[str, int]
    """Requests and connections, by reason."""
    clients: Mapping[str, int]
    """By namespace, now."""
    connects: Mapping[tuple[str, str], int]
    """By namespace and outcome."""
    disconnects: Mapping[tuple[str, str], int]
    """By namespace and reason."""
    deliveries: int
    """Messages that broadcasts became, one per client."""
    queued: int
    """Bytes that wait for clients to read them, now."""
    most_queued: int
    unfinished: int
    """Bytes that clients have sent in part, now."""
    slow_readers: int
    """Clients that have not read all that was sent to them, now."""


class Server:
    """Receives events and emits others, to namespaces, rooms and clients."""

    def __init__(
        self, *, namespaces: Collection[str], origins: Iterable[str], limits: Limits | None = None
    ) -> None:
        """Take connections to `namespaces` from pages of `origins`, or from no page at all."""
        self.limits = limits or Limits()
        self.counters: Counter[str] = Counter()
        """How many sessions have ended and requests were refused, by reason."""
        memory = Memory(self.limits)
        self._namespaces = Namespaces(namespaces, memory, self.counters)
        self._engine = Engine(
            memory=memory,
            origins=[*origins],
            counters=self.counters,
            welcome=self._namespaces.welcome,
        )

    @property
    def sessions(self) -> int:
        """How many sessions there are now."""
        return len(self._engine.sessions)

    @property
    def deliveries(self) -> int:
        """How many messages broadcasts have become so far."""
        return self._namespaces.deliveries

    def figures(self) -> Figures:
        """Return how the server is doing."""
        engine, namespaces = self._engine, self._namespaces
        backlog = engine.memory.backlog
        rejected = self.counters - engine.ended_by
        del rejected["too many events"]
        return Figures(
            sessions=engine.transports,
            opened=engine.opened,
            ended={**dict.fromkeys(ENDS, 0), **engine.ended_by},
            rejected={**dict.fromkeys(REJECTIONS, 0), **rejected},
            clients=namespaces.clients,
            connects=namespaces.connects,
            disconnects=namespaces.disconnects,
            deliveries=namespaces.deliveries,
            queued=backlog.size,
            most_queued=max(backlog.most, backlog.size),
            unfinished=engine.unfinished.size,
            slow_readers=backlog.slow,
        )

    @property
    def path(self) -> str:
        """Where it is served."""
        return self._engine.path

    def name_sessions(self, prefix: str) -> None:
        """Let the ids of sessions that open from now on begin like this."""
        self._engine.prefix = prefix

    def attach(self, app: web.Application, receiver: Receiver, path: str = "/socket.io") -> None:
        """Serve `path` in `app`; `receiver` lets clients in and takes their events."""
        self._namespaces.serve(receiver)
        self._engine.attach(app, path)
        app[_SERVER] = self

    def emit(
        self,
        namespace: str,
        event: str,
        args: tuple[Json, ...],
        *,
        room: str | None = None,
        skip: str | None = None,
    ) -> None:
        """Send an event to everyone in the namespace, or in a room of it, but the sid `skip`.

        A client's sid is a room with nobody else in it. Returns at once; each client gets its acks
        and events in the order of the calls.
        """
        self._namespaces.broadcast(namespace, event, args, room, skip)

    def ask(
        self,
        namespace: str,
        sid: str,
        event: str,
        args: tuple[Json, ...],
        answered: Answered,
    ) -> None:
        """Send an event to one client, and give the arguments of its ack to `answered`, once.

        Returns at once. `answered` gets None when the client has gone, was never there, or has left
        so many events unanswered that this one is given up: as many are kept as may be in flight.
        """
        self._namespaces.ask(namespace, sid, event, args, answered)

    def enter(self, namespace: str, sid: str, room: str) -> None:
        """Put a client into a room, also while its connect is judged; nothing if it has gone."""
        self._namespaces.enter(namespace, sid, room)

    def leave(self, namespace: str, sid: str, room: str) -> None:
        """Take a client out of a room; nothing happens if it is not there."""
        self._namespaces.leave(namespace, sid, room)

    def rooms(self, namespace: str, sid: str) -> frozenset[str]:
        """Return the rooms that a client was put into; none if it has gone."""
        return self._namespaces.rooms(namespace, sid)

    def disconnect(self, namespace: str, sid: str) -> None:
        """Take a client that was let in out of a namespace, and tell it; nothing if it has gone.

        Its session goes on; what it has sent before it knows is ignored.
        """
        self._namespaces.disconnect(namespace, sid)

    def handshake(self, namespace: str, sid: str) -> Handshake:
        """Return the request that opened a client's session, also while its connect is judged.

        Raises `KeyError` for a client that has gone.
        """
        return self._namespaces.handshake(namespace, sid)

    async def stop(self) -> None:
        """Answer what was begun, close every client with code 1001, and return within 2 seconds."""
        self._engine.refuse_sessions()
        await self._namespaces.stop(GRACE)
        self._engine.end_sessions()
        rest = GRACE / 2
        await asyncio.gather(self._engine.wait_closed(rest), self._namespaces.finish(rest))


def _blame_client(record: logging.LogRecord) -> bool:
    """Make one line of a malformed request, which aiohttp logs as an error with its traceback.

    What it quotes of the request may be a payload, so only the kind of the error is said.
    """
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, (HttpProcessingError, web.RequestPayloadError)):
        record.msg, record.args = "malformed request: %s", (type(error).__name__,)
        error.__traceback__ = None  # it holds what was read, and the error itself
        record.exc_info = None
        level = min(record.levelno, logging.INFO)
        record.levelno, record.levelname = level, logging.getLevelName(level)
    return logging.getLogger(__name__).isEnabledFor(record.levelno)


_http_log = logging.getLogger(f"{__name__}.http")
_http_log.addFilter(_blame_client)
_http_log.setLevel(logging.DEBUG)  # the filter has to see every error, whatever is logged


@dataclass(frozen=True, slots=True)
class Place:
    """Where one of several workers listens, and who else works there."""

    listeners: Sequence[socket.socket]
    neighbours: Neighbours


async def listen(
    app: web.Application,
    host: str,
    port: int,
    *,
    limits: Limits | None = None,
    trust: Trust | None = None,
    tls: ssl.SSLContext | None = None,
    listeners: Sequence[socket.socket] = (),
) -> web.AppRunner:
    """Serve `app` within the limits on HTTP requests, until the runner is cleaned up.

    Peers that are trusted may say who their clients are. It listens on `listeners`, if there are
    any, else at `host` and `port`. Raises `OSError` when it can't listen there.
    """
    runner, front = await _set_up(app, limits or Limits(), trust or Trust(), None)
    places: Sequence[socket.socket | tuple[str, int]] = listeners or [(host, port)]
    for place in places:
        await _start(runner, Site(runner, front, place, tls=tls, backlog=BACKLOG))
    return runner


async def listen_among(
    app: web.Application, place: Place, *, limits: Limits | None = None, trust: Trust | None = None
) -> web.AppRunner:
    """Serve `app` as `listen` does, as one of several workers.

    A request for another's session goes there with its connection.
    """
    runner, front = await _set_up(app, limits or Limits(), trust or Trust(), place.neighbours)
    for listener in place.listeners:
        await _start(runner, Site(runner, front, listener, tls=None, backlog=BACKLOG))
    return runner


async def _set_up(
    app: web.Application, limits: Limits, trust: Trust, neighbours: Neighbours | None
) -> tuple[web.AppRunner, Front]:
    proxies = Proxies(trust)
    served = app.get(_SERVER)
    connections = Connections(limits, served.counters if served else Counter[str]())

    async def close(_: web.Application) -> None:
        connections.close()

    app.middlewares.append(refuse_encoded)
    app.on_shutdown.append(close)
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=_http_log,
        handler_cancellation=True,  # so that a poll that its client gives up ends at once
        keepalive_timeout=limits.header_timeout,
        lingering_time=1.0,  # for the rest of a body that was refused
        shutdown_timeout=0.2,
        auto_decompress=False,
    )
    await runner.setup()
    server = runner.server
    assert server is not None  # noqa: S101
    handover = None
    if neighbours is not None and served is not None:
        handover = Handover(server, neighbours, served.path, proxies)
    tell_clients(runner, proxies, handover)
    engine = served._engine if served else None  # noqa: SLF001
    return runner, Front(server, engine, connections, proxies, handover)


async def _start(runner: web.AppRunner, site: web.BaseSite) -> None:
    try:
        await site.start()
    except OSError as error:
        await runner.cleanup()
        if error.errno and error.errno in errno.errorcode:  # in words without the address
            raise OSError(error.errno, os.strerror(error.errno)) from error
        raise
